"""The agenda that writes itself: why somebody is on it, why not, and in which lane (DOMAIN D2, D3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.meeting import Lane
from mdt_desktop.domain.risk import Tier

DISCHARGED_WITHIN = timedelta(days=14)
HAPPENED_WITHIN = timedelta(days=28)
UNSEEN_WEEKS = 12
"""Nobody is only noted who was not discussed for so many weeks; a setting of the series."""
ROLLED_OVER_TO_TOP = 2
_SEVERITY = {Tier.VERY_HIGH: 0, Tier.HIGH: 1, Tier.MODERATE: 2, Tier.BELOW: 3, None: 3}
_LISTED_STAGES = frozenset(
    {Stage.CONSENTED, Stage.ASSESSING, Stage.PLANNING, Stage.ACTIVE, Stage.REVIEW, Stage.IDENTIFIED, Stage.INVITED}
)


class AgendaReason(StrEnum):
    """Why somebody is on the agenda, the most pressing first."""

    CARER_CRISIS = "carer_crisis"
    CONTINGENCY_TRIGGERED = "contingency_triggered"
    HANDOVER_NOT_UNDERSTOOD = "handover_not_understood"
    DISCHARGED = "discharged"
    ROLLED_OVER = "rolled_over"
    REFERRED = "referred"
    NEW_VERY_HIGH = "new_very_high"
    NEW_HIGH = "new_high"
    TIER_ROSE = "tier_rose"
    REVIEW_OVERDUE = "review_overdue"
    ACTION_OVERDUE = "action_overdue"
    NO_LEAD = "no_lead"
    NO_PLAN = "no_plan"
    ADDED_BY_HAND = "added_by_hand"


class LeftOut(StrEnum):
    """Why somebody with a case is not on the agenda."""

    DIED = "died"
    DECLINED = "declined"
    STEPPED_DOWN = "stepped_down"
    NOTHING_NEW = "nothing_new"
    NO_ROOM = "no_room"
    ON_ANOTHER_AGENDA = "on_another_agenda"
    REMOVED_BY_HAND = "removed_by_hand"


class NotJustNoted(StrEnum):
    """Why somebody must be discussed and cannot only be noted (DOMAIN C3.1, recommendation 8)."""

    NEW = "new"
    SAFEGUARDING = "safeguarding"
    UNSEEN = "unseen"


class MustBeDiscussed(NotAllowed):
    """This person cannot be moved to the lane for noting. Values: `why`."""

    code = "must_be_discussed"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the agenda asks about one case. Dates are days; None where there is none.

    `tier_before` is the tier of the run before the last, None where the person was in no run before. `discussed_on` is
    the last meeting that discussed them. `on_other_agenda` tells of a planned meeting of another series.
    """

    stage: Stage
    tier: Tier | None = None
    tier_before: Tier | None = None
    died: bool = False
    has_lead: bool = False
    has_plan: bool = False
    review_due: date | None = None
    overdue_actions: int = 0
    discharged_on: date | None = None
    referred_on: date | None = None
    carer_crisis_on: date | None = None
    contingency_on: date | None = None
    handover_since: date | None = None
    open_safeguarding: bool = False
    discussed_on: date | None = None
    rolled_over: int = 0
    on_other_agenda: bool = False


