"""The risk tab: this person's tier and trend, what each run said, and the practice's tiers expected against actual."""

import importlib
from enum import IntEnum
from typing import Protocol, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.risk import Tier, TierCount, compare_counts
from mdt_desktop.services.case_file import RunSummary, ScoreSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.cells import TierDelegate
from mdt_desktop.ui.widgets.columns import Columns, Scroller
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import Facts, beside
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.words import label, words

_MOST_ROWS = 12


class Chart(Protocol):
    """What the chart module's widget can do; the module is loaded when a chart is first shown."""

    def show_scores(self, scores: tuple[ScoreSummary, ...]) -> None:
        """Draw these runs, the oldest first."""


class RunColumn(IntEnum):
    """The columns of the person's runs."""

    DAY = 0
    TIER = 1
    SCORE = 2
    RANK = 3
    ADMISSIONS = 4
    TOOL = 5
    APPROACH = 6


class TierColumn(IntEnum):
    """The columns of expected against actual."""

    TIER = 0
    EXPECTED = 1
    ACTUAL = 2
    DIFFERENCE = 3


class RiskTab(Tab):
    """Reads nothing that is not in the view but the practice's runs."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        scroller = Scroller(words("case.tab.risk"))
        column.addWidget(scroller)
        self.chart: Chart | None = None
        self._scores: tuple[ScoreSummary, ...] = ()
        top = Columns()
        scroller.column.addWidget(top)
        self.trend = Card(words("case.risk.trend"), "")
        self.trend.setMinimumHeight(round(292 * theme.current().scale))
        self.trend_none = words_label(words("case.risk.no_trend"), "muted", wraps=True)
        self.trend.body.addWidget(self.trend_none, 0, Qt.AlignmentFlag.AlignTop)
        top.add(5, self._make_now(), fill=True)
        top.add(7, self.trend, fill=True)
        scroller.column.addWidget(self._make_practice())
        scroller.column.addWidget(self._make_runs())
        scroller.column.addStretch(1)

    def _make_now(self) -> QWidget:
        self.now = Card(words("case.risk.now"), " ")
        self.tier = TierBadge(Tier.BELOW)
        self.place = words_label("", "strong", wraps=True, selectable=True)
        top = beside(self.tier, stretch=False)
        top.addWidget(self.place, 1)
        self.facts = Facts()
        self.note = words_label(words("case.risk.frailty_note"), "help", wraps=True)
        self.now.body.addLayout(top)
        self.now.body.addWidget(self.facts)
        self.now.body.addWidget(self.note)
        self.now.body.addStretch(1)
        return self.now

    def _make_runs(self) -> QWidget:
        self.runs_card = Card(words("case.risk.runs"), " ")
        self.runs = RowTable(words("case.risk.runs"))
        self.run_model = ListTableModel[ScoreSummary](
            {
                RunColumn.DAY: Column(words("case.risk.run_day"), lambda it: cui_date(it.run_date), 120, whole=True),
                RunColumn.TIER: Column(words("case.risk.tier"), lambda it: label(it.tier), 130),
                RunColumn.SCORE: Column(words("case.risk.score_head"), lambda it: _number(it.score), 80, figures=True),
                RunColumn.RANK: Column(words("case.risk.rank_head"), _rank, 130, figures=True),
                RunColumn.ADMISSIONS: Column(
                    words("case.risk.admissions_short"),
                    lambda it: "" if it.emergency_admissions is None else str(it.emergency_admissions),
                    150,
                    figures=True,
                    heading_tip=words("case.risk.admissions"),
                ),
                RunColumn.TOOL: Column(words("case.risk.tool"), _tool, 190, roomy=True),
                RunColumn.APPROACH: Column(words("case.risk.approach"), lambda it: label(it.approach), 200),
            }
        )
        self.runs.show_model(self.run_model)
        self.runs.paint_column(RunColumn.TIER, TierDelegate(lambda it: it.tier))
        self.runs_card.body.addWidget(self.runs)
        return self.runs_card

    def _make_practice(self) -> QWidget:
        self.practice = Card(words("case.risk.practice"), " ")
        self.tiers = RowTable(words("case.risk.practice"))
        self.tier_model = ListTableModel[TierCount](
            {
                TierColumn.TIER: Column(words("case.risk.tier"), lambda it: label(it.tier), 150),
                TierColumn.EXPECTED: Column(
                    words("case.risk.expected"), lambda it: _share(it.expected, it.expected_share), 140, figures=True
                ),
                TierColumn.ACTUAL: Column(
                    words("case.risk.actual"), lambda it: _share(it.actual, it.actual_share), 140, figures=True
                ),
                TierColumn.DIFFERENCE: Column(words("case.risk.difference"), _difference, 220),
            }
        )
        self.tiers.show_model(self.tier_model)
        self.tiers.paint_column(TierColumn.TIER, TierDelegate(lambda it: it.tier))
        _fit_height(self.tiers, 3)
        self.approach = words_label("", "muted", wraps=True, selectable=True)
        self.practice.body.addWidget(self.tiers)
        self.practice.body.addWidget(self.approach)
        return self.practice

    def show_view(self, view: CaseView) -> None:
        scores = view.overview.scores
        self._scores = scores
        last = scores[-1] if scores else None
        self.tier.setVisible(last is not None)
        self.place.setText(words("case.risk.none") if last is None else _place(last))
        self.now.summary.setText(words("case.risk.as_of", day=cui_date(last.run_date)) if last else "")
        if last is not None:
            self.tier.show_tier(last.tier)
        self.facts.show_rows(_facts(last) if last else [])
        self.note.setVisible(last is not None and last.frailty_index is not None)
        self.run_model.show(tuple(reversed(scores)))
        self.runs_card.setVisible(bool(scores))
        self.runs_card.summary.setText(words("case.risk.run_count", count=len(scores)))
        _fit_height(self.runs, min(len(scores), _MOST_ROWS))
        points = sum(it.score is not None for it in scores)
        self.trend_none.setVisible(points < 2)
        if points >= 2:
            # The chart's library takes a third of a second to load: the words are painted first.
            QTimer.singleShot(0, self, self._show_chart)
        practice_id, case_file = view.overview.person.practice_id, self.case.services.case_file
        self.case.query(lambda: case_file.practice_runs(practice_id), self._on_runs, self, "runs")

    def _show_chart(self) -> None:
        if self.chart is None:
            module = importlib.import_module("mdt_desktop.ui.case.trend_chart")
            made: QWidget = module.TrendChart()
            # As high as its card, which is as high as what is known now, whatever the chart would like to be.
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            self.trend.body.addWidget(made, 1)
            self.chart = cast(Chart, made)
        self.chart.show_scores(self._scores)

    def _on_runs(self, runs: list[RunSummary]) -> None:
        self.practice.setVisible(bool(runs))
        if not runs:
            return
        run = runs[0]
        counts = compare_counts(
            run.list_size, {Tier.VERY_HIGH: run.very_high, Tier.HIGH: run.high, Tier.MODERATE: run.moderate}
        )
        self.practice.summary.setText(
            words("case.risk.practice_of", name=run.practice_name, day=cui_date(run.run_date), of=run.list_size)
        )
        self.tier_model.show(counts)
        self.approach.setText(
            "  ".join(part for part in (run.approach_words or label(run.approach), _named_tool(run)) if part)
        )


def _named_tool(run: RunSummary) -> str:
    return words("case.risk.tool_line", tool=f"{run.tool} {run.tool_version}".strip()) if run.tool else ""


def _facts(last: ScoreSummary) -> list[tuple[str, str]]:
    admissions = ""
    if last.emergency_admissions is not None:
        admissions = words("case.risk.in_a_year", count=last.emergency_admissions)
    frailty = "" if last.frailty_index is None else words("case.risk.frailty_value", value=f"{last.frailty_index:g}")
    return [
        (words("case.risk.score_head"), _number(last.score)),
        (words("case.risk.admissions_fact"), admissions),
        (words("case.risk.conditions"), last.long_term_conditions),
        (words("case.risk.frailty"), frailty),
        (words("case.risk.tool"), _tool(last)),
        (words("case.risk.approach_fact"), label(last.approach)),
    ]


def _place(last: ScoreSummary) -> str:
    if last.rank is None:
        return words("case.risk.of_list", of=last.list_size)
    return words("case.risk.rank_of", rank=last.rank, of=last.list_size)


def _number(score: float | None) -> str:
    return "" if score is None else f"{score:g}"


def _rank(it: ScoreSummary) -> str:
    return "" if it.rank is None else words("case.risk.rank_short", rank=it.rank, of=it.list_size)


def _tool(it: ScoreSummary) -> str:
    return f"{it.tool} {it.tool_version}".strip()


def _share(count: int, share: float) -> str:
    return words("case.risk.share", count=count, share=f"{share:.1f}")


def _difference(it: TierCount) -> str:
    if it.difference == 0:
        return words("case.risk.as_expected")
    key = "case.risk.more_than" if it.difference > 0 else "case.risk.fewer_than"
    return words(key, count=abs(it.difference))


def _fit_height(table: RowTable, rows: int) -> None:
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    # A pixel and a padding of one at either edge; more would show as a row of nothing.
    table.setFixedHeight(table.horizontalHeader().sizeHint().height() + theme.size("row") * rows + 4)
