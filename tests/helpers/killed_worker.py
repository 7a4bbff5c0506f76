"""Does one operation again and again in a child that is killed, and tells what each kill has left (SECURITY R10).

`python -m tests.helpers.killed_worker NAME ROOT KILLS SEED` takes an operation of `failing_operations`. A child is
forked for each kill, so that the modules are loaded once; it says when it begins and when it is done, and is killed at
a random moment. One JSON line each: first before and after without a kill, then what was left, with "done" for what
was acknowledged.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from tests.helpers.failing_calls import PythonCalls
from tests.helpers.failing_desk import Desk, Operation, Trial, trial, what_is_left
from tests.helpers.failing_operations import OPERATIONS

BEGUN, DONE = b"b", b"d"


def killed(operation: Operation, desk: Desk, wait: float) -> Trial:
    """Kill a child that does it at a copied desk after so many seconds."""
    copy = desk.copy_to(desk.root.with_name("killed"))
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        try:
            if operation.needs_store:
                copy.open()
            os.write(tell, BEGUN)
            operation.run(copy)
            os.write(tell, DONE)
            time.sleep(600)  # until it is killed: it never closes the store
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(hear, "rb", buffering=0) as heard:
        assert heard.read(1) == BEGUN
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        done = heard.read(1) == DONE
    try:
        left = what_is_left(operation, copy, after_opening=True)
    finally:
        shutil.rmtree(copy.root)
    return Trial(0, 0, f"{wait * 1000:.0f} ms", "done" if done else "killed", True, *left)


def main(name: str, root: Path, kills: int, seed: int) -> None:
    """The first kills find out how long it takes: each that comes too late shortens the wait."""
    operation, chance = OPERATIONS[name], random.Random(seed)
    desk = Desk(root / "desk")
    desk.outside.mkdir(parents=True)
    operation.prepare(desk)
    took = 0.0
    for done in (replace(operation, run=lambda _: None, needs_store=False), operation):
        copy = desk.copy_to(root / "try")
        began = time.monotonic()
        tell(trial(done, copy, PythonCalls(), 0, 0, onwards=False))
        took = time.monotonic() - began
        shutil.rmtree(copy.root)
    longest = took / 2
    for _ in range(kills):
        left = killed(operation, desk, chance.uniform(0.0, longest))
        longest *= 0.8 if left.outcome == "done" else 1.1
        tell(left)


def tell(left: Trial) -> None:
    """One line."""
    sys.stdout.write(json.dumps(asdict(left)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
