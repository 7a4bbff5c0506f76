"""Questions about actions: of a meeting, of a person, of an owner, and everything that is late."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """One action. `owner` is the practitioner's name or the words for who else does it; `organisation` is theirs.

    `accepted_at` is None while somebody who was not there when it was agreed has not said that they do it.
    """

    id: str
    case_id: str | None
    person_id: str | None
    family_name: str
    given_names: str
    title: str
    nhs_number: str
    meeting_id: str | None
    meeting_day: date | None
    item_id: str | None
    decision_id: str | None
    what: str
    owner_id: str | None
    owner: str
    organisation: str
    due: date | None
    status: TaskStatus
    status_reason: str
    is_improvement: bool
    made_at: datetime
    made_by: str
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskStepSummary:
    """One change of a status."""

    status: TaskStatus
    reason: str
    at: datetime
    by: str


_TASK = """
SELECT task.id, task.case_id, person.id, coalesce(family_name, ''), coalesce(given_names, ''), coalesce(title, ''),
       coalesce(nhs_number, ''), task.meeting_id, meeting.day, task.item_id, decision_id, what, owner_id,
       coalesce(practitioner.name, owner_words), coalesce(organisation.name, practice.name, ''), due, status,
       status_reason, is_improvement, made_at, made_by, accepted_at
"""
FROM = """
  FROM task
  LEFT JOIN person_case ON person_case.id = task.case_id
  LEFT JOIN person ON person.id = person_case.person_id
  LEFT JOIN meeting ON meeting.id = task.meeting_id
  LEFT JOIN practitioner ON practitioner.id = owner_id
  LEFT JOIN organisation ON organisation.id = practitioner.organisation_id
  LEFT JOIN practice ON practice.id = practitioner.practice_id
"""


def task(connection: "Connection", task_id: str) -> TaskSummary:
    """One action; raises `NotFound`."""
    row = connection.execute(f"{_TASK} {FROM} WHERE task.id = ?", (task_id,)).fetchone()
    if row is None:
        raise NotFound(kind="task")
    return _task(row)


def of_item(connection: "Connection", item_id: str) -> list[TaskSummary]:
    """What was agreed about a person in one meeting, in order."""
    return _tasks(connection, "task.item_id = ? ORDER BY task.id", item_id)


def of_meeting(connection: "Connection", meeting_id: str) -> list[TaskSummary]:
    """Everything agreed in a meeting, in order."""
    return _tasks(connection, "task.meeting_id = ? ORDER BY task.id", meeting_id)


def open_of_case(connection: "Connection", case_id: str) -> list[TaskSummary]:
    """What is not finished about a person, the earliest due first."""
    where = "task.case_id = ? AND status IN ('open', 'part_done', 'refused') ORDER BY due IS NULL, due, task.id"
    return _tasks(connection, where, case_id)


def unfinished(connection: "Connection", owner_id: str | None = None) -> list[TaskSummary]:
    """Everything not finished, of one owner or of all, the earliest due first."""
    where = (
        "status IN ('open', 'part_done', 'refused') AND (?1 IS NULL OR owner_id = ?1)"
        " ORDER BY due IS NULL, due, task.id"
    )
    return _tasks(connection, where, owner_id)


def finished(connection: "Connection", limit: int = 500) -> list[TaskSummary]:
    """What was finished last, the latest first."""
    where = (
        "status NOT IN ('open', 'part_done', 'refused')"
        " ORDER BY (SELECT max(id) FROM task_step WHERE task_id = task.id) DESC LIMIT ?"
    )
    return _tasks(connection, where, limit)


def due_by(connection: "Connection", locality_id: str, on: date) -> list[TaskSummary]:
    """What is due in a locality by a day, for the opening of its meeting."""
    where = (
        "status IN ('open', 'part_done', 'refused') AND due <= ?2 AND (task.case_id IS NULL OR"
        " person.practice_id IN (SELECT id FROM practice WHERE locality_id = ?1)) ORDER BY due, task.id"
    )
    rows = connection.execute(f"{_TASK} {FROM} WHERE {where}", (locality_id, on.isoformat()))
    return [_task(row) for row in rows]


def steps(connection: "Connection", task_id: str) -> list[TaskStepSummary]:
    """How an action went, in order."""
    rows = connection.execute("SELECT status, reason, at, by FROM task_step WHERE task_id = ? ORDER BY id", (task_id,))
    return [made(TaskStepSummary, row, status=TaskStatus, at=moment) for row in rows]


def selected(connection: "Connection", where: str, values: dict[str, str]) -> list[TaskSummary]:
    """Actions of a condition with named values, for other modules of queries."""
    return [_task(row) for row in connection.execute(f"{_TASK} {FROM} WHERE {where}", values)]


def of_case(connection: "Connection", case_id: str) -> list[TaskSummary]:
    """Everything agreed about a person: what is not finished first, the earliest due first."""
    where = "task.case_id = ? ORDER BY status NOT IN ('open', 'part_done', 'refused'), due IS NULL, due, task.id"
    return _tasks(connection, where, case_id)


def _tasks(connection: "Connection", where: str, value: Any) -> list[TaskSummary]:
    return [_task(row) for row in connection.execute(f"{_TASK} {FROM} WHERE {where}", (value,))]


def _task(row: tuple[Any, ...]) -> TaskSummary:
    return made(
        TaskSummary, row, meeting_day=day, due=day, status=TaskStatus, is_improvement=bool, made_at=moment,
        accepted_at=moment,
    )
