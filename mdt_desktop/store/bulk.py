"""Statements that write many rows at once; they bypass the unit of work, so only an import may use them.

Whoever calls these writes the audit entry and the outgoing operations in the same transaction.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mdt_desktop.store.caseload_index import NO_TIER, search_words, sort_name

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class PersonRow(NamedTuple):
    """A new person; dates are ISO texts, the columns not named here are empty."""

    id: str
    nhs_number: str | None
    nhs_number_status: str
    family_name: str
    given_names: str
    title: str
    born: str
    gender: str
    address: str
    postcode: str
    practice_id: str


class ScoreRow(NamedTuple):
    """A person's place in a run."""

    id: str
    person_id: str
    run_id: str
    score: float | None
    rank: int | None
    tier: str
    emergency_admissions: int | None
    long_term_conditions: str
    frailty_index: float | None


class CaseRow(NamedTuple):
    """A new case."""

    id: str
    person_id: str
    stage: str
    stage_since: str
    opened_on: str
    complexity: str
    primary_need: str


class IndexRow(NamedTuple):
    """The narrow row of a new person; `risk` is the score lists are sorted by."""

    person_no: int
    person_id: str
    sort_name: str
    born: str
    practice_id: str
    locality_id: str
    tier_order: int
    risk: float | None
    case_id: str | None
    stage_order: int


def _insert(table: str, row: type[tuple[object, ...]], more: Sequence[str] = ()) -> str:
    names = [*getattr(row, "_fields"), *more]  # noqa: B009  # the fields of a named tuple
    values = ["?"] * len(getattr(row, "_fields")) + ["''"] * len(more)  # noqa: B009
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(values)})"


_PERSON = _insert("person", PersonRow, ("preferred_name", "telephone", "email", "language", "ethnicity", "religion"))
_SCORE = _insert("risk_score", ScoreRow)
_CASE = _insert("person_case", CaseRow)
_INDEX = _insert("caseload_index", IndexRow).replace("stage_order)", "stage_order, has_plan)").replace("?)", "?, 0)")


def insert_people(connection: "Connection", people: Iterable[PersonRow]) -> None:
    """Insert new people."""
    connection.executemany(_PERSON, people)


def insert_scores(connection: "Connection", scores: Iterable[ScoreRow]) -> None:
    """Insert scores of one run."""
    connection.executemany(_SCORE, scores)


def insert_cases(connection: "Connection", cases: Iterable[CaseRow]) -> None:
    """Insert new cases."""
    connection.executemany(_CASE, cases)


def first_free_number(connection: "Connection") -> int:
    """The number that the next row of the caseload index gets."""
    row = connection.execute("SELECT coalesce(max(person_no), 0) + 1 FROM caseload_index").fetchone()
    return int(row[0])


def insert_index(connection: "Connection", rows: Sequence[IndexRow], people: Sequence[PersonRow]) -> None:
    """Insert the narrow rows and the search words of new people; both in the same order."""
    connection.executemany(_INDEX, rows)
    connection.executemany(
        "INSERT INTO person_search (rowid, words) VALUES (?, ?)",
        (
            (
                row.person_no,
                search_words(
                    person.family_name, person.given_names, "", person.nhs_number, person.born, person.postcode
                ),
            )
            for row, person in zip(rows, people, strict=True)
        ),
    )


def index_name(family_name: str, given_names: str) -> str:
    """The sort key of a name."""
    return sort_name(family_name, given_names)


def update_risk(
    connection: "Connection", rows: Iterable[tuple[int, float | None, str | None, int | None, str]]
) -> None:
    """Set tier order and risk of people on file: (tier_order, risk, new case id, new stage order, person id)."""
    connection.executemany(
        "UPDATE caseload_index SET tier_order = ?, risk = ?, case_id = coalesce(?, case_id),"
        " stage_order = coalesce(?, stage_order) WHERE person_id = ?",
        rows,
    )


def forget_risk_of_absent(connection: "Connection", practice_id: str, run_id: str) -> None:
    """People of the practice who are not in its latest run have no tier now."""
    connection.execute(
        "UPDATE caseload_index SET tier_order = ?, risk = NULL WHERE practice_id = ? AND tier_order <> ?"
        " AND NOT EXISTS (SELECT 1 FROM risk_score WHERE risk_score.person_id = caseload_index.person_id"
        " AND run_id = ?)",
        (NO_TIER, practice_id, NO_TIER, run_id),
    )
