"""Questions about how many people at risk have a joint plan and a lead, and how the practices' runs stand."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mdt_desktop.store.caseload_index import TIER_ORDER
from mdt_desktop.store.queries.rows import day, made

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_AT_RISK = f"tier_order < {TIER_ORDER['below']}"
_SUMS = "count(*), sum(has_plan), sum(lead_no IS NOT NULL), sum(has_plan AND lead_no IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class TierCount:
    """People of one tier in one practice: all, with an agreed plan, with an agreed lead, with both."""

    practice_id: str
    tier_order: int
    people: int
    with_plan: int
    with_lead: int
    with_both: int


@dataclass(frozen=True, slots=True)
class PracticeRun:
    """A practice with its latest run; the counts are None where it never sent one."""

    practice_id: str
    practice_name: str
    locality_id: str
    locality_name: str
    run_date: date | None
    list_size: int | None
    very_high: int | None
    high: int | None
    moderate: int | None


def at_risk_by_tier(connection: "Connection") -> list[tuple[int, int, int, int, int]]:
    """Tier order, people, with plan, with lead, with both, for each of the three tiers that has people."""
    rows = connection.execute(
        f"SELECT tier_order, {_SUMS} FROM caseload_index INDEXED BY caseload_by_risk WHERE {_AT_RISK} GROUP BY 1"
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def at_risk_by_practice(connection: "Connection") -> list[TierCount]:
    """The same by practice."""
    rows = connection.execute(
        "SELECT caseload_key.id, tier_order, people, plans, leads, boths FROM ("
        "  SELECT practice_no, tier_order, count(*) AS people, sum(has_plan) AS plans,"
        "   sum(lead_no IS NOT NULL) AS leads, sum(has_plan AND lead_no IS NOT NULL) AS boths"
        f"   FROM caseload_index INDEXED BY caseload_by_risk WHERE {_AT_RISK} GROUP BY 1, 2)"
        " JOIN caseload_key ON no = practice_no"
    )
    return [TierCount(*row) for row in rows]


def practice_runs(connection: "Connection") -> list[PracticeRun]:
    """Every practice with its latest run, by locality and name."""
    rows = connection.execute(
        "SELECT practice.id, practice.name, locality.id, locality.name, run_date, run.list_size, very_high, high,"
        " moderate FROM practice JOIN locality ON locality.id = locality_id"
        " LEFT JOIN stratification_run AS run ON run.practice_id = practice.id AND run_date = ("
        "  SELECT max(run_date) FROM stratification_run WHERE practice_id = practice.id)"
        " ORDER BY locality.name, practice.name"
    )
    return [made(PracticeRun, row, run_date=day) for row in rows]
