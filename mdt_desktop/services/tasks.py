"""Keeps actions: agreed in a meeting or by themselves, carried on until somebody signs them off."""

from dataclasses import dataclass, replace
from datetime import date

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.tasks import TaskNeedsOwner, TaskNeedsWords, TaskStatus, require_reason
from mdt_desktop.records import AgendaItem, Attendance, Case, Practitioner, Task, TaskStep
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import open_ones
from mdt_desktop.services.working import permitted, unit_of_work
from mdt_desktop.store.queries import tasks, worklist
from mdt_desktop.store.queries.tasks import TaskStepSummary, TaskSummary
from mdt_desktop.store.queries.worklist import WorklistPage, WorklistQuery
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = ["NewTask", "TaskStepSummary", "TaskSummary", "Tasks", "WorklistPage", "WorklistQuery", "add_task"]


@dataclass(frozen=True, slots=True)
class NewTask:
    """An action to be agreed: what, who does it (a practitioner, or words for the person or a carer), and by when."""

    what: str
    owner_id: str | None = None
    owner_words: str = ""
    due: date | None = None


def add_task(
    work: UnitOfWork,
    task: NewTask,
    *,
    case_id: str | None = None,
    item: AgendaItem | None = None,
    decision_id: str | None = None,
    is_improvement: bool = False,
) -> Task:
    """Add an action inside a unit of work. Raises `TaskNeedsWords`, `TaskNeedsOwner`, `NotFound`."""
    if not task.what.strip():
        raise TaskNeedsWords
    if not task.owner_id and not task.owner_words.strip():
        raise TaskNeedsOwner
    if task.owner_id:
        work.get(Practitioner, task.owner_id)
    made = work.add(
        Task(
            id=work.new_id(),
            case_id=case_id,
            meeting_id=item.meeting_id if item is not None else None,
            item_id=item.id if item is not None else None,
            decision_id=decision_id,
            what=task.what.strip(),
            owner_id=task.owner_id,
            owner_words="" if task.owner_id else task.owner_words.strip(),
            due=task.due,
            is_improvement=is_improvement,
            made_at=work.now,
            made_by=work.actor.name,
            accepted_at=work.now if _is_taken_on(work, task.owner_id, item) else None,
        )
    )
    work.add(TaskStep(id=work.new_id(), task_id=made.id, status=TaskStatus.OPEN, at=work.now, by=work.actor.name))
    return made


def _is_taken_on(work: UnitOfWork, owner_id: str | None, item: AgendaItem | None) -> bool:
    """Whether the owner is there when it is agreed; what the person or a carer does was agreed with them."""
    if owner_id is None or owner_id == work.actor.practitioner_id:
        return True
    if item is None:
        return False
    there = work.find(Attendance, meeting_id=item.meeting_id, practitioner_id=owner_id)
    return any(it.state is AttendanceState.PRESENT and it.left_at is None for it in there)


