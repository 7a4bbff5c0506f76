"""Backup and restore of a whole central store, the same file for SQLite and PostgreSQL (SYNC 5.10, 6: 32).

A backup is gzip of JSON lines: a head, one line a row, and a foot with the count and a SHA-256 of all lines before it.
It holds everything but tokens and tries to sign in; it is in the clear and belongs on an encrypted disk.
"""

import base64
import gzip
import hashlib
import json
import os
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Table, select, text, update

from mdt_desktop.central import audit, kept_secrets, moving, serving_account, store_facts
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.database import HEAD, CentralDatabase
from mdt_desktop.central.errors import CentralBackupUnreadable
from mdt_desktop.central.tables import (
    BLOB_PIECE,
    BUCKET,
    ERASURE,
    FAMILY,
    METADATA,
    SIGN_IN_CODE,
    TOKEN,
    TRIED_SIGN_IN,
    USED_NONCE,
)
from mdt_desktop.documents.writing import write_new_as_made
from mdt_desktop.domain.dates import moment_text

_FORMAT = "mdt-central-backup-1"
_LEFT_OUT = frozenset({it.name for it in (TOKEN, FAMILY, TRIED_SIGN_IN, SIGN_IN_CODE, USED_NONCE)})
_BATCH = 500
_FEW = 16
"""Pieces of content at once: 4 MB."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: when the backup was made, how many rows came back, how many erasures were replayed."""

    made_at: str
    rows: int
    erased_again: int
    kept: Path


def back_up(database: CentralDatabase, file: Path, by: str, clock: Callable[[], datetime]) -> int:
    """Write a backup to a new file that only its owner can read; the number of rows.

    The whole is read as it stands at one moment while the store is in use, and written as it is read: contents of
    papers are never held together. Raises as `documents.writing.write_new`.
    """
    now, rows = clock(), 0

    def fill(target: BinaryIO) -> None:
        nonlocal rows
        with database.reading() as connection:
            rows = _pack(connection, now, target)

    write_new_as_made(file, fill)
    database.write(lambda connection: audit.append(connection, now, [CentralAct("backup", by)]))
    return rows


def restore(database: CentralDatabase, file: Path, by: str, clock: Callable[[], datetime]) -> Restored:
    """Put a backup in the place of everything, in one transaction; what it replaces is kept beside it as a backup.

    Every bucket gets a new epoch, so that laptops compare what they hold and offer again what the backup does not
    know. What was erased since the backup was made is erased again before anybody can read it. All laptops sign in
    anew. Raises CentralBackupUnreadable, SecretsKeyMissing, SecretsKeyWrong, and then nothing was changed.
    """
    made_at = _proved(file)
    kept = _aside(file, clock())
    back_up(database, kept, by, clock)

    def put_back(connection: Connection) -> Restored:
        now = clock()
        erasures = [dict(row._mapping) for row in connection.execute(select(ERASURE))]
        _empty(database, connection)
        rows = sum(_insert(connection, table, batch) for table, batch in _batches(file))
        known = set(connection.execute(select(ERASURE.c.id_hash)).scalars())
        newer = [it for it in erasures if it["id_hash"] not in known]
        if newer:
            connection.execute(ERASURE.insert(), newer)
        for bucket in connection.execute(select(BUCKET.c.id)).scalars().all():
            connection.execute(update(BUCKET).where(BUCKET.c.id == bucket).values(epoch=str(uuid.uuid4())))
        # A backup that was sealed with another key would be a store that nobody can open: it is refused here.
        kept_secrets.take_up(connection)
        epochs = store_facts.begin_audit_epoch(connection)
        audit.append(connection, now, [CentralAct(audit.RESTORE, by, detail=f"backup of {made_at}; epoch {epochs}")])
        erased = moving.replay_erasures(connection, by, now)
        return Restored(made_at, rows, erased, kept)

    return database.write(put_back)


def _pack(connection: Connection, now: datetime, target: BinaryIO) -> int:
    digest, rows = hashlib.sha256(), 0
    with gzip.GzipFile(fileobj=target, mode="wb", mtime=0) as packed:

        def put(line: object) -> None:
            data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(data)
            packed.write(data)

        put({"format": _FORMAT, "revision": HEAD, "made_at": moment_text(now)})
        for table in METADATA.sorted_tables:
            if table.name in _LEFT_OUT:
                continue
            most = _FEW if table is BLOB_PIECE else _BATCH
            found = connection.execute(select(table), execution_options={"yield_per": most})
            for row in found.mappings():
                put([table.name, {name: _told(value) for name, value in row.items()}])
                rows += 1
        foot = json.dumps({"rows": rows, "sha256": digest.hexdigest()}).encode()
        packed.write(foot + b"\n")
    return rows


def _told(value: Any) -> Any:
    """A value as JSON has it: bytes as base64, of which only one column can hold any."""
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes | memoryview) else value


def _proved(file: Path) -> str:
    """When the backup was made, once all of it was read and proved against its foot. Raises CentralBackupUnreadable."""
    digest, rows, last = hashlib.sha256(), 0, b""
    try:
        with gzip.open(file, "rb") as packed:
            first = last = packed.readline()
            head = json.loads(first)
            for line in packed:
                digest.update(last)
                rows, last = rows + 1, line
        whole = json.loads(last) == {"rows": rows - 1, "sha256": digest.hexdigest()}
        fits = head["format"] == _FORMAT and head["revision"] == HEAD
        made_at = str(head["made_at"])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, IndexError, TypeError) as problem:
        raise CentralBackupUnreadable(file=str(file)) from problem
    if not (whole and fits):
        raise CentralBackupUnreadable(file=str(file))
    return made_at


def _batches(file: Path) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Rows of one table at a time, in the order of the file, which is that of the foreign keys."""
    name, batch = "", list[dict[str, Any]]()
    for table, row in _rows(file):
        most = _FEW if name == BLOB_PIECE.name else _BATCH
        if batch and (table != name or len(batch) >= most):
            yield METADATA.tables[name], batch
            batch = []
        name = table
        if table == BLOB_PIECE.name:
            row["content"] = base64.b64decode(row["content"])
        batch.append(row)
    if batch:
        yield METADATA.tables[name], batch


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of the table and row of every line between the head and the foot."""
    with gzip.open(file, "rb") as packed:
        packed.readline()
        for line in packed:
            found = json.loads(line)
            if isinstance(found, list):
                yield found[0], found[1]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> int:
    connection.execute(table.insert(), rows)
    return len(rows)


def _empty(database: CentralDatabase, connection: Connection) -> None:
    """Take every table away, the guarded audit too, and make the schema anew, inside the transaction."""
    serve = serving_account.granted(connection)
    connection.execute(text("DROP VIEW record_place"))
    METADATA.drop_all(connection)
    connection.execute(text("DROP TABLE alembic_version"))
    database.upgrade(connection)
    serving_account.grant_again(connection, serve)
    connection.execute(text("DELETE FROM audit_head"))


def _aside(file: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y-%m-%dT%H%M%SZ")
    return file.with_name(f"{file.name}.before-restore-{stamp}-{os.urandom(3).hex()}")
