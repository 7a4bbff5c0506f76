"""What is written while an agenda is put together: each gesture one service verb, with the way back."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.meeting import ItemState, Lane
from mdt_desktop.services.agendas import ItemSummary
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.meetings import AttendanceSummary
from mdt_desktop.ui.meetings.plan_rows import PlanRow
from mdt_desktop.ui.meetings.view import PlanningView
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import label, words

_OPEN = (ItemState.WAITING, ItemState.UNDER_WAY)
OnFailed = Callable[[Exception], None] | None


class AgendaDesk(QObject):
    """`wrote` tells that the meeting is to be read again. Everything can be taken back by Undo."""

    wrote = Signal()

    def __init__(self, services: Services, operations: Operations, messages: Messages, owner: QObject) -> None:
        super().__init__(owner)
        self._services, self._operations, self._messages, self._owner = services, operations, messages, owner
        self.view: PlanningView | None = None

    @property
    def meeting_id(self) -> str:
        """The meeting that is planned."""
        return self.view.meeting.id if self.view is not None else ""

    def update(self, *, quietly: bool = False) -> None:
        """Bring the agenda up to date."""
        meeting_id = self.meeting_id

        def told(_: Changes) -> None:
            if not quietly:
                self._messages.notify(words("meetings.updated"))

        self.write(lambda: self._services.agendas.write(meeting_id), told)

    def put_in_order(self) -> None:
        """Put the agenda in the proposed order."""
        view = self.view
        if view is None:
            return
        meeting_id, before = view.meeting.id, [it.id for it in view.items]
        agendas = self._services.agendas
        self.write(
            lambda: agendas.put_in_order(meeting_id),
            self._undoable(words("meetings.done.order"), lambda: agendas.set_order(meeting_id, before)),
        )

    def move(self, item_id: str, before_id: str | None, lane: Lane) -> None:
        """Move somebody before another, or to the end, of a lane."""
        view = self.view
        item = self._item(item_id)
        if view is None or item is None:
            return
        agendas, was, meeting_id, order = (
            self._services.agendas,
            item.lane,
            view.meeting.id,
            [it.id for it in view.items],
        )

        def back() -> Changes:
            changes = agendas.set_order(meeting_id, order)
            if lane is not was:
                changes = merged(changes, agendas.set_lane(item_id, was, item.minutes))
            return changes

        told = self._undoable(words("meetings.done.moved", who=_name(item)), back)
        self.write(lambda: agendas.move(item_id, before_id, lane), told)

    def step(self, item_id: str, by: int) -> None:
        """Move somebody one place up (-1) or down (1) in their lane."""
        view, item = self.view, self._item(item_id)
        if view is None or item is None:
            return
        agendas, meeting_id, order = self._services.agendas, view.meeting.id, [it.id for it in view.items]
        told = self._undoable(
            words("meetings.done.moved", who=_name(item)), lambda: agendas.set_order(meeting_id, order)
        )
        self.write(lambda: agendas.step(item_id, by), told)

    def set_lane(self, item_id: str, lane: Lane) -> None:
        """Discuss somebody or only note them."""
        item = self._item(item_id)
        if item is None or item.lane is lane:
            return
        agendas, was, minutes = self._services.agendas, item.lane, item.minutes
        done = words("meetings.done.lane", who=_name(item), lane=label(lane))
        self.write(
            lambda: agendas.set_lane(item_id, lane),
            self._undoable(done, lambda: agendas.set_lane(item_id, was, minutes)),
        )

    def change_minutes(self, item_id: str, by: int) -> None:
        """Give somebody a minute more or less."""
        if self._item(item_id) is not None:
            self.write(lambda: self._services.agendas.change_minutes(item_id, by))

    def set_minutes(self, item_id: str, minutes: int) -> None:
        """Give somebody so many minutes."""
        item = self._item(item_id)
        if item is not None and item.minutes != minutes:
            self.write(lambda: self._services.agendas.set_minutes(item_id, minutes))

    def set_words(self, item_id: str, key: str, text: str, before: str) -> None:
        """Record a question or a view that was typed over what stood there `before`."""
        self.write(lambda: self._services.agendas.write_words(item_id, {key: text}, {key: before}))

    def add_case(self, case_id: str, on_done: Callable[[str], None], on_failed: OnFailed = None) -> None:
        """Put somebody on the agenda; `on_done` gets the item's id."""
        meeting_id, agendas = self.meeting_id, self._services.agendas

        def added(changes: Changes) -> None:
            on_done(changes.made or "")

        self.write(lambda: agendas.add(meeting_id, case_id), added, on_failed)

    def put_back(self, item: ItemSummary, on_done: Callable[[str], None]) -> None:
        """Put somebody back who was taken off."""
        self.write(lambda: self._services.agendas.put_back(item.id), lambda _: on_done(item.id))

    def remove(self, row: PlanRow, reason: str, on_done: Callable[[], None], on_failed: OnFailed) -> None:
        """Take somebody off the agenda, with the reason."""
        item = row.item
        if item is None:
            return
        agendas = self._services.agendas
        told = self._undoable(words("meetings.done.removed", who=_name(item)), lambda: agendas.put_back(item.id))

        def removed(changes: Changes) -> None:
            on_done()
            told(changes)

        self.write(lambda: agendas.remove(item.id, reason), removed, on_failed)

    # Who comes

    def apologise(self, attendance: AttendanceSummary, sent: bool) -> None:
        """Record apologies, or that somebody comes after all."""
        book = self._services.meetings
        self.write(lambda: book.apologise(attendance.id, apologies=sent))

    def expect(self, practitioner_id: str, on_done: Callable[[], None], on_failed: OnFailed = None) -> None:
        """Expect somebody."""
        meeting_id, book = self.meeting_id, self._services.meetings
        self.write(lambda: book.expect(meeting_id, practitioner_id), lambda _: on_done(), on_failed)

    def take_off(self, attendance: AttendanceSummary) -> None:
        """Expect somebody no longer."""
        meeting_id, book = self.meeting_id, self._services.meetings
        self.write(
            lambda: book.take_off(attendance.id),
            self._undoable(
                words("meetings.done.taken_off", who=attendance.name),
                lambda: book.expect(meeting_id, attendance.practitioner_id, attendance.part),
            ),
        )

    # Writing

    def write(
        self, fn: Callable[[], Changes], on_done: Callable[[Changes], object] | None = None, on_failed: OnFailed = None
    ) -> None:
        """Write, tell, and have it read again."""

        def finished(changes: Changes) -> None:
            if on_done is not None:
                on_done(changes)
            self.wrote.emit()

        def failed(problem: Exception) -> None:
            (on_failed or self._messages.error)(problem)
            self.wrote.emit()  # what is on the screen may be older than what refused

        self._operations.run_command(fn, self._owner, finished, failed)

    def _undoable(self, done: str, back: Callable[[], Changes]) -> Callable[[Changes], None]:
        return lambda _: self._messages.done(done, lambda: self.write(back), quietly=True)

    def _item(self, item_id: str) -> ItemSummary | None:
        found = self.view.items if self.view is not None else ()
        return next((it for it in found if it.id == item_id and it.state in _OPEN), None)


def merged(*parts: Changes) -> Changes:
    """Everything that several steps changed."""
    kinds: frozenset[str] = frozenset().union(*(part.kinds for part in parts))
    ids: frozenset[str] = frozenset().union(*(part.ids for part in parts))
    return Changes(kinds, ids, next((part.made for part in parts if part.made), ""))


def _name(item: ItemSummary) -> str:
    return f"{item.given_names} {item.family_name}".strip()
