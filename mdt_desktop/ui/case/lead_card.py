"""The lead professional: agreed, or proposed by rule with its reason, with the need that decides and the age rule."""

from datetime import date
from functools import partial

from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.dates import age_on, cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_file import AllocationSummary, LeadProposal
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext
from mdt_desktop.ui.case.lead_choice import LeadChoice
from mdt_desktop.ui.case.view import CaseView, proposal_choice
from mdt_desktop.ui.case_sentences import proposal_reason
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.seen_values import SeenValues
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import FieldLabel, line, words_label
from mdt_desktop.ui.widgets.parts import Facts, beside, named
from mdt_desktop.words import label, people_count, words


class LeadCard(Card):
    """Stands on the overview and among the people. The `short` one asks for need and complexity only while they
    are needed: until a lead is agreed and a need is recorded."""

    def __init__(self, case: CaseContext, *, short: bool = False) -> None:
        super().__init__(words("case.lead.title"), " ")
        self._short = short
        self._case = case
        self._view: CaseView | None = None
        self._seen: SeenValues[tuple[str, str]] = SeenValues(self._shown_of)
        self.name = words_label("", "section", wraps=True, selectable=True)
        self.facts = Facts()
        self.why = words_label("", "body", wraps=True, selectable=True)
        self.problem = words_label("", "error", wraps=True)
        self.agree = Button(words("case.lead.agree"), self._on_agree, "plain", "lead")
        named(self.agree, "agree_lead")
        self.choose = Button(words("case.lead.choose"), self.choose_lead, "quiet")
        named(self.choose, "choose_lead")
        self.add_action(self.choose)
        self.buttons = QWidget()
        row = beside(self.agree)
        row.setContentsMargins(0, 0, 0, 0)
        self.buttons.setLayout(row)
        for widget in (self.name, self.facts, self.why, self.problem, self.buttons):
            self.body.addWidget(widget)
        self.describing = QWidget()
        self.body.addWidget(self.describing)
        self._needs = QVBoxLayout(self.describing)
        self._needs.setContentsMargins(0, 0, 0, 0)
        self._needs.setSpacing(theme.size("unit") * 2)
        self._needs.addWidget(line())
        self._add_needs()
        self.age_rule = words_label("", "help", wraps=True)
        settings = Button(words("case.lead.age_rule_change"), partial(case.settings_requested.emit, "age_rule"), "link")
        named(settings, "age_rule_settings")
        foot = QWidget()
        foot_row = beside(settings, stretch=False)
        foot_row.insertWidget(0, self.age_rule, 1)
        foot_row.setContentsMargins(0, 0, 0, 0)
        foot.setLayout(foot_row)
        self._needs.addWidget(foot)

    def _add_needs(self) -> None:
        """Primary need and complexity, changed in place: they decide on the lead."""
        self.need = chooser(words("case.lead.need"), [(it.value, label(it)) for it in PrimaryNeed])
        self.need.setObjectName("primary_need")
        self.complexity = chooser(words("case.lead.complexity"), [(it.value, label(it)) for it in Complexity])
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.size("gap"))
        grid.setVerticalSpacing(theme.size("unit") * 2)
        grid.setColumnStretch(1, 1)
        for place, (name, box) in enumerate(
            ((words("case.lead.need"), self.need), (words("case.lead.complexity"), self.complexity))
        ):
            grid.addWidget(FieldLabel(name, box), place, 0)
            grid.addWidget(box, place, 1)
            box.activated.connect(self._on_described)
        self._needs.addLayout(grid)

    def show_view(self, view: CaseView) -> None:
        """Show who leads, or who should."""
        self._view = view
        self._seen.shown_anew(lambda _: False)
        case = view.overview.case
        if case is None:
            return
        self.problem.hide()
        lead, proposal = view.overview.lead, view.proposal
        if lead is not None:
            self._show_lead(lead, view.overview.person.born)
        elif proposal is not None:
            self._show_proposal(view, proposal)
        else:
            self._show_nobody(view)
        self.buttons.setVisible(lead is None and proposal is not None)
        settled = lead is not None and case.primary_need is not PrimaryNeed.NOT_RECORDED
        self.describing.setVisible(not (self._short and settled))
        self.choose.setText(words("case.lead.change" if lead else "case.lead.choose"))
        for box, value in ((self.need, case.primary_need.value), (self.complexity, case.complexity.value)):
            # A list that is open is being chosen from: it is left alone.
            if not _is_open(box):
                box.setCurrentIndex(box.findData(value))
        self.age_rule.setText(words("case.lead.age_rule", rule=view.age_rule))
        rights = view.overview.rights
        for button in (self.agree, self.choose):
            permit(button, rights, Permission.AGREE_LEAD)
        for box in (self.need, self.complexity):
            permit(box, rights, Permission.EDIT_CASE)

    def _show_lead(self, lead: AllocationSummary, born: date) -> None:
        self.summary.setText(words("case.lead.agreed"))
        self.name.setText(lead.name)
        day = cui_date(lead.agreed_at.astimezone().date()) if lead.agreed_at else ""
        self.facts.show_rows(
            [
                (words("case.lead.works_for"), lead.works_for),
                (words("case.lead.telephone"), lead.telephone),
                (words("case.lead.agreed_on"), words("case.by_on", day=day, name=lead.agreed_by) if day else ""),
            ]
        )
        self.why.setText(why_agreed(lead, born))
        self.why.show()

    def _show_proposal(self, view: CaseView, proposal: LeadProposal) -> None:
        who = proposal.practitioner
        self.summary.setText(words("case.lead.proposed"))
        self.name.setText(who.name)
        self.facts.show_rows(
            [
                (words("case.lead.discipline"), label(who.discipline)),
                (words("case.lead.works_for"), who.works_for),
                (words("case.lead.telephone"), who.telephone),
                (words("case.lead.leads"), people_count(who.leads)),
            ]
        )
        self.why.setText(f"{proposal_reason(proposal)} {proposal_choice(view, proposal)}")
        self.why.show()

    def _show_nobody(self, view: CaseView) -> None:
        self.summary.setText(words("case.lead.none"))
        self.name.setText(words("case.lead.nobody"))
        self.facts.show_rows([])
        self.why.setText(self._case.messages.words_of(view.nobody) if view.nobody else "")
        self.why.setVisible(bool(view.nobody))

    def choose_lead(self) -> None:
        """Open the list of everybody who could lead."""
        if self._view is not None:
            self._case.open_sheet(LeadChoice(self._case, self._view))

    def _on_agree(self) -> None:
        view = self._view
        if view is None or view.proposal is None:
            return
        case_id, proposal, services = view.case_id, view.proposal, self._case.services
        self._case.command(
            lambda: services.allocations.agree(case_id, proposal.practitioner.id, proposal),
            words("case.lead.done", name=proposal.practitioner.name),
            on_error=self._on_refused,
        )

    def _shown_of(self, field: tuple[str, str]) -> object:
        case_id, column = field
        case = self._view.overview.case if self._view is not None else None
        if case is None or case.id != case_id:
            raise KeyError(field)
        return getattr(case, column)

    def _on_described(self) -> None:
        view = self._view
        if view is None or view.overview.case is None:
            return
        before = view.overview.case
        need, complexity = PrimaryNeed(self.need.currentData()), Complexity(self.complexity.currentData())
        if (need, complexity) == (before.primary_need, before.complexity):
            return
        services, seen, case_id = self._case.services, self._seen, before.id
        seen.note([(case_id, "primary_need"), (case_id, "complexity")])

        def describe(chosen_need: PrimaryNeed, chosen_complexity: Complexity) -> Changes:
            chosen = {(case_id, "primary_need"): chosen_need, (case_id, "complexity"): chosen_complexity}
            return seen.writing(
                chosen,
                lambda known: services.cases.describe(
                    case_id, chosen_need, chosen_complexity, {key[1]: value for key, value in known.items()}
                ),
            )

        what = words("case.lead.need_done", need=need)
        if complexity is not before.complexity:
            what = words("case.lead.complexity_done", complexity=complexity)
        self._case.command(
            lambda: describe(need, complexity),
            what,
            lambda _: lambda: describe(before.primary_need, before.complexity),
            on_error=self._on_refused,
        )

    def _on_refused(self, problem: Exception) -> None:
        self.problem.setText(words("form.error", message=self._case.messages.words_of(problem)))
        self.problem.show()


def why_agreed(lead: AllocationSummary, born: date) -> str:
    """Why this lead was agreed: the reason that was given, else the rule as it stood on that day."""
    if lead.override_reason:
        key = "case.lead.instead" if lead.proposed_name else "case.lead.without"
        return words(key, name=lead.proposed_name, reason=lead.override_reason)
    agreed_on = lead.agreed_at.astimezone().date() if lead.agreed_at else born
    return words(f"case.lead.rule.{lead.rule.value}", age=age_on(born, agreed_on), age_rule=lead.age_rule)


def _is_open(box: QComboBox) -> bool:
    return box.view().isVisible()
