"""A store with a locality's team, some people with cases, and a planned meeting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.services.meeting_room import Room
from tests.helpers.borough import SmallPlace, a_person_with_case, a_place, a_store, risk_runs
from tests.helpers.clocks import FrozenClock

DAY = date(2026, 11, 26)


@dataclass(frozen=True)
class Team:
    """An open store, its place, the ids of three cases, and a meeting that is planned."""

    program: Program
    place: SmallPlace
    clock: FrozenClock
    people: tuple[str, ...]
    cases: tuple[str, ...]
    meeting: str
    series: str

    def room(self) -> Room:
        return self.program.services.meeting_room.room(self.meeting)

    def item_of(self, number: int) -> str:
        """The agenda item of a case."""
        return next(it.id for it in self.room().items if it.case_id == self.cases[number])

    def everybody_comes(self) -> None:
        for it in self.program.services.meetings.attendance(self.meeting):
            self.program.services.meeting_room.attend(it.id, AttendanceState.PRESENT)

    def begin(self) -> None:
        """The agenda written, the meeting begun, everybody there."""
        self.program.services.agendas.write(self.meeting)
        self.program.services.meeting_room.begin(self.meeting)
        self.everybody_comes()


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock) -> Iterator[Team]:
    with a_store(tmp_path, clock) as program:
        place = a_place(program)
        first = a_person_with_case(program, place, Stage.ACTIVE)
        risk_runs(program, place, first[0])
        second = a_person_with_case(program, place, Stage.CONSENTED, nhs_number="9449305552")
        third = a_person_with_case(program, place, Stage.PLANNING, nhs_number="9912003888")
        book = program.services.meetings
        series = book.start_series(
            program.access.actor.locality_id,
            {
                "name": "North East weekly MDT", "weekday": 3, "starts_at": "14:00", "length_minutes": 90,
                "place": "Invented Health Centre", "health_chair_id": place.gp, "council_chair_id": place.social_worker,
            },
        ).made  # fmt: skip
        book.set_members(series, {place.gp: "GP", place.nurse: "", place.social_worker: "", place.therapist: ""})
        meeting = book.plan(series, DAY).made
        people, cases = zip(first, second, third, strict=True)
        yield Team(program, place, clock, people, cases, meeting, series)
