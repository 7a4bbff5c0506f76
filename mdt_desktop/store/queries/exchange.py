"""How the exchange with the central store stands, for the status line and the list of conflicts: raw reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.lease import LeaseState, Standing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


_NO_LEASE = Standing(LeaseState.NONE)
_SIGN_IN_AGAIN = frozenset({"sync_sign_in_needed", "sync_sign_in_ended", "sync_device_copied", "sync_revoked"})
"""What a run was stopped by that signing in again mends, and nothing else: another try by itself would be one more
refusal. Signing in gives this laptop a new device, also where the old one was revoked or is a copy's."""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What the status line tells: `last` is when a run last ended well, `error` the code of what stopped the latest;
    `heard` is when the central store was heard last, by its own clock."""

    connected: bool
    url: str = ""
    user: str = ""
    last: str = ""
    latest: str = ""
    error: str = ""
    waiting: int = 0
    refused: int = 0
    conflicts: int = 0
    quarantined: int = 0
    signed_out: bool = False
    """Nobody is signed in any more, or the central store asked for it: somebody has to sign in again."""
    device: str = ""
    """What this laptop is called in the central store's list of laptops."""
    put_by: int = 0
    """Records that had to leave before what was written about them was sent; somebody decides about that."""
    lease: Standing = _NO_LEASE
    heard: datetime | None = None
    missed_entry: int = 0
    """The entry of the central store's audit that this laptop remembers and the store has no more; 0 where all fits."""
    missed_at: str = ""
    handed_over: int = 0
    """Records with changes that other teams handed over to the user's, as the last exchange heard."""


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """One conflict that waits for somebody: the values as they stand in the record, who wrote them, the rule."""

    id: str
    type: str
    record_id: str
    field: str
    base: Any
    mine: Any
    theirs: Any
    in_force: Any
    mine_by: str
    theirs_by: str
    mine_at: str
    theirs_at: str
    rule: str


def status(connection: "Connection") -> SyncStatus:
    """How the exchange stands; everything empty where this store is not connected."""
    account = connection.execute("SELECT url, user_name, refresh_token, device_id FROM sync_account").fetchone()
    if account is None:
        return SyncStatus(False)
    last = connection.execute("SELECT max(ended) FROM sync_run WHERE error = '' AND ended IS NOT NULL").fetchone()
    latest = connection.execute(
        "SELECT ended, error, phase FROM sync_run WHERE ended IS NOT NULL ORDER BY rowid DESC LIMIT 1"
    ).fetchone() or ("", "", "")
    waiting, refused, in_conflict, apart, put_by, handed_over = connection.execute(
        "SELECT (SELECT count(*) FROM outbox WHERE status <> 'refused'),"
        " (SELECT count(*) FROM outbox WHERE status = 'refused'),"
        " (SELECT count(*) FROM conflict WHERE status = 'open'),"
        " (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM sync_record WHERE state = 'quarantined'),"
        " (SELECT count(*) FROM quarantine),"
        " coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'sync.handed_over'), 0)"
    ).fetchone()
    missed = connection.execute(
        "SELECT missed_seq, missed_at FROM central_head WHERE missed_seq IS NOT NULL"
    ).fetchone() or (0, "")
    signed_out = not account[2] or (latest[1] in _SIGN_IN_AGAIN and latest[2] == "failed")
    return SyncStatus(
        True, account[0], account[1], last[0] or "", latest[0], latest[1],
        waiting, refused, in_conflict, apart, signed_out, account[3], put_by, missed_entry=missed[0],
        missed_at=missed[1], handed_over=handed_over,
    )  # fmt: skip


def places(connection: "Connection") -> dict[str, int | None]:
    """The last number read of each bucket."""
    return dict(connection.execute("SELECT bucket, seq FROM cursor ORDER BY bucket").fetchall())


def conflicts(connection: "Connection") -> list[ConflictLine]:
    """What waits for somebody to decide, the oldest first."""
    rows = connection.execute(
        "SELECT id, type, rec_id, field, base, mine, theirs, shown_value, mine_by, theirs_by, mine_at, theirs_at,"
        " auto_rule FROM conflict WHERE status = 'open' ORDER BY id"
    ).fetchall()
    return [
        ConflictLine(
            row[0], row[1], row[2], row[3], orjson.loads(row[4]), orjson.loads(row[5]), orjson.loads(row[6]),
            orjson.loads(row[7]), row[8], row[9], row[10], row[11], row[12],
        )
        for row in rows
    ]  # fmt: skip


def conflict_record(connection: "Connection", conflict_id: str) -> str | None:
    """The id of the record that a conflict is about; None where there is none."""
    row = connection.execute("SELECT rec_id FROM conflict WHERE id = ?", (conflict_id,)).fetchone()
    return None if row is None else str(row[0])


@dataclass(frozen=True, slots=True)
class RunLine:
    """One exchange: when, what was taken, sent and left to decide, and the code of what stopped it, or empty."""

    started: str
    ended: str
    pulled: int
    pushed: int
    conflicts: int
    error: str


def runs(connection: "Connection", most: int) -> list[RunLine]:
    """The last exchanges, the latest first; one that goes on has no end."""
    rows = connection.execute(
        "SELECT started, coalesce(ended, ''), pulled, pushed, conflicts, error FROM sync_run"
        " ORDER BY rowid DESC LIMIT ?",
        (most,),
    ).fetchall()
    return [RunLine(*row) for row in rows]


def waiting(connection: "Connection", user_id: str) -> list[tuple[str, str]]:
    """Type and id of the record of each change of a user that waits to be sent."""
    return connection.execute(
        "SELECT type, id FROM outbox WHERE status <> 'refused' AND user_id = ? ORDER BY op_no", (user_id,)
    ).fetchall()


def of_others(connection: "Connection", user_id: str) -> int:
    """How many changes of other users of this laptop wait; they are not shown and not sent for them."""
    (count,) = connection.execute("SELECT count(*) FROM outbox WHERE user_id <> ?", (user_id,)).fetchone()
    return int(count)


def put_by(connection: "Connection") -> list[tuple[str, str, int, str]]:
    """Of each bucket that had to leave: its id, the locality's name, how many changes were not sent, since when."""
    return connection.execute(
        "SELECT bucket, (SELECT name FROM locality WHERE locality.id = bucket), count(*), min(at) FROM quarantine"
        " GROUP BY bucket ORDER BY min(at)"
    ).fetchall()


def has_conflicts(connection: "Connection") -> bool:
    """Whether anything waits to be decided at all; cheap, for pages that must be fast."""
    return connection.execute("SELECT 1 FROM conflict WHERE status = 'open' LIMIT 1").fetchone() is not None


def has_read_anything(connection: "Connection") -> bool:
    """Whether any bucket was read to an end before: until then an exchange is the first."""
    found = connection.execute("SELECT 1 FROM sync_run WHERE error = '' AND ended IS NOT NULL LIMIT 1")
    return found.fetchone() is not None
