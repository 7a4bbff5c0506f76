"""The audit log: every act appended to a chain of hashes, in the same transaction as the act."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from mdt_desktop.domain.actor import Actor

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

START = "0" * 64
"""The hash before the first entry."""

_COLUMNS = "at, actor_id, actor, action, kind, record_id, person_id, fields, reason"


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be recorded: what was done, to which record of which kind, about whom, why; never the values."""

    action: str
    kind: str = ""
    record_id: str = ""
    person_id: str | None = None
    fields: str = ""
    reason: str = ""


def append(connection: "Connection", actor: Actor, now: datetime, acts: Iterable[Act]) -> None:
    """Append acts to the chain inside the caller's transaction; `now` is an aware moment."""
    head = connection.execute("SELECT hash FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    previous = str(head[0]) if head else START
    at = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    rows = []
    for act in acts:
        entry = (
            at,
            actor.practitioner_id,
            actor.name,
            act.action,
            act.kind,
            act.record_id,
            act.person_id,
            act.fields[:2000],
            act.reason[:2000],
        )
        digest = entry_hash(previous, entry)
        rows.append((*entry, previous, digest))
        previous = digest
    connection.executemany(
        f"INSERT INTO audit_entry ({_COLUMNS}, prev_hash, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows
    )


def entry_hash(previous: str, entry: tuple[str | None, ...]) -> str:
    """SHA-256 of the previous hash and the entry's columns as JSON, in hexadecimal."""
    return hashlib.sha256(previous.encode() + orjson.dumps(entry)).hexdigest()


Head = tuple[int, str]
"""Number and hash of the last entry, as they are kept outside the store."""


def head(connection: "Connection") -> Head | None:
    """Number and hash of the last entry; None in an empty log."""
    row = connection.execute("SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else None


def first_broken(connection: "Connection", head: Head | None = None) -> int | None:
    """The number of the first entry that does not fit the chain, or None where the whole chain holds.

    Gaps in the numbers count as broken: entries are never deleted. What was cut off at the end leaves nothing behind
    that does not fit; only a `head` kept outside the store tells: then the first missing number is named, or the
    head's own where another entry stands in its place. Entries after the head are those written since it was kept.
    """
    previous, expected = START, 1
    for seq, prev_hash, stored, *entry in connection.execute(
        f"SELECT seq, prev_hash, hash, {_COLUMNS} FROM audit_entry ORDER BY seq"
    ):
        fits = seq == expected and prev_hash == previous and stored == entry_hash(previous, tuple(entry))
        if not fits or (head is not None and head[0] == seq and head[1] != stored):
            return int(expected)
        if head is not None and seq == head[0] and stored != head[1]:
            return int(seq)
        previous, expected = stored, seq + 1
    return int(expected) if head is not None and expected <= head[0] else None
