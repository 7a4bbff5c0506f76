"""A program killed at any moment of an operation: it is there whole or not at all, and what was acknowledged stays.

Saves are killed in `trust/test_kills.py`, backups and restores in `backups/test_killed.py`, a change of the key in
`test_key_rotation_kills.py`, a migration in `test_old_files.py`: this is the rest (SECURITY R10).
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.failing_desk import Operation, Trial
from tests.helpers.failing_operations import OPERATIONS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")

NAMES = ("risk import", "migration", "seal of a meeting", "PDF export", "list as workbook")
KILLS, MANY_KILLS = 6, 250
_ROOT = Path(__file__).resolve().parents[2]


def kills(name: str, root: Path, count: int) -> list[Trial]:
    """Before, after, and what each kill has left."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.helpers.killed_worker", name, str(root), str(count), "1127"],
        cwd=_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3_000:]
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    return [Trial(**{**fields, "problems": tuple(fields["problems"])}) for fields in found]


def judge(operation: Operation, tried: list[Trial]) -> None:
    before, done, *killed = tried
    assert (before.problems, done.problems) == ((), ())
    assert before.state != done.state
    assert [it.told() for it in killed if it.problems] == []
    allowed = {(before.state, before.outside), (done.state, done.outside)}
    if operation.leaves:
        # Its entry in the audit may stand without the file, never the file without its entry.
        allowed.add((done.state, before.outside))
    assert [it.told() for it in killed if (it.state, it.outside) not in allowed] == []
    lost = [it.told() for it in killed if it.outcome == "done" and (it.state, it.outside) != (done.state, done.outside)]
    assert lost == []


@pytest.mark.parametrize("name", NAMES)
def test_what_was_killed_is_whole_or_undone_and_nothing_acknowledged_is_lost(name: str, tmp_path: Path) -> None:
    tried = kills(name, tmp_path, KILLS)
    assert len(tried) == KILLS + 2
    judge(OPERATIONS[name], tried)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", NAMES)
def test_hundreds_of_kills_lose_nothing(name: str, tmp_path: Path) -> None:
    tried = kills(name, tmp_path, MANY_KILLS)
    judge(OPERATIONS[name], tried)
    assert {it.outcome for it in tried[2:]} == {"done", "killed"}
