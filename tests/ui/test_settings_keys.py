"""The keys on the settings page: passphrase, recovery key, remembering, and a new key of the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.documents.preview import page_count
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.errors import WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.services.key_rotation import RotationStep
from mdt_desktop.store import rekey
from mdt_desktop.store.database import StoreUnreadable
from mdt_desktop.ui.keys.key_change import KeyChangeCover
from mdt_desktop.ui.settings.key_sheet import KeyChangeSheet
from mdt_desktop.ui.settings.keys import PassphraseSheet, RecoverySheet
from mdt_desktop.ui.settings.page import SettingsPage
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.keyrings import MemoryKeyring
from tests.helpers.stores import PASSPHRASE, make_store

OTHER_PASSPHRASE = "copper rowing thistle lantern"


@pytest.fixture
def recovery_key(data_folder: DataFolder, clock: FrozenClock) -> str:
    """Makes a store and closes it; its recovery key."""
    program, key = make_store(data_folder, clock)
    program.close()
    return key.text()


@pytest.fixture
def start(qtbot: QtBot, recovery_key: str, data_folder: DataFolder, clock: FrozenClock) -> Iterator[Start]:
    """The program with its store open."""
    made = Start(data_folder, clock=clock)
    qtbot.addWidget(made.window)
    made.open_window()
    unlock(made, qtbot, PASSPHRASE)
    yield made
    made.window.close()
    made.close()


def unlock(start: Start, qtbot: QtBot, passphrase: str) -> None:
    qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage) and start.operations.idle)
    page = start.cover
    assert isinstance(page, UnlockPage)
    page.passphrase.setText(passphrase)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        page.unlock.click()


@pytest.fixture
def page(start: Start, qtbot: QtBot) -> SettingsPage:
    return settings_page(start, qtbot)


def settings_page(start: Start, qtbot: QtBot) -> SettingsPage:
    start.window.show_page("settings")
    shown = start.window.page
    assert isinstance(shown, SettingsPage)
    qtbot.waitUntil(lambda: start.operations.idle)
    return shown


def acts(folder: DataFolder, passphrase: str = PASSPHRASE) -> list[str]:
    """What the audit log says of keys."""
    with bootstrap.open_with_passphrase(folder, passphrase) as program:
        rows = program.access.database.reader.execute("SELECT action FROM audit_entry WHERE record_id = 'store.key'")
        return [row[0] for row in rows]


# The passphrase


def passphrase_sheet(page: SettingsPage) -> PassphraseSheet:
    page.change_passphrase.click()
    assert page.passphrase_sheet is not None
    return page.passphrase_sheet


def test_the_passphrase_is_changed_and_recorded(page: SettingsPage, start: Start, qtbot: QtBot) -> None:
    sheet = passphrase_sheet(page)
    sheet.old.setText(PASSPHRASE)
    sheet.new.first.setText(OTHER_PASSPHRASE)
    sheet.new.again.setText(OTHER_PASSPHRASE)
    sheet.change.click()
    qtbot.waitUntil(lambda: words("settings.passphrase_changed") in start.window.shown_notices(), timeout=20_000)
    start.window.close()
    assert acts(start.folder, OTHER_PASSPHRASE) == ["change_passphrase"]
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(start.folder, PASSPHRASE)


def test_a_wrong_present_passphrase_is_told_beside_it_and_nothing_is_recorded(
    page: SettingsPage, start: Start, qtbot: QtBot, clock: FrozenClock
) -> None:
    sheet = passphrase_sheet(page)
    sheet.old.setText("not the passphrase")
    sheet.new.first.setText(OTHER_PASSPHRASE)
    sheet.new.again.setText(OTHER_PASSPHRASE)
    sheet.change.click()
    qtbot.waitUntil(sheet.notice.isVisible, timeout=20_000)
    assert sheet.notice.heading.text() == words("unlock.trouble.wrong_secret")
    assert sheet.change.isEnabled()
    start.window.close()
    assert acts(start.folder) == []


# The recovery key


def test_a_new_recovery_key_is_shown_once_printed_and_recorded(
    page: SettingsPage, start: Start, qtbot: QtBot, recovery_key: str, tmp_path: Path
) -> None:
    page._on_recovery_answer("make")
    qtbot.waitUntil(lambda: page.recovery_sheet is not None)
    sheet = page.recovery_sheet
    assert isinstance(sheet, RecoverySheet)
    shown = sheet.paper.key.text().replace("\n", "")
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    sheet.paper.print_on(printer)
    qtbot.waitUntil(sheet.paper.told.isVisible, timeout=20_000)
    assert page_count((tmp_path / "printed.pdf").read_bytes()) == 1
    sheet.done.click()
    assert sheet.notice.isVisible(), "it is not closed before it was put in a safe place"
    sheet.paper.kept.setChecked(True)
    sheet.done.click()
    assert sheet.paper.key.text() == ""
    start.window.close()
    assert acts(start.folder) == ["replace_recovery_key"]
    bootstrap.open_with_recovery_key(start.folder, shown).close()
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(start.folder, recovery_key)


# Remembering


@pytest.fixture
def safe_keyring(memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """The keyring in memory counts as one that keeps secrets."""
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))
    return memory_keyring


def test_remembering_and_forgetting_are_recorded(
    safe_keyring: MemoryKeyring, page: SettingsPage, start: Start, qtbot: QtBot
) -> None:
    qtbot.waitUntil(page.remember.isEnabled)
    page.remember.click()
    qtbot.waitUntil(lambda: page.remember.isEnabled() and page.remember.isChecked())
    assert len(safe_keyring.items) == 1
    page.remember.click()
    qtbot.waitUntil(lambda: page.remember.isEnabled() and not page.remember.isChecked())
    assert safe_keyring.items == {}
    start.window.close()
    assert acts(start.folder) == ["remember_on_laptop", "forget_on_laptop"]


def test_a_keyring_that_refuses_is_told_and_not_recorded(
    safe_keyring: MemoryKeyring, page: SettingsPage, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError("prompt dismissed")

    monkeypatch.setattr(MemoryKeyring, "set_password", refuses)
    qtbot.waitUntil(page.remember.isEnabled)
    page.remember.click()
    qtbot.waitUntil(lambda: bool(start.window.shown_notices()))
    qtbot.waitUntil(lambda: page.remember.isEnabled() and not page.remember.isChecked())
    start.window.close()
    assert acts(start.folder) == []


# The key of the store


def key_sheet(page: SettingsPage) -> KeyChangeSheet:
    page.change_key.click()
    assert page.key_change_sheet is not None
    return page.key_change_sheet


def to_the_paper(page: SettingsPage, start: Start, qtbot: QtBot) -> KeyChangeCover:
    """The cover with the new recovery key on it."""
    sheet = key_sheet(page)
    sheet.passphrase.setText(PASSPHRASE)
    QTest.keyClick(sheet.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(start.cover, KeyChangeCover), timeout=20_000)
    cover = start.cover
    assert isinstance(cover, KeyChangeCover)
    qtbot.waitUntil(cover.kept.isVisible, timeout=20_000)
    return cover


def test_a_new_key_counts_once_its_recovery_key_is_in_a_safe_place(
    page: SettingsPage, start: Start, qtbot: QtBot, recovery_key: str
) -> None:
    cover = to_the_paper(page, start, qtbot)
    assert start.program is None
    assert start.window.page is None
    shown = cover.paper.key.text().replace("\n", "")
    cover.use.click()
    assert cover.notice.text.text() == words("unlock.problem.not_kept")
    cover.paper.kept.setChecked(True)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        cover.use.click()
    assert words("keys.changed") in start.window.shown_notices()
    settings_page(start, qtbot)
    start.window.close()
    assert acts(start.folder) == ["begin_key_rotation", "rotate_key"]
    bootstrap.open_with_recovery_key(start.folder, shown).close()
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(start.folder, recovery_key)


def test_keeping_the_old_key_leaves_it_and_its_recovery_key_in_force(
    page: SettingsPage, start: Start, qtbot: QtBot, recovery_key: str
) -> None:
    cover = to_the_paper(page, start, qtbot)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        cover.keep.click()
    assert words("keys.kept_old") in start.window.shown_notices()
    start.window.close()
    assert not any(path.exists() for path in start.folder.next_files())
    assert acts(start.folder) == ["begin_key_rotation", "abandon_key_rotation"]
    bootstrap.open_with_recovery_key(start.folder, recovery_key).close()


def test_a_wrong_passphrase_is_told_in_the_sheet_and_the_pages_stay(
    page: SettingsPage, start: Start, qtbot: QtBot
) -> None:
    sheet = key_sheet(page)
    sheet.change.click()
    assert sheet.notice.text.text() == words("settings.type_old")
    sheet.passphrase.setText("not the passphrase")
    sheet.change.click()
    qtbot.waitUntil(lambda: sheet.notice.heading.text() == words("unlock.trouble.wrong_secret"), timeout=20_000)
    assert sheet.change.isEnabled()
    assert start.window.page is page
    sheet.close_requested.emit()
    assert sheet.passphrase.text() == ""


def test_it_can_be_stopped_while_the_store_is_copied(
    page: SettingsPage, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = rekey.copy

    def stopped(*given: object) -> None:
        cover = start.cover
        assert isinstance(cover, KeyChangeCover)
        cover.progress.cancel()
        copy(*given)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(rekey, "copy", stopped)
    sheet = key_sheet(page)
    sheet.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        sheet.change.click()
    assert words("keys.not_changed") in start.window.shown_notices()
    start.window.close()
    assert acts(start.folder) == ["begin_key_rotation", "abandon_key_rotation"]


def test_what_goes_wrong_while_it_is_copied_is_told_over_the_pages(
    page: SettingsPage, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise rekey.CopyNotSound(what="pages")

    monkeypatch.setattr(rekey, "verify", full)
    sheet = key_sheet(page)
    sheet.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=20_000):
        sheet.change.click()
    assert any("did not come out whole" in text for text in start.window.shown_notices())


def test_a_key_that_cannot_be_put_in_force_ends_at_the_unlock_screen_and_the_passphrase_works(
    page: SettingsPage, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise StoreUnreadable

    cover = to_the_paper(page, start, qtbot)
    cover.paper.kept.setChecked(True)
    with monkeypatch.context() as patch:
        patch.setattr(rekey, "put_in_place", refuses)
        cover.use.click()
        qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage), timeout=20_000)
    unlock_page = start.cover
    assert isinstance(unlock_page, UnlockPage)
    assert unlock_page.notice.isVisible()
    unlock(start, qtbot, PASSPHRASE)
    assert words("keys.ended.undone") in start.window.shown_notices()


def test_a_window_that_closes_over_the_new_recovery_key_drops_the_new_key(
    page: SettingsPage, start: Start, qtbot: QtBot
) -> None:
    to_the_paper(page, start, qtbot)
    start.window.close()
    assert {path.name for path in start.folder.root.iterdir()} & {"mdt.db.next", "mdt.key.next", "mdt.db-wal"} == set()
    assert acts(start.folder) == ["begin_key_rotation", "abandon_key_rotation"]


def test_a_window_that_closes_while_the_store_is_copied_leaves_the_old_key(
    page: SettingsPage, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[RotationStep] = []
    copy = rekey.copy

    def watched(*given: object) -> None:
        begun.append(RotationStep.COPY)
        copy(*given)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(rekey, "copy", watched)
    sheet = key_sheet(page)
    sheet.passphrase.setText(PASSPHRASE)
    sheet.change.click()
    qtbot.waitUntil(lambda: bool(begun), timeout=20_000)
    start.window.close()
    assert not any(path.exists() for path in start.folder.next_files())
    assert acts(start.folder) == ["begin_key_rotation", "abandon_key_rotation"]
