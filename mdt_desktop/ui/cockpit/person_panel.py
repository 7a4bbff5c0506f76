"""The middle of the cockpit, in the order of a discussion: who, what they want, what is known, planned and said."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import ActionStatus, GoalStatus, PlanStatus
from mdt_desktop.domain.dates import age_on, cui_date
from mdt_desktop.domain.meeting import ItemState
from mdt_desktop.domain.tasks import is_overdue
from mdt_desktop.services.case_file import ActionSummary, PlanSummary
from mdt_desktop.services.meeting_room import TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner import PatientBanner
from mdt_desktop.ui.banner_content import banner_content
from mdt_desktop.ui.case_sentences import days_words
from mdt_desktop.ui.cockpit.view import CockpitView, PersonInTheRoom, clock_time, happened_lines, last_discussed
from mdt_desktop.ui.unsettled_mark import OpenByKey, UnsettledMark
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.lines import Line, Section, Sections
from mdt_desktop.ui.widgets.spark import Spark
from mdt_desktop.words import label, words

_OPEN_GOALS = {GoalStatus.PROPOSED, GoalStatus.ACTIVE, GoalStatus.PARTLY_ACHIEVED}
_OPEN_ACTIONS = {ActionStatus.TO_DO, ActionStatus.IN_PROGRESS}


class WhoStrip(QWidget):
    """The banner; with names hidden only initials and the age."""

    def __init__(self) -> None:
        super().__init__()
        self.banner = PatientBanner()
        self.initials = words_label("", "cockpit_initials")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        self._hidden = QFrame()
        theme.set_kind(self._hidden, "banner")
        inside = QHBoxLayout(self._hidden)
        inside.setContentsMargins(theme.size("page"), theme.size("gap"), theme.size("page"), theme.size("gap"))
        inside.addWidget(self.initials)
        inside.addWidget(words_label(words("cockpit.names_hidden"), "muted"), 1)
        column.addWidget(self._hidden)

    def show_person(self, person: PersonInTheRoom, today: date, *, names: bool) -> None:
        """Show who is discussed."""
        record = person.overview.person
        self.banner.show_person(banner_content(record, person.overview.flags, today))
        self.initials.setText(words("cockpit.initials", who=person.item.initials, age=age_on(record.born, today)))
        self.banner.setVisible(names)
        self._hidden.setVisible(not names)


class PersonPanel(Sections):
    """Scrolls only where somebody's plan is longer than three goals and six actions.

    `decide_requested` carries the conflict that somebody wants to decide.
    """

    decide_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__(words("cockpit.person"), theme.size("card"), theme.size("gap") - 2)
        column = self.column
        self._marks: dict[str, UnsettledMark] = {}
        column.addWidget(self._wants())
        self.question = Section(words("cockpit.question"), "Q", stays=True)
        self.since = Section(words("cockpit.since"))
        self.spark = Spark()
        self.since.top.addWidget(self.spark)
        self.plan = Section(words("cockpit.plan"), stays=True)
        self.notes = Section(words("cockpit.notes"), "N", stays=True)
        self.challenge = Section(words("cockpit.challenge"), "G")
        self.stable = words_label("", "muted", wraps=True)
        self._marks["question"] = self._marked(self.question)
        self._marks["challenge_answer"] = self._marked(self.challenge)
        for widget in (self.question, self.since, self.plan, self.challenge, self.notes, self.stable):
            column.addWidget(widget)
        column.addStretch(1)

    def _wants(self) -> QWidget:
        box = QFrame()
        theme.set_kind(box, "cockpit_words")
        column = QVBoxLayout(box)
        edge = theme.size("gap")
        column.setContentsMargins(edge, theme.size("unit") * 2, edge, theme.size("unit") * 2)
        column.setSpacing(theme.size("unit"))
        top = QHBoxLayout()
        self.wants_name = words_label("", "muted", wraps=True)
        view, carers = self._marks["persons_view"], self._marks["carers_view"] = UnsettledMark(box), UnsettledMark(box)
        for mark in (view, carers):
            mark.decide_requested.connect(self.decide_requested)
        top.addWidget(self.wants_name, 1)
        top.addWidget(view, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(words_label("V", "key"), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        self.wants = words_label("", "cockpit_quote", wraps=True, selectable=True)
        self.carer = words_label("", "body", wraps=True, selectable=True)
        column.addWidget(self.wants)
        column.addWidget(self.carer)
        column.addWidget(carers, 0, Qt.AlignmentFlag.AlignLeft)
        return box

    def _marked(self, section: Section) -> UnsettledMark:
        mark = UnsettledMark(section)
        mark.decide_requested.connect(self.decide_requested)
        section.top.insertWidget(2, mark)
        return mark

    def show_unsettled(self, item_id: str, found: OpenByKey) -> None:
        """Mark the words of somebody's place on the agenda that two people wrote differently."""
        of_item = {key[2]: it for key, it in found.items() if key[:2] == ("agenda_item", item_id)}
        why_not = of_item.get("persons_view_why_not")
        for column, mark in self._marks.items():
            mark.show_open(of_item.get(column) or (why_not if column == "persons_view" else None))

    def show_person(self, view: CockpitView, person: PersonInTheRoom) -> None:
        """Show somebody."""
        self._show_wants(person)
        item = person.item
        question = [Line(item.question)] if item.question else [Line(words("cockpit.question.none"), kind="muted")]
        self.question.show_lines(question)
        self._show_since(person, view.today)
        plan = person.overview.plan
        self.plan.show_lines(_plan_lines(plan, view.today), _plan_head(plan))
        self._show_challenge(person)
        notes = [
            Line(it.words, clock_time(it.written_at)) for it in person.discussion.notes if not it.replaced
        ]
        self.notes.show_lines(notes)
        suggested = person.discussion.suggests_removal and item.state in (ItemState.WAITING, ItemState.UNDER_WAY)
        self.stable.setText(words("cockpit.stable") if suggested else "")
        self.stable.setVisible(suggested)

    def scroll_to_top(self) -> None:
        """Another person is read from the top."""
        self.verticalScrollBar().setValue(0)

    def _show_wants(self, person: PersonInTheRoom) -> None:
        item = person.item
        kind = "cockpit_quote"
        if item.persons_view:
            name, text = words("cockpit.wants"), f"“{item.persons_view}”"
        elif item.persons_view_why_not:
            kind = "body"
            name, text = words("cockpit.wants"), words("cockpit.wants.why_not", why=item.persons_view_why_not)
        elif person.earlier_words:
            name, text = words("cockpit.wants.earlier"), f"“{person.earlier_words}”"
        else:
            kind = "muted"
            name, text = words("cockpit.wants"), words("cockpit.wants.none")
        self.wants_name.setText(name)
        self.wants.setText(text)
        if self.wants.property("kind") != kind:
            theme.set_kind(self.wants, kind)
        self.carer.setText(words("cockpit.carer", text=item.carers_view) if item.carers_view else "")
        self.carer.setVisible(bool(item.carers_view))

    def _show_since(self, person: PersonInTheRoom, today: date) -> None:
        scores = person.overview.scores
        tier = scores[-1].tier if scores else None
        self.spark.show_points([it.score for it in scores if it.score is not None], tier)
        self.spark.setVisible(len(scores) > 1)
        lines = [Line(words("cockpit.since.why", reasons=", ".join(label(it) for it in person.item.reasons)))]
        if not person.item.reasons:
            lines.clear()
        lines += [Line(text) for text in happened_lines(person)]
        lines += [_open_task(task, today) for task in person.discussion.open_tasks]
        beside = last_discussed(person)
        if tier is not None:
            beside = f"{label(tier)}. {beside}"
        self.since.show_lines(lines, beside)

    def _show_challenge(self, person: PersonInTheRoom) -> None:
        item = person.item
        if item.challenge is None:
            self.challenge.show_lines(())
            return
        lines = [Line(words(f"meeting.challenge.{item.challenge}"))]
        if item.challenge_answer:
            lines.append(Line(item.challenge_answer, kind="muted"))
        self.challenge.show_lines(lines)


