"""Questions that matching a risk file asks of the register of people."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_COLUMNS = (
    "person.id, nhs_number, family_name, given_names, title, person.born, gender, address, postcode,"
    " person.practice_id, preferred_name, coalesce(caseload_index.case_id, ''), caseload_index.person_no"
)


class KnownPerson(NamedTuple):
    """A person on file as matching needs them; a tuple, because a practice has thousands. `born` is an ISO date."""

    id: str
    nhs_number: str | None
    family_name: str
    given_names: str
    title: str
    born: str
    gender: str
    address: str
    postcode: str
    practice_id: str
    preferred_name: str
    case_id: str
    person_no: int


def people_of_practice(connection: "Connection", practice_id: str) -> list[KnownPerson]:
    """Everybody on file for a practice."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM person JOIN caseload_index ON caseload_index.person_id = person.id"
        " WHERE person.practice_id = ?",
        (practice_id,),
    )
    return [KnownPerson._make(row) for row in rows]


def people_with_numbers(connection: "Connection", numbers: Sequence[str]) -> dict[str, KnownPerson]:
    """People on file by NHS number, wherever they are registered."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(?) AS wanted JOIN person ON nhs_number = wanted.value"
        " JOIN caseload_index ON caseload_index.person_id = person.id",
        (orjson.dumps(list(numbers)).decode(),),
    )
    return {str(row[1]): KnownPerson._make(row) for row in rows}


def run_facts(connection: "Connection", practice_id: str, run_date: date) -> tuple[date | None, str | None]:
    """The date of a practice's latest run, and the file hash of its run of a date; None where there is none."""
    latest, sha256 = connection.execute(
        "SELECT max(run_date), max(CASE WHEN run_date = ?2 THEN file_sha256 END) FROM stratification_run"
        " WHERE practice_id = ?1",
        (practice_id, run_date.isoformat()),
    ).fetchone()
    return date.fromisoformat(latest) if latest else None, sha256


def practice_id(connection: "Connection", code: str) -> str | None:
    """The practice with an ODS code, or None."""
    row = connection.execute("SELECT id FROM practice WHERE code = ?", (code,)).fetchone()
    return str(row[0]) if row else None
