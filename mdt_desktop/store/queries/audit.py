"""Questions about the audit log: about one person, and the whole of it filtered, however long it is."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.store.queries.rows import as_stored, made, moment

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
    actor_id: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is empty or None lets every entry pass. `until` itself is left out."""

    person_id: str = ""
    actor_id: str = ""
    actions: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act in the whole log; `person` is the name of whom it was about, as screens write it, empty for nobody."""

    seq: int
    at: datetime
    actor: str
    action: str
    kind: str
    person_id: str
    person: str
    fields: str
    reason: str


def about(connection: "Connection", person_id: str, limit: int) -> list[AuditSummary]:
    """The latest acts about a person, the latest first."""
    rows = connection.execute(
        "SELECT seq, at, actor, action, kind, record_id, fields, reason, actor_id FROM audit_entry"
        " WHERE person_id = ? ORDER BY seq DESC LIMIT ?",
        (person_id, limit),
    )
    return [made(AuditSummary, row, at=moment) for row in rows]


def imports_of(connection: "Connection", person_id: str) -> list[AuditSummary]:
    """The imports of the risk runs in which a person stands, the latest first; an import has one entry for all."""
    rows = connection.execute(
        "SELECT seq, at, actor, action, kind, record_id, fields, reason, actor_id FROM audit_entry"
        " WHERE action = 'import' AND record_id IN (SELECT run_id FROM risk_score WHERE person_id = ?)"
        " ORDER BY seq DESC",
        (person_id,),
    )
    return [made(AuditSummary, row, at=moment) for row in rows]


def last_number(connection: "Connection") -> int:
    """The number of the last entry, which is how many there are: nothing is ever deleted."""
    (number,) = connection.execute("SELECT coalesce(max(seq), 0) FROM audit_entry").fetchone()
    return int(number)


def found(connection: "Connection", wanted: AuditFilter) -> "array[int]":
    """The numbers of the entries that a filter lets pass, the latest first. Each condition has an index."""
    where, values = _where(wanted)
    # One row with all numbers in it: as many rows would take five times as long to fetch as to find.
    (listed,) = connection.execute(
        f"SELECT json_group_array(seq) FROM (SELECT seq FROM audit_entry WHERE {where})", values
    ).fetchone()
    return array("q", sorted(orjson.loads(listed), reverse=True))


def plan_of(connection: "Connection", wanted: AuditFilter) -> str:
    """How the store would look for a filter's entries, in its own words: tests see that it uses an index."""
    where, values = _where(wanted)
    rows = connection.execute(f"EXPLAIN QUERY PLAN SELECT seq FROM audit_entry WHERE {where}", values)
    return "\n".join(str(row[3]) for row in rows)


def _where(wanted: AuditFilter) -> tuple[str, list[Any]]:
    parts, values = ["true"], list[Any]()
    if wanted.person_id:
        parts.append("person_id = ?")
        values.append(wanted.person_id)
    if wanted.actor_id:
        parts.append("actor_id = ?")
        values.append(wanted.actor_id)
    if wanted.actions:
        parts.append(f"action IN ({', '.join('?' for _ in wanted.actions)})")
        values += wanted.actions
    if wanted.since is not None:
        parts.append("at >= ?")
        values.append(as_stored(wanted.since))
    if wanted.until is not None:
        parts.append("at < ?")
        values.append(as_stored(wanted.until))
    if wanted.text.strip():
        # The first half lets the index of reasons be used, which leaves out all entries without one.
        parts.append("reason <> '' AND reason LIKE ? ESCAPE '\\'")
        plain = wanted.text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values.append(f"%{plain}%")
    return " AND ".join(parts), values


def lines(connection: "Connection", numbers: Sequence[int], *, with_names: bool) -> list[AuditLine]:
    """Some entries in the given order, with the names of whom they were about only where these may be seen."""
    name = "coalesce(family_name, ''), coalesce(given_names, ''), coalesce(title, '')" if with_names else "'', '', ''"
    rows = connection.execute(
        f"SELECT seq, at, actor, action, kind, coalesce(audit_entry.person_id, ''), {name}, fields, reason"
        " FROM json_each(?) AS wanted JOIN audit_entry ON seq = wanted.value"
        " LEFT JOIN person ON person.id = audit_entry.person_id",
        (orjson.dumps(list(numbers)).decode(),),
    )
    by_number = {
        row[0]: made(AuditLine, (*row[:6], name_on_screen(*row[6:9]) if row[6] else "", *row[9:]), at=moment)
        for row in rows
    }
    return [by_number[number] for number in numbers if number in by_number]


def actors(connection: "Connection") -> list[tuple[str, str]]:
    """Everybody who ever did something, by name: id and the name they had at the last of it.

    Jumps from one id to the next in the index of actors, so that a quarter of a million entries take no longer.
    """
    ids = connection.execute(
        "WITH RECURSIVE one (id) AS (SELECT min(actor_id) FROM audit_entry UNION ALL"
        " SELECT (SELECT min(actor_id) FROM audit_entry WHERE actor_id > one.id) FROM one WHERE one.id IS NOT NULL)"
        " SELECT id FROM one WHERE id IS NOT NULL"
    ).fetchall()
    named = []
    for (actor_id,) in ids:
        row = connection.execute(
            "SELECT actor FROM audit_entry WHERE actor_id = ? ORDER BY at DESC LIMIT 1", (actor_id,)
        ).fetchone()
        named.append((str(actor_id), str(row[0])))
    return sorted(named, key=lambda it: it[1].casefold())
