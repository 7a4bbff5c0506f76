"""Builders of care plans in a real store, with invented people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import AgeRule, AllocationRule, AllocationStatus
from mdt_desktop.domain.care_plan import AgreedWith, Agreement, IStatementDomain
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import LeadAllocation, Person, Practice, Practitioner
from mdt_desktop.security import key_derivation
from mdt_desktop.services.consents import ConsentDecision
from mdt_desktop.services.identity import Identity
from mdt_desktop.store.unit_of_work import UnitOfWork
from tests.helpers.clocks import FrozenClock

PASSPHRASE = "seven green herons over the weir"
NHS_NUMBER = "9434765919"
AGREED_BY = Agreement(AgreedWith.PERSON, "Mrs Rahima Sampleton")


@dataclass(frozen=True, slots=True)
class CaseInStore:
    """An open store with one person's case in it."""

    program: Program
    person_id: str
    case_id: str
    nurse_id: str
    practice_id: str
    clock: FrozenClock

    def lacks_basis(self) -> None:
        """Record that sharing was refused, a minute later."""
        self.clock.advance(timedelta(minutes=1))
        decide(self.program, self.person_id, ConsentStatus.REFUSED, None)

    def last_audit(self) -> tuple[str, str, str]:
        """Action, record and reason of the latest audit entry."""
        row = self.program.access.database.reader.execute(
            "SELECT action, record_id, reason FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return row[0], row[1], row[2]


@contextmanager
def a_case(folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    """A new store with a practice, a nurse who leads, and Mrs Sampleton, who consented."""
    identity = Identity("Sam Specimen", Role.CARE_NAVIGATOR, "Exampleton Locality Team", "North East")
    program, _key = bootstrap.create_store(folder, PASSPHRASE, identity, parameters=key_derivation.FLOOR, clock=clock)
    try:
        yield _filled(program, clock)
    finally:
        program.close()


def decide(program: Program, person_id: str, status: ConsentStatus, basis: ConsentBasis | None) -> None:
    """Record a decision on sharing, of today: the plan with everybody whom the form names."""
    groups, scopes = frozenset({"gp", "social_care", "hospital", "home_care", "family"}), frozenset({"plan"})
    decision = ConsentDecision(
        status, basis, "the care team", "the joint plan", "form", "", program.access.today(), groups, scopes
    )
    program.services.consents.record(person_id, decision)


def _filled(program: Program, clock: FrozenClock) -> CaseInStore:
    access = program.access
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        practice = work.add(
            Practice(
                id=work.new_id(),
                code="Y90001",
                name="Example Street Surgery",
                locality_id=access.actor.locality_id,
                telephone="020 7946 0100",
            )
        )
        person = work.add(
            Person(
                id=work.new_id(),
                nhs_number=NHS_NUMBER,
                family_name="Sampleton",
                given_names="Rahima",
                title="Mrs",
                preferred_name="Rahima",
                born=date(1940, 8, 14),
                gender=Gender.FEMALE,
                address="12 Invented Street\nExampleton",
                postcode="ZZ1 1ZZ",
                telephone="020 7946 0011",
                language="Bengali",
                practice_id=practice.id,
            )
        )
        work.about(person.id)
        nurse = work.add(
            Practitioner(
                id=work.new_id(),
                name="Nia Placeholder",
                role=Role.DISTRICT_NURSE_LEAD,
                discipline=Discipline.NURSE,
                practice_id=practice.id,
                telephone="020 7946 0123",
                email="nia@example.invalid",
            )
        )
        work.add(
            Practitioner(
                id=work.new_id(),
                name="Tom Mockford",
                role=Role.PHYSIOTHERAPIST,
                discipline=Discipline.THERAPIST,
                practice_id=practice.id,
            )
        )
        person_id, practice_id, nurse_id = person.id, practice.id, nurse.id
    services = program.services
    case_id = services.cases.open(person_id).made
    decide(program, person_id, ConsentStatus.GIVEN, ConsentBasis.SIGNED)
    with UnitOfWork(access.database, access.actor, access.clock()) as work:
        work.about(person_id)
        work.add(
            LeadAllocation(
                id=work.new_id(),
                case_id=case_id,
                practitioner_id=nurse_id,
                status=AllocationStatus.AGREED,
                rule=AllocationRule.PRIMARY_NEED,
                age_rule=AgeRule.OVER_75,
                agreed_at=work.now,
                agreed_by="Sam Specimen",
            )
        )
    services.cases.raise_flag(person_id, FlagKind.LIVES_ALONE, "")
    services.cases.raise_flag(person_id, FlagKind.ALLERGY, "penicillin")
    services.cases.raise_flag(person_id, FlagKind.STAFF_SAFETY, "visit in pairs")
    services.cases.add_contact(person_id, "Farid Sampleton", ContactRelation.CARER, "020 7946 0012", "Son")
    services.cases.add_contact(
        person_id, "Karim Sampleton", ContactRelation.NEXT_OF_KIN, "020 7946 0013", "Brother", may_be_contacted=False
    )
    return CaseInStore(program, person_id, case_id, nurse_id, practice_id, clock)


def a_ready_draft(case: CaseInStore) -> str:
    """The id of a small draft that lacks nothing but with whom it is agreed."""
    plans, today = case.program.services.care_plans, case.program.access.today()
    plan_id = plans.start_draft(case.case_id).made
    need = plans.add_part("need", plan_id, {"words": "Getting out of the house"}).made
    goal = plans.add_part(
        "goal",
        need,
        {
            "words": "I want to get to the mosque on Fridays again.",
            "importance": 9,
            "domain": IStatementDomain.QUALITY_OF_LIFE,
        },
    ).made
    plans.add_part("action", goal, {"what": "Fit a rail at the front door", "who": "Tom Mockford", "confidence": 7})
    plans.add_part(
        "contingency_plan",
        plan_id,
        {
            "trigger": "My son Farid is ill",
            "what_should_happen": "Ask for extra visits in the morning",
            "contact_name": "Urgent response",
            "contact_telephone": "020 7946 0155",
        },
    )
    plans.set_fields(
        plan_id,
        {
            "most_important": "To cook for my grandchildren on Sundays.",
            "review_due": today + timedelta(days=180),
            "reviewer_id": case.nurse_id,
        },
    )
    return plan_id


_NEEDS = (
    "Getting out of the house. I have fallen twice on the front steps.",
    "Pain in both knees, worse in the morning",
    "Loneliness since my sister moved away",
    "Taking nine medicines at the right times",
    "Farid is tired: he cares for me and works at night",
    "Damp in the bedroom",
)
_GOALS = (
    "I want to get to the mosque on Fridays again.",
    "I want to sleep through the night.",
    "I want somebody to talk to in my own language.",
    "I want to cook for my grandchildren on Sundays.",
)
_ACTIONS = (
    ("Fit a rail and a half step at the front door", "Tom Mockford", "", 14),
    ("Go with Rahima to the gate and back, three times a week", "Farid", "Monday, Wednesday and Friday", None),
    ("Ask the pharmacy for a weekly box", "Nia Placeholder", "", -6),
    ("Review pain relief and stop what does not help", "", "", 30),
    ("Meet the Bengali-speaking befriender and see whether they get on", "Exampleton Friends", "Tuesdays", None),
)


def a_rich_draft(case: CaseInStore) -> str:
    """The id of a draft with 6 needs, 12 goals, 30 actions and everything else filled."""
    plans, today = case.program.services.care_plans, case.program.access.today()
    plan_id = a_ready_draft(case)
    first = case.program.services.case_file.plan(plan_id).needs[0]
    plans.remove_part("need", first.id)
    directory = {it.name: it.id for it in case.program.services.directory.practitioners()}
    domains = list(IStatementDomain)
    for number in range(6):
        need = plans.add_part("need", plan_id, {"words": _NEEDS[number]}).made
        for second in range(2):
            place = number * 2 + second
            values = {"words": _GOALS[place % 4], "importance": 10 - place % 5, "domain": domains[place % 5]}
            goal = plans.add_part("goal", need, values).made
            for third in range(3 if second else 2):
                what, who, when, days = _ACTIONS[(place + third) % 5]
                plans.add_part(
                    "action",
                    goal,
                    {
                        "what": what,
                        "practitioner_id": directory.get(who),
                        "who": "" if who in directory else who,
                        "when_words": when,
                        "due": today + timedelta(days=days) if days is not None else None,
                        "status": ("to_do", "in_progress", "done")[(place + third) % 3],
                        "confidence": 4 + third,
                    },
                )
    plans.add_part(
        "contingency_plan",
        plan_id,
        {
            "trigger": "I have fallen and cannot get up",
            "what_should_happen": "Press the pendant. The responder has the code of the key safe.",
            "contact_name": "Telecare",
            "contact_telephone": "020 7946 0199",
        },
    )
    plans.add_part("other_plan", plan_id, {"kind": "Falls plan", "location": "Rehab team", "replaced": True})
    plans.set_fields(
        plan_id,
        {
            "important_people": "My son Farid, my sister in Leeds, Mrs Madeup next door.",
            "communication": "Bengali first, English when I am rested. Sit where I can see you; my left ear is deaf.",
            "wellness": "On a good day I walk to the shop. On a bad day I do not get dressed.",
            "please_do": "Please do take your shoes off. Please don't move my chair.",
            "support": "I wash myself, and want help with my hair on Tuesdays.",
            "also_worth_knowing": "I taught mathematics for thirty years.",
            "supported_by": "Sam Specimen",
            "strengths": "I know every neighbour in the street.\nMy family comes every Sunday.",
            "funding": "Council, and the person",
        },
    )
    return plan_id
