"""Questions about the caseload: who is in a list, in which order, who is found, and the rows to show."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import AT_RISK, Tier
from mdt_desktop.store.caseload_index import STAGE_ORDER, TIER_ORDER
from mdt_desktop.store.queries.rows import day
from mdt_desktop.store.search import Search

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_CHUNK = 4_000
_STEPS_BETWEEN_LOOKS = 20_000


class CaseloadSort(StrEnum):
    """What a list is sorted by."""

    RISK = "risk"
    NAME = "name"
    BORN = "born"
    STAGE = "stage"
    LEAD = "lead"
    REVIEW_DUE = "review_due"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class CaseloadFilter:
    """Who is in a list. An empty set, an empty text and None let everybody pass.

    `review_within` is in days from today and takes those overdue as well; 0 is due today or overdue, -1 overdue only.
    """

    text: str = ""
    tiers: frozenset[Tier] = frozenset()
    localities: frozenset[str] = frozenset()
    practices: frozenset[str] = frozenset()
    stages: frozenset[Stage] = frozenset()
    lead: str = ""
    review_within: int | None = None
    has_plan: bool | None = None
    has_lead: bool | None = None

    @property
    def at_risk_only(self) -> bool:
        """Whether exactly the three tiers are shown."""
        return self.tiers == frozenset(AT_RISK)


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """One person in a list. `tier` is None for who is not in their practice's latest run, `stage` where there is no
    case; `trend` are the scores of the last runs, the oldest first."""

    person_id: str
    case_id: str
    family_name: str
    given_names: str
    title: str
    nhs_number: str
    born: date | None
    died: date | None
    gender: Gender
    tier: Tier | None
    score: float | None
    trend: tuple[float, ...]
    practice_id: str
    practice_name: str
    locality_name: str
    stage: Stage | None
    lead_name: str
    has_plan: bool
    review_due: date | None
    restricted: bool = False
    closed: bool = False
    """Restricted and shut to the user: only the name is told, everything else is empty."""


_TIERS = {number: Tier(word) for word, number in TIER_ORDER.items()}
_STAGES = {number: Stage(word) for word, number in STAGE_ORDER.items()}
_GENDERS = {gender.value: gender for gender in Gender}
# Where a column may be empty, the empty ones come last whichever way the list is sorted.
_BY = {
    CaseloadSort.RISK: "tier_order {rising}, risk {falling}",
    CaseloadSort.NAME: "sort_name {rising}",
    CaseloadSort.BORN: "born {rising}",
    CaseloadSort.STAGE: "stage_order = 0, stage_order {rising}, tier_order, risk DESC",
    CaseloadSort.LEAD: "lead_no IS NULL, (SELECT name FROM caseload_key JOIN practitioner USING (id)"
    " WHERE no = lead_no) {rising}, tier_order, risk DESC",
    CaseloadSort.REVIEW_DUE: "review_due IS NULL, review_due {rising}",
    CaseloadSort.PRACTICE: "(SELECT name FROM caseload_key JOIN practice USING (id) WHERE no = practice_no) {rising},"
    " tier_order, risk DESC",
}
_ROWS = """
SELECT person_no, person_id, coalesce(case_id, ''), family_name, given_names, title, coalesce(nhs_number, ''), born,
       died, gender, tier_order, risk, coalesce(trend, ''), practice.id, practice.name, locality.name, stage_order,
       coalesce(practitioner.name, ''), has_plan, review_due
  FROM json_each(?) AS wanted
  CROSS JOIN caseload_index ON person_no = wanted.value
  JOIN caseload_key AS practice_key ON practice_key.no = practice_no
  JOIN practice ON practice.id = practice_key.id
  JOIN locality ON locality.id = practice.locality_id
  LEFT JOIN caseload_key AS lead_key ON lead_key.no = lead_no
  LEFT JOIN practitioner ON practitioner.id = lead_key.id
