"""The joint care plan by the PRSB structure: its states, scales and when it may be agreed (DOMAIN A5, C1)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput, NotAllowed

IMPORTANCE = CONFIDENCE = range(1, 11)


class PlanStatus(StrEnum):
    """A plan is written as a draft, agreed with the person, and one day superseded by the next agreed version."""

    DRAFT = "draft"
    AGREED = "agreed"
    SUPERSEDED = "superseded"


class GoalStatus(StrEnum):
    """How far a goal has got."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partly_achieved"
    NOT_ACHIEVED = "not_achieved"
    STOPPED = "stopped"


class ActionStatus(StrEnum):
    """How far an action has got (PRSB action status, in plain words)."""

    TO_DO = "to_do"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"


class IStatementDomain(StrEnum):
    """The five domains of 'I' statements (source document 000; DOMAIN A5.4)."""

    WIDER_DETERMINANTS = "wider_determinants"
    HEALTHY_LIVES = "healthy_lives"
    QUALITY_OF_LIFE = "quality_of_life"
    QUALITY_OF_CARE = "quality_of_care"
    INTEGRATED_SYSTEM = "integrated_system"


class AgreedWith(StrEnum):
    """Who agreed the plan (PRSB: person or legitimate representative)."""

    PERSON = "person"
    ATTORNEY_OR_DEPUTY = "attorney_or_deputy"
    BEST_INTERESTS = "best_interests"


ABOUT_ME = (
    "most_important",
    "important_people",
    "communication",
    "wellness",
    "please_do",
    "support",
    "also_worth_knowing",
)
"""The seven 'About me' parts in the PRSB order; each is a text field of the plan."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed the plan: the person or somebody lawfully for them, by name, and as what (daughter, attorney)."""

    agreed_with: AgreedWith
    name: str
    role: str = ""


class ScaleOutOfRange(BadInput):
    """Importance and confidence are whole numbers from 1 to 10 (PRSB)."""

    code = "scale_out_of_range"


class PlanNotReady(NotAllowed):
    """The plan cannot be agreed yet; `missing` holds the word keys of what it lacks."""

    code = "plan_not_ready"


class PlanIsClosed(NotAllowed):
    """An agreed or superseded plan is kept as it is; changes go into a new draft."""

    code = "plan_is_closed"


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What agreeing a plan looks at."""

    most_important: str
    needs: int
    goals: int
    actions_without_owner: int
    actions: int
    contingency_plans: int
    agreed_name: str
    agreed_with: AgreedWith | None
    review_due: date | None
    reviewer: bool
    basis_to_share: bool


def on_scale(value: int | None) -> int | None:
    """The value if it is nothing or 1 to 10; raise `ScaleOutOfRange` otherwise."""
    if value is not None and value not in IMPORTANCE:
        raise ScaleOutOfRange(value=value)
    return value


def missing_to_agree(plan: PlanFacts, today: date) -> tuple[str, ...]:
    """What a plan lacks before it can be agreed: keys of words in the order of the page.

    A joint plan says what matters to the person, holds a goal with an action that somebody owns, says what to do
    in a crisis, and is agreed with a named person, for review by a named professional on a date to come (PRSB
    PCSP 2.0; DOMAIN A5.18); and there is a basis to share it.
    """
    checks = (
        ("most_important", bool(plan.most_important.strip())),
        ("need", plan.needs > 0),
        ("goal", plan.goals > 0),
        ("action", plan.actions > 0),
        ("action_owner", plan.actions_without_owner == 0),
        ("contingency", plan.contingency_plans > 0),
        ("agreed_with", plan.agreed_with is not None and bool(plan.agreed_name.strip())),
        ("review_due", plan.review_due is not None and plan.review_due > today),
        ("reviewer", plan.reviewer),
        ("basis_to_share", plan.basis_to_share),
    )
    return tuple(f"plan_missing.{word}" for word, there in checks if not there)


def require_draft(status: PlanStatus) -> None:
    """Raise `PlanIsClosed` unless the plan is a draft."""
    if status is not PlanStatus.DRAFT:
        raise PlanIsClosed(status=status)


def require_ready(plan: PlanFacts, today: date) -> None:
    """Raise `PlanNotReady` naming everything that is missing."""
    missing = missing_to_agree(plan, today)
    if missing:
        raise PlanNotReady(missing=missing)
