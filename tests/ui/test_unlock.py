"""The first screens: three steps to a store, the passphrase and what goes wrong with it, locking and coming back."""

import gc
import weakref
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.documents.preview import page_count
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.settings import load_settings
from mdt_desktop.store import audit_log
from mdt_desktop.ui.keys.door import FolderState
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.first_run_page import FirstRunPage
from mdt_desktop.ui.unlock.first_steps import FirstStep
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, fingerprints, make_store

OTHER_PASSPHRASE = "copper rowing thistle lantern"


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The floor of key derivation instead of a second of it."""
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)


@pytest.fixture
def recovery_key(data_folder: DataFolder, clock: FrozenClock) -> str:
    """Makes a store and closes it; its recovery key."""
    program, key = make_store(data_folder, clock)
    program.close()
    return key.text()


@pytest.fixture
def start(qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock) -> Iterator[Start]:
    """The program on the folder, its window not yet shown."""
    made = Start(data_folder, clock=clock)
    qtbot.addWidget(made.window)
    yield made
    made.window.close()
    made.close()


def unlock_page(start: Start, qtbot: QtBot) -> UnlockPage:
    """The unlock screen of the running program, with all it asked for answered."""
    qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage) and start.operations.idle)
    page = start.cover
    assert isinstance(page, UnlockPage)
    # The first screen is painted before anything is asked in the threads; what it asks comes with the next events.
    qtbot.waitUntil(lambda: "page.caseload" in {command.id for command in start.window.commands.all()})
    qtbot.waitUntil(lambda: start.operations.idle)
    return page


def first_run(start: Start, qtbot: QtBot) -> FirstRunPage:
    start.open_window()
    qtbot.waitUntil(lambda: start.cover is not None)
    page = start.cover
    assert isinstance(page, FirstRunPage)
    return page


def fill_in(page: FirstRunPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.name, IDENTITY.name)
    page.role.setCurrentIndex(page.role.findData(IDENTITY.role))
    QTest.keyClicks(page.organisation, IDENTITY.organisation)
    QTest.keyClicks(page.locality, IDENTITY.locality)
    QTest.keyClick(page.locality, Qt.Key.Key_Return)


def to_recovery_key(page: FirstRunPage, start: Start, qtbot: QtBot) -> str:
    fill_in(page, qtbot)
    page.new_passphrase.first.setText(PASSPHRASE)
    page.new_passphrase.again.setText(PASSPHRASE)
    QTest.keyClick(page.new_passphrase.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.steps.step is FirstStep.RECOVERY)
    return page.steps.recovery_key


# The first start


def test_an_empty_folder_opens_on_the_three_steps(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    assert start.window.isVisible()
    assert page.name.hasFocus() or page.focusWidget() is page.name
    assert not start.folder.database.exists()


def test_three_steps_make_a_store_that_the_passphrase_opens(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    page.paper.kept.setChecked(True)
    with qtbot.waitSignal(start.shell_shown):
        page.forward.click()
    assert not start.window.covered
    actor = start.program.access.actor if start.program else None
    assert actor is not None
    assert (actor.name, actor.role) == (IDENTITY.name, IDENTITY.role)
    start.window.close()
    bootstrap.open_with_passphrase(start.folder, PASSPHRASE).close()


def test_what_is_missing_is_said_only_on_continue_and_the_focus_goes_there(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    QTest.keyClicks(page.name, "Robin Example")
    assert not page.notice.isVisible()
    page.forward.click()
    assert page.notice.isVisible()
    assert words("unlock.problem.role") in page.notice.text.text()
    assert words("unlock.problem.name") not in page.notice.text.text()
    assert page.role.hasFocus() or page.focusWidget() is page.role
    assert page.name.text() == "Robin Example"


def test_the_meter_judges_while_typing_and_advises_in_words(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    meter = page.new_passphrase.meter
    page.new_passphrase.first.setText("password2024")
    qtbot.waitUntil(lambda: meter.score in (0, 1))
    assert meter.word.text() in (words("passphrase_score.0"), words("passphrase_score.1"))
    assert meter.advice.text()
    page.new_passphrase.first.setText(PASSPHRASE)
    qtbot.waitUntil(lambda: meter.score == 4)
    assert meter.word.text() == words("passphrase_score.4")


def test_a_passphrase_made_of_ones_own_name_is_not_taken(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    for field in (page.new_passphrase.first, page.new_passphrase.again):
        field.setText("robin example")
    page.forward.click()
    assert page.steps.step is FirstStep.PASSPHRASE
    assert page.notice.text.text() == words("unlock.problem.too_weak")


def test_work_does_not_begin_before_the_recovery_key_is_in_a_safe_place(start: Start, qtbot: QtBot) -> None:
    page = first_run(start, qtbot)
    key = to_recovery_key(page, start, qtbot)
    assert page.paper.key.text().replace("\n", "") == key
    page.forward.click()
    assert page.notice.text.text() == words("unlock.problem.not_kept")
    assert start.window.covered


def test_the_recovery_key_goes_on_paper_and_not_into_a_file_that_others_can_read(
    start: Start, qtbot: QtBot, tmp_path: Path
) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    page.paper.save_pdf(tmp_path / "key.pdf")
    assert page_count((tmp_path / "key.pdf").read_bytes()) == 1
    assert (tmp_path / "key.pdf").stat().st_mode & 0o077 == 0
    assert page.paper.told.isVisible()
    page.paper.save_pdf(tmp_path / "no" / "such" / "folder.pdf")
    assert "could not be saved as folder.pdf" in page.notice.text.text()


def test_the_sheet_is_printed_as_it_is_saved(start: Start, qtbot: QtBot, tmp_path: Path) -> None:
    page = first_run(start, qtbot)
    to_recovery_key(page, start, qtbot)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.paper.print_on(printer)
    assert page_count((tmp_path / "printed.pdf").read_bytes()) == 1
    assert page.paper.told.text() == words("unlock.first.printed")


def test_a_folder_that_cannot_be_written_is_told_and_nothing_typed_is_lost(
    start: Start, qtbot: QtBot, data_folder: DataFolder
) -> None:
    page = first_run(start, qtbot)
    fill_in(page, qtbot)
    data_folder.database.write_text("somebody else's notes")
    for field in (page.new_passphrase.first, page.new_passphrase.again):
        field.setText(PASSPHRASE)
    page.forward.click()
    qtbot.waitUntil(lambda: page.notice.isVisible())
    assert page.steps.step is FirstStep.PASSPHRASE
    assert page.new_passphrase.typed() == PASSPHRASE
    assert data_folder.database.read_text() == "somebody else's notes"


# Unlocking


def test_the_passphrase_and_enter_open_the_store(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    QTest.keyClicks(page.passphrase, PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        QTest.keyClick(page.passphrase, Qt.Key.Key_Return)
    assert start.window.page_key == "caseload"


def test_the_key_is_worked_out_beside_the_gui(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText(PASSPHRASE)
    page.unlock.click()
    assert page.unlock.text() == words("unlock.working")
    assert not page.passphrase.isEnabled()
    assert start.program is None
    qtbot.waitUntil(lambda: start.program is not None)


def test_a_wrong_passphrase_is_told_delayed_and_changes_nothing(
    recovery_key: str, start: Start, qtbot: QtBot, clock: FrozenClock
) -> None:
    before = fingerprints(start.folder, "mdt.log", "crash.log", "attempts.json")
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText("not the passphrase")
    page.unlock.click()
    qtbot.waitUntil(lambda: page.unlock.text() == words("unlock.wait", seconds=1))
    assert page.notice.heading.text() == words("unlock.trouble.wrong_secret")
    assert page.passphrase.selectedText()
    assert not page.unlock.isEnabled()
    page.unlock.click()
    clock.advance(timedelta(seconds=1))
    qtbot.waitUntil(page.unlock.isEnabled, timeout=3000)
    assert page.unlock.text() == words("unlock.unlock")
    assert fingerprints(start.folder, "mdt.log", "crash.log", "attempts.json") == before
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.unlock.click()


def test_the_delay_is_counted_down_after_the_program_was_started_again(
    recovery_key: str, qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock, start: Start
) -> None:
    for _ in range(3):
        with pytest.raises(Exception, match="wrong_passphrase"):
            bootstrap.open_with_passphrase(data_folder, "not the passphrase", clock=clock)
        clock.advance(timedelta(seconds=4))
    clock.advance(timedelta(seconds=-3))
    start.open_window()
    page = unlock_page(start, qtbot)
    qtbot.waitUntil(lambda: not page.unlock.isEnabled())
    assert "s" in page.unlock.text()
    assert page.unlock.text() != words("unlock.unlock")


def _damage_key_file(folder: DataFolder) -> None:
    folder.key_file.write_bytes(folder.key_file.read_bytes()[:-20])


def _damage_store(folder: DataFolder) -> None:
    content = bytearray(folder.database.read_bytes())
    content[100] ^= 1
    folder.database.write_bytes(content)


def _replace_store(folder: DataFolder) -> None:
    folder.database.write_text("a shopping list of bread and tea")


TROUBLES = {
    "damaged key file": (_damage_key_file, "damaged"),
    "damaged store": (_damage_store, "damaged"),
    "somebody else's file": (_replace_store, "foreign"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_with_the_files_is_not_told_as_a_wrong_passphrase(
    name: str, recovery_key: str, start: Start, qtbot: QtBot
) -> None:
    spoil, heading = TROUBLES[name]
    spoil(start.folder)
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText(PASSPHRASE)
    page.unlock.click()
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.heading.text() == words(f"unlock.trouble.{heading}")
    assert page.notice.heading.text() != words("unlock.trouble.wrong_secret")
    qtbot.waitUntil(lambda: start.operations.idle)
    assert page.unlock.isEnabled()


@pytest.mark.parametrize("missing", [FolderState.KEY_MISSING, FolderState.STORE_MISSING])
def test_a_missing_file_is_named_and_the_store_opens_once_it_is_back(
    missing: FolderState, recovery_key: str, start: Start, qtbot: QtBot
) -> None:
    file = start.folder.key_file if missing is FolderState.KEY_MISSING else start.folder.database
    aside = file.rename(file.with_name("aside"))
    start.open_window()
    page = unlock_page(start, qtbot)
    assert page.notice.heading.text() == words(f"unlock.missing.{missing.value}")
    assert not page.passphrase.isVisible()
    page.again.click()
    assert not page.passphrase.isVisible()
    aside.rename(file)
    page.again.click()
    assert page.passphrase.isVisible()
    assert not page.notice.isVisible()


def test_the_recovery_key_leads_to_a_new_passphrase(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    page.switch.click()
    QTest.keyClicks(page.recovery_key, recovery_key.lower().replace("-", " "))
    QTest.keyClick(page.recovery_key, Qt.Key.Key_Return)
    qtbot.waitUntil(page.new_form.isVisible)
    assert start.window.covered
    assert page.recovery_key.text() == ""
    page.set_it.click()
    assert page.notice.text.text() == words("unlock.problem.passphrase")
    page.new_passphrase.first.setText(OTHER_PASSPHRASE)
    page.new_passphrase.again.setText(OTHER_PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.set_it.click()
    start.window.close()
    bootstrap.open_with_passphrase(start.folder, OTHER_PASSPHRASE).close()
    with pytest.raises(Exception, match="wrong_passphrase"):
        bootstrap.open_with_passphrase(start.folder, PASSPHRASE)


def test_a_slip_in_the_recovery_key_is_told_and_not_counted(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    page.switch.click()
    page.recovery_key.setText(recovery_key[:-1] + ("0" if recovery_key[-1] != "0" else "1"))
    page.recover.click()
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.heading.text() == words("unlock.trouble.mistyped")
    qtbot.waitUntil(lambda: start.operations.idle)
    assert page.recover.isEnabled()


def test_a_window_closed_between_recovery_key_and_new_passphrase_closes_the_store(
    recovery_key: str, start: Start, qtbot: QtBot
) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    page.switch.click()
    page.recovery_key.setText(recovery_key)
    page.recover.click()
    qtbot.waitUntil(page.new_form.isVisible)
    start.window.close()
    assert not start.folder.side_files()[0].exists()
    bootstrap.open_with_passphrase(start.folder, PASSPHRASE).close()


def test_what_is_typed_is_hidden_until_the_eye_is_pressed_and_again_when_unlocking(
    recovery_key: str, start: Start, qtbot: QtBot
) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText("not the passphrase")
    assert page.passphrase.echoMode() is QLineEdit.EchoMode.Password
    page.passphrase.actions()[-1].trigger()
    assert page.passphrase.echoMode() is QLineEdit.EchoMode.Normal
    page.unlock.click()
    assert page.passphrase.echoMode() is QLineEdit.EchoMode.Password
    qtbot.waitUntil(page.notice.isVisible)


# The keyring


@pytest.fixture
def safe_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring in memory counts as one that keeps secrets."""
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))


