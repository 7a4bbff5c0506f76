"""Tells the invented people's stories through the program's own services, each as far as its case has got."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.practitioners import Worker, Workforce, role_words
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.care_plan import AgreedWith, IStatementDomain
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.organisations import Role, discipline_of
from mdt_desktop.domain.people import ContactRelation, FlagKind, name_for_the_person
from mdt_desktop.domain.questionnaire import Part, Value
from mdt_desktop.paths import resources_dir
from mdt_desktop.services.access import Access
from mdt_desktop.services.allocations import Allocations
from mdt_desktop.services.assessments import Assessments
from mdt_desktop.services.care_plans import CarePlans
from mdt_desktop.services.cases import Cases
from mdt_desktop.services.consents import ConsentDecision, Consents

JOINT_ASSESSMENT = "joint-assessment"
_REACHED: dict[Stage, int] = {
    Stage.IDENTIFIED: 0,
    Stage.INVITED: 1,
    Stage.CONSENTED: 2,
    Stage.ASSESSING: 3,
    Stage.PLANNING: 4,
    Stage.ACTIVE: 5,
    Stage.REVIEW: 6,
}
_FOR_CONDITION = {
    "Heart failure": "heart",
    "Chronic obstructive pulmonary disease": "copd",
    "Asthma": "copd",
    "Dementia": "dementia",
    "Type 2 diabetes": "diabetes",
    "Stroke or transient ischaemic attack": "stroke",
    "Depression": "mood",
    "Severe mental illness": "mood",
    "Osteoporosis": "falls",
    "Parkinson's disease": "falls",
}
_PARTS = {
    Part.WHAT_MATTERS: Role.CARE_NAVIGATOR,
    Part.HEALTH: Role.COMMUNITY_NURSE,
    Part.FUNCTION: Role.OCCUPATIONAL_THERAPIST,
    Part.SOCIAL: Role.SOCIAL_WORKER,
    Part.HOME: Role.OCCUPATIONAL_THERAPIST,
}
_SHARED_WITH = frozenset({"gp", "community", "social_care", "home_care", "family"})
_SHARED_WHAT = frozenset({"plan", "assessment"})
_WELLBEING = {"satisfied": 4, "worthwhile": 6, "happy": 3, "anxious": 5}
_LOW_MOOD = (
    "more-than-half", "nearly-every-day", "nearly-every-day", "more-than-half", "several-days",
    "more-than-half", "several-days", "not-at-all", "several-days",
)  # fmt: skip


@cache
def stories() -> dict[str, dict[str, Any]]:
    """The stories shipped in `resources/demo/stories.json`, by key."""
    content = json.loads((resources_dir() / "demo" / "stories.json").read_text(encoding="utf-8"))
    return {story["key"]: story for story in content["stories"]}


def story_for(person: InventedPerson) -> dict[str, Any]:
    """The story that fits the person's conditions; frailty where none does."""
    fitting = [key for condition, key in _FOR_CONDITION.items() if condition in person.conditions]
    return stories()[fitting[0] if fitting else ("frailty" if person.place % 2 else "falls")]


@dataclass(slots=True)
class Clock:
    """A clock that the demo moves through the past; called, it tells the time."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Move on by days, hours or minutes."""
        self.at += timedelta(**by)


