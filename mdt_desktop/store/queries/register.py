"""Questions that matching a risk file asks of the register of people."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import orjson

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_COLUMNS = (
    "person.id, nhs_number, family_name, given_names, title, born, gender, address, postcode, practice_id,"
    " coalesce(person_case.id, '')"
)


class KnownPerson(NamedTuple):
    """A person on file as matching needs them; a tuple, because a practice has thousands. `born` is an ISO date.

    `last_run` is the ISO date of the newest run of another practice that has them, asked only for people who
    are registered elsewhere.
    """

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
    case_id: str
    last_run: str = ""
    deprivation_fifth: int | None = None


def people_of_practice(connection: "Connection", practice_id: str) -> list[KnownPerson]:
    """Everybody on file for a practice."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, '', deprivation_fifth FROM person"
        " LEFT JOIN person_case ON person_case.person_id = person.id WHERE practice_id = ?",
        (practice_id,),
    )
    return [KnownPerson._make(row) for row in rows]


def people_with_numbers(connection: "Connection", numbers: Sequence[str]) -> dict[str, KnownPerson]:
    """People on file by NHS number, wherever they are registered."""
    if not numbers:
        return {}
    rows = connection.execute(
        f"SELECT {_COLUMNS}, coalesce((SELECT max(run_date) FROM risk_score"
        " JOIN stratification_run ON stratification_run.id = run_id WHERE risk_score.person_id = person.id), ''),"
        " deprivation_fifth"
        " FROM json_each(?) AS wanted JOIN person ON nhs_number = wanted.value"
        " LEFT JOIN person_case ON person_case.person_id = person.id",
        (orjson.dumps(list(numbers)).decode(),),
    )
    return {str(row[1]): KnownPerson._make(row) for row in rows}


def person(connection: "Connection", person_id: str | None, nhs_number: str | None) -> KnownPerson | None:
    """The person with this id; where none is given, the one with this NHS number."""
    row = connection.execute(
        f"SELECT {_COLUMNS}, coalesce((SELECT max(run_date) FROM risk_score"
        " JOIN stratification_run ON stratification_run.id = run_id WHERE risk_score.person_id = person.id), ''),"
        " deprivation_fifth"
        " FROM person LEFT JOIN person_case ON person_case.person_id = person.id"
        " WHERE person.id = ?1 OR (?1 IS NULL AND nhs_number = ?2)",
        (person_id, nhs_number),
    ).fetchone()
    return KnownPerson._make(row) if row else None


def born_on(connection: "Connection", born: str) -> list[KnownPerson]:
    """Everybody on file who was born on a day (ISO date)."""
    rows = connection.execute(
        f"SELECT {_COLUMNS}, '', deprivation_fifth FROM person"
        " LEFT JOIN person_case ON person_case.person_id = person.id WHERE born = ? ORDER BY person.id",
        (born,),
    )
    return [KnownPerson._make(row) for row in rows]


def added_without_number(connection: "Connection") -> dict[str, list[KnownPerson]]:
    """People without NHS number who were added from a held row, by the number in that row, empty where it has none.

    The number is somebody else's. Lists go on giving it, and the person is known by it until they get their own.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS}, coalesce((SELECT max(run_date) FROM risk_score"
        " JOIN stratification_run ON stratification_run.id = run_id WHERE risk_score.person_id = person.id), ''),"
        " deprivation_fifth,"
        " coalesce(json_extract(row_json, '$.row.nhs_number'), '') AS given"
        " FROM held_row JOIN person ON person.id = held_row.person_id"
        " LEFT JOIN person_case ON person_case.person_id = person.id"
        " WHERE decision = 'added_as_new' AND person.nhs_number IS NULL"
        " GROUP BY person.id, given ORDER BY person.id"
    )
    found: dict[str, list[KnownPerson]] = {}
    for *values, number in rows:
        found.setdefault(str(number), []).append(KnownPerson._make(values))
    return found


def run_facts(connection: "Connection", practice_id: str, run_date: date) -> tuple[date | None, str | None]:
    """The date of a practice's latest run, and the file hash of its run of a date; None where there is none."""
    latest, sha256 = connection.execute(
        "SELECT max(run_date), max(CASE WHEN run_date = ?2 THEN file_sha256 END) FROM stratification_run"
        " WHERE practice_id = ?1",
        (practice_id, run_date.isoformat()),
    ).fetchone()
    return date.fromisoformat(latest) if latest else None, sha256


def practice(connection: "Connection", code: str) -> tuple[str, str, str, int] | None:
    """Id, name, locality id and list size of the practice with an ODS code, or None."""
    row = connection.execute("SELECT id, name, locality_id, list_size FROM practice WHERE code = ?", (code,)).fetchone()
    return (str(row[0]), str(row[1]), str(row[2]), int(row[3])) if row else None


def scores_of_run(connection: "Connection", run_id: str) -> dict[str, str]:
    """The score ids of a run by person id."""
    return dict(connection.execute("SELECT person_id, id FROM risk_score WHERE run_id = ?", (run_id,)).fetchall())


def score_of(connection: "Connection", run_id: str, person_id: str) -> dict[str, str]:
    """The score id of one person in a run, by person id; empty where they are not in it."""
    rows = connection.execute(
        "SELECT person_id, id FROM risk_score WHERE person_id = ? AND run_id = ?", (person_id, run_id)
    )
    return dict(rows.fetchall())


def shared_among(connection: "Connection", type_: str, ids: Sequence[str]) -> set[str]:
    """Which of these records have gone, or wait to go, to the central store."""
    rows = connection.execute(
        "SELECT value FROM json_each(?2) AS wanted"
        " WHERE EXISTS (SELECT 1 FROM outbox WHERE outbox.id = wanted.value AND type = ?1 AND kind = 'create')"
        " OR EXISTS (SELECT 1 FROM sync_record WHERE type = ?1 AND sync_record.id = wanted.value)",
        (type_, orjson.dumps(list(ids)).decode()),
    )
    return {str(row[0]) for row in rows}
