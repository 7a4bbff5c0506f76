"""Reads records as the store has them, for the writers: locked until the transaction ends (PostgreSQL)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, tuple_

from mdt_desktop.central.feed import Held
from mdt_desktop.central.rules import SEALED_BY_ITEM, SEALED_BY_MEETING, id_hash
from mdt_desktop.central.tables import ERASURE, PERSON_NUMBER, RECORD, RECORD_VERSION

Key = tuple[str, str, str]
"""Bucket, type and id."""


def locked(connection: Connection, keys: Iterable[Key]) -> dict[Key, Held]:
    """The records of these keys that are there, locked in one order, so that two groups never wait for each other."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    key = tuple_(RECORD.c.bucket_id, RECORD.c.type, RECORD.c.id)
    rows = connection.execute(
        select(RECORD)
        .where(key.in_(wanted))
        .order_by(RECORD.c.bucket_id, RECORD.c.type, RECORD.c.id)
        .with_for_update()
    )
    return {(held.bucket, held.type, held.id): held for held in map(held_of, rows)}


def held_of(row: Row[Any]) -> Held:
    """A row of `record` as a value."""
    return Held(
        row.bucket_id,
        row.type,
        row.id,
        int(row.ver),
        row.body,
        bool(row.deleted),
        bool(row.sealed),
        row.updated_by,
        row.updated_at,
    )


def erased(connection: Connection, keys: Iterable[Key]) -> set[Key]:
    """Those of the keys whose records were erased for ever."""
    hashes = {key: id_hash(key[1], key[2]) for key in keys}
    found = set(connection.execute(select(ERASURE.c.id_hash).where(ERASURE.c.id_hash.in_(hashes.values()))).scalars())
    return {key for key, hashed in hashes.items() if hashed in found}


def made_by_others(connection: Connection, held: Held, since: int, device: str) -> bool:
    """Whether a version after `since` was made by another device than this one.

    A laptop numbers what it does offline on one record from the same base: its own earlier operations are no news to
    it, and it must not be told of a conflict with itself (SYNC 5.7).
    """
    own = select(RECORD_VERSION.c.ver).where(
        RECORD_VERSION.c.bucket_id == held.bucket,
        RECORD_VERSION.c.type == held.type,
        RECORD_VERSION.c.id == held.id,
        RECORD_VERSION.c.ver > since,
        RECORD_VERSION.c.op_device == device,
    )
    return len(connection.execute(own).all()) != held.ver - since


def holders_of(connection: Connection, numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Who has each of these NHS numbers, given and answered by bucket and number."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    key = tuple_(PERSON_NUMBER.c.bucket_id, PERSON_NUMBER.c.nhs_number)
    rows = connection.execute(select(PERSON_NUMBER).where(key.in_(wanted)))
    return {(row.bucket_id, row.nhs_number): str(row.person_id) for row in rows}


def closed_by(connection: Connection, bucket: str, meeting_id: str) -> list[Held]:
    """What the seal of a meeting closes beside the meeting: attendances, discussions, notes, decisions; locked."""
    first = _all(connection, bucket, SEALED_BY_MEETING, RECORD.c.body["meeting_id"].as_string() == meeting_id)
    items = [it.id for it in first if it.type == "agenda_item"]
    if not items:
        return first
    return first + _all(connection, bucket, SEALED_BY_ITEM, RECORD.c.body["item_id"].as_string().in_(items))


def _all(connection: Connection, bucket: str, types: tuple[str, ...], condition: ColumnElement[bool]) -> list[Held]:
    rows = connection.execute(
        select(RECORD)
        .where(RECORD.c.bucket_id == bucket, RECORD.c.type.in_(types), RECORD.c.sealed.is_(False), condition)
        .order_by(RECORD.c.type, RECORD.c.id)
        .with_for_update()
    )
    return [held_of(row) for row in rows]


def everywhere(connection: Connection, ids: Iterable[tuple[str, str]]) -> list[Held]:
    """Records of these types and ids in whichever bucket they are, locked in one order."""
    wanted = sorted(set(ids))
    found: list[Held] = []
    for start in range(0, len(wanted), 200):
        either = [and_(RECORD.c.type == type_, RECORD.c.id == id_) for type_, id_ in wanted[start : start + 200]]
        rows = connection.execute(
            select(RECORD)
            .where(or_(*either))
            .order_by(RECORD.c.bucket_id, RECORD.c.type, RECORD.c.id)
            .with_for_update()
        )
        found += [held_of(row) for row in rows]
    return found
