"""The first tab: where the case stands, what is missing, the plan in short, who leads, risk and consent."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.case_file import ConsentSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.happenings import HappenedCard, TasksCard
from mdt_desktop.ui.case.last_contacts import LastContactsCard
from mdt_desktop.ui.case.lead_card import LeadCard
from mdt_desktop.ui.case.next_steps import MENDED_BY, Gap, Mend, gaps
from mdt_desktop.ui.case.plan_short import ContingencyCard, PlanCard
from mdt_desktop.ui.case.stage_card import StageCard
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.columns import Columns, Scroller
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import Facts, beside, clear, named
from mdt_desktop.ui.widgets.spark import Spark
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.words import label, words


class OverviewTab(Tab):
    """One page; where the person has no case yet it only offers to open one."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.scroller = Scroller(words("case.tab.overview"))
        column.addWidget(self.scroller)
        self.no_case = EmptyState(
            words("case.none.title"),
            words("case.none.detail"),
            icon="case",
            step=words("case.none.open"),
            on_step=self._on_open_case,
        )
        self.no_case.step.setObjectName("open_case")
        self.no_case.hide()
        column.addWidget(self.no_case)
        self.stage = StageCard(case)
        self.gaps = GapsCard(case)
        self.plan = PlanCard(case)
        self.contingency = ContingencyCard()
        self.contacts = LastContactsCard(case)
        self.tasks, self.happened = TasksCard(case), HappenedCard(case)
        self.lead = LeadCard(case, short=True)
        self.risk = RiskCard(case)
        self.consent = ConsentCard(case)
        self._needed: dict[Card, Permission] = {
            self.plan: Permission.SEE_PLAN,
            self.contacts: Permission.SEE_HISTORY,
            self.risk: Permission.SEE_RISK,
            self.consent: Permission.SEE_CONSENT,
        }
        self.scroller.column.addWidget(self.stage)
        two = Columns()
        two.add(6, self.gaps, self.plan, self.tasks, self.contingency, self.contacts)
        two.add(5, self.happened, self.lead, self.risk, self.consent)
        self.scroller.column.addWidget(two)
        self.scroller.column.addStretch(1)

    def show_view(self, view: CaseView) -> None:
        has_case = view.overview.case is not None
        self.scroller.setVisible(has_case)
        self.no_case.setVisible(not has_case)
        rights = view.overview.rights
        permit(self.no_case.step, rights, Permission.EDIT_CASE)
        for part, needed in self._needed.items():
            part.setVisible(rights.may(needed))
        if not has_case:
            return
        for card in (
            self.stage,
            self.gaps,
            self.plan,
            self.tasks,
            self.happened,
            self.contingency,
            self.contacts,
            self.lead,
            self.risk,
            self.consent,
        ):
            card.show_view(view)

    def mend(self, what: Mend) -> bool:
        """Do what can be done on this tab; False for what belongs elsewhere."""
        if what is Mend.AGREE_LEAD:
            self._show(self.lead.agree)
        elif what is Mend.CHOOSE_LEAD:
            self.lead.choose_lead()
        elif what is Mend.SET_NEED:
            self._show(self.lead.need)
        else:
            return False
        return True

    def _show(self, widget: QWidget) -> None:
        self.scroller.ensureWidgetVisible(self.lead)
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_open_case(self) -> None:
        view = self.case.view
        if view is not None:
            person_id, services = view.person_id, self.case.services
            self.case.command(lambda: services.cases.open(person_id), words("case.none.opened"))


