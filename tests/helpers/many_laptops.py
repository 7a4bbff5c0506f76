"""Many laptops that exchange with started central stores at the same time, over real connections."""

import statistics
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import httpx

from mdt_desktop.central import audit
from mdt_desktop.central.central_store import open_store
from tests.helpers.central import EAST, Laptop, cheap_passwords, furnish, laptop, person
from tests.helpers.central_server import serving

_LONG = 300.0
GROUPS, GROUP = 5, 4
"""What each laptop sends: five groups of four new people."""


def exchanged_at_once(count: int, address: str, servers: int = 2) -> list[float]:
    """Let `count` laptops pull, push and pull at once; the seconds of each, sorted.

    Asserts that every record is on every laptop, that the feed has no hole and the digest fits, and that the audit's
    chain holds. The servers are processes of their own behind the one PostgreSQL at `address`.
    """
    store = open_store(None, address, passwords=cheap_passwords())
    furnish(store)
    with ExitStack() as stack:
        stack.callback(store.close)
        started = [stack.enter_context(serving("--database", address)) for _ in range(servers)]
        lines = [
            stack.enter_context(httpx.Client(base_url=started[number % servers].address, timeout=_LONG))
            for number in range(count)
        ]
        laptops = [laptop(line, ("Nia", "Noor")[number % 2]) for number, line in enumerate(lines)]
        together = Barrier(count)
        with ThreadPoolExecutor(count) as pool:
            done = list(pool.map(lambda who: _exchange(who, together), laptops))
        for who in laptops:
            who.pull(EAST)
            assert {id_ for _, _, id_ in who.held} == {id_ for _, ids in done for id_ in ids}
        with store.database.reading() as connection:
            assert audit.chain(connection).holds
    return sorted(seconds for seconds, _ in done)


def _exchange(who: Laptop, together: Barrier) -> tuple[float, Sequence[str]]:
    together.wait(_LONG)
    started = time.perf_counter()
    who.session()
    who.pull(EAST)
    ids = [str(uuid.uuid4()) for _ in range(GROUPS * GROUP)]
    ops = [
        who.op("create", "person", id_, values=person(id_), group=place // GROUP) for place, id_ in enumerate(ids)
    ]
    assert {it["status"] for it in who.pushed(*ops)} == {"ok"}
    who.pull(EAST)
    return time.perf_counter() - started, ids


def p95(seconds: Sequence[float]) -> float:
    """What nineteen of twenty stay within."""
    return statistics.quantiles(seconds, n=20)[-1]
