"""The card of the settings page: what lies there, making one, copying one, and a store that was found damaged."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.domain.backups import Occasion
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.backups import note_check
from mdt_desktop.store import backup
from mdt_desktop.ui.backups.shelf_table import ShelfColumn, when
from mdt_desktop.words import label, size_words, words
from tests.store.backups.desk import Desk
from tests.ui.backups.window import Window

Open = Callable[[DataFolder], Window]


@pytest.fixture
def window(desk: Desk, open_window: Open) -> Window:
    """The program with its store open."""
    made = open_window(desk.folder)
    made.unlock()
    return made


def cells(window: Window, row: int) -> list[str]:
    model = window.card().table.model()
    return [str(model.index(row, column).data()) for column in ShelfColumn]


def test_without_a_backup_it_says_when_the_first_one_comes(window: Window) -> None:
    card = window.card()
    assert card.newest.text() == words("backups.none_yet")
    assert not card.table.isVisible()
    assert not card.held.isVisible()


def test_back_up_now_makes_one_and_shows_it(window: Window, desk: Desk) -> None:
    card = window.card()
    card.back_up.click()
    assert not card.back_up.isEnabled(), "not twice at once"
    window.settle()
    assert words("backups.made", moment=when(desk.clock())) in window.notices()
    assert cells(window, 0) == [
        when(desk.clock()),
        label(Occasion.BY_HAND),
        "1",
        "0",
        size_words(next(desk.folder.backups.iterdir()).stat().st_size),
        words("backups.state.verified"),
    ]
    assert card.newest.text() == words("backups.newest", moment=when(desk.clock()), people=1)
    assert card.back_up.isEnabled()


def test_a_damaged_one_is_shown_as_such_and_not_counted_as_the_newest(window: Window, desk: Desk) -> None:
    window.card().back_up.click()
    window.settle()
    desk.clock.advance(timedelta(hours=1))
    window.card().back_up.click()
    window.settle()
    newest = max(desk.folder.backups.iterdir())
    newest.write_bytes(newest.read_bytes()[:-1])
    window.card().reload()
    window.settle()
    assert cells(window, 0)[ShelfColumn.STATE] == words("backups.state.damaged")
    assert cells(window, 0)[ShelfColumn.PEOPLE] == ""
    assert when(desk.clock() - timedelta(hours=1)) in window.card().newest.text()


def test_a_backup_that_fails_is_told_and_the_buttons_come_back(
    window: Window, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = window.card()
    monkeypatch.setattr(card._program.services.backups, "_free", lambda _: 0)
    card.back_up.click()
    window.settle()
    assert "No backup was made" in window.notices()
    assert card.back_up.isEnabled()
    assert card.newest.text() == words("backups.none_yet")


def test_a_copy_is_saved_elsewhere_and_never_over_a_file(window: Window, tmp_path: Path) -> None:
    card = window.card()
    target = tmp_path / "copy.mdtbackup"
    card.save_copy_as(target)
    window.settle()
    assert target.stat().st_size > 100_000
    content = target.read_bytes()
    card.save_copy_as(target)
    window.settle()
    assert "was not replaced" in window.notices()
    assert target.read_bytes() == content


def test_of_a_damaged_store_it_says_that_none_is_made_until_it_is_checked(
    desk: Desk, open_window: Open
) -> None:
    note_check(desk.folder, desk.clock(), sound=False)
    window = open_window(desk.folder)
    window.unlock()
    card = window.card()
    assert card.held.isVisible()
    card.check.click()
    window.settle()
    assert words("backups.check_sound") in window.notices()
    assert not card.held.isVisible()
    card.back_up.click()
    window.settle()
    assert card.table.model().rowCount() == 1


def test_a_check_that_finds_damage_says_what_to_do(
    desk: Desk, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_check(desk.folder, desk.clock(), sound=False)
    window = open_window(desk.folder)
    window.unlock()
    card = window.card()
    monkeypatch.setattr(card._program.services.backups, "check_again", lambda: False)
    card.check.click()
    window.settle()
    assert words("backups.check_damaged") in window.notices()
    assert card.held.isVisible()


# By itself


def test_the_automatic_backup_is_made_when_it_is_due_and_the_list_follows(window: Window, desk: Desk) -> None:
    automatic = window.start._backups
    assert automatic.timer.isActive()
    card = window.card()
    automatic.look()
    automatic.look()
    window.settle()
    assert [it.occasion for it in card._program.services.backups.shelf()] == [Occasion.SCHEDULED]
    assert card.table.model().rowCount() == 1, "the page that shows them is told"
    automatic.look()
    window.settle()
    assert card.table.model().rowCount() == 1


def test_an_automatic_backup_that_fails_is_told_and_stops_nothing(
    window: Window, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = window.card()
    monkeypatch.setattr(card._program.services.backups, "_free", lambda _: 0)
    automatic = window.start._backups
    automatic.look()
    window.settle()
    assert "Make room on the disk" in window.notices()
    window.start.window.close_notices()
    automatic.look()
    window.settle()
    assert window.notices() == "", "the next try is half an hour later"
    monkeypatch.undo()
    desk.clock.advance(timedelta(minutes=31))
    automatic.look()
    window.settle()
    assert card.table.model().rowCount() == 1


def test_locking_while_a_backup_is_made_stops_it_and_tells_nothing(
    window: Window, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = window.start.program
    assert program is not None
    database = program.access.database
    begun: list[bool] = []
    made = backup.copy_to

    def slowly(*given: Any) -> None:
        begun.append(True)
        database.closing.wait(20)
        made(*given)

    monkeypatch.setattr(backup, "copy_to", slowly)
    window.start._backups.look()
    window.wait(lambda: bool(begun))
    window.start.lock()
    window.wait(lambda: window.start.operations.idle and program.session.locked)
    assert window.notices() == ""
    assert [path for path in desk.folder.backups.iterdir() if path.suffix == ".mdtbackup"] == []
    assert not window.start._backups.timer.isActive()
    assert not desk.folder.side_files()[0].exists(), "the store was closed as always"


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "0 B"), (999, "999 B"), (12_400, "12 KB"), (428_000_000, "428 MB"), (1_500_000_000, "1.5 GB"),
     (23_000_000_000, "23 GB")],
)  # fmt: skip
def test_sizes_are_told_in_the_unit_that_fits(size: int, told: str) -> None:
    assert size_words(size) == told
