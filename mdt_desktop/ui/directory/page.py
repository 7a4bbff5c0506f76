"""The directory page: practitioners, practices and organisations, each with a sheet to add or change an entry."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.workplaces import StillLeads
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import OrganisationSummary, PracticeSummary, PractitionerSummary
from mdt_desktop.ui.directory.places import Entries, read
from mdt_desktop.ui.directory.roles_sheet import RolesSheet
from mdt_desktop.ui.directory.sections import OrganisationSection, PracticeSection, PractitionerSection
from mdt_desktop.ui.directory.sheets import (
    EntrySheet,
    LocalitySheet,
    OrganisationSheet,
    PracticeSheet,
    PractitionerSheet,
    details_of_organisation,
    details_of_practice,
    details_of_practitioner,
)
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.states import ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_KINDS = ("practitioner", "practice", "organisation", "locality", "lead_allocation", "stratification_run", "role_held")
Write = Callable[[], Changes]


class DirectoryPage(Page):
    """Shown with `section` ("practices") to go there, with `add` (a discipline or "") to add a practitioner at once,
    with `sheet` to open that form."""

    led_people_requested = Signal(str)  # practitioner id: show whom they lead

    def __init__(
        self,
        services: "Services",
        operations: Operations,
        messages: Messages,
        parent: QWidget | None = None,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self._drafts = drafts if drafts is not None else DraftShelf(services, operations, self)
        self._sheet_wanted = ""
        self.entries: Entries | None = None
        self.sheet: EntrySheet | None = None
        self._error: ErrorState | None = None
        self._add_wanted: str | None = None
        self.practitioners, self.practices = PractitionerSection(), PracticeSection()
        self.organisations = OrganisationSection()
        self._sections = (self.practitioners, self.practices, self.organisations)
        column = self.column()
        self.header = PageHeader(words("directory.title"))
        self.add = Button(words("directory.add.practitioners"), self.add_entry, "primary", "add")
        # The place of the button stays where there is none, so that nothing jumps from part to part.
        kept = self.add.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.add.setSizePolicy(kept)
        self.header.add_action(self.add)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("directory.tabs"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.stack = QStackedWidget()
        for section in self._sections:
            self.tabs.addTab(words(f"directory.tab.{section.key}"))
            self.stack.addWidget(section)
            section.said.connect(self._say)
        column.addWidget(self.header)
        column.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.stack, 1)
        self._connect()
        self.reload()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.practitioners.opened.connect(self.open_practitioner)
        self.practices.opened.connect(self.open_practice)
        self.organisations.opened.connect(self.open_organisation)
        self.practices.add_locality.clicked.connect(lambda: self.add_locality())
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._focus)

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        wanted = [section.key for section in self._sections]
        if arguments.get("section") in wanted:
            self.tabs.setCurrentIndex(wanted.index(str(arguments["section"])))
        self._sheet_wanted = str(arguments.get("sheet", ""))
        self._open_wanted_sheet()
        if "add" in arguments:
            self.tabs.setCurrentIndex(0)
            self._add_wanted = str(arguments["add"])
            self._add_as_wanted()
        elif self.sheet is None:
            self._focus()

    def changed(self, changes: Changes) -> None:
        if changes.concern(*_KINDS):
            self.reload()

    def place(self) -> Arguments:
        """The part on the screen, and the form that is open."""
        return {"section": self.section.key, "sheet": self.sheet.key if self.sheet is not None else ""}

    # Reading

    def reload(self) -> None:
        """Read the directory again; an open sheet keeps what is typed in it."""
        services = self._services
        self._operations.run_query(
            lambda: read(services), self._on_entries, self._on_failed, owner=self, latest_of=f"directory.{id(self)}"
        )

    def _on_entries(self, entries: Entries) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        self.entries = entries
        for section in self._sections:
            section.show_entries(entries)
        for button in (self.add, self.practices.add_locality):
            permit(button, entries.rights, Permission.KEEP_DIRECTORY)
        self._on_tab()
        self._add_as_wanted()
        self._open_wanted_sheet()

    def _on_failed(self, problem: Exception) -> None:
        if self._error is None:
            self._error = ErrorState(self._messages.words_of(problem), self.reload)
            self.stack.addWidget(self._error)
        self.stack.setCurrentWidget(self._error)

    @property
    def section(self) -> PractitionerSection | PracticeSection | OrganisationSection:
        """The part on the screen."""
        return self._sections[self.tabs.currentIndex()]

    def _on_tab(self) -> None:
        if self._error is None:
            self.stack.setCurrentWidget(self.section)
        addable = self.section is not self.practices
        self.add.setVisible(addable)
        if addable:
            self.add.setText(words(f"directory.add.{self.section.key}"))
        self._say()

    def _say(self) -> None:
        if self.entries is not None:
            self.header.show_summary(self.section.summary())

    def _focus(self) -> None:
        self.section.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # Sheets

    def add_entry(self) -> None:
        """Add to the part on the screen."""
        if self.section is self.organisations:
            self._open(lambda entries: OrganisationSheet(self, entries, self._save_organisation))
        else:
            self.add_practitioner()

    def add_practitioner(self, discipline: str = "") -> None:
        """Open the sheet for somebody who works here."""
        self._open(lambda entries: PractitionerSheet(self, entries, self._save_practitioner, None, discipline))

    def _add_as_wanted(self) -> None:
        if self._add_wanted is not None and self.entries is not None:
            discipline, self._add_wanted = self._add_wanted, None
            self.add_practitioner(discipline)

    def _open_wanted_sheet(self) -> None:
        """The form that somebody was in before the program locked; not one about an entry that is gone."""
        entries = self.entries
        if entries is None or not self._sheet_wanted:
            return
        wanted, self._sheet_wanted = self._sheet_wanted, ""
        kind, _, of = wanted.partition(":")
        if wanted == "locality":
            self.add_locality()
        elif kind == "practitioner" and not of:
            self.add_practitioner()
        elif kind == "organisation" and not of:
            self._open(lambda entries: OrganisationSheet(self, entries, self._save_organisation))
        elif who := next((it for it in entries.practitioners if kind == "practitioner" and it.id == of), None):
            self.open_practitioner(who)
        elif practice := next((it for it in entries.practices if kind == "practice" and it.id == of), None):
            self.open_practice(practice)
        elif place := next((it for it in entries.organisations if kind == "organisation" and it.id == of), None):
            self.open_organisation(place)

    def add_locality(self) -> None:
        """Open the sheet for a new locality."""
        self._open(lambda _: LocalitySheet(self, self._save_locality))

    def open_practitioner(self, who: PractitionerSummary) -> None:
        """Open the sheet about somebody."""

        def made(entries: Entries) -> EntrySheet:
            sheet = PractitionerSheet(self, entries, self._save_practitioner, who)
            sheet.show_led.clicked.connect(lambda: self._leave_for(who.id))
            sheet.end.clicked.connect(lambda: self._end(sheet, who) if who.active else self._return(sheet, who))
            permit(sheet.end, entries.rights, Permission.KEEP_DIRECTORY)
            sheet.give_roles.clicked.connect(lambda: self.open_roles(who))
            return sheet

        self._open(made)

    def open_roles(self, who: PractitionerSummary) -> None:
        """Open the sheet with the roles that somebody holds beside their job."""
        self._open(lambda entries: RolesSheet(self, entries, who, self._save_roles))

    def open_practice(self, practice: PracticeSummary) -> None:
        """Open the sheet about a practice."""
        self._open(lambda entries: PracticeSheet(self, entries, self._save_practice, practice))

    def open_organisation(self, organisation: OrganisationSummary) -> None:
        """Open the sheet about an organisation."""
        self._open(lambda entries: OrganisationSheet(self, entries, self._save_organisation, organisation))

    def _open(self, make: Callable[[Entries], EntrySheet]) -> None:
        entries = self.entries
        if entries is None:
            return

        self._close_sheet()
        sheet = self.sheet = make(entries)
        if not isinstance(sheet, RolesSheet):
            sheet.permit(entries)
        sheet.finish_form()
        sheet.keep_drafts(self._drafts, DraftPlace("directory", sheet.key))
        sheet.put_by.connect(lambda place: self._drafts.tell_kept(self._messages, place))
        sheet.close_requested.disconnect(sheet.leave)
        sheet.close_requested.connect(self._close_sheet)
        sheet.open_sheet(sheet.first())

    def _close_sheet(self) -> None:
        """Close the open sheet; what was typed in it stays a draft."""
        if self.sheet is not None:
            sheet, self.sheet = self.sheet, None
            sheet.leave()

    def _leave_for(self, practitioner_id: str) -> None:
        self._close_sheet()
        self.led_people_requested.emit(practitioner_id)

    # Saving

    def _record(self, sheet: EntrySheet, fn: Write, done: str, undo: Write | None = None) -> None:
        """Write in the writer thread; the sheet closes when that has worked, and says why where it has not."""
        sheet.saving()
        place = DraftPlace("directory", sheet.key)

        def finished(changes: Changes) -> None:
            if sheet is self.sheet:
                sheet.recorded()
                self._close_sheet()
            else:
                self._drafts.drop(place)
            if changes.made:
                self.section.select(changes.made)
            self._messages.done(done, None if undo is None else lambda: self._take_back(undo))
            self.reload()

        def refused(problem: Exception) -> None:
            if sheet is not self.sheet:
                self._messages.error(problem)
                return
            sheet.refuse(problem)
            if isinstance(problem, StillLeads) and isinstance(sheet, PractitionerSheet):
                sheet.lead_to_people()

        self._operations.run_command(fn, self, finished, refused)

    def _take_back(self, fn: Write) -> None:
        self._operations.run_command(fn, self, lambda _: self.reload())

    def _save_practitioner(self, sheet: PractitionerSheet) -> None:
        # `workplaces` is asked for in the writer thread: what writes is loaded there, not while the window waits.
        services, details, who = self._services, sheet.details(), sheet.who
        if who is None:
            done = words("directory.added", name=details.name.strip())
            self._record(sheet, lambda: services.workplaces.add_practitioner(details), done)
            return
        before = details_of_practitioner(who)
        self._record(
            sheet,
            lambda: services.workplaces.change_practitioner(who.id, details, before),
            words("directory.changed", name=details.name.strip()),
            lambda: services.workplaces.change_practitioner(who.id, before, details),
        )

    def _end(self, sheet: EntrySheet, who: PractitionerSummary) -> None:
        services = self._services
        self._record(
            sheet,
            lambda: services.workplaces.end_practitioner(who.id),
            words("directory.ended", name=who.name),
            lambda: services.workplaces.return_practitioner(who.id),
        )

    def _return(self, sheet: EntrySheet, who: PractitionerSummary) -> None:
        services = self._services
        self._record(
            sheet,
            lambda: services.workplaces.return_practitioner(who.id),
            words("directory.returned", name=who.name),
            lambda: services.workplaces.end_practitioner(who.id),
        )

    def _save_roles(self, sheet: RolesSheet) -> None:
        services, verbs = self._services, sheet.changes()

        def record() -> Changes:
            done = [verb(services) for verb in verbs]
            return Changes(
                frozenset().union(*(it.kinds for it in done)), frozenset().union(*(it.ids for it in done))
            )

        self._record(sheet, record, words("directory.roles.done", name=sheet.who.name))

    def _save_practice(self, sheet: PracticeSheet) -> None:
        services, details, practice = self._services, sheet.details(), sheet.practice
        before = details_of_practice(practice)
        self._record(
            sheet,
            lambda: services.workplaces.change_practice(practice.id, details, before),
            words("directory.changed", name=details.name.strip()),
            lambda: services.workplaces.change_practice(practice.id, before, details),
        )

    def _save_organisation(self, sheet: OrganisationSheet) -> None:
        services, details, organisation = self._services, sheet.details(), sheet.organisation
        if organisation is None:
            done = words("directory.added", name=details.name.strip())
            self._record(sheet, lambda: services.workplaces.add_organisation(details), done)
            return
        before = details_of_organisation(organisation)
        self._record(
            sheet,
            lambda: services.workplaces.change_organisation(organisation.id, details, before),
            words("directory.changed", name=details.name.strip()),
            lambda: services.workplaces.change_organisation(organisation.id, before, details),
        )

    def _save_locality(self, sheet: LocalitySheet) -> None:
        services = self._services
        name = sheet.name.text()
        done = words("directory.added", name=name.strip())
        self._record(sheet, lambda: services.workplaces.add_locality(name), done)
