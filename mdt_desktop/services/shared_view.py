"""Leaves out of what is read whatever a partner's organisation is not given by the sharing matrix."""

from collections.abc import Sequence
from dataclasses import replace

from mdt_desktop.domain.sharing import SharedPart
from mdt_desktop.store.queries.care_plans import PlanSummary
from mdt_desktop.store.queries.cases import FlagSummary


def plan_as_shared(plan: PlanSummary, parts: frozenset[SharedPart]) -> PlanSummary:
    """The plan with only these parts in it; what is not shared is empty, never masked."""
    if parts >= frozenset(SharedPart):
        return plan
    if SharedPart.ABOUT_ME not in parts:
        plan = replace(plan, about_me=dict.fromkeys(plan.about_me, ""), strengths="", supported_by="")
    if SharedPart.NEEDS not in parts:
        plan = replace(plan, needs=())
    if SharedPart.CONTINGENCY not in parts:
        plan = replace(plan, contingency_plans=())
    if SharedPart.HEALTH not in parts:
        plan = replace(plan, other_plans=())
    if SharedPart.SOCIAL_CARE not in parts:
        plan = replace(plan, funding="")
    return plan


def flags_as_shared(flags: Sequence[FlagSummary], parts: frozenset[SharedPart]) -> tuple[FlagSummary, ...]:
    """The alerts, which are facts of health, where those are shared."""
    return tuple(flags) if SharedPart.HEALTH in parts else ()
