"""A weekly meeting of twelve invented people, made through the program's own services: planned, held, sealed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.consent import ConsentBasis, ConsentDecision, ConsentStatus
from mdt_desktop.domain.meeting import AttendanceMode, AttendanceState, DecisionKind, Outcome
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender
from mdt_desktop.records import Organisation, Person, Practice, Practitioner
from mdt_desktop.services.tasks import NewTask
from mdt_desktop.store.unit_of_work import UnitOfWork
from tests.helpers.clocks import FrozenClock

DAY = date(2026, 11, 26)
BEGINS = datetime.fromisoformat("2026-11-26T14:02:00+00:00")
PEOPLE = (
    ("Mrs", "Amina", "Sampleton", "9434765919"),
    ("Mr", "Bryn", "Hypotheton", "9449305552"),
    ("Ms", "Carys", "Placeholding", "9912003888"),
    ("Mr", "Dewi", "Inventson", ""),
    ("Mrs", "Edith", "Madeupham", ""),
    ("Mr", "Farid", "Fictionson", ""),
    ("Miss", "Gwen", "Pretendly", ""),
    ("Mr", "Harold", "Notrealson", ""),
    ("Mrs", "Iris", "Imaginary", ""),
    ("Mr", "Jamal", "Supposedly", ""),
    ("Mrs", "Khadija", "Allegedly", ""),
    ("Mr", "Leslie", "Purportson", ""),
)
QUESTION = "Can {name} go home from the rehabilitation ward before Christmas, and who stays the first nights?"
VIEW = "I want to sleep in my own bed and hear the blackbird in the morning. I do not want strangers in my kitchen."


@dataclass
class HeldMeeting:
    """Ids of everything: the meeting, its agenda items, the people and cases in the order of `PEOPLE`, the team."""

    program: Program
    clock: FrozenClock
    meeting: str = ""
    items: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    team: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)

    def work(self) -> UnitOfWork:
        access = self.program.access
        return UnitOfWork(access.database, access.actor, access.clock())

    def seal(self) -> None:
        self.program.services.meeting_closing.seal(self.meeting, date(2026, 12, 3))

    def discuss(self, number: int, *, then: Callable[[str], object] | None = None, minutes: int = 5) -> str:
        """Turn to somebody, do something, let minutes go by; returns the item."""
        item = self.items[number]
        self.program.services.meeting_room.open(item)
        if then is not None:
            then(item)
        self.clock.advance(timedelta(minutes=minutes))
        return item


def a_planned_meeting(program: Program, clock: FrozenClock, *, people: int = len(PEOPLE)) -> HeldMeeting:
    """The agenda written by hand, questions put, some readiness missing; nobody has come yet."""
    held = HeldMeeting(program, clock)
    _a_team(held)
    services = program.services
    series = services.meetings.start_series(
        program.access.actor.locality_id,
        {
            "name": "North East weekly MDT", "weekday": 3, "starts_at": "14:00", "length_minutes": 90,
            "place": "Invented Health Centre, Room 2", "link": "https://meet.invalid/north-east",
            "purpose": "To agree joint care for people at high risk in the North East.",
            "health_chair_id": held.team["gp"], "council_chair_id": held.team["social_worker"],
        },
    ).made  # fmt: skip
    services.meetings.set_members(
        series, {held.team[it]: "" for it in ("gp", "nurse", "therapist", "social_worker", "charity")}
    )
    held.meeting = services.meetings.plan(series, DAY).made
    for number in range(people):
        _a_person(held, number)
    for number, case in enumerate(held.cases):
        title, given, family, _ = PEOPLE[number]
        question = QUESTION.format(name=f"{title} {given} {family}") if number % 2 == 0 else ""
        held.items.append(services.agendas.add(held.meeting, case, question).made)
    services.agendas.set_words(held.items[0], persons_view=VIEW, carers_view="Farid, her son, cannot lift her.")
    return held


def a_held_meeting(program: Program, clock: FrozenClock, *, people: int = len(PEOPLE)) -> HeldMeeting:
    """The same meeting held: decisions, actions, a lead, one without quorum, one parked, one refused, two not reached.

    It is under way still; `seal` ends it.
    """
    held = a_planned_meeting(program, clock, people=people)
    services, team = program.services, held.team
    room = services.meeting_room
    clock.advance(BEGINS - clock())
    room.begin(held.meeting)
    for it in services.meetings.attendance(held.meeting):
        if it.practitioner_id == team["charity"]:
            room.attend(it.id, AttendanceState.APOLOGIES)
        else:
            mode = AttendanceMode.BY_VIDEO if it.practitioner_id == team["gp"] else AttendanceMode.IN_THE_ROOM
            room.attend(it.id, AttendanceState.PRESENT, mode)
    clock.advance(timedelta(minutes=12))
    _first(held)
    _second(held)
    for number in range(2, people - 2):
        _ordinary(held, number)
    return held


def a_sealed_meeting(program: Program, clock: FrozenClock, *, people: int = len(PEOPLE)) -> HeldMeeting:
    """The meeting after its end, with an addendum."""
    held = a_held_meeting(program, clock, people=people)
    held.seal()
    clock.advance(timedelta(days=1))
    held.program.services.meeting_closing.add(
        held.meeting, "The first visit is on Tuesday, not on Monday.", held.items[0]
    )
    held.program.services.meeting_closing.add(held.meeting, "Room 2 was Room 3.")
    return held


def _first(held: HeldMeeting) -> None:
    """Mrs Sampleton: decisions with their actions, a lead instead of the one by rule, a challenge, a note."""
    services, team = held.program.services, held.team
    room = services.meeting_room

    def talk(item: str) -> None:
        room.note(item, "Her heart failure is stable. Mr Hypotheton's neighbour knows her.")
        room.decide(
            item, "Go home with two visits a day, OT to look at the kitchen first", DecisionKind.CARE_AND_SUPPORT,
            task=NewTask("Visit her kitchen and order what is missing", owner_id=team["therapist"],
                         due=date(2026, 12, 1)),
        )  # fmt: skip
        held.clock.advance(timedelta(seconds=20))
        room.decide(
            item, "Ask about the bruises on her arm", DecisionKind.SAFEGUARDING,
            task=NewTask("Speak to her alone about the bruises", owner_id=team["social_worker"]),
        )  # fmt: skip
        room.agree_to(item, NewTask("Bring her warm clothes", owner_words="Farid, her son", due=date(2026, 11, 30)))
        services.agendas.set_words(item, challenge_answer="If nobody is there in the first night.")
        proposal = services.allocations.propose(held.cases[0])
        services.allocations.agree(held.cases[0], team["nurse"], proposal, "She knows her and visits twice a week")

    room.close_item(held.discuss(0, then=talk, minutes=9), Outcome.PLAN_CHANGES)


def _second(held: HeldMeeting) -> None:
    """Mr Hypotheton: nobody who knows him is there, so that nothing can be agreed; he is parked."""
    services, team = held.program.services, held.team

    def talk(item: str) -> None:
        services.agendas.set_words(item, persons_view_why_not="Nobody could ask in time")
        services.meeting_room.decide(item, "Try a bed sensor at night", DecisionKind.EQUIPMENT)

    item = held.discuss(1, then=talk)
    services.meeting_room.park(item, team["social_worker"], date(2026, 12, 10), "Ask his brother whether he agrees")


def _ordinary(held: HeldMeeting, number: int) -> None:
    services, team = held.program.services, held.team
    owner = ("nurse", "therapist", "social_worker", "gp")[number % 4]

    def talk(item: str) -> None:
        services.agendas.set_words(item, persons_view="To be asked less often and to be told more.")
        services.meeting_room.decide(
            item, "Review the medicines and the number of visits together", DecisionKind.MEDICINES,
            task=NewTask("Review with the pharmacist and tell the family", owner_id=team[owner],
                         due=DAY + timedelta(days=7 + number)),
        )  # fmt: skip

    services.meeting_room.close_item(held.discuss(number, then=talk), Outcome.PLAN_CHANGES)


def _a_team(held: HeldMeeting) -> None:
    locality = held.program.access.actor.locality_id
    with held.work() as work:
        for key, name, kind in (
            ("trust", "Exampleton Community Trust", OrganisationKind.COMMUNITY_TRUST),
            ("council", "Exampleton Council", OrganisationKind.ADULT_SOCIAL_CARE),
            ("charity", "Exampleton Good Neighbours", OrganisationKind.VOLUNTARY),
        ):
            held.organisations[key] = work.add(Organisation(id=work.new_id(), name=name, kind=kind)).id
        for key, code, name in (("practice", "Y91001", "Copper Bridge Practice"), ("other", "Y91002", "Mill Lane")):
            held.organisations[key] = work.add(
                Practice(
                    id=work.new_id(), code=code, name=name, network="Network 1", locality_id=locality, list_size=8120,
                    telephone="020 7946 0100",
                )
            ).id  # fmt: skip
        for key, name, role, discipline, place in (
            ("gp", "Dr Ann Placeholder", Role.GP, Discipline.GP, "practice"),
            ("nurse", "Nia Lantern", Role.DISTRICT_NURSE_LEAD, Discipline.NURSE, "trust"),
            ("therapist", "Tom Weir", Role.OCCUPATIONAL_THERAPIST, Discipline.THERAPIST, "trust"),
            ("social_worker", "Sue Copper", Role.SOCIAL_WORKER, Discipline.SOCIAL_WORKER, "council"),
            ("charity", "Vic Helper", Role.VOLUNTEER, Discipline.VOLUNTARY, "charity"),
        ):
            at = held.organisations[place]
            is_practice = place == "practice"
            held.team[key] = work.add(
                Practitioner(
                    id=work.new_id(), name=name, role=role, discipline=discipline,
                    practice_id=at if is_practice else None, organisation_id=None if is_practice else at,
                    locality_id=locality, telephone="020 7946 0101",
                )
            ).id  # fmt: skip


def _a_person(held: HeldMeeting, number: int) -> None:
    """Everybody consents but the fourth (never asked) and the fifth (refused); the nurse is in most teams."""
    services = held.program.services
    title, given, family, nhs_number = PEOPLE[number]
    at = held.organisations["practice" if number % 2 == 0 else "other"]
    with held.work() as work:
        person = work.add(
            Person(
                id=work.new_id(), nhs_number=nhs_number or None, family_name=family, given_names=given, title=title,
                born=date(1932 + number, 8, 14), gender=Gender.MALE if title == "Mr" else Gender.FEMALE,
                address=f"{number + 1} Invented Street\nExampleton", postcode="E1 4AA", practice_id=at,
            )
        )  # fmt: skip
        work.about(person.id)
    case = services.cases.open(person.id).made
    status, basis = (ConsentStatus.REFUSED, None) if number == 4 else (ConsentStatus.GIVEN, ConsentBasis.SIGNED)
    if number != 3:
        said_on = date(2026, 11, 2)
        decided = ConsentDecision(status, basis, "The team", "The plan", "", f"{given} {family}", said_on)
        services.consents.record(person.id, decided)
    complexity = Complexity.COMPLEX if number == 0 else Complexity.NOT_RECORDED
    services.cases.describe(case, PrimaryNeed.MOBILITY_AND_DAILY_LIVING, complexity)
    if number not in (1, 9):
        services.cases.join_team(case, held.team["nurse"], "Visits")
    if number in (0, 2):
        services.cases.join_team(case, held.team["social_worker"], "Care package")
    if number == 0:
        services.cases.add_contact(person.id, "Farid Sampleton", ContactRelation.CARER, "07700 900123", "Son")
        services.cases.raise_flag(person.id, FlagKind.SAFEGUARDING, "Bruises")
    held.people.append(person.id)
    held.cases.append(case)
