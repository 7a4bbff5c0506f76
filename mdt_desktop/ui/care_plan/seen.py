"""What stood in each field of the plan when somebody began to type in it, until what they typed is saved."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from mdt_desktop.services.changes import Changes
from mdt_desktop.services.plan_desk import PlanSummary

Field = tuple[str, str, str]
"""Table, record and column."""


class SeenValues:
    """Noted in the window's thread, asked in the writer's."""

    def __init__(self, plan: Callable[[], PlanSummary | None]) -> None:
        self._plan = plan
        self._noted: dict[Field, Any] = {}
        self._lock = threading.Lock()

    def note(self, kind: str, record_id: str, values: Mapping[str, Any]) -> None:
        """Something is typed: what is on the screen of these fields is what it is made on top of."""
        shown = _find(self._plan(), kind, record_id)
        with self._lock:
            for name in values:
                if name in shown:
                    self._noted.setdefault((kind, record_id, name), shown[name])

    def writing(
        self, kind: str, record_id: str, values: Mapping[str, Any], write: Callable[[Mapping[str, Any]], Changes]
    ) -> Changes:
        """Write with what was seen; it is forgotten once that has worked."""
        with self._lock:
            noted = {name: (kind, record_id, name) for name in values}
            seen = {name: self._noted[key] for name, key in noted.items() if key in self._noted}
        done = write(seen)
        with self._lock:
            for name in seen:
                self._noted.pop((kind, record_id, name), None)
        return done


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
