"""Tells the invented people's stories through the program's own services, each as far as its case has got."""

from mdt_desktop.demo.clock import Clock
from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.plan_teller import PlanTeller, Told
from mdt_desktop.demo.practitioners import Worker, Workforce, role_words
from mdt_desktop.demo.stories import Story, kin_of, story_for
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.organisations import Role, discipline_of
from mdt_desktop.domain.people import ContactRelation, FlagKind, name_for_the_person
from mdt_desktop.domain.questionnaire import Part, Value
from mdt_desktop.services.access import Access
from mdt_desktop.services.allocations import Allocations
from mdt_desktop.services.assessments import Assessments
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
_PARTS = {
    Part.WHAT_MATTERS: Role.CARE_NAVIGATOR,
    Part.HEALTH: Role.COMMUNITY_NURSE,
    Part.FUNCTION: Role.OCCUPATIONAL_THERAPIST,
    Part.SOCIAL: Role.SOCIAL_WORKER,
    Part.HOME: Role.OCCUPATIONAL_THERAPIST,
}
_WELLBEING = {"satisfied": 4, "worthwhile": 6, "happy": 3, "anxious": 5}
_LOW_MOOD = (
    "more-than-half", "nearly-every-day", "nearly-every-day", "more-than-half", "several-days",
    "more-than-half", "several-days", "not-at-all", "several-days",
)  # fmt: skip


_REVIEWED_BEFORE = 2
"""One in so many of those with an agreed plan has been through a review, and has two agreed versions."""
_SHARED_WITH = frozenset({"gp", "community", "social_care", "home_care", "family"})
_SHARED_WHAT = frozenset({"plan", "assessment"})


class Teller:
    """Tells one person's story with the services, at the times of a moving clock."""

    def __init__(self, access: Access, clock: Clock, workforce: Workforce) -> None:
        self._access = access
        self._clock = clock
        self._workforce = workforce
        self._cases, self._consents = Cases(access), Consents(access)
        self._allocations, self._assessments = Allocations(access), Assessments(access)
        self._plans = PlanTeller(access, clock, workforce)

    def tell(self, person: InventedPerson, person_id: str, case_id: str, stage: Stage) -> None:
        """Take the case to `stage`, leaving out what would come after it."""
        story = story_for(person)
        self._facts(person, person_id, story)
        if stage is Stage.DECLINED:
            self._move(case_id, Stage.INVITED)
            self._consent(person, person_id, ConsentStatus.REFUSED)
            self._move(case_id, Stage.DECLINED, "Does not want a joint plan now; happy to be asked again in spring.")
            return
        told = Told(person, case_id, story)
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
            self._plan(told, agreed=reached >= 5, overdue=stage is Stage.REVIEW)
        if reached >= 5:
            self._move(case_id, Stage.ACTIVE)
            if person.place % _REVIEWED_BEFORE == 0:
                self._plans.second(told, overdue=stage is Stage.REVIEW)
        if reached >= 6:
            self._move(case_id, Stage.REVIEW)
        if stage is Stage.REVIEW:
            self._plans.draft_again(told)
        if stage is Stage.STEPPED_DOWN:
            self._move(case_id, Stage.STEPPED_DOWN, "Goals achieved, stable for three months; the practice looks on.")

    def _move(self, case_id: str, to: Stage, reason: str = "") -> None:
        self._clock.forward(days=3, hours=1)
        self._cases.move(case_id, to, reason)

    def _facts(self, person: InventedPerson, person_id: str, story: Story) -> None:
        for kind, words in story["flags"]:
            self._cases.raise_flag(person_id, FlagKind(kind), words)
        name, relation = kin_of(person, story)
        telephone = f"020 7946 {900 + person.place % 100:04d}"
        self._cases.add_contact(person_id, name, ContactRelation.NEXT_OF_KIN, telephone, relation)

    def _plan(self, told: Told, *, agreed: bool, overdue: bool) -> None:
        self._clock.forward(days=6)
        if agreed or told.person.place % 2:
            self._agree_lead(told.person, told.case_id)
        self._plans.first(told, agreed=agreed, overdue=overdue)

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
                name_for_the_person(person.family_name, person.given_names, person.title)
                if status is not ConsentStatus.LACKS_CAPACITY
                else "Best-interests meeting with the family",
                self._access.today(),
                _SHARED_WITH,
                _SHARED_WHAT,
            ),
        )

    def _assess(self, person: InventedPerson, case_id: str, story: Story, signed: bool) -> None:
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

    def _score(self, person: InventedPerson, case_id: str, story: Story) -> None:
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


def _answers(person: InventedPerson, story: Story) -> list[tuple[tuple[str, str], Value]]:
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
        *(() if "lives_alone" in flags else ((("ca-name", "0"), kin_of(person, story)[0]),)),
    ]
