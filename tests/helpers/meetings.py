"""A small place with a weekly meeting: one that was held and sealed, and one that is planned, with twelve people."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.meeting import AttendanceState, DecisionKind, Outcome
from mdt_desktop.domain.people import ContactRelation, Gender
from mdt_desktop.records import Person
from mdt_desktop.services.meeting_room import NewTask
from tests.helpers.borough import SmallPlace, a_decision, a_place
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import work_on

HELD, PLANNED = date(2026, 11, 19), date(2026, 11, 26)
NAMES = (
    ("Lantern", "Wilma"), ("Copper", "Ivor"), ("Thistle", "Rose"), ("Harbour", "Edna"), ("Meadow", "Abdul"),
    ("Orchard", "Joan"), ("Sparrow", "Syed"), ("Quarry", "Doreen"), ("Bramble", "Arthur"), ("Willow", "Fatima"),
    ("Pebble", "Harold"), ("Linnet", "Grace"),
)  # fmt: skip


@dataclass(frozen=True)
class MeetingPlace:
    """An open store with its ids; people and cases in the order of `NAMES`."""

    program: Program
    place: SmallPlace
    clock: FrozenClock
    people: tuple[str, ...]
    cases: tuple[str, ...]
    series: str
    held: str
    planned: str


def a_meeting_place(
    program: Program, clock: FrozenClock, people: int = len(NAMES), *, length: int = 90, plan: bool = True
) -> MeetingPlace:
    """Everything; the agenda of the planned meeting is not written yet. Without `plan` nobody has planned it."""
    services, place = program.services, a_place(program)
    book = services.meetings
    series = book.start_series(
        program.access.actor.locality_id,
        {
            "name": "North East weekly MDT", "weekday": 3, "starts_at": "14:00", "length_minutes": length,
            "place": "Invented Health Centre, room 2", "link": "https://meet.example.invalid/ne",
            "purpose": "Agree joint plans.", "health_chair_id": place.gp, "council_chair_id": place.social_worker,
        },
        {place.gp: "GP", place.nurse: "", place.social_worker: "", place.therapist: ""},
    ).made  # fmt: skip
    found = [_a_case(program, place, number) for number in range(people)]
    cases = tuple(case for _, case in found)
    held = _hold(program, clock, place, series, cases)
    planned = book.plan(series, PLANNED).made if plan else ""
    _what_happened(program, tuple(person for person, _ in found), cases)
    return MeetingPlace(
        program, place, clock, tuple(person for person, _ in found), cases, series, held, planned
    )


def _a_case(program: Program, place: SmallPlace, number: int) -> tuple[str, str]:
    family, given = NAMES[number]
    with work_on(program) as work:
        person = work.add(
            Person(
                id=work.new_id(), nhs_number=_nhs_number(number), family_name=family,
                given_names=given, title="", born=date(1935 + number, 1 + number, 7), gender=Gender.FEMALE,
                address="1 Invented Street", postcode="E1 4AA", practice_id=place.practice,
            )
        ).id  # fmt: skip
        work.about(person)
    services = program.services
    case = services.cases.open(person).made
    if number % 4:
        services.consents.record(person, a_decision())
    complexity = Complexity.COMPLEX if number % 5 == 0 else Complexity.MODERATE
    services.cases.describe(case, PrimaryNeed.NURSING, complexity)
    if number % 2:
        services.cases.join_team(case, place.nurse, "Wound care")
    if number % 3 == 0:
        services.cases.add_contact(person, "Yusuf Invented", ContactRelation.CARER, "07700 900123", "Son")
    return person, case


def _nhs_number(number: int) -> str:
    """One of the range that is kept for tests, with its check digit."""
    first = f"99900{number:04d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(first, range(10, 1, -1), strict=True)) % 11
    return f"{first}{rest % 11}" if rest != 10 else _nhs_number(number + 100)


def _hold(program: Program, clock: FrozenClock, place: SmallPlace, series: str, cases: tuple[str, ...]) -> str:
    """Last week's meeting of the first three: one decided, one noted with words, one not reached."""
    now, services = clock.now, program.services
    clock.set(datetime(2026, 11, 19, 14, 0, tzinfo=UTC))
    room, book = services.meeting_room, services.meetings
    meeting = book.plan(series, HELD).made
    items = [services.agendas.add(meeting, case).made for case in cases[:3]]
    room.begin(meeting)
    for it in book.attendance(meeting):
        state = AttendanceState.APOLOGIES if it.practitioner_id == place.therapist else AttendanceState.PRESENT
        room.attend(it.id, state)
    for number, item in enumerate(items[:2]):
        room.open(item)
        clock.advance(timedelta(minutes=7))
        services.agendas.set_words(item, persons_view="I want to sit in my own garden.", question="Who visits?")
        if number == 0:
            task = NewTask("Order a rail for the back door", place.social_worker, "", date(2026, 11, 24))
            room.decide(item, "A rail at the back door", DecisionKind.EQUIPMENT, task=task)
            room.note(item, "She was out twice this week.")
        room.close_item(item, Outcome.PLAN_CHANGES if number == 0 else Outcome.NO_CHANGE)
    services.meeting_closing.seal(meeting, PLANNED)
    clock.set(now)
    return meeting


def _what_happened(program: Program, people: tuple[str, ...], cases: tuple[str, ...]) -> None:
    """What brings them to the next meeting: the third was rolled over, the first has a late action."""
    happenings = program.services.happenings
    for number, (person, case) in enumerate(zip(people, cases, strict=True)):
        if number in (3, 8):
            happenings.happened(person, HappeningKind.CARER_CRISIS, date(2026, 11, 21), "Her son is in hospital")
        if number in (4, 5, 9):
            happenings.went_to_hospital(person, date(2026, 11, 10), date(2026, 11, 20))
        if number in (6, 7, 10):
            happenings.refer(case, "Can she go on living alone?")
