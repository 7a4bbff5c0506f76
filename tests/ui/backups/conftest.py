"""The running program on a store with one person in it, for everything about backups that is on the screen."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock
from tests.store.backups.desk import Desk
from tests.ui.backups.window import Window


@pytest.fixture
def desk(data_folder: DataFolder, clock: FrozenClock) -> Desk:
    """The store, closed; what is done to it here happens before the window opens."""
    made = Desk(data_folder, clock)
    made.close()
    return made


@pytest.fixture
def open_window(qtbot: QtBot, clock: FrozenClock) -> Iterator[Callable[[DataFolder], Window]]:
    """Opens the program on a folder."""
    started: list[Start] = []

    def begin(folder: DataFolder) -> Window:
        start = Start(folder, clock=clock)
        started.append(start)
        qtbot.addWidget(start.window)
        return Window(start, qtbot)

    yield begin
    for start in started:
        start.window.close()
        start.close()