"""


def _list_sql(sort: CaseloadSort, where: str, *, backwards: bool) -> str:
    """Everything is read from one index that holds all of it; the planner alone would look into the table."""
    index = "caseload_by_name" if sort is CaseloadSort.NAME else "caseload_by_risk"
    order = _order_sql(sort, backwards=backwards)
    return f"SELECT person_no FROM caseload_index INDEXED BY {index} WHERE {where} ORDER BY {order}"


def _order_sql(sort: CaseloadSort, *, backwards: bool) -> str:
    rising, falling = ("DESC", "ASC") if backwards else ("ASC", "DESC")
    return _BY[sort].format(rising=rising, falling=falling) + f", person_no {rising}"


def _where(wanted: CaseloadFilter, today: date) -> tuple[str, list[Any]]:
    """The filter but its text, as a condition on what the caseload's indexes hold."""
    parts, values = ["true"], []

    def within(column: str, found: Iterable[Any]) -> None:
        listed = sorted(found)
        parts.append(f"{column} IN ({', '.join('?' for _ in listed)})")
        values.extend(listed)

    def keys(column: str, ids: Iterable[str]) -> None:
        listed = sorted(ids)
        marks = ", ".join("?" for _ in listed)
        parts.append(f"{column} IN (SELECT no FROM caseload_key WHERE id IN ({marks}))")
        values.extend(listed)

    if wanted.tiers:
        within("tier_order", (TIER_ORDER[tier] for tier in wanted.tiers))
    if wanted.stages:
        within("stage_order", (STAGE_ORDER[stage] for stage in wanted.stages))
    if wanted.localities:
        keys("locality_no", wanted.localities)
    if wanted.practices:
        keys("practice_no", wanted.practices)
    if wanted.lead:
        keys("lead_no", (wanted.lead,))
    if wanted.review_within is not None:
        parts.append("review_due <= ?")
        values.append((today + timedelta(days=wanted.review_within)).isoformat())
    if wanted.has_plan is not None:
        parts.append(f"has_plan = {int(wanted.has_plan)}")
    if wanted.has_lead is not None:
        parts.append(f"lead_no IS {'NOT ' if wanted.has_lead else ''}NULL")
    return " AND ".join(parts), values


def first_numbers(
    connection: "Connection",
    wanted: CaseloadFilter,
    sort: CaseloadSort,
    *,
    backwards: bool,
    today: date,
    limit: int,
    initials: int = 0,
    only: Iterable[int] | None = None,
    without: Iterable[int] = (),
) -> list[int]:
    """The person numbers at the top of a list, whatever its text; of those with some `initials` (`Search.initials`).

    `only` some people, and `without` others, whatever the filter says.
    """
    where, values = _where(wanted, today)
    if only is not None:
        where += " AND person_no IN (SELECT value FROM json_each(?))"
        values.append(orjson.dumps(sorted(only)).decode())
    if without:
        where += " AND person_no NOT IN (SELECT value FROM json_each(?))"
        values.append(orjson.dumps(sorted(without)).decode())
    sql = f"{_list_sql(sort, f'{where} AND initials & ? = ?', backwards=backwards)} LIMIT ?"
    return [number for (number,) in connection.execute(sql, (*values, initials, initials, limit))]


def all_numbers(
    connection: "Connection",
    wanted: CaseloadFilter,
    sort: CaseloadSort,
    *,
    backwards: bool,
    today: date,
    still_wanted: Callable[[], bool],
) -> "array[int] | None":
    """Every person number of a list in its order, whatever its text: 1 MB for a borough. None once not wanted."""
    where, values = _where(wanted, today)
    numbers = array("i")

    def take(chunk: list[tuple[int]]) -> None:
        numbers.extend([number for (number,) in chunk])

    sql = _list_sql(sort, where, backwards=backwards)
    return numbers if _taken(connection, sql, values, still_wanted, take) else None


def found_numbers(
    connection: "Connection", search: Search, still_wanted: Callable[[], bool], at_most: int = -1
) -> list[int] | None:
    """The numbers of the people found, in no order and no more than `at_most`. None once not wanted."""
    if search.finds_nobody:
        return []
    found: list[int] = []

    def take(chunk: list[tuple[str]]) -> None:
        found.extend(orjson.loads(chunk[0][0]))

    # One row with all numbers in it: 60,000 rows would take five times as long to fetch as to find.
    sql = (
        "SELECT json_group_array(number) FROM"
        " (SELECT rowid AS number FROM person_search WHERE person_search MATCH ? LIMIT ?)"
    )
    return found if _taken(connection, sql, (search.match(), at_most), still_wanted, take) else None