def _plan_head(plan: PlanSummary | None) -> str:
    if plan is None:
        return words("cockpit.plan.none")
    if plan.status is PlanStatus.DRAFT:
        return words("cockpit.plan.draft", version=plan.version)
    return words("cockpit.plan.agreed", version=plan.version, day=cui_date(plan.agreed_on))


def _plan_lines(plan: PlanSummary | None, today: date) -> list[Line]:
    lines: list[Line] = []
    for need in plan.needs if plan is not None else ():
        goals = [goal for goal in need.goals if goal.status in _OPEN_GOALS]
        if not goals and need.goals:
            continue
        lines.append(Line(need.words or words("case.plan.unnamed"), kind="muted"))
        for goal in goals:
            text = f"“{goal.words}”" if goal.words else words("case.plan.unnamed")
            lines.append(Line(text, label(goal.status), indent=1))
            lines += [_plan_action(it, today) for it in goal.actions if it.status in _OPEN_ACTIONS]
    return lines


def _plan_action(action: ActionSummary, today: date) -> Line:
    who = action.owner or words("case.plan.nobody")
    text = words("case.plan.action", what=action.what, who=who)
    if action.due is None:
        return Line(text, action.when_words, indent=2)
    side, side_kind = _due(action.due, today, late=action.due < today)
    return Line(text, side, side_kind=side_kind, indent=2)


def _open_task(task: TaskSummary, today: date) -> Line:
    text = words("cockpit.task", what=task.what, who=task.owner)
    if task.due is None:
        return Line(text, label(task.status))
    side, side_kind = _due(task.due, today, late=is_overdue(task.status, task.due, today))
    return Line(text, side, side_kind=side_kind)


def _due(due: date, today: date, *, late: bool) -> tuple[str, str]:
    """The day something is due, or how late it is; and how that looks."""
    return (days_words((due - today).days), "late") if late else (cui_date(due), "muted")
