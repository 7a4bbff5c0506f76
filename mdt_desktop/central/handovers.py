"""The inbox of unsent changes: whoever had to give a record up hands them over, write-only, to the team that has it.

For fourteen days after the removal (SYNC 5.10). The sender reads nothing; members of the controlling bucket read and
settle what came. An erased record takes nothing and what was handed over about it is destroyed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mdt_desktop.central import audit, memberships
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.feed import ChangeKind
from mdt_desktop.central.rules import fault_of_body, id_hash
from mdt_desktop.central.tables import CHANGE, ERASURE, HANDOVER, MEMBERSHIP, RECORD, RECORD_PLACE
from mdt_desktop.central.tokens import Caller
from mdt_desktop.domain.dates import moment_text

HANDOVER_TIME = timedelta(days=14)
"""How long after a removal what was not sent is still taken (SYNC 5.10)."""


class Answer(StrEnum):
    """What became of one thing that was handed over."""

    TAKEN = "taken"
    TOO_LATE = "too_late"
    NOT_YOURS = "not_yours"
    ERASED = "erased"


class Outcome(StrEnum):
    """What the controlling team did with it."""

    TAKEN_IN = "taken_in"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Given:
    """Unsent changes of one record, from the bucket that it was removed from; `id` is the laptop's own."""

    id: str
    bucket: str
    type: str
    rec_id: str
    changes: Sequence[Mapping[str, Any]]


def take(connection: Connection, caller: Caller, given: Sequence[Given], now: datetime) -> list[Mapping[str, str]]:
    """Keep what may be handed over; each has its answer, and none stops the others. The same again is the same."""
    answers: list[Mapping[str, str]] = []
    taken: dict[str, list[str]] = {}
    for it in given:
        answer, to = _decided(connection, caller, it, now)
        if answer is Answer.TAKEN:
            _keep(connection, caller, it, to, now)
            taken.setdefault(to, []).append(it.rec_id)
        answers.append({"id": it.id, "status": answer.value})
    acts = [CentralAct("handover", caller.name, caller.device, to, sorted(ids)) for to, ids in sorted(taken.items())]
    refused = [it["status"] for it in answers if it["status"] != Answer.TAKEN]
    if refused:
        acts.append(CentralAct("refused", caller.name, caller.device, detail=f"handover {' '.join(sorted(refused))}"))
    audit.append(connection, now, acts)
    return answers


def _decided(connection: Connection, caller: Caller, given: Given, now: datetime) -> tuple[Answer, str]:
    erased = select(ERASURE.c.id_hash).where(ERASURE.c.id_hash == id_hash(given.type, given.rec_id))
    if connection.execute(erased).first() is not None:
        return Answer.ERASED, ""
    # What cannot be kept cannot be looked for either.
    if any(fault_of_body("", change) is not None for change in given.changes):
        return Answer.NOT_YOURS, ""
    answer = _removed(connection, caller, given, now)
    if answer is not Answer.TAKEN:
        return answer, ""
    return Answer.TAKEN, _controlling(connection, given)


def _removed(connection: Connection, caller: Caller, given: Given, now: datetime) -> Answer:
    """Whether the bucket, or this record out of it, was taken from the caller lately enough."""
    member = connection.execute(
        select(MEMBERSHIP.c.until_at).where(
            MEMBERSHIP.c.user_id == caller.user_id, MEMBERSHIP.c.bucket_id == given.bucket
        )
    ).first()
    if member is None:
        return Answer.NOT_YOURS
    since, present = moment_text(now - HANDOVER_TIME), moment_text(now)
    if member.until_at is not None and member.until_at <= present:
        return Answer.TAKEN if member.until_at >= since else Answer.TOO_LATE
    evicted = connection.execute(
        select(func.max(CHANGE.c.at)).where(
            CHANGE.c.bucket_id == given.bucket, CHANGE.c.type == given.type, CHANGE.c.id == given.rec_id,
            CHANGE.c.kind == ChangeKind.EVICT,
        )
    ).scalar()
    if evicted is None:
        # It was made on the laptop and hangs on somebody who has left: the store never had it.
        known = select(RECORD.c.id).where(RECORD.c.bucket_id == given.bucket, RECORD.c.id == given.rec_id)
        parents = _parents(given)
        gone = select(func.max(CHANGE.c.at)).where(
            CHANGE.c.bucket_id == given.bucket, CHANGE.c.id.in_(parents), CHANGE.c.kind == ChangeKind.EVICT
        )
        if connection.execute(known).first() is not None or not parents:
            return Answer.NOT_YOURS
        evicted = connection.execute(gone).scalar()
    if evicted is None:
        return Answer.NOT_YOURS
    return Answer.TAKEN if evicted >= since else Answer.TOO_LATE


