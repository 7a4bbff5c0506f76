"""The case page: one person's banner, fixed, and the tabs under it; each tab is made when it is first shown."""

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.rights import Gate
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner import PatientBanner
from mdt_desktop.ui.banner_content import banner_content
from mdt_desktop.ui.case.consent import ConsentTab
from mdt_desktop.ui.case.contacts import ContactsTab
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.history import HistoryTab
from mdt_desktop.ui.case.last_contacts import begin_contact
from mdt_desktop.ui.case.lists import JOINT, AssessmentTab, PlanTab
from mdt_desktop.ui.case.next_steps import Mend
from mdt_desktop.ui.case.overview import OverviewTab
from mdt_desktop.ui.case.papers import PapersTab
from mdt_desktop.ui.case.people import PeopleTab
from mdt_desktop.ui.case.restricted import ClosedRecord, GlassStrip
from mdt_desktop.ui.case.risk import RiskTab
from mdt_desktop.ui.case.sheets_by_key import sheet_of
from mdt_desktop.ui.case.unsettled import UnsettledNotice
from mdt_desktop.ui.case.view import CaseView, load_or_gate
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.lazily import load as load_class
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.widgets.parts import clear
from mdt_desktop.ui.widgets.states import ErrorState
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.assessment_reading import SafetyPrompt

TABS: dict[str, type[Tab]] = {
    "overview": OverviewTab,
    "risk": RiskTab,
    "consent": ConsentTab,
    "assessment": AssessmentTab,
    "plan": PlanTab,
    "people": PeopleTab,
    "papers": PapersTab,
    "contacts": ContactsTab,
    "history": HistoryTab,
}
_NEED_CASE = {"assessment", "plan", "papers", "contacts"}
_SEEN_BY = {
    "risk": Permission.SEE_RISK,
    "consent": Permission.SEE_CONSENT,
    "assessment": Permission.SEE_ASSESSMENT,
    "plan": Permission.SEE_PLAN,
    "papers": Permission.SEE_PAPERS,
    "contacts": Permission.SEE_HISTORY,
    "history": Permission.SEE_HISTORY,
}
"""What one must be permitted to see for a tab; the others show what may be seen of them."""
PHQ9 = "phq-9"
_WRITERS = ("cases", "consents", "allocations")


