"""The tabs that lead to the assessments and to the plan: what there is, how far it is, and the button to go on."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from mdt_desktop.bootstrap import Services
from mdt_desktop.domain.assessment import AssessmentStatus, PartState, PartStatus
from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_file import AssessmentSummary, PlanVersion
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.case_sentences import days_words
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.parts import badge, beside, clear, named
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.words import label, vocabulary, words

JOINT = "joint-assessment"
QUESTIONNAIRES = (JOINT, "care-act-evidence", "phq-9", "ons4")
"""The shipped questionnaires in the order they are offered."""

_TONES = {
    AssessmentStatus.COMPLETED: "good",
    AssessmentStatus.IN_PROGRESS: "accent",
    AssessmentStatus.AMENDED: "late",
}
_PART_TONES = {
    PartStatus.SIGNED: "good",
    PartStatus.STARTED: "accent",
    PartStatus.CHANGED_SINCE_SIGNED: "late",
}
Parts = dict[str, tuple[PartState, ...]]


def questionnaire_name(name: str) -> str:
    """The title of a questionnaire."""
    key = f"case.questionnaire.{name}"
    return label(key) if key in vocabulary().labels else name


class AssessmentTab(Tab):
    """Assessments with their state and the parts that are signed."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.scroller = Scroller(words("case.tab.assessment"))
        column.addWidget(self.scroller)
        self.empty = EmptyState(
            words("case.assessment.none"),
            words("case.assessment.none_detail"),
            icon="assessment",
            step=words("case.mend.start_assessment"),
            on_step=lambda: case.assessment_requested.emit("", JOINT),
        )
        self.empty.step.setObjectName("start_assessment")
        column.addWidget(self.empty)
        self.card = Card(words("case.assessment.title"), " ")
        self.start = Button(words("case.assessment.start"), None, "plain", "add")
        named(self.start, "start_menu")
        menu = QMenu(self.start)
        for name in QUESTIONNAIRES:
            action = menu.addAction(questionnaire_name(name))
            action.triggered.connect(lambda _=False, it=name: case.assessment_requested.emit("", it))
        self.start.setMenu(menu)
        self.card.add_action(self.start)
        self.scroller.column.addWidget(self.card)
        self.scroller.column.addStretch(1)
        self._shown: tuple[tuple[AssessmentSummary, ...], Parts] | None = None

    def show_view(self, view: CaseView) -> None:
        found = view.overview.assessments
        for button in (self.empty.step, self.start):
            permit(button, view.overview.rights, Permission.EDIT_ASSESSMENT)
        self.empty.setVisible(not found)
        self.scroller.setVisible(bool(found))
        services = self.case.services

        def read() -> tuple[tuple[AssessmentSummary, ...], Parts]:
            return found, {it.id: _parts_of(services, it.id) for it in found}

        self.case.query(read, self._on_parts, self, "assessments")

    def _on_parts(self, answer: tuple[tuple[AssessmentSummary, ...], Parts]) -> None:
        if answer == self._shown:
            return
        self._shown = answer
        found, parts = answer
        clear(self.card.body)
        self.card.summary.setText(words("case.count", count=len(found)))
        for number, it in enumerate(found):
            if number:
                self.card.body.addWidget(line())
            self.card.body.addWidget(self._row(it, parts.get(it.id, ())))

    def _row(self, it: AssessmentSummary, parts: tuple[PartState, ...]) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, theme.size("unit"), 0, theme.size("unit"))
        row.setSpacing(theme.size("gap"))
        left = QVBoxLayout()
        left.setSpacing(theme.size("unit"))
        title = questionnaire_name(it.questionnaire)
        left.addLayout(beside(words_label(title, "strong"), badge(label(it.status), _TONES[it.status])))
        started = it.started_at.astimezone()
        key = "case.assessment.answers_one" if it.answers == 1 else "case.assessment.answers"
        answers = words(key, count=it.answers)
        text = words("case.assessment.started", day=cui_date(started.date()), name=it.started_by, answers=answers)
        if it.last_answered_at:
            last = it.last_answered_at.astimezone()
            text += words("case.assessment.last", day=cui_date(last.date()), time=cui_time(last))
        left.addWidget(words_label(text, "muted", wraps=True))
        if len(parts) > 1:
            signed = sum(state.status is PartStatus.SIGNED for state in parts)
            left.addWidget(words_label(words("case.assessment.parts", count=signed, of=len(parts))))
        if len(parts) > 1 or any(state.signed_by for state in parts):
            left.addWidget(_part_badges(parts))
        row.addLayout(left, 1)
        verb = "case.assessment.continue" if it.status is AssessmentStatus.IN_PROGRESS else "case.assessment.open"
        button = Button(words(verb), partial(self.case.assessment_requested.emit, it.id, it.questionnaire), "plain")
        named(button, f"open_{it.questionnaire}", f"{words(verb)}: {title}")
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return holder


