"""The page Sync: conflicts to decide, the queue, the last exchanges; it asks the services and shows what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.rights import Rights
from mdt_desktop.services.sync_views import ConflictView, DuplicateView, Inbox, Queue, RunLine, SyncStatus
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.conflicts.deciding import Deciding
from mdt_desktop.ui.conflicts.handing_over import HandingOver
from mdt_desktop.ui.conflicts.inbox_view import InboxView
from mdt_desktop.ui.conflicts.progress_strip import ProgressStrip
from mdt_desktop.ui.conflicts.queue_view import QueueView
from mdt_desktop.ui.conflicts.runs_view import RunsView
from mdt_desktop.ui.conflicts.witness_notice import WitnessNotice
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

TABS = ("inbox", "queue", "runs")


class Exchanging(Protocol):
    """What exchanges by itself while the store is open, as the page knows it."""

    state_changed: SignalInstance

    @property
    def running(self) -> bool: ...

    @property
    def first(self) -> bool: ...

    @property
    def far(self) -> tuple[int, int | None]: ...

    @property
    def far_words(self) -> str: ...

    def run_now(self) -> None: ...

    def stop(self) -> None: ...

    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page, read in one trip."""

    status: SyncStatus
    inbox: Inbox
    queue: Queue
    runs: Sequence[RunLine]
    rights: Rights


