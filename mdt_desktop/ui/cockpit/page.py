"""The cockpit: one meeting on one screen, every step of it by one key, everything saved as it happens."""

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.meeting import OPEN_ITEM, MeetingState, Outcome
from mdt_desktop.domain.pen import PenView
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.directory import PractitionerSummary
from mdt_desktop.services.meeting_room import next_open
from mdt_desktop.ui.cockpit import recording
from mdt_desktop.ui.cockpit.adding import Adding
from mdt_desktop.ui.cockpit.agenda_list import AgendaList
from mdt_desktop.ui.cockpit.chairing import Chairing
from mdt_desktop.ui.cockpit.closing_panel import ClosingPanel
from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.cockpit.entries import Entries
from mdt_desktop.ui.cockpit.foot import OUTCOMES, Foot
from mdt_desktop.ui.cockpit.keys import GROUP, CockpitWishes, cockpit_commands, hint
from mdt_desktop.ui.cockpit.meeting_bar import MeetingBar
from mdt_desktop.ui.cockpit.opening_panel import OpeningPanel
from mdt_desktop.ui.cockpit.pen import PenKeeper, PenLine
from mdt_desktop.ui.cockpit.person_panel import PersonPanel, WhoStrip
from mdt_desktop.ui.cockpit.record_panel import RecordPanel
from mdt_desktop.ui.cockpit.second_screen import SecondScreen
from mdt_desktop.ui.cockpit.view import (
    CLOSING,
    OPENING,
    CockpitView,
    PersonInTheRoom,
    load,
    load_closing,
    load_person,
)
from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.unsettled_mark import OpenByKey, UnsettledReading
from mdt_desktop.ui.widgets.states import ErrorState
from mdt_desktop.words import words

_SECOND = 1000
_CONCERNS = (
    "agenda_item", "meeting", "attendance", "decision", "task", "meeting_note", "lead_allocation", "pulse_answer",
    "person", "person_case", "care_plan", "happening", "hospital_episode",
)  # fmt: skip


