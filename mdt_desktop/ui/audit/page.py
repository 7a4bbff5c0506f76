"""The audit page: every act in one table of any length, narrowed by filters, and every broken glass beside it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mdt_desktop.services.audits import AuditLine, AuditListing, AuditQuery, Chain
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.rights import GlassSummary, Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.audit.columns import audit_columns
from mdt_desktop.ui.audit.filter_bar import AuditFilterBar
from mdt_desktop.ui.audit.glass_view import GlassView, ReviewSheet
from mdt_desktop.ui.hits import PersonHit
from mdt_desktop.ui.messages import Messages, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.row_models import PAGE_ROWS, Deliver, PagedTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

FindPeople = Callable[[str], Sequence[PersonHit]]
"""People by what was typed, for the filter; runs in the reader thread."""
_TABS = ("acts", "glass")


class AuditPage(Page):
    """Shown with `person_id` and `name` to narrow it to one person, or with `tab` ("glass")."""

    title = words("audit.title")

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        find_people: FindPeople,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self._find_people = find_people
        self._key = f"audit.{id(self)}"
        self.listing: AuditListing | None = None
        self.sheet: ReviewSheet | None = None
        self._rights: Rights | None = None
        self._lay_out()
        self._connect()
        self.reload()

    def _lay_out(self) -> None:
        column = self.column()
        self.header = PageHeader(words("audit.title"))
        self.prove = Button(words("audit.prove"), self.prove_chain, "plain", "good")
        self.filters = AuditFilterBar(self._services.access.today)
        self.header.add_action(self.filters.clear)
        self.header.add_action(self.prove)
        column.addWidget(self.header)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("audit.tabs"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for key in _TABS:
            self.tabs.addTab(words(f"audit.tab.{key}"))
        column.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        acts = QWidget()
        inner = QVBoxLayout(acts)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.size("gap"))
        self.model: PagedTableModel[AuditLine] = PagedTableModel(audit_columns())
        self.table = RowTable(words("audit.title"))
        self.table.show_model(self.model)
        self.nothing = EmptyState(
            words("audit.none"), icon="search", step=words("audit.filter.clear"), on_step=self.filters.clear_all
        )
        self.found = QStackedWidget()
        self.found.addWidget(self.table)
        self.found.addWidget(self.nothing)
        inner.addWidget(self.filters)
        inner.addWidget(self.found, 1)
        self.glass = GlassView()
        self.stack = QStackedWidget()
        self.stack.addWidget(acts)
        self.stack.addWidget(self.glass)
        column.addWidget(self.stack, 1)
        self._error: ErrorState | None = None

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.filters.changed.connect(self._on_query)
        self.filters.person_wanted.connect(self._on_person_wanted)
        self.glass.wanted_all.connect(lambda _: self._load_glass())
        self.glass.review_requested.connect(self._on_review)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(lambda: self.filters.text.setFocus(Qt.FocusReason.ShortcutFocusReason))

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        person_id = str(arguments.get("person_id", "") or "")
        if person_id:
            self.filters.choose_person(person_id, str(arguments.get("name", "") or ""))
        if arguments.get("tab") in _TABS:
            self.tabs.setCurrentIndex(_TABS.index(str(arguments["tab"])))
        self._operations.run_command(self._services.audits.record_view, self)
        self._focus()

    def changed(self, changes: Changes) -> None:
        """Something was done: what is new stands at the top the next time the list is read."""
        if changes.concern("broken_glass", "role_held"):
            self._load_glass()

    # Reading

    def reload(self) -> None:
        """Read the list, who acted, and every broken glass again."""
        self._load(self.filters.query)
        self._operations.run_query(
            self._services.audits.actors, self.filters.show_actors, self._on_failed, latest_of=f"{self._key}.who"
        )
        self._load_glass()

    def _load(self, query: AuditQuery) -> None:
        audits, asked = self._services.audits, self._operations

        def read() -> tuple[AuditListing, list[AuditLine]]:
            listing = audits.listing(query)
            return listing, audits.lines(listing, 0, PAGE_ROWS)

        asked.run_query(read, partial(self._on_listing, query), self._on_failed, owner=self, latest_of=self._key)

    def _on_query(self, query: AuditQuery) -> None:
        self._load(query)

    def _on_listing(self, query: AuditQuery, found: tuple[AuditListing, list[AuditLine]]) -> None:
        self._show_error("")
        self.listing, first = found
        self.model.show(self._fetch, self.listing.total, first)
        self.found.setCurrentWidget(self.table if self.listing.total else self.nothing)
        key = "audit.summary_one" if self.listing.total == 1 else "audit.summary"
        self.header.show_summary(words(key, shown=self.listing.total))
        if query != AuditQuery():
            self._messages.announce(self.header.summary.text())

    def _fetch(self, first: int, count: int, deliver: Deliver[AuditLine]) -> None:
        listing, audits = self.listing, self._services.audits
        if listing is not None:
            self._operations.run_query(lambda: audits.lines(listing, first, count), deliver, owner=self)

    def _on_failed(self, problem: Exception) -> None:
        self._show_error(self._messages.words_of(problem))

    def _show_error(self, text: str) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if text:
            self._error = ErrorState(text, self.reload)
            self.stack.addWidget(self._error)
            self.stack.setCurrentWidget(self._error)
        else:
            self.stack.setCurrentIndex(self.tabs.currentIndex())
        for widget in (self.tabs, self.prove):
            widget.setEnabled(not text)

    def _on_person_wanted(self, typed: str) -> None:
        find = self._find_people
        self._operations.run_query(
            lambda: find(typed), self.filters.show_people, owner=self, latest_of=f"{self._key}.person"
        )

    def _on_tab(self, place: int) -> None:
        if self._error is None:
            self.stack.setCurrentIndex(place)
            self._focus()

    def _focus(self) -> None:
        if self.tabs.currentIndex():
            self.glass.focus_first()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # The chain

    def prove_chain(self) -> None:
        """Prove that no entry was changed, taken out, put in or moved."""
        self.prove.setEnabled(False)
        self._operations.run_query(self._services.audits.chain, self._on_chain, self._on_not_proved, owner=self)

    def _on_chain(self, chain: Chain) -> None:
        self.prove.setEnabled(True)
        if chain.holds:
            self._messages.notify(words("audit.holds", entries=chain.entries), Tone.GOOD)
        else:
            self._messages.notify(words("audit.broken", entry=chain.first_broken or 0), Tone.ERROR)

    def _on_not_proved(self, problem: Exception) -> None:
        self.prove.setEnabled(True)
        self._messages.error(problem)

    # Broken glass

    def _load_glass(self) -> None:
        services, reviewed = self._services, self.glass.all.isChecked()

        def read() -> tuple[list[GlassSummary], Rights]:
            return services.restrictions.broken(reviewed=reviewed), services.rights.mine()

        self._operations.run_query(read, self._on_glass, self._on_failed, owner=self, latest_of=f"{self._key}.glass")

    def _on_glass(self, found: tuple[list[GlassSummary], Rights]) -> None:
        rows, self._rights = found
        self.glass.show_rows(rows, self._rights)
        waiting = sum(it.reviewed_at is None for it in rows)
        key = "audit.tab.glass_waiting" if waiting else "audit.tab.glass"
        self.tabs.setTabText(1, words(key, count=waiting) if waiting else words(key))

    def _on_review(self, glass: GlassSummary) -> None:
        if self.sheet is not None:
            self.sheet.leave()
        self.sheet = sheet = ReviewSheet(self, glass)
        sheet.destroyed.connect(self._on_sheet_gone)
        sheet.saved.connect(partial(self._review, sheet))
        sheet.finish_form()
        sheet.open_sheet(sheet.said)

    def _on_sheet_gone(self) -> None:
        self.sheet = None

    def _review(self, sheet: ReviewSheet, said: str) -> None:
        services, glass_id = self._services, sheet.glass.id
        sheet.saving()

        def done(_: Changes) -> None:
            if sheet is self.sheet:
                sheet.leave()
            self._messages.done(words("audit.glass.done"))
            self._load_glass()

        def failed(problem: Exception) -> None:
            if sheet is self.sheet:
                sheet.show_problem(self._messages.words_of(problem))

        self._operations.run_command(lambda: services.restrictions.review(glass_id, said), self, done, failed)
