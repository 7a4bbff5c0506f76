"""The unlock screen and a store that is not as this laptop left it: told with what is missing, and a way to go on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from mdt_desktop.words import words
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, add_person, add_practice, make_store


@pytest.fixture
def start(qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock) -> Iterator[Start]:
    make_store(data_folder, clock)[0].close()
    made = Start(data_folder, clock=clock)
    qtbot.addWidget(made.window)
    yield made
    made.window.close()
    made.close()


def unlocking(start: Start, qtbot: QtBot) -> UnlockPage:
    """The unlock screen with the passphrase typed and the button pressed."""
    start.open_window()
    qtbot.waitUntil(lambda: isinstance(start.cover, UnlockPage) and start.operations.idle, timeout=10_000)
    page = start.cover
    assert isinstance(page, UnlockPage)
    page.passphrase.setText(PASSPHRASE)
    page.unlock.click()
    return page


def lose_changes(folder: DataFolder, clock: FrozenClock) -> None:
    """Put an older copy of the store in its place."""
    older = folder.root / "older"
    shutil.copyfile(folder.database, older)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        add_practice(program)
    older.replace(folder.database)


def test_missing_changes_are_counted_and_the_store_is_opened_only_when_somebody_says_so(
    start: Start, qtbot: QtBot, clock: FrozenClock
) -> None:
    lose_changes(start.folder, clock)
    page = unlocking(start, qtbot)
    qtbot.waitUntil(page.as_it_is.isVisible, timeout=10_000)
    assert page.notice.heading.text() == words("unlock.trouble.not_current")
    # One start and one change.
    assert "The last 2 changes made on this laptop are not in the store" in page.notice.text.text()
    assert start.program is None
    page.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(start.shell_shown, timeout=10_000):
        page.as_it_is.click()
    assert start.program is not None
    acts = start.program.access.database.reader.execute("SELECT action, kind, reason FROM audit_entry").fetchall()
    assert ("go_on_as_it_is", "missing_changes", "2") in acts


def test_after_going_on_the_next_start_says_nothing(start: Start, qtbot: QtBot, clock: FrozenClock) -> None:
    lose_changes(start.folder, clock)
    bootstrap.open_with_passphrase(start.folder, PASSPHRASE, clock=clock, as_it_is=True).close()
    unlocking(start, qtbot)
    qtbot.waitUntil(lambda: start.program is not None, timeout=10_000)


def test_a_store_that_was_not_closed_is_checked_first_and_that_is_told(
    start: Start, qtbot: QtBot, clock: FrozenClock, tmp_path: Path
) -> None:
    folder = start.folder
    program = bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    add_person(program, add_practice(program))
    killed = shutil.copytree(folder.root, tmp_path / "killed")
    program.close()
    for file in killed.iterdir():
        shutil.copyfile(file, folder.root / file.name)
    page = unlocking(start, qtbot)
    told: list[str] = []
    page._checked.connect(lambda size: told.append(words("unlock.checking", size=max(1, round(size / 1_000_000)))))
    qtbot.waitUntil(lambda: start.program is not None, timeout=10_000)
    assert told == [words("unlock.checking", size=1)]


def test_a_store_that_another_program_has_open_is_told(start: Start, qtbot: QtBot, clock: FrozenClock) -> None:
    with bootstrap.open_with_passphrase(start.folder, PASSPHRASE, clock=clock):
        page = unlocking(start, qtbot)
        qtbot.waitUntil(page.notice.isVisible, timeout=10_000)
        assert page.notice.heading.text() == words("unlock.trouble.busy")
        assert "already has this store open" in page.notice.text.text()
        assert not page.as_it_is.isVisible()