class SyncPage(Page):
    """Shown with `tab` ("inbox", "queue", "runs"), and with `conflict_id` to go to one of them."""

    title = words("sync.title")
    open_person_requested = Signal(str)  # person id
    settings_requested = Signal()

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        exchanging: Exchanging,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self._exchanging = exchanging
        self._rights: Rights | None = None
        self._unseen = False
        self.status: SyncStatus | None = None
        self.sheet: FormSheet | None = None
        self._error: ErrorState | None = None
        self._lay_out()
        self.handed = HandingOver(self, services, operations, messages)
        self._deciding = Deciding(self, services, operations, messages)
        self._connect()

    def _lay_out(self) -> None:
        column = self.column()
        self.header = PageHeader(words("sync.title"))
        self.now = Button(words("sync.now_short"), self._exchanging.run_now, "primary", "refresh")
        self.header.add_action(self.now)
        column.addWidget(self.header)
        self.strip = ProgressStrip()
        column.addWidget(self.strip)
        self.witness = WitnessNotice()
        column.addWidget(self.witness)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("sync.tabs"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for key in TABS:
            self.tabs.addTab(words(f"sync.tab.{key}"))
        column.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        self.inbox, self.queue, self.runs = InboxView(self.may_decide), QueueView(), RunsView()
        self.views = QStackedWidget()
        for view in (self.inbox, self.queue, self.runs):
            self.views.addWidget(view)
        self.offline = EmptyState(
            words("sync.state.not_connected"), words("sync.state.not_connected_why"), icon="offline",
            step=words("sync.state.settings"), on_step=self.settings_requested.emit,
        )  # fmt: skip
        self.stack = QStackedWidget()
        self.stack.addWidget(self.views)
        self.stack.addWidget(self.offline)
        column.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.inbox.wanted.connect(self._on_wanted)
        self.queue.wanted.connect(self._deciding.do_with_line)
        self.strip.stop_requested.connect(self._on_stop)
        self._exchanging.state_changed.connect(self._show_running)

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        tab = str(arguments.get("tab", ""))
        if tab in TABS:
            self.tabs.setCurrentIndex(TABS.index(tab))
        conflict = str(arguments.get("conflict_id", ""))
        if conflict:
            self.tabs.setCurrentIndex(0)
            self.inbox.choose(conflict)
        self._unseen = True
        self._show_running()
        self.reload()

    def place(self) -> Arguments:
        entry = self.inbox.entry
        return {"tab": TABS[self.tabs.currentIndex()], "conflict_id": entry.id if entry is not None else ""}

    def changed(self, changes: Changes) -> None:
        """Whatever is written waits to be sent, and whatever comes may be a conflict."""
        self.reload()

    def offers(self) -> Sequence[Command]:
        group = words("sync.title")

        def command(way: str, text: str, icon: str, keys: tuple[str, ...] = ()) -> Command:
            return Command(f"sync.{way}", words(text), partial(self._on_wanted, way), keys, icon, self._chooses, group)

        return [
            command("third", "sync.inbox.third", "edit"),
            command("ask", "sync.inbox.ask", "question"),
            *(
                Command(
                    f"sync.tab.{key}", words(f"sync.tab.{key}"), partial(self.tabs.setCurrentIndex, place), (),
                    "refresh", self.isVisible, group,
                )
                for place, key in enumerate(TABS)
            ),
        ]  # fmt: skip

    def _chooses(self) -> bool:
        entry = self.inbox.entry
        return self.isVisible() and entry is not None and entry.conflict is not None and self.may_decide()

    # Reading

    def may_decide(self) -> bool:
        """May the user decide anything?"""
        return self._rights is not None and self._rights.may(Permission.EDIT_CASE)

    def reload(self) -> None:
        """Read everything again; what is chosen stays so while it is there."""
        services = self._services

        def read() -> Shown:
            of = services.sync_inbox
            return Shown(of.status(), of.inbox(), of.queue(), of.runs(), services.rights.mine())

        self._operations.run_query(
            read, self.show_all, self._on_failed, owner=self, latest_of=f"sync page {id(self)}"
        )

    def show_all(self, shown: Shown) -> None:
        """Show what was read."""
        status, inbox, queue, runs, rights = shown.status, shown.inbox, shown.queue, shown.runs, shown.rights
        self._show_error(None)
        self.status, self._rights = status, rights
        connected = status.connected or bool(inbox.conflicts or inbox.duplicates)
        self.stack.setCurrentWidget(self.views if connected else self.offline)
        self.tabs.setVisible(connected)
        self.now.setVisible(status.connected)
        self.witness.show_status(status)
        self.inbox.show_inbox(inbox)
        self.queue.show_queue(queue, may_decide=self.may_decide())
        self.queue.show_how_many_wait(status.handed_over)
        if self.may_decide() and not status.signed_out:
            self.handed.look_for(status.handed_over)
        self.runs.show_runs(runs, running=self._exchanging.running)
        counts = (len(inbox.conflicts) + len(inbox.duplicates), _stuck(queue) + status.handed_over, 0)
        for place, (key, count) in enumerate(zip(TABS, counts, strict=True)):
            name = words(f"sync.tab.{key}")
            self.tabs.setTabText(place, words("sync.tab.count", name=name, count=count) if count else name)
        self._show_running()
        if self._unseen:
            self._unseen = False
            self._focus_first()

    def _focus_first(self) -> None:
        if self.sheet is None and self.tabs.currentIndex() == 0:
            self.inbox.focus_list()

    def _on_tab(self, place: int) -> None:
        self.views.setCurrentIndex(place)

    def _on_failed(self, problem: Exception) -> None:
        self._show_error(self._messages.words_of(problem))

    def _show_error(self, text: str | None) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if text is not None:
            self._error = ErrorState(text, self.reload)
            self.stack.addWidget(self._error)
            self.stack.setCurrentWidget(self._error)

    # The exchange

    def _show_running(self) -> None:
        running = self._exchanging.running
        self.now.setEnabled(not running)
        self.header.show_summary(self._exchanging.words())
        if not running:
            self.strip.hide()
            return
        done, of = self._exchanging.far
        first = self._exchanging.first
        text = self._exchanging.far_words if of else words("sync.first_begun" if first else "sync.run")
        self.strip.show_far(text, done, of, first=first)

    def _on_stop(self) -> None:
        self.strip.stop.setEnabled(False)
        self._exchanging.stop()
        self._messages.announce(words("sync.stop_done"))

    # Deciding

    def _on_wanted(self, way: str) -> None:
        entry = self.inbox.entry
        if entry is None:
            return
        person = entry.conflict.person_id if entry.conflict is not None else entry.id
        if way == "open":
            if person:
                self.open_person_requested.emit(person)
        elif entry.conflict is not None:
            self._on_conflict(way, entry.conflict)
        elif entry.duplicate is not None:
            self._on_duplicate(way, entry.duplicate)

    def _on_conflict(self, way: str, conflict: ConflictView) -> None:
        if way == "third":
            self._deciding.give_third(conflict)
        elif way == "read":
            self._deciding.leave_joined(conflict)
        elif way == "ask":
            services = self._services

            def show(everybody: list[PractitionerSummary]) -> None:
                self._deciding.ask_whom(conflict, everybody)

            self._operations.run_query(services.directory.practitioners, show, owner=self)
        else:
            self._deciding.keep(conflict, way)

    def _on_duplicate(self, way: str, pair: DuplicateView) -> None:
        if way == "join":
            self._deciding.join(pair)
        elif way == "apart":
            self._deciding.tell_apart(pair)

    def open_sheet(self, sheet: FormSheet, first: QWidget | None = None) -> None:
        """Open a sheet over the page; one that was open goes."""
        self.close_sheet()
        self.sheet = sheet
        sheet.left.connect(self._on_left)
        sheet.open_sheet(first)

    def close_sheet(self) -> None:
        """Close the sheet that is open."""
        if self.sheet is not None:
            self.sheet.leave()

    def _on_left(self) -> None:
        self.sheet = None
        if self.tabs.currentIndex() == 0:
            self.inbox.focus_list()


def _stuck(queue: Queue) -> int:
    return len(queue.refused) + len(queue.put_by)
