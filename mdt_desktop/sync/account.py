"""Where the central store is and as whom this device is known there; grants, receipts and runs. Tokens lie only here.

Every function but the dataclasses' own works inside the caller's transaction on the writer connection.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.store import blobs, store_settings
from mdt_desktop.sync.protocol import Grant, Removed, SessionAnswer, Tokens
from mdt_desktop.sync.remote import OtherAccount

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_RUNS_KEPT = 200
HANDED_OVER = "sync.handed_over"
"""The setting with how many records other teams handed over changes of; `store/queries/exchange.py` reads it."""


class NotConnected(NotFound):
    """This store is not connected to a central store yet."""

    code = "sync_not_connected"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """The connection to a central store; `grants_ver` is the version of the grants that were last heard."""

    url: str
    server_id: str
    device_id: str
    user_name: str
    access: str
    refresh: str
    grants_ver: int


def read(connection: "Connection") -> Account | None:
    """The account; None where this store was never connected."""
    row = connection.execute(
        "SELECT url, server_id, device_id, user_name, access_token, refresh_token, grants_ver FROM sync_account"
    ).fetchone()
    return None if row is None else Account(row[0], row[1], row[2], row[3], row[4], row[5], int(row[6]))


def needed(connection: "Connection") -> Account:
    """The account. Raises NotConnected."""
    found = read(connection)
    if found is None:
        raise NotConnected
    return found


def connect(connection: "Connection", url: str, server_id: str, device_id: str, tokens: Tokens, now: datetime) -> None:
    """Keep a new sign-in. Another device or store begins its numbers anew, and its buckets from the start."""
    before = read(connection)
    anew = before is None or (before.server_id, before.device_id) != (server_id, device_id)
    connection.execute(
        "INSERT INTO sync_account (one, url, server_id, device_id, user_name, access_token, access_ends,"
        " refresh_token, grants_ver, next_no, connected_at) VALUES (1,?,?,?,?,?,?,?,0,1,?)"
        " ON CONFLICT (one) DO UPDATE SET url = excluded.url, server_id = excluded.server_id,"
        " device_id = excluded.device_id, user_name = excluded.user_name, access_token = excluded.access_token,"
        " access_ends = excluded.access_ends, refresh_token = excluded.refresh_token, grants_ver = 0,"
        " connected_at = excluded.connected_at",
        (url, server_id, device_id, tokens.user, tokens.access, tokens.access_ends, tokens.refresh, moment_text(now)),
    )
    # What stopped the run before is mended by this; only the way it is told looks at it.
    connection.execute("UPDATE sync_run SET phase = 'mended' WHERE phase = 'failed'")
    if anew:
        connection.execute("UPDATE sync_account SET next_no = 1")
        connection.execute("UPDATE outbox SET status = 'waiting', sent_no = NULL WHERE status = 'inflight'")
    # Signing in is a contact; what its clock says is heard with the first exchange.
    keep_contact(connection, now, now)
    if before is not None and before.server_id != server_id:
        connection.execute("DELETE FROM cursor")
        connection.execute("DELETE FROM grant_local")
        connection.execute("DELETE FROM receipt")
        blobs.ask_again(connection)  # what the other one has, this one may not


def enrol(connection: "Connection", device_id: str, tokens: Tokens) -> None:
    """Go on as another device: its numbers begin at one, and what was on its way under the old ones waits again.

    Cursors and what was heard stay: they are as true in a copy as in what it is a copy of.
    """
    connection.execute(
        "UPDATE sync_account SET device_id = ?, access_token = ?, access_ends = ?, refresh_token = ?, next_no = 1",
        (device_id, tokens.access, tokens.access_ends, tokens.refresh),
    )
    connection.execute("UPDATE outbox SET status = 'waiting', sent_no = NULL WHERE status = 'inflight'")


def require_same_user(connection: "Connection", server_id: str, user: str) -> None:
    """Raise OtherAccount where changes wait that another account of this central store has made (SYNC 6: 28).

    They would go out under the wrong name; so they stay, unsent and whole, until their own account signs in.
    """
    before = read(connection)
    if before is None or before.server_id != server_id or before.user_name == user:
        return
    (waiting,) = connection.execute("SELECT count(*) FROM outbox").fetchone()
    if waiting:
        raise OtherAccount(user=before.user_name, waiting=int(waiting))


def forget_tokens(connection: "Connection") -> None:
    """Signed out: what is here stays, and nothing is exchanged until somebody signs in again."""
    connection.execute("UPDATE sync_account SET access_token = '', access_ends = '', refresh_token = ''")


def keep_tokens(connection: "Connection", tokens: Tokens) -> None:
    """Keep the next pair of tokens, before either is used (SYNC 5.11)."""
    connection.execute(
        "UPDATE sync_account SET access_token = ?, access_ends = ?, refresh_token = ?",
        (tokens.access, tokens.access_ends, tokens.refresh),
    )


def grants(connection: "Connection") -> list[Grant]:
    """The buckets this user may hold, as last heard, by id."""
    rows = connection.execute(
        "SELECT bucket, locality_id, role, tier, lease_until FROM grant_local ORDER BY bucket"
    ).fetchall()
    return [Grant(*map(str, row)) for row in rows]


def keep_grants(connection: "Connection", answer: SessionAnswer) -> None:
    """Keep what was granted. What was refused for want of a right is tried once more where rights have changed."""
    for grant in answer.grants:
        connection.execute(
            "INSERT INTO grant_local (bucket, locality_id, role, tier, lease_until, grants_ver) VALUES (?,?,?,?,?,?)"
            " ON CONFLICT (bucket) DO UPDATE SET locality_id = excluded.locality_id, role = excluded.role,"
            " tier = excluded.tier, lease_until = excluded.lease_until, grants_ver = excluded.grants_ver",
            (grant.bucket, grant.locality, grant.role, grant.tier, grant.lease_until, answer.grants_ver),
        )
    store_settings.write(connection, HANDED_OVER, str(answer.handed_over))
    (before,) = connection.execute("SELECT grants_ver FROM sync_account").fetchone()
    if before != answer.grants_ver:
        connection.execute(
            "UPDATE outbox SET status = 'waiting', attempts = 0 WHERE status = 'refused'"
            " AND last_error LIKE 'forbidden%'"
        )
        connection.execute("UPDATE sync_account SET grants_ver = ?", (answer.grants_ver,))


def one_handed_over_less(connection: "Connection") -> None:
    """Something that was handed over was taken in or left out; the next exchange hears the number anew."""
    found = int(store_settings.read(connection, HANDED_OVER, "0"))
    store_settings.write(connection, HANDED_OVER, str(max(0, found - 1)))


def keep_contact(connection: "Connection", there: datetime, now: datetime) -> None:
    """The central store was heard, and its clock said `there`: leases run from then, and from its time alone."""
    connection.execute(
        "INSERT INTO sync_lease (one, heard_at, skew_seconds, latest, revoked) VALUES (1, ?1, ?2, ?1, 0)"
        " ON CONFLICT (one) DO UPDATE SET heard_at = ?1, skew_seconds = ?2, latest = ?1, revoked = 0",
        (moment_text(there), round((there - now).total_seconds())),
    )


def keep_carried_contact(connection: "Connection", there: str) -> None:
    """A carried answer was made at its time `there`: leases run from then, where nothing later is known.

    What the clocks are apart is not told by it: the answer has been on its way for any time.
    """
    connection.execute(
        "UPDATE sync_lease SET heard_at = max(heard_at, ?1), latest = max(latest, ?1) WHERE NOT revoked", (there,)
    )


def keep_revoked(connection: "Connection") -> None:
    """The central store said that this user or device may hold nothing any more."""
    connection.execute("UPDATE sync_lease SET revoked = 1")


def receipts(connection: "Connection", most: int = 1000) -> list[Removed]:
    """What was removed and is not confirmed yet."""
    rows = connection.execute("SELECT kind, bucket, type, id FROM receipt ORDER BY 1, 2, 3, 4 LIMIT ?", (most,))
    return [Removed(*map(str, row)) for row in rows.fetchall()]


def confirmed(connection: "Connection", done: Sequence[Removed]) -> None:
    """Those were confirmed."""
    connection.executemany(
        "DELETE FROM receipt WHERE kind = ? AND bucket = ? AND type = ? AND id = ?",
        [(it.kind, it.bucket, it.type, it.id) for it in done],
    )


def begin_run(connection: "Connection", run_id: str, now: datetime) -> None:
    """Note that a run began; the oldest runs are forgotten."""
    connection.execute(
        "INSERT INTO sync_run (id, started, ended, phase, pulled, pushed, conflicts, error)"
        " VALUES (?, ?, NULL, 'begun', 0, 0, 0, '')",
        (run_id, moment_text(now)),
    )
    connection.execute(
        "DELETE FROM sync_run WHERE id NOT IN (SELECT id FROM sync_run ORDER BY rowid DESC LIMIT ?)",
        (_RUNS_KEPT,),
    )


def end_run(connection: "Connection", run_id: str, now: datetime, counts: tuple[int, int, int], error: str) -> None:
    """Note how a run ended: pulled, pushed, conflicts; `error` is the code of what stopped it, or empty."""
    connection.execute(
        "UPDATE sync_run SET ended = ?, phase = ?, pulled = ?, pushed = ?, conflicts = ?, error = ? WHERE id = ?",
        (moment_text(now), "failed" if error else "done", *counts, error, run_id),
    )
