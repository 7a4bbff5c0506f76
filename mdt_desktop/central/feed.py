"""The change feed: each bucket counts its changes itself, without a gap, under the lock of its row (SYNC 2).

Numbers of a sequence, or times, are given before a transaction commits; whoever reads in between never sees the
change that took its number early and committed late. So a number is taken last, under a lock that is held until the
commit: what is read up to a number is complete for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, update

from mdt_desktop.central.digest import Digest
from mdt_desktop.central.rules import parent_of
from mdt_desktop.central.tables import BUCKET, CHANGE, PERSON_NUMBER, RECORD, RECORD_VERSION


class ChangeKind(StrEnum):
    """What a change of the feed asks of a laptop."""

    PUT = "put"
    DELETE = "delete"
    EVICT = "evict"
    ERASE = "erase"
    SEAL = "seal"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the store has it, or is about to."""

    bucket: str
    type: str
    id: str
    ver: int
    body: Mapping[str, Any]
    deleted: bool = False
    sealed: bool = False
    by: str = ""
    at: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it counts in the digest."""
        return not self.deleted


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record: `before` is None for a new one, `after` None for one that leaves the bucket."""

    kind: ChangeKind
    before: Held | None
    after: Held | None
    by: str
    op_device: str = ""
    op_no: int = 0

    @property
    def record(self) -> Held:
        """The record that the change is about."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is about a record")
        return found


def take_numbers(connection: Connection, bucket: str, count: int) -> tuple[int, Digest]:
    """The first of `count` numbers in a row, and the digest so far. The bucket stays locked until the commit."""
    row = connection.execute(
        update(BUCKET)
        .where(BUCKET.c.id == bucket)
        .values(head=BUCKET.c.head + count)
        .returning(BUCKET.c.head, BUCKET.c.digest_count, BUCKET.c.digest_sum)
    ).one()
    return int(row.head) - count + 1, Digest(int(row.digest_count), int(row.digest_sum))


def write(connection: Connection, changes: Iterable[Change], at: str) -> list[int]:
    """Write changes with their records and give each its number, in the order given. `at` is the server's time.

    Buckets are locked in the order of their ids, so that two writers of the same two never wait for each other. The
    caller only commits after this, but for its results and the audit.
    """
    changes = list(changes)
    numbers: dict[int, int] = {}
    for bucket in sorted({change.record.bucket for change in changes}):
        own = [(place, change) for place, change in enumerate(changes) if change.record.bucket == bucket]
        first, digest = take_numbers(connection, bucket, len(own))
        rows = []
        for seq, (place, change) in enumerate(own, first):
            numbers[place] = seq
            digest = _digested(digest, change)
            _keep(connection, change, seq, at)
            rows.append(_row(change, bucket, seq, at))
        connection.execute(CHANGE.insert(), rows)
        connection.execute(
            update(BUCKET)
            .where(BUCKET.c.id == bucket)
            .values(digest_count=digest.count, digest_sum=str(digest.total))
        )
    return [numbers[place] for place in range(len(changes))]


def _digested(digest: Digest, change: Change) -> Digest:
    if change.before is not None and change.before.is_live:
        digest = digest.without_record(change.before.type, change.before.id, change.before.ver)
    if change.after is not None and change.after.is_live:
        digest = digest.with_record(change.after.type, change.after.id, change.after.ver)
    return digest


def _row(change: Change, bucket: str, seq: int, at: str) -> dict[str, Any]:
    return {
        "bucket_id": bucket,
        "seq": seq,
        "kind": change.kind.value,
        "type": change.record.type,
        "id": change.record.id,
        "ver": change.record.ver,
        "op_device": change.op_device,
        "op_no": change.op_no,
        "by": change.by,
        "at": at,
    }


def _keep(connection: Connection, change: Change, seq: int, at: str) -> None:
    """Bring the record, its history and the person's number to what the change says."""
    held = change.record
    same = and_(RECORD.c.bucket_id == held.bucket, RECORD.c.type == held.type, RECORD.c.id == held.id)
    if change.after is None:
        connection.execute(delete(RECORD).where(same))
        connection.execute(delete(RECORD_VERSION).where(*_of(RECORD_VERSION, held)))
        _keep_number(connection, held, None)
        return
    if change.before is None:
        connection.execute(RECORD.insert().values(**_columns(held, change.by, at), first_seq=seq))
    else:
        connection.execute(update(RECORD).where(same).values(**_columns(held, change.by, at)))
    if change.kind is ChangeKind.SEAL:
        return
    connection.execute(
        RECORD_VERSION.insert().values(
            bucket_id=held.bucket,
            type=held.type,
            id=held.id,
            ver=held.ver,
            body=None if held.deleted else dict(held.body),
            op_device=change.op_device,
            op_no=change.op_no,
            by=change.by,
            at=at,
        )
    )
    _keep_number(connection, held, None if held.deleted else held.body.get("nhs_number"))


def _columns(held: Held, by: str, at: str) -> dict[str, Any]:
    return {
        "bucket_id": held.bucket,
        "type": held.type,
        "id": held.id,
        "ver": held.ver,
        "body": dict(held.body),
        "deleted": held.deleted,
        "sealed": held.sealed,
        "updated_by": by,
        "updated_at": at,
        "parent_id": parent_of(held.body),
    }


def _of(table: Any, held: Held) -> Sequence[Any]:
    return (table.c.bucket_id == held.bucket, table.c.type == held.type, table.c.id == held.id)


def _keep_number(connection: Connection, held: Held, number: object) -> None:
    if held.type != "person":
        return
    connection.execute(
        delete(PERSON_NUMBER).where(
            PERSON_NUMBER.c.bucket_id == held.bucket, PERSON_NUMBER.c.person_id == held.id
        )
    )
    if isinstance(number, str) and number:
        connection.execute(
            PERSON_NUMBER.insert().values(bucket_id=held.bucket, nhs_number=number, person_id=held.id)
        )
