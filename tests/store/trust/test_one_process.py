"""One process works on one store: a second is refused at once, and the lock of a killed one holds nobody up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.store.one_process import hold
from mdt_desktop.store.problems import StoreInUse, StoreUnreadable
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, make_store

HOLDER = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from mdt_desktop.store.one_process import hold
lock = hold(Path(sys.argv[1]), datetime(2026, 11, 27, 9, 12, tzinfo=timezone.utc))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mdt.lock"


@pytest.fixture
def holder(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TZ": "UTC"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_process_is_refused_and_told_since_when(
    path: Path, holder: "subprocess.Popen[str]", clock: FrozenClock
) -> None:
    with pytest.raises(StoreInUse) as refused:
        hold(path, clock())
    assert refused.value.values == {"since": "09:12"}
    assert "since 09:12" in sentence(refused.value)


def test_the_lock_of_a_killed_process_holds_nobody_up(
    path: Path, holder: "subprocess.Popen[str]", clock: FrozenClock
) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    hold(path, clock()).release()


def test_the_lock_is_free_again_after_its_release_and_only_then(path: Path, clock: FrozenClock) -> None:
    lock = hold(path, clock())
    with pytest.raises(StoreInUse):
        hold(path, clock())
    lock.release()
    lock.release()
    hold(path, clock()).release()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"since": 3}', '{"since": "a line that somebody wrote"}', "\x00"])
def test_whatever_stands_in_the_file_of_a_holder_is_no_trouble(content: str, path: Path, clock: FrozenClock) -> None:
    lock = hold(path, clock())
    path.write_text(content)
    with pytest.raises(StoreInUse) as refused:
        hold(path, clock())
    assert refused.value.values == {"since": "?"}
    lock.release()


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path, clock: FrozenClock) -> None:
    with pytest.raises(StoreUnreadable):
        hold(tmp_path / "no folder" / "mdt.lock", clock())
    (tmp_path / "mdt.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnreadable):
        hold(tmp_path / "mdt.lock", clock())


def test_a_store_that_is_open_cannot_be_opened_again(data_folder: DataFolder, clock: FrozenClock) -> None:
    program, _ = make_store(data_folder, clock)
    with pytest.raises(StoreInUse):
        bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock)
    assert not data_folder.attempts.exists()
    program.close()
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock).close()


def test_a_wrong_passphrase_does_not_keep_the_lock(data_folder: DataFolder, clock: FrozenClock) -> None:
    make_store(data_folder, clock)[0].close()
    with pytest.raises(Exception, match="wrong_passphrase"):
        bootstrap.open_with_passphrase(data_folder, "not the passphrase", clock=clock)
    hold(data_folder.lock, clock()).release()
