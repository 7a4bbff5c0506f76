"""The agenda at the left of the cockpit: initials and how far each is, never a name beside somebody's banner."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QVBoxLayout

from mdt_desktop.domain.meeting import ItemState, Lane
from mdt_desktop.services.meeting_room import ItemSummary, Room, elapsed
from mdt_desktop.ui import theme
from mdt_desktop.ui.cockpit.view import CLOSING, OPENING
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, words

_WIDTH = 212


class AgendaColumn(IntEnum):
    """The columns of the list."""

    WHO = 0
    STATE = 1
    MINUTES = 2


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One place of the meeting: its opening, a person, or its closing."""

    place: str
    who: str
    state: str
    minutes: str
    spoken: str


class AgendaList(QFrame):
    """Enter or a click turns to a place."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "cockpit_agenda")
        self.table = RowTable(words("cockpit.agenda"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        theme.set_kind(self.table, "plain")
        self.model = ListTableModel(
            {
                AgendaColumn.WHO: Column[AgendaRow]("", lambda it: it.who, 80, spoken=lambda it: it.spoken),
                AgendaColumn.STATE: Column[AgendaRow]("", lambda it: it.state, 72),
                AgendaColumn.MINUTES: Column[AgendaRow]("", lambda it: it.minutes, 44, figures=True),
            }
        )
        self.table.show_model(self.model)
        self.table.horizontalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.count = words_label("", "help", wraps=True)
        column = QVBoxLayout(self)
        edge = theme.size("unit") * 2
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.size("unit"))
        column.addWidget(self.table, 1)
        column.addWidget(self.count)
        self._place = ""
        self._fit()
        theme.news().changed.connect(self._fit)
        self.table.opened.connect(self._on_opened)
        self.table.clicked.connect(lambda index: self._on_opened(index.row()))

    def show_room(self, room: Room, place: str, now: datetime) -> None:
        """Show every place of the meeting and where it is."""
        self._place = place
        offers = room.offers(now)
        rows = [
            _place_row(OPENING),
            *(
                _item_row(it, now, offers.get(it.id), here=it.id == place)
                for it in room.items if it.state is not ItemState.REMOVED
            ),
            _place_row(CLOSING),
        ]  # fmt: skip
        if tuple(rows) != tuple(self.model.row(number) for number in range(self.model.rowCount())):
            self.model.show(rows)
        number = next((number for number, row in enumerate(rows) if row.place == place), 0)
        self.table.selectRow(number)
        self.table.scrollTo(self.model.index(number, 0))
        discussed = [it for it in room.items if it.lane is Lane.DISCUSS and it.state is not ItemState.REMOVED]
        done = sum(it.state in (ItemState.DONE, ItemState.PARKED) for it in discussed)
        notes = sum(it.lane is Lane.NOTE and it.state is ItemState.WAITING for it in room.items)
        self.count.setText(words("cockpit.agenda.count", done=done, of=len(discussed), notes=notes))

    def _on_opened(self, number: int) -> None:
        row = self.model.row(number)
        if row is not None and row.place != self._place:
            self.chosen.emit(row.place)

    def _fit(self) -> None:
        self.setFixedWidth(round(_WIDTH * theme.current().scale))


def _place_row(place: str) -> AgendaRow:
    text = words(f"cockpit.place.{place}")
    return AgendaRow(place, text, "", "", text)


def _item_row(item: ItemSummary, now: datetime, offered: int | None, *, here: bool) -> AgendaRow:
    """`offered` are the seconds that the pace leaves for a discussion that is still open."""
    if item.state is ItemState.WAITING and offered == 0 and not here:
        state = words("cockpit.agenda.no_time")
    elif item.state is ItemState.WAITING:
        state = words("cockpit.agenda.to_note") if item.lane is Lane.NOTE else ""
    elif item.state is ItemState.UNDER_WAY and not here:
        state = words("cockpit.agenda.begun")
    else:
        state = label(item.state)
    if item.state is not ItemState.WAITING and not here:
        minutes = max(1, round(elapsed(item, now) / 60))
    else:
        minutes = round(offered / 60) if offered else item.minutes
    told = state if offered == 0 and not here else label(item.state)
    spoken = words("cockpit.agenda.spoken", who=item.initials, state=told, minutes=minutes)
    return AgendaRow(item.id, item.initials, state, f"{minutes}", spoken)
