"""One meeting before it is held: its agenda in lanes, the time it takes, and what is prepared for each person."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mdt_desktop.domain.meeting import Lane, MeetingState, minutes_for_cases
from mdt_desktop.ui import theme
from mdt_desktop.ui.meetings.agenda_table import AgendaTable, PlanColumn
from mdt_desktop.ui.meetings.attendance_panel import AttendancePanel
from mdt_desktop.ui.meetings.case_panel import CasePanel
from mdt_desktop.ui.meetings.chase_panel import ChasePanel
from mdt_desktop.ui.meetings.papers import PapersButton
from mdt_desktop.ui.meetings.plan_rows import RowKind, minutes_planned, plan_rows
from mdt_desktop.ui.meetings.time_strip import TimeStrip
from mdt_desktop.ui.meetings.view import PlanningView, header_words, meeting_name
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import words

_SIDE = 29  # times the body size
_MOST_OF_WIDTH = 0.46
_ROOM_FOR_ALL = 620  # pixels at 100 % text
TABS = ("case", "expected", "chase")


class PlanningPanel(QWidget):
    """Shows the meeting and says what is wanted; the page asks the services."""

    back_requested = Signal()
    change_requested = Signal()
    cockpit_requested = Signal()
    update_requested = Signal()
    order_requested = Signal()
    add_requested = Signal()
    stepped = Signal(str, int)  # item, one up (-1) or down (1)
    moved = Signal(str, object, object)  # item, the item to stand before (None: the end), the lane

    def __init__(self, papers: PapersButton) -> None:
        super().__init__()
        self._view: PlanningView | None = None
        self._wanted = ""
        self.papers = papers
        self.back = IconButton("back", words("meetings.back"), self.back_requested.emit)
        self.title = words_label("", "title")
        self.when = words_label("", "subtitle", wraps=True)
        self.change = Button(words("meetings.change"), self.change_requested.emit, "plain", "edit")
        self.hold = Button(words("meetings.cockpit"), self.cockpit_requested.emit, "primary", "meetings")
        self.time = TimeStrip()
        self.add = Button(words("meetings.add"), self.add_requested.emit, "quiet", "add")
        self.update_agenda = Button(words("meetings.update"), self.update_requested.emit, "quiet", "refresh")
        self.order = Button(words("meetings.order"), self.order_requested.emit, "quiet")
        self.table = AgendaTable()
        self.empty = EmptyState(
            words("meetings.agenda.none"), words("meetings.agenda.none_detail"), icon="meetings",
            step=words("meetings.add"), on_step=self.add_requested.emit,
        )  # fmt: skip
        self.case = CasePanel()
        self.expected = AttendancePanel()
        self.chase = ChasePanel()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("meetings.tabs"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.side = QStackedWidget()
        for key, widget in zip(TABS, (self.case, self.expected, self.chase), strict=True):
            self.tabs.addTab(words(f"meetings.tab.{key}"))
            self.side.addWidget(widget)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.size("gap"))
        top.addWidget(self.back)
        top.addWidget(self.title)
        top.addStretch(1)
        for button in (self.change, self.papers, self.hold):
            top.addWidget(button)
        bar = QWidget()
        flow = flowing(bar, theme.size("unit") * 2, theme.size("unit"))
        for widget in (self.time, self.order, self.update_agenda, self.add):
            flow.addWidget(widget)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.table)
        self.lists.addWidget(self.empty)
        left = QVBoxLayout()
        left.setSpacing(theme.size("unit") * 2)
        left.addWidget(bar)
        left.addWidget(self.lists, 1)
        self.keys = words_label(words("meetings.plan.keys"), "help", wraps=True)
        left.addWidget(self.keys)
        self._right = QFrame()
        theme.set_kind(self._right, "side_panel")
        right = QVBoxLayout(self._right)
        right.setContentsMargins(1, 1, 1, 1)
        right.setSpacing(0)
        right.addWidget(self.tabs)
        right.addWidget(self.side, 1)
        below = QHBoxLayout()
        below.setSpacing(theme.size("gap"))
        below.addLayout(left, 1)
        below.addWidget(self._right)
        column = QVBoxLayout(self)
        edge = theme.size("page")
        column.setContentsMargins(edge, edge - 6, edge, edge - 8)
        column.setSpacing(theme.size("gap"))
        column.addLayout(top)
        column.addWidget(self.when)
        column.addLayout(below, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self.side.setCurrentIndex)
        self.table.row_chosen.connect(lambda _: self._on_row())
        self.table.opened.connect(lambda _: self.open_row())
        self.table.dropped.connect(self._on_dropped)
        self.case.move_wanted.connect(self.step)

    # Showing

    def show_view(self, view: PlanningView) -> None:
        """Show this meeting; the chosen row stays, and the fields in which somebody types."""
        before_view = self._view
        # Also when the agenda has just been written: it begins at its top.
        first = before_view is None or before_view.meeting.id != view.meeting.id or not before_view.items
        before = self.table.chosen()
        place = self.table.currentIndex().row()
        self._view = view
        meeting = view.meeting
        self.title.setText(meeting_name(meeting))
        self.when.setText(header_words(meeting))
        under_way = meeting.state is MeetingState.UNDER_WAY
        self.hold.setText(words("meetings.cockpit.go_on" if under_way else "meetings.cockpit"))
        for button in (self.update_agenda, self.order):
            button.setEnabled(view.is_planned)
        self.papers.show_state(meeting.state)
        self.time.show_minutes(minutes_planned(view.items), minutes_for_cases(meeting.length_minutes))
        rows = plan_rows(view)
        people = any(row.kind is not RowKind.HEADING for row in rows)
        self.lists.setCurrentWidget(self.table if people else self.empty)
        self.table.plan.show(rows)
        self.expected.show_view(view)
        self.chase.show_list(view.chase)
        wanted = self._wanted or (before.key if before is not None and not first else "")
        self._wanted = ""
        if not self.table.choose(wanted):
            self._choose_near(0 if first else place)
        self._on_row()

    def _choose_near(self, place: int) -> None:
        """Choose the person at a place, or the next one, where who was chosen is gone."""
        rows = range(self.table.plan.rowCount())
        near = sorted(rows, key=lambda number: (number < place, abs(number - place)))
        for number in near:
            row = self.table.plan.row(number)
            if row is not None and row.kind is not RowKind.HEADING:
                self.table.selectRow(number)
                return

    def choose_soon(self, key: str) -> None:
        """Choose an item once it has come."""
        self._wanted = key

    def _on_row(self) -> None:
        if self._view is not None:
            self.case.show_row(self._view, self.table.chosen())

    def show_tab(self, key: str) -> None:
        """Show one of the three at the right."""
        self.tabs.setCurrentIndex(TABS.index(key))

    def open_row(self) -> None:
        """Go from the row to its first field, or put who is not on the agenda there."""
        row = self.table.chosen()
        if row is None:
            return
        self.show_tab("case")
        if row.kind is RowKind.LEFT:
            self.case.add_requested.emit()
        else:
            self.case.question.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus(self) -> None:
        """Put the keyboard on the agenda."""
        target: QWidget = self.table if self.lists.currentWidget() is self.table else self.empty.step
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # Moving

    def step(self, by: int) -> None:
        """Move who is chosen one place up (-1) or down (1) in their lane."""
        row = self.table.chosen()
        if row is not None and row.kind is RowKind.ITEM:
            self.stepped.emit(row.key, by)

    def _on_dropped(self, dragged: int, place: int) -> None:
        """Let go between two rows: into the lane of the heading above that place, before who follows there."""
        row = self.table.plan.row(dragged)
        if row is None or row.item is None:
            return
        above = (self.table.plan.row(number) for number in range(place - 1, -1, -1))
        heading = next((it.key for it in above if it is not None and it.kind is RowKind.HEADING), "discuss")
        lane = Lane.NOTE if heading == "note" else Lane.DISCUSS
        following = self.table.plan.row(place)
        if following is not None and following.kind is RowKind.HEADING and lane is Lane.DISCUSS:
            # Above the line where the time ends: before the first of those for whom none is left.
            following = self.table.plan.row(place + 1) if following.key == "rolled_over" else None
        before = following.key if following is not None and following.kind is RowKind.ITEM else None
        if before == row.key:
            return
        self.moved.emit(row.key, before, lane)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = min(theme.size("body") * _SIDE, round(self.width() * _MOST_OF_WIDTH))
        self._right.setFixedWidth(side)
        # What is missing stands in the panel too, for the person who is chosen; the time follows from the order.
        narrow = (self.width() - side) / theme.current().scale < _ROOM_FOR_ALL
        for column in (PlanColumn.MISSING, PlanColumn.TIME):
            self.table.setColumnHidden(int(column), narrow)
        self.keys.setVisible(not narrow)  # they stand on the sheet of keys as well
