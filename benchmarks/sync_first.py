"""A laptop's first exchange of 10,000 records and a delta of 200, over loopback from a started server on PostgreSQL.

Then the pages of such a delta in a store of a million records against one of ten thousand.
"""

import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select, text

from benchmarks.sync_central import opened, pushed
from benchmarks.sync_pull import records
from mdt_desktop.central import pull
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.operations import Operation, OpKind
from mdt_desktop.central.tables import ACCOUNT, BUCKET
from mdt_desktop.central.tokens import Caller
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.sync import account
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers import postgres
from tests.helpers.central import EAST, PASSWORD, client, laptop
from tests.helpers.central_server import serving
from tests.sync.laptops import Laptop

RECORDS, DELTA, LARGE, TURNS = 10_000, 200, 1_000_000, 15
AT = "2026-11-23T09:00:00.000Z"


def first(count: int) -> list[Operation]:
    """Creations of a practice of East, of people and of their cases."""
    found = []
    for number, (type_, id_, body) in enumerate(records(count, EAST), 1):
        if number > count:
            break
        found.append(Operation(number, number // 10, EAST, type_, id_, OpKind.CREATE, 0, body, AT, SCHEMA))
    return found


def delta(start: int) -> list[Operation]:
    """A changed telephone number of each of the first 200 people."""
    people = [(id_, body) for type_, id_, body in records(DELTA, EAST) if type_ == "person"]
    return [
        Operation(
            start + place, start + place, EAST, "person", id_, OpKind.UPDATE, 1, {"telephone": f"{place}"}, AT, SCHEMA
        )
        for place, (id_, _) in enumerate(people)
    ]


def filled(connection: Connection, upto: int) -> None:
    """Records, versions and changes up to a number, made inside the database."""
    head = connection.execute(select(BUCKET.c.head).where(BUCKET.c.id == EAST)).scalar_one()
    if head >= upto:
        return
    rows = f"generate_series({int(head) + 1}, {int(upto)}) AS n"
    values = f"'{EAST}', 'person', md5(n::text)"
    body = "jsonb_build_object('family_name', 'Example' || n, 'address', repeat('x', 60))"
    for statement in (
        "INSERT INTO record (bucket_id, type, id, ver, body, deleted, sealed, updated_by, updated_at, first_seq)"
        f" SELECT {values}, 1, {body}, false, false, 'Ada', '{AT}', n FROM {rows}",
        "INSERT INTO record_version (bucket_id, type, id, ver, body, op_device, op_no, by, at)"
        f" SELECT {values}, 1, {body}, '', 0, 'Ada', '{AT}' FROM {rows}",
        "INSERT INTO change (bucket_id, seq, kind, type, id, ver, op_device, op_no, by, at)"
        f" SELECT '{EAST}', n, 'put', 'person', md5(n::text), 1, '', 0, 'Ada', '{AT}' FROM {rows}",
        f"UPDATE bucket SET head = {int(upto)} WHERE id = '{EAST}'",
    ):
        connection.execute(text(statement))


def of_delta(store: CentralStore) -> float:
    """The median seconds to read the newest 200 changes."""
    found = []
    for _ in range(TURNS):
        started = time.perf_counter()
        with store.database.reading() as connection:
            state = connection.execute(select(BUCKET).where(BUCKET.c.id == EAST)).one()
            pull.changes(connection, EAST, pull.cursor(state.epoch, state.head - DELTA), DELTA, "none")
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def exchanges(address: str, store: CentralStore, caller: Caller, count: int, folder: Path) -> tuple[float, float]:
    """Seconds of the first exchange and of the delta, with everything that a run does."""
    desktop = Laptop(folder, "Nia", lambda: datetime.now(UTC), "East")
    try:
        with serving("--database", address) as server, HttpRemote(server.address) as remote:
            device = str(uuid.uuid4())
            tokens = remote.register("Nia", PASSWORD, device, "a laptop")
            now, id_ = datetime.now(UTC), remote.hello().server
            desktop.write(lambda it: account.connect(it, server.address, id_, device, tokens, now))
            spent = []
            for wanted in (count, DELTA):
                started = time.perf_counter()
                outcome = desktop.sync(remote)
                spent.append(time.perf_counter() - started)
                if outcome.pulled != wanted:
                    raise SystemExit(f"{outcome.pulled} records were taken of {wanted}")
                if wanted == count:
                    pushed(store, caller, delta(count + 1))
        if desktop.one("SELECT count(*) FROM person WHERE telephone <> ''") != DELTA:
            raise SystemExit("the delta is not in the table")
        return spent[0], spent[1]
    finally:
        desktop.close()


def main(count: int, large: int) -> int:
    """Print the seconds and the ratio."""
    if postgres.unavailable() is not None:
        print(f"not measured: {postgres.unavailable()}")
        return 1
    with postgres.cluster() as cluster, tempfile.TemporaryDirectory(prefix="mdt-first-") as folder:
        address = cluster.fresh()
        with opened(address) as store, client(store) as http:
            who = laptop(http, "Nia")
            with store.database.reading() as connection:
                user = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == who.user)).scalar_one()
            caller = Caller(user, who.user, "care_navigator", who.device, 1, SCHEMA)
            pushed(store, caller, first(count))
            whole, part = exchanges(address, store, caller, count, Path(folder))
            print(f"first exchange of {count:,} records {whole:.1f} s (goal 60)")
            print(f"delta of {DELTA} {part:.2f} s (goal 3)", flush=True)
            sizes = []
            for upto in (count + DELTA, large):
                store.database.write(partial(filled, upto=upto))
                sizes.append(of_delta(store))
            print(f"reading a delta of {DELTA}: {sizes[1] / sizes[0]:.2f} times at {large:,} records (goal 1.3)")
    return 0


if __name__ == "__main__":
    given = [int(it) for it in sys.argv[1:]]
    sys.exit(main(*(given + [RECORDS, LARGE][len(given) :])))
