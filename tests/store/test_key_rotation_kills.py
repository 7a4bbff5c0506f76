"""A change of the key that is killed: before every line of it, at random moments, and while it is being settled."""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.security import key_derivation, key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import WrongRecoveryKey
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.services.key_rotation import ABANDONED, BEGUN, DONE
from mdt_desktop.store import audit_log
from mdt_desktop.store.database import check_file, opens_with
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.stores import KEPT_FILES, PASSPHRASE, add_practice, make_store, work_on

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks and watches its children the way of Linux")

PEOPLE = 300
KILL = 9


@pytest.fixture(scope="module", autouse=True)
def cheap_keys() -> Iterator[None]:
    """Hundreds of openings: see `helpers.cheap_keys`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
        yield


@dataclass(frozen=True, slots=True)
class Made:
    """A closed store with people in it, its recovery key and its database key."""

    folder: DataFolder
    recovery_key: RecoveryKey
    key: DatabaseKey
    rows: dict[str, int]


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a kill, unlike a power cut, does not ask what the disk has."""
    shared = Path("/dev/shm")  # noqa: S108  # removed again below
    with tempfile.TemporaryDirectory(prefix="mdt-kills-", dir=shared if shared.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(scope="module")
def made(memory: Path, cheap_keys: None) -> Made:
    folder = DataFolder(memory / "made" / "data").create()
    program, recovery_key = make_store(folder, bootstrap.now)
    practice = add_practice(program)
    with work_on(program) as work:
        for number in range(PEOPLE):
            work.add(_somebody(work.new_id(), practice, number))
    rows = _rows(program)
    program.close()
    return Made(folder, recovery_key, key_envelope.unlock_with_recovery_key(folder.key_file, recovery_key), rows)


@pytest.fixture(scope="module")
def driver() -> Iterator["Driver"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.kill_driver"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        yield Driver(process)
        assert process.stdin is not None
        process.stdin.close()


@dataclass(frozen=True, slots=True)
class Driver:
    """Sends jobs to `tests.helpers.kill_driver`."""

    process: "subprocess.Popen[str]"

    def run(self, folder: DataFolder, what: str, before_line: int | None = None, after: float | None = None) -> Any:
        """Run a job on the folder; what a person had on paper by then lies in `told` beside it."""
        job = {"folder": str(folder.root), "told": str(_told(folder)), "what": what}
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({**job, "before_line": before_line, "after_seconds": after}) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())


def _somebody(person_id: str, practice_id: str, number: int) -> Person:
    return Person(
        id=person_id,
        practice_id=practice_id,
        family_name=f"Examplesson{number}",
        given_names="Wilma",
        born=date(1940, 8, 14),
        address="14 Invented Lane " * 20,
    )


def _rows(program: Program) -> dict[str, int]:
    """How many rows each table of records has; the audit log grows with every opening."""
    reader = program.access.database.reader
    names = reader.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0").fetchall()
    counted = {name: reader.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}
    return {name: count for name, count in counted.items() if name not in ("audit_entry", "freshness")}


def _later() -> datetime:
    """A try that a kill has cut short counts as a wrong one, so the next has to wait."""
    return bootstrap.now() + timedelta(minutes=10)


def _told(folder: DataFolder) -> Path:
    return folder.root.with_name(f"{folder.root.name}.told")


def _copy_of(folder: DataFolder, to: Path) -> DataFolder:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder.root, to)
    return DataFolder(to)


def _works(folder: DataFolder, key: RecoveryKey) -> bool:
    try:
        key_envelope.unlock_with_recovery_key(folder.key_file, key).wipe()
    except WrongRecoveryKey:
        return False
    return True


def assert_whole(folder: DataFolder, made: Made) -> str:
    """Open by the passphrase: every row is there, one key works, nothing is left over. Which key: "old" or "new"."""
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=_later) as program:
        assert _rows(program) == made.rows
        reader = program.access.database.reader
        assert audit_log.first_broken(reader) is None
        wanted = "SELECT action FROM audit_entry WHERE action LIKE '%rotat%' ORDER BY seq"
        ends = [row[0] for row in reader.execute(wanted)]
        key = DatabaseKey(program.session.key.raw_key())
    assert opens_with(folder.database, key)
    assert check_file(folder.database, key).sound
    which = "old" if key == made.key else "new"
    assert opens_with(folder.database, made.key) is (which == "old")
    assert ends in ([], [BEGUN, ABANDONED] if which == "old" else [BEGUN, DONE])
    assert _works(folder, made.recovery_key) is (which == "old")
    told = _told(folder)
    if told.exists() and told.read_text():
        assert _works(folder, RecoveryKey.typed(told.read_text())) is (which == "new")
    assert {path.name for path in folder.root.iterdir()} == KEPT_FILES
    return which


