"""The care plan page: one case's plan, edited in place and saved by itself, with its versions, agreement and paper."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_desk import Difference, PlanDesk, PlanSummary, compare_versions, read_desk
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner import PatientBanner
from mdt_desktop.ui.banner_content import banner_content
from mdt_desktop.ui.care_plan.agreeing import Agreeing
from mdt_desktop.ui.care_plan.asking import ask_to_leave
from mdt_desktop.ui.care_plan.autosave import Autosave
from mdt_desktop.ui.care_plan.closed_line import ClosedLine
from mdt_desktop.ui.care_plan.document import PlanDocument
from mdt_desktop.ui.care_plan.fields import Desk
from mdt_desktop.ui.care_plan.jumps import jump
from mdt_desktop.ui.care_plan.page_commands import page_commands
from mdt_desktop.ui.care_plan.part_row import Mode
from mdt_desktop.ui.care_plan.rail import PlanRail, missing_now
from mdt_desktop.ui.care_plan.seen import SeenPlan
from mdt_desktop.ui.care_plan.sheets import AgreeSheet, CompareSheet
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.printing import PlanPreview
from mdt_desktop.ui.unsettled_mark import UnsettledReading
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Program
    from mdt_desktop.ui.main_window import MainWindow

_MODES = {PlanStatus.DRAFT: Mode.EDIT, PlanStatus.AGREED: Mode.TRACK, PlanStatus.SUPERSEDED: Mode.READ}
_CONCERNED = ("practitioner", "consent", "care_plan")


class CarePlanPage(Page):
    """Shown with `case_id` (a person id will do), or with `plan_id` for one version.

    Everything typed is told at once and saved after a pause, on leaving, on locking and before anything that needs
    it saved. An agreed plan is read; only how goals and actions are going can be told.
    """

    consent_requested = Signal(str)  # person id
    decide_requested = Signal(str)  # conflict id

    def __init__(
        self,
        program: "Program",
        window: "MainWindow",
        case_id: str = "",
        *,
        banner: bool = True,
        drafts: DraftShelf | None = None,
    ) -> None:
        """`banner` is left out where another page around this one shows it."""
        super().__init__()
        self._program, self._services, self._window = program, program.services, window
        self._operations, self._messages = window.operations, window.messages
        self._case_id, self._plan_id, self._agree_wanted = case_id, "", False
        self._drafts = drafts if drafts is not None else DraftShelf(program.services, window.operations, self)
        self._desk: PlanDesk | None = None
        self._sheet: SideSheet | None = None
        self._focus_on: tuple[str, str] = ("", "")
        self._arrives = True
        self.autosave = Autosave(self._operations, self._write, self)
        self._seen = SeenPlan(lambda: self.plan)
        self._lay_out(banner)
        self._unsettled = UnsettledReading(self._services, self._operations, self.document.show_unsettled, self)
        messages, drafts = self._messages, self._drafts
        self._agreeing = Agreeing(program, self._operations, messages, drafts, self._host, self._open_sheet)
        self._connect()
        if case_id:
            self.reload()

    def _lay_out(self, banner: bool) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.banner = PatientBanner()
        if not banner:
            self.banner.hide()
        outer.addWidget(self.banner)
        self._host = QWidget()
        outer.addWidget(self._host, 1)
        column = QVBoxLayout(self._host)
        column.setContentsMargins(0, theme.size("gap"), 0, 0)
        column.setSpacing(theme.size("unit") * 2)
        self._header = PageHeader(words("care_plan.title"))
        self.save_state = words_label("", "late")
        self.save_again = Button(words("care_plan.save_again"), self.save_now)
        self._header.add_action(self.save_state)
        self._header.add_action(self.save_again)
        self.save_again.hide()
        page = theme.size("page")
        self._top = QWidget()
        top = QVBoxLayout(self._top)
        top.setContentsMargins(page, 0, page, 0)
        top.setSpacing(theme.size("unit"))
        top.addWidget(self._header)
        self.closed = ClosedLine(self.start_draft)
        self.closed_step = self.closed.step
        self._header.add_action(self.closed_step)
        top.addWidget(self.closed)
        above = QHBoxLayout()
        above.addWidget(self._top, 1)
        above.addStretch(0)
        column.addLayout(above)
        body = QHBoxLayout()
        body.setSpacing(0)
        self.document = PlanDocument()
        self.rail = PlanRail()
        body.addWidget(self.document, 1)
        body.addWidget(self.rail)
        body.addStretch(0)
        self._fit_top()
        theme.news().changed.connect(self._fit_top)
        self._plan_view = QWidget()
        body.setContentsMargins(0, 0, 0, 0)
        self._plan_view.setLayout(body)
        self._stack = QStackedWidget()
        self.empty = EmptyState(
            words("care_plan.empty"),
            words("care_plan.empty_why"),
            icon="care_plan",
            step=words("care_plan.start"),
            on_step=self.start_draft,
        )
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self._plan_view)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)

    def _fit_top(self) -> None:
        """The heading is as wide as the plan and its rail, so that its button stays near them."""
        self._top.setMaximumWidth(self.document.maximumWidth() + self.rail.maximumWidth())

    def _connect(self) -> None:
        self._agreeing.read.connect(self._on_read)
        self._agreeing.lacks.connect(self.jump_to)
        self._agreeing.agreed.connect(self._on_agreed)
        document, rail = self.document, self.rail
        document.decide_requested.connect(self.decide_requested)
        document.edited.connect(self._seen.note)
        document.edited.connect(self.autosave.edit)
        document.add_requested.connect(self.add_part)
        document.remove_requested.connect(self.remove_part)
        document.move_requested.connect(self.move_part)
        rail.ready.jump_requested.connect(self.jump_to)
        rail.ready.agree_requested.connect(self.open_agree)
        rail.paper.preview_requested.connect(partial(self.open_preview, ""))
        rail.paper.print_requested.connect(partial(self.open_preview, "print"))
        rail.paper.save_requested.connect(partial(self.open_preview, "save"))
        rail.versions.version_requested.connect(self.show_version)
        rail.versions.compare_requested.connect(self.open_comparison)
        self.autosave.saved.connect(self._on_saved)
        self.autosave.failed.connect(self._on_save_failed)
        self.autosave.state_changed.connect(self._show_save_state)

    # What the window asks

    def shown(self, arguments: Arguments) -> None:
        """Open a case, or one version of its plan; the same again keeps what is open."""
        case_id = str(arguments.get("case_id") or arguments.get("person_id") or "")
        plan_id = str(arguments.get("plan_id") or "")
        desk = self._desk
        known = (desk.overview.person.id, desk.overview.person.case_id) if desk else ()
        if (case_id or plan_id) and (case_id not in known or plan_id != self._plan_id):
            self._close_sheet()
            self._case_id, self._plan_id = case_id, plan_id
            if case_id not in known:
                self._desk = None
                self._stack.setCurrentIndex(0)
        self._arrives, self._agree_wanted = True, arguments.get("sheet") == "agree"
        if self._case_id or self._plan_id:
            self.reload()

    def place(self) -> Arguments:
        """The case, the version of its plan, and whether it is being agreed."""
        sheet = "agree" if isinstance(self._sheet, AgreeSheet) else ""
        return {"case_id": self._case_id, "plan_id": self._plan_id, "sheet": sheet}

    def keep_typed(self) -> None:
        self.autosave.send_all()

    def changed(self, changes: Changes) -> None:
        """Something was written elsewhere."""
        desk = self._desk
        if desk is not None and (changes.concern(desk.overview.person.id) or changes.concern(*_CONCERNED)):
            self.reload()

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        """What was typed is saved first; what cannot be saved is asked about."""
        if not self.document.is_readable:
            self.autosave.flush()
            self._ask_to_leave(words("care_plan.what.date"), go_on)
            return False
        if self.autosave.idle:
            return True
        self.autosave.flush(go_on, partial(self._ask_to_leave, words("care_plan.what.edits"), go_on))
        return False

    def _ask_to_leave(self, what: str, go_on: Callable[[], None]) -> None:
        def leave() -> None:
            self.autosave.forget()
            self.document.forget_unreadable()
            go_on()

        ask_to_leave(self._messages, what, leave)

    def offers(self) -> Sequence[Command]:
        return page_commands(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.autosave.idle:
            self.autosave.flush()

    # Reading

    @property
    def plan(self) -> PlanSummary | None:
        """The version that is shown."""
        return self._desk.plan if self._desk else None

    def reload(self) -> None:
        """Read the plan anew; what is typed and not saved yet stays in its field."""
        access, case_id, plan_id = self._program.access, self._case_id, self._plan_id
        self._operations.run_query(
            lambda: read_desk(access, case_id, plan_id),
            self._on_read,
            self._on_read_failed,
            latest_of=f"care plan {id(self)}",
        )

    def _on_read(self, desk: PlanDesk) -> None:
        self._desk = desk
        overview, plan = desk.overview, desk.plan
        person = overview.person
        self._case_id, self.subjects = person.case_id or person.id, frozenset({person.id})
        today, rights = self._program.access.today(), overview.rights
        self.banner.show_person(
            banner_content(person, overview.flags, today, restricted=rights.standing.restricted)
        )
        permit(self.empty.step, rights, Permission.EDIT_PLAN)
        if plan is None:
            self._header.show_summary("")
            self.closed.hide()
            self.closed_step.hide()
            self._stack.setCurrentIndex(2)
            return
        rows = Desk({it.id: it for it in desk.practitioners}, today)
        mode = _MODES[plan.status] if rights.may(Permission.EDIT_PLAN) else Mode.READ
        self.document.show_plan(plan, rows, mode, self.autosave.unsaved)
        self._seen.shown_anew(self.autosave.unsaved)
        self.document.show_unsettled(self._unsettled.found)
        self._unsettled.read(person.id)
        self._show_head(desk, plan)
        self._stack.setCurrentIndex(1)
        self._put_focus()
        if self._agree_wanted:
            self._agree_wanted = False
            self.open_agree()

    def _show_head(self, desk: PlanDesk, plan: PlanSummary) -> None:
        day = plan.agreed_on or plan.started_at.astimezone().date()
        name = plan.started_by if plan.status is PlanStatus.DRAFT else plan.agreed_name
        key = f"care_plan.summary.{plan.status.value}"
        self._header.show_summary(words(key, version=plan.version, date=cui_date(day), name=name))
        rights = desk.overview.rights
        is_draft = plan.status is PlanStatus.DRAFT
        self.rail.ready.setVisible(is_draft)
        self.rail.ready.show_missing(desk.missing)
        self.rail.versions.show_versions(desk.overview.plan_versions, plan)
        self.closed.show_state(plan.status, desk.overview.plan_versions, may_edit=rights.may(Permission.EDIT_PLAN))
        self.closed.show_parts(rights)
        self.rail.paper.permit(rights)
        permit(self.rail.ready.agree, rights, Permission.AGREE_PLAN)

    def _put_focus(self) -> None:
        """On a part that was just added or put back; on arriving where work begins; else it stays where it is."""
        focused = self._window.focusWidget()
        arrives, self._arrives = self._arrives, False
        if arrives and (focused is None or not self.isAncestorOf(focused) or not focused.isVisible()):
            begins = self.document.about.texts["most_important"].edit or self.closed_step
            begins.setFocus(Qt.FocusReason.OtherFocusReason)
        part_id, field = self._focus_on
        row = self.document.row(part_id) if part_id else None
        if row is not None:
            self._focus_on = ("", "")
            row.open_row(field)

    def _on_read_failed(self, problem: Exception) -> None:
        failed = ErrorState(self._messages.words_of(problem), self.reload)
        if self._stack.count() > 3:
            before = self._stack.widget(3)
            if before is not None:
                self._stack.removeWidget(before)
                before.deleteLater()
        self._stack.setCurrentIndex(self._stack.addWidget(failed))

    # Writing

    def _write(self, kind: str, record_id: str, values: Mapping[str, Any]) -> Changes:
        """In the writer thread: the service is loaded there when it is first needed."""
        if self.document.mode is Mode.TRACK and "status" in values:
            return self._services.care_plans.track(kind, record_id, values["status"])
        return self._seen.write(self._services, kind, record_id, values)

    def _command(self, fn: Callable[[], Changes], on_done: Callable[[Changes], None] | None = None) -> None:
        """Write, after what was typed, then show what is there."""

        def done(changes: Changes) -> None:
            if on_done is not None:
                on_done(changes)
            self.reload()

        self.autosave.flush(lambda: self._operations.run_command(fn, self, done))

    def _on_saved(self) -> None:
        self.reload_unless_held()
        self._unsettled.read(next(iter(self.subjects), ""))

    def _on_save_failed(self, problem: Exception) -> None:
        self._messages.error(problem)
        self.reload()

    def _show_save_state(self) -> None:
        failed = self.autosave.problem is not None
        self.save_state.setText(words("care_plan.not_saved") if failed else "")
        self.save_again.setVisible(failed)

    def save_now(self) -> None:
        """Write what was typed without waiting for the pause."""
        self.autosave.flush()

    def start_draft(self) -> None:
        """Go on with the draft, or begin one: from the agreed version where there is one."""
        case_id, services = self._case_id, self._services

        def begin() -> Changes:
            desk = self._desk
            opened = services.cases.open(desk.overview.person.id).made if desk and not desk.overview.case else case_id
            return services.care_plans.start_draft(opened)

        def begun(changes: Changes) -> None:
            self._plan_id, self._arrives = "", True

        self._command(begin, begun)

    def add_part(self, kind: str, parent_id: str) -> None:
        """Add a part at the end of its parent and open it."""

        def added(changes: Changes) -> None:
            self._focus_on = (changes.made, "")

        self._command(lambda: self._services.care_plans.add_part(kind, parent_id, {}), added)

    def remove_part(self, kind: str, part_id: str) -> None:
        """Remove a part with everything under it; Undo puts it back where it was."""
        removed: list[Any] = []
        plans = self._services

        def remove() -> Changes:
            changes = plans.care_plans.remove_part(kind, part_id)
            removed.append(changes.kept)
            return changes

        def put_back() -> None:
            self._focus_on = (part_id, "")
            self._command(lambda: plans.care_plans.put_back(removed[0]))

        def done(_: Changes) -> None:
            self._messages.done(words(f"care_plan.removed.{kind}"), put_back)

        self._command(remove, done)

    def move_part(self, kind: str, part_id: str, steps: int) -> None:
        """Move a part among its siblings; the focus goes with it."""
        self._command(lambda: self._services.care_plans.move_part(kind, part_id, steps), self._keep_focus)

    def _keep_focus(self, _: Changes) -> None:
        focused = self._window.focusWidget()
        if focused is not None and self.document.isAncestorOf(focused):
            focused.setFocus(Qt.FocusReason.OtherFocusReason)

    # Agreeing and versions

    def jump_to(self, key: str) -> None:
        """Go to the place where something missing is put right."""
        if key == "plan_missing.basis_to_share" and self._desk is not None:
            self._messages.notify(words("care_plan.basis_elsewhere"))
            self.consent_requested.emit(self._desk.overview.person.id)
        else:
            jump(self.document, key)

    def go_to_missing(self) -> None:
        """Go to the first thing that is missing."""
        missing = missing_now(self._desk.missing) if self._desk else []
        if missing:
            self.jump_to(missing[0])

    def open_agree(self) -> None:
        """Ask who agreed the plan, once nothing else is missing."""
        self.autosave.flush(lambda: self._agreeing.begin(self._case_id, self._plan_id))

    def _on_agreed(self) -> None:
        self._close_sheet()
        self._arrives = True
        self.reload()

    def show_version(self, plan_id: str) -> None:
        """Show another version."""
        self._close_sheet()

        def go() -> None:
            self._plan_id, self._arrives = plan_id, True
            self.reload()

        if self.can_leave(go):
            go()

    def open_comparison(self, earlier_id: str, later_id: str) -> None:
        """Say what changed from an earlier version to the shown one."""
        access, case_id = self._program.access, self._case_id

        def show(found: tuple[Difference, ...]) -> None:
            versions = self._desk.overview.plan_versions if self._desk else ()
            numbers = {it.id: it.version for it in versions}
            sheet = CompareSheet(self._host, numbers[earlier_id], numbers[later_id], found)
            self._open_sheet(sheet, sheet.close_button)

        def read() -> None:
            self._operations.run_query(
                lambda: compare_versions(access, case_id, earlier_id, later_id), show, owner=self
            )

        self.autosave.flush(read)

    def _open_sheet(self, sheet: SideSheet, first: QWidget) -> None:
        self._close_sheet()
        self._sheet = sheet
        sheet.close_requested.connect(self._close_sheet)
        sheet.open_sheet(first)

    @property
    def sheet(self) -> SideSheet | None:
        """The open sheet."""
        return self._sheet

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            sheet, self._sheet = self._sheet, None
            sheet.leave()

    # Paper

    def open_preview(self, then: str = "") -> None:
        """Show the plan as paper; with `print` or `save` the reasons are asked for at once."""
        plan = self.plan
        if plan is None:
            return

        def show() -> None:
            services, drafts = self._services, self._drafts
            parts = (lambda: services.printing, self._operations, self._messages, plan.id, self._window)
            preview = PlanPreview(*parts, drafts=drafts)
            preview.open()
            if then:
                preview.ask_why()

        self.autosave.flush(show)

    @property
    def may_edit(self) -> bool:
        """Is a draft shown?"""
        return self.plan is not None and self.document.mode is Mode.EDIT

    def add_next(self, kind: str) -> None:
        """Add the next action, goal or need after where the person is writing, else at the end."""
        plan = self.plan
        if plan is not None and self.may_edit:
            self.add_part(*self.document.place_for_next(kind, plan.id))
