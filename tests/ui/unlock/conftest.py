"""The start over an empty folder or a store that has been made."""

import pytest

from mdt_desktop.paths import DataFolder
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import make_store


@pytest.fixture
def recovery_key(data_folder: DataFolder, clock: FrozenClock) -> str:
    """Makes a store and closes it; its recovery key."""
    program, key = make_store(data_folder, clock)
    program.close()
    return key.text()