def assert_one_recovery_key(folder: DataFolder, made: Made, place: Path) -> str:
    """As it was left by the kill, before any passphrase: of the two recovery keys on paper one opens, whole."""
    told = _told(folder)
    new = told.read_text() if told.exists() else RecoveryKey.random().text()
    opened = []
    for which, key in (("old", made.recovery_key.text()), ("new", new)):
        copied = _copy_of(folder, place / which)
        before = {path.name: path.read_bytes() for path in copied.root.iterdir()}
        try:
            with bootstrap.open_with_recovery_key(copied, key, clock=_later) as program:
                assert _rows(program) == made.rows
                opened.append(which)
        except WrongRecoveryKey:
            after = {path.name: path.read_bytes() for path in copied.root.iterdir()}
            for changed in ("attempts.json", "mdt.lock"):
                after.pop(changed, None)
                before.pop(changed, None)
            assert after == before
    assert len(opened) == 1
    return opened[0]


def _state(folder: DataFolder) -> tuple[object, ...]:
    """What a kill can leave: which files there are, and which of them are the same as before."""
    names = tuple(sorted(path.suffix for path in folder.root.iterdir() if not path.name.startswith(".")))
    waiting = folder.next_key_file
    taken_over = waiting.exists() and waiting.read_bytes() == folder.key_file.read_bytes()
    return (*names, taken_over, folder.database.stat().st_ino)


def test_the_key_is_changed_when_nobody_kills_it(made: Made, driver: Driver, memory: Path) -> None:
    folder = _copy_of(made.folder, memory / "data")
    ended = driver.run(folder, "rotate")
    assert (ended["signal"], ended["code"]) == (0, 0)
    assert ended["lines"] > 150
    assert assert_whole(folder, made) == "new"


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_before_any_of_its_lines_one_key_opens_everything(
    made: Made, driver: Driver, memory: Path, every: int
) -> None:
    folder = _copy_of(made.folder, memory / "data")
    lines = driver.run(folder, "rotate")["lines"]
    ends: list[str] = []
    states: set[tuple[object, ...]] = set()
    for line in range(1, lines + 1, every):
        folder = _copy_of(made.folder, memory / "data")
        _told(folder).unlink(missing_ok=True)
        assert driver.run(folder, "rotate", line)["signal"] == KILL, line
        state = _state(folder)
        if state[:-1] not in states:
            states.add(state[:-1])
            by_paper = assert_one_recovery_key(folder, made, memory)
            assert assert_whole(folder, made) == by_paper
        ends.append(assert_whole(folder, made))
    assert len(states) >= 6, "the kills hit every kind of state"
    # Once in force, a new key stays in force: there is one moment at which it changes, and no way back.
    changed = ends.index("new")
    assert set(ends[:changed]) == {"old"}
    assert set(ends[changed:]) == {"new"}


@pytest.mark.parametrize("every", [60, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_while_it_is_settled_it_is_settled_next_time(
    made: Made, driver: Driver, memory: Path, every: int
) -> None:
    folder = _copy_of(made.folder, memory / "whole")
    lines = driver.run(folder, "rotate")["lines"]
    found: dict[tuple[object, ...], DataFolder] = {}
    for line in range(1, lines + 1, min(every, 7)):
        folder = _copy_of(made.folder, memory / f"line{line}")
        driver.run(folder, "rotate", line)
        found.setdefault(_state(folder)[:-1], folder)
    for left in found.values():
        folder = _copy_of(left, memory / "data")
        _told(folder).write_text(_told(left).read_text() if _told(left).exists() else "")
        lines = driver.run(folder, "open")["lines"]
        which = assert_whole(folder, made)
        for line in range(1, lines + 1, every):
            folder = _copy_of(left, memory / "data")
            assert driver.run(folder, "open", line)["signal"] == KILL
            assert assert_whole(folder, made) == which


def _kill_at_random(made: Made, driver: Driver, folder: Path, kills: int, seed: int) -> dict[str, int]:
    chance = random.Random(seed)
    ended = {"old": 0, "new": 0, "finished": 0}
    longest = 0.2
    for _ in range(kills):
        data = _copy_of(made.folder, folder)
        _told(data).unlink(missing_ok=True)
        how = driver.run(data, "rotate", after=chance.uniform(0.02, longest))
        assert how["signal"] in (0, KILL)
        if how["signal"] == 0:
            ended["finished"] += 1
            longest *= 0.95
        else:
            longest *= 1.01
        ended[assert_whole(data, made)] += 1
    return ended


def test_killed_at_random_moments_one_key_opens_everything(made: Made, driver: Driver, memory: Path) -> None:
    ended = _kill_at_random(made, driver, memory / "data", 30, seed=20261127)
    assert ended["old"] + ended["new"] == 30
    assert ended["finished"] < 30


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_thousand_kills_at_random_moments_lose_nothing(made: Made, driver: Driver, memory: Path) -> None:
    ended = _kill_at_random(made, driver, memory / "data", 1000, seed=1127)
    assert min(ended["old"], ended["new"] - ended["finished"]) > 0
