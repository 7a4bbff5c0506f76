"""`kill -9` at every step of a backup and of a restore: no half file under a backup's name, and a store that opens."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.paths import RESTORE_PLAN, DataFolder
from mdt_desktop.services.backup_shelf import shelf
from mdt_desktop.services.restoring import Restoring
from mdt_desktop.store import backup_file, swap
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import OTHER_PASSPHRASE, Desk, another_store, contents, people_in, require_sound

pytestmark = pytest.mark.real_argon2  # another process opens the store

_MOST_SECONDS = 250
_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def made(desk: Desk) -> Path:
    """A backup of one person; the store has two now and is closed."""
    path = desk.backups.make().path
    desk.add_person()
    desk.close()
    return path


def killed_at_every_step(folder: DataFolder, work: Path, what: str, file: Path) -> list[DataFolder]:
    """The data folder as each kill left it, in the order of the steps; the last one was not killed."""
    work.mkdir()
    ended = subprocess.run(
        [sys.executable, "-m", "tests.store.backups.killer", str(folder.root), str(work), what, str(file)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=_MOST_SECONDS,
    )
    assert ended.returncode == 0, ended.stderr
    steps = int(ended.stdout)
    return [DataFolder(work / str(step)) for step in range(1, steps + 2)]


def opened(folder: DataFolder, clock: FrozenClock, passphrase: str) -> int:
    """How many people the store has at the next start, which has to leave nothing of a restore behind."""
    with bootstrap.open_with_passphrase(folder, passphrase, clock=clock) as program:
        require_sound(program)
        assert not folder.restoring.exists()
        return people_in(program)


def test_a_backup_killed_at_any_step_leaves_whole_backups_only(
    desk: Desk, made: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    left = killed_at_every_step(desk.folder, tmp_path / "work", "back_up", made)
    assert len(left) > 8
    counts = []
    for folder in left:
        found = shelf(folder)
        assert all(it.whole for it in found)
        for it in found:
            backup_file.check_bytes(backup_file.read(it.path), lambda: None)
        counts.append(len(found))
        with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
            assert people_in(program) == 2
            assert program.services.backups.make().people == 2
        assert all(folder.knows(path) for path in folder.root.rglob("*")), "what was half-made is gone"
    assert counts == sorted(counts)
    assert set(counts) == {1, 2}


@pytest.mark.parametrize("whose", ["the same store", "another store"])
def test_a_restore_killed_at_any_step_leaves_the_old_store_or_the_new_one(
    whose: str, desk: Desk, made: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    path, people, passphrase = made, 1, PASSPHRASE
    if whose == "another store":
        other = another_store(DataFolder(tmp_path / "other"), clock)
        path, people, passphrase = other.services.backups.make().path, 0, OTHER_PASSPHRASE
        other.close()
    before = contents(desk.folder.root)
    left = killed_at_every_step(desk.folder, tmp_path / "work", "restore", path)
    assert len(left) > 15
    turn = [folder.has_pending_restore() for folder in left].index(True)
    assert turn > 5
    for folder in left[:turn]:
        assert opened(folder, clock, PASSPHRASE) == 2
        assert contents(folder.root)[folder.key_file.name] == before[folder.key_file.name]
    for folder in left[turn:]:
        assert opened(folder, clock, passphrase) == people
        (replaced,) = folder.replaced.iterdir()
        kept = contents(replaced)
        assert kept == {name: before.get(name) for name in kept}, "kept as it was"
        assert {"mdt.db", "mdt.key", folder.freshness.name} <= kept.keys()


def test_a_start_that_finishes_a_restore_can_be_killed_as_well(
    desk: Desk, made: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    restoring = Restoring(desk.folder, clock)
    restoring.make_ready(made, restoring.unlock(made, PASSPHRASE))
    left = killed_at_every_step(desk.folder, tmp_path / "work", "resume", made)
    assert len(left) > 8
    assert {opened(folder, clock, PASSPHRASE) for folder in left} == {1}


@pytest.mark.parametrize("step", ["rename", "mkdir", "fsync", "unlink"])
def test_a_swap_that_fails_at_any_step_is_told_and_goes_on_at_the_next_start(
    step: str, desk: Desk, made: Path, tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th of each kind of step, for n = 1, 2, … until the swap gets through."""
    restoring = Restoring(desk.folder, clock)
    restoring.make_ready(made, restoring.unlock(made, PASSPHRASE))
    ready = tmp_path / "ready"
    _copy(desk.folder.root, ready)
    real: Callable[..., object] = getattr(os, step)
    for failing in range(1, 60):
        folder = DataFolder(tmp_path / f"failing-{failing}")
        _copy(ready, folder.root)
        count = 0

        def fail(*given: object, failing: int = failing, **named: object) -> object:
            nonlocal count
            count += 1
            if count == failing:
                raise OSError(5, "Input/output error")
            return real(*given, **named)

        monkeypatch.setattr(os, step, fail)
        told = None
        try:
            Restoring(folder, clock).finish()
        except Exception as error:  # noqa: BLE001  # whatever it is, it must be one that has a sentence
            told = error
        monkeypatch.setattr(os, step, real)
        assert told is None or getattr(told, "code", "") in ("restore_unfinished", "restore_failed"), told
        assert opened(folder, clock, PASSPHRASE) == 1
        if count < failing:
            assert told is None
            return
    pytest.fail("the swap never got through")


def _copy(source: Path, target: Path) -> None:
    for path, digest in contents(source).items():
        assert digest
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes((source / path).read_bytes())


def test_a_plan_that_nobody_can_read_is_told_and_nothing_is_thrown_away(
    desk: Desk, made: Path, clock: FrozenClock
) -> None:
    restoring = Restoring(desk.folder, clock)
    restoring.make_ready(made, restoring.unlock(made, PASSPHRASE))
    plan = desk.folder.restoring / RESTORE_PLAN
    before = contents(desk.folder.root)
    whole = plan.read_bytes()
    elsewhere = whole.replace(b'"replaced": "', b'"replaced": "../../')
    newer, other = whole.replace(b'"version": 1', b'"version": 2'), whole.replace(b"mdt.db", b"../x")
    for spoilt in (b"", b"{}", b"[1]", newer, other, elsewhere):
        plan.write_bytes(spoilt)
        with pytest.raises(swap.RestoreUnfinished):
            bootstrap.open_with_passphrase(desk.folder, PASSPHRASE, clock=clock)
        plan.write_bytes(whole)
        assert contents(desk.folder.root) == before
    with bootstrap.open_with_passphrase(desk.folder, PASSPHRASE, clock=clock) as program:
        assert people_in(program) == 1


def test_a_restore_that_was_not_confirmed_is_undone_at_the_next_start(desk: Desk, clock: FrozenClock) -> None:
    desk.close()
    before = contents(desk.folder.root)
    desk.folder.restoring.mkdir()
    (desk.folder.restoring / "mdt.db").write_bytes(b"half of it")
    with bootstrap.open_with_passphrase(desk.folder, PASSPHRASE, clock=clock) as program:
        assert people_in(program) == 1
    assert not desk.folder.restoring.exists()
    assert contents(desk.folder.root).keys() == before.keys()
