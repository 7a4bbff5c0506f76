"""The demo borough, loaded once for a test run and copied for each test that wants it."""

import shutil
from datetime import timedelta
from pathlib import Path

from mdt_desktop.bootstrap import Program, open_with_passphrase
from mdt_desktop.demo.store import PASSPHRASE, open_demo
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.access import Clock
from tests.helpers.clocks import FrozenClock


def load_demo_into(folder: Path, later_by: timedelta = timedelta()) -> Path:
    """Load the borough as of the frozen day, at nine or so much later, into a folder; returns the folder."""
    clock = FrozenClock()
    clock.advance(later_by)
    open_demo(DataFolder(folder).create(), lambda done, of: None, clock=clock).close()
    return folder


def copy_of_demo(loaded: Path, folder: Path) -> DataFolder:
    """A data folder of its own with the loaded borough in it."""
    shutil.copytree(loaded, folder)
    return DataFolder(folder)


def open_copy(loaded: Path, folder: Path, clock: Clock | None = None) -> Program:
    """Such a copy, open; close it, or use it in a `with` block."""
    return open_with_passphrase(copy_of_demo(loaded, folder), PASSPHRASE, clock=clock or FrozenClock())
