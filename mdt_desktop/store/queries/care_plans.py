"""Questions about care plans: the versions of a case and the whole of one plan."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.care_plan import (
    ABOUT_ME,
    ActionStatus,
    AgreedWith,
    GoalStatus,
    IStatementDomain,
    PlanFacts,
    PlanStatus,
)
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.store.queries import consents
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version in the list of a case's plans."""

    id: str
    version: int
    status: PlanStatus
    started_at: datetime
    started_by: str
    agreed_on: date | None
    agreed_name: str
    review_due: date | None


@dataclass(frozen=True, slots=True)
class ActionSummary:
    """What is done towards a goal; `owner` is the practitioner's name or the name written by hand."""

    id: str
    origin: str | None
    what: str
    practitioner_id: str | None
    who: str
    owner: str
    when_words: str
    due: date | None
    status: ActionStatus
    confidence: int | None


@dataclass(frozen=True, slots=True)
class GoalSummary:
    """A goal with its actions."""

    id: str
    origin: str | None
    words: str
    importance: int | None
    domain: IStatementDomain | None
    status: GoalStatus
    actions: tuple[ActionSummary, ...]


@dataclass(frozen=True, slots=True)
class NeedSummary:
    """A need with its goals."""

    id: str
    origin: str | None
    words: str
    goals: tuple[GoalSummary, ...]


@dataclass(frozen=True, slots=True)
class ContingencySummary:
    """What should happen if something goes wrong."""

    id: str
    origin: str | None
    trigger: str
    what_should_happen: str
    contact_name: str
    contact_role: str
    contact_telephone: str


@dataclass(frozen=True, slots=True)
class OtherPlanSummary:
    """Another plan of the person."""

    id: str
    origin: str | None
    kind: str
    location: str
    dated: date | None
    replaced: bool


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The whole of one plan; `about_me` has the seven texts of `domain.care_plan.ABOUT_ME` in order."""

    id: str
    case_id: str
    version: int
    status: PlanStatus
    started_at: datetime
    started_by: str
    about_me: dict[str, str]
    supported_by: str
    strengths: str
    funding: str
    agreed_with: AgreedWith | None
    agreed_name: str
    agreed_role: str
    agreed_on: date | None
    agreed_by: str
    review_due: date | None
    reviewer_id: str | None
    reviewer_name: str
    needs: tuple[NeedSummary, ...]
    contingency_plans: tuple[ContingencySummary, ...]
    other_plans: tuple[OtherPlanSummary, ...]


def versions(connection: "Connection", case_id: str) -> list[PlanVersion]:
    """Every version of a case's plan, the latest first."""
    rows = connection.execute(
        "SELECT id, version, status, started_at, started_by, agreed_on, agreed_name, review_due"
        " FROM care_plan WHERE case_id = ? ORDER BY version DESC",
        (case_id,),
    )
    return [
        made(PlanVersion, row, status=PlanStatus, started_at=moment, agreed_on=day, review_due=day)
        for row in rows
    ]


def plan(connection: "Connection", plan_id: str) -> PlanSummary:
    """The whole plan; raises `NotFound`."""
    row = connection.execute(
        "SELECT care_plan.id, case_id, version, status, started_at, started_by, supported_by, strengths,"
        " funding, agreed_with, agreed_name, agreed_role, agreed_on, agreed_by, review_due, reviewer_id,"
        f" coalesce(practitioner.name, ''), {', '.join(ABOUT_ME)}"
        " FROM care_plan LEFT JOIN practitioner ON practitioner.id = reviewer_id WHERE care_plan.id = ?",
        (plan_id,),
    ).fetchone()
    if row is None:
        raise NotFound(kind="care_plan")
    about_me = dict(zip(ABOUT_ME, row[17:], strict=True))
    return made(
        PlanSummary,
        (*row[:6], about_me, *row[6:17]),
        _needs(connection, plan_id),
        _contingencies(connection, plan_id),
        _other_plans(connection, plan_id),
        status=PlanStatus,
        started_at=moment,
        agreed_with=AgreedWith,
        agreed_on=day,
        review_due=day,
    )


def facts(connection: "Connection", plan_id: str, person_id: str) -> PlanFacts:
    """What agreeing the plan looks at."""
    return facts_of(plan(connection, plan_id), consents.in_force(connection, person_id).may_share)


def facts_of(whole: PlanSummary, may_share: bool) -> PlanFacts:
    """What agreeing a plan looks at, of a plan that was read already; empty needs, goals and actions do not count."""
    goals = [goal for need in whole.needs for goal in need.goals if goal.words.strip()]
    actions = [action for goal in goals for action in goal.actions if action.what.strip()]
    return PlanFacts(
        most_important=whole.about_me["most_important"],
        needs=sum(bool(need.words.strip()) for need in whole.needs),
        goals=len(goals),
        actions=len(actions),
        actions_without_owner=sum(not action.owner.strip() for action in actions),
        contingency_plans=sum(bool(it.what_should_happen.strip()) for it in whole.contingency_plans),
        agreed_name=whole.agreed_name,
        agreed_with=whole.agreed_with,
        review_due=whole.review_due,
        reviewer=whole.reviewer_id is not None,
        basis_to_share=may_share,
    )


def _needs(connection: "Connection", plan_id: str) -> tuple[NeedSummary, ...]:
    actions: dict[str, list[ActionSummary]] = {}
    for goal_id, *row in connection.execute(
        "SELECT goal_id, action.id, action.origin, what, practitioner_id, who,"
        " coalesce(practitioner.name, who), when_words, due, action.status, confidence"
        " FROM action JOIN goal ON goal.id = goal_id JOIN need ON need.id = need_id"
        " LEFT JOIN practitioner ON practitioner.id = practitioner_id"
        " WHERE plan_id = ? ORDER BY action.order_key, action.id",
        (plan_id,),
    ):
        action = made(ActionSummary, row, due=day, status=ActionStatus)
        actions.setdefault(goal_id, []).append(action)
    goals: dict[str, list[GoalSummary]] = {}
    for need_id, *row in connection.execute(
        "SELECT need_id, goal.id, goal.origin, goal.words, importance, domain, status"
        " FROM goal JOIN need ON need.id = need_id WHERE plan_id = ? ORDER BY goal.order_key, goal.id",
        (plan_id,),
    ):
        of_goal = tuple(actions.get(row[0], ()))
        goal = made(GoalSummary, row, of_goal, domain=IStatementDomain, status=GoalStatus)
        goals.setdefault(need_id, []).append(goal)
    rows = connection.execute(
        "SELECT id, origin, words FROM need WHERE plan_id = ? ORDER BY order_key, id", (plan_id,)
    )
    return tuple(made(NeedSummary, row, tuple(goals.get(row[0], ()))) for row in rows)


def _contingencies(connection: "Connection", plan_id: str) -> tuple[ContingencySummary, ...]:
    rows = connection.execute(
        "SELECT id, origin, trigger, what_should_happen, contact_name, contact_role, contact_telephone"
        " FROM contingency_plan WHERE plan_id = ? ORDER BY order_key, id",
        (plan_id,),
    )
    return tuple(ContingencySummary(*row) for row in rows)


def _other_plans(connection: "Connection", plan_id: str) -> tuple[OtherPlanSummary, ...]:
    rows = connection.execute(
        "SELECT id, origin, kind, location, dated, replaced FROM other_plan WHERE plan_id = ?"
        " ORDER BY order_key, id",
        (plan_id,),
    )
    return tuple(made(OtherPlanSummary, row, dated=day, replaced=bool) for row in rows)
