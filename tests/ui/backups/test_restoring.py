"""Restoring on the screen: from the settings, from the unlock screen, and on a laptop that has nothing yet."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.backup_shelf import shelf
from mdt_desktop.store import swap
from mdt_desktop.ui.backups.restore_sheet import RestoreSheet
from mdt_desktop.ui.keys.door import FolderState
from mdt_desktop.ui.unlock.first_run_page import FirstRunPage
from mdt_desktop.ui.unlock.restore_page import RestorePage
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import OTHER_PASSPHRASE, Desk, another_store, contents, people_in
from tests.ui.backups.window import Window

Open = Callable[[DataFolder], Window]


@pytest.fixture
def made(desk: Desk) -> Path:
    """A backup of one person; the closed store has two."""
    desk.open()
    path = desk.backups.make().path
    desk.add_person()
    desk.close()
    desk.clock.advance(timedelta(hours=1))
    return path


def spoil(folder: DataFolder) -> None:
    content = bytearray(folder.database.read_bytes())
    content[100] ^= 1
    folder.database.write_bytes(content)


# From the settings


@pytest.fixture
def sheet(desk: Desk, made: Path, open_window: Open) -> tuple[Window, RestoreSheet]:
    """The sheet over the settings, with the newest backup chosen."""
    window = open_window(desk.folder)
    window.unlock()
    card = window.card()
    card.restore.click()
    window.settle()
    assert card.sheet is not None
    return window, card.sheet


def test_the_newest_is_chosen_and_stands_beside_the_store(sheet: tuple[Window, RestoreSheet], desk: Desk) -> None:
    _, shown = sheet
    sides = shown.panel.comparison.sides
    assert [side.text() for side in sides["people"]] == ["1", "2"]
    assert sides["made"][1].text() == words("backups.now")
    assert sides["last_change"][0].text() != sides["last_change"][1].text()
    assert not shown.panel.secret.isVisible(), "the store is open: nothing has to be typed"
    assert shown.restore.isEnabled()


def test_restoring_locks_the_program_and_the_passphrase_opens_the_restored_store(
    sheet: tuple[Window, RestoreSheet], desk: Desk
) -> None:
    window, shown = sheet
    shown.panel.reason.setText("imported twice")
    shown.restore.click()
    assert not shown.restore.isEnabled()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    page = window.cover(UnlockPage)
    window.wait(lambda: page.notice.heading.text() == words("unlock.restored"))
    assert window.start.program is None
    window.unlock()
    assert window.people() == 1
    assert desk.folder.replaced.exists()
    program = window.start.program
    assert program is not None
    told = program.access.database.reader.execute("SELECT reason FROM audit_entry WHERE action = 'restore'").fetchone()
    assert "imported twice" in told[0]
    assert [it.people for it in shelf(desk.folder)] == [2, 1], "what was replaced was backed up first"


def test_keeping_it_as_it_is_changes_nothing(sheet: tuple[Window, RestoreSheet], desk: Desk) -> None:
    window, shown = sheet
    shown.cancel.click()
    window.settle()
    assert not desk.folder.replaced.exists()
    assert not desk.folder.restoring.exists()
    assert window.people() == 2


def test_cancelling_half_way_leaves_the_store_as_it_was(
    sheet: tuple[Window, RestoreSheet], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, shown = sheet
    begin = swap.begin
    begun: list[Path] = []

    def slowly(folder: DataFolder) -> Path:
        begun.append(begin(folder))
        window_progress = shown.panel._progress
        assert window_progress is not None
        window_progress._stop.wait(20)
        return begun[0]

    monkeypatch.setattr(swap, "begin", slowly)
    shown.restore.click()
    window.wait(lambda: bool(begun))
    shown.cancel.click()
    window.settle()
    assert not shown.panel.notice.isVisible(), "whoever stops it knows"
    assert shown.restore.isEnabled()
    assert not desk.folder.restoring.exists()
    assert window.people() == 2


def test_a_file_that_is_no_backup_is_told_and_cannot_be_restored(
    sheet: tuple[Window, RestoreSheet], tmp_path: Path
) -> None:
    window, shown = sheet
    letter = tmp_path / "letter.mdtbackup"
    letter.write_text("Dear team")
    shown.panel.open_file(letter)
    window.settle()
    assert "is not a backup of this program" in shown.panel.notice.text.text()
    assert not shown.restore.isEnabled()
    assert not shown.panel.comparison.isVisible()
    shown.panel.table.selectRow(0)
    window.settle()


def test_a_backup_of_another_store_says_so_and_asks_for_its_passphrase(
    sheet: tuple[Window, RestoreSheet], desk: Desk, tmp_path: Path
) -> None:
    window, shown = sheet
    other = another_store(DataFolder(tmp_path / "other"), desk.clock)
    path = other.services.backups.make().path
    other.close()
    shown.panel.open_file(path)
    window.settle()
    assert shown.panel.other_store.isVisible()
    assert shown.panel.secret.isVisible()
    shown.restore.click()
    assert shown.panel.notice.text.text() == words("backups.secret_missing")
    shown.panel.secret.setText("not the passphrase")
    shown.restore.click()
    window.settle()
    assert shown.panel.notice.heading.text() == words("unlock.trouble.wrong_secret")
    assert window.people() == 2
    desk.clock.advance(timedelta(seconds=2))
    shown.panel.secret.setText(OTHER_PASSPHRASE)
    shown.restore.click()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    window.settle()
    window.unlock(OTHER_PASSPHRASE)
    assert window.people() == 0


# From the unlock screen


def test_a_damaged_store_is_brought_back_from_the_unlock_screen(desk: Desk, made: Path, open_window: Open) -> None:
    spoil(desk.folder)
    window = open_window(desk.folder)
    page = window.cover(UnlockPage)
    assert not page.restore.isVisible()
    page.passphrase.setText(PASSPHRASE)
    page.unlock.click()
    window.wait(page.restore.isVisible)
    window.settle()
    page.restore.click()
    shown = window.cover(RestorePage)
    assert [side.text() for side in shown.panel.comparison.sides["people"]] == ["1", ""]
    assert shown.panel.comparison.sides["made"][1].text() == words("backups.store_unreadable")
    shown.panel.secret.setText(PASSPHRASE)
    shown.restore.click()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    again = window.cover(UnlockPage)
    assert again.notice.heading.text() == words("unlock.restored")
    window.unlock()
    assert window.people() == 1


@pytest.mark.parametrize("missing", [FolderState.KEY_MISSING, FolderState.STORE_MISSING])
def test_a_missing_file_comes_back_with_a_backup(
    missing: FolderState, desk: Desk, made: Path, open_window: Open
) -> None:
    (desk.folder.key_file if missing is FolderState.KEY_MISSING else desk.folder.database).unlink()
    window = open_window(desk.folder)
    page = window.cover(UnlockPage)
    assert page.restore.isVisible()
    page.restore.click()
    shown = window.cover(RestorePage)
    shown.panel.secret.setText(desk.recovery_key)
    shown.panel.secret.returnPressed.emit()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    window.unlock()
    assert window.people() == 1


def test_going_back_from_the_restore_changes_nothing(desk: Desk, made: Path, open_window: Open) -> None:
    spoil(desk.folder)
    mine = (desk.folder.database.name, desk.folder.key_file.name, desk.folder.freshness.name)
    before = {name: it for name, it in contents(desk.folder.root).items() if name in mine}
    window = open_window(desk.folder)
    page = window.cover(UnlockPage)
    page.restore_requested.emit()
    shown = window.cover(RestorePage)
    shown.back.click()
    window.cover(UnlockPage)
    after = contents(desk.folder.root)
    assert {name: after.get(name) for name in before} == before


def test_a_wrong_passphrase_there_is_told_and_counted(desk: Desk, made: Path, open_window: Open) -> None:
    spoil(desk.folder)
    window = open_window(desk.folder)
    window.cover(UnlockPage).restore_requested.emit()
    shown = window.cover(RestorePage)
    shown.panel.secret.setText("not the passphrase")
    shown.restore.click()
    window.wait(shown.panel.notice.isVisible)
    window.settle()
    assert shown.panel.notice.heading.text() == words("unlock.trouble.wrong_secret")
    assert desk.folder.attempts.exists()
    shown.restore.click()
    window.wait(lambda: shown.panel.notice.heading.text() == words("unlock.trouble.wait"))
    window.settle()
    assert shown.restore.isEnabled()
    desk.clock.advance(timedelta(seconds=2))
    shown.panel.secret.setText(PASSPHRASE)
    shown.restore.click()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    window.settle()


def test_a_restore_that_was_confirmed_is_finished_at_the_next_start(desk: Desk, made: Path, open_window: Open) -> None:
    unlocked = desk.restoring.unlock(made, PASSPHRASE)
    desk.restoring.make_ready(made, unlocked)
    desk.folder.database.unlink()  # as a kill between taking the old store away and putting the new one there
    window = open_window(desk.folder)
    page = window.cover(UnlockPage)
    assert page.passphrase.isVisible(), "the store is not told to be missing"
    window.unlock()
    assert window.people() == 1


# A new laptop


def test_a_new_laptop_begins_with_a_backup(desk: Desk, made: Path, open_window: Open, tmp_path: Path) -> None:
    window = open_window(DataFolder(tmp_path / "new laptop"))
    first = window.cover(FirstRunPage)
    first.restore.click()
    shown = window.cover(RestorePage)
    assert shown.panel.none.isVisible()
    assert not shown.restore.isEnabled()
    shown.panel.open_file(made)
    window.settle()
    assert shown.panel.comparison.sides["made"][1].text() == words("backups.no_store")
    assert not shown.panel.other_store.isVisible(), "there is no other"
    shown.panel.secret.setText(PASSPHRASE)
    shown.restore.click()
    window.wait(lambda: isinstance(window.start.cover, UnlockPage))
    window.unlock()
    assert window.people() == 1


def test_a_new_laptop_can_still_begin_without_one(open_window: Open, tmp_path: Path) -> None:
    window = open_window(DataFolder(tmp_path / "new laptop"))
    window.cover(FirstRunPage).restore.click()
    window.cover(RestorePage).back.click()
    assert window.cover(FirstRunPage).name.isVisible()


def test_a_store_that_somebody_else_has_open_is_not_replaced(desk: Desk, made: Path, open_window: Open) -> None:
    with bootstrap.open_with_passphrase(desk.folder, PASSPHRASE, clock=desk.clock) as program:
        window = open_window(desk.folder)
        window.cover(UnlockPage).restore_requested.emit()
        shown = window.cover(RestorePage)
        shown.panel.secret.setText(PASSPHRASE)
        shown.restore.click()
        window.wait(shown.panel.notice.isVisible)
        window.settle()
        assert people_in(program) == 2
    assert not desk.folder.replaced.exists()
