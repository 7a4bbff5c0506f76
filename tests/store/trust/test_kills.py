"""A program killed at any moment has lost nothing that it acknowledged, and its store is whole (SECURITY R10)."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from mdt_desktop.paths import DataFolder
from mdt_desktop.store import audit_log
from tests.store.trust.kept import made, opened

KILLS, MANY_KILLS = 100, 1000
LONGEST_S = 0.12

# A process that has everything loaded and for each line on its input makes a child, which saves as the program does
# until it is killed after so many seconds; then it says what the child acknowledged. Every tenth save is a large one,
# as an import is, and the log is folded in again and again.
SAVING = """
import json, os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Locality
from mdt_desktop.store import committing
from mdt_desktop.store.unit_of_work import UnitOfWork
from tests.store.trust.kept import SOMEBODY, opened
committing.FOLD_BYTES = 200_000

def save(number, tell):
    database = opened(DataFolder(Path(sys.argv[1])))
    ready = b"ready\\n"  # told with the first save, before which much is loaded
    while True:
        size = 50 if number % 10 == 0 else 1
        with UnitOfWork(database, SOMEBODY, datetime.now(UTC)) as work:
            for part in range(size):
                id_ = f"{number:08d}-{part:04d}-7000-8000-000000000000"
                work.add(Locality(id=id_, name=f"Invented {number} {part}"))
        os.write(tell, ready + f"{number} {size}\\n".encode())
        ready = b""
        number += 1

for line in sys.stdin:
    first, seconds = line.split()
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        save(int(first), tell)
    os.close(tell)
    heard = open(hear, "rb")
    assert heard.readline() == b"ready\\n"
    time.sleep(float(seconds))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(json.dumps([it.decode() for it in heard.read().splitlines(keepends=True)]), flush=True)
    heard.close()
"""


class Victims:
    """Makes processes that save until they are killed."""

    def __init__(self, folder: DataFolder) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SAVING, str(folder.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.getcwd()},
        )

    def kill_one_after(self, seconds: float, first: int) -> dict[int, int]:
        """Number and size of each save that a new victim acknowledged, beginning with the number `first`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{first} {seconds}\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        lines = [line.split() for line in told if line.endswith("\n")]
        return {int(number): int(size) for number, size in lines}

    def end(self) -> None:
        self._process.communicate()


def saves_in(folder: DataFolder) -> dict[int, int]:
    """Number and size of each save that is in the store; it must be whole and not reported."""
    database = opened(folder)
    try:
        assert database.check().sound
        assert audit_log.first_broken(database.reader) is None
        rows = database.reader.execute("SELECT substr(id, 1, 8), count(*) FROM locality GROUP BY 1")
        return {int(number): size for number, size in rows}
    finally:
        database.close()


def killed_many_times(folder: DataFolder, kills: int) -> int:
    """Kill a saving program again and again on one store; the number of saves acknowledged in all."""
    made(folder).close()
    chance = random.Random(kills)
    acknowledged: dict[int, int] = {}
    found: dict[int, int] = {}
    victims = Victims(folder)
    for _ in range(kills):
        acknowledged |= victims.kill_one_after(chance.random() * LONGEST_S, max(found, default=-1) + 1)
        found = saves_in(folder)
        lost = {number: size for number, size in acknowledged.items() if found.get(number) != size}
        assert lost == {}
        # What was killed before it was acknowledged is there whole or not at all.
        assert all(size == (50 if number % 10 == 0 else 1) for number, size in found.items())
    victims.end()
    return len(acknowledged)


def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    assert killed_many_times(DataFolder(tmp_path / "data"), KILLS) > KILLS


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_a_thousand_kills(tmp_path: Path) -> None:
    assert killed_many_times(DataFolder(tmp_path / "data"), MANY_KILLS) > MANY_KILLS
