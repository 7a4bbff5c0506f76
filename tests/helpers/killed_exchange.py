"""Exchanges and edits in children that kill themselves or sleep at a given point (SYNC 6: 9, 10, 11 and 54).

`python -m tests.helpers.killed_exchange` reads lines of JSON: folder, address, user's verb, point and signal. For each
it forks a child, so that the modules are loaded once, and answers with one line: how the child ended. A child that
sleeps is told of by a line `asleep`; the next line of any words wakes it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person
from mdt_desktop.store import audit_log, outbox
from mdt_desktop.sync import engine, ledger, push
from mdt_desktop.sync.context import Done
from mdt_desktop.sync.engine import Exchange, Patience
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, work_on
from tests.sync.laptops import Laptop

POINTS: dict[str, tuple[Any, str, int, bool]] = {
    "before the answers of a page": (push, "settle_lost", 1, False),
    "between two rows of a page": (Done, "touch", 2, False),
    "after the last row, before the cursor": (ledger, "move_cursor", 1, False),
    "after the cursor, before the commit": (ledger, "move_cursor", 1, True),
    "after the page, before the receipts": (engine.Exchange, "_confirm", 1, False),
    "after the push was taken, before its answer was read": (push, "settle", 2, False),
    "after half of the answers": (push, "_settle_one", 1, True),
    "in a save, before its operation": (outbox, "append", 1, False),
    "in a save, after its operation": (outbox, "append", 1, True),
    "in a save, after its audit entry": (audit_log, "append", 1, True),
}
"""Where: module, function, at which call, and whether after it."""


def stop_at(point: str, by: int) -> None:
    """Have this process killed, or put to sleep, there."""
    place, name, wanted, after = POINTS[point]
    real: Callable[..., Any] = getattr(place, name)
    calls = [0]

    def fatal(*given: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] != wanted:
            return real(*given, **more)
        answer = real(*given, **more) if after else None
        os.kill(os.getpid(), by)
        return answer if after else real(*given, **more)

    setattr(place, name, fatal)


def work(asked: dict[str, str]) -> None:
    """Open the store; exchange, or change a telephone number."""
    clock = FrozenClock()
    program = bootstrap.open_with_passphrase(DataFolder(Path(asked["folder"])), PASSPHRASE, clock=clock)
    stop_at(asked["point"], int(asked["signal"]))
    if asked["verb"] == "edit":
        with work_on(program) as unit:
            unit.about(asked["person"])
            unit.get(Person, asked["person"]).telephone = asked["value"]
    else:
        laptop = Laptop.__new__(Laptop)
        laptop.program = program
        with HttpRemote(asked["address"]) as remote:
            calm = Patience(lambda _: None)
            Exchange(laptop.write, remote, program.access.actor, clock, calm, "0.1.0").run()
    program.close()


def main() -> None:
    """One child a line."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            ended = 3
            try:
                work(json.loads(line))
                ended = 0
            finally:
                sys.stderr.flush()
                os._exit(ended)
        _, status = os.waitpid(child, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            sys.stdout.write("asleep\n")
            sys.stdout.flush()
            sys.stdin.readline()
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
