"""Tries one operation with the n-th call failing, for many n, in a process whose C library can be made to fail.

Started by `failing_calls.environment`; writes one JSON document a line to stdout: first how many calls there are and
the state before and after, then what came of each n.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from tests.helpers.failing_calls import ERRORS, Calls, LibraryCalls
from tests.helpers.failing_desk import Desk, Operation, Trial, trial
from tests.helpers.failing_operations import OPERATIONS

_GROWTH = 1.35


def chosen(calls: int, every: int) -> list[int]:
    """Every n up to `every`, then some further and further apart, and the last."""
    numbers = list(range(1, min(calls, every) + 1))
    step = float(every)
    while (step := step * _GROWTH) < calls:
        numbers.append(round(step))
    return [*numbers, calls] if calls > every else numbers


def tries(operation: Operation, root: Path, calls: Calls, *, whole: bool) -> Iterator[Trial]:
    """First nothing done, then the operation with no call failing, then with each chosen one failing.

    In the ordinary run the errors take turns, and some calls go on failing; `whole` tries every call with all errors
    both ways.
    """
    desk = Desk(root / "desk")
    desk.outside.mkdir(parents=True)
    operation.prepare(desk)
    nothing = replace(operation, run=lambda _: None, needs_store=False)
    yield _one(nothing, desk, calls, 0, 0, onwards=False)
    done = _one(operation, desk, calls, 0, 0, onwards=False)
    yield done
    for at in range(1, done.calls + 1) if whole else chosen(done.calls, operation.every):
        for place, error in enumerate(ERRORS):
            if whole or place == at % len(ERRORS):
                for onwards in (False, True) if whole else (at // len(ERRORS) % 4 == 3,):
                    yield _one(operation, desk, calls, at, error, onwards=onwards)


def _one(operation: Operation, desk: Desk, calls: Calls, at: int, error: int, *, onwards: bool) -> Trial:
    copy = desk.copy_to(desk.root.with_name("try"))
    try:
        return trial(operation, copy, calls, at, error, onwards=onwards)
    finally:
        shutil.rmtree(copy.root)


def main() -> int:
    """Try the operation named on the command line in the folder named after it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("operation", choices=list(OPERATIONS))
    parser.add_argument("root", type=Path)
    parser.add_argument("--whole", action="store_true")
    asked = parser.parse_args()
    for tried in tries(OPERATIONS[asked.operation], asked.root, LibraryCalls(), whole=asked.whole):
        sys.stdout.write(json.dumps(asdict(tried)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
