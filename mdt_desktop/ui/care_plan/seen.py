"""What stood in each field of the plan when somebody began to type in it, until what they typed is saved."""

from collections.abc import Callable, Mapping
from typing import Any

from mdt_desktop.bootstrap import Services
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_desk import PlanSummary
from mdt_desktop.ui.seen_values import SeenValues

Field = tuple[str, str, str]
"""Table, record and column."""


class SeenPlan:
    """`SeenValues` of the fields of a plan and of its parts."""

    def __init__(self, plan: Callable[[], PlanSummary | None]) -> None:
        self._seen: SeenValues[Field] = SeenValues(lambda key: _find(plan(), key[0], key[1])[key[2]])

    def note(self, kind: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Something is typed: what is on the screen of these fields is what it is made on top of."""
        self._seen.note((kind, record_id, name) for name in values)

    def write(self, services: Services, kind: str, record_id: str, values: Mapping[str, Any]) -> Changes:
        """Write fields of the plan or of one of its parts, with what was seen of them."""
        typed = {(kind, record_id, name): value for name, value in values.items()}

        def write(seen: Mapping[Field, Any]) -> Changes:
            before, plans = {key[2]: value for key, value in seen.items()}, services.care_plans
            if kind == "care_plan":
                return plans.set_fields(record_id, values, before)
            return plans.change_part(kind, record_id, values, before)

        return self._seen.writing(typed, write)

    def shown_anew(self, unsaved: Callable[[str, str], Mapping[str, Any]]) -> None:
        """The plan was read anew; `unsaved` tells what is typed into a record and not saved yet."""
        self._seen.shown_anew(lambda key: key[2] in unsaved(key[0], key[1]))


def _find(plan: PlanSummary | None, kind: str, record_id: str) -> Mapping[str, Any]:
    """The fields of a record of the plan as they are shown, by column."""
    if plan is None:
        return {}
    if kind == "care_plan":
        return {**_fields(plan), **plan.about_me} if plan.id == record_id else {}
    goals = [goal for need in plan.needs for goal in need.goals]
    actions = [action for goal in goals for action in goal.actions]
    parts = (*plan.needs, *goals, *actions, *plan.contingency_plans, *plan.other_plans)
    return next((found for found in map(_fields, parts) if found["id"] == record_id), {})


def _fields(summary: object) -> dict[str, Any]:
    return {name: getattr(summary, name) for name in getattr(summary, "__dataclass_fields__", ())}
