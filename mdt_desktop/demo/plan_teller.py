"""Writes the care plans of the demo: a first version, for some a second one, and drafts on top of either."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mdt_desktop.demo.clock import Clock
from mdt_desktop.demo.invented_names import InventedPerson
from mdt_desktop.demo.practitioners import Worker, Workforce, role_words
from mdt_desktop.demo.stories import Story, kin_of
from mdt_desktop.domain.care_plan import ActionStatus, AgreedWith, GoalStatus, IStatementDomain
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.services.access import Access
from mdt_desktop.services.care_plans import CarePlans
from mdt_desktop.store.queries import care_plans

_REVIEW_DAYS, _OVERDUE_DAYS = 180, 20


@dataclass(frozen=True, slots=True)
class Told:
    """One person's case and story, for which plans are written."""

    person: InventedPerson
    case_id: str
    story: Story


class PlanTeller:
    """Writes the plans of a story with the program's own service, at the times of a moving clock."""

    def __init__(self, access: Access, clock: Clock, workforce: Workforce) -> None:
        self._access, self._clock, self._workforce = access, clock, workforce
        self._plans = CarePlans(access)

    def first(self, told: Told, *, agreed: bool, overdue: bool) -> None:
        """The first version: the whole story and agreed, or begun with its first need."""
        story = told.story
        plan_id = self._plans.start_draft(told.case_id).made
        self._plans.set_fields(plan_id, {**story["about"], "strengths": story["strengths"]})
        for need in story["needs"] if agreed else story["needs"][:1]:
            self._need(told.person, plan_id, need)
        if agreed:
            for contingency in story["contingency"]:
                self._contingency(told.person, plan_id, contingency)
        for kind, location, replaced in story["other"]:
            self._plans.add_part("other_plan", plan_id, {"kind": kind, "location": location, "replaced": replaced})
        if agreed:
            self._agree(told, plan_id, overdue=overdue)

    def second(self, told: Told, *, overdue: bool) -> None:
        """The second version, agreed, with what the story says has changed since the first."""
        later = told.story["later"]
        self._progress(told.case_id, later["achieved"])
        self._clock.forward(days=7)
        plan_id = self._plans.start_draft(told.case_id).made
        self._plans.set_fields(plan_id, later["about"])
        need, goal, words = later["goal"]
        self._plans.change_part("goal", self._goal(plan_id, need, goal), {"words": words})
        self._clock.forward(hours=1)
        self._need(told.person, plan_id, later["need"])
        self._contingency(told.person, plan_id, later["contingency"])
        self._agree(told, plan_id, overdue=overdue)

    def draft_again(self, told: Told) -> None:
        """A draft on top of a second version, or of the first where there is none: what a third one would change."""
        again = told.story["again"]
        self._clock.forward(days=7)
        plan_id = self._plans.start_draft(told.case_id).made
        self._plans.set_fields(plan_id, again["about"])
        need, goal, words = again["goal"]
        self._plans.change_part("goal", self._goal(plan_id, need, goal), {"words": words})
        parts = self._access.database.writer.execute(
            "SELECT id FROM contingency_plan WHERE plan_id = ? ORDER BY order_key", (plan_id,)
        ).fetchall()
        self._plans.remove_part("contingency_plan", parts[again["drop"]][0])

    def _progress(self, case_id: str, achieved: list[list[int]]) -> None:
        """Goals that were reached are said to be on the agreed plan, with everything done for them."""
        reader = self._access.database.writer
        agreed = care_plans.versions(reader, case_id)[0].id
        for need, goal in achieved:
            self._clock.forward(days=3)
            goal_id = self._goal(agreed, need, goal)
            for row in reader.execute(
                "SELECT id FROM action WHERE goal_id = ? ORDER BY order_key", (goal_id,)
            ).fetchall():
                self._plans.track("action", row[0], ActionStatus.DONE)
            self._plans.track("goal", goal_id, GoalStatus.ACHIEVED)

    def _goal(self, plan_id: str, need: int, goal: int) -> str:
        """The id of a goal by its place in its need, and the need's in the plan."""
        found = self._access.database.writer.execute(
            "SELECT goal.id FROM goal WHERE need_id = (SELECT id FROM need WHERE plan_id = ? ORDER BY order_key LIMIT 1"
            " OFFSET ?) ORDER BY order_key LIMIT 1 OFFSET ?",
            (plan_id, need, goal),
        ).fetchone()
        return str(found[0])

    def _agree(self, told: Told, plan_id: str, *, overdue: bool) -> None:
        person = told.person
        reviewer = self._workforce.one(Role.GP, person.practice)
        lacks = told.story["key"] == "dementia"
        kin, relation = kin_of(person, told.story)
        self._plans.set_fields(
            plan_id,
            {
                "agreed_with": AgreedWith.BEST_INTERESTS if lacks else AgreedWith.PERSON,
                "agreed_name": kin
                if lacks
                else name_for_the_person(person.family_name, person.given_names, person.title),
                "agreed_role": relation if lacks else "",
                "review_due": self._access.today() + timedelta(days=_OVERDUE_DAYS if overdue else _REVIEW_DAYS),
                "reviewer_id": reviewer.id if reviewer else None,
            },
        )
        self._clock.forward(days=5)
        self._plans.agree(plan_id, self._access.today())

    def _need(self, person: InventedPerson, plan_id: str, need: dict[str, Any]) -> None:
        need_id = self._plans.add_part("need", plan_id, {"words": need["words"]}).made
        for goal in need["goals"]:
            values = {"words": goal["words"], "importance": goal["importance"], "status": goal["status"]}
            goal_id = self._plans.add_part("goal", need_id, {**values, "domain": IStatementDomain(goal["domain"])}).made
            for action in goal["actions"]:
                worker = self._worker(action["who"], person)
                self._plans.add_part(
                    "action",
                    goal_id,
                    {
                        "what": action["what"],
                        "practitioner_id": worker.id if worker else None,
                        "who": "" if worker else action["who"],
                        "when_words": action["when"],
                        "status": action["status"],
                        "confidence": action["confidence"],
                    },
                )

    def _contingency(self, person: InventedPerson, plan_id: str, contingency: list[str]) -> None:
        trigger, what, who = contingency
        worker = self._worker(who, person)
        self._plans.add_part(
            "contingency_plan",
            plan_id,
            {
                "trigger": trigger,
                "what_should_happen": what,
                "contact_name": worker.name if worker else who,
                "contact_role": role_words(worker) if worker else "",
                "contact_telephone": worker.telephone if worker else "",
            },
        )

    def _worker(self, role: str, person: InventedPerson) -> Worker | None:
        """Whoever has the role near the person; a role that is none is somebody's name."""
        return self._workforce.one(Role(role), person.practice) if role in Role.__members__.values() else None
