"""Choosing a lead professional, or a member of the care team, from everybody who works here."""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QVBoxLayout, QWidget

from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.case_sentences import proposal_reason
from mdt_desktop.ui.forms.form_content import OwnFields
from mdt_desktop.ui.forms.form_sheet import Field, FormSheet
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, words


class WhoColumn(IntEnum):
    """The columns of the list."""

    NAME = 0
    DISCIPLINE = 1
    LEADS = 2
    WORKS_FOR = 3


class PractitionerList(QWidget):
    """A search line over a list; the arrows in the line walk the list, letters in the list go to the line."""

    def __init__(self, on_chosen: Callable[[], object]) -> None:
        super().__init__()
        self._everybody: tuple[tuple[str, PractitionerSummary], ...] = ()
        self._wanted = self._first = self._drafted = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(words("case.who.search"))
        self.search.setAccessibleName(words("case.who.search"))
        self.search.setClearButtonEnabled(True)
        self.table = RowTable(words("case.who.list"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = ListTableModel(
            {
                WhoColumn.NAME: Column[PractitionerSummary](
                    words("case.who.name"), lambda it: it.name, 140, whole=True
                ),
                WhoColumn.DISCIPLINE: Column[PractitionerSummary](
                    words("case.who.discipline"), lambda it: label(it.discipline), 120, roomy=True
                ),
                WhoColumn.LEADS: Column[PractitionerSummary](
                    words("case.who.leads"), lambda it: f"{it.leads:,}", 60, figures=True
                ),
                WhoColumn.WORKS_FOR: Column[PractitionerSummary](
                    words("case.who.works_for"), lambda it: it.works_for, 120, tip=lambda it: it.works_for
                ),
            }
        )
        self.table.show_model(self.model)
        self.table.setMinimumHeight(theme.size("row") * 5)
        self.count = words_label("", "help")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        for widget in (self.search, self.count, self.table):
            column.addWidget(widget)
        column.setStretch(2, 1)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.table.typed.connect(self._on_typed)
        self.table.opened.connect(lambda _: on_chosen())
        self.table.selectionModel().selectionChanged.connect(lambda *_: on_chosen())

    def show_everybody(self, everybody: list[PractitionerSummary], first: str = "") -> None:
        """Show the list; whom a draft names is selected, else `first`."""
        self._first, self._wanted = first, self._drafted or first
        self._everybody = tuple(
            (f"{it.name} {label(it.discipline)} {label(it.role)} {it.works_for}".casefold(), it) for it in everybody
        )
        self._filter()

    @property
    def everybody(self) -> tuple[PractitionerSummary, ...]:
        """All who can be chosen."""
        return tuple(it for _, it in self._everybody)

    @property
    def chosen(self) -> PractitionerSummary | None:
        """Who is selected."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    def draft_value(self) -> str:
        """The id of who was selected instead of who is proposed; empty for nobody else."""
        if not self._everybody:
            return self._drafted
        return self.chosen.id if self.chosen and self.chosen.id != self._first else ""

    def put_draft_value(self, value: str) -> None:
        """Select whom a draft names, as soon as everybody is there; with an empty one who is proposed."""
        self._drafted, self._wanted = value, value or self._first
        self.choose(self._wanted)

    def on_draft_change(self, call: Callable[[], object]) -> None:
        """Call when somebody else is selected."""
        self.table.selectionModel().selectionChanged.connect(lambda *_: call())

    def choose(self, practitioner_id: str) -> None:
        """Select somebody who is in the list."""
        for number in range(self.model.rowCount()):
            row = self.model.row(number)
            if row is not None and row.id == practitioner_id:
                self.table.selectRow(number)
                self.table.scrollTo(self.model.index(number, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.model.rowCount():
                row = self.table.currentIndex().row() + step if self.chosen else 0
                self.table.selectRow(min(max(row, 0), self.model.rowCount() - 1))
                return True
        return False

    def _on_typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(self.search.text() + text)

    def _filter(self) -> None:
        chosen = self.chosen.id if self.chosen else self._wanted
        parts = self.search.text().casefold().split()
        found = [it for text, it in self._everybody if all(part in text for part in parts)]
        self.model.show(found)
        self.count.setText(words("case.who.count", shown=len(found), of=len(self._everybody)))
        self.choose(chosen)


class LeadChoice(FormSheet):
    """Choose the lead; whoever the rule does not propose needs a reason."""

    key = "lead"

    def __init__(self, case: CaseContext, view: CaseView) -> None:
        super().__init__(words("case.lead.choose_title"), words("case.lead.agree"), case.host, self._save)
        self._case, self._view = case, view
        self._width = 720
        if view.proposal is not None:
            name, why = view.proposal.practitioner.name, proposal_reason(view.proposal)
            self.add(words_label(words("case.lead.rule_proposes", name=name, why=why), "body", wraps=True))
        self.who = PractitionerList(self._on_chosen)
        self.add(self.who, grows=True)
        self.reason = GrowingTextEdit(lines=2)
        self.reason.setObjectName("lead_reason")
        self.reason_field = Field(words("case.lead.reason"), self.reason, words("case.lead.reason_help"))
        self.add(self.reason_field)
        self.who_error = words_label("", "error", wraps=True)
        self.who_error.hide()
        self.add(self.who_error)
        services = case.services
        case.query(lambda: services.directory.practitioners(), self._on_everybody, self, "practitioners")

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(self.who.search)

    def own_fields(self) -> OwnFields:
        return {"lead_who": self.who}

    def _on_everybody(self, everybody: list[PractitionerSummary]) -> None:
        lead = self._view.overview.lead
        others = [it for it in everybody if lead is None or it.id != lead.practitioner_id]
        self.who.show_everybody(others, self._proposed_id)

    @property
    def _proposed_id(self) -> str:
        return self._view.proposal.practitioner.id if self._view.proposal else ""

    def _on_chosen(self) -> None:
        self.who_error.hide()
        chosen = self.who.chosen
        self.reason_field.setVisible(chosen is None or chosen.id != self._proposed_id)

    def _save(self) -> None:
        chosen, reason = self.who.chosen, self.reason.toPlainText().strip()
        if chosen is None:
            self.who_error.setText(words("form.error", message=words("case.who.nobody_chosen")))
            self.who_error.show()
            return
        lacks = chosen.id != self._proposed_id and not reason
        self.reason_field.show_error(words("case.lead.reason_missing") if lacks else "")
        if lacks:
            return
        case_id, proposal, services = self._view.case_id, self._view.proposal, self._case.services
        self._case.save_sheet(
            self,
            lambda: services.allocations.agree(case_id, chosen.id, proposal, reason),
            words("case.lead.done", name=chosen.name),
        )
