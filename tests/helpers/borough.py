"""A small invented place made through the program's own services: a store, its people and their cases."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mdt_desktop.bootstrap import Program, create_store
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentDecision, ConsentStatus
from mdt_desktop.domain.identifiers import id_from
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender
from mdt_desktop.domain.risk import Tier, TierApproach
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Organisation, Person, Practice, Practitioner, RiskScore, StratificationRun
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.access import Clock
from mdt_desktop.services.identity import Identity
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import work_on

PASSPHRASE = "slow river under copper bridge"
BORN = date(1940, 8, 14)
RUN_DATES = tuple(date(2026, month, 1) for month in range(6, 12))
APPROACH = "Tiers by percentile of the practice's list: 0.5 % very high, 4.5 % high, 15 % moderate."
SCORES = (61.2, 64.8, 63.9, 71.5, 79.0, 87.4)


@dataclass(frozen=True, slots=True)
class SmallPlace:
    """Ids of what is there: two practices of one locality and one practitioner of each lead discipline and more."""

    practice: str
    other_practice: str
    gp: str
    second_gp: str
    gp_elsewhere: str
    nurse: str
    therapist: str
    social_worker: str


def a_store(tmp_path: Path, clock: Clock | None = None) -> Program:
    """A new store, open, used by a care navigator; close it, or use it in a `with` block."""
    identity = Identity("Pat Sample", Role.CARE_NAVIGATOR, "Invented Council", "North East")
    folder = DataFolder(tmp_path / "store")
    program, _ = create_store(folder, PASSPHRASE, identity, parameters=FLOOR, clock=clock or FrozenClock())
    return program


def a_place(program: Program) -> SmallPlace:
    """Practices, an organisation and practitioners; the second GP leads fewer people than the first will."""
    locality = program.access.actor.locality_id
    with work_on(program) as work:
        first, second = (
            work.add(
                Practice(
                    id=work.new_id(),
                    code=code,
                    name=name,
                    network="Network 1",
                    locality_id=locality,
                    list_size=8120,
                    telephone="020 7946 0000",
                )
            ).id
            for code, name in (("Y90001", "Copper Bridge Practice"), ("Y90002", "Mill Lane Practice"))
        )
        trust = work.add(
            Organisation(id=work.new_id(), name="Invented Community Trust", kind=OrganisationKind.COMMUNITY_TRUST)
        ).id

        def somebody(
            name: str, role: Role, discipline: Discipline, practice: str | None = None, place: str | None = None
        ) -> str:
            return work.add(
                Practitioner(
                    id=work.new_id(),
                    name=name,
                    role=role,
                    discipline=discipline,
                    practice_id=practice,
                    organisation_id=None if practice else trust,
                    locality_id=place,
                    telephone="020 7946 0101",
                )
            ).id

        return SmallPlace(
            first,
            second,
            somebody("Dr Ann Placeholder", Role.GP, Discipline.GP, first),
            somebody("Dr Bo Placeholder", Role.GP, Discipline.GP, first),
            somebody("Dr Cy Elsewhere", Role.GP, Discipline.GP, second),
            somebody("Nia Sample", Role.DISTRICT_NURSE_LEAD, Discipline.NURSE, None, locality),
            somebody("Tom Sample", Role.OCCUPATIONAL_THERAPIST, Discipline.THERAPIST, None, locality),
            somebody("Sue Sample", Role.SOCIAL_WORKER, Discipline.SOCIAL_WORKER),
        )


def a_person(program: Program, place: SmallPlace, *, born: date = BORN, nhs_number: str | None = "9434765919") -> str:
    """An invented person of the first practice, without a case; returns the person id."""
    with work_on(program) as work:
        person = work.add(
            Person(
                id=work.new_id(),
                nhs_number=nhs_number,
                family_name="Example",
                given_names="Amina",
                title="Mrs",
                preferred_name="Mina",
                born=born,
                gender=Gender.FEMALE,
                address="1 Invented Street",
                postcode="E1 4AA",
                practice_id=place.practice,
            )
        )
        work.about(person.id)
    return person.id


def risk_runs(program: Program, place: SmallPlace, person_id: str, scores: tuple[float, ...] = SCORES) -> None:
    """Six monthly runs of the person's practice, with the person in each; rising to very high."""
    with work_on(program) as work:
        work.about(person_id)
        for day, score in zip(RUN_DATES, scores, strict=True):
            run = work.add(
                StratificationRun(
                    id=id_from("run", place.practice, day.isoformat()),
                    practice_id=place.practice,
                    run_date=day,
                    tool="Invented risk tool",
                    tool_version="3.1",
                    approach=TierApproach.PERCENTILE,
                    approach_words=APPROACH,
                    list_size=8120,
                    very_high=52,
                    high=368,
                    moderate=731,
                    file_sha256=f"{day.month:064d}",
                    imported_at=work.now,
                    imported_by="Pat Sample",
                )
            )
            tier = Tier.VERY_HIGH if score > 75 else Tier.HIGH
            work.add(
                RiskScore(
                    id=id_from("score", run.id, person_id),
                    person_id=person_id,
                    run_id=run.id,
                    score=score,
                    rank=12 if tier is Tier.VERY_HIGH else 148,
                    tier=tier,
                    emergency_admissions=2,
                    long_term_conditions="COPD, heart failure, diabetes",
                    frailty_index=0.31,
                )
            )


