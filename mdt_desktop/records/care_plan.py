"""Records of the joint care plan by the PRSB structure: need, goal and action are records of their own."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from mdt_desktop.domain.care_plan import ActionStatus, AgreedWith, GoalStatus, IStatementDomain, PlanStatus
from mdt_desktop.records.base import Record, UtcDateTime, choice

_LONG = 20_000


class CarePlan(Record, table=True):
    """One version of a case's plan (FHIR CarePlan); agreed versions are kept for ever."""

    __tablename__ = "care_plan"
    __table_args__ = (Index("care_plan_case_version", "case_id", "version", unique=True),)

    case_id: str = Field(foreign_key="person_case.id")
    version: int = Field(ge=1)
    status: PlanStatus = Field(default=PlanStatus.DRAFT, sa_type=choice(PlanStatus))
    started_at: datetime = Field(sa_type=UtcDateTime)
    started_by: str = Field(max_length=200)
    most_important: str = Field(default="", max_length=_LONG)
    important_people: str = Field(default="", max_length=_LONG)
    communication: str = Field(default="", max_length=_LONG)
    wellness: str = Field(default="", max_length=_LONG)
    please_do: str = Field(default="", max_length=_LONG)
    support: str = Field(default="", max_length=_LONG)
    also_worth_knowing: str = Field(default="", max_length=_LONG)
    supported_by: str = Field(default="", max_length=200)
    strengths: str = Field(default="", max_length=_LONG)
    funding: str = Field(default="", max_length=200)
    agreed_with: AgreedWith | None = Field(default=None, sa_type=choice(AgreedWith))
    agreed_name: str = Field(default="", max_length=200)
    agreed_role: str = Field(default="", max_length=200)
    agreed_on: date | None = None
    agreed_by: str = Field(default="", max_length=200)
    review_due: date | None = None
    reviewer_id: str | None = Field(default=None, foreign_key="practitioner.id")


class Need(Record, table=True):
    """A need, concern or problem (FHIR Condition); `origin` is the same need in the version before."""

    plan_id: str = Field(foreign_key="care_plan.id", index=True)
    origin: str | None = None
    order_key: str = Field(max_length=200)
    words: str = Field(default="", max_length=_LONG)


class Goal(Record, table=True):
    """A goal or hope in the person's own words (FHIR Goal)."""

    __table_args__ = (
        CheckConstraint("importance IS NULL OR importance BETWEEN 1 AND 10", name="importance_scale"),
    )

    need_id: str = Field(foreign_key="need.id", index=True)
    origin: str | None = None
    order_key: str = Field(max_length=200)
    words: str = Field(default="", max_length=_LONG)
    importance: int | None = Field(default=None, ge=1, le=10)
    domain: IStatementDomain | None = Field(default=None, sa_type=choice(IStatementDomain))
    status: GoalStatus = Field(default=GoalStatus.ACTIVE, sa_type=choice(GoalStatus))


class Action(Record, table=True):
    """What is done towards a goal, by whom and when (FHIR Task)."""

    __table_args__ = (
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 1 AND 10", name="confidence_scale"),
    )

    goal_id: str = Field(foreign_key="goal.id", index=True)
    origin: str | None = None
    order_key: str = Field(max_length=200)
    what: str = Field(default="", max_length=_LONG)
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    who: str = Field(default="", max_length=200)
    when_words: str = Field(default="", max_length=200)
    due: date | None = None
    status: ActionStatus = Field(default=ActionStatus.TO_DO, sa_type=choice(ActionStatus))
    confidence: int | None = Field(default=None, ge=1, le=10)


class ContingencyPlan(Record, table=True):
    """What should happen if something goes wrong, and who to call (PRSB contingency plan)."""

    __tablename__ = "contingency_plan"

    plan_id: str = Field(foreign_key="care_plan.id", index=True)
    origin: str | None = None
    order_key: str = Field(max_length=200)
    trigger: str = Field(default="", max_length=_LONG)
    what_should_happen: str = Field(default="", max_length=_LONG)
    contact_name: str = Field(default="", max_length=200)
    contact_role: str = Field(default="", max_length=200)
    contact_telephone: str = Field(default="", max_length=50)


class OtherPlan(Record, table=True):
    """Another care plan of the person, and whether this one replaces it (PRSB other care planning documents)."""

    __tablename__ = "other_plan"

    plan_id: str = Field(foreign_key="care_plan.id", index=True)
    origin: str | None = None
    order_key: str = Field(max_length=200)
    kind: str = Field(default="", max_length=200)
    location: str = Field(default="", max_length=500)
    dated: date | None = None
    replaced: bool = False