def test_without_a_safe_keyring_remembering_is_not_offered(recovery_key: str, start: Start, qtbot: QtBot) -> None:
    start.open_window()
    assert not unlock_page(start, qtbot).remember.isVisible()


def test_a_remembered_store_opens_by_itself_and_after_locking_asks_again(
    recovery_key: str, safe_keyring: None, start: Start, qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock
) -> None:
    start.open_window()
    page = unlock_page(start, qtbot)
    assert page.remember.isVisible()
    page.remember.setChecked(True)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.unlock.click()
    with qtbot.waitSignal(start.locked):
        start.lock()
    page = unlock_page(start, qtbot)
    assert start.program is None
    assert page.remember.isChecked()
    start.window.close()
    again = Start(data_folder, clock=clock)
    qtbot.addWidget(again.window)
    with qtbot.waitSignal(again.shell_shown):
        again.open_window()
    again.window.close()


# Locking


@pytest.fixture
def opened(recovery_key: str, start: Start, qtbot: QtBot) -> Start:
    """The program with its store open."""
    start.open_window()
    page = unlock_page(start, qtbot)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown):
        page.unlock.click()
    return start


def test_ctrl_l_closes_the_store_and_wipes_its_key(opened: Start, qtbot: QtBot) -> None:
    program = opened.program
    assert program is not None
    with qtbot.waitSignal(opened.locked):
        opened.window.commands.run("work.lock")
    assert program.session.locked
    assert opened.window.covered
    assert opened.window.page is None
    assert opened.window.windowTitle() == words("ui.product")
    assert not opened.folder.side_files()[0].exists()


