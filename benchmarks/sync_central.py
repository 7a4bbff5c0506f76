"""Pushes and pages of a central store on PostgreSQL against bare upserts and reads of the same rows, one driver."""

import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import select

from benchmarks.floors import line
from benchmarks.sync_pull import records
from mdt_desktop.central import pull, push
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.operations import Operation, OpKind
from mdt_desktop.central.tables import ACCOUNT
from mdt_desktop.central.tokens import Caller
from mdt_desktop.records.base import SCHEMA
from tests.helpers import postgres
from tests.helpers.central import EAST, cheap_passwords, client, furnish, laptop, served_apart

RECORDS, BATCH, GROUP, TURNS = 4000, 200, 10, 5
GOAL = 3.0
_KEYS = {
    "record": "bucket_id, type, id",
    "record_version": "bucket_id, type, id, ver",
    "change": "bucket_id, seq",
    "op_result": "device_id, op_no",
}
"""The tables that a push fills beside the audit, and the key of each."""


@contextmanager
def opened(address: str) -> Iterator[CentralStore]:
    """A furnished store at an address."""
    store = open_store(None, address, passwords=cheap_passwords())
    try:
        furnish(store)
        yield store
    finally:
        store.close()


def operations(first: int, count: int) -> list[Operation]:
    """Creations of invented people and their cases, ten a group as a laptop makes them."""
    made = []
    for number, (type_, id_, body) in enumerate(records(count, str(uuid.uuid4()))):
        if number == count:
            break
        made.append(
            Operation(
                first + number, number // GROUP, EAST, type_, f"{id_[:-6]}{first:06x}", OpKind.CREATE, 0,
                {name: value for name, value in body.items() if name != "id"}, "2026-11-23T09:00:00.000Z", SCHEMA,
            )
        )  # fmt: skip
    return made


def pushed(store: CentralStore, who: Caller, sent: list[Operation]) -> float:
    """Seconds to push operations in requests of 200."""
    started = time.perf_counter()
    for start in range(0, len(sent), BATCH):
        results = push.push(store.database, who, sent[start : start + BATCH], datetime.now(UTC))
        if any(it["status"] != "ok" for it in results):
            raise SystemExit("an operation was refused")
    return time.perf_counter() - started


def upserted(address: str, source: str, since: dict[str, int]) -> float:
    """Seconds for bare upserts of the rows that the push has left, in as many transactions."""
    rows: dict[str, list[Any]] = {}
    with psycopg.connect(source, row_factory=dict_row) as connection:
        for table in _KEYS:
            found = connection.execute(f"SELECT * FROM {table} ORDER BY ctid OFFSET {since[table]}".encode()).fetchall()
            rows[table] = [
                {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}
                for row in found
            ]
    steps = len(rows["op_result"]) // GROUP
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")  # keys to other tables are not asked for
        connection.commit()
        started = time.perf_counter()
        for step in range(steps):
            for table, key in _KEYS.items():
                some = rows[table][step * GROUP : (step + 1) * GROUP]
                names = list(some[0])
                marks = ", ".join(f"%({name})s" for name in names)
                columns = ", ".join(f'"{name}"' for name in names)
                sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names)
                connection.cursor().executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({marks})"
                    f" ON CONFLICT ({key}) DO UPDATE SET {sets}".encode(),
                    some,
                )
            connection.commit()
        return time.perf_counter() - started


def caller_of(store: CentralStore) -> Caller:
    """A navigator with a laptop, as a request knows them."""
    with client(store) as http:
        who = laptop(http, "Nia")
    with store.database.reading() as connection:
        user = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == who.user)).scalar_one()
    return Caller(user, who.user, "care_navigator", who.device, 1, SCHEMA)


def pulled(store: CentralStore, who: Caller) -> float:
    """Seconds to read the whole feed in pages of 200."""
    store = store.acting_for(who.user_id)
    started, cursor, at_head = time.perf_counter(), "", False
    while not at_head:
        with store.database.reading() as connection:
            page = pull.changes(connection, EAST, cursor, BATCH, who.device).document
        cursor, at_head = page["next"], page["head"]
    return time.perf_counter() - started


def counts(address: str) -> dict[str, int]:
    """Rows by table."""
    with psycopg.connect(address) as connection:
        found = {name: connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone() for name in _KEYS}
    return {name: row[0] if row else 0 for name, row in found.items()}


def main(count: int) -> int:
    """Print the medians of the turns."""
    if postgres.unavailable() is not None:
        print(f"not measured: {postgres.unavailable()}")
        return 1
    ways: list[tuple[float, ...]] = []
    with postgres.cluster() as cluster:
        address, apart, bare = cluster.fresh(), cluster.fresh(), cluster.fresh()
        with opened(address) as store, opened(apart) as other, opened(bare), served_apart(other, apart) as guarded:
            who, whose = caller_of(store), caller_of(other)
            for turn in range(TURNS):
                before = counts(address)
                push_seconds = pushed(store, who, operations(1 + turn * count, count))
                floor = upserted(bare, address, before)
                guarded_seconds = pushed(guarded, whose, operations(1 + turn * count, count))
                pulls = (pulled(store, who) / (turn + 1), pulled(guarded, whose) / (turn + 1))
                ways.append((push_seconds, floor, guarded_seconds, *pulls))
    pushes, floors, guarded_pushes, pulls_, guarded_pulls = (
        statistics.median(way) * 1000 for way in zip(*ways, strict=True)
    )
    print(line(f"push of {count} operations, ten a group", pushes, floors, GOAL))
    print(line("  the same under row-level security", guarded_pushes, floors, GOAL))
    print(line(f"pull of {count} changes, pages of {BATCH}", pulls_, floors, GOAL))
    print(line("  the same under row-level security", guarded_pulls, floors, GOAL))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS))
