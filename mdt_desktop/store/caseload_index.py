"""Keeps the caseload table and the search words in step with the records, inside the same transaction.

`caseload_index` has one row a person: all that a list shows of them, so that a page of a list is read from a page or
two of the file each. What lists are filtered and sorted by stands in its two indexes as well; practices, localities
and leads are the small numbers that `caseload_key` gives their ids, so that an index of the whole borough is a few
megabytes. `person_search` is the full-text index of `words`; triggers keep it, and only when a person's words are
others than before.
"""

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson
from sqlcipher3 import dbapi2

from mdt_desktop.store.search import initials_of, search_words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

TIER_ORDER = {"very_high": 0, "high": 1, "moderate": 2, "below": 3}
NO_TIER = 4
"""Tier order of a person who is not in the latest run of their practice, or whose practice has none."""

STAGE_ORDER = {
    "identified": 1,
    "invited": 2,
    "consented": 3,
    "assessing": 4,
    "planning": 5,
    "active": 6,
    "review": 7,
    "stepped_down": 8,
    "declined": 9,
}
NO_CASE = 0
"""Stage order of a person without a case."""
TREND_POINTS = 6
"""A person's last scores that a list shows as a line."""
_VERSION, _REGISTERED = "caseload.version", "caseload.registered"


def _ordered(column: str, order: dict[str, int], otherwise: int) -> str:
    whens = " ".join(f"WHEN '{word}' THEN {number}" for word, number in order.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"


TIER_ORDER_SQL = _ordered("score.tier", TIER_ORDER, NO_TIER)
STAGE_ORDER_SQL = _ordered("person_case.stage", STAGE_ORDER, NO_CASE)
_KEPT = (
    "sort_name", "born", "practice_no", "locality_no", "tier_order", "risk", "stage_order", "lead_no", "has_plan",
    "review_due", "words", "initials", "family_name", "given_names", "title", "nhs_number", "died", "gender", "case_id",
    "trend",
)  # fmt: skip
_KEYS = """
INSERT INTO caseload_key (id) SELECT id FROM (
    SELECT id FROM practice UNION ALL SELECT id FROM locality UNION ALL SELECT id FROM practitioner)
 WHERE id NOT IN (SELECT id FROM caseload_key)
"""
_PEOPLE = {
    "some": "json_each(?) AS wanted JOIN person ON person.id = wanted.value",
    "practices": "json_each(?) AS wanted JOIN person ON person.practice_id = wanted.value",
    "all": "person",
}

_WORDS = "search_words(family_name, given_names, preferred_name, nhs_number, person.born, postcode)"


def _refresh_sql(people: str) -> str:
    """One statement for any number of people; a row that would stay as it is is not written again."""
    changed = " OR ".join(f"excluded.{name} IS NOT caseload_index.{name}" for name in _KEPT)
    return f"""
INSERT INTO caseload_index (person_id, {", ".join(_KEPT)})
SELECT person.id, sort_name(person.family_name, person.given_names), person.born,
       (SELECT no FROM caseload_key WHERE id = person.practice_id),
       (SELECT no FROM caseload_key WHERE id = practice.locality_id),
       {TIER_ORDER_SQL}, score.score, {STAGE_ORDER_SQL},
       (SELECT no FROM lead_allocation JOIN caseload_key ON caseload_key.id = practitioner_id
         WHERE case_id = person_case.id AND status = 'agreed' LIMIT 1),
       plan.id IS NOT NULL, plan.review_due,
       {_WORDS}, initials_of({_WORDS}), family_name, given_names, title, nhs_number, died, gender, person_case.id,
       (SELECT group_concat(one.score, ' ') FROM (
           SELECT other.score FROM risk_score AS other JOIN stratification_run AS run ON run.id = other.run_id
            WHERE other.person_id = person.id AND other.score IS NOT NULL
            ORDER BY run.run_date DESC LIMIT {TREND_POINTS}) AS one)
  FROM {_PEOPLE[people]}
  JOIN practice ON practice.id = person.practice_id
  LEFT JOIN person_case ON person_case.person_id = person.id
  LEFT JOIN care_plan AS plan ON plan.case_id = person_case.id AND plan.status = 'agreed'
  LEFT JOIN risk_score AS score ON score.person_id = person.id AND score.run_id = (
       SELECT id FROM stratification_run WHERE practice_id = person.practice_id
        ORDER BY run_date DESC LIMIT 1)
 WHERE true
ON CONFLICT (person_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _KEPT)}
 WHERE {changed}
"""


_REFRESH = {people: _refresh_sql(people) for people in _PEOPLE}


def sort_name(family_name: str, given_names: str) -> str:
    """The key names are sorted by: family name, then given names, without accents or case."""
    return f"{plain(family_name)}\x1f{plain(given_names)}"


def plain(text: str) -> str:
    """Lower case without accents, so that `Siân` sorts beside `Sian`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def prepare(connection: "Connection") -> None:
    """Give a connection the functions that the index needs; call once when it is opened."""
    connection.create_function("sort_name", 2, sort_name, deterministic=True)
    # The same person's words are asked for twice: as they are and for their initials.
    connection.create_function("search_words", 6, lru_cache(1)(search_words), deterministic=True)
    connection.create_function("initials_of", 1, initials_of, deterministic=True)


def forget(connection: "Connection") -> None:
    """Call before a connection is closed: its function for search words holds the words of the last person."""
    with suppress(dbapi2.Error):  # it is closed already
        connection.create_function("search_words", 6, None)


def refresh(connection: "Connection", person_ids: Iterable[str]) -> None:
    """Bring the rows and search words of some people up to date, inside the caller's transaction."""
    _refresh(connection, "some", (orjson.dumps(sorted(set(person_ids))).decode(),))


def refresh_practices(connection: "Connection", practice_ids: Iterable[str]) -> None:
    """The same for everybody registered with some practices, after an import of their risk runs."""
    _refresh(connection, "practices", (orjson.dumps(sorted(set(practice_ids))).decode(),))


def refresh_all(connection: "Connection") -> None:
    """The same for everybody."""
    _refresh(connection, "all", ())


def forget_words(connection: "Connection") -> None:
    """Take the words of people who left out of the full-text index: it marks them only, until it is written anew.

    A second for a whole borough; only for people that this laptop may no longer hold.
    """
    connection.execute("INSERT INTO person_search (person_search) VALUES ('optimize')")


def version(connection: "Connection") -> int:
    """A number that grows whenever a row changed, so that a list in memory knows when it is old."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (_VERSION,)).fetchone()
    return int(row[0]) if row else 0


def registered(connection: "Connection") -> int:
    """How many people the caseload holds; counted when somebody came, because counting a borough takes 40 ms."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (_REGISTERED,)).fetchone()
    return int(row[0]) if row else 0


def _refresh(connection: "Connection", people: str, wanted: tuple[str, ...]) -> None:
    connection.execute(_KEYS)
    before, last = connection.total_changes, _last_number(connection)
    connection.execute(_REFRESH[people], wanted)
    if connection.total_changes != before:
        connection.execute(
            "INSERT INTO setting (key, value) VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
            (_VERSION,),
        )
    if _last_number(connection) != last:
        connection.execute(
            "INSERT INTO setting (key, value) SELECT ?, count(*) FROM caseload_index WHERE true"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (_REGISTERED,),
        )


def _last_number(connection: "Connection") -> int:
    (number,) = connection.execute("SELECT coalesce(max(person_no), 0) FROM caseload_index").fetchone()
    return int(number)