def _parts_of(services: Services, assessment_id: str) -> tuple[PartState, ...]:
    """Where each part stands; none for a form that this version of the program does not know."""
    try:
        return services.assessment_reading.open(assessment_id).parts
    except BadInput:
        return ()


def _part_badges(parts: tuple[PartState, ...]) -> QWidget:
    """Each part with where it stands, in words and in tone; who signed it is in the words too."""
    holder = QWidget()
    flow = flowing(holder, theme.size("unit") * 2, theme.size("unit"))
    for state in parts:
        text = label(state.status)
        if len(parts) > 1:
            text = words("case.assessment.part", part=state.part.name, status=text)
        if state.signed_by:
            text = words("case.assessment.part_by", part=text, name=state.signed_by)
        flow.addWidget(badge(text, _PART_TONES.get(state.status, "")))
    return holder


class PlanTab(Tab):
    """The versions of the joint care plan; the draft first, the agreed one to print."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.scroller = Scroller(words("case.tab.plan"))
        column.addWidget(self.scroller)
        self.sheet = Button(words("case.plan.print_sheet"), self._on_sheet, "plain", "print")
        named(self.sheet, "print_sheet")
        self.empty = EmptyState(
            words("case.plan.none_title"),
            words("case.plan.none_detail"),
            icon="care_plan",
            step=words("case.mend.start_plan"),
            on_step=case.plan_requested.emit,
            other=self.sheet,
        )
        self.empty.step.setObjectName("start_plan")
        column.addWidget(self.empty)
        self.card = Card(words("case.plan.title"), " ")
        self.open = Button(words("case.plan.go_on"), case.plan_requested.emit, "plain", "care_plan")
        named(self.open, "write_plan")
        self.card.add_action(self.open)
        self.scroller.column.addWidget(self.card)
        self.scroller.column.addStretch(1)
        self._shown: object = None

    def show_view(self, view: CaseView) -> None:
        found = view.overview.plan_versions
        rights = view.overview.rights
        for button, needed in (
            (self.empty.step, Permission.EDIT_PLAN),
            (self.sheet, Permission.PRINT),
            (self.open, Permission.EDIT_PLAN),
        ):
            permit(button, rights, needed)
        self.empty.setVisible(not found)
        self.scroller.setVisible(bool(found))
        draft = bool(found) and found[0].status is PlanStatus.DRAFT
        self.open.setText(words("case.plan.go_on" if draft else "case.plan.new_version"))
        if (found, view.today, rights) == self._shown:
            return
        self._shown = (found, view.today, rights)
        clear(self.card.body)
        key = "case.plan.versions_one" if len(found) == 1 else "case.plan.versions"
        self.card.summary.setText(words(key, count=len(found)))
        for number, it in enumerate(found):
            if number:
                self.card.body.addWidget(line())
            self.card.body.addWidget(self._row(it, view))

    def _on_sheet(self) -> None:
        if self.case.view is not None:
            self.case.print_requested.emit(self.case.view.person_id)

    def _row(self, it: PlanVersion, view: CaseView) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, theme.size("unit"), 0, theme.size("unit"))
        grid.setHorizontalSpacing(theme.size("gap"))
        grid.setVerticalSpacing(theme.size("unit"))
        grid.setColumnStretch(0, 1)
        tone = {PlanStatus.AGREED: "good", PlanStatus.DRAFT: "accent"}.get(it.status, "")
        head = words("case.plan.version", version=it.version)
        top = beside(words_label(head, "strong"), badge(label(it.status), tone))
        if it.status is PlanStatus.AGREED and it.review_due is not None:
            days = (it.review_due - view.today).days
            if days < 0:
                top.insertWidget(2, badge(days_words(days), "late"))
        grid.addLayout(top, 0, 0)
        started = it.started_at.astimezone().date()
        parts = [words("case.plan.started", day=cui_date(started), name=it.started_by)]
        if it.agreed_on is not None:
            parts.append(words("case.plan.agreed", day=cui_date(it.agreed_on), name=it.agreed_name))
        if it.review_due is not None:
            parts.append(words("case.plan.review_on", day=cui_date(it.review_due)))
        grid.addWidget(words_label("  ".join(parts), "muted", wraps=True), 1, 0)
        if it.status is not PlanStatus.DRAFT:
            read = Button(words("case.plan.read"), partial(self.case.plan_version_requested.emit, it.id), "quiet")
            named(read, f"read_{it.version}", f"{words('case.plan.read')}: {head}")
            grid.addWidget(read, 0, 1, 2, 1)
        if it.status is PlanStatus.AGREED:
            button = Button(words("case.plan.print"), partial(self.case.print_requested.emit, it.id), "plain", "print")
            named(button, "print_version", f"{words('case.plan.print')}: {head}")
            permit(button, view.overview.rights, Permission.PRINT)
            grid.addWidget(button, 0, 2, 2, 1)
        return holder
