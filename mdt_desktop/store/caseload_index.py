"""Keeps the narrow caseload table and the search words in step with the records, inside the same transaction.

`caseload_index` has one short row a person: what lists are filtered and sorted by, nothing that is only shown.
`person_search` is the full-text index over it: names, NHS number, date of birth and postcode.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

import orjson

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


def _ordered(column: str, order: dict[str, int], otherwise: int) -> str:
    whens = " ".join(f"WHEN '{word}' THEN {number}" for word, number in order.items())
    return f"CASE {column} {whens} ELSE {otherwise} END"


TIER_ORDER_SQL = _ordered("score.tier", TIER_ORDER, NO_TIER)
STAGE_ORDER_SQL = _ordered("person_case.stage", STAGE_ORDER, NO_CASE)

_REFRESH = f"""
INSERT INTO caseload_index (person_id, sort_name, born, practice_id, locality_id, tier_order, risk, case_id,
                            stage_order, lead_id, has_plan, review_due)
SELECT person.id, sort_name(person.family_name, person.given_names), person.born, person.practice_id,
       practice.locality_id, {TIER_ORDER_SQL}, score.score, person_case.id, {STAGE_ORDER_SQL},
       (SELECT practitioner_id FROM lead_allocation
         WHERE case_id = person_case.id AND status = 'agreed' LIMIT 1),
       plan.id IS NOT NULL, plan.review_due
  FROM json_each(?) AS wanted
  JOIN person ON person.id = wanted.value
  JOIN practice ON practice.id = person.practice_id
  LEFT JOIN person_case ON person_case.person_id = person.id
  LEFT JOIN care_plan AS plan ON plan.case_id = person_case.id AND plan.status = 'agreed'
  LEFT JOIN risk_score AS score ON score.person_id = person.id AND score.run_id = (
       SELECT id FROM stratification_run WHERE practice_id = person.practice_id
        ORDER BY run_date DESC LIMIT 1)
 WHERE true
ON CONFLICT (person_id) DO UPDATE SET
    sort_name = excluded.sort_name, born = excluded.born, practice_id = excluded.practice_id,
    locality_id = excluded.locality_id, tier_order = excluded.tier_order, risk = excluded.risk,
    case_id = excluded.case_id, stage_order = excluded.stage_order, lead_id = excluded.lead_id,
    has_plan = excluded.has_plan, review_due = excluded.review_due
"""


def sort_name(family_name: str, given_names: str) -> str:
    """The key names are sorted by: family name, then given names, without accents or case."""
    return f"{plain(family_name)}\x1f{plain(given_names)}"


def plain(text: str) -> str:
    """Lower case without accents, so that `Siân` sorts and is found beside `Sian`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def search_words(
    family_name: str, given_names: str, preferred_name: str, nhs_number: str | None, born: str, postcode: str
) -> str:
    """The words a person is found by; `born` is an ISO date.

    The date stands as 14081940 and 19400814, the postcode with and without its space, a name with apostrophe or
    hyphen both in its parts and joined.
    """
    names = " ".join(part for part in (family_name, given_names, preferred_name) if part)
    joined = re.sub(r"['’\-]", "", names) if re.search(r"['’\-]", names) else ""
    year, month, day = born[:4], born[5:7], born[8:10]
    code = postcode.replace(" ", "")
    return (
        f"{names} {joined} {nhs_number or ''} {day}{month}{year} {year}{month}{day}"
        f" {code} {code[:-3] if len(code) > 4 else ''}"
    )


def prepare(connection: "Connection") -> None:
    """Give a connection the functions that the index needs; call once when it is opened."""
    connection.create_function("sort_name", 2, sort_name, deterministic=True)
    connection.create_function("search_words", 6, search_words, deterministic=True)


def refresh(connection: "Connection", person_ids: Iterable[str]) -> None:
    """Bring the rows and search words of some people up to date, inside the caller's transaction."""
    wanted = orjson.dumps(sorted(set(person_ids))).decode()
    connection.execute(_REFRESH, (wanted,))
    connection.execute(
        "INSERT OR REPLACE INTO person_search (rowid, words)"
        " SELECT caseload_index.person_no, search_words(family_name, given_names, preferred_name, nhs_number,"
        " person.born, postcode) FROM json_each(?) AS wanted JOIN person ON person.id = wanted.value"
        " JOIN caseload_index ON caseload_index.person_id = person.id",
        (wanted,),
    )
