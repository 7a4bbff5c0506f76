"""In which order the people on an agenda are discussed, how long each takes, and who fits into the time (DOMAIN D4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mdt_desktop.domain.agenda import ROLLED_OVER_TO_TOP, AgendaReason
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.meeting import Lane, minutes_before_cases, minutes_for_cases

DISCUSS_MINUTES, COMPLEX_MINUTES, NOTE_MINUTES = 8, 12, 1
NOTING_MINUTES = 10
"""What all that is only noted may take together (DOMAIN C3.4)."""

_WEIGHTS = {
    AgendaReason.CARER_CRISIS: 100,
    AgendaReason.CONTINGENCY_TRIGGERED: 90,
    AgendaReason.HANDOVER_NOT_UNDERSTOOD: 80,
    AgendaReason.DISCHARGED: 70,
    AgendaReason.ROLLED_OVER: 60,
    AgendaReason.REFERRED: 50,
    AgendaReason.ADDED_BY_HAND: 50,
    AgendaReason.NEW_VERY_HIGH: 45,
    AgendaReason.TIER_ROSE: 40,
    AgendaReason.NEW_HIGH: 25,
    AgendaReason.ACTION_OVERDUE: 20,
    AgendaReason.REVIEW_OVERDUE: 15,
    AgendaReason.NO_LEAD: 10,
    AgendaReason.NO_PLAN: 10,
}
_COMPLEX_WEIGHT = 15
_SAFEGUARDING_WEIGHT = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be on the agenda; `id` is of the item or the case, `since` the day they began to wait (ISO)."""

    id: str
    lane: Lane
    reasons: tuple[AgendaReason, ...]
    complexity: Complexity = Complexity.NOT_RECORDED
    open_safeguarding: bool = False
    rolled_over: int = 0
    since: str = ""
    minutes: int = 0


def weight(candidate: Candidate) -> int:
    """How pressing a discussion is: the most pressing reason whole, each further one a quarter, and what adds to it."""
    weights = sorted((_WEIGHTS[reason] for reason in candidate.reasons), reverse=True)
    pressing = sum(it if place == 0 else it // 4 for place, it in enumerate(weights))
    pressing += _COMPLEX_WEIGHT if candidate.complexity is Complexity.COMPLEX else 0
    return pressing + (_SAFEGUARDING_WEIGHT if candidate.open_safeguarding else 0)


def minutes_for(lane: Lane, complexity: Complexity) -> int:
    """What a discussion takes by default: eight minutes, twelve for a complex case, one for noting."""
    if lane is Lane.NOTE:
        return NOTE_MINUTES
    return COMPLEX_MINUTES if complexity is Complexity.COMPLEX else DISCUSS_MINUTES


def proposed_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those to discuss before those to note; twice rolled over first, then by weight, then who waits longest.

    Each has its minutes.
    """
    timed = [
        it if it.minutes else replace(it, minutes=minutes_for(it.lane, it.complexity))
        for it in candidates
        if it.lane is not Lane.LEFT_OUT
    ]
    return sorted(
        timed,
        key=lambda it: (
            it.lane is Lane.NOTE,
            it.rolled_over < ROLLED_OVER_TO_TOP,
            -weight(it),
            it.since or "9",
            it.id,
        ),
    )


def fitting(
    order: Sequence[Candidate], minutes: int, noting_minutes: int = NOTING_MINUTES
) -> tuple[list[Candidate], list[Candidate]]:
    """Who fits into the minutes for cases and those for noting, in the order given, and who waits for another meeting.

    Somebody twice rolled over is never put off again. A later, shorter one may fit where a longer one did not.
    """
    kept, waiting = [], []
    left = {Lane.DISCUSS: minutes, Lane.NOTE: noting_minutes}
    for candidate in order:
        if candidate.minutes <= left[candidate.lane] or candidate.rolled_over >= ROLLED_OVER_TO_TOP:
            kept.append(candidate)
            left[candidate.lane] -= candidate.minutes
        else:
            waiting.append(candidate)
    return kept, waiting


def with_new_ones(kept: Sequence[str], proposed: Sequence[str]) -> list[str]:
    """The kept ids in their order, and each other one of the proposed order behind who stands before it there."""
    order = list(kept)
    for place, new in enumerate(proposed):
        if new not in kept:
            before = next((it for it in reversed(proposed[:place]) if it in order), None)
            order.insert(0 if before is None else order.index(before) + 1, new)
    return order


@dataclass(frozen=True, slots=True)
class Slot:
    """When a discussion is planned: minutes after the meeting began, and whether it ends within the time for cases."""

    after: int
    fits: bool


def slots(minutes: Iterable[int], length: int) -> list[Slot]:
    """The planned times of discussions that take so many minutes each, in a meeting of `length` minutes."""
    found, used, room = [], 0, minutes_for_cases(length)
    for each in minutes:
        found.append(Slot(minutes_before_cases(length) + used, used + each <= room))
        used += each
    return found
