"""What a closed row of the plan says: its words, its notes and its state, from plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.services.plan_desk import (
    ActionSummary,
    ContingencySummary,
    GoalSummary,
    NeedSummary,
    OtherPlanSummary,
)
from mdt_desktop.words import label, words

FIELDS: dict[str, tuple[str, ...]] = {
    "need": ("words",),
    "goal": ("words", "importance", "domain", "status"),
    "action": ("what", "practitioner_id", "who", "when_words", "due", "status", "confidence"),
    "contingency_plan": ("trigger", "what_should_happen", "contact_name", "contact_role", "contact_telephone"),
    "other_plan": ("kind", "location", "dated", "replaced"),
}
"""The fields of each kind of part that the editor sets."""

Part = NeedSummary | GoalSummary | ActionSummary | ContingencySummary | OtherPlanSummary
_HARD = "\N{NO-BREAK SPACE}"
_OPEN_ACTIONS = (ActionStatus.TO_DO, ActionStatus.IN_PROGRESS)
_TONES = {
    ActionStatus.DONE: "good",
    ActionStatus.IN_PROGRESS: "accent",
    GoalStatus.ACTIVE: "accent",
    GoalStatus.ACHIEVED: "good",
    GoalStatus.PARTLY_ACHIEVED: "good",
}
_GLYPHS = {
    ActionStatus.TO_DO: "ring",
    ActionStatus.IN_PROGRESS: "half",
    ActionStatus.DONE: "good",
    ActionStatus.REFUSED: "close",
    ActionStatus.STOPPED: "close",
}


@dataclass(frozen=True, slots=True)
class PartText:
    """A row in words. `title` is shown large for needs and goals; `late` stands in its own colour."""

    title: str
    body: str = ""
    notes: str = ""
    late: str = ""
    pill: str = ""
    tone: str = "muted"
    glyph: str = ""
    is_empty: bool = False
    unsettled: str = ""

    def spoken(self) -> str:
        """The whole row for a screen reader."""
        return ", ".join(
            part for part in (self.title, self.body, self.notes, self.late, self.unsettled, self.pill) if part
        )


def values_of(kind: str, part: Part) -> dict[str, Any]:
    """The editable fields of a part that was read."""
    return {name: getattr(part, name) for name in FIELDS[kind]}


def part_text(kind: str, values: Mapping[str, Any], owner: str, today: date) -> PartText:
    """The words of a row; `owner` is the name of an action's practitioner where it has one."""
    made = _MAKERS[kind](values, owner, today)
    if made.title.strip():
        return made
    empty = words(f"care_plan.empty_part.{kind}")
    return PartText(empty, made.body, made.notes, made.late, made.pill, made.tone, made.glyph, is_empty=True)


def _joined(*texts: str) -> str:
    # The dot stays with the words before it, so that no line begins with one.
    return f"{_HARD}{_HARD}·  ".join(text.strip() for text in texts if text and text.strip())


def _need(values: Mapping[str, Any], _owner: str, _today: date) -> PartText:
    return PartText(values["words"].strip())


def _goal(values: Mapping[str, Any], _owner: str, _today: date) -> PartText:
    said = values["words"].strip()
    importance, domain, status = values["importance"], values["domain"], GoalStatus(values["status"])
    scale = words("care_plan.importance_of", number=importance).capitalize() if importance else ""
    return PartText(
        f"“{said}”" if said else "",
        notes=_joined(scale, label(domain) if domain else ""),
        pill=label(status),
        tone=_TONES.get(status, "muted"),
    )


def _action(values: Mapping[str, Any], owner: str, today: date) -> PartText:
    status, due = ActionStatus(values["status"]), values["due"]
    when = values["when_words"].strip() or (words("care_plan.due", date=cui_date(due)) if due else "")
    confidence = values["confidence"]
    scale = words("care_plan.confidence_of", number=confidence) if confidence else ""
    late = ""
    if due is not None and due < today and status in _OPEN_ACTIONS:
        days = (today - due).days
        late = words("care_plan.late_one") if days == 1 else words("care_plan.late", days=days)
    who = owner or values["who"].strip() or words("care_plan.nobody")
    return PartText(
        values["what"].strip(),
        notes=_joined(who[:1].upper() + who[1:], when, scale),
        late=late,
        pill=label(status),
        tone=_TONES.get(status, "muted"),
        glyph=_GLYPHS[status],
    )


def _contingency(values: Mapping[str, Any], _owner: str, _today: date) -> PartText:
    contact = _joined(values["contact_name"], values["contact_role"], values["contact_telephone"])
    return PartText(values["trigger"].strip(), body=values["what_should_happen"].strip(), notes=contact)


def _other_plan(values: Mapping[str, Any], _owner: str, _today: date) -> PartText:
    stands = words("care_plan.replaced" if values["replaced"] else "care_plan.beside")
    day = cui_date(values["dated"]) if values["dated"] else ""
    return PartText(values["kind"].strip(), notes=_joined(values["location"], day, stands))


_MAKERS = {
    "need": _need,
    "goal": _goal,
    "action": _action,
    "contingency_plan": _contingency,
    "other_plan": _other_plan,
}
