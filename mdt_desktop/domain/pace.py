"""The pace of a meeting: time left against what is left; shown, never an alarm, never in the way (DOMAIN D4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mdt_desktop.domain.meeting import minutes_before_cases, minutes_for_cases

AMBER_SHARE = 0.8
"""A case turns amber at four fifths of its time."""
_ON_TIME_SECONDS = 60
_LEAST_SECONDS = 60


class CasePace(StrEnum):
    """How far a case is into its time."""

    CALM = "calm"
    AMBER = "amber"
    OVER = "over"


class MeetingPace(StrEnum):
    """Whether what is left fits into the time that is left."""

    AHEAD = "ahead"
    ON_TIME = "on_time"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds until the planned end of the cases, seconds that the cases left would take, and what to make of it.

    `share` is by how much the cases left must be shortened to fit (1.0: not at all).
    """

    left: int
    planned: int
    state: MeetingPace
    share: float


def case_pace(elapsed: int, planned: int) -> CasePace:
    """Calm, amber from four fifths of the planned seconds on, over after them."""
    if elapsed > planned:
        return CasePace.OVER
    return CasePace.AMBER if elapsed >= planned * AMBER_SHARE else CasePace.CALM


def meeting_pace(left: int, cases: Sequence[int]) -> Pace:
    """`left` seconds for the cases that are left, of so many planned seconds each."""
    planned = sum(cases)
    late = planned - left
    if late > _ON_TIME_SECONDS:
        state = MeetingPace.BEHIND
    else:
        state = MeetingPace.AHEAD if late < -_ON_TIME_SECONDS and cases else MeetingPace.ON_TIME
    share = 1.0 if planned <= max(left, 0) or not planned else max(left, 0) / planned
    return Pace(left, planned, state, share)


def cases_end(began: datetime, starts: datetime, length: int) -> datetime:
    """When the cases of a meeting of `length` minutes are to be over: after opening, actions due and their own time.

    Counted from when the meeting was to start, for the room and the people are there until its planned end: one that
    begins late has less time. A meeting held at another time, by half its length or more, counts from when it began.
    """
    late = abs(began - starts) >= timedelta(minutes=length) / 2
    return (began if late else starts) + timedelta(minutes=minutes_before_cases(length) + minutes_for_cases(length))


def shortened(left: int, cases: Sequence[int]) -> list[int]:
    """What each case left, in the order of the agenda, may take so that all fit into `left` seconds.

    All are shortened alike, but to no less than half of what they want and no less than a minute: nobody is hurried
    through. Where they do not fit so, the last ones get none: they are to be parked with an owner and a day, or roll
    over. Time in which nobody fits whole goes to the first of those, so that it is used, unless it is under a minute.
    """
    planned = sum(cases)
    if planned <= left:
        return list(cases)
    kept: list[int] = []
    least: list[int] = []
    for case in cases:
        low = min(case, max(_LEAST_SECONDS, case // 2))
        if sum(least) + low > left:
            break
        kept.append(case)
        least.append(low)
    wishes = [case - low for case, low in zip(kept, least, strict=True)]
    spare, wished = left - sum(least), sum(wishes)
    share = 1.0 if wished <= spare or not wished else spare / wished
    found = [int(low + wish * share) for low, wish in zip(least, wishes, strict=True)] + [0] * (len(cases) - len(kept))
    unused = left - sum(kept)
    if unused >= _LEAST_SECONDS and len(kept) < len(cases):
        found[len(kept)] = min(unused, cases[len(kept)])
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """Seconds that the case which is discussed may take in all from where it stands, and each case after it."""

    current: int
    waiting: tuple[int, ...]


def offer(left: int, since: int, current: int, waiting: Sequence[int]) -> Offer:
    """What everybody may take, `since` seconds after the meeting turned to the case that is discussed.

    `left` are the seconds until the cases are to be over, `current` and `waiting` what each wanted when it was turned
    to. What the current one may take is settled then and does not grow while it is used up.
    """
    mine = shortened(left + since, [current, *waiting])[0]
    return Offer(mine, tuple(shortened(left - max(0, mine - since), waiting)))
