"""Takes records out of a bucket: moved to another one, or erased for ever by a legal order (SYNC 5.10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central import audit, blobs, feed, handovers, held_records
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.errors import NoSuchPerson
from mdt_desktop.central.feed import Change, ChangeKind, Held
from mdt_desktop.central.rules import id_hash
from mdt_desktop.central.tables import ERASURE, OP_RESULT, PERSON_NUMBER, RECORD, RECORD_VERSION
from mdt_desktop.domain.dates import moment_text

# Given with a statement: given to a connection it would stay, and forbid what follows.
_IN_PARTS = {"yield_per": 1000}
Name = tuple[str, str]
"""Type and id."""
# A meeting names the discussion it is at, and hangs on nobody for that.
_OF_NO_PERSON = frozenset(
    {
        "meeting", "meeting_series", "series_member", "attendance", "pulse_answer", "organisation", "practice",
        "practitioner", "locality", "role_held", "stratification_run",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenOut:
    """How many records left, and the buckets they were in."""

    records: int
    buckets: tuple[str, ...]


def find_person(connection: Connection, person: str) -> str:
    """The id of a person by id or NHS number. Raises NoSuchPerson."""
    digits = "".join(person.split())
    found = connection.execute(
        select(PERSON_NUMBER.c.person_id).where(PERSON_NUMBER.c.nhs_number == digits).limit(1)
    ).scalar()
    if found is None:
        found = connection.execute(
            select(RECORD.c.id).where(RECORD.c.type == "person", RECORD.c.id == person.strip().casefold()).limit(1)
        ).scalar()
    if found is None:
        raise NoSuchPerson(person=person)
    return str(found)


def about(connection: Connection, person_id: str) -> list[Name]:
    """The person and everything that hangs on them, through whatever number of records: case, plan, goal, action.

    A record hangs on another when one of its columns ending in `_id` names it. Meetings and the directory hang on
    nobody, whatever they name; a discussion in a meeting does.
    """
    hanging: dict[str, list[Name]] = {}
    records = select(RECORD.c.type, RECORD.c.id, RECORD.c.body).where(RECORD.c.type.not_in(_OF_NO_PERSON))
    rows = connection.execute(records, execution_options=_IN_PARTS)
    for row in rows:
        for target in _named(row.body):
            hanging.setdefault(target, []).append((row.type, row.id))
    found: dict[Name, None] = {("person", person_id): None}
    waiting = [person_id]
    while waiting:
        for name in hanging.get(waiting.pop(), ()):
            if name not in found:
                found[name] = None
                waiting.append(name[1])
    return list(found)


def _named(body: Mapping[str, Any]) -> Iterable[str]:
    return {value for key, value in body.items() if key.endswith("_id") and isinstance(value, str) and value}


def move_person(
    connection: Connection, person_id: str, to_bucket: str, by: str, reason: str, now: datetime
) -> TakenOut:
    """Move all records of a person to a bucket: `evict` in the old one and `put` in the new, in one transaction.

    Their history goes along. Laptops that hold only the old bucket remove them.
    """
    held = [it for it in held_records.everywhere(connection, about(connection, person_id)) if it.bucket != to_bucket]
    changes: list[Change] = []
    for old in held:
        new = replace(old, bucket=to_bucket, ver=old.ver + 1)
        connection.execute(update(RECORD_VERSION).where(*_of(RECORD_VERSION, old)).values(bucket_id=to_bucket))
        changes += [Change(ChangeKind.EVICT, old, None, by), Change(ChangeKind.PUT, None, new, by)]
    feed.write(connection, changes, moment_text(now))
    blobs.move(connection, held, to_bucket)
    taken = TakenOut(len(held), tuple(sorted({it.bucket for it in held})))
    audit.append(connection, now, _acts("move", held, by, reason, to_bucket))
    return taken


def erase_person(connection: Connection, person_id: str, by: str, reason: str, now: datetime) -> TakenOut:
    """Erase a person and everything about them: bodies, versions, content, kept answers, details in the audit.

    What stays are ids in the feed, so that laptops hear of it, and hashes that keep the records from coming back.
    """
    names = about(connection, person_id)
    held = held_records.everywhere(connection, names)
    _remember(connection, names, by, reason, now)
    _scrub(connection, held, names, by, now)
    audit.append(connection, now, _acts("erase", held, by, reason))
    return TakenOut(len(held), tuple(sorted({it.bucket for it in held})))


def replay_erasures(connection: Connection, by: str, now: datetime) -> int:
    """Erase whatever a restored backup brought back of what had been erased since; the number of records."""
    hashes = set(connection.execute(select(ERASURE.c.id_hash)).scalars())
    if not hashes:
        return 0
    names = [
        (row.type, row.id)
        for row in connection.execute(select(RECORD.c.type, RECORD.c.id))
        if id_hash(row.type, row.id) in hashes
    ]
    held = held_records.everywhere(connection, names)
    _scrub(connection, held, names, by, now)
    audit.append(connection, now, _acts("erase", held, by, "replayed after a restore"))
    return len(held)


def _remember(connection: Connection, names: Iterable[Name], by: str, reason: str, now: datetime) -> None:
    hashes = {id_hash(type_, id_): type_ for type_, id_ in names}
    known = set(
        connection.execute(select(ERASURE.c.id_hash).where(ERASURE.c.id_hash.in_(hashes))).scalars()
    )
    rows = [
        {"id_hash": hash_, "type": type_, "at": moment_text(now), "reason": reason, "ordered_by": by}
        for hash_, type_ in hashes.items()
        if hash_ not in known
    ]
    if rows:
        connection.execute(ERASURE.insert(), rows)


def _scrub(connection: Connection, held: list[Held], names: list[Name], by: str, now: datetime) -> None:
    feed.write(connection, [Change(ChangeKind.ERASE, it, None, by) for it in held], moment_text(now))
    blobs.forget(connection, held)
    for type_, id_ in names:
        connection.execute(delete(RECORD_VERSION).where(RECORD_VERSION.c.type == type_, RECORD_VERSION.c.id == id_))
        for row in connection.execute(
            select(OP_RESULT.c.device_id, OP_RESULT.c.op_no, OP_RESULT.c.result).where(
                OP_RESULT.c.type == type_, OP_RESULT.c.id == id_
            )
        ).all():
            connection.execute(
                update(OP_RESULT)
                .where(OP_RESULT.c.device_id == row.device_id, OP_RESULT.c.op_no == row.op_no)
                .values(result={**row.result, "current": None})
            )
    handovers.forget(connection, names)
    audit.forget_details(connection, frozenset(id_ for _, id_ in names))


def _acts(action: str, held: Iterable[Held], by: str, reason: str, to: str = "") -> list[CentralAct]:
    """One act for each bucket that lost records; the ids say which."""
    lost: dict[str, list[str]] = {}
    for it in held:
        lost.setdefault(it.bucket, []).append(it.id)
    detail = f"to {to}: {reason}" if to else reason
    return [CentralAct(action, by, bucket=bucket, records=ids, detail=detail) for bucket, ids in sorted(lost.items())]


def _of(table: Any, held: Held) -> tuple[Any, ...]:
    return (table.c.bucket_id == held.bucket, table.c.type == held.type, table.c.id == held.id)

