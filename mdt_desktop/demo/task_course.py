"""How the actions of the demo's meetings go on: most are done, some change, some wait, a few are refused."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from mdt_desktop.demo.clock import Clock
from mdt_desktop.demo.meeting_calendar import draw, meeting_words
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.access import Access
from mdt_desktop.services.tasks import Tasks

_MAY_BE_OPEN = timedelta(days=30)
"""Only actions that fell due so lately are still open; nothing invented is overdue for half a year."""
_LATE_DAYS = 9
_COURSE = ((58, TaskStatus.DONE), (68, TaskStatus.PART_DONE), (77, TaskStatus.CHANGED), (86, TaskStatus.NOT_DONE),
           (96, TaskStatus.REFUSED))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action as a meeting agreed it: who is to do it, their name, and what the draw for it depends on."""

    task_id: str
    owner_id: str | None
    owner: str
    due: date
    key: str


class TaskCourse:
    """Tells how far each action is, at the times its owner would have said so."""

    def __init__(self, access: Access, clock: Clock, today: date, takes_over: str) -> None:
        self._access, self._clock, self._today, self._takes_over = access, clock, today, takes_over
        self._waiting: list[tuple[date, Agreed, TaskStatus | None]] = []

    def agreed(self, task: Agreed) -> None:
        """Take up an action that was just agreed."""
        drawn = draw("course", task.key)
        ends = next((status for limit, status in _COURSE if drawn < limit), None)
        on = task.due - timedelta(days=draw("early", task.key) % 5)
        if ends is None:
            ends, on = TaskStatus.DONE, task.due + timedelta(days=_LATE_DAYS)
        if ends is TaskStatus.REFUSED and task.owner_id == self._takes_over:
            ends = TaskStatus.NOT_DONE  # nobody is left to take it over
        if self._today - task.due < _MAY_BE_OPEN and draw("open", task.key) < 40:
            goes_on = draw("accepts", task.key)
            if goes_on < 75:
                self._wait(task.due - timedelta(days=2), task, None if goes_on < 50 else TaskStatus.PART_DONE)
            return
        self._wait(on, task, ends)

    def _wait(self, on: date, task: Agreed, status: TaskStatus | None) -> None:
        """Say it on a day; on Monday, where that is a day nobody works."""
        self._waiting.append((on + timedelta(days=7 - on.weekday() if on.weekday() >= 5 else 0), task, status))

    def go_on(self, until: date) -> None:
        """Everything that was said before a day."""
        due = sorted((it for it in self._waiting if it[0] < until), key=lambda it: (it[0], it[1].key))
        self._waiting = [it for it in self._waiting if it[0] >= until]
        for on, task, status in due:
            said_at = datetime.combine(on, time(10, draw(task.key) % 60), self._clock.at.tzinfo)
            self._clock.at = max(self._clock.at, said_at)
            if status is None:
                self._as(task).accept(task.task_id)
                continue
            self._say(task, status)
            if status is TaskStatus.PART_DONE and self._today - task.due >= _MAY_BE_OPEN:
                self._wait(on + timedelta(days=_LATE_DAYS), task, TaskStatus.DONE)

    def _say(self, task: Agreed, status: TaskStatus) -> None:
        reasons: list[str] = meeting_words()["status_reasons"].get(status.value, [""])
        tasks = self._as(task)
        tasks.set_status(task.task_id, status, reasons[draw("why", task.key) % len(reasons)])
        if status is TaskStatus.REFUSED and self._today - task.due >= _MAY_BE_OPEN:
            self._clock.forward(hours=3)
            Tasks(self._access).reassign([task.task_id], self._takes_over)
            taken = replace(task, owner_id=self._takes_over, owner=self._access.actor.name)
            self._wait(task.due + timedelta(days=_LATE_DAYS), taken, TaskStatus.DONE)

    def _as(self, task: Agreed) -> Tasks:
        """The actions with their owner at the keyboard; what the person or a carer does, the navigator records."""
        if task.owner_id is None:
            return Tasks(self._access)
        actor = replace(self._access.actor, practitioner_id=task.owner_id, name=task.owner)
        return Tasks(Access(self._access.database, actor, self._clock, self._access.is_demo))
