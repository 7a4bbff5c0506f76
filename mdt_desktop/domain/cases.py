"""The stages of a case and the moves between them, each with the condition that allows it (DOMAIN A1.14, A6.2)."""

from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.errors import NotAllowed


class Stage(StrEnum):
    """Where a case stands, the same words in every locality."""

    IDENTIFIED = "identified"
    INVITED = "invited"
    CONSENTED = "consented"
    ASSESSING = "assessing"
    PLANNING = "planning"
    ACTIVE = "active"
    REVIEW = "review"
    STEPPED_DOWN = "stepped_down"
    DECLINED = "declined"


class Complexity(StrEnum):
    """How complex a case is: separate from risk tier, because it decides on one assessor and the MDT (A1.12)."""

    NOT_RECORDED = "not_recorded"
    MODERATE = "moderate"
    COMPLEX = "complex"


class MoveNotAllowed(NotAllowed):
    """The case cannot go from one stage to the other."""

    code = "stage_move_not_allowed"


class MoveNeedsReason(NotAllowed):
    """This move must say why."""

    code = "stage_move_needs_reason"


class MoveNotReady(NotAllowed):
    """The move is allowed in general, but something it needs is not there yet."""

    code = "stage_move_not_ready"


_MOVES: dict[Stage, tuple[Stage, ...]] = {
    Stage.IDENTIFIED: (Stage.INVITED, Stage.CONSENTED, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.INVITED: (Stage.CONSENTED, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.CONSENTED: (Stage.ASSESSING, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.ASSESSING: (Stage.PLANNING, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.PLANNING: (Stage.ACTIVE, Stage.ASSESSING, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.ACTIVE: (Stage.REVIEW, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.REVIEW: (Stage.ACTIVE, Stage.ASSESSING, Stage.PLANNING, Stage.DECLINED, Stage.STEPPED_DOWN),
    Stage.STEPPED_DOWN: (Stage.IDENTIFIED,),
    Stage.DECLINED: (Stage.IDENTIFIED, Stage.INVITED),
}
_NEED_REASON = {Stage.DECLINED, Stage.STEPPED_DOWN}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a move looks at: basis to share recorded, an assessment begun or signed, plan agreed, lead agreed."""

    basis_to_share: bool
    assessment_started: bool
    assessment_signed: bool
    plan_agreed: bool
    lead_agreed: bool


_NEEDS: dict[Stage, tuple[tuple[str, str], ...]] = {
    Stage.CONSENTED: (("basis_to_share", "consent"),),
    Stage.ASSESSING: (("basis_to_share", "consent"),),
    Stage.PLANNING: (("assessment_signed", "signed_assessment"),),
    Stage.ACTIVE: (("plan_agreed", "agreed_plan"), ("lead_agreed", "agreed_lead")),
}


def moves_from(stage: Stage) -> tuple[Stage, ...]:
    """The stages a case may go to from here, the ordinary one first."""
    return _MOVES[stage]


def missing_for(stage: Stage, facts: CaseFacts) -> tuple[str, ...]:
    """What is still missing before a case can enter a stage: keys of words."""
    return tuple(f"missing.{word}" for fact, word in _NEEDS.get(stage, ()) if not getattr(facts, fact))


def require_move(current: Stage, to: Stage, reason: str, facts: CaseFacts) -> None:
    """Raise `MoveNotAllowed`, `MoveNeedsReason` or `MoveNotReady` unless the case may go to `to` now.

    Leaving the programme, coming back to it, and going backwards need a reason in words; the others need their
    facts: no assessing without a basis to share, no planning without a signed part of the joint assessment, not
    active without an agreed plan and an agreed lead professional (source document 003, 3d).
    """
    if to not in _MOVES[current]:
        raise MoveNotAllowed(current=current, to=to)
    if needs_reason(current, to) and not reason.strip():
        raise MoveNeedsReason(to=to)
    missing = missing_for(to, facts)
    if missing:
        raise MoveNotReady(to=to, missing=missing)


def needs_reason(current: Stage, to: Stage) -> bool:
    """Whether a move must say why: leaving, coming back, and going backwards."""
    backwards = (current, to) in {(Stage.PLANNING, Stage.ASSESSING)}
    return to in _NEED_REASON or current in _NEED_REASON or backwards