def _parents(given: Given) -> list[str]:
    """What the changes point to."""
    return sorted(
        {
            value
            for change in given.changes
            for key, value in change.get("set", {}).items()
            if key.endswith("_id") and isinstance(value, str) and value
        }
    )


def _controlling(connection: Connection, given: Given) -> str:
    """The bucket that has the record, or what it hangs on, now; else the one it was removed from."""
    for type_, ids in ((given.type, [given.rec_id]), ("", _parents(given))):
        if not ids:
            continue
        place = RECORD_PLACE.c
        where: list[ColumnElement[bool]] = [place.id.in_(ids)]
        if type_:
            where.append(place.type == type_)
        else:
            where.append(place.type.in_(("person", "person_case", "care_plan", "assessment", "goal", "need")))
        found = connection.execute(select(place.bucket_id).where(*where).order_by(place.bucket_id)).scalars()
        buckets = [bucket for bucket in found if bucket != given.bucket]
        if buckets:
            return str(buckets[0])
    return given.bucket


def _keep(connection: Connection, caller: Caller, given: Given, to: str, now: datetime) -> None:
    # Whether it is there already is the database's to know: the sender may not look (`row_guard`).
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(
        insert(HANDOVER).values(
            device_id=caller.device, id=given.id, bucket_id=to, from_bucket=given.bucket, type=given.type,
            rec_id=given.rec_id, changes=list(given.changes), by=caller.name, at=moment_text(now), outcome="",
        ).on_conflict_do_nothing()
    )  # fmt: skip


def listed(connection: Connection, caller: Caller, bucket: str, now: datetime) -> list[Mapping[str, Any]]:
    """What was handed over to a bucket and nobody has settled. Raises NotYours."""
    memberships.require(connection, caller.user_id, bucket, now)
    rows = connection.execute(
        select(HANDOVER).where(HANDOVER.c.bucket_id == bucket, HANDOVER.c.outcome == "").order_by(HANDOVER.c.at)
    ).all()
    if rows:
        ids = sorted({row.rec_id for row in rows})
        audit.append(connection, now, [CentralAct("handovers", caller.name, caller.device, bucket, ids)])
    return [
        {
            "id": row.id,
            "bucket": row.bucket_id,
            "type": row.type,
            "rec_id": row.rec_id,
            "by": row.by,
            "at": row.at,
            "changes": row.changes,
        }
        for row in rows
    ]


def waiting(connection: Connection, buckets: Sequence[str]) -> int:
    """Of how many records something was handed over to these buckets and not settled: a number, and nothing of it."""
    open_ones = select(func.count()).select_from(HANDOVER).where(
        HANDOVER.c.bucket_id.in_(buckets), HANDOVER.c.outcome == ""
    )  # fmt: skip
    return int(connection.execute(open_ones).scalar_one())


def settle(
    connection: Connection, caller: Caller, bucket: str, id_: str, outcome: Outcome, now: datetime
) -> bool:
    """Say what became of it; its contents go then, as they are either a record by now or not wanted. Raises NotYours.

    False for what is not there or was settled before.
    """
    memberships.require(connection, caller.user_id, bucket, now)
    settled = connection.execute(
        update(HANDOVER)
        .where(HANDOVER.c.bucket_id == bucket, HANDOVER.c.id == id_, HANDOVER.c.outcome == "")
        .values(outcome=outcome.value, changes=[])
    )
    if settled.rowcount:
        act = CentralAct("settle_handover", caller.name, caller.device, bucket, [id_], outcome.value)
        audit.append(connection, now, [act])
    return bool(settled.rowcount)


def forget(connection: Connection, names: Sequence[tuple[str, str]]) -> None:
    """Destroy what was handed over about records that are erased (SYNC 5.10), also of what hung on them."""
    for type_, id_ in names:
        connection.execute(delete(HANDOVER).where(HANDOVER.c.type == type_, HANDOVER.c.rec_id == id_))
    ids = {id_ for _, id_ in names}
    for row in connection.execute(select(HANDOVER.c.device_id, HANDOVER.c.id, HANDOVER.c.changes)).all():
        if any(id_ in json.dumps(row.changes) for id_ in ids):
            connection.execute(
                delete(HANDOVER).where(HANDOVER.c.device_id == row.device_id, HANDOVER.c.id == row.id)
            )
