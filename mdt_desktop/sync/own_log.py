"""What of this laptop's own audit the central store has not heard yet, in pages of numbers, hashes and ids (SYNC 5.15).

The log itself is what is sent: a mark in the settings says up to which entry it was told. It moves when an answer has
come; an answer that is lost only means that entries are told again, which the central store takes once.
"""

import re
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mdt_desktop.domain.audit import TOLD
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.store import store_settings
from mdt_desktop.store.audit_log import START
from mdt_desktop.sync.protocol import LOG_FIELDS, LOG_KIND, LOG_PAGE, LogEntry, LogPage

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MARK = "sync.audit_told"
"""The central store's id and the number of the last entry that it has; another store has heard nothing."""
_FAILED_UNLOCK = "failed_unlock"


def told_up_to(connection: "Connection", server: str) -> int:
    """The number of the last entry that this central store has."""
    of, _, number = store_settings.read(connection, MARK).partition(" ")
    return int(number) if of == server and number.isdecimal() else 0


def mark(connection: "Connection", server: str, last: int) -> None:
    """The central store has everything up to this entry, as far as it ever will."""
    store_settings.write(connection, MARK, f"{server} {last}")


def next_page(connection: "Connection", server: str, most: int = LOG_PAGE) -> LogPage | None:
    """The next entries, the oldest first; None where everything was told."""
    after = told_up_to(connection, server)
    rows = connection.execute(
        "SELECT seq, hash, prev_hash, at, action, kind, record_id, person_id, actor_id, fields, reason"
        " FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, most),
    ).fetchall()
    if not rows:
        return None
    numbers = [after, *(int(row[0]) for row in rows)]
    whole = all(b == a + 1 for a, b in pairwise(numbers))
    return LogPage(
        str(rows[0][2]) if rows[0][0] > 1 else START,
        [LogEntry(int(row[0]), str(row[1]), _act(*row[3:]) if row[4] in TOLD else None) for row in rows],
        not whole,
    )


def _act(
    at: str, action: str, kind: str, record_id: str, person_id: str | None, actor_id: str, fields: str, reason: str
) -> dict[str, Any]:
    """What was done: ids and words of the program. A name, a reason, anything typed freely stays on this laptop."""
    act: dict[str, Any] = {"at": _tried(reason) or at if action == _FAILED_UNLOCK else at, "action": action}
    if re.fullmatch(LOG_KIND, kind):
        act["kind"] = kind
    if re.fullmatch(LOG_FIELDS, fields):
        act["fields"] = fields
    ids = {"record_id": record_id, "person_id": person_id, "actor_id": actor_id}
    return act | {name: value for name, value in ids.items() if value and _is_id(value)}


def _is_id(value: str) -> bool:
    """Whether it is a record's id: names of files and digests of them stay here."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def _tried(reason: str) -> str:
    """When a wrong passphrase was tried: the entry of it is written at the next unlocking."""
    try:
        return moment_text(datetime.fromisoformat(reason))
    except ValueError:
        return ""
