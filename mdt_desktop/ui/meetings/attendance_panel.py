"""Who is expected at a meeting and who sent apologies, and whether those who come make a quorum."""

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.services.meetings import AttendanceSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.meetings.view import PlanningView, expected_quorum
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import beside
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, words

_APOLOGY_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_X)


class ExpectedColumn(IntEnum):
    """The columns of who is expected."""

    NAME = 0
    PART = 1
    STATE = 2


class ExpectedTable(RowTable):
    """Space or X: apologies, or expected again. Delete is a key of the page, which asks who has the keyboard."""

    apologies_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        there, plain = self.currentIndex().isValid(), not event.modifiers()
        if there and plain and event.key() in _APOLOGY_KEYS:
            self.apologies_pressed.emit()
        else:
            super().keyPressEvent(event)


class AttendancePanel(QWidget):
    """The signals carry an `AttendanceSummary`."""

    apologies_wanted = Signal(object, bool)
    remove_wanted = Signal(object)
    add_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told = words_label("", "body", wraps=True)
        self.quorum = words_label("", "good", wraps=True)
        self.table = ExpectedTable(words("meetings.expected"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model: ListTableModel[AttendanceSummary] = ListTableModel(
            {
                ExpectedColumn.NAME: Column[AttendanceSummary](
                    words("meetings.expected.name"), lambda it: it.name, 130, whole=True
                ),
                ExpectedColumn.PART: Column[AttendanceSummary](
                    words("meetings.expected.part"), lambda it: it.part or label(it.discipline), 60, roomy=True,
                    tip=lambda it: it.part or label(it.discipline),
                ),
                ExpectedColumn.STATE: Column[AttendanceSummary](
                    words("meetings.expected.state"), lambda it: label(it.state), 76
                ),
            }
        )
        self.table.show_model(self.model)
        self.add = Button(words("meetings.expect"), self.add_requested.emit, "quiet", "add")
        self.apologies = Button(words("meetings.apologies"), self._on_apologies, "quiet")
        self.remove = Button(words("meetings.take_off"), self.remove_chosen, "quiet", "remove")
        column = QVBoxLayout(self)
        edge = theme.size("card")
        column.setContentsMargins(edge, theme.size("gap"), edge, theme.size("gap"))
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(self.told)
        column.addWidget(self.quorum)
        column.addWidget(self.table, 1)
        column.addWidget(words_label(words("meetings.expected.keys"), "help", wraps=True))
        column.addLayout(beside(self.add))
        column.addLayout(beside(self.apologies, self.remove))
        self.table.apologies_pressed.connect(self._on_apologies)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_verbs())

    def chosen(self) -> AttendanceSummary | None:
        """Who is chosen."""
        return self.model.row(self.table.currentIndex().row())

    def show_view(self, view: PlanningView) -> None:
        """Show who is expected; the chosen row stays."""
        row = max(0, self.table.currentIndex().row())
        self.model.show(view.attendance)
        if view.attendance:
            self.table.selectRow(min(row, len(view.attendance) - 1))
        coming = sum(it.state is not AttendanceState.APOLOGIES for it in view.attendance)
        self.told.setText(words("meetings.expected.told", coming=coming, apologies=len(view.attendance) - coming))
        missing = expected_quorum(view)
        names = ", ".join(label(part) for part in missing)
        text = words("meetings.quorum.missing", missing=names) if missing else words("meetings.quorum.there")
        self.quorum.setText(text)
        theme.set_kind(self.quorum, "late" if missing else "good")
        self._show_verbs()

    def _show_verbs(self) -> None:
        chosen = self.chosen()
        self.apologies.setEnabled(chosen is not None)
        self.remove.setEnabled(chosen is not None)
        sent = chosen is not None and chosen.state is AttendanceState.APOLOGIES
        self.apologies.setText(words("meetings.apologies.back" if sent else "meetings.apologies"))

    def _on_apologies(self) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.apologies_wanted.emit(chosen, chosen.state is not AttendanceState.APOLOGIES)

    @property
    def can_remove(self) -> bool:
        """Is somebody chosen?"""
        return self.chosen() is not None

    def remove_chosen(self) -> None:
        """Ask that who is chosen is expected no longer."""
        chosen = self.chosen()
        if chosen is not None:
            self.remove_wanted.emit(chosen)
