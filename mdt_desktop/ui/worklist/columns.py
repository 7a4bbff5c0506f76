"""What each column of the worklist says of an action, and the cell that tells how late it is."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import IntEnum
from typing import Any

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from mdt_desktop.domain.dates import cui_date, long_date
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.domain.tasks import TaskStatus, is_overdue
from mdt_desktop.services.tasks import TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import Column, Index, RowRole
from mdt_desktop.ui.widgets.cells import RowDelegate
from mdt_desktop.words import label, words

_SUMMARY = int(RowRole.SUMMARY)


class WorklistColumn(IntEnum):
    """The columns, in their order."""

    DUE = 0
    WHAT = 1
    PERSON = 2
    OWNER = 3
    STATUS = 4
    MEETING = 5


def person_words(task: TaskSummary) -> str:
    """`SURNAME, Given (Title)`; "About the meetings" for an action about nobody."""
    if task.person_id is None:
        return words("worklist.about_meetings" if task.is_improvement else "worklist.about_nobody")
    return name_on_screen(task.family_name, task.given_names, task.title)


def due_words(task: TaskSummary, today: date) -> str:
    """The day, and in words how late an unfinished action is."""
    if task.due is None:
        return words("worklist.no_day")
    if not is_overdue(task.status, task.due, today):
        return cui_date(task.due)
    late = (today - task.due).days
    return words("worklist.late_one" if late == 1 else "worklist.late", day=cui_date(task.due), days=late)


def status_words(task: TaskSummary) -> str:
    """How far it is; of an open action that nobody has taken on yet, that."""
    if task.status is TaskStatus.OPEN and task.accepted_at is None and task.owner_id is not None:
        return words("worklist.not_accepted")
    return label(task.status)


def owner_words(task: TaskSummary) -> str:
    """Who does it."""
    return task.owner


def origin_words(task: TaskSummary) -> str:
    """The meeting it was agreed in, by its day."""
    return cui_date(task.meeting_day) if task.meeting_day is not None else words("worklist.outside_meeting")


def worklist_columns(today: Callable[[], date]) -> Mapping[WorklistColumn, Column[TaskSummary]]:
    """The six columns; `today` is asked when rows are made."""

    def due_spoken(task: TaskSummary) -> str:
        if task.due is None:
            return due_words(task, today())
        return words("worklist.due_spoken", day=long_date(task.due))

    return {
        WorklistColumn.DUE: Column(
            words("worklist.column.due"), lambda it: due_words(it, today()), 196, whole=True, spoken=due_spoken
        ),
        WorklistColumn.WHAT: Column(words("worklist.column.what"), lambda it: it.what, 240, roomy=True,
                                    tip=lambda it: it.what),
        WorklistColumn.PERSON: Column(words("worklist.column.person"), person_words, 150, whole=True),
        WorklistColumn.OWNER: Column(words("worklist.column.owner"), owner_words, 130, whole=True,
                                     tip=lambda it: it.organisation),
        WorklistColumn.STATUS: Column(words("worklist.column.status"), status_words, 90, whole=True),
        WorklistColumn.MEETING: Column(words("worklist.column.meeting"), origin_words, 100),
    }  # fmt: skip


class DueDelegate(RowDelegate):
    """Paints a day that has passed in the colour of what is late; the words say it as well."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        task: Any = index.data(_SUMMARY)
        plain = self._text
        if task is not None and is_overdue(task.status, task.due, self._today()):
            self._text = theme.colour("high")
        super().paint(painter, option, index)
        self._text = plain
