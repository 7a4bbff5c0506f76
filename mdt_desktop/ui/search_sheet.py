"""A sheet to find somebody and take them: people with a case for an agenda, practitioners for a meeting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import label, words

_WAIT = 120  # milliseconds after the last key
_WIDTH = 580
_SHOWN = 30
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found; `why_not` says why they cannot be taken, and is empty where they can."""

    id: str
    name: str
    detail: str
    why_not: str = ""


Find = Callable[[str], Sequence[Found]]
"""Finds somebody by what is typed; runs in the reader thread."""


class FoundColumn(IntEnum):
    """The columns of the list."""

    NAME = 0
    DETAIL = 1


class SearchSheet(SideSheet):
    """Type, walk with the arrows, Return takes. `taken` carries the id; the sheet stays, for there may be several."""

    taken = Signal(str)

    def __init__(
        self, title: str, hint: str, find: Find, host: QWidget, operations: Operations, messages: Messages
    ) -> None:
        super().__init__(title, host, _WIDTH)
        self.setObjectName("search_sheet")
        self._find, self._operations, self._messages = find, operations, messages
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setClearButtonEnabled(True)
        self.line.installEventFilter(self)
        self.table = RowTable(title)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model: ListTableModel[Found] = ListTableModel(
            {
                FoundColumn.NAME: Column[Found](words("search_sheet.name"), lambda it: it.name, 190, whole=True),
                FoundColumn.DETAIL: Column[Found](
                    words("search_sheet.detail"), lambda it: it.why_not or it.detail, 240,
                    tip=lambda it: it.why_not or it.detail,
                ),
            }
        )  # fmt: skip
        self.table.show_model(self.model)
        # The line keeps the keyboard, also when a row is clicked: letters are always what is searched for.
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.setFocusProxy(self.line)
        self.told = words_label("", "muted", wraps=True)
        self.told.hide()
        self.take = Button(words("search_sheet.take"), self._take, "primary", "add")
        self.leave_button = Button(words("search_sheet.leave"), self.close_requested.emit, "plain")
        for widget in (self.line, self.told, self.table):
            self.body.addWidget(widget)
        self.foot.addWidget(self.take)
        self.foot.addWidget(self.leave_button)
        self.foot.addStretch(1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_WAIT)
        self._soon.timeout.connect(self.search)
        self.line.textChanged.connect(lambda _: self._soon.start())
        self.table.opened.connect(lambda _: self._take())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_take())
        self.close_requested.connect(self.leave)
        self.search()

    def search(self) -> None:
        """Find by what stands in the line now."""
        find, text = self._find, self.line.text().strip()
        self._operations.run_query(
            lambda: find(text), self._show, self._on_failed, owner=self, latest_of=f"search_sheet.{id(self)}"
        )

    def say(self, text: str) -> None:
        """Tell what has become of the one who was taken, and find anew."""
        self._tell(text)
        self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search()

    def leave(self) -> None:
        """Close it for good."""
        self._soon.stop()
        self.close_sheet()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _STEPS and self.model.rowCount():
                at = self.table.currentIndex().row() + _STEPS[key]
                self.table.selectRow(min(max(at, 0), self.model.rowCount() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._soon.isActive():
                    self._soon.stop()
                    self.search()
                else:
                    self._take()
                return True
        return super().eventFilter(watched, event)

    def _show(self, found: Sequence[Found]) -> None:
        self.model.show(found)
        if found:
            self.table.selectRow(next((number for number, it in enumerate(found) if not it.why_not), 0))
        elif self.line.text().strip():
            self._tell(words("search_sheet.nobody"))
        self._show_take()

    def _on_failed(self, problem: Exception) -> None:
        self._tell(self._messages.words_of(problem))

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
        self._messages.announce(text)

    def _show_take(self) -> None:
        found = self.model.row(self.table.currentIndex().row())
        self.take.setEnabled(found is not None and not found.why_not)

    def _take(self) -> None:
        found = self.model.row(self.table.currentIndex().row())
        if found is None:
            return
        if found.why_not:
            self._tell(words("search_sheet.cannot", name=found.name, why=found.why_not))
            return
        self.taken.emit(found.id)


def people_to_discuss(
    services: Services, meeting_id: str, host: QWidget, operations: Operations, messages: Messages
) -> SearchSheet:
    """Find anybody by name, NHS number or date of birth; `taken` carries the case."""

    def find(text: str) -> Sequence[Found]:
        if not text:
            return ()
        there = {it.case_id for it in services.agendas.items(meeting_id) if it.state != "removed"}
        rows = services.caseload.start(CaseloadQuery(CaseloadFilter(text=text)), _SHOWN).rows
        found = []
        for row in rows[:_SHOWN]:
            why_not = ""
            if not row.case_id:
                why_not = words("search_sheet.no_case")
            elif row.died is not None:
                why_not = words("search_sheet.died")
            elif row.case_id in there:
                why_not = words("search_sheet.on_agenda")
            detail = words("search_sheet.person", born=cui_date(row.born), number=spaced_nhs_number(row.nhs_number))
            name = name_on_screen(row.family_name, row.given_names, row.title)
            found.append(Found(row.case_id or row.person_id, name, detail, why_not))
        return found

    title, hint = words("search_sheet.people"), words("search_sheet.people_hint")
    return SearchSheet(title, hint, find, host, operations, messages)


def practitioners_to_expect(
    services: Services,
    meeting_id: str,
    host: QWidget,
    operations: Operations,
    messages: Messages,
    title: str = "search_sheet.practitioners",
) -> SearchSheet:
    """Find somebody who works here by name, discipline or workplace; `taken` carries the practitioner."""

    def find(text: str) -> Sequence[Found]:
        there = {it.practitioner_id for it in services.meetings.attendance(meeting_id)}
        sought = text.casefold().split()
        found = []
        for it in services.directory.practitioners():
            detail = ", ".join(part for part in (label(it.discipline), it.works_for) if part)
            if all(part in f"{it.name} {detail}".casefold() for part in sought):
                why_not = words("search_sheet.expected") if it.id in there else ""
                found.append(Found(it.id, it.name, detail, why_not))
        return found

    hint = words("search_sheet.practitioners_hint")
    return SearchSheet(words(title), hint, find, host, operations, messages)
