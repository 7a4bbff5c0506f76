"""This laptop as a witness of the central store's audit: it remembers the head and asks for it again (SECURITY R35)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mdt_desktop.domain.audit_head import AuditHead, ToldHead, Verdict, verdict
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import answers
from mdt_desktop.sync.answers import Reading
from mdt_desktop.sync.protocol import SessionAnswer

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

    from mdt_desktop.sync.context import Context

DIFFERS, ANEW = "central_audit_differs", "central_audit_anew"
"""Acts of this laptop's own audit."""


def document(held: AuditHead) -> Mapping[str, object]:
    """What is remembered, as a session tells it."""
    return {"epoch": held.epoch, "entry": held.seq, "hash": held.hash}


def session(given: object) -> SessionAnswer:
    """The answer to `session` with what it tells of the audit. Raises AnswerNotUnderstood."""
    answer, part = answers.session(given), Reading(given).part_or_none("audit")
    if part is None:
        return answer
    seen = None if part.raw("seen") is None else part.text("seen")
    head = AuditHead(part.text("epoch"), part.number("entry"), part.text("hash"))
    return replace(answer, audit=ToldHead(head, seen))


def held(connection: "Connection", server: str) -> AuditHead | None:
    """What is remembered of this central store; None where nothing is."""
    row = connection.execute("SELECT epoch, seq, hash FROM central_head WHERE server_id = ?", (server,)).fetchone()
    return None if row is None else AuditHead(str(row[0]), int(row[1]), str(row[2]))


def hear(context: "Context", server: str, asked: AuditHead | None, told: ToldHead | None) -> None:
    """Judge what was told by what was asked about, note what does not fit, and remember the head.

    What was missed stays told until the store begins another epoch, as it does when it is restored.
    """
    connection, found = context.connection, verdict(asked, told)
    if told is not None:
        _remember(connection, server, told.head)
    if found is Verdict.ANEW and told is not None:
        connection.execute("UPDATE central_head SET missed_seq = NULL, missed_hash = '', missed_at = NULL")
        context.done.acts.append(Act(ANEW, "central_audit", told.head.epoch))
    if found is Verdict.DIFFERS and asked is not None and not _is_known(connection, asked):
        connection.execute(
            "UPDATE central_head SET missed_seq = ?, missed_hash = ?, missed_at = ?",
            (asked.seq, asked.hash, moment_text(context.now)),
        )
        context.done.acts.append(Act(DIFFERS, "central_audit", asked.epoch, fields=str(asked.seq)))


def _remember(connection: "Connection", server: str, head: AuditHead) -> None:
    connection.execute("DELETE FROM central_head WHERE server_id <> ?", (server,))
    connection.execute(
        "INSERT INTO central_head (one, server_id, epoch, seq, hash, missed_hash) VALUES (1, ?, ?, ?, ?, '')"
        " ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, hash = excluded.hash",
        (server, head.epoch, head.seq, head.hash),
    )


def _is_known(connection: "Connection", asked: AuditHead) -> bool:
    row = connection.execute("SELECT missed_seq, missed_hash FROM central_head").fetchone()
    return row is not None and tuple(row) == (asked.seq, asked.hash)
