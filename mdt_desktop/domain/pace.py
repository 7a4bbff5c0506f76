"""The pace of a meeting: time left against what is left; shown, never an alarm, never in the way (DOMAIN D4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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


def shortened(left: int, cases: Sequence[int]) -> list[int]:
    """What each case left may take so that all fit: shortened alike, and a minute at least.

    Where even a minute each is too much the last ones get none: they are to be parked with an owner and a date.
    """
    planned = sum(cases)
    if planned <= left:
        return list(cases)
    room = max(left, 0) // _LEAST_SECONDS
    kept = list(cases[:room])
    if not kept:
        return [0] * len(cases)
    least = [_LEAST_SECONDS] * len(kept)
    spare = left - sum(least)
    wishes = [max(0, it - _LEAST_SECONDS) for it in kept]
    wished = sum(wishes)
    share = 1.0 if wished <= spare or not wished else spare / wished
    return [int(low + wish * share) for low, wish in zip(least, wishes, strict=True)] + [0] * (len(cases) - len(kept))
