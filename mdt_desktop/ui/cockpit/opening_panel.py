"""The opening of a meeting: who is there, and the actions that are due."""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import AttendanceMode, AttendanceState, MeetingState
from mdt_desktop.services.meeting_room import AttendanceSummary, TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case_sentences import days_words
from mdt_desktop.ui.cockpit.view import CockpitView, clock_time
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, words


class PresenceColumn(IntEnum):
    """The columns of who is there."""

    NAME = 0
    PART = 1
    STATE = 2
    MODE = 3


class DueColumn(IntEnum):
    """The columns of what is due."""

    WHAT = 0
    OWNER = 1
    DUE = 2
    WHO = 3


class KeyTable(RowTable):
    """A table in which single keys do something with the row: they come as `key_pressed`, row and key."""

    key_pressed = Signal(int, int)

    def __init__(self, name: str, keys: frozenset[Qt.Key]) -> None:
        super().__init__(name)
        self._keys = keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        key = Qt.Key(event.key())
        if row >= 0 and key in self._keys and not event.modifiers():
            self.key_pressed.emit(row, int(key))
        else:
            super().keyPressEvent(event)


_PRESENCE_KEYS = frozenset({Qt.Key.Key_Space, Qt.Key.Key_X, Qt.Key.Key_O, Qt.Key.Key_E})
_DUE_KEYS = frozenset({Qt.Key.Key_Space})


class OpeningPanel(QWidget):
    """Everybody expected, with a key each for came, apologies, by video and left; and what is due by today."""

    attend_requested = Signal(object, object, object)  # attendance, state, mode
    leave_requested = Signal(object)
    all_here_requested = Signal()
    add_requested = Signal()  # a practitioner who came
    add_person_requested = Signal()  # a person to discuss
    task_done_requested = Signal(object)
    begin_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.table = KeyTable(words("cockpit.presence"), _PRESENCE_KEYS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = ListTableModel(
            {
                PresenceColumn.NAME: Column[AttendanceSummary](
                    words("cockpit.presence.name"), lambda it: it.name, 170, whole=True
                ),
                PresenceColumn.PART: Column[AttendanceSummary](
                    words("cockpit.presence.part"), lambda it: it.part or label(it.discipline), 130, roomy=True
                ),
                PresenceColumn.STATE: Column[AttendanceSummary](words("cockpit.presence.state"), _state, 120),
                PresenceColumn.MODE: Column[AttendanceSummary](
                    words("cockpit.presence.mode"), lambda it: label(it.mode), 90
                ),
            }
        )
        self.table.show_model(self.model)
        self.due = KeyTable(words("cockpit.due_actions"), _DUE_KEYS)
        self.due.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._today_words: Callable[[TaskSummary], str] = lambda it: cui_date(it.due) if it.due else ""
        self.due_model = ListTableModel(
            {
                DueColumn.WHAT: Column[TaskSummary](words("cockpit.due.what"), lambda it: it.what, 260, roomy=True),
                DueColumn.OWNER: Column[TaskSummary](words("cockpit.due.owner"), lambda it: it.owner, 130, whole=True),
                DueColumn.DUE: Column[TaskSummary](words("cockpit.due.day"), lambda it: self._today_words(it), 96),
                DueColumn.WHO: Column[TaskSummary](words("cockpit.due.who"), _initials, 50),
            }
        )
        self.due.show_model(self.due_model)
        self.due_none = words_label(words("cockpit.due.nothing"), "muted")
        self.begin = Button(words("cockpit.begin"), self.begin_requested.emit, "primary")
        self.all_here = Button(words("cockpit.all_here"), self.all_here_requested.emit, "plain")
        self.add = Button(words("cockpit.add_somebody"), self.add_requested.emit, "quiet", "add")
        self.add_person = Button(words("cockpit.add_person"), self.add_person_requested.emit, "quiet", "add")
        self.add_person.setToolTip("Insert")
        self._lay_out()
        self.table.key_pressed.connect(self._on_presence_key)
        self.table.opened.connect(lambda row: self._on_presence_key(row, int(Qt.Key.Key_Space)))
        self.due.key_pressed.connect(self._on_due_key)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        edge = theme.size("page")
        column.setContentsMargins(edge, theme.size("gap"), edge, theme.size("gap"))
        column.setSpacing(theme.size("unit") * 2)
        top = QHBoxLayout()
        top.addWidget(words_label(words("cockpit.presence"), "section"))
        top.addWidget(words_label(words("cockpit.presence.keys"), "muted", wraps=True), 1)
        for button in (self.add_person, self.all_here, self.begin):
            top.addWidget(button)
        column.addLayout(top)
        column.addWidget(self.table, 3)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(words_label(words("cockpit.reminder"), "muted", wraps=True))
        second = QHBoxLayout()
        second.addWidget(words_label(words("cockpit.due_actions"), "section"))
        second.addWidget(words_label(words("cockpit.due.keys"), "muted"), 1)
        column.addLayout(second)
        column.addWidget(self.due_none)
        column.addWidget(self.due, 2)

    def show_view(self, view: CockpitView) -> None:
        """Show who is there and what is due; the chosen rows stay."""
        row = max(0, self.table.currentIndex().row())
        self.model.show(view.room.attendance)
        if view.room.attendance:
            self.table.selectRow(min(row, len(view.room.attendance) - 1))
        today = view.today
        self._today_words = lambda it: days_words((it.due - today).days) if it.due else ""
        due_row = max(0, self.due.currentIndex().row())
        self.due_model.show(view.room.tasks_due)
        if view.room.tasks_due:
            self.due.selectRow(min(due_row, len(view.room.tasks_due) - 1))
        self.due.setVisible(bool(view.room.tasks_due))
        self.due_none.setVisible(not view.room.tasks_due)
        self.begin.setVisible(view.room.meeting.state is MeetingState.PLANNED)
        for button in (self.all_here, self.add, self.add_person):
            button.setEnabled(view.room.meeting.state is not MeetingState.SEALED)

    def _on_presence_key(self, row: int, key: int) -> None:
        attendance = self.model.row(row)
        if attendance is None:
            return
        present = attendance.state is AttendanceState.PRESENT and attendance.left_at is None
        if key == Qt.Key.Key_Space:
            state = AttendanceState.EXPECTED if present else AttendanceState.PRESENT
            self.attend_requested.emit(attendance, state, None)
        elif key == Qt.Key.Key_X:
            self.attend_requested.emit(attendance, AttendanceState.APOLOGIES, None)
        elif key == Qt.Key.Key_O:
            other = (
                AttendanceMode.IN_THE_ROOM if attendance.mode is AttendanceMode.BY_VIDEO else AttendanceMode.BY_VIDEO
            )
            self.attend_requested.emit(attendance, AttendanceState.PRESENT, other)
        elif present:
            self.leave_requested.emit(attendance)

    def _on_due_key(self, row: int, _: int) -> None:
        task = self.due_model.row(row)
        if task is not None:
            self.task_done_requested.emit(task)


def _state(attendance: AttendanceSummary) -> str:
    if attendance.left_at is not None:
        return words("cockpit.presence.left", time=clock_time(attendance.left_at))
    if attendance.state is AttendanceState.PRESENT and attendance.joined_at is not None:
        return words("cockpit.presence.since", time=clock_time(attendance.joined_at))
    return label(attendance.state)


def _initials(task: TaskSummary) -> str:
    return f"{task.given_names[:1]}{task.family_name[:1]}".upper()

