"""The start over an empty folder or a store that has been made."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import make_store


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