def a_decision(
    status: ConsentStatus = ConsentStatus.GIVEN,
    basis: ConsentBasis | None = ConsentBasis.SIGNED,
    on: date = date(2026, 11, 2),
) -> ConsentDecision:
    """A decision on sharing as the form would give it."""
    return ConsentDecision(
        status, basis, "GP practice, adult social care", "The whole joint care plan", "Form C1", "Amina Example", on,
        frozenset({"gp", "social_care"}), frozenset({"plan"}),
    )  # fmt: skip


def a_minute_later(program: Program) -> None:
    """Move a frozen clock on: what is done later also sorts later."""
    clock = program.access.clock
    if isinstance(clock, FrozenClock):
        clock.advance(timedelta(minutes=1))


def a_person_with_case(
    program: Program, place: SmallPlace, to: Stage = Stage.IDENTIFIED, *, nhs_number: str | None = "9434765919"
) -> tuple[str, str]:
    """A person and their case, walked by the services to a stage up to `active`; returns person and case ids."""
    services, person = program.services, a_person(program, place, nhs_number=nhs_number)
    case = services.cases.open(person).made
    if to is Stage.IDENTIFIED:
        return person, case
    services.consents.record(person, a_decision())
    services.cases.describe(case, PrimaryNeed.NURSING, Complexity.COMPLEX)
    a_minute_later(program)
    services.cases.move(case, Stage.CONSENTED)
    if to is Stage.CONSENTED:
        return person, case
    a_minute_later(program)
    services.cases.move(case, Stage.ASSESSING)
    if to is Stage.ASSESSING:
        return person, case
    assessment = services.assessments.start(case, "joint-assessment", "1.0.0").made
    answers: dict[str, str | bool] = {
        "he-summary": "Breathless on stairs",
        "he-allergy": False,
        "he-falls-count": "none",
    }
    for question, value in answers.items():
        services.assessments.answer(assessment, question, "", value)
    services.assessments.sign_part(assessment, "health", Discipline.NURSE)
    a_minute_later(program)
    services.cases.move(case, Stage.PLANNING)
    if to is Stage.PLANNING:
        return person, case
    proposal = services.allocations.propose(case)
    services.allocations.agree(case, proposal.practitioner.id, proposal)
    an_agreed_plan(program, case, place)
    a_minute_later(program)
    services.cases.move(case, Stage.ACTIVE)
    return person, case


def an_agreed_plan(program: Program, case_id: str, place: SmallPlace) -> str:
    """A plan with needs, goals, actions and a contingency plan, agreed on 9 November 2026; returns its id."""
    plans = program.services.care_plans
    plan = plans.start_draft(case_id).made
    need = plans.add_part("need", plan, {"words": "Falls when walking outside"}).made
    words = "I want to walk to the mosque on Fridays again"
    goal = plans.add_part("goal", need, {"words": words, "importance": 9, "status": "active"}).made
    plans.add_part(
        "action",
        goal,
        {"what": "Strength and balance class", "practitioner_id": place.therapist, "due": date(2026, 11, 20)},
    )
    plans.add_part("action", goal, {"what": "Walk with her", "who": "Yusuf, her son", "when_words": "every Friday"})
    breath = plans.add_part("need", plan, {"words": "Breathlessness at night"}).made
    sleep = plans.add_part("goal", breath, {"words": "I want to sleep through the night", "importance": 7}).made
    plans.add_part(
        "action",
        sleep,
        {"what": "Review of inhalers and water tablets", "practitioner_id": place.gp, "due": date(2026, 12, 4)},
    )
    plans.add_part(
        "contingency_plan",
        plan,
        {
            "trigger": "More breathless than usual for a day",
            "what_should_happen": "Start the rescue pack and call the heart failure nurse the same day.",
            "contact_name": "Nia Sample",
            "contact_role": "District nurse lead",
            "contact_telephone": "020 7946 0101",
        },
    )
    plans.set_fields(
        plan,
        {
            "most_important": "I want to get to the mosque on Fridays again, and to sit in my own garden.",
            "agreed_with": "person",
            "agreed_name": "Amina Example",
            "review_due": date(2027, 2, 8),
            "reviewer_id": place.gp,
        },
    )
    plans.agree(plan, date(2026, 11, 9))
    return plan


def people_around(program: Program, person_id: str, case_id: str, place: SmallPlace) -> None:
    """Alerts, contacts and a care team as a real case has them."""
    cases = program.services.cases
    for kind, text in (
        (FlagKind.ALLERGY, "Penicillin"),
        (FlagKind.LIVES_ALONE, ""),
        (FlagKind.KEY_SAFE, "Ask the practice for the code"),
        (FlagKind.INTERPRETER, "Bengali"),
    ):
        cases.raise_flag(person_id, kind, text)
    cases.add_contact(person_id, "Yusuf Example", ContactRelation.CARER, "07700 900123", "Son")
    cases.add_contact(person_id, "Rose Invented", ContactRelation.OTHER, "", "Niece", may_be_contacted=False)
    cases.join_team(case_id, place.nurse, "Heart failure and wound care")
    cases.join_team(case_id, place.social_worker, "Care package")
