"""An open store with one person in it, whose backups are made and restored."""

from collections.abc import Iterator

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.backups import Backups
from tests.helpers.clocks import FrozenClock
from tests.store.backups.desk import Desk


@pytest.fixture
def desk(data_folder: DataFolder, clock: FrozenClock) -> Iterator[Desk]:
    """The store, open; whoever closes it does so with `desk.close()`."""
    made = Desk(data_folder, clock)
    yield made
    made.close()


@pytest.fixture
def program(desk: Desk) -> Program:
    """The open program."""
    return desk.program


@pytest.fixture
def backups(desk: Desk) -> Backups:
    """Its backups."""
    return desk.program.services.backups
