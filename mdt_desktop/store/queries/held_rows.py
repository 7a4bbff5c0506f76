"""Questions about rows of risk files that wait for somebody to decide."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.people import Gender
from mdt_desktop.store.queries.rows import made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_ROWS = (
    "SELECT held_row.id, run_id, practice_id, practice.code, practice.name, practice.locality_id, run_date, line,"
    " row_json, reason, decision, decided_at, decided_by, held_row.person_id FROM held_row"
    " JOIN stratification_run ON stratification_run.id = run_id JOIN practice ON practice.id = practice_id"
)


class KeptRow(NamedTuple):
    """A held row as it lies in the store."""

    id: str
    run_id: str
    practice_id: str
    practice_code: str
    practice_name: str
    locality_id: str
    run_date: str
    line: int
    row_json: str
    reason: str
    decision: str
    decided_at: str | None
    decided_by: str
    person_id: str | None


@dataclass(frozen=True, slots=True)
class PersonOnFile:
    """Whom a held row may be about, as the register has them now."""

    id: str
    nhs_number: str | None
    family_name: str
    given_names: str
    title: str
    born: date
    gender: Gender
    address: str
    postcode: str
    practice_name: str
    has_case: bool


def kept_rows(connection: "Connection", *, decided: bool) -> list[KeptRow]:
    """The rows that wait, by practice, run and line; or those decided, the latest decision first."""
    order = "decided_at DESC, line" if decided else "practice.name, run_date DESC, line"
    rows = connection.execute(f"{_ROWS} WHERE (decision <> '') = ? ORDER BY {order}", (decided,))
    return [KeptRow._make(row) for row in rows]


def kept_row(connection: "Connection", row_id: str) -> KeptRow:
    """One row; raises `NotFound`."""
    row = connection.execute(f"{_ROWS} WHERE held_row.id = ?", (row_id,)).fetchone()
    if row is None:
        raise NotFound(kind="held_row")
    return KeptRow._make(row)


def person_on_file(connection: "Connection", person_id: str | None, nhs_number: str | None) -> PersonOnFile | None:
    """The person of this id, or of this NHS number where no id is known."""
    row = connection.execute(
        "SELECT person.id, nhs_number, family_name, given_names, title, born, gender, address, postcode,"
        " practice.name, EXISTS (SELECT 1 FROM person_case WHERE person_id = person.id)"
        " FROM person JOIN practice ON practice.id = practice_id"
        " WHERE person.id = ?1 OR (?1 IS NULL AND nhs_number = ?2)",
        (person_id, nhs_number),
    ).fetchone()
    return made(PersonOnFile, row, born=date.fromisoformat, gender=Gender, has_case=bool) if row else None


def waiting_count(connection: "Connection") -> int:
    """How many rows wait."""
    return int(connection.execute("SELECT count(*) FROM held_row WHERE decision = ''").fetchone()[0])


def rivals(connection: "Connection", row: KeptRow, nhs_number: str) -> list[str]:
    """Other undecided rows of the same run with the same NHS number: at most one of them can be right."""
    rows = connection.execute(
        "SELECT id FROM held_row WHERE run_id = ? AND id <> ? AND decision = ''"
        " AND json_extract(row_json, '$.row.nhs_number') = ? ORDER BY line",
        (row.run_id, row.id, nhs_number),
    )
    return [str(found[0]) for found in rows]


def decided_at(row: KeptRow) -> datetime | None:
    """When it was decided."""
    return datetime.fromisoformat(row.decided_at) if row.decided_at else None
