"""Files of other services: whoever of them is held, side by side with who on file they may be, and a new file."""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.people import Gender, name_on_screen, spaced_nhs_number
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.fhir_import import HeldComparison, HeldPerson, ImportReport
from mdt_desktop.services.held_content import HeldDecision
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.bundle_report import BundleReport
from mdt_desktop.ui.imports.bundle_work import BundleWork
from mdt_desktop.ui.imports.comparison import Compared, comparison_grid, differing
from mdt_desktop.ui.imports.parts import Scrolled, clear, notice
from mdt_desktop.ui.messages import Messages, NoticeAction, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_DECISIONS = (
    (HeldDecision.TAKEN, "take"), (HeldDecision.ADDED_AS_NEW, "add"), (HeldDecision.LEFT_OUT, "leave_out"),
)  # fmt: skip


class WaitingColumn(IntEnum):
    """The columns of the list."""

    NAME = 0
    HELD = 1


def compared(found: HeldComparison) -> list[Compared]:
    """What the Bundle says beside what is on file."""
    said, person = found.said, found.person
    # A file without a title says nothing about it.
    title = person.title if person and said.titled else ""
    known = name_on_screen(person.family_name, person.given_names, title) if person else ""
    return differing(
        [
            ("name", said.name, known),
            ("born", cui_date(said.born) if said.born else "", cui_date(person.born) if person else ""),
            ("nhs_number", _number(said.nhs_number), _number(person.nhs_number) if person else ""),
            ("gender", _gender(said.gender), _gender(person.gender) if person else ""),
            ("address", said.address, person.address if person else ""),
            ("postcode", said.postcode, person.postcode if person else ""),
            ("practice", said.practice, person.practice_name if person else ""),
        ]
    )


def _number(number: str | None) -> str:
    return spaced_nhs_number(number) if number else ""


def _gender(gender: Gender) -> str:
    return "" if gender is Gender.NOT_KNOWN else label(gender)


