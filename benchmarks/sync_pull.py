"""Pages of the feed as a laptop takes them, from the answer's bytes to the commit, against bare inserts of the rows."""

import hashlib
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.identity import Identity
from mdt_desktop.store import audit_log
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account, answers, protocol, pull
from mdt_desktop.sync.context import Context, Done

PEOPLE, PAGE, TURNS = 10_000, 200, 3
GOAL = 1.5
BUCKET, EPOCH = str(uuid.uuid4()), str(uuid.uuid4())
_TABLES = (
    "practice", "person", "person_case", "sync_record", "cursor", "caseload_key", "caseload_index",
    "audit_entry",
)  # fmt: skip
_FIRST = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hal", "Ivy", "Jon"]
_LAST = ["Example", "Sample", "Invented", "Specimen", "Placeholder", "Fictional"]


def _id(kind: str, number: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"{kind}{number}".encode()).digest()[:16], version=4))


def records(people: int, locality: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Type, id and body of a practice, and of invented people with a case each."""
    practice = _id("practice", 0)
    yield "practice", practice, {"id": practice, "code": "Y90001", "name": "Lantern", "locality_id": locality}
    for number in range(people):
        person, case = _id("person", number), _id("case", number)
        yield "person", person, {
            "id": person, "nhs_number": None, "nhs_number_status": "not_present", "title": "", "preferred_name": "",
            "family_name": f"{_LAST[number % 6]}{number}", "given_names": _FIRST[number % 10], "born": "1940-08-14",
            "died": None, "gender": "not_known", "address": f"{number} Invented Road", "postcode": "ZZ99 3VZ",
            "telephone": "", "email": "", "language": "", "ethnicity": "", "religion": "", "practice_id": practice,
            "deprivation_fifth": 1 + number % 5,
        }  # fmt: skip
        yield "person_case", case, {
            "id": case, "person_id": person, "stage": "identified", "stage_since": "2026-11-23",
            "opened_on": "2026-11-23",
        }  # fmt: skip


def pages(people: int, locality: str) -> list[bytes]:
    """The answers of the central store as they come over the line."""
    entries = [
        {"seq": seq, "kind": "put", "type": type_, "id": id_, "ver": 1, "body": body, "by": "Ada Invented",
         "at": "2026-11-23T09:00:00.000Z", "op_device": "another", "op_no": seq}
        for seq, (type_, id_, body) in enumerate(records(people, locality), 1)
    ]  # fmt: skip
    return [
        orjson.dumps({"epoch": EPOCH, "entries": entries[start : start + PAGE], "next": f"after {start + PAGE}",
                      "head": False, "op_results": []})
        for start in range(0, len(entries), PAGE)
    ]  # fmt: skip


@contextmanager
def empty(folder: Path) -> Iterator[Program]:
    """A new encrypted store."""
    who = Identity("Ada Invented", Role.CARE_NAVIGATOR, "Invented Council", "North East")
    secret = "slow river under copper bridge"  # noqa: S105  # of a store that is thrown away
    program, _ = bootstrap.create_store(DataFolder(folder), secret, who, parameters=FLOOR)
    now, tokens = datetime.now(UTC), protocol.Tokens("a", "2027-01-01T00:00:00.000Z", "r", who.name)
    with program:
        with writing(program.access.database) as connection:
            account.connect(connection, "https://central.test", "a server", "this device", tokens, now)
        yield program


def take(program: Program, answer: bytes) -> None:
    """One page as the exchange takes it: read, put into books, tables and lists, audited, committed."""
    page, actor = answers.page(orjson.loads(answer)), program.access.actor
    with writing(program.access.database) as connection:
        context = Context(connection, actor, "this device", datetime.now(UTC), Done())
        pull.apply_page(context, BUCKET, page)
        context.refresh_lists()
        audit_log.append(connection, actor, context.now, context.done.acts)


def taken(program: Program, answers: list[bytes]) -> float:
    """Seconds of processor time to take every page."""
    started = time.process_time()
    for answer in answers:
        take(program, answer)
    return time.process_time() - started


def bare(source: Program, folder: Path) -> float:
    """The same for executemany of all rows that came of it, as many in a transaction."""
    reader = source.access.database.reader
    with empty(folder) as target:
        have = target.access.database.writer
        have.execute("PRAGMA foreign_keys = OFF")  # this store's locality is another one
        work = []
        for table in _TABLES:
            found = reader.execute(f"SELECT * FROM {table}")
            names = [about[0] for about in found.description or ()]
            known = set(have.execute(f"SELECT * FROM {table}").fetchall())
            marks = ", ".join("?" * len(names))
            columns = ", ".join(f'"{name}"' for name in names)
            statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"
            work.append((statement, [row for row in found.fetchall() if row not in known]))
        steps = max(len(rows) for _, rows in work) // PAGE + 1
        started = time.process_time()
        for step in range(steps):
            with writing(target.access.database) as connection:
                for statement, rows in work:
                    size = -(-len(rows) // steps)
                    connection.executemany(statement, rows[step * size : (step + 1) * size])
        return time.process_time() - started


def main(people: int) -> int:
    """Print the median of the turns."""
    ratios, speeds = [], []
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory(prefix="mdt-sync-pull-") as root, empty(Path(root) / "one") as program:
            answers = pages(people, program.access.actor.locality_id)
            spent = taken(program, answers)
            count = program.access.database.writer.execute("SELECT count(*) FROM sync_record").fetchone()[0]
            if count != 2 * people + 1:
                raise SystemExit(f"{count} records were taken of {2 * people + 1}")
            floor = bare(program, Path(root) / "bare")
        ratios.append(spent / floor)
        speeds.append(count / spent)
    print(f"{count:,} records in pages of {PAGE}: {statistics.median(speeds):,.0f} a second of work")
    print(f"ratio to bare inserts of the same rows {statistics.median(ratios):.2f} (goal {GOAL})")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE))
