"""Questions about the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.store.queries.rows import made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """One act; `fields` names what changed."""

    seq: int
    at: datetime
    actor: str
    action: str
    kind: str
    record_id: str
    fields: str
    reason: str


def about(connection: "Connection", person_id: str, limit: int) -> list[AuditSummary]:
    """The latest acts about a person, the latest first."""
    rows = connection.execute(
        "SELECT seq, at, actor, action, kind, record_id, fields, reason FROM audit_entry"
        " WHERE person_id = ? ORDER BY seq DESC LIMIT ?",
        (person_id, limit),
    )
    return [made(AuditSummary, row, at=moment) for row in rows]
