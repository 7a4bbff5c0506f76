"""What the chair does in a meeting beside typing: turns to people, finishes them, says who is there, seals."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Signal

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.meeting import (
    OPEN_ITEM,
    AttendanceMode,
    AttendanceState,
    Lane,
    MeetingState,
    Outcome,
    PersonsView,
)
from mdt_desktop.domain.pulse import PulsePart
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.meeting_room import AttendanceSummary, TaskSummary, next_open
from mdt_desktop.ui.cockpit import recording
from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.cockpit.entries import Entries
from mdt_desktop.ui.cockpit.view import CLOSING, OPENING, CockpitView
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import label, words


class Chairing(QObject):
    """`went` tells where the meeting turned; `wrote` that something was written and is to be read again."""

    went = Signal(str)
    wrote = Signal()

    def __init__(
        self, services: Services, operations: Operations, messages: Messages, entries: Entries, owner: QObject
    ) -> None:
        super().__init__(owner)
        self._services, self._operations, self._messages = services, operations, messages
        self._entries, self._owner = entries, owner
        self.view: CockpitView | None = None
        self.is_read_only = False
        """Whether another laptop holds the pen: turning to people goes on here, and nothing is written."""

    # Where the meeting is

    def turn_to(self, place: str) -> None:
        """Turn to a person, or to the opening or closing; a person's clock runs only while the meeting is held."""
        view = self.view
        if view is None or place == view.place:
            return
        self._entries.close()
        self.went.emit(place)
        if place not in (OPENING, CLOSING) and view.room.meeting.state is MeetingState.UNDER_WAY:
            self._write(lambda: self._services.meeting_room.open(place))

    def step(self, by: int) -> None:
        """The next or the previous person who is not finished; after the last one the closing."""
        view = self.view
        if view is None:
            return
        current = view.place if view.place not in (OPENING, CLOSING) else None
        if view.room.meeting.state is not MeetingState.UNDER_WAY:
            self.turn_to(self._neighbour(by))
            return
        found = next_open(view.room.items, current, by)
        self.turn_to(found.id if found is not None else CLOSING)

    def _neighbour(self, by: int) -> str:
        """The place beside this one, of a meeting that is not held now and only looked through."""
        view = self.view
        if view is None:
            return OPENING
        places = [OPENING, *(it.id for it in view.room.items), CLOSING]
        return places[min(max(places.index(view.place) + by, 0), len(places) - 1)]

    # One person

    def finish(self, outcome: Outcome | None = None) -> None:
        """Finish the person with an outcome and turn to the next; without what they want that is asked first."""
        view = self.view
        if view is None or self.is_read_only:
            return
        person = view.person
        if person is None or person.item.state not in OPEN_ITEM:
            self.step(1)
            return
        wanted = outcome or recording.default_outcome(person)
        item = person.item
        if item.lane is Lane.DISCUSS and not PersonsView(item.persons_view, item.persons_view_why_not).is_there:
            self._entries.begin(Mode.PERSONS_VIEW, waiting=wanted)
            return
        if wanted is Outcome.STEP_DOWN:
            self._entries.begin(Mode.STEP_DOWN)
            return
        room = self._services.meeting_room

        def undo() -> None:
            self._write(lambda: room.reopen(item.id), on_done=lambda _: self.turn_to(item.id))

        def on_done(_: Changes) -> None:
            done = words("cockpit.done.finished", who=item.initials, outcome=label(wanted))
            self._messages.done(done, undo, quietly=True)
            self.go_on(item.id)

        self._write(lambda: recording.finish(self._services, person, wanted), on_done=on_done)

    def go_on(self, finished_id: str) -> None:
        """Turn to who comes after somebody who was just finished."""
        view = self.view
        if view is None:
            return
        following = next_open(view.room.items, finished_id)
        self.turn_to(following.id if following is not None else CLOSING)

    def pause(self) -> None:
        """Stop the person's clock, or let it go on."""
        view = self.view
        if view is not None and view.person is not None:
            item_id = view.person.item.id
            self._write(lambda: self._services.meeting_room.pause(item_id))

    # The meeting as a whole

    def begin(self) -> None:
        """Begin the meeting and turn to the first person."""
        view = self.view
        if view is None:
            return
        meeting_id = view.room.meeting.id
        first = next_open(view.room.items, None)

        def begun() -> Changes:
            changes = self._services.meeting_room.begin(meeting_id)
            if first is not None:
                self._services.meeting_room.open(first.id)
            return changes

        self._write(begun, on_done=lambda _: self.went.emit(first.id if first is not None else CLOSING))

    def attend(self, attendance: AttendanceSummary, state: AttendanceState, mode: AttendanceMode | None) -> None:
        """Say that somebody came, is expected, or sent apologies."""
        self._write(lambda: self._services.meeting_room.attend(attendance.id, state, mode))

    def leave(self, attendance: AttendanceSummary) -> None:
        """Say that somebody left."""
        self._write(lambda: self._services.meeting_room.leave(attendance.id))

    def all_here(self) -> None:
        """Everybody who is expected came."""
        view = self.view
        expected = [it for it in view.room.attendance if it.state is AttendanceState.EXPECTED] if view else []

        def attend() -> Changes:
            changes = Changes()
            for it in expected:
                changes = self._services.meeting_room.attend(it.id, AttendanceState.PRESENT)
            return changes

        self._write(attend)

    def task_done(self, task: TaskSummary) -> None:
        """An action that was due is done; undo opens it again."""
        tasks = self._services.tasks

        def undo() -> None:
            self._write(lambda: tasks.set_status(task.id, task.status, task.status_reason))

        done = words("cockpit.done.task_done")
        self._write(
            lambda: tasks.set_status(task.id, TaskStatus.DONE),
            on_done=lambda _: self._messages.done(done, undo, quietly=True),
        )

    def seal(self, next_day: date | None) -> None:
        """Seal the meeting."""
        view = self.view
        if view is not None:
            meeting_id = view.room.meeting.id
            self._write(lambda: self._services.meeting_closing.seal(meeting_id, next_day))

    def add_addendum(self, text: str) -> None:
        """Put something right after sealing."""
        view = self.view
        if view is not None:
            meeting_id = view.room.meeting.id
            self._write(lambda: self._services.meeting_closing.add(meeting_id, text))

    def answer_pulse(self, answer: dict[PulsePart, int]) -> None:
        """Hand in one person's six taps."""
        view = self.view
        if view is not None:
            meeting_id = view.room.meeting.id
            self._write(lambda: self._services.meeting_results.answer_pulse(meeting_id, answer))

    def _write(self, fn: Callable[[], Changes], on_done: Callable[[Changes], object] | None = None) -> None:
        if self.is_read_only:
            return

        def finished(changes: Changes) -> None:
            if on_done is not None:
                on_done(changes)
            self.wrote.emit()

        self._operations.run_command(fn, self._owner, finished)
