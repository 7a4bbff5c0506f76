"""Reads what the care plan page shows: person, plan, versions, what is still missing, who could own an action."""

from dataclasses import dataclass

from mdt_desktop.domain.care_plan import PlanStatus, missing_to_agree
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.case_file import CaseFile, Overview, read_plan
from mdt_desktop.services.plan_comparison import Difference, compare
from mdt_desktop.store.queries import care_plans, directory
from mdt_desktop.store.queries.care_plans import (
    ActionSummary,
    ContingencySummary,
    GoalSummary,
    NeedSummary,
    OtherPlanSummary,
    PlanSummary,
    PlanVersion,
)
from mdt_desktop.store.queries.directory import PractitionerSummary

__all__ = [
    "ActionSummary",
    "ContingencySummary",
    "Difference",
    "GoalSummary",
    "NeedSummary",
    "OtherPlanSummary",
    "Overview",
    "PlanDesk",
    "PlanSummary",
    "PlanVersion",
    "PractitionerSummary",
    "compare_versions",
    "read_desk",
]


@dataclass(frozen=True, slots=True)
class PlanDesk:
    """Everything on the page. `plan` is None where the case has none; `missing` has word keys, empty when closed."""

    overview: Overview
    plan: PlanSummary | None
    missing: tuple[str, ...]
    practitioners: tuple[PractitionerSummary, ...]


def read_desk(access: Access, case_id: str, plan_id: str = "") -> PlanDesk:
    """Read one version of the case's plan, the latest unless `plan_id` names another.

    `case_id` may be a case id, a person id, or empty where a plan is named. Through the reader connection; nothing
    is written. Raises `NotPermitted`, `NotFound`.
    """
    connection = access.database.reader
    file = CaseFile(access)
    overview = file.overview(file.find(case_id or care_plans.plan(connection, plan_id).case_id))
    wanted = plan_id or (overview.plan_versions[0].id if overview.plan_versions else "")
    access.require(Permission.SEE_PLAN, overview.person.id)
    plan = read_plan(access, wanted) if wanted else None
    missing: tuple[str, ...] = ()
    if plan is not None and plan.status is PlanStatus.DRAFT:
        missing = missing_to_agree(care_plans.facts_of(plan, overview.consent.may_share), access.today())
    return PlanDesk(overview, plan, missing, tuple(directory.practitioners(connection)))


def compare_versions(access: Access, case_id: str, earlier_id: str, later_id: str) -> tuple[Difference, ...]:
    """What changed from one version of a case's plan to a later one; raises `NotPermitted`, `NotFound`."""
    connection = access.database.reader
    access.require(Permission.SEE_PLAN, case_id)
    numbers = {it.id: it.version for it in care_plans.versions(connection, case_id)}
    first, last = sorted((numbers.get(earlier_id, 0), numbers.get(later_id, 0)))
    between = sorted((number, plan_id) for plan_id, number in numbers.items() if first <= number <= last)
    return compare([read_plan(access, plan_id) for _number, plan_id in between])
