"""Meetings as chance makes them, and a chair who does what the pace says; held in a store, or on its room alone."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from mdt_desktop.domain.meeting import (
    OPEN_ITEM,
    AttendanceState,
    ItemState,
    Lane,
    MeetingState,
    Outcome,
    minutes_before_cases,
)
from mdt_desktop.services.meeting_room import ItemSummary, Room, next_open
from tests.helpers.clocks import FrozenClock
from tests.helpers.meetings import MeetingPlace

STARTS = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)
LENGTH, CLOSING = 90, timedelta(minutes=18)
ENDS = STARTS + timedelta(minutes=LENGTH)
WIND_UP = 60
"""Seconds in which a room comes to an end at most, once the time that is shown for a person is over."""
RUNS_ON, BY = 0.25, 300
"""How often nobody comes to an end in spite of that, and for how many seconds more at most."""

OVERRUNS = (1.0, 1.0, 1.0, 1.25, 1.5, 2.0, 2.5)
SHORT_AND_LONG = (0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.5)


class Table(Protocol):
    """Where a meeting is held: the verbs of the room, at the clock's time."""

    clock: FrozenClock

    @property
    def room(self) -> Room: ...
    def begin(self) -> None: ...
    def open(self, item_id: str) -> None: ...
    def finish(self, item_id: str) -> None: ...
    def park(self, item_id: str) -> None: ...
    def note(self, item_id: str) -> None: ...
    def seal(self) -> None: ...


class StoreTable:
    """Held in a store, by the services."""

    def __init__(self, place: MeetingPlace) -> None:
        self.clock, self._place, self._services = place.clock, place, place.program.services

    @property
    def room(self) -> Room:
        return self._services.meeting_room.room(self._place.planned)

    def begin(self) -> None:
        self._services.meeting_room.begin(self._place.planned)
        for it in self.room.attendance:
            self._services.meeting_room.attend(it.id, AttendanceState.PRESENT)

    def open(self, item_id: str) -> None:
        self._services.meeting_room.open(item_id)
        self._services.agendas.set_words(item_id, persons_view="To go home")

    def finish(self, item_id: str) -> None:
        self._services.meeting_room.close_item(item_id, Outcome.NO_CHANGE)

    def park(self, item_id: str) -> None:
        until = STARTS.date() + timedelta(days=7)
        self._services.meeting_room.park(item_id, self._place.place.nurse, until, "See to it")

    def note(self, item_id: str) -> None:
        self._services.meeting_room.note_only(item_id, "No change")

    def seal(self) -> None:
        self._services.meeting_closing.seal(self._place.planned)


class RoomTable:
    """Held on a room that was read once, so that hundreds are held in a second; a test holds it to `StoreTable`."""

    def __init__(self, room: Room, clock: FrozenClock) -> None:
        self.room, self.clock = room, clock

    def begin(self) -> None:
        self._meeting(state=MeetingState.UNDER_WAY, began_at=self.clock())

    def open(self, item_id: str) -> None:
        self._meeting(current_item_id=item_id)
        self._item(item_id, state=ItemState.UNDER_WAY, began_at=self.clock(), ended_at=None)

    def finish(self, item_id: str) -> None:
        self._end(item_id, ItemState.DONE)

    def park(self, item_id: str) -> None:
        self._end(item_id, ItemState.PARKED)

    def note(self, item_id: str) -> None:
        self._end(item_id, ItemState.NOTED)

    def seal(self) -> None:
        for it in self.room.items:
            if it.state in OPEN_ITEM:
                self._end(it.id, ItemState.ROLLED_OVER)
        self._meeting(state=MeetingState.SEALED, current_item_id=None)

    def _end(self, item_id: str, state: ItemState) -> None:
        item = next(it for it in self.room.items if it.id == item_id)
        began = item.began_at if item.state is ItemState.UNDER_WAY else None
        spent = int((self.clock() - began).total_seconds()) if began is not None else 0
        self._item(item_id, state=state, ended_at=self.clock(), seconds=item.seconds + spent)

    def _meeting(self, **values: object) -> None:
        self.room = replace(self.room, meeting=replace(self.room.meeting, **values))  # type: ignore[arg-type]

    def _item(self, item_id: str, **values: object) -> None:
        items = (
            replace(it, **values) if it.id == item_id else it  # type: ignore[arg-type]
            for it in self.room.items
        )
        self.room = replace(self.room, items=tuple(items))


@dataclass
class SimulatedChair:
    """Chairs one meeting by the pace; the room talks as long as chance will have it."""

    table: Table
    chance: random.Random
    talks: tuple[float, ...] = OVERRUNS
    """How long the room wants to talk about somebody, in shares of the time that was planned."""
    overran: int = 0
    """How many went on for longer than was planned for them."""

    def hold(self) -> None:
        """From the opening, which may be late and long, to the seal."""
        table, clock = self.table, self.table.clock
        clock.set(STARTS + timedelta(seconds=self.chance.randint(0, 480)))
        table.begin()
        opened = STARTS + timedelta(minutes=minutes_before_cases(LENGTH), seconds=self.chance.randint(0, 300))
        clock.set(max(opened, clock.now + timedelta(minutes=4)))
        while (item := self._next()) is not None:
            self._take(item)
        clock.advance(CLOSING + timedelta(seconds=self.chance.randint(-30, 30)))
        for it in table.room.items:
            if it.lane is Lane.NOTE:
                table.note(it.id)
        table.seal()

    def _next(self) -> ItemSummary | None:
        """The next for whom there is time; who has none is parked with somebody, or left to roll over."""
        offers = self.table.room.offers(self.table.clock())
        found = next_open(self.table.room.items, self.table.room.meeting.current_item_id)
        for _ in self.table.room.items:
            if found is None or offers.get(found.id):
                return found
            if found.lane is Lane.DISCUSS and self.chance.random() < 0.5:
                self.table.park(found.id)
            found = next_open(self.table.room.items, found.id)
        return None

    def _take(self, item: ItemSummary) -> None:
        """Talk until all is said, or until a while after the time that the cockpit shows for this person is over."""
        table, clock, planned = self.table, self.table.clock, item.minutes * 60
        table.open(item.id)
        wants = int(planned * self.chance.choice(self.talks))
        offers = table.room.offers(clock())
        offered = offers.pop(item.id)
        lasts = offered + self.chance.randint(0, WIND_UP)
        if self.chance.random() < RUNS_ON and sum(offers.values()) > BY:  # somebody is left who has less for it
            lasts += self.chance.randint(0, BY)
        takes = min(wants, lasts)
        clock.advance(timedelta(seconds=takes // 2))
        assert table.room.offers(clock())[item.id] == offered, "what is shown does not move while they talk"
        clock.advance(timedelta(seconds=takes - takes // 2))
        table.finish(item.id)
        self.overran += takes > planned
