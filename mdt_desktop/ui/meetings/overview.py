"""The list of meetings: what comes, what was, and the series they belong to."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.meetings.series_card import SeriesCard
from mdt_desktop.ui.meetings.view import (
    MeetingsView,
    SeriesView,
    cases_words,
    chair_words,
    day_words,
    meeting_name,
    when_words,
)
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import clear
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, words

_SIDE = 24  # times the body size
_MOST_COMING = 6
_UNDER = 3  # rows high, under the tables
_ROOM_FOR_BOTH = 960  # pixels at 100 % text
_ANY = 16_777_215  # Qt's own "no limit"
_HELD = (MeetingState.PLANNED, MeetingState.UNDER_WAY)


class MeetingColumn(IntEnum):
    """The columns of both tables."""

    DAY = 0
    START = 1
    NAME = 2
    CHAIR = 3
    CASES = 4
    STATE = 5


class MeetingTable(RowTable):
    """Meetings under each other; Enter opens one."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.meetings: ListTableModel[MeetingSummary] = ListTableModel(
            {
                MeetingColumn.DAY: Column[MeetingSummary](
                    words("meetings.day"), lambda it: day_words(it.day), 120, whole=True,
                    spoken=when_words,
                ),
                MeetingColumn.START: Column[MeetingSummary](
                    words("meetings.start"), lambda it: it.starts_at, 56, tabular=True
                ),
                MeetingColumn.NAME: Column[MeetingSummary](words("meetings.series"), meeting_name, 140, roomy=True),
                MeetingColumn.CHAIR: Column[MeetingSummary](words("meetings.chair"), chair_words, 130, roomy=True),
                MeetingColumn.CASES: Column[MeetingSummary](
                    words("meetings.cases_heading"), cases_words, 130, roomy=True
                ),
                MeetingColumn.STATE: Column[MeetingSummary](
                    words("meetings.state"), lambda it: label(it.state), 84
                ),
            }
        )  # fmt: skip
        self.show_model(self.meetings)

    def chosen(self) -> MeetingSummary | None:
        """The meeting of the row that is chosen."""
        return self.meetings.row(self.currentIndex().row())

    def show_meetings(self, found: Sequence[MeetingSummary], chosen_id: str) -> bool:
        """Show these; says whether the chosen one is among them, which is then chosen again."""
        self.meetings.show(found)
        place = next((number for number, it in enumerate(found) if it.id == chosen_id), None)
        if place is not None:
            self.selectRow(place)
        return place is not None


