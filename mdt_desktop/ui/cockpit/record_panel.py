"""The right of the cockpit: what is decided and agreed about the person, and who leads."""

from datetime import date

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import DecisionKind
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.meeting_room import DecisionSummary, TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case_sentences import proposal_reason
from mdt_desktop.ui.cockpit.view import CockpitView, PersonInTheRoom
from mdt_desktop.ui.widgets.lines import Line, Section, Sections
from mdt_desktop.words import label, words

_EARLIER_SHOWN = 4


class RecordPanel(Sections):
    """Decisions, actions and the lead; each section names the key that adds to it."""

    def __init__(self) -> None:
        super().__init__(words("cockpit.record_panel"), theme.size("card"), theme.size("gap"))
        theme.set_kind(self, "cockpit_record")
        self.decisions = Section(words("cockpit.decisions"), "D", stays=True)
        self.agreed = Section(words("cockpit.actions"), "A", stays=True)
        self.lead = Section(words("cockpit.lead"), "L", stays=True)
        self.earlier = Section(words("cockpit.in_force"))
        for widget in (self.decisions, self.agreed, self.lead, self.earlier):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def show_person(self, view: CockpitView, person: PersonInTheRoom) -> None:
        """Show what is recorded of somebody in this meeting, and what was decided before."""
        found = person.discussion
        self.decisions.show_lines([_decision(it) for it in found.decisions] or [_nothing("cockpit.decisions.none")])
        self.agreed.show_lines([_task(it, view.today) for it in found.tasks] or [_nothing("cockpit.actions.none")])
        self.lead.show_lines(_lead(person))
        before = [
            Line(it.words, cui_date(it.decided_at.astimezone().date()), kind="muted")
            for it in found.in_force[:_EARLIER_SHOWN]
        ]
        self.earlier.show_lines(before)


def _nothing(key: str) -> Line:
    return Line(words(key), kind="muted")


def _decision(decision: DecisionSummary) -> Line:
    side = "" if decision.kind is DecisionKind.OTHER else label(decision.kind)
    if decision.changed:
        return Line(decision.words, words("cockpit.decision.changed"), kind="muted")
    if not decision.is_agreed:
        return Line(decision.words, words("cockpit.decision.not_agreed"), side_kind="late")
    text = decision.words
    if decision.change_reason:
        text = words("cockpit.decision.because", text=text, reason=decision.change_reason)
    return Line(text, side)


def _task(task: TaskSummary, today: date) -> Line:
    text = words("cockpit.task", what=task.what, who=task.owner)
    if task.status is TaskStatus.REFUSED:
        refused = words("cockpit.task.refused", text=text, reason=task.status_reason)
        return Line(refused, label(task.status), side_kind="late")
    return Line(text, cui_date(task.due) if task.due else words("cockpit.task.no_day"))


def _lead(person: PersonInTheRoom) -> list[Line]:
    lead, proposal = person.overview.lead, person.proposal
    lines = []
    if lead is not None:
        day = cui_date(lead.agreed_at.astimezone().date()) if lead.agreed_at is not None else ""
        lines.append(Line(lead.name, words("cockpit.lead.agreed", day=day)))
    if proposal is None:
        return lines or [_nothing("cockpit.lead.nobody")]
    if lead is None:
        lines.append(Line(proposal.practitioner.name, words("cockpit.lead.proposed"), kind="strong"))
        lines.append(Line(proposal_reason(proposal), kind="muted"))
    elif lead.practitioner_id != proposal.practitioner.id:
        text = words("cockpit.lead.rule_proposes", name=proposal.practitioner.name, why=proposal_reason(proposal))
        lines.append(Line(text, kind="muted"))
    return lines

