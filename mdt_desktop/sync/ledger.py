"""The books of the exchange: what was heard of each record, what waits to be sent, how far each bucket was read.

Every function works inside the caller's transaction on the writer connection.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.actor import Actor
from mdt_desktop.store import outbox
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync.protocol import DIGEST_MODULUS, Digest, SentOperation, mark
from mdt_desktop.sync.shape import plain

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

Key = tuple[str, str]
"""Type and id."""


class RecordState(StrEnum):
    """How a record stands to what was last heard; whether it waits to be sent stands in the outbox alone."""

    CLEAN = "clean"
    QUARANTINED = "quarantined"
    """What was heard cannot be a row here (yet): kept raw, tried again when more has come."""
    DELETED = "deleted"
    SEALED = "sealed"


class OpState(StrEnum):
    """Where an operation is on its way."""

    WAITING = "waiting"
    INFLIGHT = "inflight"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Known:
    """What was last heard of a record."""

    type: str
    id: str
    bucket: str
    ver: int
    base: Mapping[str, Any]
    state: RecordState

    @property
    def is_live(self) -> bool:
        """Whether it counts in the bucket's digest."""
        return self.ver > 0 and self.state is not RecordState.DELETED


@dataclass(frozen=True, slots=True)
class Pending:
    """An operation that is not settled yet; `why` is what the central store had against it."""

    op_no: int
    group_no: int
    bucket: str
    type: str
    id: str
    kind: str
    base_ver: int
    values: dict[str, Any]
    made_at: str
    schema: int
    status: OpState
    attempts: int
    sent_no: int | None
    why: str = ""

    @property
    def key(self) -> Key:
        """Which record it is about."""
        return self.type, self.id


_PENDING = (
    "op_no, group_no, bucket, type, id, kind, base_ver, set_json, made_at_local, schema_no, status, attempts, sent_no,"
    " last_error"
)


def known(connection: "Connection", type_: str, id_: str) -> Known | None:
    """What was last heard of a record; None for one that was never heard of."""
    row = connection.execute(
        "SELECT bucket, ver, base_json, state FROM sync_record WHERE type = ? AND id = ?", (type_, id_)
    ).fetchone()
    if row is None:
        return None
    base = orjson.loads(row[2]) if row[2] else {}
    return Known(type_, id_, str(row[0]), int(row[1]), base, RecordState(row[3]))