class Teller:
    """Tells one person's story with the services, at the times of a moving clock."""

    def __init__(self, access: Access, clock: Clock, workforce: Workforce) -> None:
        self._access = access
        self._clock = clock
        self._workforce = workforce
        self._cases, self._consents = Cases(access), Consents(access)
        self._allocations, self._assessments = Allocations(access), Assessments(access)
        self._plans = CarePlans(access)

    def tell(self, person: InventedPerson, person_id: str, case_id: str, stage: Stage) -> None:
        """Take the case to `stage`, leaving out what would come after it."""
        story = story_for(person)
        self._facts(person_id, story)
        if stage is Stage.DECLINED:
            self._move(case_id, Stage.INVITED)
            self._consent(person, person_id, ConsentStatus.REFUSED)
            self._move(case_id, Stage.DECLINED, "Does not want a joint plan now; happy to be asked again in spring.")
            return
        reached = _REACHED.get(stage, _REACHED[Stage.REVIEW])
        if reached >= 1:
            self._move(case_id, Stage.INVITED)
        if reached >= 2:
            lacks = story["key"] == "dementia"
            self._consent(person, person_id, ConsentStatus.LACKS_CAPACITY if lacks else ConsentStatus.GIVEN)
            self._move(case_id, Stage.CONSENTED)
        if reached >= 3:
            self._assess(person, case_id, story, signed=reached >= 4)
        if reached >= 4:
            self._move(case_id, Stage.PLANNING)
            self._plan(person, person_id, case_id, story, agreed=reached >= 5, overdue=stage is Stage.REVIEW)
        if reached >= 5:
            self._move(case_id, Stage.ACTIVE)
        if reached >= 6:
            self._move(case_id, Stage.REVIEW)
        if stage is Stage.STEPPED_DOWN:
            self._move(case_id, Stage.STEPPED_DOWN, "Goals achieved, stable for three months; the practice looks on.")

    def _move(self, case_id: str, to: Stage, reason: str = "") -> None:
        self._clock.forward(days=3, hours=1)
        self._cases.move(case_id, to, reason)

    def _facts(self, person_id: str, story: dict[str, Any]) -> None:
        for kind, words in story["flags"]:
            self._cases.raise_flag(person_id, FlagKind(kind), words)
        self._cases.add_contact(
            person_id,
            "Demo relative",
            ContactRelation.NEXT_OF_KIN,
            "020 7946 0900",
            story["about"]["important_people"][:90],
        )

    def _consent(self, person: InventedPerson, person_id: str, status: ConsentStatus) -> None:
        basis = {
            ConsentStatus.GIVEN: ConsentBasis.SIGNED if person.place % 3 else ConsentBasis.SPOKEN,
            ConsentStatus.LACKS_CAPACITY: ConsentBasis.BEST_INTERESTS,
        }.get(status)
        self._clock.forward(days=4)
        self._consents.record(
            person_id,
            ConsentDecision(
                status,
                basis,
                "GP practice, Community health services, Adult social care, Home care or care home, Family or carer",
                "The joint care plan, The joint assessment",
                "Form signed at home" if basis is ConsentBasis.SIGNED else "Noted at the visit",
                "The person"
                if status is not ConsentStatus.LACKS_CAPACITY
                else "Best-interests meeting with the family",
                self._access.today(),
                _SHARED_WITH,
                _SHARED_WHAT,
            ),
        )

    def _assess(self, person: InventedPerson, case_id: str, story: dict[str, Any], signed: bool) -> None:
        self._clock.forward(days=5)
        need = PrimaryNeed(story["need"])
        self._cases.describe(case_id, need, Complexity(story["complexity"]))
        for role in (Role.CARE_NAVIGATOR, Role.DISTRICT_NURSE_LEAD, Role.SOCIAL_WORKER):
            worker = self._workforce.one(role, person.practice)
            if worker is not None:
                self._cases.join_team(case_id, worker.id, role_words(worker))
        assessment = self._assessments.start(case_id, JOINT_ASSESSMENT, "1.0.0").made
        answers = _answers(person, story)
        self._assessments.answers(assessment, dict(answers if signed else answers[: len(answers) // 2]))
        self._move(case_id, Stage.ASSESSING)
        if signed:
            self._score(person, case_id, story)
            for part, role in _PARTS.items():
                self._clock.forward(hours=6)
                signer = self._workforce.one(role, person.practice)
                if signer is not None:
                    self._as(signer).sign_part(assessment, part.value, discipline_of(role))

    def _score(self, person: InventedPerson, case_id: str, story: dict[str, Any]) -> None:
        """Wellbeing for everybody; mood where the story is about it, with thoughts that must be followed up."""
        measures: dict[str, dict[str, str]] = {
            "ons4": {name: str((person.place + step) % 11) for name, step in _WELLBEING.items()}
        }
        if story["key"] == "mood":
            measures["phq-9"] = {f"phq9-{item}": answer for item, answer in enumerate(_LOW_MOOD, start=1)}
        for name, given in measures.items():
            assessment = self._assessments.start(case_id, name, "1.0.0").made
            self._assessments.answers(assessment, {(link_id, ""): value for link_id, value in given.items()})
            self._clock.forward(minutes=10)

    def _as(self, worker: Worker) -> Assessments:
        """The assessment service with another contributor at the keyboard."""
        actor = self._access.actor
        signing = type(actor)(
            worker.id, worker.name, worker.role, actor.organisation, actor.locality_id, actor.device_id
        )
        return Assessments(Access(self._access.database, signing, self._clock, self._access.is_demo))

    def _plan(
        self, person: InventedPerson, person_id: str, case_id: str, story: dict[str, Any], agreed: bool, overdue: bool
    ) -> None:
        self._clock.forward(days=6)
        if agreed or person.place % 2:
            self._agree_lead(person, case_id)
        plan_id = self._plans.start_draft(case_id).made
        self._plans.set_fields(plan_id, {**story["about"], "strengths": story["strengths"]})
        for need in story["needs"] if agreed else story["needs"][:1]:
            self._need(person, plan_id, need)
        for trigger, what, role in story["contingency"] if agreed else []:
            name, words, telephone = self._who(role, person)
            self._plans.add_part(
                "contingency_plan",
                plan_id,
                {"trigger": trigger, "what_should_happen": what, "contact_name": name, "contact_role": words,
                 "contact_telephone": telephone},
            )  # fmt: skip
        for kind, location, replaced in story["other"]:
            self._plans.add_part("other_plan", plan_id, {"kind": kind, "location": location, "replaced": replaced})
        if agreed:
            lead = self._workforce.one(Role.GP, person.practice)
            lacks = story["key"] == "dementia"
            self._plans.set_fields(
                plan_id,
                {
                    "agreed_with": AgreedWith.BEST_INTERESTS if lacks else AgreedWith.PERSON,
                    "agreed_name": "Demo relative"
                    if lacks
                    else name_for_the_person(person.family_name, person.given_names, person.title),
                    "agreed_role": "Next of kin" if lacks else "",
                    "review_due": self._access.today() + timedelta(days=20 if overdue else 180),
                    "reviewer_id": lead.id if lead else None,
                },
            )
            self._clock.forward(days=5)
            self._plans.agree(plan_id, self._access.today())

    def _need(self, person: InventedPerson, plan_id: str, need: dict[str, Any]) -> None:
        need_id = self._plans.add_part("need", plan_id, {"words": need["words"]}).made
        for goal in need["goals"]:
            values = {"words": goal["words"], "importance": goal["importance"]}
            goal_id = self._plans.add_part("goal", need_id, {**values, "domain": IStatementDomain(goal["domain"])}).made
            for action in goal["actions"]:
                name, words, _ = self._who(action["who"], person)
                worker = self._worker(action["who"], person)
                self._plans.add_part(
                    "action",
                    goal_id,
                    {
                        "what": action["what"],
                        "practitioner_id": worker.id if worker else None,
                        "who": "" if worker else (name or words),
                        "when_words": action["when"],
                        "status": action["status"],
                        "confidence": action["confidence"],
                    },
                )

    def _agree_lead(self, person: InventedPerson, case_id: str) -> None:
        try:
            proposal = self._allocations.propose(case_id)
        except MdtError:
            return
        if person.place % 9 == 4:
            other = self._workforce.one(Role.DISTRICT_NURSE_LEAD, person.practice)
            if other is not None and other.id != proposal.practitioner.id:
                reason = "Sees the person three times a week and has their trust; agreed by both."
                self._allocations.agree(case_id, other.id, proposal, reason)
                return
        self._allocations.agree(case_id, proposal.practitioner.id, proposal)

    def _worker(self, role: str, person: InventedPerson) -> Worker | None:
        return self._workforce.one(Role(role), person.practice) if role in Role.__members__.values() else None

    def _who(self, role: str, person: InventedPerson) -> tuple[str, str, str]:
        """Name, role in words and telephone for a role; a role that is none is somebody's name."""
        worker = self._worker(role, person)
        return (worker.name, role_words(worker), worker.telephone) if worker else (role, "", "")


def _answers(person: InventedPerson, story: dict[str, Any]) -> list[tuple[tuple[str, str], Value]]:
    """Answers to the joint assessment that fit the story."""
    about, flags = story["about"], {kind for kind, _ in story["flags"]}
    given: list[tuple[str, Value]] = [
        ("mt-important", about["most_important"]),
        ("mt-good-day", about["wellness"]),
        ("mt-worries", story["needs"][0]["words"]),
        ("mt-strengths", story["strengths"]),
        ("mt-do", about["please_do"]),
        ("mt-how-when", about["support"]),
        ("mt-also", about["also_worth_knowing"]),
        ("mt-people-important", about["important_people"]),
        ("he-allergy", "allergy" in flags),
        ("he-admissions", person.emergency_admissions),
        ("he-falls-count", "several" if story["key"] == "falls" else "one" if person.place % 2 else "none"),
        ("he-mood", "most" if story["key"] == "mood" else "some"),
        ("he-memory", "diagnosed" if story["key"] == "dementia" else "fine"),
        ("he-summary", story["needs"][0]["words"]),
        ("fu-washing", "one" if story["key"] in {"frailty", "stroke"} else "equipment"),
        ("fu-stairs", "equipment"),
        ("fu-summary", "Manages most things with equipment; see the goals."),
        ("so-lives", "alone" if "lives_alone" in flags else "family"),
        ("so-lonely", "often" if "lives_alone" in flags else "hardly"),
        ("so-summary", story["strengths"]),
        ("ho-keysafe", "key_safe" in flags),
        ("ho-summary", "Home suits, with the changes in the plan."),
        ("ca-has", "lives_alone" not in flags),
    ]
    allergies = [words for kind, words in story["flags"] if kind == "allergy"]
    return [
        *(((link_id, ""), value) for link_id, value in given),
        *((("he-condition-name", str(row)), name) for row, name in enumerate(person.conditions)),
        *((("he-allergy-what", str(row)), words) for row, words in enumerate(allergies)),
        *(() if "lives_alone" in flags else ((("ca-name", "0"), "Demo relative"),)),
    ]
