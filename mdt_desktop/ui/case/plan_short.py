"""The plan in short on the overview: open needs, goals in the person's words, actions due; and the crisis plan."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, PlanStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_file import ActionSummary, GoalSummary, PlanSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.case_sentences import days_words
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named
from mdt_desktop.words import label, words

_OPEN_GOALS = {GoalStatus.PROPOSED, GoalStatus.ACTIVE, GoalStatus.PARTLY_ACHIEVED}
_OPEN_ACTIONS = {ActionStatus.TO_DO, ActionStatus.IN_PROGRESS}


class PlanCard(Card):
    """Needs that have an open goal, with the goals and the actions that are not done."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.plan.title"), " ")
        self._case = case
        self._view: CaseView | None = None
        self._shown: tuple[PlanSummary | None, date] | None = None
        self.print = Button(words("case.plan.print"), self._on_print, "quiet", "print")
        self.open = Button(words("case.mend.open_plan"), case.plan_requested.emit, "quiet", "care_plan")
        self.add_action(named(self.print, "print_plan"))
        self.add_action(named(self.open, "open_plan"))

    def show_view(self, view: CaseView) -> None:
        """Show the plan in force, else the draft."""
        self._view = view
        plan = view.overview.plan
        self.print.setText(words("case.plan.print" if plan else "case.plan.print_sheet"))
        self.print.setVisible(bool(view.agreed_plan_id) or plan is None)
        self.open.setText(words("case.mend.open_plan" if plan else "case.mend.start_plan"))
        rights = view.overview.rights
        permit(self.print, rights, Permission.PRINT)
        permit(self.open, rights, Permission.SEE_PLAN if plan else Permission.EDIT_PLAN)
        if self._shown == (plan, view.today):
            return
        self._shown = (plan, view.today)
        clear(self.body)
        if plan is None:
            self.summary.setText("")
            self.body.addWidget(words_label(words("case.plan.none"), "muted", wraps=True))
            return
        self.summary.setText(self._head(plan))
        review = _review(plan, view.today)
        if review is not None:
            self.body.addWidget(review)
        open_needs = [
            (need, goals)
            for need in plan.needs
            if (goals := [goal for goal in need.goals if goal.status in _OPEN_GOALS]) or not need.goals
        ]
        for need, goals in open_needs:
            self.body.addWidget(words_label(need.words or words("case.plan.unnamed"), "strong", wraps=True))
            for goal in goals:
                self.body.addWidget(_goal(goal, view.today))
        if not open_needs:
            self.body.addWidget(words_label(words("case.plan.nothing_open"), "muted", wraps=True))

    def _head(self, plan: PlanSummary) -> str:
        if plan.status is PlanStatus.DRAFT:
            return words("case.plan.head_draft", version=plan.version, name=plan.started_by)
        return words("case.plan.head", version=plan.version, day=cui_date(plan.agreed_on))

    def _on_print(self) -> None:
        if self._view is not None:
            self._case.print_requested.emit(self._view.agreed_plan_id or self._view.person_id)


class ContingencyCard(Card):
    """What should happen if something goes wrong."""

    def __init__(self) -> None:
        super().__init__(words("case.contingency.title"), "")
        self._shown: object = None

    def show_view(self, view: CaseView) -> None:
        """Show the contingency plans; hidden without any."""
        plan = view.overview.plan
        found = plan.contingency_plans if plan else ()
        self.setVisible(bool(found))
        if found == self._shown:
            return
        self._shown = found
        clear(self.body)
        for it in found:
            self.body.addWidget(words_label(it.trigger, "strong", wraps=True))
            self.body.addWidget(words_label(it.what_should_happen, wraps=True, selectable=True))
            who = "  ".join(part for part in (it.contact_name, it.contact_role, it.contact_telephone) if part)
            if who:
                self.body.addWidget(words_label(who, "muted", wraps=True, selectable=True))


def _review(plan: PlanSummary, today: date) -> QWidget | None:
    if plan.review_due is None or plan.status is PlanStatus.DRAFT:
        return None
    days = (plan.review_due - today).days
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    who = words("case.plan.review", day=cui_date(plan.review_due), name=plan.reviewer_name)
    row.addWidget(words_label(who, "muted", wraps=True), 1)
    row.addWidget(badge(days_words(days), "late" if days < 0 else ""), 0, Qt.AlignmentFlag.AlignTop)
    holder = QWidget()
    holder.setLayout(row)
    return holder


def _goal(goal: GoalSummary, today: date) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(theme.size("gap"), 0, 0, theme.size("unit"))
    column.setSpacing(theme.size("unit"))
    top = QHBoxLayout()
    top.setSpacing(theme.size("unit") * 2)
    quoted = words_label(f"“{goal.words}”" if goal.words else words("case.plan.unnamed"), wraps=True)
    top.addWidget(quoted, 1)
    if goal.importance is not None:
        top.addWidget(words_label(words("case.plan.importance", value=goal.importance), "muted"), 0)
    top.addWidget(badge(label(goal.status), "accent" if goal.status is GoalStatus.ACTIVE else ""), 0)
    for place in range(1, top.count()):
        item = top.itemAt(place)
        if item is not None:
            item.setAlignment(Qt.AlignmentFlag.AlignTop)
    column.addLayout(top)
    for action in goal.actions:
        if action.status in _OPEN_ACTIONS:
            column.addLayout(_action(action, today))
    return holder


def _action(action: ActionSummary, today: date) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(theme.size("gap"), 0, 0, 0)
    row.setSpacing(theme.size("unit") * 2)
    who = action.owner or words("case.plan.nobody")
    row.addWidget(words_label(words("case.plan.action", what=action.what, who=who), wraps=True), 1)
    if action.due is not None:
        days = (action.due - today).days
        due = badge(days_words(days), "late") if days < 0 else words_label(cui_date(action.due), "muted")
        due.setToolTip(cui_date(action.due))
        row.addWidget(due, 0, Qt.AlignmentFlag.AlignTop)
    elif action.when_words:
        row.addWidget(words_label(action.when_words, "muted"), 0, Qt.AlignmentFlag.AlignTop)
    return row
