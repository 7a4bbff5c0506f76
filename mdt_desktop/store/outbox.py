"""The outbox: each change of a shared record as a numbered operation that waits to be sent (SYNC 5.2)."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.records.base import SCHEMA

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

BOOT_ID = str(uuid.uuid4())
"""Changes with each start of the program: monotonic times compare only within one of them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One change of one record: `kind` is create, update or delete; `values` holds the changed columns only."""

    type: str
    id: str
    kind: str
    values: Mapping[str, Any]


def next_group(connection: "Connection") -> int:
    """The number for a new group of operations that the central store takes or refuses as one."""
    row = connection.execute("SELECT coalesce(max(group_no), 0) + 1 FROM outbox").fetchone()
    return int(row[0])


def was_shared(connection: "Connection", type_: str, id_: str) -> bool:
    """Whether a record was ever sent, or waits to be."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?2 AND type = ?1)"
        " OR EXISTS (SELECT 1 FROM sync_record WHERE id = ?2 AND type = ?1)",
        (type_, id_),
    ).fetchone()
    return bool(row[0])


def append(
    connection: "Connection",
    actor: Actor,
    now: datetime,
    bucket: str,
    group_no: int,
    operations: Iterable[Operation],
) -> None:
    """Append operations inside the caller's transaction; `bucket` is the locality they belong to."""
    at = moment_text(now)
    mono = time.monotonic_ns() // 1_000_000
    connection.executemany(
        "INSERT INTO outbox (group_no, user_id, device_id, bucket, type, id, kind, base_ver, set_json,"
        " made_at_local, made_mono, boot_id, schema_no, status, attempts, last_error)"
        " VALUES (?,?,?,?,?,?,?, coalesce((SELECT ver FROM sync_record WHERE type=? AND id=?), 0),"
        "?,?,?,?,?,'waiting',0,'')",
        (
            (
                group_no,
                actor.practitioner_id,
                actor.device_id,
                bucket,
                operation.type,
                operation.id,
                operation.kind,
                operation.type,
                operation.id,
                as_json(operation.values),
                at,
                mono,
                BOOT_ID,
                SCHEMA,
            )
            for operation in operations
        ),
    )


def as_json(values: Mapping[str, Any]) -> str:
    """Columns as an operation holds them: moments as the store keeps them, days ISO, choices by their value."""
    return orjson.dumps(values, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
