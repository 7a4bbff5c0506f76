"""Whether decisions are done: shares by organisation, type, age, deprivation fifth; small numbers suppressed (D20)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.domain.tasks import TaskStatus

SMALLEST_SHOWN = 5
"""Groups of fewer people are not shown, nor one further group from which they could be worked out."""


class Dimension(StrEnum):
    """What the scoreboard is divided by."""

    ORGANISATION = "organisation"
    KIND = "kind"
    AGE_BAND = "age_band"
    DEPRIVATION_FIFTH = "deprivation_fifth"


@dataclass(frozen=True, slots=True)
class Implemented:
    """One action that came from a decision, and how it ended."""

    status: TaskStatus
    organisation: str
    kind: DecisionKind
    age: int
    deprivation_fifth: int | None
    person_id: str


@dataclass(frozen=True, slots=True)
class Score:
    """One row: how many actions of a group are in each state; None throughout where the group is too small."""

    group: str
    people: int | None
    done: int | None
    part_done: int | None
    changed: int | None
    not_done: int | None
    open: int | None

    @property
    def share_done(self) -> float | None:
        """Done and changed for a reason, of all that has ended; None where nothing has or it is not shown."""
        if self.done is None or self.changed is None or self.part_done is None or self.not_done is None:
            return None
        ended = self.done + self.changed + self.part_done + self.not_done
        return (self.done + self.changed) / ended if ended else None


def age_band(age: int) -> str:
    """`18-64`, `65-74`, `75-84` or `85+`."""
    return next((band for limit, band in ((64, "18-64"), (74, "65-74"), (84, "75-84")) if age <= limit), "85+")


_GROUP: dict[Dimension, Callable[[Implemented], str]] = {
    Dimension.ORGANISATION: lambda it: it.organisation,
    Dimension.KIND: lambda it: it.kind.value,
    Dimension.AGE_BAND: lambda it: age_band(it.age),
    Dimension.DEPRIVATION_FIFTH: lambda it: "not known" if it.deprivation_fifth is None else str(it.deprivation_fifth),
}


def scores(actions: Iterable[Implemented], dimension: Dimension) -> list[Score]:
    """A row for each group in the order of their names; groups of fewer than five people are suppressed.

    Where exactly one group is too small the next smallest is suppressed too: the total would tell the first.
    """
    by_group: dict[str, list[Implemented]] = {}
    for action in actions:
        by_group.setdefault(_GROUP[dimension](action), []).append(action)
    people = {group: len({it.person_id for it in found}) for group, found in by_group.items()}
    hidden = {group for group, count in people.items() if count < SMALLEST_SHOWN}
    if len(hidden) == 1 and len(people) > 1:
        hidden.add(min((group for group in people if group not in hidden), key=lambda group: (people[group], group)))
    return [
        Score(group, None, None, None, None, None, None) if group in hidden else _counted(group, by_group[group])
        for group in sorted(by_group)
    ]


def _counted(group: str, actions: list[Implemented]) -> Score:
    def count(*statuses: TaskStatus) -> int:
        return sum(it.status in statuses for it in actions)

    return Score(
        group,
        len({it.person_id for it in actions}),
        count(TaskStatus.DONE),
        count(TaskStatus.PART_DONE),
        count(TaskStatus.CHANGED),
        count(TaskStatus.NOT_DONE),
        count(TaskStatus.OPEN, TaskStatus.REFUSED),
    )
