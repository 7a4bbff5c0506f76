"""What is to be decided: the list at the left, the chosen one at the right; one key decides and goes to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.services.sync_views import ConflictView, DuplicateView, Inbox
from mdt_desktop.ui import theme
from mdt_desktop.ui.conflicts.conflict_panel import WAYS, ConflictPanel
from mdt_desktop.ui.conflicts.duplicate_panel import DuplicatePanel
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import words


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: a conflict, or two records with one number."""

    conflict: ConflictView | None = None
    duplicate: DuplicateView | None = None

    @property
    def id(self) -> str:
        """What it is known by."""
        return self.conflict.id if self.conflict is not None else self.duplicate.mine_id if self.duplicate else ""

    @property
    def person(self) -> str:
        """Whose record."""
        if self.duplicate is not None:
            return self.duplicate.mine
        return (self.conflict.person if self.conflict is not None else "") or words("sync.inbox.nobody")

    @property
    def what(self) -> str:
        """What it is about, and whether it asks somebody."""
        if self.conflict is None:
            return words("sync.duplicate.short")
        field = self.conflict.field[:1].upper() + self.conflict.field[1:]
        if self.conflict.asks_me:
            return f"{words('sync.inbox.asks_you')}: {self.conflict.field}"
        return f"{words('sync.inbox.asked_short')}: {self.conflict.field}" if self.conflict.asked else field


class _Columns(IntEnum):
    PERSON = 0
    WHAT = 1


def _columns() -> dict[_Columns, Column[Entry]]:
    return {
        _Columns.PERSON: Column(words("sync.inbox.column.person"), lambda it: it.person, 140, whole=True),
        _Columns.WHAT: Column(words("sync.inbox.column.field"), lambda it: it.what, 100, roomy=True),
    }


class InboxView(QWidget):
    """`wanted` carries what to do ("mine", "theirs", "third", "ask", "join", "apart", "open") with `entry`."""

    wanted = Signal(str)

    def __init__(self, may_decide: Callable[[], bool]) -> None:
        super().__init__()
        self._may_decide = may_decide
        self._chosen = ""
        self.table = RowTable(words("sync.inbox.list"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model: ListTableModel[Entry] = ListTableModel(_columns())
        self.table.show_model(self.model)
        self.hidden = words_label("", "muted", wraps=True)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.table, 1)
        left.addWidget(self.hidden)
        self.conflict, self.duplicate = ConflictPanel(), DuplicatePanel()
        self.detail = QStackedWidget()
        self.detail.addWidget(self.conflict)
        self.detail.addWidget(self.duplicate)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 2)
        row.addWidget(self.detail, 3)
        self.empty = EmptyState(words("sync.inbox.empty"), words("sync.inbox.empty_why"), icon="good")
        self.stack = QStackedWidget()
        self.stack.addWidget(both)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.size("unit"), 0, 0)
        column.addWidget(self.stack)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.table.typed.connect(self._on_letter)
        self.table.opened.connect(lambda _: self.wanted.emit("open"))
        self.conflict.wanted.connect(self.wanted)
        self.duplicate.wanted.connect(self.wanted)

    @property
    def entry(self) -> Entry | None:
        """What is chosen."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def show_inbox(self, inbox: Inbox) -> None:
        """Show what is to be decided. Where the chosen one is gone, the next takes its place."""
        at = max(0, self.table.currentIndex().row())
        chosen = self._chosen
        entries = [Entry(duplicate=it) for it in inbox.duplicates] + [Entry(conflict=it) for it in inbox.conflicts]
        self.model.show(entries)
        hidden = "sync.inbox.hidden_one" if inbox.hidden == 1 else "sync.inbox.hidden"
        self.hidden.setText(words(hidden, count=inbox.hidden) if inbox.hidden else "")
        self.hidden.setVisible(bool(inbox.hidden))
        self.stack.setCurrentIndex(0 if entries or inbox.hidden else 1)
        self.detail.setVisible(bool(entries))
        if entries:
            here = next((number for number, it in enumerate(entries) if it.id == chosen), None)
            self._go_to(min(at, len(entries) - 1) if here is None else here)

    def choose(self, id_: str) -> None:
        """Go to one of them, now or as soon as it is in the list."""
        self._chosen = id_
        for row in range(self.model.rowCount()):
            entry = self.model.row(row)
            if entry is not None and entry.id == id_:
                self._go_to(row)

    def focus_list(self) -> None:
        """Where work begins."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to(self, row: int) -> None:
        whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), whole)
        self._on_row()

    def _on_row(self) -> None:
        entry = self.entry
        if entry is None:
            return
        self._chosen = entry.id
        may = self._may_decide()
        if entry.conflict is not None:
            self.conflict.show_conflict(entry.conflict, may_decide=may)
            self.detail.setCurrentWidget(self.conflict)
        elif entry.duplicate is not None:
            self.duplicate.show_duplicate(entry.duplicate, may_decide=may)
            self.detail.setCurrentWidget(self.duplicate)

    def _on_letter(self, letter: str) -> None:
        """A letter that means something decides; others do nothing, so that nobody errs."""
        way, entry = WAYS.get(letter.casefold()), self.entry
        if way is not None and entry is not None and entry.conflict is not None and self._may_decide():
            self.wanted.emit(way)