def test_the_page_of_a_case_is_made_while_the_caseload_is_read_and_gone_after_locking(
    opened: Start, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: opened.window.made_page("case") is not None, timeout=5000)
    assert opened.window.page_key == "caseload"
    assert gc.get_freeze_count() > 0
    page = weakref.ref(opened.window.made_page("case"))
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    assert opened.window.made_page("case") is None
    assert gc.get_freeze_count() == 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert page() is None


def test_after_locking_the_passphrase_opens_it_again(opened: Start, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    page = unlock_page(opened, qtbot)
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(opened.shell_shown):
        page.unlock.click()
    assert opened.program is not None
    reader = opened.program.access.database.reader
    assert audit_log.first_broken(reader) is None


def test_what_was_being_written_is_written_before_the_store_closes(opened: Start, qtbot: QtBot) -> None:
    program = opened.program
    assert program is not None
    rules = program.services.rules
    rule = next(one for one in type(rules.age_rule()) if one is not rules.age_rule())
    opened.operations.run_command(lambda: rules.set_age_rule(rule), opened.window)
    with qtbot.waitSignal(opened.locked):
        opened.lock()
    with bootstrap.open_with_passphrase(opened.folder, PASSPHRASE) as again:
        assert again.services.rules.age_rule() is rule


def test_settings_changed_by_keys_are_there_at_the_next_start(opened: Start, qtbot: QtBot) -> None:
    opened.window.commands.run("view.larger")
    assert load_settings(opened.folder).settings.text_scale == 110