class BundlesView(QWidget):
    """Walk the list with the arrows; Tab goes to the decisions. A file is previewed before anything is written."""

    back_requested = Signal()

    def __init__(self, services: "Services", operations: Operations, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._rights: Rights | None = None
        self._error: ErrorState | None = None
        self._arrives = False
        self.work = BundleWork(services, operations, messages, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.header = PageHeader(words("imports.fhir.title"))
        self.header.add_action(Button(words("imports.fhir.back"), self.back_requested.emit, icon="back"))
        self.choose = Button(words("imports.fhir.choose"), self.ask_for_file, "primary", "open")
        self.header.add_action(named(self.choose, "choose_bundle"))
        column.addWidget(self.header)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self._make_list()
        self.report = BundleReport()
        self.busy = EmptyState("", icon="waiting")
        self.empty = EmptyState(
            words("imports.fhir.none"), words("imports.fhir.none_detail"), icon="good",
            step=words("imports.fhir.choose"), on_step=self.ask_for_file,
        )  # fmt: skip
        for view in (self.report, self.busy, self.empty):
            self._stack.addWidget(view)
        self._connect()

    def _make_list(self) -> None:
        self.table = RowTable(words("imports.fhir.list"))
        self.model: ListTableModel[HeldPerson] = ListTableModel(
            {
                WaitingColumn.NAME: Column(
                    words("imports.fhir.column.name"), lambda it: it.name or it.patient, 150, whole=True,
                    tip=lambda it: it.reason,
                ),
                WaitingColumn.HELD: Column(
                    words("imports.fhir.column.held"), lambda it: cui_date(it.held_at.astimezone().date()), 100,
                    whole=True,
                ),
            }
        )  # fmt: skip
        self.table.show_model(self.model)
        self.table.setMinimumWidth(240)
        self.detail = Scrolled(words("imports.fhir.compare"))
        self._list = QWidget()
        row = QHBoxLayout(self._list)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.size("page"))
        row.addWidget(self.table, 1)
        row.addWidget(self.detail, 2)
        self._stack.addWidget(self._list)
        self.buttons: dict[HeldDecision, Button] = {}

    def _connect(self) -> None:
        work = self.work
        work.waiting.connect(self.show_waiting)
        work.not_read.connect(self._on_not_read)
        work.compared.connect(self.show_comparison)
        work.reported.connect(self.show_report)
        work.refused.connect(self._on_refused)
        work.began.connect(self._on_began)
        work.decided.connect(self._on_decided)
        self.report.wanted.connect(work.bring_in)
        self.report.left.connect(self.show_list)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())

    def _show(self, view: QWidget) -> None:
        """One view; the button that chooses a file is there where no other is the first."""
        self._stack.setCurrentWidget(view)
        self.choose.setVisible(view is self._list)

    # Choosing a file

    def ask_for_file(self) -> None:
        """The system's own dialog for a file that is there."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, words("imports.fhir.choose_title"), folder, words("imports.fhir.file_kinds"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.work.preview(Path(name)))
        dialog.open()

    def _on_began(self, what: str, file: str) -> None:
        self.busy.words.setText(words(f"imports.fhir.{what}", file=file))
        self.choose.setEnabled(False)
        self._show(self.busy)

    def show_report(self, report: ImportReport, key: str) -> None:
        """What a file would do, or did."""
        self.permit(self._rights)
        self.report.show_report(report, key)
        self._show(self.report)
        self.report.focus_first()

    def _on_refused(self, problem: Exception) -> None:
        self.permit(self._rights)
        self._messages.error(problem)
        self.show_list()

    # Those who wait

    def show_list(self) -> None:
        """Back to those who wait; they are read anew."""
        self._arrives = True
        self._show(self._list if self.model.rowCount() else self.empty)
        self.work.read_waiting()

    def show_waiting(self, people: Sequence[HeldPerson]) -> None:
        """Show those who wait; the place in the list is kept, so that one follows after the other."""
        self._forget_error()
        place = max(0, self.table.currentIndex().row())
        self.model.show(people)
        key = "imports.fhir.summary.one" if len(people) == 1 else "imports.fhir.summary"
        self.header.show_summary(words(key, count=len(people)) if people else "")
        if self._stack.currentWidget() in (self._list, self.empty):
            self._show(self._list if people else self.empty)
        if people:
            self.table.selectRow(min(place, len(people) - 1))
        self._on_row()
        arrives, self._arrives = self._arrives, False
        if arrives and self.isVisible():
            self.focus_first()

    def _on_not_read(self, problem: Exception) -> None:
        self._forget_error()
        self._error = ErrorState(self._messages.words_of(problem), self.work.read_waiting)
        self._stack.addWidget(self._error)
        self._show(self._error)

    def _forget_error(self) -> None:
        if self._error is not None:
            shown = self._stack.currentWidget() is self._error
            self._stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
            if shown:
                self._show(self._list)

    def current(self) -> HeldPerson | None:
        """Who is looked at."""
        return self.model.row(self.table.currentIndex().row())

    def focus_first(self) -> None:
        """Put the focus where deciding begins, or where a file is chosen."""
        first: QWidget = self.table if self.model.rowCount() else self.empty.step
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def permit(self, rights: Rights | None) -> None:
        """Bringing files in and deciding is for those who may."""
        self._rights = rights
        for button in (self.choose, self.empty.step, *self.buttons.values()):
            permit(button, rights, Permission.IMPORT)

    def _on_row(self) -> None:
        clear(self.detail.column)
        self.buttons = {}
        person = self.current()
        if person is not None:
            self.work.compare(person.id)

    def show_comparison(self, found: HeldComparison) -> None:
        """One of them beside whoever is on file."""
        person = self.current()
        if person is None or person.id != found.held.id:
            return
        clear(self.detail.column)
        column, held = self.detail.column, found.held
        column.addWidget(notice(held.reason, Tone.WARNING))
        day = cui_date(held.held_at.astimezone().date())
        where = words("imports.fhir.where", file=held.file, patient=held.patient, day=day)
        card = Card(words("imports.fhir.compare"), where)
        card.body.addLayout(comparison_grid(compared(found), somebody=found.person is not None))
        column.addWidget(card)
        brings = Card(words("imports.fhir.brings"))
        lines = [words("imports.fhir.brings_line", count=count, type=type_) for type_, count in found.contents.items()]
        text = ", ".join(lines) or words("imports.fhir.brings_nothing")
        brings.body.addWidget(words_label(text, "body" if lines else "muted", wraps=True))
        column.addWidget(brings)
        column.addWidget(self._decision(found))
        column.addStretch(1)

    def _decision(self, found: HeldComparison) -> Card:
        card = Card(words("imports.fhir.question"))
        why_not = {
            HeldDecision.TAKEN: "" if found.person else words("imports.fhir.nobody_on_file"),
            HeldDecision.ADDED_AS_NEW: found.why_not_new,
        }
        explained = {HeldDecision.TAKEN: "take", HeldDecision.ADDED_AS_NEW: "new", HeldDecision.LEFT_OUT: "leave_out"}
        for decision, key in explained.items():
            text = why_not.get(decision) or words(f"imports.fhir.explain_{key}")
            card.body.addWidget(words_label(text, "muted", wraps=True))
        holder = QWidget()
        flow = flowing(holder, theme.size("unit") * 2, theme.size("unit") * 2)
        for decision, key in _DECISIONS:
            button = Button(words(f"imports.fhir.{key}"), partial(self.work.decide, found.held.id, decision))
            button.setToolTip(why_not.get(decision, ""))
            permit(button, self._rights, Permission.IMPORT, also=not why_not.get(decision))
            button.setAccessibleDescription(button.toolTip())
            self.buttons[decision] = button
            flow.addWidget(named(button, f"held_{key}"))
        card.body.addWidget(holder)
        return card

    def _on_decided(self, decision: HeldDecision, report: ImportReport) -> None:
        """Say what was done; what of it had no place is one press away."""
        text = words(f"imports.fhir.done.{decision.value}", records=sum(report.written.values()))
        if report.no_home or report.differing or report.left_over:
            show = NoticeAction(words("imports.fhir.show_report"), partial(self.show_report, report, "decided"))
            self._messages.notify(text, Tone.INFO, show)
        else:
            self._messages.done(text)
        self.work.read_waiting()
