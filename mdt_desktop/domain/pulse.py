"""The meeting's pulse: six taps in twenty seconds, shown only together (DOMAIN D23; our own words)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput

SCALE = range(1, 6)
FEWEST_SHOWN = 3
"""Answers of fewer people are not shown: somebody could be known by theirs."""
MEETINGS_BEFORE_IMPROVEMENT = 8


class PulsePart(StrEnum):
    """What is asked of a meeting."""

    RIGHT_PEOPLE = "right_people"
    INFORMATION_READY = "information_ready"
    PERSONS_VIEW_HEARD = "persons_view_heard"
    EVERYONE_CONTRIBUTED = "everyone_contributed"
    CLEAR_DECISIONS = "clear_decisions"
    TIME_WELL_USED = "time_well_used"


class NotOnTheScale(BadInput):
    """Each part is answered from 1 to 5."""

    code = "not_on_the_scale"


@dataclass(frozen=True, slots=True)
class PulseResult:
    """The mean of each part of one meeting, and how many answered; empty means where too few did."""

    answers: int
    means: dict[PulsePart, float]


def require_complete(answer: dict[PulsePart, int]) -> None:
    """Raise `NotOnTheScale` unless all six parts are answered from 1 to 5."""
    if set(answer) != set(PulsePart) or any(value not in SCALE for value in answer.values()):
        raise NotOnTheScale


def result(answers: Sequence[dict[PulsePart, int]]) -> PulseResult:
    """All answers of one meeting together; nothing but their number where fewer than three people answered."""
    if len(answers) < FEWEST_SHOWN:
        return PulseResult(len(answers), {})
    return PulseResult(
        len(answers), {part: sum(answer[part] for answer in answers) / len(answers) for part in PulsePart}
    )


def improvement_is_due(meetings: int, since_last: int | None) -> bool:
    """After eight meetings, and every eight after an improvement was agreed, the team names one thing to do better."""
    return meetings >= MEETINGS_BEFORE_IMPROVEMENT and (since_last is None or since_last >= MEETINGS_BEFORE_IMPROVEMENT)
