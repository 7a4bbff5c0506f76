"""Leads from what is missing to the place in the document where it is put right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui.care_plan.document import PlanDocument
from mdt_desktop.ui.care_plan.part_row import PartRow


def jump(document: PlanDocument, key: str) -> None:
    """Bring the place for a `plan_missing.…` key into sight, with the focus on it."""
    target = _target(document, key.rpartition(".")[2])
    if isinstance(target, PartRow):
        field = {"action_owner": "who", "contingency": "what_should_happen"}.get(key.rpartition(".")[2], "")
        target.open_row(field)
    if target is not None:
        document.reveal(target)
        if not isinstance(target, PartRow):
            target.setFocus(Qt.FocusReason.OtherFocusReason)


def _target(document: PlanDocument, key: str) -> QWidget | None:
    rows = list(document.rows())
    empty = {
        "need": [row for row in rows if row.kind == "need" and row.text.is_empty],
        "goal": [row for row in rows if row.kind == "goal" and row.text.is_empty],
        "action": [row for row in rows if row.kind == "action" and row.text.is_empty],
        "contingency": [
            row for row in rows if row.kind == "contingency_plan" and not row.values["what_should_happen"].strip()
        ],
        "action_owner": [row for row in rows if row.kind == "action" and not row.text.is_empty and not _owner(row)],
    }
    if empty.get(key):
        return empty[key][0]
    needs = list(document.needs.by_id.values())
    goals = [goal for need in needs for goal in need.goals.by_id.values()]
    places: dict[str, QWidget | None] = {
        "most_important": document.about.texts["most_important"].edit,
        "need": document.add_need,
        "goal": next((it.add for it in needs if not it.goals.by_id), needs[0].add if needs else document.add_need),
        "action": next((it.add for it in goals if not it.action_rows.by_id), goals[0].add if goals else None),
        "contingency": document.contingency.add,
        "review_due": document.review.day.edit,
        "reviewer": document.review.reviewer,
    }
    return places.get(key) or (document.add_need if key == "action" else None)


def _owner(row: PartRow) -> bool:
    return bool(row.values["practitioner_id"] or row.values["who"].strip())
