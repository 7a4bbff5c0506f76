"""Copies the parts of an agreed plan into a new draft; each copy keeps the id of what it came from."""

from collections.abc import Iterable

from mdt_desktop.records import Action, ContingencyPlan, Goal, Need, OtherPlan
from mdt_desktop.store.unit_of_work import R, UnitOfWork


def copy_parts(work: UnitOfWork, from_plan: str, to_plan: str) -> None:
    """Copy needs with goals and actions, contingency plans and other plans from one plan to another."""
    needs = _copies(work, work.find(Need, plan_id=from_plan), "plan_id", {from_plan: to_plan})
    goals: dict[str, str] = {}
    for need_id in needs:
        goals |= _copies(work, work.find(Goal, need_id=need_id), "need_id", needs)
    for goal_id in goals:
        _copies(work, work.find(Action, goal_id=goal_id), "goal_id", goals)
    for kind in (ContingencyPlan, OtherPlan):
        _copies(work, work.find(kind, plan_id=from_plan), "plan_id", {from_plan: to_plan})


def _copies(work: UnitOfWork, originals: Iterable[R], parent: str, moved: dict[str, str]) -> dict[str, str]:
    """Copy records under their parents' copies; returns the copy's id for each original's id."""
    made: dict[str, str] = {}
    for original in originals:
        copy = _copy(work, original, parent, moved)
        made[original.id] = copy.id
    return made


def _copy(work: UnitOfWork, original: R, parent: str, moved: dict[str, str]) -> R:
    values = original.values()
    values |= {"id": work.new_id(), "origin": original.id, parent: moved[values[parent]]}
    return work.add(type(original)(**values))
