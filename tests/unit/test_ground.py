"""What `tests/conftest.py` promises does fail a test, and says why."""

import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.helpers.clocks import NOW, FrozenClock
from tests.helpers.keyrings import MemoryKeyring
from tests.helpers.log_watch import LogWatch

ROOT = Path(__file__).resolve().parents[2]

BAD_TESTS = """
import logging, os, socket, threading, warnings
from pathlib import Path
import keyring, pytest

def test_a_log_entry_nobody_expected():
    logging.getLogger("mdt_desktop").warning("something odd")

def test_a_log_entry_that_never_came(log_watch):
    log_watch.expect("something odd")

def test_a_thread_left_behind():
    threading.Thread(target=threading.Event().wait, args=(1.5,), name="left").start()

def test_a_python_warning():
    warnings.warn("old way")

def test_the_network():
    socket.getaddrinfo("example.org", 443)

def test_all_is_well(log_watch, clock, data_folder):
    log_watch.expect("announced")
    logging.getLogger("mdt_desktop").warning("announced")
    keyring.set_password("mdt", "laptop", "secret")
    assert keyring.get_password("mdt", "laptop") == "secret"
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert not any(Path.home().iterdir())
    assert data_folder.root.is_dir()

def test_the_keyring_is_empty_again():
    assert keyring.get_password("mdt", "laptop") is None
"""


def test_noise_leftovers_and_the_network_fail_a_test(tmp_path: Path) -> None:
    (tmp_path / "test_bad.py").write_text(BAD_TESTS, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-W", "error", "-p", "tests.conftest"]
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-p", "no:xdist", "test_bad.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = ended.stdout
    assert "2 failed, 5 passed, 3 errors in" in told, told + ended.stderr
    for reason in (
        "WARNING mdt_desktop: something odd",
        "expected and never logged: something odd",
        "threads left running: left",
        "UserWarning: old way",
        "tests have no network; something asked for 'example.org'",
    ):
        assert reason in told, told


def test_an_expected_entry_is_fine_and_any_other_is_not() -> None:
    watch = LogWatch()
    watch.expect("disk full")
    for text in ("disk full", "disk on fire"):
        watch.handle(logging.makeLogRecord({"msg": text, "name": "store", "levelname": "WARNING"}))
    assert watch.unexpected() == ["WARNING store: disk on fire"]


def test_the_clock_stands_still_until_it_is_moved(clock: FrozenClock) -> None:
    assert clock() == clock() == NOW
    assert clock.advance(timedelta(minutes=5)) == NOW + timedelta(minutes=5)
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock() == datetime(2026, 1, 1, tzinfo=UTC)


def test_the_fake_keyring_is_never_chosen_by_itself(memory_keyring: MemoryKeyring) -> None:
    assert memory_keyring.priority < 0
