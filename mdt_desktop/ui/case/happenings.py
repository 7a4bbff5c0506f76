"""Two cards of the overview: what happened between the meetings, and the actions that the meetings agreed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.happenings import HandoverState
from mdt_desktop.domain.tasks import UNFINISHED, TaskStatus, is_overdue
from mdt_desktop.services.happenings import SinceLastTime
from mdt_desktop.services.tasks import TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.happening_sheets import CameHomeSheet, HappeningSheet, SaidBackSheet
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named
from mdt_desktop.words import label, words

_LATELY = 5
_OPEN_SHOWN = 6


@dataclass(frozen=True, slots=True)
class HappenedLine:
    """One thing that happened: on which day, in words; `ends` opens the sheet that ends it, with its verb."""

    day: date
    text: str
    verb: str = ""
    record_id: str = ""


def happened_lines(since: SinceLastTime) -> list[HappenedLine]:
    """Everything that happened, the latest first."""
    lines = []
    for stay in since.episodes:
        key = "stay_over" if stay.discharged_on else "stay"
        text = words(
            f"case.happened.line.{key}", hospital=stay.hospital or words("case.happened.a_hospital"),
            reason=stay.reason, admitted=cui_date(stay.admitted_on),
        ).rstrip(": ")  # fmt: skip
        lines.append(
            HappenedLine(
                stay.discharged_on or stay.admitted_on, text, "" if stay.discharged_on else "came_home", stay.id
            )
        )
    lines += [
        HappenedLine(it.happened_on, words("case.happened.line.other", what=label(it.kind), said=it.words).rstrip(": "))
        for it in since.happenings
    ]
    lines += [
        HappenedLine(
            it.referred_on,
            words("case.happened.line.referral" if it.item_id is None else "case.happened.line.referral_over",
                  question=it.question),
        )
        for it in since.referrals
    ]  # fmt: skip
    for it in since.handovers:
        over = it.state is HandoverState.UNDERSTOOD
        key = "handover_over" if over else "handover"
        text = words(f"case.happened.line.{key}", to=it.to, need=it.need)
        lines.append(HappenedLine(it.sent_at.astimezone().date(), text, "" if over else "said_back", it.id))
    return sorted(lines, key=lambda line: line.day, reverse=True)


class HappenedCard(Card):
    """What happened lately, with the button that logs something new."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.happened.title"), " ")
        self._case = case
        self.log = named(Button(words("case.happened.log"), self.add, "quiet", "add"), "log_happening")
        self.add_action(self.log)
        self._since: SinceLastTime | None = None

    def show_view(self, view: CaseView) -> None:
        """Read what happened and show the latest."""
        person_id, services = view.person_id, self._case.services
        self._case.query(lambda: services.happenings.of_person(person_id), self._on_read, self, "happenings")

    def add(self) -> None:
        """Open the sheet for something new."""
        view = self._case.view
        if view is not None:
            self._case.open_sheet(HappeningSheet(self._case, view))

    def _on_read(self, since: SinceLastTime) -> None:
        if since == self._since:
            return
        self._since = since
        clear(self.body)
        lines = happened_lines(since)
        self.summary.setText("" if len(lines) <= _LATELY else words("case.happened.more", of=len(lines), shown=_LATELY))
        if not lines:
            self.body.addWidget(words_label(words("case.happened.none"), "muted", wraps=True))
        for shown in lines[:_LATELY]:
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(words_label(shown.text, wraps=True, selectable=True), 1)
            if shown.verb:
                button = Button(words(f"case.happened.{shown.verb}"), self._ends(shown), "quiet")
                row.addWidget(named(button, f"{shown.verb}_{shown.record_id}"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(words_label(cui_date(shown.day), "muted"), 0, Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(row)

    def _ends(self, shown: HappenedLine) -> Callable[[], None]:
        def open_it() -> None:
            view, since = self._case.view, self._since
            if view is None or since is None:
                return
            if shown.verb == "came_home":
                stay = next(it for it in since.episodes if it.id == shown.record_id)
                self._case.open_sheet(CameHomeSheet(self._case, view, stay))
            else:
                handover = next(it for it in since.handovers if it.id == shown.record_id)
                self._case.open_sheet(SaidBackSheet(self._case, handover))

        return open_it


class TasksCard(Card):
    """What meetings agreed about the person: all that is not finished, and how many are."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.tasks.title"), " ")
        self._case = case
        self.worklist = named(
            Button(words("case.tasks.worklist"), case.worklist_requested.emit, "quiet"), "to_worklist"
        )
        self.add_action(self.worklist)
        self._shown: tuple[TaskSummary, ...] | None = None

    def show_view(self, view: CaseView) -> None:
        """Read the actions of the case and show them; without any the card is not there."""
        case_id, services, today = view.case_id, self._case.services, view.today
        self.setVisible(bool(self._shown))
        self._case.query(
            lambda: services.tasks.all_of_case(case_id), lambda found: self._on_read(found, today), self, "tasks"
        )

    def _on_read(self, found: Sequence[TaskSummary], today: date) -> None:
        self.setVisible(bool(found))
        if tuple(found) == self._shown:
            return
        self._shown = tuple(found)
        clear(self.body)
        unfinished = [it for it in found if it.status in (*UNFINISHED, TaskStatus.REFUSED)]
        self.summary.setText(words("case.tasks.summary", open=len(unfinished), done=len(found) - len(unfinished)))
        for task in unfinished[:_OPEN_SHOWN]:
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(words_label(words("case.tasks.line", what=task.what, owner=task.owner), wraps=True), 1)
            if task.status is not TaskStatus.OPEN:
                row.addWidget(badge(label(task.status)), 0, Qt.AlignmentFlag.AlignTop)
            late = is_overdue(task.status, task.due, today)
            due = cui_date(task.due) if task.due is not None else words("case.tasks.no_day")
            text = words("case.tasks.late", day=due, days=(today - task.due).days) if late and task.due else due
            row.addWidget(words_label(text, "late" if late else "muted"), 0, Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(row)
