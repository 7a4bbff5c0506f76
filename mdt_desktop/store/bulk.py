"""Statements that write many rows at once; they bypass the unit of work, so only an import may use them.

Whoever calls these writes the audit entry and the outgoing operations in the same transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_SEARCH_BUFFER = 48 << 20
"""Bytes of search words kept back before they are written: one sorted piece a practice instead of a dozen."""
_USUAL_SEARCH_BUFFER = 1 << 20


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
    deprivation_fifth: int | None = None


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


class HeldRowRow(NamedTuple):
    """A row that waits for somebody to decide."""

    id: str
    run_id: str
    person_id: str | None
    line: int
    row_json: str
    reason: str


EMPTY_AT_FIRST: Mapping[str, str | None] = {
    **dict.fromkeys(("preferred_name", "telephone", "email", "language", "ethnicity", "religion"), ""),
    "died": None,
}
"""The columns of a new person that a risk file never fills."""


def _insert(table: str, row: type[tuple[object, ...]], more: Sequence[str] = ()) -> str:
    fields: tuple[str, ...] = getattr(row, "_fields")  # noqa: B009  # the fields of a named tuple
    names = [*fields, *more]
    values = ["?"] * len(fields) + ["''"] * len(more)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(values)})"


_PERSON = _insert("person", PersonRow, [name for name, value in EMPTY_AT_FIRST.items() if value is not None])
_SCORE = _insert("risk_score", ScoreRow)
_CASE = _insert("person_case", CaseRow)
_HELD = _insert("held_row", HeldRowRow, ("decision", "decided_by"))


def insert_people(connection: "Connection", people: Iterable[PersonRow]) -> None:
    """Insert new people."""
    connection.executemany(_PERSON, people)


def insert_scores(connection: "Connection", scores: Iterable[ScoreRow]) -> None:
    """Insert scores of one run."""
    connection.executemany(_SCORE, scores)


def insert_cases(connection: "Connection", cases: Iterable[CaseRow]) -> None:
    """Insert new cases."""
    connection.executemany(_CASE, cases)


def insert_held(connection: "Connection", rows: Iterable[HeldRowRow]) -> None:
    """Insert rows to be decided."""
    connection.executemany(_HELD, rows)


def set_columns(connection: "Connection", table: str, id_: str, values: Mapping[str, Any]) -> None:
    """Set some columns of one row."""
    names = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE {table} SET {names} WHERE id = ?", [*values.values(), id_])


@contextmanager
def searching_written_late(connection: "Connection") -> Iterator[None]:
    """Search words of everybody in this block are sorted in memory and written once."""
    _set_search_buffer(connection, _SEARCH_BUFFER)
    yield
    # In the same transaction, so that nothing is left of it when the import is undone.
    _set_search_buffer(connection, _USUAL_SEARCH_BUFFER)


def _set_search_buffer(connection: "Connection", size: int) -> None:
    connection.execute("INSERT INTO person_search (person_search, rank) VALUES ('hashsize', ?)", (size,))


def whole_rows(connection: "Connection", table: str, column: str, values: Iterable[str]) -> Iterator[dict[str, Any]]:
    """All columns of the rows whose `column` is one of `values`."""
    found = connection.execute(
        f"SELECT {table}.* FROM json_each(?) AS wanted JOIN {table} ON {table}.{column} = wanted.value",
        (orjson.dumps(list(values)).decode(),),
    )
    names = [about[0] for about in found.description or ()]
    for row in found:
        yield dict(zip(names, row, strict=True))
