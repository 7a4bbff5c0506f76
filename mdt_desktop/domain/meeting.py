"""The weekly MDT meeting: its states, what a discussed case must leave behind, and what sealing means (DOMAIN C3)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from mdt_desktop.domain.errors import BadInput, NotAllowed

LONDON = ZoneInfo("Europe/London")
"""Teams in England: a meeting at 14:00 is at 14:00 there, in summer and in winter."""
DEFAULT_LENGTH_MINUTES = 90
OPENING_MINUTES, ACTIONS_MINUTES, CLOSING_MINUTES = 2, 10, 18
"""Of ninety minutes sixty are for cases: two to open, ten for actions due, eighteen for noting, lessons, next date."""


class MeetingState(StrEnum):
    """A meeting is planned, held, and sealed; from then on its records take only addenda (SYNC 5.1)."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    SEALED = "sealed"
    CANCELLED = "cancelled"


class ChairedBy(StrEnum):
    """Which side takes the chair; the rota alternates (DOMAIN A6.11)."""

    HEALTH = "health"
    COUNCIL = "council"


class AttendanceState(StrEnum):
    """Whether somebody was there."""

    EXPECTED = "expected"
    PRESENT = "present"
    APOLOGIES = "apologies"
    ABSENT = "absent"


class AttendanceMode(StrEnum):
    """Teams meet in a building or virtually (DOMAIN A6.5)."""

    IN_THE_ROOM = "in_the_room"
    BY_VIDEO = "by_video"


class Lane(StrEnum):
    """Where a person stands on the agenda."""

    DISCUSS = "discuss"
    NOTE = "note"
    LEFT_OUT = "left_out"


class ItemState(StrEnum):
    """How far the discussion of one person is. Nothing vanishes: what was not reached is rolled over or parked."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    NOTED = "noted"
    PARKED = "parked"
    ROLLED_OVER = "rolled_over"
    REMOVED = "removed"


class Outcome(StrEnum):
    """What a discussion came to; "no change" is one key."""

    NO_CHANGE = "no_change"
    PLAN_CHANGES = "plan_changes"
    ASSESS = "assess"
    REFER = "refer"
    ESCALATE = "escalate"
    STEP_DOWN = "step_down"
    DEFERRED = "deferred"


class DecisionKind(StrEnum):
    """The type of a decision, for the scoreboard (DOMAIN D20)."""

    CARE_AND_SUPPORT = "care_and_support"
    HEALTH_TREATMENT = "health_treatment"
    MEDICINES = "medicines"
    ASSESSMENT = "assessment"
    EQUIPMENT = "equipment"
    REFERRAL = "referral"
    CARER_SUPPORT = "carer_support"
    SAFEGUARDING = "safeguarding"
    CONTINGENCY = "contingency"
    OTHER = "other"


OPEN_ITEM = (ItemState.WAITING, ItemState.UNDER_WAY)


class MeetingSealed(NotAllowed):
    """The meeting is sealed: a later correction is an addendum."""

    code = "meeting_sealed"


class MeetingNotUnderWay(NotAllowed):
    """This is done while the meeting is held, and it is not. Values: `state`."""

    code = "meeting_not_under_way"


class NoPersonsView(NotAllowed):
    """A case cannot be closed before the person's view is recorded, or why it is not (DOMAIN D21)."""

    code = "no_persons_view"


class NotQuorate(NotAllowed):
    """Without a quorum a case can be discussed and not agreed. Values: `missing`."""

    code = "not_quorate"


class ChangeNeedsReason(NotAllowed):
    """A decision that changes an earlier one says why (DOMAIN C3.1, recommendation 15)."""

    code = "change_needs_reason"


class ParkNeedsOwner(NotAllowed):
    """A case is parked with somebody who sees to it and a day."""

    code = "park_needs_owner"


class RemovalNeedsReason(NotAllowed):
    """Somebody is taken off an agenda with a reason."""

    code = "removal_needs_reason"


class NothingDecided(BadInput):
    """A decision has words."""

    code = "nothing_decided"


@dataclass(frozen=True, slots=True)
class PersonsView:
    """What the person wants, in their words, or the reason why it is not known."""

    words: str = ""
    why_not: str = ""

    @property
    def is_there(self) -> bool:
        """Whether one of both is recorded."""
        return bool(self.words.strip() or self.why_not.strip())


def require_under_way(state: MeetingState) -> None:
    """Raise `MeetingSealed` or `MeetingNotUnderWay` unless the meeting is being held."""
    if state is MeetingState.SEALED:
        raise MeetingSealed
    if state is not MeetingState.UNDER_WAY:
        raise MeetingNotUnderWay(state=state)


def require_not_sealed(state: MeetingState) -> None:
    """Raise `MeetingSealed`."""
    if state is MeetingState.SEALED:
        raise MeetingSealed


def require_closable(view: PersonsView) -> None:
    """Raise `NoPersonsView`: the person's view is the gate through which a case leaves the meeting."""
    if not view.is_there:
        raise NoPersonsView


def require_reason_for_change(changes_earlier: bool, reason: str) -> None:
    """Raise `ChangeNeedsReason` where an earlier decision is changed in silence."""
    if changes_earlier and not reason.strip():
        raise ChangeNeedsReason


def chaired_by(first: ChairedBy, meetings_before: int) -> ChairedBy:
    """Whose turn the chair is: the sides take turns, meeting by meeting."""
    order = (ChairedBy.HEALTH, ChairedBy.COUNCIL) if first is ChairedBy.HEALTH else (
        ChairedBy.COUNCIL, ChairedBy.HEALTH,
    )  # fmt: skip
    return order[meetings_before % 2]


def starts(day: date, clock: str) -> datetime:
    """The moment of a day at which a meeting is to start, from `HH:MM` in England."""
    return datetime.combine(day, time.fromisoformat(clock), LONDON)


def minutes_for_cases(length: int) -> int:
    """Of a meeting's length the minutes that cases may take: two thirds, as sixty of ninety."""
    fixed = OPENING_MINUTES + ACTIONS_MINUTES + CLOSING_MINUTES
    return length * (DEFAULT_LENGTH_MINUTES - fixed) // DEFAULT_LENGTH_MINUTES


def minutes_before_cases(length: int) -> int:
    """Of a meeting's length the minutes before the first case: to open and for actions due, twelve of ninety."""
    return length * (OPENING_MINUTES + ACTIONS_MINUTES) // DEFAULT_LENGTH_MINUTES


STABLE_MEETINGS = 3
"""After so many meetings without change the removal of a case is suggested (DOMAIN D22)."""


def removal_is_suggested(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether the last meetings, the newest first, left a case as it was."""
    last = outcomes[:STABLE_MEETINGS]
    return len(last) == STABLE_MEETINGS and all(outcome is Outcome.NO_CHANGE for outcome in last)


CHALLENGES = 6
"""How many neutral questions there are; their words are `meeting.challenge.0` and so on."""


def challenge_for(case_id: str, asked_before: int) -> int:
    """Which neutral question a complex case is asked next: each case begins elsewhere and goes round (DOMAIN D22)."""
    return (sum(case_id.encode()) + asked_before) % CHALLENGES
