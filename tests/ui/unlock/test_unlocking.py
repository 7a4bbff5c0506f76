"""Unlocking: wrong passphrases, trouble with the files, the recovery key; nothing is changed by a refusal."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.keys.door import FolderState
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.widgets.buttons import IconButton
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, fingerprints
from tests.ui.unlock.desk import OTHER_PASSPHRASE, unlock_page


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
    page.passphrase.findChildren(IconButton)[0].click()
    assert page.passphrase.echoMode() is QLineEdit.EchoMode.Normal
    page.unlock.click()
    assert page.passphrase.echoMode() is QLineEdit.EchoMode.Password
    qtbot.waitUntil(page.notice.isVisible)
