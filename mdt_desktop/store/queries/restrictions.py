"""Questions about restricted records and broken glass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.restricted import is_glass_open
from mdt_desktop.store.queries.rows import as_stored, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class RestrictionSummary:
    """A time in which a record was restricted; it is in force while `lifted_at` is None."""

    id: str
    person_id: str
    reason: str
    at: datetime
    by: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str


@dataclass(frozen=True, slots=True)
class GlassSummary:
    """One broken glass: who saw whom, why, from when until when, and what the review of it said."""

    id: str
    person_id: str
    practitioner_id: str
    by: str
    reason: str
    opened_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str
    review: str
    person: str = ""
    """The person's name as lists write it, where it was asked for: family name, then given names."""

    def is_open(self, now: datetime) -> bool:
        """Whether it still lets somebody see the record."""
        return is_glass_open(self.opened_at, self.ends_at, self.ended_at, now)


_RESTRICTION = 'SELECT id, person_id, reason, at, "by", lifted_at, lifted_by, lifted_reason FROM restriction'
_GLASS = (
    'SELECT broken_glass.id, broken_glass.person_id, practitioner_id, "by", reason, opened_at, ends_at, ended_at,'
    " reviewed_at, reviewed_by, review"
)


def in_force(connection: "Connection", person_id: str) -> RestrictionSummary | None:
    """The restriction of a person's record, or None."""
    row = connection.execute(f"{_RESTRICTION} WHERE person_id = ? AND lifted_at IS NULL", (person_id,)).fetchone()
    return None if row is None else made(RestrictionSummary, row, at=moment, lifted_at=moment)


def all_of(connection: "Connection", person_id: str) -> list[RestrictionSummary]:
    """Every time a record was restricted, the latest first."""
    rows = connection.execute(f"{_RESTRICTION} WHERE person_id = ? ORDER BY id DESC", (person_id,))
    return [made(RestrictionSummary, row, at=moment, lifted_at=moment) for row in rows]


def open_glass(
    connection: "Connection", person_id: str, practitioner_id: str, now: datetime
) -> GlassSummary | None:
    """The glass that a practitioner has broken over a person and that is still broken, the one that lasts longest."""
    row = connection.execute(
        f"{_GLASS} FROM broken_glass WHERE person_id = ? AND practitioner_id = ? AND ended_at IS NULL"
        " AND opened_at <= ? AND ends_at > ? ORDER BY ends_at DESC LIMIT 1",
        (person_id, practitioner_id, as_stored(now), as_stored(now)),
    ).fetchone()
    return None if row is None else _glass(row)


def broken(connection: "Connection", *, reviewed: bool, limit: int = 500) -> list[GlassSummary]:
    """Every broken glass with the person's name, the latest first: those not yet looked at, or all."""
    where = "1" if reviewed else "reviewed_at IS NULL"
    rows = connection.execute(
        f"{_GLASS}, family_name || CASE given_names WHEN '' THEN '' ELSE ', ' || given_names END"
        " FROM broken_glass JOIN person ON person.id = broken_glass.person_id"
        f" WHERE {where} ORDER BY broken_glass.id DESC LIMIT ?",
        (limit,),
    )
    return [_glass(row) for row in rows]


def _glass(row: Sequence[Any]) -> GlassSummary:
    return made(GlassSummary, row, opened_at=moment, ends_at=moment, ended_at=moment, reviewed_at=moment)