def note(
    connection: "Connection",
    heard: Known,
    before: Known | None,
    seq: int | None = None,
) -> None:
    """Keep what was heard of a record, in place of `before`; the digest of its bucket follows."""
    connection.execute(
        "INSERT INTO sync_record (type, id, bucket, ver, base_json, state, server_seq) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT (type, id) DO UPDATE SET bucket = excluded.bucket, ver = excluded.ver,"
        " base_json = excluded.base_json, state = excluded.state,"
        " server_seq = coalesce(excluded.server_seq, server_seq)",
        (heard.type, heard.id, heard.bucket, heard.ver, orjson.dumps(heard.base).decode(), heard.state.value, seq),
    )
    if before is not None and before.is_live:
        _count(connection, before, -1)
    if heard.is_live:
        _count(connection, heard, 1)


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a record is and in which version, without what it says."""

    bucket: str
    ver: int
    state: RecordState


_SOME = "(SELECT value ->> 0, value ->> 1 FROM json_each(?))"


def heard_of(connection: "Connection", keys: str) -> dict[Key, Heard]:
    """What was heard of several records; `keys` is JSON, a list of types and ids."""
    rows = connection.execute(
        f"SELECT type, id, bucket, ver, state FROM sync_record WHERE (type, id) IN {_SOME}", (keys,)
    )
    return {(row[0], row[1]): Heard(row[2], int(row[3]), RecordState(row[4])) for row in rows}


def keys_waiting(connection: "Connection", keys: str) -> set[Key]:
    """Those of several records that have operations which are not settled."""
    return set(connection.execute(f"SELECT DISTINCT type, id FROM outbox WHERE (type, id) IN {_SOME}", (keys,)))


def note_taken(
    connection: "Connection", bucket: str, taken: Sequence[tuple[str, str, int, str, int, Heard | None]]
) -> None:
    """Keep records as `note` does: type, id, version, what it says as JSON, number in the feed, what was heard before.

    All of them are clean, before and now.
    """
    if not taken:
        return
    connection.executemany(
        "INSERT INTO sync_record (type, id, bucket, ver, base_json, state, server_seq) VALUES (?,?,?,?,?,'clean',?)"
        " ON CONFLICT (type, id) DO UPDATE SET bucket = excluded.bucket, ver = excluded.ver,"
        " base_json = excluded.base_json, state = excluded.state, server_seq = excluded.server_seq",
        [(type_, id_, bucket, ver, base, seq) for type_, id_, ver, base, seq, _ in taken],
    )
    changes: dict[str, list[int]] = {}
    for type_, id_, ver, _, _, before in taken:
        if before is not None and before.ver > 0:
            changes.setdefault(before.bucket, []).append(-mark(type_, id_, before.ver))
        changes.setdefault(bucket, []).append(mark(type_, id_, ver))
    for of, marks in changes.items():
        _add_to_digest(connection, of, sum(1 if it > 0 else -1 for it in marks), sum(marks))


def forget(connection: "Connection", gone: Known) -> None:
    """Keep nothing of what was heard of a record."""
    connection.execute("DELETE FROM sync_record WHERE type = ? AND id = ?", (gone.type, gone.id))
    if gone.is_live:
        _count(connection, gone, -1)


def _count(connection: "Connection", record: Known, by: int) -> None:
    _add_to_digest(connection, record.bucket, by, by * mark(record.type, record.id, record.ver))


def _add_to_digest(connection: "Connection", bucket: str, count: int, total: int) -> None:
    row = connection.execute("SELECT digest_count, digest_sum FROM cursor WHERE bucket = ?", (bucket,)).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO cursor (bucket, epoch, position, seq, digest_count, digest_sum) VALUES (?, '', '', 0, 0, '0')",
            (bucket,),
        )
        row = (0, "0")
    connection.execute(
        "UPDATE cursor SET digest_count = ?, digest_sum = ? WHERE bucket = ?",
        (int(row[0]) + count, str((int(row[1]) + total) % DIGEST_MODULUS), bucket),
    )


_NOTHING = Digest(0, 0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a bucket was read; `seq` is None where the next number is taken as it comes."""

    bucket: str
    epoch: str = ""
    position: str = ""
    seq: int | None = 0
    digest: Digest = _NOTHING


def cursor(connection: "Connection", bucket: str) -> Cursor:
    """The cursor of a bucket; at the beginning where it was never read."""
    row = connection.execute(
        "SELECT epoch, position, seq, digest_count, digest_sum FROM cursor WHERE bucket = ?", (bucket,)
    ).fetchone()
    if row is None:
        return Cursor(bucket)
    return Cursor(bucket, str(row[0]), str(row[1]), row[2], Digest(int(row[3]), int(row[4])))


def move_cursor(connection: "Connection", bucket: str, epoch: str, position: str, seq: int | None) -> None:
    """Note how far a bucket was read, in the transaction of what was read."""
    connection.execute(
        "INSERT INTO cursor (bucket, epoch, position, seq, digest_count, digest_sum) VALUES (?,?,?,?,0,'0')"
        " ON CONFLICT (bucket) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, seq = excluded.seq",
        (bucket, epoch, position, seq),
    )


def recount(connection: "Connection", bucket: str) -> None:
    """Work the digest of a bucket out anew, from what is known of its records."""
    rows = connection.execute(
        "SELECT type, id, ver FROM sync_record WHERE bucket = ? AND ver > 0 AND state <> 'deleted'", (bucket,)
    ).fetchall()
    total = sum(mark(type_, id_, ver) for type_, id_, ver in rows) % DIGEST_MODULUS
    connection.execute(
        "UPDATE cursor SET digest_count = ?, digest_sum = ? WHERE bucket = ?", (len(rows), str(total), bucket)
    )


def pending(connection: "Connection", type_: str, id_: str) -> list[Pending]:
    """The operations of a record that are not settled, in their order."""
    return _read(connection, "type = ? AND id = ?", (type_, id_))


