"""The page of meetings: the list, one meeting that is planned, and one that is over."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import SIGNAL, Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.meeting import Lane, MeetingState
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.chasing import ChaseList, as_text
from mdt_desktop.services.meeting_closing import Minutes
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.forms.form_sheet import FormSheet
from mdt_desktop.ui.meetings.desk import AgendaDesk
from mdt_desktop.ui.meetings.overview import Overview
from mdt_desktop.ui.meetings.papers import PaperChoice, PapersButton
from mdt_desktop.ui.meetings.plan_rows import RowKind
from mdt_desktop.ui.meetings.planning import PlanningPanel
from mdt_desktop.ui.meetings.reading import ReadingPanel
from mdt_desktop.ui.meetings.sheet_desk import SheetDesk
from mdt_desktop.ui.meetings.sheets import ReasonSheet
from mdt_desktop.ui.meetings.view import (
    MeetingsView,
    PlanningView,
    load_list,
    load_minutes,
    load_planning,
)
from mdt_desktop.ui.meetings.wishes import MeetingWishes, meeting_commands
from mdt_desktop.ui.messages import Choice, Messages
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.search_sheet import SearchSheet, people_to_discuss, practitioners_to_expect
from mdt_desktop.ui.widgets.states import ErrorState
from mdt_desktop.words import words

_CONCERNS = (
    "meeting", "meeting_series", "series_member", "attendance", "agenda_item", "person_case", "lead_allocation",
    "consent", "care_team_member", "practitioner", "decision", "task", "meeting_note", "addendum",
)  # fmt: skip
_HELD = frozenset({MeetingState.PLANNED, MeetingState.UNDER_WAY})
_OVER = frozenset({MeetingState.SEALED})


class MeetingsPage(Page):
    """Shown with nothing (the list) or with `meeting_id`; with `papers` the menu of papers is opened at once.

    `cockpit_requested` carries the meeting to hold, `case_requested` a person. The signals of papers and lists
    carry a meeting; one without a receiver is not offered.
    """

    title = words("meetings.title")
    cockpit_requested = Signal(str)
    case_requested = Signal(str)
    agenda_paper_requested = Signal(str)
    agenda_initials_requested = Signal(str)
    chase_paper_requested = Signal(str)
    minutes_requested = Signal(str)
    organisation_minutes_requested = Signal(str)
    action_sheets_requested = Signal(str)
    letters_requested = Signal(str)
    lists_requested = Signal(str)

    def __init__(
        self,
        services: Services,
        operations: Operations,
        messages: Messages,
        ask_file: AskFile = ask_new_file,
        *,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__()
        self._services, self._operations, self._messages = services, operations, messages
        self._ask_file = ask_file
        self._meeting_id, self._wants_papers, self._written = "", False, set[str]()
        self._error: ErrorState | None = None
        self.list_view: MeetingsView | None = None
        self.overview = Overview()
        self.planning = PlanningPanel(PapersButton(self._choices()))
        self.reading = ReadingPanel(PapersButton(self._choices()))
        self.desk = AgendaDesk(services, operations, messages, self)
        drafts = drafts or DraftShelf(services, operations, self)
        self.sheets = SheetDesk(services, operations, messages, self, drafts)
        self._stack = QStackedWidget()
        for widget in (self.overview, self.planning, self.reading):
            self._stack.addWidget(widget)
        self.column(0).addWidget(self._stack)
        self._connect()

    def _connect(self) -> None:
        self.overview.opened.connect(lambda meeting: self.open_meeting(meeting.id))
        self.overview.cockpit.connect(lambda meeting: self.cockpit_requested.emit(meeting.id))
        self.overview.plan_requested.connect(lambda series: self._plan(series))
        self.overview.series_requested.connect(lambda series: self.sheets.open_series(series))
        self.sheets.recorded.connect(self._on_recorded)
        planning, desk = self.planning, self.desk
        for panel in (planning, self.reading):
            panel.back_requested.connect(self.go_back)
        planning.change_requested.connect(self._change_meeting)
        planning.cockpit_requested.connect(lambda: self.cockpit_requested.emit(self._meeting_id))
        planning.update_requested.connect(lambda: desk.update())
        planning.order_requested.connect(desk.put_in_order)
        planning.add_requested.connect(self.add_person)
        planning.moved.connect(desk.move)
        planning.stepped.connect(desk.step)
        case = planning.case
        case.words_typed.connect(desk.set_words)
        case.lane_wanted.connect(desk.set_lane)
        case.minutes_wanted.connect(desk.set_minutes)
        case.remove_requested.connect(self.ask_to_remove)
        case.add_requested.connect(self._add_chosen)
        case.case_requested.connect(self.case_requested)
        planning.expected.apologies_wanted.connect(desk.apologise)
        planning.expected.remove_wanted.connect(desk.take_off)
        planning.expected.add_requested.connect(self.expect_somebody)
        planning.chase.copy_requested.connect(self._copy_chase)
        planning.chase.print_requested.connect(lambda: self.chase_paper_requested.emit(self._meeting_id))
        desk.wrote.connect(self.reload)
        self.reading.addendum_requested.connect(self._add_addendum)

    def _choices(self) -> Sequence[PaperChoice]:
        """Everything that leaves a meeting; the calendar file is made here, the papers elsewhere."""

        def paper(key: str, states: frozenset[MeetingState]) -> PaperChoice:
            name = f"{key}_requested"
            return PaperChoice(
                key,
                lambda: getattr(self, name).emit(self._meeting_id),
                lambda: self.receivers(SIGNAL(f"{name}(QString)")) > 0,
                states,
            )

        return (
            paper("agenda_paper", _HELD),
            paper("agenda_initials", _HELD),
            paper("minutes", _OVER),
            paper("organisation_minutes", _OVER),
            paper("action_sheets", _OVER),
            paper("letters", _OVER),
            paper("lists", _OVER),
            PaperChoice("calendar", self.save_calendar, lambda: True, _HELD | {MeetingState.CANCELLED}),
        )

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        """Come to the list, or to a meeting, where work on it goes on."""
        self._wants_papers = bool(arguments.get("papers"))
        meeting_id = str(arguments.get("meeting_id", "") or "")
        if meeting_id:
            self.open_meeting(meeting_id)
        else:
            self._meeting_id = ""
            self.reload(focus=True)

    def changed(self, changes: Changes) -> None:
        """Read again what was changed elsewhere."""
        if changes.concern(*_CONCERNS):
            self.reload()

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        """What is typed about a person is recorded; a form that is not asks first."""
        self.planning.case.flush()
        if not self.sheets.may_close(go_on):
            return False
        self.sheets.close()
        return True

    def offers(self) -> Sequence[Command]:
        return meeting_commands(
            MeetingWishes(
                in_list=lambda: self._is_on(self.overview),
                in_planning=lambda: self._is_on(self.planning),
                on_person=self._is_on_person,
                may_hold=self._may_hold,
                plan=lambda: self._plan(None),
                start_series=lambda: self.sheets.open_series(None),
                hold=self._hold,
                back=self.go_back,
                update=self.desk.update,
                order=self.desk.put_in_order,
                add=self.add_person,
                move=self.planning.step,
                lane=self._lane,
                minutes=self._minutes,
                remove=self._remove,
                may_remove=self._may_remove,
                tab=self._show_tab,
            )
        )

    def _is_on(self, panel: QWidget) -> bool:
        return self.isVisible() and self._stack.currentWidget() is panel and self.sheets.sheet is None

    def _is_on_person(self) -> bool:
        """A row of the agenda is chosen and has the keyboard, so that letters are no text."""
        row = self.planning.table.chosen()
        return (
            self._is_on(self.planning)
            and row is not None
            and row.kind is RowKind.ITEM
            and self.planning.table.hasFocus()
        )

    def _may_remove(self) -> bool:
        comes = self.planning.expected
        return self._is_on_person() or (self._is_on(self.planning) and comes.table.hasFocus() and comes.can_remove)

    def _remove(self) -> None:
        """Whoever has the keyboard: somebody who comes, or a person on the agenda."""
        if self.planning.expected.table.hasFocus():
            self.planning.expected.remove_chosen()
        else:
            self.ask_to_remove()

    def _may_hold(self) -> bool:
        if self._is_on(self.planning):
            return True
        meeting = self.overview.chosen()
        return self._is_on(self.overview) and meeting is not None and meeting.state in _HELD

    # Reading and showing

    def open_meeting(self, meeting_id: str) -> None:
        """Plan a meeting, or read one that is over."""
        self._meeting_id = meeting_id
        self.overview.choose(meeting_id)
        self.reload(focus=True)

    def go_back(self) -> None:
        """To the list, with this meeting chosen."""
        self.planning.case.flush()
        if self.sheets.may_close(self.go_back):
            self.sheets.close()
            self._meeting_id = ""
            self.reload(focus=True)

    def reload(self, *, focus: bool = False) -> None:
        """Read again what is on the screen; with `focus` the keyboard goes where work begins."""
        services, meeting_id = self._services, self._meeting_id

        def read() -> MeetingsView | PlanningView | Minutes:
            if not meeting_id:
                return load_list(services)
            state = services.meetings.meeting(meeting_id).state
            return load_planning(services, meeting_id) if state in _HELD else load_minutes(services, meeting_id)

        self._operations.run_query(
            read, partial(self._on_read, focus), self._on_failed, owner=self, latest_of=f"meetings.{id(self)}"
        )

    def _on_read(self, focus: bool, found: "MeetingsView | PlanningView | Minutes") -> None:
        self._drop_error()
        if isinstance(found, MeetingsView):
            self.list_view = found
            self.overview.show_view(found)
            self._show(self.overview, self.overview.focus if focus else None)
        elif isinstance(found, PlanningView):
            self.desk.view = found
            self.planning.show_view(found)
            self._show(self.planning, self.planning.focus if focus else None)
            self._write_first(found)
        else:
            self.reading.show_minutes(found)
            self._show(self.reading, self.reading.back.setFocus if focus else None)
        if self._wants_papers and not isinstance(found, MeetingsView):
            self._wants_papers = False
            panel = self.reading if isinstance(found, Minutes) else self.planning
            panel.papers.open_papers(self)

    def _show(self, panel: QWidget, focus: Callable[[], object] | None) -> None:
        another = self._stack.currentWidget() is not panel
        self._stack.setCurrentWidget(panel)
        if self.sheets.sheet is not None:
            return
        if focus is not None:
            focus()
        elif another:
            panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_first(self, view: PlanningView) -> None:
        """The agenda writes itself: the first time a planned meeting is opened it is there."""
        fresh = view.is_planned and not view.items and view.meeting.id not in self._written
        if fresh and view.proposal is not None and view.proposal.listed:
            self._written.add(view.meeting.id)
            self.desk.update(quietly=True)

    def _on_failed(self, problem: Exception) -> None:
        self._drop_error()
        self._error = ErrorState(self._messages.words_of(problem), lambda: self.shown({}))
        self._stack.addWidget(self._error)
        self._stack.setCurrentWidget(self._error)

    def _drop_error(self) -> None:
        if self._error is not None:
            self._stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None

    # Meetings and series

    def _plan(self, series: object) -> None:
        if self.list_view is not None:
            self.sheets.open_plan(self.list_view.series, series)

    def _change_meeting(self) -> None:
        view = self.desk.view
        if view is not None:
            self.sheets.open_meeting(view.meeting)

    def _on_recorded(self, meeting_id: str) -> None:
        if meeting_id:
            self.open_meeting(meeting_id)
        else:
            self.reload()

    def _hold(self) -> None:
        meeting: MeetingSummary | None = self.overview.chosen()
        meeting_id = self._meeting_id or (meeting.id if meeting is not None else "")
        if meeting_id:
            self.planning.case.flush()
            self.cockpit_requested.emit(meeting_id)

    # The agenda

    def _lane(self, lane: Lane) -> None:
        row = self.planning.table.chosen()
        if row is not None:
            self.desk.set_lane(row.key, lane)

    def _minutes(self, by: int) -> None:
        row = self.planning.table.chosen()
        if row is not None:
            self.desk.change_minutes(row.key, by)

    def _show_tab(self, key: str) -> None:
        self.planning.show_tab(key)
        if key == "expected":
            self.planning.expected.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key == "case":
            self.planning.focus()

    def add_person(self) -> None:
        """Find somebody and put them on the agenda."""
        self._search(people_to_discuss, self.desk.add_case)

    def expect_somebody(self) -> None:
        """Find somebody who works here and expect them."""
        self.planning.show_tab("expected")
        self._search(
            practitioners_to_expect, lambda found, done, failed: self.desk.expect(found, lambda: done(""), failed)
        )

    def _search(
        self,
        make: Callable[[Services, str, QWidget, Operations, Messages], SearchSheet],
        take: Callable[[str, Callable[[str], None], Callable[[Exception], None]], None],
    ) -> None:
        def go_on() -> None:
            sheet = make(self._services, self._meeting_id, self, self._operations, self._messages)

            def added(item_id: str) -> None:
                if item_id:
                    self.planning.choose_soon(item_id)
                sheet.say(words("search_sheet.added"))

            def refused(problem: Exception) -> None:
                sheet.say(self._messages.words_of(problem))

            sheet.taken.connect(lambda found: take(found, added, refused))
            self.sheets.show(sheet, sheet.line)

        if self.sheets.may_close(go_on):
            go_on()

    def _add_chosen(self) -> None:
        row = self.planning.table.chosen()
        if row is None or row.kind is not RowKind.LEFT:
            return
        if row.item is not None:
            self.desk.put_back(row.item, self.planning.choose_soon)
        elif row.line is not None:
            self.desk.add_case(row.line.case_id, self.planning.choose_soon)

    def ask_to_remove(self) -> None:
        """Take who is chosen off the agenda, once it is said why."""
        row = self.planning.table.chosen()
        if row is None or row.item is None or row.kind is not RowKind.ITEM:
            return

        def go_on() -> None:
            sheet = ReasonSheet(
                words("meetings.remove.title", name=row.name), words("meetings.remove.verb"),
                words("meetings.remove.why"), self,
                lambda reason: self.desk.remove(row, reason, self.sheets.finish, sheet.refuse),
            )  # fmt: skip
            self.sheets.show(sheet, sheet.reason, f"remove:{row.key}")

        if self.sheets.may_close(go_on):
            go_on()

    # What leaves

    def open_sheet(self, make: Callable[[], tuple[FormSheet, QWidget]]) -> None:
        """Put a sheet that is made elsewhere over the page, once nothing typed in another would be lost.

        `make` gives it with the field that takes the keyboard.
        """

        def go_on() -> None:
            self.sheets.show(*make())

        if self.sheets.may_close(go_on):
            go_on()

    def _copy_chase(self, chase: ChaseList, names: bool) -> None:
        def go_on(answer: str) -> None:
            if answer != "copy":
                return
            text, chasing = as_text(chase, names=names), self._services

            def copied(_: Changes) -> None:
                QApplication.clipboard().setText(text)
                self._messages.done(words("meetings.chase.copied"))

            # First the history, then the clipboard: nothing leaves without it.
            self._operations.run_command(lambda: chasing.chasing.record_left(chase, "copy", names=names), self, copied)

        if not names:
            go_on("copy")
            return
        self._messages.ask(
            words("meetings.chase.names_title"),
            [
                Choice("copy", words("meetings.chase.names_copy"), "danger"),
                Choice("stay", words("meetings.chase.names_stay"), "primary"),
            ],
            go_on,
            way_out="stay",
            detail=words("meetings.chase.names_detail"),
        )

    def save_calendar(self) -> None:
        """Save the meeting as a calendar file, where the person chooses."""
        services, meeting_id = self._services, self._meeting_id

        def read() -> tuple[str, bytes]:
            return services.meeting_calendar.suggested_name(meeting_id), services.meeting_calendar.content(meeting_id)

        def ask(made: tuple[str, bytes]) -> None:
            name, content = made
            wanted = NewFile(name, words("meetings.calendar.title"), words("meetings.calendar.files"))
            self._ask_file(wanted, self, lambda path: save(path, content))

        def save(path: str, content: bytes) -> None:
            if not path:
                return
            self._operations.run_command(
                lambda: services.meeting_calendar.save(meeting_id, content, Path(path)),
                self,
                lambda _: self._messages.done(words("meetings.calendar.saved", name=Path(path).name)),
            )

        self._operations.run_query(read, ask, owner=self)

    # Afterwards

    def _add_addendum(self, text: str, item_id: str) -> None:
        meeting_id, closing = self._meeting_id, self._services

        def added(_: Changes) -> None:
            self.reading.addendum.clear()
            self._messages.done(words("meetings.addendum.done"))
            self.reload()

        self._operations.run_command(
            lambda: closing.meeting_closing.add(meeting_id, text, item_id or None), self, added
        )