class GapsCard(Card):
    """What is missing: each thing with the button that mends it."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.gaps.title"), " ")
        self._case = case
        self.body.setSpacing(0)
        self._shown: tuple[Gap, ...] | None = None

    def show_view(self, view: CaseView) -> None:
        """Show the gaps; made anew only when there are others."""
        found = gaps(view)
        self.setVisible(bool(found))
        if found == self._shown:
            return
        self._shown = found
        self.summary.setText("")
        clear(self.body)
        for gap in found:
            row = QHBoxLayout()
            row.setSpacing(theme.size("gap"))
            row.addWidget(words_label(gap.words, wraps=True), 1)
            verb = words(f"case.mend.{gap.mend.value}")
            button = Button(verb, partial(self._case.mend, gap.mend), "quiet")
            permit(button, view.overview.rights, MENDED_BY[gap.mend])
            named(button, f"gap_{gap.key}", f"{verb}: {gap.words}")
            row.addWidget(button)
            self.body.addLayout(row)


class RiskCard(Card):
    """Tier with its trend, and what the last run said."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.risk.title"), " ")
        self._case = case
        more = Button(words("case.risk.more"), lambda: case.mend_requested.emit("risk"), "quiet")
        self.add_action(named(more, "show_risk"))
        self.tier: TierBadge | None = None
        self.spark = Spark()
        self._top = beside(self.spark)
        self.body.addLayout(self._top)
        self.words = words_label("", "muted", wraps=True, selectable=True)
        self.body.addWidget(self.words)

    def show_view(self, view: CaseView) -> None:
        """Show the tier of the practice's latest run and the person's last scores."""
        case, scores = view.overview.case, view.overview.scores
        self.summary.setText("")
        tier = case.tier if case else None
        if tier is not None and self.tier is None:
            self.tier = TierBadge(tier)
            self._top.insertWidget(0, self.tier)
        if self.tier is not None:
            self.tier.setVisible(tier is not None)
            if tier is not None:
                self.tier.show_tier(tier)
        points = tuple(it.score for it in scores if it.score is not None)
        self.spark.show_points(points, tier)
        self.spark.setVisible(len(points) > 1)
        self.words.setText(self._text(view))

    def _text(self, view: CaseView) -> str:
        scores = view.overview.scores
        if not scores:
            return words("case.risk.none")
        last = scores[-1]
        day = cui_date(last.run_date)
        parts = []
        if last.score is not None:
            parts.append(words("case.risk.score", score=f"{last.score:g}", day=day))
        if last.rank is not None:
            parts.append(words("case.risk.rank_of", rank=last.rank, of=last.list_size))
        if len(scores) > 1 and last.score is not None and scores[0].score is not None:
            parts.append("\n" + words("case.risk.was", score=f"{scores[0].score:g}", day=cui_date(scores[0].run_date)))
        if view.overview.case and view.overview.case.tier is None:
            parts.append(words("case.risk.not_in_latest"))
        return " ".join(parts).replace(" \n", "\n") or words("case.risk.tier_only", day=day)


class ConsentCard(Card):
    """The decision in force and what it allows."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(words("case.consent.title"), " ")
        self.record = Button(words("case.mend.record_consent"), partial(case.mend, Mend.RECORD_CONSENT), "quiet")
        self.add_action(named(self.record, "to_consent"))
        self.means = words_label("", "body", wraps=True)
        self.facts = Facts()
        self.body.addWidget(self.means)
        self.body.addWidget(self.facts)

    def show_view(self, view: CaseView) -> None:
        """Show what is in force."""
        permit(self.record, view.overview.rights, Permission.EDIT_CONSENT)
        consent = view.overview.consent
        self.summary.setText(label(consent.status))
        self.means.setText(consent_means(consent))
        rows = consent_rows(consent)
        self.facts.show_rows([*rows[:2], *rows[3:4]])


def consent_means(consent: ConsentSummary) -> str:
    """What a decision means for sharing, in a sentence."""
    key = "may" if consent.may_share else consent.status.value
    means = words(f"case.consent.means.{key}")
    return f"{means} {words('case.consent.means.in_doubt')}" if consent.is_in_doubt else means


def consent_rows(consent: ConsentSummary) -> list[tuple[str, str]]:
    """The facts of a decision."""
    if consent.status is ConsentStatus.NOT_ASKED:
        return []
    return [
        (words("case.consent.basis"), label(consent.basis) if consent.basis else ""),
        (words("case.consent.shared_with"), consent.shared_with),
        (words("case.consent.shared_what"), consent.shared_what),
        (
            words("case.consent.decided"),
            words("case.by_on", day=cui_date(consent.decided_on), name=consent.decided_by or consent.recorded_by),
        ),
        (words("case.consent.evidence"), consent.evidence),
        (words("case.consent.recorded_by"), consent.recorded_by),
    ]