def reasons(facts: CaseFacts, meeting_on: date) -> tuple[AgendaReason, ...]:
    """Every reason to discuss or note somebody on a day, the most pressing first; empty where there is none."""
    since = facts.discussed_on or date.min
    found = {
        AgendaReason.CARER_CRISIS: _since(facts.carer_crisis_on, since, meeting_on, HAPPENED_WITHIN),
        AgendaReason.CONTINGENCY_TRIGGERED: _since(facts.contingency_on, since, meeting_on, HAPPENED_WITHIN),
        AgendaReason.HANDOVER_NOT_UNDERSTOOD: facts.handover_since is not None,
        AgendaReason.DISCHARGED: _since(facts.discharged_on, since, meeting_on, DISCHARGED_WITHIN),
        AgendaReason.ROLLED_OVER: facts.rolled_over > 0,
        AgendaReason.REFERRED: facts.referred_on is not None,
        AgendaReason.NEW_VERY_HIGH: _is_new(facts, Tier.VERY_HIGH),
        AgendaReason.NEW_HIGH: _is_new(facts, Tier.HIGH),
        AgendaReason.TIER_ROSE: _rose(facts),
        AgendaReason.REVIEW_OVERDUE: facts.review_due is not None and facts.review_due < meeting_on,
        AgendaReason.ACTION_OVERDUE: facts.overdue_actions > 0,
        AgendaReason.NO_LEAD: not facts.has_lead and facts.tier in (Tier.VERY_HIGH, Tier.HIGH),
        AgendaReason.NO_PLAN: not facts.has_plan and facts.tier in (Tier.VERY_HIGH, Tier.HIGH),
    }
    return tuple(reason for reason, holds in found.items() if holds)


def left_out(facts: CaseFacts, meeting_on: date) -> LeftOut | None:
    """Why a case is not on the agenda; None for one that is."""
    if facts.died:
        return LeftOut.DIED
    if facts.stage is Stage.DECLINED:
        return LeftOut.DECLINED
    found = reasons(facts, meeting_on)
    if facts.stage is Stage.STEPPED_DOWN and not set(found) & _BRINGS_BACK:
        return LeftOut.STEPPED_DOWN
    if facts.on_other_agenda:
        return LeftOut.ON_ANOTHER_AGENDA
    return None if found else LeftOut.NOTHING_NEW


def not_just_noted(facts: CaseFacts, meeting_on: date, unseen_weeks: int = UNSEEN_WEEKS) -> NotJustNoted | None:
    """Why somebody cannot only be noted; None where they can.

    Never a new person, nor one with open safeguarding, nor one who was not discussed for some weeks.
    """
    if facts.discussed_on is None:
        return NotJustNoted.NEW
    if facts.open_safeguarding:
        return NotJustNoted.SAFEGUARDING
    if meeting_on - facts.discussed_on > timedelta(weeks=unseen_weeks):
        return NotJustNoted.UNSEEN
    return None


def lane(facts: CaseFacts, meeting_on: date, unseen_weeks: int = UNSEEN_WEEKS) -> Lane:
    """The lane that is proposed: somebody known, for whom only routine falls due, is noted."""
    if left_out(facts, meeting_on) is not None:
        return Lane.LEFT_OUT
    routine = set(reasons(facts, meeting_on)) <= _ROUTINE
    return Lane.NOTE if routine and not_just_noted(facts, meeting_on, unseen_weeks) is None else Lane.DISCUSS


def require_lane(wanted: Lane, facts: CaseFacts, meeting_on: date, unseen_weeks: int = UNSEEN_WEEKS) -> None:
    """Raise `MustBeDiscussed` for a move into the lane for noting that the rule forbids."""
    why = not_just_noted(facts, meeting_on, unseen_weeks) if wanted is Lane.NOTE else None
    if why is not None:
        raise MustBeDiscussed(why=why)


_ROUTINE = frozenset({AgendaReason.REVIEW_OVERDUE, AgendaReason.ACTION_OVERDUE})
_BRINGS_BACK = frozenset(
    {
        AgendaReason.CARER_CRISIS, AgendaReason.CONTINGENCY_TRIGGERED, AgendaReason.DISCHARGED, AgendaReason.REFERRED,
        AgendaReason.TIER_ROSE, AgendaReason.HANDOVER_NOT_UNDERSTOOD,
    }
)  # fmt: skip


def _since(day: date | None, discussed: date, meeting_on: date, within: timedelta) -> bool:
    """Whether something happened lately that no meeting has discussed since."""
    return day is not None and day > discussed and timedelta(0) <= meeting_on - day <= within


def _is_new(facts: CaseFacts, tier: Tier) -> bool:
    return facts.tier is tier and facts.tier_before is None and facts.discussed_on is None


def _rose(facts: CaseFacts) -> bool:
    return facts.tier_before is not None and _SEVERITY[facts.tier] < _SEVERITY[facts.tier_before]