class Overview(QWidget):
    """`opened` carries the meeting to plan or read, `cockpit` the one to hold; sheets are asked for by the others."""

    opened = Signal(object)
    cockpit = Signal(object)
    plan_requested = Signal(object)  # a SeriesView, or None
    series_requested = Signal(object)  # a SeriesView, or None for a new one

    def __init__(self) -> None:
        super().__init__()
        self._chosen = ""
        self.header = PageHeader(words("meetings.title"))
        self.summary = words_label("", "subtitle", wraps=True)
        self.new_series = Button(words("meetings.series.add"), lambda: self.series_requested.emit(None), "quiet", "add")
        self.plan = Button(words("meetings.plan"), lambda: self.plan_requested.emit(None), "plain")
        self.open = Button(words("meetings.open.planned"), self._open, "plain")
        self.hold = Button(words("meetings.cockpit"), self._hold, "primary", "meetings")
        for button in (self.new_series, self.plan, self.open, self.hold):
            self.header.add_action(button)
        self.coming = MeetingTable(words("meetings.coming"))
        self.past = MeetingTable(words("meetings.past"))
        self.coming_none = words_label(words("meetings.coming.none"), "muted", wraps=True)
        self.past_none = words_label(words("meetings.past.none"), "muted", wraps=True)
        self.empty = EmptyState(
            words("meetings.none"), words("meetings.none_detail"), icon="meetings",
            step=words("meetings.series.add"), on_step=lambda: self.series_requested.emit(None),
        )  # fmt: skip
        self.side = Scroller(words("meetings.all_series"))
        self.side.column.setContentsMargins(0, 0, 0, 0)
        self._lay_out()
        for table, other in ((self.coming, self.past), (self.past, self.coming)):
            table.opened.connect(lambda _: self._open())
            table.selectionModel().currentRowChanged.connect(
                lambda current, _, table=table, other=other: self._on_chosen(table, other, current.isValid())
            )
        self._fit()
        theme.news().changed.connect(self._fit)

    def _lay_out(self) -> None:
        lists = QVBoxLayout()
        lists.setSpacing(theme.size("unit") * 2)
        lists.addWidget(words_label(words("meetings.coming"), "section"))
        lists.addWidget(self.coming_none)
        lists.addWidget(self.coming)
        lists.addWidget(words_label(words("meetings.past"), "section"))
        lists.addWidget(self.past_none)
        lists.addWidget(self.past, 1)
        lists.addStretch(0)
        self._there = QWidget()
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._there)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("gap") + 4)
        row.addLayout(lists, 1)
        row.addWidget(self.side)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._there)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        edge = theme.size("page")
        column.setContentsMargins(edge, edge - 6, edge, edge - 8)
        column.setSpacing(theme.size("gap"))
        column.addWidget(self.header)
        column.addWidget(self.summary)
        column.addWidget(self._stack, 1)

    def show_view(self, view: MeetingsView) -> None:
        """Show everything; the chosen meeting stays so, and at first it is the next one."""
        nothing = not (view.upcoming or view.past or view.series)
        self._stack.setCurrentWidget(self.empty if nothing else self._there)
        for button in (self.new_series, self.plan, self.open, self.hold):
            button.setVisible(not nothing)
        if not self._chosen and view.upcoming:
            self._chosen = view.upcoming[0].id
        self.coming.show_meetings(view.upcoming, self._chosen)
        self.past.show_meetings(view.past, self._chosen)
        for table, none, found in (
            (self.coming, self.coming_none, view.upcoming), (self.past, self.past_none, view.past),
        ):  # fmt: skip
            table.setVisible(bool(found))
            none.setVisible(not found)
        self._show_series(view.series)
        self.summary.setText(_summary(view))
        self.summary.setVisible(not nothing)
        self._fit()
        self._show_verbs()

    def _show_series(self, found: Sequence[SeriesView]) -> None:
        clear(self.side.column)
        for it in found:
            card = SeriesCard(it)
            card.change_requested.connect(self.series_requested)
            card.plan_requested.connect(self.plan_requested)
            self.side.column.addWidget(card)
        self.side.column.addStretch(1)
        self.side.setVisible(bool(found))

    def choose(self, meeting_id: str) -> None:
        """Choose a meeting, now or when it comes."""
        self._chosen = meeting_id

    def chosen(self) -> MeetingSummary | None:
        """The meeting that is chosen in one of the two tables."""
        found = (it for it in (self.coming.chosen(), self.past.chosen()) if it is not None and it.id == self._chosen)
        return next(found, None)

    def focus(self) -> None:
        """Put the keyboard where the chosen meeting is."""
        table = (
            self.past
            if self.past.currentIndex().isValid() and not self.coming.currentIndex().isValid()
            else self.coming
        )
        target: QWidget = table if table.isVisible() else self.empty.step
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_chosen(self, table: MeetingTable, other: MeetingTable, there: bool) -> None:
        meeting = table.chosen()
        if not there or meeting is None:
            return
        self._chosen = meeting.id
        other.clearSelection()
        other.setCurrentIndex(other.meetings.index(-1, -1))
        self._show_verbs()

    def _show_verbs(self) -> None:
        meeting = self.chosen()
        held = meeting is not None and meeting.state in _HELD
        self.hold.setEnabled(held)
        self.open.setEnabled(meeting is not None)
        if meeting is not None:
            self.open.setText(words(f"meetings.open.{meeting.state.value}"))
            under_way = meeting.state is MeetingState.UNDER_WAY
            self.hold.setText(words("meetings.cockpit.go_on" if under_way else "meetings.cockpit"))

    def _open(self) -> None:
        meeting = self.chosen()
        if meeting is not None:
            self.opened.emit(meeting)

    def _hold(self) -> None:
        meeting = self.chosen()
        if meeting is not None and meeting.state in _HELD:
            self.cockpit.emit(meeting)

    def _fit(self) -> None:
        rows = min(max(self.coming.meetings.rowCount(), 1), _MOST_COMING)
        self.coming.setFixedHeight(theme.size("header") + rows * theme.size("row") + 4 * theme.size("line") + 2)
        # Beside the tables where there is room, else under them.
        narrow = self.width() / theme.current().scale < _ROOM_FOR_BOTH
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(down if narrow else across)
        wide, high = theme.size("body") * _SIDE, theme.size("row") * _UNDER
        self.side.setMinimumWidth(0 if narrow else wide)
        self.side.setMaximumWidth(_ANY if narrow else wide)
        self.side.setMinimumHeight(high if narrow else 0)
        self.side.setMaximumHeight(high if narrow else _ANY)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _summary(view: MeetingsView) -> str:
    told = words("meetings.summary", coming=len(view.upcoming), past=len(view.past))
    if not view.upcoming:
        return told
    return f"{told} {words('meetings.summary.next', when=when_words(view.upcoming[0]))}"