class CockpitPage(Page):
    """Shown with `meeting_id`; alone in the window, so that nothing beside it tells of anybody else.

    `left_requested` asks for the page of meetings, `papers_requested` carries the meeting whose papers are wanted,
    `keys_requested` the group of keys to show first.
    """

    whole_window = True
    left_requested = Signal()
    papers_requested = Signal(str)
    lock_requested = Signal()
    keys_requested = Signal(str)
    decide_requested = Signal(str)  # conflict id

    def __init__(
        self, services: Services, operations: Operations, messages: Messages, drafts: DraftShelf | None = None
    ) -> None:
        super().__init__()
        self._services, self._operations, self._messages = services, operations, messages
        self._meeting_id, self._wanted = "", ""
        self._line: Arguments = {}
        self._view: CockpitView | None = None
        self._everybody: Sequence[PractitionerSummary] = ()
        self._ready: dict[str, PersonInTheRoom] = {}
        self._names = True
        self._error: ErrorState | None = None
        self.bar = MeetingBar(self._hide_names, self._show_keys, self.left_requested.emit)
        self.agenda = AgendaList()
        self.who = WhoStrip()
        self.person = PersonPanel()
        self.agreed = RecordPanel()
        self.opening = OpeningPanel()
        self.closing = ClosingPanel()
        self.foot = Foot(lambda: self.chairing.finish(), lambda: self.entries.begin(Mode.PARK))
        self.entries = Entries(
            services, operations, messages, self.foot.composer, drafts or DraftShelf(services, operations, self)
        )
        self.chairing = Chairing(services, operations, messages, self.entries, self)
        self.adding = Adding(services, operations, messages, self)
        self.second_screen = SecondScreen(self, self._now)
        self.unsettled = UnsettledReading(services, operations, self._show_unsettled, self)
        self.pen_line = PenLine()
        self.pen = PenKeeper(services, operations, self)
        self._lay_out()
        self._connect()
        self._clock = QTimer(self)
        self._clock.setInterval(_SECOND)
        self._clock.timeout.connect(self._tick)

    def _lay_out(self) -> None:
        """From the outside in: whatever is put into a widget that has its place already is dressed only once."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addWidget(self.pen_line)
        below = QHBoxLayout()
        below.setSpacing(0)
        whole.addLayout(below, 1)
        below.addWidget(self.agenda)
        self._stack = QStackedWidget()
        below.addWidget(self._stack, 1)
        self._discussed = QWidget()
        for widget in (self.opening, self._discussed, self.closing):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self._discussed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.who)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        column.addLayout(middle, 1)
        middle.addWidget(self.person, 3)
        middle.addWidget(self.agreed, 2)
        column.addWidget(self.foot)

    def _connect(self) -> None:
        chairing, opening, closing = self.chairing, self.opening, self.closing
        self.agenda.chosen.connect(chairing.turn_to)
        self.person.decide_requested.connect(self.decide_requested)
        self.foot.outcome_chosen.connect(chairing.finish)
        chairing.went.connect(self._go)
        chairing.wrote.connect(self.reload)
        self.entries.opened.connect(lambda: self.foot.show_line(True))
        self.entries.closed.connect(self._on_line_closed)
        self.entries.recorded.connect(self._on_recorded)
        self.foot.composer.typed.connect(self.second_screen.show_typed)
        opening.begin_requested.connect(chairing.begin)
        opening.attend_requested.connect(chairing.attend)
        opening.leave_requested.connect(chairing.leave)
        opening.all_here_requested.connect(chairing.all_here)
        opening.task_done_requested.connect(chairing.task_done)
        opening.add_requested.connect(lambda: self.adding.practitioner(self._meeting_id))
        opening.add_person_requested.connect(self._add_person)
        self.adding.wrote.connect(self.reload)
        closing.seal_requested.connect(chairing.seal)
        closing.addendum_requested.connect(chairing.add_addendum)
        closing.papers_requested.connect(lambda: self.papers_requested.emit(self._meeting_id))
        closing.pulse.answered.connect(chairing.answer_pulse)
        self.pen_line.wished.connect(self.pen.wish)
        self.pen.changed.connect(self._on_pen)

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        """Open a meeting where it is: at its opening, at the person discussed, or sealed at its closing."""
        meeting_id = str(arguments.get("meeting_id", "") or self._meeting_id)
        if meeting_id != self._meeting_id:
            self._forget()
            self._meeting_id = meeting_id
        if meeting_id:
            self._line = arguments
            self.reload()

    def place(self) -> Arguments:
        """The meeting and the line that is open; at which person it is, the store knows."""
        return {"meeting_id": self._meeting_id, **self.entries.place()}

    def changed(self, changes: Changes) -> None:
        """Read again what was changed elsewhere."""
        if self._meeting_id and changes.concern(*_CONCERNS):
            self._ready.clear()
            self.reload()

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        """At any time: everything is saved. A sheet to search in does not wait for the next visit."""
        self.adding.close()
        return True

    def offers(self) -> Sequence[Command]:
        return cockpit_commands(
            CockpitWishes(
                is_here=self._is_here,
                is_person=self._is_person,
                can_type=self._can_type,
                step=self.chairing.step,
                go_opening=lambda: self.chairing.turn_to(OPENING),
                go_closing=lambda: self.chairing.turn_to(CLOSING),
                finish=self._finish,
                can_add=self._can_add,
                add_person=self._add_person,
                number=self._on_number,
                type=self.entries.begin,
                hide_names=self._hide_names,
                timer=self.chairing.pause,
                lock=self.lock_requested.emit,
                projector=self.second_screen.switch,
                project_person=self.second_screen.switch_person,
                project_names=self.second_screen.switch_names,
                keys=self._show_keys,
                leave=self.left_requested.emit,
            )
        )

    def _is_here(self) -> bool:
        return self._has_keys() and self._view is not None

    def _has_keys(self) -> bool:
        """No sheet lies over the meeting, in which letters are text."""
        return self.isVisible() and self.adding.sheet is None

    def _is_person(self) -> bool:
        return self._is_here() and self._view is not None and self._view.person is not None

    def _can_add(self) -> bool:
        """Until the meeting is sealed somebody more can be put on its agenda."""
        view = self._view
        open_states = (MeetingState.PLANNED, MeetingState.UNDER_WAY)
        is_open = view is not None and view.room.meeting.state in open_states
        return self._has_keys() and is_open and not self.chairing.is_read_only

    def _add_person(self) -> None:
        if self._can_add():
            self.adding.person(self._meeting_id)

    def _can_type(self, mode: Mode) -> bool:
        """A question may be put before the meeting; everything else belongs to a person while it is held."""
        view = self._view
        if view is None or view.person is None or not self._has_keys() or self.chairing.is_read_only:
            return False
        if mode in (Mode.QUESTION, Mode.PERSONS_VIEW, Mode.CARERS_VIEW):
            return view.room.meeting.state in (MeetingState.PLANNED, MeetingState.UNDER_WAY)
        if mode is Mode.REFUSE and not view.person.discussion.tasks:
            return False
        if mode is Mode.CHALLENGE and view.person.item.challenge is None:
            return False
        return view.room.meeting.state is MeetingState.UNDER_WAY

    # Reading and showing

    def reload(self) -> None:
        """Read where the meeting is and show it."""
        services, meeting_id, wanted = self._services, self._meeting_id, self._wanted
        self._operations.run_query(
            lambda: (load(services, meeting_id, wanted), services.directory.practitioners()),
            self._on_read,
            self._on_failed,
            owner=self,
            latest_of=f"cockpit.{id(self)}",
        )

    def _on_read(self, found: tuple[CockpitView, Sequence[PractitionerSummary]]) -> None:
        view, self._everybody = found
        if view.person is not None:
            self._ready[view.place] = view.person
            self.subjects = frozenset({view.person.item.person_id})
        self._show_error(None)
        self.show_view(view)
        self._read_next(view)
        if view.place == CLOSING:
            self._read_closing(view)
        line, self._line = self._line, {}
        if line.get("line") and view.room.meeting.state is MeetingState.UNDER_WAY:
            self.entries.resume(line)

    @property
    def view(self) -> CockpitView | None:
        """What is on the screen; None before the first reading."""
        return self._view

    def show_view(self, view: CockpitView) -> None:
        """Show a place of the meeting."""
        before = self._view.place if self._view is not None else ""
        now = self._now()
        self._view = self.chairing.view = view
        self._wanted = view.place
        self.entries.show_view(view, self._everybody)
        self.bar.show_view(view, now)
        self.agenda.show_room(view.room, view.place, now)
        if view.place == OPENING:
            self.opening.show_view(view)
            self._stack.setCurrentWidget(self.opening)
        elif view.place == CLOSING:
            self._stack.setCurrentWidget(self.closing)
        elif view.person is not None:
            self._show_person(view, view.person)
        self.second_screen.show_view(view)
        if self.isVisible():
            self._follow_pen(view)
        if view.place != before:
            self._on_turned(view)

    def _show_person(self, view: CockpitView, person: PersonInTheRoom) -> None:
        self.who.show_person(person, view.today, names=self._names)
        self.person.show_person(view, person)
        self.agreed.show_person(view, person)
        self._show_unsettled(self.unsettled.found)
        self.unsettled.read(person.item.person_id)
        is_open = person.item.state in OPEN_ITEM
        self.foot.show_default(recording.default_outcome(person) if is_open else None, hint())
        self.foot.setVisible(view.room.meeting.state is MeetingState.UNDER_WAY)
        self._stack.setCurrentWidget(self._discussed)

    def _show_unsettled(self, found: OpenByKey) -> None:
        if self._view is not None and self._view.person is not None:
            self.person.show_unsettled(self._view.person.item.id, found)

    def _on_turned(self, view: CockpitView) -> None:
        """Another place: its keys work at once, without a click."""
        self.foot.show_line(False)
        self.person.scroll_to_top()
        focus: QWidget = self.opening.table if view.place == OPENING else self
        focus.setFocus(Qt.FocusReason.OtherFocusReason)
        if view.person is not None:
            self._messages.announce(words("cockpit.turned", who=view.person.item.initials))

    def _go(self, place: str) -> None:
        """Show a place at once where it was read ahead; reading it again follows."""
        view, ready = self._view, self._ready.get(place)
        self._wanted = place
        if view is not None and (ready is not None or place in (OPENING, CLOSING)):
            person = ready if place not in (OPENING, CLOSING) else None
            self.show_view(CockpitView(view.room, person, place, view.today))
        self.reload()

    def _read_next(self, view: CockpitView) -> None:
        """Read the person ahead while this one is discussed, so that turning to them is not felt."""
        current = view.place if view.person is not None else None
        following = next_open(view.room.items, current)
        if following is None or following.id in self._ready:
            return
        services, item_id = self._services, following.id

        def keep(person: PersonInTheRoom) -> None:
            self._ready[item_id] = person

        self._operations.run_query(
            lambda: load_person(services, item_id), keep, owner=self, latest_of=f"cockpit.{id(self)}.next"
        )

    def _read_closing(self, view: CockpitView) -> None:
        services = self._services
        self._operations.run_query(
            lambda: load_closing(services, view.room.meeting),
            lambda found: self.closing.show_closing(found, view.today),
            owner=self,
            latest_of=f"cockpit.{id(self)}.closing",
        )

    def _on_failed(self, problem: Exception) -> None:
        self._view = self.chairing.view = None
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

    def _forget(self) -> None:
        self._view = self.chairing.view = None
        self._wanted = ""
        self._ready.clear()
        self.entries.forget()
        self.closing.forget()
        self.adding.close()

    # The pen

    def _follow_pen(self, view: CockpitView) -> None:
        meeting = view.room.meeting
        self.pen.follow(meeting.id, under_way=meeting.state is MeetingState.UNDER_WAY)

    def _on_pen(self, pen: PenView) -> None:
        """Read along while somebody else writes; what is half-typed stays where it is."""
        before, now = self.chairing.is_read_only, pen.is_read_only
        self.chairing.is_read_only = now
        self.pen_line.show_pen(pen, may_write=self.pen.may_write)
        for panel in (self.foot, self.opening, self.closing):
            panel.setEnabled(not now)
        if before != now and pen.holder:
            said = "pen.announced.read_only" if now else "pen.announced.mine"
            self._messages.announce(words(said, holder=pen.holder))

    # Keys

    def _finish(self) -> None:
        """Ctrl+Return: record what is typed, begin the meeting, or finish the person."""
        view = self._view
        if self.chairing.is_read_only:
            self.chairing.step(1)
        elif self.foot.is_typing and self._stack.currentWidget() is self._discussed:
            self.foot.composer.save.click()
        elif view is not None and view.room.meeting.state is MeetingState.PLANNED:
            self.chairing.begin()
        else:
            self.chairing.finish()

    def _on_number(self, number: int) -> None:
        view = self._view
        if view is None or self.chairing.is_read_only:
            return
        if view.place == CLOSING:
            self.closing.pulse.tap(number)
        elif view.person is not None and view.person.item.state in OPEN_ITEM:
            self.chairing.finish(OUTCOMES[number - 1])

    def _on_line_closed(self) -> None:
        self.foot.show_line(False)
        self.second_screen.show_typed(None)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_recorded(self, mode: Mode, waiting: Outcome | None) -> None:
        view = self._view
        person = view.person if view is not None else None
        if mode in (Mode.PARK, Mode.STEP_DOWN) and person is not None:
            self.chairing.go_on(person.item.id)
            return
        if waiting is None:
            self.reload()
            return
        services, item_id = self._services, self._wanted

        def finish(found: PersonInTheRoom) -> None:
            if self._view is not None and self._view.place == item_id:
                self.show_view(CockpitView(self._view.room, found, item_id, self._view.today))
                self.chairing.finish(waiting)

        self._operations.run_query(lambda: load_person(services, item_id), finish, owner=self)

    def _hide_names(self) -> None:
        self._names = not self._names
        self.bar.hide_names.setChecked(not self._names)
        view = self._view
        if view is not None and view.person is not None:
            self.who.show_person(view.person, view.today, names=self._names)

    def _show_keys(self) -> None:
        self.keys_requested.emit(words(GROUP))

    # The clock

    def _now(self) -> datetime:
        return self._services.access.clock()

    def _tick(self) -> None:
        self.bar.tick(self._now())
        self.second_screen.tick()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        if self._view is not None:
            self._follow_pen(self._view)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody stays on the second screen when the chair turns to another page or locks."""
        super().hideEvent(event)
        self._clock.stop()
        self.pen.leave()
        self.second_screen.close()