class Tasks:
    """The verbs of actions, and the questions about them."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def task(self, task_id: str) -> TaskSummary:
        """One action; raises `NotFound`."""
        return tasks.task(self._access.database.reader, task_id)

    def steps(self, task_id: str) -> list[TaskStepSummary]:
        """How an action went."""
        return tasks.steps(self._access.database.reader, task_id)

    def unfinished(self, owner_id: str | None = None) -> list[TaskSummary]:
        """Everything not finished, of one owner or of all disciplines (UX II.6, 126), the earliest due first."""
        return tasks.unfinished(self._access.database.reader, owner_id)

    def finished(self, limit: int = 500) -> list[TaskSummary]:
        """What was finished last."""
        return tasks.finished(self._access.database.reader, limit)

    def of_case(self, case_id: str) -> list[TaskSummary]:
        """What is not finished about a person."""
        return tasks.open_of_case(self._access.database.reader, case_id)

    def all_of_case(self, case_id: str) -> list[TaskSummary]:
        """Everything agreed about a person, what is not finished first."""
        return tasks.of_case(self._access.database.reader, case_id)

    def worklist(self, query: WorklistQuery) -> WorklistPage:
        """The actions of a worklist, the most overdue first, and how many each of its views has."""
        access, connection = self._access, self._access.database.reader
        access.require(Permission.SEE_MEETINGS)
        found = worklist.page(
            connection, query, access.actor.practitioner_id, access.actor.locality_id, access.today()
        )
        return replace(found, rows=tuple(open_ones(access, connection, found.rows)))

    def add(self, case_id: str | None, task: NewTask) -> Changes:
        """Agree an action outside a meeting. Raises as `add_task`."""
        with permitted(self._access, Permission.KEEP_TASKS, case_id) as work:
            if case_id is not None:
                work.about(work.get(Case, case_id).person_id)
            made = add_task(work, task, case_id=case_id)
        return changes_of(work, made.id)

    def set_status(self, task_id: str, status: TaskStatus, reason: str = "") -> Changes:
        """Say how far an action is; changed, not done and refused need a reason. Raises `TaskNeedsReason`."""
        require_reason(status, reason)
        with self._work(task_id, reason.strip()) as work:
            task = self._task(work, task_id)
            task.status, task.status_reason = status, reason.strip()
            if status is TaskStatus.REFUSED:
                task.accepted_at = None
            elif status is not TaskStatus.OPEN:
                task.accepted_at = task.accepted_at or work.now
            self._step(work, task, status, reason)
        return changes_of(work)

    def accept(self, task_id: str) -> Changes:
        """Take an action on that was agreed in one's absence; one that was refused is open again."""
        with self._work(task_id) as work:
            task = self._task(work, task_id)
            task.accepted_at = task.accepted_at or work.now
            if task.status is TaskStatus.REFUSED:
                task.status, task.status_reason = TaskStatus.OPEN, ""
                self._step(work, task, TaskStatus.OPEN, "")
            work.act("accept", "task", task_id)
        return changes_of(work)

    def refuse(self, task_id: str, reason: str) -> Changes:
        """Refuse an action as the one who was to do it; it waits for another owner (UX II.6, 87)."""
        return self.set_status(task_id, TaskStatus.REFUSED, reason)

    def reassign(self, task_ids: list[str], owner_id: str) -> Changes:
        """Give several actions to somebody else at once; refused ones are open again (UX II.6, 125)."""
        with permitted(self._access, Permission.KEEP_TASKS) as work:
            work.get(Practitioner, owner_id)
            for task_id in task_ids:
                task = self._task(work, task_id)
                if task.owner_id != owner_id:
                    task.accepted_at = work.now if owner_id == work.actor.practitioner_id else None
                task.owner_id, task.owner_words = owner_id, ""
                if task.status is TaskStatus.REFUSED:
                    task.status, task.status_reason = TaskStatus.OPEN, ""
                    self._step(work, task, TaskStatus.OPEN, "")
        return changes_of(work)

    def change(self, task_id: str, what: str, due: date | None) -> Changes:
        """Put the words or the day of an unfinished action right. Raises `TaskNeedsWords`."""
        if not what.strip():
            raise TaskNeedsWords
        with permitted(self._access, Permission.KEEP_TASKS, task_id) as work:
            task = self._task(work, task_id)
            task.what, task.due = what.strip(), due
        return changes_of(work)

    def _work(self, task_id: str, reason: str = "") -> UnitOfWork:
        """Whoever an action was given to may say how it is, whatever else they may do."""
        access = self._access
        row = access.database.writer.execute("SELECT owner_id FROM task WHERE id = ?", (task_id,)).fetchone()
        if row is not None and row[0] == access.actor.practitioner_id:
            return unit_of_work(access, reason)
        return permitted(access, Permission.KEEP_TASKS, task_id, reason)

    def _task(self, work: UnitOfWork, task_id: str) -> Task:
        found = work.find(Task, id=task_id)
        if not found:
            raise NotFound(kind="task")
        task = found[0]
        if task.case_id is not None:
            work.about(work.get(Case, task.case_id).person_id)
        return task

    def _step(self, work: UnitOfWork, task: Task, status: TaskStatus, reason: str) -> None:
        work.add(
            TaskStep(
                id=work.new_id(), task_id=task.id, status=status, reason=reason.strip(), at=work.now,
                by=work.actor.name,
            )
        )  # fmt: skip
