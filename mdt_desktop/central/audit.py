"""The central audit: every act in one chain of hashes, appended in the transaction of the act itself (SYNC 5.15)."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from mdt_desktop.central.tables import AUDIT, AUDIT_HEAD
from mdt_desktop.domain.dates import moment_text

START = "0" * 64
"""The hash before the first entry."""
RESTORE = "restore"
"""The act that a restore leaves; its detail ends with the epoch that began by it."""
_LONGEST_DETAIL = 4000


@dataclass(frozen=True, slots=True)
class CentralAct:
    """One act: what, by whom from which device, in which bucket, which records. `detail` names no person."""

    action: str
    user: str = ""
    device: str = ""
    bucket: str = ""
    records: Sequence[str] = field(default=())
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChainState:
    """How many entries the chain has, and the number of the first that does not fit; None where all of it holds."""

    entries: int
    first_broken: int | None

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, taken out, put in, moved or cut off."""
        return self.first_broken is None


def append(connection: Connection, now: datetime, acts: Iterable[CentralAct]) -> None:
    """Append acts; the last thing a transaction does, as the head stays locked until it commits."""
    acts = tuple(acts)
    if not acts:
        return
    seq, previous = lock_head(connection)
    rows = []
    for act in acts:
        seq += 1
        salt = secrets.token_hex(16)
        detail = act.detail[:_LONGEST_DETAIL]
        row: dict[str, object] = {
            "seq": seq,
            "prev_hash": previous,
            "at": moment_text(now),
            "user_name": act.user,
            "device_id": act.device,
            "action": act.action,
            "bucket_id": act.bucket,
            "rec_ids": json.dumps(list(act.records)),
            "detail": detail,
            "salt": salt,
            "detail_hash": _detail_hash(salt, detail),
        }
        previous = entry_hash(row)
        rows.append({**row, "hash": previous})
    connection.execute(AUDIT.insert(), rows)
    connection.execute(update(AUDIT_HEAD).values(seq=seq, hash=previous))


def lock_head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry, locked until the transaction ends."""
    row = connection.execute(select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash).with_for_update()).one()
    return int(row.seq), str(row.hash)


def chain(connection: Connection) -> ChainState:
    """Prove the whole chain against its head. Removed details are not compared; a changed one is found."""
    head = connection.execute(select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash)).one()
    return ChainState(int(head.seq), first_broken(entries(connection), int(head.seq), str(head.hash)))


def entries(connection: Connection) -> Iterator[Mapping[Any, Any]]:
    """Every entry in the order of the numbers, read as it is asked for."""
    rows = connection.execute(select(AUDIT).order_by(AUDIT.c.seq), execution_options={"yield_per": 500})
    yield from rows.mappings()


def first_broken(rows: Iterable[Mapping[Any, Any]], head_seq: int, head_hash: str) -> int | None:
    """The number of the first entry that does not fit, or None: changed, missing, put in, moved, cut off at the end."""
    previous, expected = START, 1
    for row in rows:
        detail_holds = row["detail"] is None or _detail_hash(row["salt"] or "", row["detail"]) == row["detail_hash"]
        entry_holds = row["seq"] == expected and row["prev_hash"] == previous and row["hash"] == entry_hash(row)
        if not (detail_holds and entry_holds) or expected > head_seq:
            return expected
        previous, expected = str(row["hash"]), expected + 1
    if (expected - 1, previous) != (head_seq, head_hash):
        return min(expected, head_seq) or 1
    return None


def lines(connection: Connection) -> Iterator[str]:
    """Every entry as a line of JSON in its order, and last the head: whoever has the file can prove the chain."""
    for row in entries(connection):
        yield json.dumps({**row, "rec_ids": json.loads(row["rec_ids"])}, ensure_ascii=False)
    head = connection.execute(select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash)).one()
    yield json.dumps({"head": {"seq": int(head.seq), "hash": head.hash}})


def forget_details(connection: Connection, record_ids: frozenset[str]) -> None:
    """Take away the details of every entry that names one of these records; the chain holds without them."""
    named = select(AUDIT.c.seq, AUDIT.c.rec_ids).where(AUDIT.c.detail.is_not(None), AUDIT.c.rec_ids != "[]")
    about = [row.seq for row in connection.execute(named) if record_ids.intersection(json.loads(row.rec_ids))]
    for start in range(0, len(about), 500):
        some = about[start : start + 500]
        connection.execute(update(AUDIT).where(AUDIT.c.seq.in_(some)).values(detail=None, salt=None))


def _detail_hash(salt: str, detail: str) -> str:
    return hashlib.sha256(f"{salt}\x1f{detail}".encode()).hexdigest()


_HASHED = (
    "seq", "prev_hash", "at", "user_name", "device_id", "action", "bucket_id", "rec_ids", "detail_hash",
)  # fmt: skip


def entry_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of an entry's columns, the hash before it among them; of the detail its own hash."""
    values = [row[name] for name in _HASHED]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
