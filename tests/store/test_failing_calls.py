"""A disk that fails at any call: each operation happens whole or not at all, and is told in words (SECURITY R12).

The rows are in `tests/helpers/failing_operations.py`. In the ordinary run the errors (disk full, no access, read-only,
dying) take turns over the calls; under the `soak` marker each call fails with each of them, once and for good.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.paths import write_privately
from tests.helpers.failing_calls import PythonCalls, built_library, environment
from tests.helpers.failing_desk import Desk, Operation, Trial
from tests.helpers.failing_operations import OPERATIONS
from tests.helpers.failing_worker import chosen, tries
from tests.helpers.log_watch import LogWatch

NAMES = list(OPERATIONS)
BENEATH_ONLY = ("save", "risk import", "seal of a meeting", "change of the key", "exchange")
"""What touches files only through SQLite: none of the program's own calls is there to fail. Those of a change of the
key have their own test, `test_key_rotation_failures`."""

LOGGED = ("freshness_not_noted",)
"""What the log tells of calls that failed and cost nothing."""

_MOST_SECONDS = 280
_MOST_SECONDS_SOAK = 3_600


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not sys.platform.startswith("linux"):
        pytest.skip("LD_PRELOAD and /proc are Linux's")
    if shutil.which("cc") is None:
        missing = f"no C compiler: {len(NAMES)} operations were NOT tried on a failing disk"
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    return built_library(tmp_path_factory.mktemp("library"))


def judge(operation: Operation, tried: Sequence[Trial]) -> None:
    """Whole or not at all, in words, with nothing broken and nothing left behind, whichever call failed."""
    before, done, *failing = tried
    assert (before.outcome, before.problems) == ("done", ())
    assert (done.outcome, done.problems) == ("done", ())
    assert failing, "no call was counted, so nothing was tried"
    assert [it.told() for it in failing if it.at and not it.failed] == []
    assert [it.told() for it in failing if not it.typed] == []
    assert [it.told() for it in failing if it.problems] == []
    allowed = {(before.state, before.outside), (done.state, done.outside)}
    if operation.leaves:
        allowed.add((done.state, before.outside))
    assert [it.told() for it in failing if (it.state, it.outside) not in allowed] == []
    # What was said to be done is done: an error that was swallowed must have cost nothing.
    claimed = [it for it in failing if it.outcome == "done"]
    assert [it.told() for it in claimed if (it.state, it.outside) != (done.state, done.outside)] == []


def beneath_sqlite(library: Path, name: str, root: Path, *options: str, seconds: int = _MOST_SECONDS) -> list[Trial]:
    """The tries of an operation in a process whose C library can be made to fail."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.helpers.failing_worker", name, str(root), *options],
        capture_output=True, text=True, env=environment(library), timeout=seconds, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3_000:]
    return [_read(json.loads(line)) for line in ended.stdout.splitlines()]


def _read(fields: dict[str, Any]) -> Trial:
    return Trial(**{**fields, "problems": tuple(fields["problems"])})


@pytest.mark.parametrize("name", NAMES)
def test_any_call_of_the_system_may_fail(name: str, library: Path, tmp_path: Path) -> None:
    tried = beneath_sqlite(library, name, tmp_path)
    judge(OPERATIONS[name], tried)
    assert len(tried) - 2 == len(chosen(tried[1].calls, OPERATIONS[name].every))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in BENEATH_ONLY])
def test_any_call_of_the_program_may_fail(name: str, tmp_path: Path, log_watch: LogWatch) -> None:
    for noted in LOGGED:
        log_watch.allow(noted)
    judge(OPERATIONS[name], list(tries(OPERATIONS[name], tmp_path, PythonCalls(), whole=False)))


@pytest.mark.soak
@pytest.mark.timeout(_MOST_SECONDS_SOAK)
@pytest.mark.parametrize("name", NAMES)
def test_any_call_may_fail_with_any_error_once_and_for_good(name: str, library: Path, tmp_path: Path) -> None:
    judge(OPERATIONS[name], beneath_sqlite(library, name, tmp_path, "--whole", seconds=_MOST_SECONDS_SOAK))


