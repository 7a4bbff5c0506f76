"""Gives a laptop what changed: pages of the feed, the manifest for a sweep, and single records (SYNC 5.6)."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, tuple_

from mdt_desktop.central.errors import BadRequest, CursorTooOld
from mdt_desktop.central.feed import ChangeKind
from mdt_desktop.central.tables import BUCKET, CHANGE, OP_RESULT, RECORD, RECORD_VERSION

PAGE_BYTES = 2 << 20
"""About as much as the bodies of a page may weigh; a single record is sent whatever it weighs (SYNC 5.12)."""
MANIFEST_PAGE = 2000
"""Numbers of the feed that one page of the manifest covers."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it is sent, and the ids of the records whose bodies are in it, for the audit."""

    document: Mapping[str, Any]
    record_ids: Sequence[str]


def changes(connection: Connection, bucket: str, after: str, limit: int, device: str) -> Page:
    """The changes after a cursor, in their order and without a hole, as they stand at one moment.

    Only the newest of several changes of one record in the page has its body; the others are `superseded`, and so is
    a change of a record that has left the bucket since. Raises BadRequest, CursorTooOld.
    """
    state = connection.execute(select(BUCKET).where(BUCKET.c.id == bucket)).one()
    epoch, seq = _read_cursor(after, state.epoch)
    if epoch != state.epoch or seq > state.head:
        raise CursorTooOld
    rows = connection.execute(
        select(CHANGE).where(CHANGE.c.bucket_id == bucket, CHANGE.c.seq > seq).order_by(CHANGE.c.seq).limit(limit)
    ).all()
    if (int(rows[0].seq) if rows else int(state.head) + 1) != seq + 1:
        raise CursorTooOld  # what came next was taken away by `tidying`
    bodies = _bodies(connection, bucket, rows)
    while len(rows) > 1 and sum(len(orjson.dumps(body)) for body in bodies.values()) > PAGE_BYTES:
        # A shorter page has other newest changes, so its bodies are chosen anew.
        rows = rows[: len(rows) // 2]
        bodies = _bodies(connection, bucket, rows)
    entries = [_entry(row, bodies) for row in rows]
    last = int(rows[-1].seq) if rows else seq
    at_head = last >= state.head
    document: dict[str, Any] = {
        "epoch": state.epoch,
        "entries": entries,
        "next": cursor(state.epoch, last),
        "head": at_head,
        "last": int(state.head),
        "op_results": _own_results(connection, device, rows),
    }
    if at_head:
        document["digest"] = {"count": int(state.digest_count), "sum": state.digest_sum}
    return Page(document, [it["id"] for it in entries if it["body"] is not None])


def _bodies(connection: Connection, bucket: str, rows: Sequence[Row[Any]]) -> dict[int, Mapping[str, Any]]:
    """By number: the body of the newest `put` of each record in the page, where the record is still in the bucket."""
    newest = {(row.type, row.id): row for row in rows if row.kind != ChangeKind.SEAL}
    wanted = [int(row.seq) for row in newest.values() if row.kind == ChangeKind.PUT]
    if not wanted:
        return {}
    # By whole keys from each change: for a join or a list of keys PostgreSQL may look through the whole bucket for each
    # where it has not counted the tables yet, as after a large first push. A subquery it cannot turn into a join.
    version = RECORD_VERSION
    body = (
        select(version.c.body)
        .where(
            version.c.bucket_id == CHANGE.c.bucket_id,
            version.c.type == CHANGE.c.type,
            version.c.id == CHANGE.c.id,
            version.c.ver == CHANGE.c.ver,
        )
        .scalar_subquery()
    )
    present = (
        select(RECORD.c.ver)
        .where(
            RECORD.c.bucket_id == CHANGE.c.bucket_id, RECORD.c.type == CHANGE.c.type, RECORD.c.id == CHANGE.c.id
        )
        .scalar_subquery()
    )
    found = connection.execute(
        select(CHANGE.c.seq, body.label("body"), present.label("present")).where(
            CHANGE.c.bucket_id == bucket, CHANGE.c.seq.between(min(wanted), max(wanted)), CHANGE.c.seq.in_(wanted)
        )
    )
    return {int(row.seq): row.body for row in found if row.body is not None and row.present is not None}


def _entry(row: Row[Any], bodies: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    body = bodies.get(int(row.seq))
    superseded = row.kind == ChangeKind.PUT and body is None
    return {
        "seq": int(row.seq),
        "kind": ChangeKind.SUPERSEDED.value if superseded else row.kind,
        "type": row.type,
        "id": row.id,
        "ver": int(row.ver),
        "body": body,
        "by": row.by,
        "at": row.at,
        "op_device": row.op_device or None,
        "op_no": int(row.op_no) or None,
    }


def _own_results(connection: Connection, device: str, rows: Sequence[Row[Any]]) -> list[Mapping[str, Any]]:
    """The results of this device's own operations in the page: an answer that was lost comes back here."""
    own = [int(row.op_no) for row in rows if row.op_device == device]
    if not own:
        return []
    found = connection.execute(
        select(OP_RESULT.c.result)
        .where(OP_RESULT.c.device_id == device, OP_RESULT.c.op_no.in_(own))
        .order_by(OP_RESULT.c.op_no)
    )
    return list(found.scalars())


def manifest(connection: Connection, bucket: str, page: int) -> Mapping[str, Any]:
    """Type, id and version of every live record whose first change has a number of this page.

    A record stays on its page whatever happens to it, so that nobody is missed while others change.
    """
    state = connection.execute(select(BUCKET).where(BUCKET.c.id == bucket)).one()
    rows = connection.execute(
        select(RECORD.c.type, RECORD.c.id, RECORD.c.ver)
        .where(
            RECORD.c.bucket_id == bucket,
            RECORD.c.deleted.is_(False),
            RECORD.c.first_seq > page * MANIFEST_PAGE,
            RECORD.c.first_seq <= (page + 1) * MANIFEST_PAGE,
        )
        .order_by(RECORD.c.first_seq)
    )
    more = (page + 1) * MANIFEST_PAGE < state.head
    return {
        "epoch": state.epoch,
        "rows": [[row.type, row.id, int(row.ver)] for row in rows],
        "next": page + 1 if more else None,
        "head": cursor(state.epoch, int(state.head)),
    }


def fetch(connection: Connection, bucket: str, ids: Sequence[tuple[str, str]]) -> Page:
    """The records of these types and ids that are live in the bucket; what is not there is left out without a word."""
    rows = connection.execute(
        select(RECORD)
        .where(
            RECORD.c.bucket_id == bucket, RECORD.c.deleted.is_(False), tuple_(RECORD.c.type, RECORD.c.id).in_(ids)
        )
        .order_by(RECORD.c.first_seq)
    ).all()
    records = [
        {
            "type": row.type,
            "id": row.id,
            "ver": int(row.ver),
            "body": row.body,
            "by": row.updated_by,
            "at": row.updated_at,
        }
        for row in rows
    ]
    return Page({"records": records}, [row.id for row in rows])


def cursor(epoch: str, seq: int) -> str:
    """A place in a bucket's feed as text that means nothing to a laptop."""
    return base64.urlsafe_b64encode(f"{epoch}.{seq}".encode()).decode().rstrip("=")


def _read_cursor(text: str, epoch: str) -> tuple[str, int]:
    """Epoch and number of a cursor; the empty one is the beginning. Raises BadRequest."""
    if not text:
        return epoch, 0
    try:
        decoded = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
        known, _, number = decoded.rpartition(".")
        seq = int(number)
    except (ValueError, binascii.Error) as problem:
        raise BadRequest from problem
    if not 0 <= seq < 1 << 62:
        raise BadRequest
    return known, seq
