"""The worklist page: everybody's actions, the most overdue first; one key says how far an action is."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMenu, QStackedWidget, QWidget

from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.domain.worklist import WorklistScope, WorklistView
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.tasks import TaskStepSummary, TaskSummary, WorklistPage, WorklistQuery
from mdt_desktop.ui import theme
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.forms.form_sheet import FormSheet, chooser
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.row_models import ListTableModel
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader, ToolbarRow
from mdt_desktop.ui.worklist.columns import DueDelegate, WorklistColumn, worklist_columns
from mdt_desktop.ui.worklist.sheets import GiveSheet, ReasonSheet
from mdt_desktop.ui.worklist.task_panel import KEYS, TaskPanel, offered
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_KINDS = ("task", "task_step", "person", "meeting", "practitioner", "organisation")
_NEEDS_REASON = (TaskStatus.CHANGED, TaskStatus.NOT_DONE, TaskStatus.REFUSED)
_TYPING_PAUSE_MS = 200
_SEARCH_WIDTH = 300
_KEY_OF_LETTER = {letter.casefold(): key for key, letter in KEYS.items()}


class WorklistScreen(Page):
    """Shown with `text` to look for something, such as a person's NHS number, among all that is open."""

    title = words("worklist.title")
    open_person_requested = Signal(str)  # person id

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        parent: QWidget | None = None,
        *,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self._drafts = drafts or DraftShelf(services, operations, self)
        self._query = WorklistQuery()
        self._chosen = ""
        self.page: WorklistPage | None = None
        self.sheet: FormSheet | None = None
        self._error: ErrorState | None = None
        self._make_widgets()
        self._connect()

    def _make_widgets(self) -> None:
        column = self.column()
        self.header = PageHeader(words("worklist.title"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(words("worklist.search"))
        self.search.setAccessibleName(words("worklist.search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(round(_SEARCH_WIDTH * theme.current().scale))
        self.scope = chooser(
            words("worklist.scope"), [(it.value, words(f"worklist.scope.{it.value}")) for it in WorklistScope]
        )
        self.chips = ChipRow(
            [ChipChoice(it.value, words(f"worklist.view.{it.value}")) for it in WorklistView],
            single=True, name=words("worklist.view"),
        )  # fmt: skip
        self.chips.choose(frozenset({self._query.view.value}))
        self.bar = ToolbarRow()
        self.bar.add(self.search, 3)
        self.scope.setMaximumWidth(round(_SEARCH_WIDTH * theme.current().scale))
        self.bar.add(self.scope, 2)
        self.bar.stretch()
        self.table = RowTable(words("worklist.table"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        today = self._services.access.today
        self.model: ListTableModel[TaskSummary] = ListTableModel(worklist_columns(today))
        self.table.show_model(self.model)
        self.table.paint_column(WorklistColumn.DUE, DueDelegate(today))
        self.empty = EmptyState(
            words("worklist.none"), icon="worklist", step=words("worklist.clear"), on_step=self._clear_search
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.panel = TaskPanel()
        for widget in (self.header, self.bar, self.chips):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
        column.addWidget(self.panel)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_PAUSE_MS)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._soon.start())
        self.search.returnPressed.connect(self._to_table)
        self._soon.timeout.connect(self._on_wanted)
        self.scope.currentIndexChanged.connect(lambda _: self._on_wanted())
        self.chips.chosen_changed.connect(self._on_chip)
        self.table.opened.connect(self._on_opened)
        self.table.typed.connect(self._on_letter)
        self.table.menu_requested.connect(self._on_menu)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_row())
        self.panel.wanted.connect(self.do)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.search.setFocus(Qt.FocusReason.ShortcutFocusReason))

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        text = arguments.get("text")
        if isinstance(text, str):
            self.scope.setCurrentIndex(self.scope.findData(WorklistScope.EVERYWHERE.value))
            self.search.setText(text)
        self._on_wanted()
        if self.sheet is None:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changes: Changes) -> None:
        if changes.concern(*_KINDS):
            self.reload()

    def offers(self) -> Sequence[Command]:
        group = words("worklist.title")

        def may(key: str) -> Callable[[], bool]:
            return lambda: self.isVisible() and self.task is not None and key in offered(self.task)

        return [
            Command(
                f"worklist.{key}", words("worklist.with_key", verb=words(f"worklist.verb.{key}"), letter=KEYS[key]),
                partial(self.do, key), (), "worklist", may(key), group,
            )
            for key in KEYS
        ]  # fmt: skip

    # Reading

    @property
    def task(self) -> TaskSummary | None:
        """The action that is chosen."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def _on_chip(self, chosen: frozenset[str]) -> None:
        if not chosen:  # one view is always shown
            self.chips.choose(frozenset({self._query.view.value}))
            return
        self._on_wanted()

    def _on_wanted(self) -> None:
        """The list that the fields ask for."""
        self._soon.stop()
        view = next(iter(self.chips.chosen), self._query.view.value)
        self._query = WorklistQuery(
            WorklistScope(self.scope.currentData()), WorklistView(view), self.search.text().strip()
        )
        self.reload()

    def reload(self) -> None:
        """Read the list again; the action that is chosen stays so while it is there."""
        services, query = self._services, self._query
        self._operations.run_query(
            lambda: services.tasks.worklist(query), self._on_page, self._on_failed, owner=self,
            latest_of=f"worklist.{id(self)}",
        )  # fmt: skip

    def _on_page(self, page: WorklistPage) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        self.page = page
        at = max(0, self.table.currentIndex().row())
        chosen = self._chosen
        self.model.show(page.rows)
        self.chips.show_choices(
            [ChipChoice(it.value, words(f"worklist.view.{it.value}"), page.counts[it]) for it in WorklistView]
        )
        scope = words(f"worklist.scope.{page.query.scope.value}").lower()
        key = "summary" if page.query.view is not WorklistView.DONE else "summary_done"
        key = f"worklist.{key if len(page.rows) == page.total else 'summary_first'}"
        self.header.show_summary(words(key, shown=len(page.rows), of=page.total, scope=scope))
        self.empty.words.setText(words(f"worklist.none.{'text' if page.query.text else page.query.view.value}"))
        self.empty.step.setVisible(bool(page.query.text))
        self.stack.setCurrentWidget(self.table if page.rows else self.empty)
        if page.rows:
            here = next((number for number, it in enumerate(page.rows) if it.id == chosen), None)
            self._go_to(min(at, len(page.rows) - 1) if here is None else here)
        else:
            self.panel.show_task(None)
        self.panel.setVisible(bool(page.rows))

    def _go_to(self, row: int) -> None:
        whole = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), whole)
        self._on_row()

    def _on_row(self) -> None:
        task = self.task
        if task is None:
            return
        self._chosen = task.id
        self.panel.show_task(task)
        services = self._services

        def show(steps: list[TaskStepSummary]) -> None:
            if self.task is not None and self.task.id == task.id:
                self.panel.show_task(self.task, steps)

        self._operations.run_query(
            lambda: services.tasks.steps(task.id), show, owner=self, latest_of=f"worklist.{id(self)}.steps"
        )

    def _on_failed(self, problem: Exception) -> None:
        if self._error is None:
            self._error = ErrorState(self._messages.words_of(problem), self.reload)
            self.stack.addWidget(self._error)
        self.stack.setCurrentWidget(self._error)
        self.panel.hide()

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape in the search line empties it, then goes back to the list."""
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus():
            if self.search.text():
                self.search.clear()
            else:
                self._to_table()
        else:
            super().keyPressEvent(event)

    def _clear_search(self) -> None:
        self.search.clear()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_letter(self, letter: str) -> None:
        """A letter that means something for the chosen action does it; others mean nothing, so that nobody errs."""
        key = _KEY_OF_LETTER.get(letter.casefold())
        if key is not None:
            self.do(key)

    def _on_opened(self, row: int) -> None:
        task = self.model.row(row)
        if task is not None and task.person_id is not None:
            self.open_person_requested.emit(task.person_id)

    def _on_menu(self, row: int, place: QPoint) -> None:
        self._go_to(row)
        task = self.task
        if task is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in (*offered(task), *(("person",) if task.person_id is not None else ())):
            text = words("worklist.open_person") if key == "person" else words(f"worklist.verb.{key}")
            menu.addAction(text, partial(self.do, key))
        menu.popup(place)

    # Verbs

    def do(self, key: str) -> None:
        """Do with the chosen action what a key of `KEYS` means, or open its person; what does not fit is left."""
        task = self.task
        if task is None:
            return
        if key == "person":
            if task.person_id is not None:
                self.open_person_requested.emit(task.person_id)
        elif key not in offered(task):
            return
        elif key == "accept":
            services = self._services
            self._record(lambda: services.tasks.accept(task.id), words("worklist.done.accept", what=task.what))
        elif key == "give":
            self._give(task)
        elif TaskStatus(key) in _NEEDS_REASON:
            self._open(ReasonSheet(self, task, TaskStatus(key), self._save_reason), "reason")
        else:
            self._set(task, TaskStatus(key), "")

    def _set(self, task: TaskSummary, status: TaskStatus, reason: str, sheet: FormSheet | None = None) -> None:
        services = self._services
        self._record(
            lambda: services.tasks.set_status(task.id, status, reason),
            words("worklist.done.status", what=task.what, status=label(status)),
            lambda: services.tasks.set_status(task.id, task.status, task.status_reason),
            sheet,
        )

    def _save_reason(self, sheet: ReasonSheet) -> None:
        self._set(sheet.task, sheet.status, sheet.reason, sheet)

    def _give(self, task: TaskSummary) -> None:
        services = self._services

        def show(everybody: list[PractitionerSummary]) -> None:
            self._open(GiveSheet(self, task, everybody, self._save_owner), "owner")

        self._operations.run_query(services.directory.practitioners, show, owner=self)

    def _save_owner(self, sheet: GiveSheet) -> None:
        services, task, owner = self._services, sheet.task, str(sheet.who.currentData())
        before = task.owner_id
        undo = (lambda: services.tasks.reassign([task.id], before)) if before is not None else None
        self._record(
            lambda: services.tasks.reassign([task.id], owner),
            words("worklist.done.give", what=task.what, name=sheet.who.currentText().partition(",")[0]),
            undo if task.status is not TaskStatus.REFUSED else None,
            sheet,
        )

    def _record(
        self,
        fn: Callable[[], Changes],
        done: str,
        undo: Callable[[], Changes] | None = None,
        sheet: FormSheet | None = None,
    ) -> None:
        """Write in the writer thread; a sheet closes when that has worked, and says why where it has not."""
        if sheet is not None:
            sheet.saving()

        def finished(_: Changes) -> None:
            if sheet is not None and sheet is self.sheet:
                sheet.recorded()
                self._close_sheet()
            self._messages.done(done, None if undo is None else lambda: self._take_back(undo))
            self.reload()

        def refused(problem: Exception) -> None:
            if sheet is not None and sheet is self.sheet:
                sheet.show_problem(self._messages.words_of(problem))
            else:
                self._messages.error(problem)

        self._operations.run_command(fn, self, finished, refused)

    def _take_back(self, fn: Callable[[], Changes]) -> None:
        self._operations.run_command(fn, self, lambda _: self.reload())

    def _open(self, sheet: ReasonSheet | GiveSheet, first: str) -> None:
        self._close_sheet()
        self.sheet = sheet
        task = sheet.task
        sheet.keep_drafts(self._drafts, DraftPlace("worklist", f"{sheet.key}:{task.id}", task.person_id or ""))
        sheet.put_by.connect(lambda place: self._drafts.tell_kept(self._messages, place))
        sheet.left.connect(self._on_left)
        sheet.open_sheet(sheet.findChild(QWidget, first))

    def _on_left(self) -> None:
        self.sheet = None
        self._to_table()

    def _close_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.leave()