# The harness itself


def _careless(desk: Desk) -> None:
    """Writes in place, in two parts, and lets the system's own error out."""
    with (desk.outside / "list.csv").open("wb", buffering=0) as file:
        file.write(b"first half, ")
        file.write(b"second half")


def _untidy(desk: Desk) -> None:
    """Leaves the file it wrote on the side where the last step fails."""
    part = desk.outside / ".list.part"
    part.write_bytes(b"whole")
    part.rename(desk.outside / "list.csv")


def a_bad_operation(run: Callable[[Desk], None]) -> Operation:
    return Operation("bad", lambda _: None, run, lambda _: None, needs_store=False)


class TestTheHarness:
    """It must see what it is there to see."""

    def test_calls_are_counted_and_the_one_chosen_fails(self, tmp_path: Path) -> None:
        calls, path = PythonCalls(), tmp_path / "settings.json"
        with calls.failing(tmp_path, 0, 0):
            write_privately(path, b"old")
        # open, write, sync, replace, and the folder opened and synced.
        assert (calls.count(), calls.failed()) == (6, "")
        for at in range(1, 7):
            with calls.failing(tmp_path, at, errno.EIO), pytest.raises(OSError, match="Input/output"):
                write_privately(path, b"new")
            assert calls.count() == at
            assert path.read_bytes() == (b"old" if at < 5 else b"new")

    def test_calls_of_the_test_and_of_libraries_and_on_other_files_pass(self, tmp_path: Path) -> None:
        calls = PythonCalls()
        (tmp_path / "in").mkdir()
        with calls.failing(tmp_path / "in", 1, errno.EIO, onwards=True):
            os.close(os.open(tmp_path / "in" / "mine", os.O_CREAT | os.O_WRONLY))
            write_privately(tmp_path / "out", b"elsewhere")
        assert calls.count() == 0

    @pytest.mark.parametrize(("at", "ended"), [(1, "open"), (2, "write"), (3, "fsync"), (4, "rename"), (5, "done")])
    def test_any_program_is_steered_by_the_environment_alone(
        self, at: int, ended: str, library: Path, tmp_path: Path
    ) -> None:
        script = (
            "import os, sys\nstep = 'open'\ntry:\n"
            "    file = os.open(sys.argv[1] + '/a', os.O_CREAT | os.O_WRONLY, 0o600)\n"
            "    step = 'write'; os.write(file, b'x')\n    step = 'fsync'; os.fsync(file)\n"
            "    step = 'rename'; os.rename(sys.argv[1] + '/a', sys.argv[1] + '/b')\n    step = 'done'\n"
            "except OSError as error: assert error.errno == 28, error\nprint(step)"
        )
        steered = {"FAIL_BELOW": str(tmp_path), "FAIL_AT": str(at), "FAIL_ERRNO": str(errno.ENOSPC)}
        told = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True, text=True, env=environment(library) | steered, check=True,
        )  # fmt: skip
        assert told.stdout == f"{ended}\n"

    @pytest.mark.parametrize("run", [_careless, _untidy])
    def test_an_operation_that_is_not_whole_or_not_tidy_or_not_told_in_words_is_found(
        self, run: Callable[[Desk], None], library: Path, tmp_path: Path
    ) -> None:
        script = (
            "import sys, json; from dataclasses import asdict; from pathlib import Path\n"
            "from tests.helpers.failing_calls import LibraryCalls; from tests.helpers.failing_worker import tries\n"
            "from tests.store import test_failing_calls as own\n"
            f"operation = own.a_bad_operation(own.{run.__name__})\n"
            "for it in tries(operation, Path(sys.argv[1]), LibraryCalls(), whole=False): print(json.dumps(asdict(it)))"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            capture_output=True, text=True, env=environment(library), timeout=_MOST_SECONDS, check=True,
        )  # fmt: skip
        tried = [_read(json.loads(line)) for line in ended.stdout.splitlines()]
        with pytest.raises(AssertionError):
            judge(a_bad_operation(run), tried)
        with pytest.raises(AssertionError):
            judge(a_bad_operation(run), [replace(it, typed=True) for it in tried])
