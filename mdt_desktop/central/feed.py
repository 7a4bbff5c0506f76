"""The change feed: each bucket counts its changes itself, without a gap, under the lock of its row (SYNC 2).

Numbers of a sequence, or times, are given before a transaction commits; whoever reads in between never sees the
change that took its number early and committed late. So a number is taken last, under a lock that is held until the
commit: what is read up to a number is complete for ever.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, update

from mdt_desktop.central.changes import Change, ChangeKind, Held
from mdt_desktop.central.digest import Digest
from mdt_desktop.central.errors import NotYours
from mdt_desktop.central.keeping import Keeping
from mdt_desktop.central.tables import BUCKET, CHANGE

__all__ = ["Change", "ChangeKind", "Held", "take_numbers", "write"]


def take_numbers(connection: Connection, bucket: str, count: int) -> tuple[int, Digest]:
    """The first of `count` numbers in a row, and the digest so far. The bucket stays locked until the commit.

    Raises NotYours for a bucket that is not there, or that the database keeps from whoever asks (`row_guard`).
    """
    row = connection.execute(
        update(BUCKET)
        .where(BUCKET.c.id == bucket)
        .values(head=BUCKET.c.head + count)
        .returning(BUCKET.c.head, BUCKET.c.digest_count, BUCKET.c.digest_sum)
    ).first()
    if row is None:
        raise NotYours
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
        rows, keeping = [], Keeping(connection, at)
        for seq, (place, change) in enumerate(own, first):
            numbers[place] = seq
            digest = _digested(digest, change)
            keeping.keep(change, seq)
            rows.append(_row(change, bucket, seq, at))
        keeping.write()
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
