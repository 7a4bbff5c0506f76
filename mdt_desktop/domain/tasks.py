"""What was agreed to be done, from a meeting or by itself: it never vanishes, somebody signs it off (UX II.6, 104)."""

from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput, NotAllowed


class TaskStatus(StrEnum):
    """How far something is: open, done, part done, changed, not done, or refused by who was to do it."""

    OPEN = "open"
    DONE = "done"
    PART_DONE = "part_done"
    CHANGED = "changed"
    NOT_DONE = "not_done"
    REFUSED = "refused"


UNFINISHED = (TaskStatus.OPEN, TaskStatus.PART_DONE)
"""These carry on, and return to the agenda when they are overdue."""
CLOSED = (TaskStatus.DONE, TaskStatus.CHANGED, TaskStatus.NOT_DONE)
_NEED_REASON = (TaskStatus.CHANGED, TaskStatus.NOT_DONE, TaskStatus.REFUSED)


class TaskNeedsWords(BadInput):
    """An action says what is to be done."""

    code = "task_needs_words"


class TaskNeedsOwner(BadInput):
    """An action has somebody who does it."""

    code = "task_needs_owner"


class TaskNeedsReason(NotAllowed):
    """What is changed, not done or refused says why. Values: `status`."""

    code = "task_needs_reason"


def require_reason(status: TaskStatus, reason: str) -> None:
    """Raise `TaskNeedsReason` where a status asks for one."""
    if status in _NEED_REASON and not reason.strip():
        raise TaskNeedsReason(status=status)


def is_overdue(status: TaskStatus, due: date | None, today: date) -> bool:
    """Whether something unfinished is past its day; what was refused waits for another owner and counts as well."""
    return due is not None and due < today and status in (*UNFINISHED, TaskStatus.REFUSED)