def in_flight(connection: "Connection") -> list[Pending]:
    """What was sent and not answered, in the order of its numbers."""
    return sorted(_read(connection, "status = 'inflight'", ()), key=lambda it: it.sent_no or 0)


def waiting(connection: "Connection", user_id: str) -> list[Pending]:
    """What a user has to send, in the order it was made."""
    return _read(connection, "status = 'waiting' AND user_id = ?", (user_id,))


def of_group(connection: "Connection", group_no: int) -> list[Pending]:
    """The operations of a group that are not settled, in their order."""
    return _read(connection, "group_no = ?", (group_no,))


def _read(connection: "Connection", where: str, values: Sequence[str | int]) -> list[Pending]:
    rows = connection.execute(f"SELECT {_PENDING} FROM outbox WHERE {where} ORDER BY op_no", list(values)).fetchall()
    return [
        Pending(
            int(row[0]), int(row[1]), row[2], row[3], row[4], row[5], int(row[6]),
            plain(row[3], orjson.loads(row[7])), row[8], int(row[9]), OpState(row[10]), int(row[11]), row[12], row[13],
        )
        for row in rows
    ]  # fmt: skip


def refused_keys(connection: "Connection") -> set[Key]:
    """Records of groups with a refused operation: what was done to them afterwards cannot be sent before it."""
    return set(
        connection.execute(
            "SELECT DISTINCT type, id FROM outbox WHERE group_no IN (SELECT group_no FROM outbox"
            " WHERE status = 'refused')"
        ).fetchall()
    )


def freeze(connection: "Connection", operation: Pending, bucket: str, base_ver: int, number: int) -> SentOperation:
    """Give an operation its number; from now on it is sent as it is until it is answered."""
    values = orjson.dumps(operation.values).decode()
    connection.execute(
        "UPDATE outbox SET status = 'inflight', sent_no = ?, bucket = ?, base_ver = ?, set_json = ?,"
        " attempts = attempts + 1 WHERE op_no = ?",
        (number, bucket, base_ver, values, operation.op_no),
    )
    return SentOperation(
        number, operation.group_no, bucket, operation.type, operation.id, operation.kind, base_ver, operation.values,
        operation.made_at, operation.schema,
    )  # fmt: skip


def as_sent(operation: Pending) -> SentOperation:
    """A frozen operation as it was and is sent."""
    return SentOperation(
        operation.sent_no or 0, operation.group_no, operation.bucket, operation.type, operation.id, operation.kind,
        operation.base_ver, operation.values, operation.made_at, operation.schema,
    )  # fmt: skip


def wait_again(connection: "Connection", op_nos: Iterable[int]) -> None:
    """Let operations wait for another number."""
    connection.executemany(
        "UPDATE outbox SET status = 'waiting', sent_no = NULL WHERE op_no = ?", [(it,) for it in op_nos]
    )


def refuse(connection: "Connection", op_no: int, why: str) -> None:
    """Keep an operation that the central store does not take; nothing of it is lost, and it is not sent again."""
    connection.execute(
        "UPDATE outbox SET status = 'refused', sent_no = NULL, last_error = ? WHERE op_no = ?", (why[:200], op_no)
    )


def drop(connection: "Connection", op_nos: Iterable[int]) -> None:
    """Remove operations that are settled."""
    connection.executemany("DELETE FROM outbox WHERE op_no = ?", [(it,) for it in op_nos])


def rewrite(connection: "Connection", op_no: int, kind: str, values: Mapping[str, Any]) -> None:
    """Give an operation that waits another content."""
    connection.execute(
        "UPDATE outbox SET kind = ?, set_json = ?, status = CASE status WHEN 'inflight' THEN 'waiting' ELSE status END,"
        " sent_no = NULL WHERE op_no = ?",
        (kind, orjson.dumps(values).decode(), op_no),
    )


def add(connection: "Connection", actor: Actor, now: datetime, bucket: str, operations: Sequence[Operation]) -> None:
    """Add operations of this laptop as one group."""
    outbox.append(connection, actor, now, bucket, outbox.next_group(connection), operations)
