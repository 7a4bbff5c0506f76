"""A change of the key on a disk that fails: at every call, really full, really closed to us. The store goes on."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import AgeRule
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.rules import Rules
from mdt_desktop.store.database import StoreFull, check_file
from mdt_desktop.words import sentence
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.log_watch import LogWatch
from tests.helpers.stores import KEPT_FILES, PASSPHRASE, add_person, add_practice, make_store

CALLS = ("open", "fsync", "link", "replace", "unlink")


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many openings: see `helpers.cheap_keys`."""
    monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)


@pytest.fixture
def folder(data_folder: DataFolder, clock: FrozenClock) -> DataFolder:
    """A closed store with somebody in it."""
    program, _ = make_store(data_folder, clock)
    with program:
        add_person(program, add_practice(program))
    return data_folder


class FailingDisk:
    """Lets the n-th of the calls that change a disk fail; counts them all."""

    def __init__(self, patch: pytest.MonkeyPatch, nth: int, code: int) -> None:
        self.calls, self._nth, self._code = 0, nth, code
        for name in CALLS:
            patch.setattr(os, name, self._failing(getattr(os, name)))

    def _failing(self, call: Any) -> Any:
        def instead(*given: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls == self._nth:
                raise OSError(self._code, os.strerror(self._code))
            return call(*given, **named)

        return instead

    @property
    def failed(self) -> bool:
        """Whether there was such a call."""
        return self.calls >= self._nth


def rotate(program: Program) -> Program:
    return bootstrap.finish_key_rotation(program, bootstrap.begin_key_rotation(program, PASSPHRASE))


def assert_goes_on(folder: DataFolder, clock: FrozenClock) -> None:
    """The passphrase opens the store, with everything in it, and it can be written to; nothing is left over."""
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()[0] == 1
        program.services.rules.set_age_rule(AgeRule.AGED_75_AND_OVER)
        key = program.session.key
        assert check_file(folder.database, key).sound
    assert {path.name for path in folder.root.iterdir()} == KEPT_FILES


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(errno.ENOSPC, id="full"),
        pytest.param(errno.EACCES, id="not allowed", marks=pytest.mark.soak),
        pytest.param(errno.EIO, id="failing", marks=pytest.mark.soak),
    ],
)
def test_whichever_call_fails_is_told_and_the_store_goes_on(
    code: int, folder: DataFolder, clock: FrozenClock, log_watch: LogWatch
) -> None:
    log_watch.allow("freshness_not_noted")
    told: list[str] = []
    for nth in range(1, 200):
        program = bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
        with pytest.MonkeyPatch.context() as patch:
            disk = FailingDisk(patch, nth, code)
            try:
                rotate(program).close()
            except StoreProblem as error:
                told.append(sentence(error))
            failed = disk.failed
        program.close()
        assert_goes_on(folder, clock)
        if not failed:
            break
    assert nth > 20, "many calls were made to fail"
    assert len(told) > 10
    assert all(text.endswith(".") for text in told)


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_copied(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        usage = shutil.disk_usage(folder.root)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=folder.database.stat().st_size))
        with pytest.raises(StoreFull):
            bootstrap.begin_key_rotation(program, PASSPHRASE)
        assert not any(path.exists() for path in folder.next_files())
        program.services.rules.set_age_rule(AgeRule.AGED_75_AND_OVER)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 3 MB, where this account may make one."""
    place = tmp_path / "small"
    place.mkdir()
    made = sys.platform == "linux" and os.geteuid() == 0
    if not made or subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode:
        pytest.skip("NOT RUN: making a file system of 3 MB needs the rights of root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_really_full_leaves_the_old_store_working(
    folder: DataFolder, small_disk: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = DataFolder(small_disk / "data").create()
    for path in folder.root.iterdir():
        shutil.copy(path, moved.root)
    usage = shutil.disk_usage(small_disk)
    (small_disk / "ballast").write_bytes(bytes(usage.free - folder.database.stat().st_size))
    with bootstrap.open_with_passphrase(moved, PASSPHRASE, clock=clock) as program:
        # The look at the free room is taken away, so that SQLite meets the end of the disk itself.
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 40))
        with pytest.raises(StoreFull):
            bootstrap.begin_key_rotation(program, PASSPHRASE)
        assert not any(path.exists() for path in moved.next_files())
        assert Rules(program.access).age_rule() is AgeRule.OVER_75
    assert_goes_on(moved, clock)


READ_ONLY = """
import os, sys
from pathlib import Path
from mdt_desktop import bootstrap
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.store.place import require_local
from tests.helpers.cheap_keys import make_derivation_cheap
from tests.helpers.stores import PASSPHRASE
make_derivation_cheap()
folder = DataFolder(Path(sys.argv[1]))
require_local(folder.root)  # Python's own files, which it loads when first needed, may be closed to somebody else
if os.geteuid() == 0:
    os.setuid(65534)
program = bootstrap.open_with_passphrase(folder, PASSPHRASE)
folder.root.chmod(0o500)
try:
    bootstrap.begin_key_rotation(program, PASSPHRASE)
except MdtError as error:
    print(type(error).code)
folder.root.chmod(0o700)
print(program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()[0])
program.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights are POSIX rights")
def test_a_folder_that_may_not_be_written_to_leaves_the_old_store_working(
    folder: DataFolder, clock: FrozenClock
) -> None:
    with tempfile.TemporaryDirectory(prefix="mdt-rights-") as place:
        moved = DataFolder(Path(place) / "data")
        shutil.copytree(folder.root, moved.root)
        if os.geteuid() == 0:
            # Root may write anywhere, so the work is done by somebody who may not.
            Path(place).chmod(0o755)
            for path in (moved.root, *moved.root.iterdir()):
                os.chown(path, 65534, 65534)
        ended = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(moved.root)],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.stdout.split() == ["folder_unwritable", "1"], ended.stderr
        if os.geteuid() == 0:
            for path in (moved.root, *moved.root.iterdir()):
                os.chown(path, 0, 0)
        assert_goes_on(moved, clock)
