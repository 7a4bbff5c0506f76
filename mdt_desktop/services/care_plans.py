"""Writes care plans: drafts, their parts, agreeing a version; agreed versions are never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mdt_desktop.domain.care_plan import (
    ABOUT_ME,
    ActionStatus,
    Agreement,
    GoalStatus,
    PlanIsClosed,
    PlanStatus,
    on_scale,
    require_draft,
    require_ready,
)
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.order_keys import LONGEST, key_after, key_between, keys_for
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Action, CarePlan, Case, ContingencyPlan, Goal, Need, OtherPlan, Practitioner
from mdt_desktop.records.base import Record
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.plan_copy import copy_parts
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.unsettled import require_settled
from mdt_desktop.services.working import unit_of_work
from mdt_desktop.store.queries import care_plans
from mdt_desktop.store.unit_of_work import UnitOfWork

PARTS: dict[str, type[Record]] = {
    "need": Need,
    "goal": Goal,
    "action": Action,
    "contingency_plan": ContingencyPlan,
    "other_plan": OtherPlan,
}
"""What can be added to a plan, changed and removed, by table name."""

_PARENTS = {"goal": "need_id", "action": "goal_id"}
_CHILDREN: dict[type[Record], type[Record]] = {Need: Goal, Goal: Action}
_STATUSES: dict[type[Record], type[GoalStatus | ActionStatus]] = {Goal: GoalStatus, Action: ActionStatus}
_FIXED = {"id", "plan_id", "need_id", "goal_id", "origin", "order_key"}
PLAN_FIELDS = frozenset(
    {*ABOUT_ME, "supported_by", "strengths", "funding", "agreed_with", "agreed_name", "agreed_role"}
    | {"review_due", "reviewer_id"}
)
"""The fields of the plan itself that the editor sets."""


class NoSuchField(BadInput):
    """The part of a plan has no such field to be set."""

    code = "no_such_field"


class AgreedInFuture(BadInput):
    """A plan cannot have been agreed on a day to come."""

    code = "agreed_in_future"


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part that was removed with everything under it, as it was, so that it can be put back."""

    kind: str
    values: Mapping[str, Any]
    under: tuple["KeptPart", ...] = ()


@dataclass(frozen=True, slots=True)
class PartRemoved(Changes):
    """The changes of a removal, with what was removed."""

    kept: KeptPart | None = None