class CasePage(Page):
    """Shown with `person_id` (a person id, case id or NHS number) and, if wanted, `tab`.

    What belongs to other pages is asked for: an assessment (case id, assessment id or empty to start one, and its
    questionnaire), the plan of a case, one version to read, one (or a planning sheet) to print, a section of the
    settings.
    """

    open_assessment_requested = Signal(str, str, str)  # case id, assessment id, questionnaire
    open_plan_requested = Signal(str)  # case id
    decide_requested = Signal(str)  # conflict id
    read_plan_requested = Signal(str)  # plan id
    print_plan_requested = Signal(str)  # plan id, or person id for the planning sheet
    print_looked_requested = Signal(str)  # person id
    settings_requested = Signal(str)  # section
    worklist_requested = Signal(str)  # what to look for: the person's NHS number, or their name without one

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        parent: QWidget | None = None,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._messages = services, messages
        self._wanted = ""
        self._unseen = False
        self._view_pending = False
        self._fresh: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.banner = PatientBanner()
        column.addWidget(self.banner)
        self.host = QWidget()
        self.case = CaseContext(services, operations, messages, self.host, drafts)
        self._sheet_wanted = ""
        self.glass = GlassStrip(self.case)
        column.addWidget(self.glass)
        column.addWidget(self.host, 1)
        self._column = column
        inner = QVBoxLayout(self.host)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(words("case.tabs"))
        self.tabs.setDrawBase(False)
        holder = QVBoxLayout()
        page = theme.size("page")
        holder.setContentsMargins(page, theme.size("unit"), page, 0)
        holder.addWidget(self.tabs)
        inner.addLayout(holder)
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(page, theme.size("unit"), page, 0)
        inner.addLayout(self._notices)
        self.unsettled = UnsettledNotice()
        self.unsettled.decide_requested.connect(self.decide_requested)
        over = QVBoxLayout()
        over.setContentsMargins(page, 0, page, 0)
        over.addWidget(self.unsettled)
        inner.addLayout(over)
        self._prompts: tuple[SafetyPrompt, ...] = ()
        self._stack = QStackedWidget()
        inner.addWidget(self._stack, 1)
        self._made: dict[str, Tab] = {}
        self._closed: ClosedRecord | None = None
        self._error: ErrorState | None = None
        for key in TABS:
            self.tabs.addTab(words(f"case.tab.{key}"))
        self.tab("overview")
        self.tabs.currentChanged.connect(self._on_tab)
        self._connect()

    def _connect(self) -> None:
        case = self.case
        case.saved.connect(self.reload)
        self.glass.over.connect(self._on_glass_over)
        case.mend_requested.connect(self._on_mend)
        case.assessment_requested.connect(self._on_assessment)
        case.plan_requested.connect(self._on_plan)
        case.plan_version_requested.connect(self.read_plan_requested)
        case.print_requested.connect(self.print_plan_requested)
        case.looked_print_requested.connect(self.print_looked_requested)
        case.settings_requested.connect(self.settings_requested)
        case.worklist_requested.connect(self._on_worklist)

    def offers(self) -> Sequence[Command]:
        group = words("case.title")

        def command(name: str, text: str, run: Callable[[], None], icon: str, *keys: str) -> Command:
            return Command(f"case.{name}", text, run, keys, icon, self._is_in_use, group)

        return [
            command("next_tab", words("case.command.next_tab"), partial(self._step, 1), "right", "Ctrl+PgDown"),
            command("previous_tab", words("case.command.previous_tab"), partial(self._step, -1), "left", "Ctrl+PgUp"),
            command(
                "add_contact_note", words("case.command.add_contact_note"), partial(begin_contact, self.case), "add",
                "Ctrl+N",
            ),
            *(
                command(
                    f"tab.{key}", words("case.command.tab", tab=words(f"case.tab.{key}")),
                    partial(self.show_tab, key), "case",
                )
                for key in TABS
            ),
        ]  # fmt: skip

    def _is_in_use(self) -> bool:
        return self.isVisible() and self.case.view is not None

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        """Open a person; the same person again keeps the tab and what is being typed. With `sheet` a form is opened."""
        wanted = str(arguments.get("person_id", "") or self._wanted)
        if not wanted:
            return
        view = self.case.view
        if view is None or wanted not in (view.person_id, view.case_id, view.overview.person.nhs_number):
            self._forget()
            self.show_tab("overview")
            # Nobody's name may stand over somebody else's case, not even for a moment; and laying out and painting
            # empty cards, and a moment later full ones, would take twice as long.
            self.banner.hide()
            self.host.hide()
        self._wanted = wanted
        tab = str(arguments.get("tab", ""))
        if tab in TABS:
            self.show_tab(tab)
        self._sheet_wanted = str(arguments.get("sheet", ""))
        self._unseen = True
        self.reload()

    def changed(self, changes: Changes) -> None:
        """Read again when this person, or a rule or run that they depend on, changed."""
        view = self.case.view
        if view is None:
            # A record that is shut may have been opened: by a new role, a place in the team, or the end of it.
            if self._closed is not None and self._closed.isVisible():
                self.reload()
            return
        if changes.concern(*view.ids) or changes.concern(
            "setting", "stratification_run", "practitioner", "practice", "conflict"
        ):
            self.reload()

    def place(self) -> Arguments:
        """The person, the tab, and the form that is open."""
        view, sheet = self.case.view, self.case.sheet
        return {
            "person_id": view.person_id if view is not None else self._wanted,
            "tab": self.tab_key,
            "sheet": sheet.key if sheet is not None else "",
        }

    @property
    def dirty(self) -> bool:
        """Is something typed, in a sheet or in a form, that is not recorded?"""
        sheet = self.case.sheet
        closed = self._closed is not None and self._closed.dirty
        return closed or (sheet is not None and sheet.dirty) or any(tab.dirty for tab in self._made.values())

    # Tabs

    def tab(self, key: str) -> Tab:
        """A tab, made when it is first asked for. Raises KeyError for one that is not there."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = TABS[key](self.case)
            self._stack.addWidget(found)
        return found

    @property
    def tab_key(self) -> str:
        """Which tab is on the screen."""
        return list(TABS)[self.tabs.currentIndex()]

    def show_tab(self, key: str) -> None:
        """Go to a tab."""
        self.tabs.setCurrentIndex(list(TABS).index(key))

    def _step(self, by: int) -> None:
        open_tabs = [place for place in range(self.tabs.count()) if self.tabs.isTabEnabled(place)]
        at = open_tabs.index(self.tabs.currentIndex())
        self.tabs.setCurrentIndex(open_tabs[(at + by) % len(open_tabs)])

    def _on_tab(self) -> None:
        key = self.tab_key
        tab = self.tab(key)
        view = self.case.view
        if view is not None and key not in self._fresh:
            self._fresh.add(key)
            tab.show_view(view)
        if self._error is None:
            self._stack.setCurrentWidget(tab)

    # Reading

    def reload(self) -> None:
        """Read the person again and show them."""
        wanted, services = self._wanted, self._services

        def read() -> CaseView | Gate:
            return load_or_gate(services, services.case_file.find(wanted))

        self.case.operations.run_query(
            read, self.show_found, self._on_failed, owner=self, latest_of=f"case.{id(self)}.view"
        )

    def show_found(self, found: CaseView | Gate) -> None:
        """Show what was read: the case, or of a shut record its door."""
        if isinstance(found, Gate):
            self._on_gate(found)
        else:
            self._on_view(found)

    def _on_gate(self, gate: Gate) -> None:
        """A restricted record that is shut: the name and the fact, and nothing that was on the screen before."""
        self._forget()
        self._wanted = gate.person_id
        self.banner.hide()
        self.glass.show_glass(None)
        self.host.hide()
        if self._closed is None:
            self._closed = ClosedRecord(self.case)
            self._closed.broken.connect(self.reload)
            self._column.addWidget(self._closed, 1)
        self._closed.show_gate(gate)
        self._closed.show()
        if self._unseen:
            self._unseen = False
            self._closed.focus_first()

    def _on_glass_over(self) -> None:
        self._messages.notify(words("case.restricted.over"))
        self.reload()

    def _on_view(self, view: CaseView) -> None:
        self._show_error(None)
        self.case.view = view
        if self._closed is not None:
            self._closed.hide()
        self.glass.show_glass(view.gate.glass)
        person = view.overview.person
        restricted = view.overview.rights.standing.restricted
        self.banner.show_person(
            banner_content(
                person, view.overview.flags, view.today, view.what_matters, restricted=restricted,
                unsettled=[it.field for it in view.unsettled],
            )
        )  # fmt: skip
        self.unsettled.show_unsettled(view.unsettled)
        self.banner.show()
        self._permit_tabs(view)
        self._fresh.clear()
        self._on_tab()
        self._read_prompts(view)
        self.host.show()
        if self._unseen:
            self._unseen, self._view_pending = False, True
            if self.case.sheet is None and not self.dirty:
                self.tabs.setFocus(Qt.FocusReason.OtherFocusReason)
            self.update()
        self._open_wanted_sheet(view)

    def _open_wanted_sheet(self, view: CaseView) -> None:
        """The form that somebody was in before the program locked."""
        wanted, self._sheet_wanted = self._sheet_wanted, ""
        sheet = sheet_of(wanted, self.case, view) if wanted else None
        if sheet is not None:
            self.case.open_sheet(sheet)

    def _permit_tabs(self, view: CaseView) -> None:
        """Tabs that may not be seen, or for which there is no case yet, cannot be chosen; the first says why."""
        rights = view.overview.rights
        for place, key in enumerate(TABS):
            refusal = rights.why_not(_SEEN_BY[key]) if key in _SEEN_BY else None
            self.tabs.setTabToolTip(place, self._messages.words_of(refusal) if refusal else "")
            self.tabs.setTabEnabled(place, refusal is None and (key not in _NEED_CASE or bool(view.case_id)))
        if not self.tabs.isTabEnabled(self.tabs.currentIndex()):
            self.show_tab("overview")

    def _read_prompts(self, view: CaseView) -> None:
        """A safety prompt is read after the rest, and only where such a form was filled in."""
        if not any(it.questionnaire == PHQ9 for it in view.overview.assessments):
            self._show_prompts(())
            return
        case_id, services = view.case_id, self._services
        self.case.query(lambda: services.assessment_reading.safety_prompts(case_id), self._show_prompts, self, "safety")

    def _show_prompts(self, prompts: tuple["SafetyPrompt", ...]) -> None:
        if prompts == self._prompts:
            return
        self._prompts = prompts
        clear(self._notices)
        for prompt in prompts:
            # Loaded here: reading forms brings their checker, and few people have a prompt.
            notice: QWidget = load_class("case.safety", "SafetyNotice")(self.case, prompt)
            self._notices.addWidget(notice)
            self._messages.announce(notice.accessibleName())

    def _on_failed(self, problem: Exception) -> None:
        self.case.view = None
        self.banner.hide()
        self._show_error(self._messages.words_of(problem))

    def _show_error(self, text: str | None) -> None:
        if self._error is not None:
            self._stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        if text is not None:
            self._error = ErrorState(text, self.reload)
            self._stack.addWidget(self._error)
            self._stack.setCurrentWidget(self._error)
            self.host.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Once the person is painted the opening is recorded: it must not make the opening slower."""
        super().paintEvent(event)
        if self._view_pending:
            self._view_pending = False
            QTimer.singleShot(0, self, self._record_view)

    def _record_view(self) -> None:
        view = self.case.view
        if view is None:
            return
        person_id, case_file = view.person_id, self._services.case_file

        def record() -> Changes:
            case_file.viewed(person_id)
            return Changes()

        def prepare() -> Changes:
            # What writes is loaded while the person reads, so that the first save is as quick as the next ones.
            for name in _WRITERS:
                importlib.import_module(f"mdt_desktop.services.{name}")
            return Changes()

        self.case.operations.run_command(record, self.host)
        self.case.operations.run_command(prepare, self.host)

    # Wishes

    def _on_mend(self, what: object) -> None:
        if isinstance(what, str) and what in TABS:
            self.show_tab(what)
            return
        view = self.case.view
        if view is None or not isinstance(what, Mend):
            return
        if what is Mend.RECORD_CONSENT:
            self.show_tab("consent")
            tab = self.tab("consent")
            if isinstance(tab, ConsentTab):
                tab.begin()
        elif what is Mend.ADD_CONTACT:
            self.show_tab("people")
            people = self.tab("people")
            if isinstance(people, PeopleTab):
                people.add_contact()
        elif what is Mend.START_ASSESSMENT:
            self._on_assessment("", JOINT)
        elif what is Mend.OPEN_ASSESSMENT:
            latest = next((it for it in view.overview.assessments if it.questionnaire == JOINT), None)
            self._on_assessment(latest.id if latest else "", JOINT)
        elif what in (Mend.START_PLAN, Mend.OPEN_PLAN):
            self._on_plan()
        else:
            overview = self.tab("overview")
            if isinstance(overview, OverviewTab):
                self.show_tab("overview")
                overview.mend(what)

    def _on_assessment(self, assessment_id: str, questionnaire: str) -> None:
        if self.case.view is not None:
            self.open_assessment_requested.emit(self.case.view.case_id, assessment_id, questionnaire)

    def _on_plan(self) -> None:
        if self.case.view is not None:
            self.open_plan_requested.emit(self.case.view.case_id)

    def _on_worklist(self) -> None:
        if self.case.view is not None:
            person = self.case.view.overview.person
            self.worklist_requested.emit(person.nhs_number or f"{person.given_names} {person.family_name}")

    def _forget(self) -> None:
        self.case.view = None
        self._show_prompts(())
        self._fresh.clear()
        self._forget_forms()
        if self._closed is not None:
            self._closed.hide()

    def _forget_forms(self) -> None:
        self.case.close_sheet()
        for tab in self._made.values():
            tab.forget()
        if self._closed is not None:
            self._closed.forget()
