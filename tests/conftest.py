"""What every test stands on: fresh folders, a fake keyring, no network, a frozen clock; noise fails."""

import atexit
import logging
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt or asks for a home folder: tests never use a real screen or a real home.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
_HOME = tempfile.mkdtemp(prefix="mdt-home-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["HOME"] = _HOME
# Nor do they hear, or tell anything to, the desktop of whoever runs them.
for _name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
    os.environ[_name] = f"unix:path={_HOME}/no-bus"
for _name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
    os.environ[_name] = str(Path(_HOME) / _name.lower())

import keyring
import pytest
from hypothesis import HealthCheck, settings

from mdt_desktop.paths import DataFolder
from tests.helpers.clocks import FrozenClock
from tests.helpers.keyrings import MemoryKeyring
from tests.helpers.log_watch import LogWatch
from tests.helpers.network import loopback_only

pytest_plugins = ["tests.helpers.cheap_keys", "tests.helpers.fixtures", "tests.helpers.postgres"]

# Chosen by a fixed seed, so that a run tomorrow tests what this run tested.
settings.register_profile(
    "house",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")

_THREAD_GRACE_SECONDS = 1.0


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Any address but this computer's own is refused with an error that names it."""
    with loopback_only(socket):
        yield


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The system keyring, in memory and empty for each test."""
    before = keyring.get_keyring()
    fake = MemoryKeyring()
    keyring.set_keyring(fake)
    yield fake
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fails the test on a log entry of WARNING or above that no `log_watch.expect("its text")` allowed."""
    watch = LogWatch()
    root = logging.getLogger()
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    unexpected = watch.unexpected()
    if unexpected:
        pytest.fail("unexpected log entries:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def no_leftover_threads() -> Iterator[None]:
    """Fails the test when it leaves a thread behind that would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(_THREAD_GRACE_SECONDS)
    still = [thread.name for thread in left if thread.is_alive()]
    if still:
        pytest.fail(f"threads left running: {', '.join(still)}", pytrace=False)


@pytest.fixture
def clock() -> FrozenClock:
    """Monday 23 November 2026, 09:00 UTC, until the test moves it."""
    return FrozenClock()


@pytest.fixture
def data_folder(tmp_path: Path) -> DataFolder:
    """An empty private data folder."""
    return DataFolder(tmp_path / "data").create()
