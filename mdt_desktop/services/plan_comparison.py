"""Says what changed between two versions of a plan: added, changed, removed, part by part."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.care_plan import ABOUT_ME, PlanStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.store.queries.care_plans import (
    ActionSummary,
    ContingencySummary,
    GoalSummary,
    NeedSummary,
    OtherPlanSummary,
    PlanSummary,
)
from mdt_desktop.words import label, words


class Change(StrEnum):
    """What happened to a part from one version to a later one."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `part` is the word key of what it is; `before` and `after` are in words, empty for nothing."""

    change: Change
    part: str
    before: str
    after: str


def compare(versions: Sequence[PlanSummary]) -> tuple[Difference, ...]:
    """The differences between the first and the last of some versions that follow each other, oldest first.

    Those between are needed to follow a part from copy to copy. The order is that of the later plan; what was
    removed comes after what is still there.
    """
    if len(versions) < 2:
        return ()
    earlier, later = versions[0], versions[-1]
    roots = _roots(versions)
    found = [_difference(key, old, new) for key, old, new in _text_pairs(earlier, later)]
    for kind in ("need", "goal", "action", "contingency_plan", "other_plan"):
        old_parts = {roots.get(part_id, part_id): text for part_id, text in _parts(earlier, kind)}
        new_parts = {roots.get(part_id, part_id): text for part_id, text in _parts(later, kind)}
        gone = [part_id for part_id in old_parts if part_id not in new_parts]
        found += [
            _difference(f"plan_part.{kind}", old_parts.get(part_id, ""), new_parts.get(part_id, ""))
            for part_id in (*new_parts, *gone)
        ]
    return tuple(difference for difference in found if difference is not None)


def _difference(part: str, before: str, after: str) -> Difference | None:
    if before.strip() == after.strip():
        return None
    if not before.strip():
        return Difference(Change.ADDED, part, "", after)
    if not after.strip():
        return Difference(Change.REMOVED, part, before, "")
    return Difference(Change.CHANGED, part, before, after)


def _roots(versions: Sequence[PlanSummary]) -> Mapping[str, str]:
    """For each part of each version the id it had in the oldest of them."""
    roots: dict[str, str] = {}
    for plan in versions:
        for part in _all_parts(plan):
            roots[part.id] = roots.get(part.origin or "", part.id)
    return roots


def _text_pairs(earlier: PlanSummary, later: PlanSummary) -> Iterator[tuple[str, str, str]]:
    for name in ABOUT_ME:
        yield f"about_me.{name}", earlier.about_me[name], later.about_me[name]
    yield "plan_part.strengths", earlier.strengths, later.strengths
    yield "plan_part.supported_by", earlier.supported_by, later.supported_by
    yield "plan_part.funding", earlier.funding, later.funding
    if later.status is not PlanStatus.DRAFT:  # a draft is not agreed yet: nothing was removed
        yield "plan_part.agreed", _agreed(earlier), _agreed(later)
    if later.status is not PlanStatus.DRAFT or later.review_due:
        yield "plan_part.review_due", _review_due(earlier), _review_due(later)
    yield "plan_part.reviewer", earlier.reviewer_name, later.reviewer_name


_Part = NeedSummary | GoalSummary | ActionSummary | ContingencySummary | OtherPlanSummary


def _all_parts(plan: PlanSummary) -> Iterator[_Part]:
    yield from plan.needs
    yield from _goals(plan)
    yield from _actions(plan)
    yield from plan.contingency_plans
    yield from plan.other_plans


def _goals(plan: PlanSummary) -> Iterator[GoalSummary]:
    return (goal for need in plan.needs for goal in need.goals)


def _actions(plan: PlanSummary) -> Iterator[ActionSummary]:
    return (action for goal in _goals(plan) for action in goal.actions)


def _parts(plan: PlanSummary, kind: str) -> Iterator[tuple[str, str]]:
    """Id and words of each part of a kind."""
    if kind == "need":
        return ((it.id, it.words) for it in plan.needs)
    if kind == "goal":
        return ((it.id, _goal(it)) for it in _goals(plan))
    if kind == "action":
        return ((it.id, _action(it)) for it in _actions(plan))
    if kind == "contingency_plan":
        return ((it.id, _contingency(it)) for it in plan.contingency_plans)
    return ((it.id, _other_plan(it)) for it in plan.other_plans)


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(text.strip() for text in texts if text.strip())


def _review_due(plan: PlanSummary) -> str:
    return cui_date(plan.review_due) if plan.review_due else ""


def _agreed(plan: PlanSummary) -> str:
    role = plan.agreed_role or (label(plan.agreed_with) if plan.agreed_with else "")
    return _joined((plan.agreed_name, role)) if plan.agreed_name else ""


def _goal(goal: GoalSummary) -> str:
    if not goal.words.strip():
        return ""
    scale = words("care_plan.importance_of", number=goal.importance) if goal.importance else ""
    return _joined((goal.words, scale, label(goal.domain) if goal.domain else "", label(goal.status)))


def _action(action: ActionSummary) -> str:
    if not action.what.strip():
        return ""
    when = action.when_words or (cui_date(action.due) if action.due else "")
    scale = words("care_plan.confidence_of", number=action.confidence) if action.confidence else ""
    return _joined((action.what, action.owner, when, label(action.status), scale))


def _contingency(plan: ContingencySummary) -> str:
    contact = (plan.contact_name, plan.contact_role, plan.contact_telephone)
    return _joined((plan.trigger, plan.what_should_happen, *contact))


def _other_plan(plan: OtherPlanSummary) -> str:
    if not plan.kind.strip():
        return ""
    stands = words("care_plan.replaced" if plan.replaced else "care_plan.beside")
    return _joined((plan.kind, plan.location, cui_date(plan.dated) if plan.dated else "", stands))
