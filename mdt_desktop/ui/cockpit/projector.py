"""The window for the second screen: a clock, and the person only when the chair shows them, by initials."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.meeting import ItemState, Lane
from mdt_desktop.domain.people import name_on_screen
from mdt_desktop.services.meeting_room import DecisionSummary, TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.composer import Entry, Mode
from mdt_desktop.ui.cockpit.view import CockpitView, clock_time, clock_words
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import words

_SHOWN = frozenset({Mode.DECISION, Mode.ACTION, Mode.PARK})


class ProjectorWindow(QWidget):
    """Nothing about anybody is on it until `show_person_on(True)`; turning to the next person hides them again."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        theme.set_kind(self, "projector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(words("cockpit.projector"))
        self.shows_person = False
        self.shows_names = False
        self._view: CockpitView | None = None
        self._entry: Entry | None = None
        self.clock = words_label("", "projector_clock")
        self.left = words_label("", "projector")
        self.who = words_label("", "projector_name", wraps=True)
        self.wants = words_label("", "projector", wraps=True)
        self.decisions = words_label("", "projector", wraps=True)
        self.typed = words_label("", "projector", wraps=True)
        self._lay_out()
        self.resize(1280, 720)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.who, 1)
        top.addWidget(self.left, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 36, 48, 36)
        column.setSpacing(20)
        column.addLayout(top)
        self._line = line()
        column.addWidget(self._line)
        column.addWidget(self.wants)
        column.addWidget(self.decisions)
        column.addWidget(self.typed)
        column.addStretch(1)
        column.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def open_on_second_screen(self) -> None:
        """Fill the second screen where there is one; otherwise a window that can be moved or shared."""
        screens = QGuiApplication.screens()
        host = self.parentWidget()
        own = host.screen() if host is not None else None
        other = next((it for it in screens if it is not own), None)
        if other is not None:
            self.setGeometry(other.geometry())
            self.showFullScreen()
        else:
            self.show()

    def show_view(self, view: CockpitView, now: datetime) -> None:
        """The meeting moved on; another person is hidden until they are shown."""
        before = self._view.place if self._view is not None else ""
        if view.place != before:
            self.shows_person = False
            self._entry = None
        self._view = view
        self._show(now)

    def show_person_on(self, on: bool, now: datetime) -> None:
        """Show or hide the person who is discussed."""
        self.shows_person = on
        self._show(now)

    def show_names_on(self, on: bool, now: datetime) -> None:
        """Show the name instead of initials; only ever by the chair's key."""
        self.shows_names = on
        self._show(now)

    def show_typed(self, entry: Entry | None) -> None:
        """The decision or action as it is typed."""
        self._entry = entry if entry is not None and entry.mode in _SHOWN else None
        self._show_typed()

    def tick(self, now: datetime) -> None:
        """Another second."""
        self.clock.setText(clock_time(now))
        if self._view is None:
            return
        pace = self._view.room.pace(now)
        self.left.setText("" if pace is None else words("cockpit.projector.left", time=clock_words(pace.left)))

    def _show(self, now: datetime) -> None:
        self.tick(now)
        view = self._view
        person = view.person if view is not None and self.shows_person else None
        for shown in (self._line, self.wants, self.decisions):
            shown.setVisible(person is not None)
        self._show_typed()
        if view is None:
            return
        if person is None:
            waiting = sum(it.state is ItemState.WAITING and it.lane is Lane.DISCUSS for it in view.room.items)
            self.who.setText(words("cockpit.projector.waiting", count=waiting))
            return
        record = person.overview.person
        name = name_on_screen(record.family_name, record.given_names, record.title)
        self.who.setText(name if self.shows_names else person.item.initials)
        self.wants.setText(f"“{person.item.persons_view}”" if person.item.persons_view else "")
        lines = [*map(_decision, person.discussion.decisions), *map(_task, person.discussion.tasks)]
        self.decisions.setText("\n".join(text for text in lines if text))

    def _show_typed(self) -> None:
        entry = self._entry if self.shows_person else None
        text = ""
        if entry is not None and entry.text:
            owner = f" ({entry.owner.name})" if entry.owner is not None else ""
            text = f"{entry.text}{owner} …"
        self.typed.setText(text)
        self.typed.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it, also without the laptop's keyboard."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def _decision(decision: DecisionSummary) -> str:
    return "" if decision.changed else f"• {decision.words}"


def _task(task: TaskSummary) -> str:
    return f"→ {words('cockpit.task', what=task.what, who=task.owner)}"