class CarePlans:
    """The verbs of a care plan. Each raises `NotPermitted` where the user may not do it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def start_draft(self, case_id: str) -> Changes:
        """The draft of a case: the open one, else a new version that begins as a copy of the agreed one."""
        self._access.require(Permission.EDIT_PLAN, case_id)
        with unit_of_work(self._access) as work:
            case = work.get(Case, case_id)
            work.about(case.person_id)
            versions = care_plans.versions(work.connection, case_id)
            if versions and versions[0].status is PlanStatus.DRAFT:
                return changes_of(work, versions[0].id)
            draft = CarePlan(
                id=work.new_id(),
                case_id=case_id,
                version=versions[0].version + 1 if versions else 1,
                started_at=work.now,
                started_by=self._access.actor.name,
            )
            work.add(draft)
            if versions:
                before = work.get(CarePlan, versions[0].id)
                for field in (*ABOUT_ME, "supported_by", "strengths", "funding", "reviewer_id"):
                    setattr(draft, field, getattr(before, field))
                copy_parts(work, before.id, draft.id)
        return changes_of(work, draft.id)

    def set_fields(
        self, plan_id: str, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None
    ) -> Changes:
        """Set fields of a draft. `seen` is what stood in them when that was typed: what came from elsewhere since is
        merged or kept as a conflict. Raises `NoSuchField`, `PlanIsClosed`, `RecordNotValid`, `NotFound` (the reviewer).
        """
        self._access.require(Permission.EDIT_PLAN, plan_id)
        unknown = set(values) - PLAN_FIELDS
        if unknown:
            raise NoSuchField(fields=", ".join(sorted(unknown)))
        with unit_of_work(self._access) as work:
            plan = self._draft(work, plan_id)
            if values.get("reviewer_id"):
                work.get(Practitioner, values["reviewer_id"])
            for name, value in with_unseen(work, plan, values, seen or {}).items():
                setattr(plan, name, value)
        return changes_of(work)

    def add_part(self, kind: str, parent_id: str, values: Mapping[str, Any]) -> Changes:
        """Add a need, goal, action, contingency plan or other plan at the end of its parent; `made` is its id."""
        self._access.require(Permission.EDIT_PLAN, parent_id)
        class_ = PARTS[kind]
        parent = _PARENTS.get(kind, "plan_id")
        self._check(class_, values)
        with unit_of_work(self._access) as work:
            plan_id = self._plan_of_parent(work, kind, parent_id)
            self._draft(work, plan_id)
            siblings = work.find(class_, **{parent: parent_id})
            last = max((_order(it)[0] for it in siblings), default="")
            part = class_(**{"id": work.new_id(), parent: parent_id, "order_key": key_after(last), **values})
            work.add(part)
        return changes_of(work, part.id)

    def change_part(
        self, kind: str, part_id: str, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None
    ) -> Changes:
        """Change fields of a part of a draft; `seen` as in `set_fields`."""
        self._access.require(Permission.EDIT_PLAN, part_id)
        class_ = PARTS[kind]
        self._check(class_, values)
        with unit_of_work(self._access) as work:
            part = work.get(class_, part_id)
            self._draft(work, self._plan_of(work, part))
            for name, value in with_unseen(work, part, values, seen or {}).items():
                setattr(part, name, value)
        return changes_of(work)

    def remove_part(self, kind: str, part_id: str) -> PartRemoved:
        """Remove a part of a draft with everything under it; `kept` can be given to `put_back`."""
        self._access.require(Permission.EDIT_PLAN, part_id)
        with unit_of_work(self._access) as work:
            part = work.get(PARTS[kind], part_id)
            self._draft(work, self._plan_of(work, part))
            kept = self._remove(work, part)
        return PartRemoved(work.changed_kinds, work.changed_ids, kept=kept)

    def put_back(self, kept: KeptPart) -> Changes:
        """Put a removed part back where it was, with everything under it; `made` is its id.

        A second time changes nothing: what stands there by now may have been worked on.
        """
        parent_id = kept.values[_PARENTS.get(kept.kind, "plan_id")]
        self._access.require(Permission.EDIT_PLAN, parent_id)
        with unit_of_work(self._access) as work:
            self._draft(work, self._plan_of_parent(work, kept.kind, parent_id))
            if not work.find(PARTS[kept.kind], id=kept.values["id"]):
                self._add_kept(work, kept)
        return changes_of(work, kept.values["id"])

    def move_part(self, kind: str, part_id: str, steps: int) -> Changes:
        """Move a part of a draft up (-1) or down (1) among its siblings, at most to the end of the list."""
        self._access.require(Permission.EDIT_PLAN, part_id)
        class_, parent = PARTS[kind], _PARENTS.get(kind, "plan_id")
        with unit_of_work(self._access) as work:
            part = work.get(class_, part_id)
            self._draft(work, self._plan_of(work, part))
            siblings = sorted(work.find(class_, **{parent: getattr(part, parent)}), key=_order)
            before = siblings.index(part)
            after = min(max(before + steps, 0), len(siblings) - 1)
            if after != before:
                siblings.insert(after, siblings.pop(before))
                _give_key(part, siblings)
        return changes_of(work)

    def agree(self, plan_id: str, agreed_on: date, agreement: Agreement | None = None) -> Changes:
        """Agree a draft: it is closed for ever and supersedes the version before.

        `agreement` says with whom; without it the draft must say so already. Raises `PlanNotReady`,
        `AgreedInFuture`, `PlanIsClosed`, and `NotSettled` while two people have recorded something different about the
        person and nobody has decided it (SYNC 5.9); nothing is changed then.
        """
        self._access.require(Permission.AGREE_PLAN, plan_id)
        if agreed_on > self._access.today():
            raise AgreedInFuture(day=agreed_on)
        with unit_of_work(self._access) as work:
            plan = self._draft(work, plan_id)
            case = work.get(Case, plan.case_id)
            require_settled(work.connection, case.person_id)
            if agreement is not None:
                plan.agreed_with = agreement.agreed_with
                plan.agreed_name = agreement.name.strip()
                plan.agreed_role = agreement.role.strip()
                work.flush()
            require_ready(care_plans.facts(work.connection, plan_id, case.person_id), self._access.today())
            for before in work.find(CarePlan, case_id=plan.case_id, status=PlanStatus.AGREED):
                before.status = PlanStatus.SUPERSEDED
            plan.status = PlanStatus.AGREED
            plan.agreed_on = agreed_on
            plan.agreed_by = self._access.actor.name
            work.act("agree_plan", "care_plan", plan.id)
        return changes_of(work)

    def track(self, kind: str, part_id: str, status: GoalStatus | ActionStatus | str) -> Changes:
        """Say how far a goal or action of a draft or of the agreed plan has got; its words stay as agreed.

        A draft that was begun from the agreed plan follows, so that agreeing it does not set the clock back.
        Raises `PlanIsClosed` for a superseded plan and ValueError for a status that the kind does not have.
        """
        self._access.require(Permission.EDIT_PLAN, part_id)
        class_ = PARTS[kind]
        wanted = _STATUSES[class_](status)
        with unit_of_work(self._access) as work:
            part = work.get(class_, part_id)
            plan = work.get(CarePlan, self._plan_of(work, part))
            work.about(work.get(Case, plan.case_id).person_id)
            if plan.status is PlanStatus.SUPERSEDED:
                raise PlanIsClosed(status=plan.status)
            for it in (part, *work.find(class_, origin=part_id)):
                if it is part or work.get(CarePlan, self._plan_of(work, it)).status is PlanStatus.DRAFT:
                    setattr(it, "status", wanted)  # noqa: B010  # goal or action, both have it
        return changes_of(work)

    def _draft(self, work: UnitOfWork, plan_id: str) -> CarePlan:
        plan = work.get(CarePlan, plan_id)
        work.about(work.get(Case, plan.case_id).person_id)
        require_draft(plan.status)
        return plan

    def _check(self, class_: type[Record], values: Mapping[str, Any]) -> None:
        unknown = set(values) - (set(class_.model_fields) - _FIXED)
        if unknown:
            raise NoSuchField(fields=", ".join(sorted(unknown)))
        on_scale(values.get("importance"))
        on_scale(values.get("confidence"))

    def _plan_of_parent(self, work: UnitOfWork, kind: str, parent_id: str) -> str:
        if kind == "goal":
            return work.get(Need, parent_id).plan_id
        if kind == "action":
            return self._plan_of(work, work.get(Goal, parent_id))
        return parent_id

    def _plan_of(self, work: UnitOfWork, part: Record) -> str:
        if isinstance(part, Action):
            part = work.get(Goal, part.goal_id)
        if isinstance(part, Goal):
            part = work.get(Need, part.need_id)
        return str(getattr(part, "plan_id"))  # noqa: B009  # need, contingency plan or other plan

    def _remove(self, work: UnitOfWork, part: Record) -> KeptPart:
        below = _CHILDREN.get(type(part))
        under = work.find(below, **{f"{part.__tablename__}_id": part.id}) if below else ()
        kept = KeptPart(str(part.__tablename__), part.values(), tuple(self._remove(work, it) for it in under))
        work.remove(part)
        return kept

    def _add_kept(self, work: UnitOfWork, kept: KeptPart) -> None:
        work.add(PARTS[kept.kind](**kept.values))
        for part in kept.under:
            self._add_kept(work, part)


def _order(part: Record) -> tuple[str, str]:
    return str(getattr(part, "order_key")), part.id  # noqa: B009  # all parts have it


def _give_key(part: Record, siblings: Iterable[Record]) -> None:
    """Give a part the key of its place among its siblings; where no key fits between, number all anew."""
    places = list(siblings)
    at = places.index(part)
    low = _order(places[at - 1])[0] if at else ""
    high = _order(places[at + 1])[0] if at + 1 < len(places) else ""
    try:
        key = key_between(low, high)
    except ValueError:  # two laptops gave the same key
        key = "0" * (LONGEST + 1)
    keys = keys_for(len(places)) if len(key) > LONGEST else [""] * at + [key]
    for it, key_of_it in zip(places, keys, strict=False):
        if key_of_it:
            setattr(it, "order_key", key_of_it)  # noqa: B010  # all parts have it
