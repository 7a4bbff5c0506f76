"""The contacts tab: the log of the case as a dense list, the one that is chosen whole, and the search in it."""

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
)

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.notes import LogEntry
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.contact_lines import found, one_line, role_of, spoken, when
from mdt_desktop.ui.case.contact_panel import ContactPanel
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.last_contacts import begin_contact
from mdt_desktop.ui.case.note_sheets import AddToSheet, NoteSheet, WithdrawSheet
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.words import label, words

_TYPING_PAUSE_MS = 120
_SEARCH_WIDTH = 320


class ContactColumn(IntEnum):
    """The columns of the log."""

    WHEN = 0
    WHO = 1
    ROLE = 2
    KIND = 3
    WORDS = 4


class _LogTable(RowTable):
    """The table of the log: N begins a new contact."""

    def __init__(self, on_new: Callable[[], object]) -> None:
        super().__init__(words("case.tab.contacts"))
        self._on_new = on_new

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_N and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._on_new()
        else:
            super().keyPressEvent(event)


class ContactsTab(Tab):
    """Search and button above, the list, and under it the contact that is chosen, so that the list keeps its width."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        page, gap = theme.size("page"), theme.size("gap")
        column = QVBoxLayout(self)
        column.setContentsMargins(page, gap, page, gap)
        column.setSpacing(gap)
        self._log: tuple[LogEntry, ...] = ()
        self._rights: Rights | None = None
        self._error: ErrorState | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(words("case.log.search"))
        self.search.setAccessibleName(words("case.log.search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(round(_SEARCH_WIDTH * theme.current().scale))
        self.said = words_label("", "muted")
        self.new = Button(words("case.log.add"), self.add, "primary", "add")
        self.new.setToolTip(QKeySequence("Ctrl+N").toString(QKeySequence.SequenceFormat.NativeText))
        named(self.new, "log_contact")
        top = QHBoxLayout()
        top.setSpacing(gap)
        top.addWidget(self.search, 2)
        top.addWidget(self.said, 3)
        top.addWidget(self.new)
        self.model = ListTableModel[LogEntry](
            {
                ContactColumn.WHEN: Column(
                    words("case.log.when"), lambda it: when(it.at), 140, whole=True, spoken=spoken
                ),
                ContactColumn.WHO: Column(words("case.log.who"), lambda it: it.by, 130, whole=True),
                ContactColumn.ROLE: Column(words("case.log.role"), role_of, 90, roomy=True, tip=role_of),
                ContactColumn.KIND: Column(
                    words("case.log.kind_heading"), lambda it: label(it.note.kind), 100, roomy=True,
                    tip=lambda it: label(it.note.kind),
                ),
                ContactColumn.WORDS: Column(words("case.log.words_heading"), one_line, 220, tip=one_line),
            }
        )
        self.table = _LogTable(self.add)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.show_model(self.model)
        self.empty = EmptyState(
            words("case.log.none"), words("case.log.none_detail"), icon="contacts", step=words("case.log.add"),
            on_step=self.add,
        )  # fmt: skip
        self.empty.step.setObjectName("log_first_contact")
        self.no_hit = words_label("", "muted", wraps=True)
        self.no_hit.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        for shown in (self.table, self.no_hit, self.empty):
            self.stack.addWidget(shown)
        self.panel = ContactPanel()
        column.addLayout(top)
        column.addWidget(self.stack, 2)
        column.addWidget(self.panel, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_PAUSE_MS)
        self._connect()

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._soon.start())
        self.search.returnPressed.connect(lambda: self.table.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self._soon.timeout.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.table.opened.connect(lambda _: self.panel.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.table.typed.connect(self._on_letter)
        self.panel.add_to.clicked.connect(lambda: self.open_sheet(AddToSheet))
        self.panel.correct.clicked.connect(self.correct)
        self.panel.withdraw.clicked.connect(lambda: self.open_sheet(WithdrawSheet))
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason))

    def show_view(self, view: CaseView) -> None:
        self._rights = view.overview.rights
        for button in (self.new, self.empty.step):
            permit(button, self._rights, Permission.EDIT_CASE)
        case_id, services = view.case_id, self.case.services
        self.case.operations.run_query(
            lambda: services.notes.log(case_id), self._on_log, self._on_failed, owner=self,
            latest_of=f"case.{id(self.case)}.log",
        )  # fmt: skip

    def forget(self) -> None:
        self.search.clear()
        self._soon.stop()
        self._log = ()
        self._show()

    def add(self) -> None:
        """Begin a new contact, where that is permitted."""
        begin_contact(self.case)

    @property
    def entry(self) -> LogEntry | None:
        """The contact that is chosen."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def open_sheet(self, made: Callable[[CaseContext, LogEntry], FormSheet]) -> None:
        """A sheet about the contact that is chosen."""
        if self.entry is not None:
            self.case.open_sheet(made(self.case, self.entry))

    def correct(self) -> None:
        """Other words for the contact that is chosen."""
        view = self.case.view
        if view is not None:
            self.open_sheet(lambda case, entry: NoteSheet(case, view, entry))

    def _on_letter(self, letter: str) -> None:
        """Typing in the list searches."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.setText(self.search.text() + letter)

    def _on_log(self, log: tuple[LogEntry, ...]) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        self._log = log
        self._show()

    def _on_failed(self, problem: Exception) -> None:
        """Say so in the list's place; what was read before is not shown as if it were all."""
        self._on_log(())
        self._error = ErrorState(self.case.messages.words_of(problem), self._again)
        self.stack.addWidget(self._error)
        self.stack.setCurrentWidget(self._error)
        self.said.setText("")
        self.panel.hide()

    def _again(self) -> None:
        if self.case.view is not None:
            self.show_view(self.case.view)

    def _show(self) -> None:
        """The contacts that the search finds; the one that was chosen stays so while it is there."""
        chosen = self.entry
        shown = tuple(found(self._log, self.search.text()))
        self.model.show(shown)
        self.search.setEnabled(bool(self._log))
        self.said.setText(words("case.log.shown", shown=len(shown), of=len(self._log)) if self._log else "")
        if not self._log:
            self.stack.setCurrentWidget(self.empty)
        elif not shown:
            self.no_hit.setText(words("case.log.no_hit", of=len(self._log)))
            self.stack.setCurrentWidget(self.no_hit)
        else:
            self.stack.setCurrentWidget(self.table)
            root = (chosen.at, chosen.by) if chosen is not None else None
            place = next((number for number, it in enumerate(shown) if (it.at, it.by) == root), 0)
            self.table.selectRow(place)
        self._on_row()

    def _on_row(self) -> None:
        self.panel.show_entry(self.entry, self._rights)
