"""How meetings do: whether decisions are done, the team's pulse and its trend, and what the team wants to do better."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mdt_desktop.domain.meeting import MeetingNotUnderWay, MeetingState
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.pulse import PulsePart, PulseResult, improvement_is_due, require_complete, result
from mdt_desktop.domain.scoreboard import Dimension, Score, scores
from mdt_desktop.records import Meeting, PulseAnswer
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.tasks import NewTask, add_task
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import implementation, tasks
from mdt_desktop.store.queries.tasks import TaskSummary

__all__ = ["MeetingResults", "PulseOfMeeting", "Scoreboard"]

_ANSWERABLE = (MeetingState.UNDER_WAY, MeetingState.SEALED)


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """What became of the actions that meetings agreed between two days, all together and by each dimension."""

    first: date
    last: date
    actions: int
    by: Mapping[Dimension, tuple[Score, ...]]


@dataclass(frozen=True, slots=True)
class PulseOfMeeting:
    """The pulse of one meeting, in a trend."""

    meeting_day: date
    result: PulseResult


class MeetingResults:
    """The verbs and the questions. Nothing here tells what one person of the team answered."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def scoreboard(self, first: date, last: date, locality_id: str | None = None) -> Scoreboard:
        """Whether decisions are done, of the meetings between two days; small groups are suppressed (D20)."""
        self._access.require(Permission.SEE_FIGURES)
        actions = implementation.implemented(self._access.database.reader, first, last, locality_id)
        by = {dimension: tuple(scores(actions, dimension)) for dimension in Dimension}
        return Scoreboard(first, last, len(actions), by)

    def answer_pulse(self, meeting_id: str, answer: Mapping[PulsePart, int]) -> Changes:
        """Record one person's six taps, without their name or the time.

        Raises `NotOnTheScale`, `MeetingNotUnderWay` before the meeting began, `NotFound`.
        """
        require_complete(dict(answer))
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            if meeting.state not in _ANSWERABLE:
                raise MeetingNotUnderWay(state=meeting.state)
            values = {part.value: value for part, value in answer.items()}
            work.add(PulseAnswer(id=work.new_id(), meeting_id=meeting_id, **values))
        return changes_of(work, meeting_id)

    def pulses_answered(self, meeting_id: str) -> int:
        """How many have answered the pulse of a meeting."""
        return implementation.answers_of(self._access.database.reader, meeting_id)

    def pulse_trend(self, series_id: str) -> list[PulseOfMeeting]:
        """The pulse of each meeting of a series that somebody answered, the earliest first."""
        self._access.require(Permission.SEE_FIGURES)
        found = implementation.answers(self._access.database.reader, series_id)
        return [PulseOfMeeting(it.meeting_day, result(it.answers)) for it in found]

    def improvements(self, series_id: str) -> list[TaskSummary]:
        """What the team of a series agreed to do better, the latest first."""
        where = "is_improvement AND meeting.series_id = :series ORDER BY task.id DESC"
        return tasks.selected(self._access.database.reader, where, {"series": series_id})

    def improvement_is_due(self, series_id: str) -> bool:
        """Whether the team is asked to name one thing to do better."""
        return improvement_is_due(*implementation.meetings_since_improvement(self._access.database.reader, series_id))

    def agree_improvement(self, meeting_id: str, task: NewTask) -> Changes:
        """Agree one thing to do better, as an action of the meeting about nobody. Raises as `add_task`."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            made = add_task(work, task, is_improvement=True)
            made.meeting_id = meeting.id
        return changes_of(work, made.id)