def fitting(connection: "Connection", search: Search, numbers: Iterable[int]) -> Iterator[int]:
    """Those of `numbers` whose search words fit, in the given order; for words that fit very many."""
    sql = "SELECT words FROM caseload_index WHERE person_no = ?"
    for number in numbers:
        row = connection.execute(sql, (number,)).fetchone()
        if row is not None and search.fits(row[0]):
            yield number


def rows(connection: "Connection", numbers: Sequence[int]) -> list[CaseloadRow]:
    """The rows of some people in the given order; who is no longer there is left out."""
    by_number = rows_by_number(connection, numbers)
    return [by_number[number] for number in numbers if number in by_number]


def by_name(connection: "Connection", numbers: Iterable[int]) -> list[int]:
    """Some people's numbers in the order of their names."""
    found = connection.execute(
        "SELECT person_no FROM json_each(?) AS wanted JOIN caseload_index ON person_no = wanted.value"
        " ORDER BY sort_name, person_no",
        (orjson.dumps(list(numbers)).decode(),),
    )
    return [int(number) for (number,) in found]


def rows_by_number(connection: "Connection", numbers: Sequence[int]) -> dict[int, CaseloadRow]:
    """The rows of some people by number; who is no longer there is left out."""
    found = connection.execute(_ROWS, (orjson.dumps(list(numbers)).decode(),))
    return {int(row[0]): _row(row) for row in found}


def last_number(connection: "Connection") -> int:
    """The highest person number there is; 0 in an empty store."""
    (number,) = connection.execute("SELECT coalesce(max(person_no), 0) FROM caseload_index").fetchone()
    return int(number)


def number_of(connection: "Connection", person_id: str) -> int | None:
    """A person's number in the index, or None."""
    row = connection.execute("SELECT person_no FROM caseload_index WHERE person_id = ?", (person_id,)).fetchone()
    return None if row is None else int(row[0])


def recently_viewed(connection: "Connection", actor_id: str, limit: int) -> list[int]:
    """The numbers of the people somebody looked at last, the latest first, among the last thousand entries."""
    found = connection.execute(
        "SELECT person_no FROM (SELECT person_id, max(seq) AS last FROM ("
        "  SELECT seq, person_id, action, actor_id FROM audit_entry ORDER BY seq DESC LIMIT 1000)"
        " WHERE action = 'view' AND actor_id = ? AND person_id IS NOT NULL GROUP BY person_id)"
        " JOIN caseload_index USING (person_id) ORDER BY last DESC LIMIT ?",
        (actor_id, limit),
    )
    return [number for (number,) in found]


def _row(row: Sequence[Any]) -> CaseloadRow:
    """Written out: a list is read at every key, and the usual way to make a summary takes twice as long."""
    (
        _, person_id, case_id, family_name, given_names, title, nhs_number, born, died, gender, tier, score, trend,
        practice_id, practice_name, locality_name, stage, lead_name, has_plan, review_due,
    ) = row  # fmt: skip
    return CaseloadRow(
        person_id, case_id, family_name, given_names, title, nhs_number, day(born), day(died) if died else None,
        _GENDERS[gender], _TIERS.get(tier), score, _trend(trend), practice_id, practice_name, locality_name,
        _STAGES.get(stage), lead_name, bool(has_plan), day(review_due) if review_due else None,
    )  # fmt: skip


def _trend(scores: str) -> tuple[float, ...]:
    return tuple(float(score) for score in reversed(scores.split()))


def _taken(
    connection: "Connection",
    sql: str,
    values: Sequence[Any],
    still_wanted: Callable[[], bool],
    take: Callable[[list[Any]], None],
) -> bool:
    """Give the rows of a query to `take`; given up (False) within a few milliseconds once nobody waits for it."""
    # A sort works long before its first row: only this look, between steps of the database, can stop it.
    connection.set_progress_handler(lambda: 0 if still_wanted() else 1, _STEPS_BETWEEN_LOOKS)
    try:
        cursor = connection.execute(sql, values)
        while chunk := cursor.fetchmany(_CHUNK):
            if not still_wanted():
                return False
            take(chunk)
    except Exception:
        if not still_wanted():
            return False
        raise
    finally:
        connection.set_progress_handler(None, 0)
    return True


@contextmanager
def one_moment(connection: "Connection") -> Iterator["Connection"]:
    """Several questions answered from the same state of the store, whatever is written meanwhile."""
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("COMMIT")
