"""The figures page: whether decisions are done, how the team finds its meetings, and what it wants to do better."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.domain.pulse import FEWEST_SHOWN, PulsePart
from mdt_desktop.domain.scoreboard import SMALLEST_SHOWN, Dimension, Score
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.meeting_results import PulseOfMeeting, Scoreboard
from mdt_desktop.services.meetings import MeetingSummary, MemberSummary, SeriesSummary
from mdt_desktop.services.tasks import NewTask, TaskSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.figures.charts import Bar, PulseChart, ShareChart
from mdt_desktop.ui.figures.improvement import EarlierCard, ImprovementCard
from mdt_desktop.ui.figures.tables import PulseTable, ScoreTable, group_words
from mdt_desktop.ui.forms.form_sheet import chooser
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Arguments, Page
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.columns import Columns, Scroller
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.states import EmptyState, ErrorState
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services

_KINDS = ("task", "meeting", "meeting_series", "pulse_answer", "decision", "series_member", "person")
_MONTHS = (3, 6, 12)
_DAYS_A_MONTH = 30.44
_DUE_IN = timedelta(weeks=8)
_TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page, read in one trip. `latest` is the last meeting that was sealed."""

    series: tuple[SeriesSummary, ...]
    chosen: SeriesSummary | None
    board: Scoreboard | None
    trend: tuple[PulseOfMeeting, ...]
    due: bool
    members: tuple[MemberSummary, ...]
    improvements: tuple[TaskSummary, ...]
    latest: MeetingSummary | None


def read(services: "Services", series_id: str, months: int) -> Figures:
    """Read the figures of a series, of the first one where the id is empty, over the last months."""
    series = tuple(services.meetings.all_series())
    chosen = next((it for it in series if it.id == series_id), series[0] if series else None)
    if chosen is None:
        return Figures((), None, None, (), False, (), (), None)
    today = services.access.today()
    first = today - timedelta(days=round(months * _DAYS_A_MONTH))
    results = services.meeting_results
    sealed = (it for it in services.meetings.past() if it.series_id == chosen.id and it.state is MeetingState.SEALED)
    return Figures(
        series,
        chosen,
        results.scoreboard(first, today, chosen.locality_id),
        tuple(it for it in results.pulse_trend(chosen.id) if it.meeting_day >= first),
        results.improvement_is_due(chosen.id),
        tuple(services.meetings.members(chosen.id)),
        tuple(results.improvements(chosen.id)),
        next(sealed, None),
    )


class FiguresPage(Page):
    """Two columns: what became of the decisions, and the meetings themselves."""

    title = words("figures.title")

    def __init__(
        self, services: "Services", operations: Operations, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._operations, self._messages = services, operations, messages
        self.figures: Figures | None = None
        self._error: ErrorState | None = None
        column = self.column()
        self.header = PageHeader(words("figures.title"))
        self.series = chooser(words("figures.series"), [])
        self.period = chooser(
            words("figures.period"), [(str(it), words("figures.months", months=it)) for it in _MONTHS], "6"
        )
        self.header.add_action(self.series)
        self.header.add_action(self.period)
        column.addWidget(self.header)
        self.stack = QStackedWidget()
        self.scroller = Scroller(words("figures.title"))
        self.empty = EmptyState(words("figures.empty"), words("figures.empty_detail"), icon="figures")
        self.stack.addWidget(self.scroller)
        self.stack.addWidget(self.empty)
        column.addWidget(self.stack, 1)
        self._make_score()
        self._make_pulse()
        self.improvement, self.earlier = ImprovementCard(), EarlierCard()
        self.columns = Columns()
        self.columns.add(41, self.score_card)
        self.columns.add(40, self.improvement, self.pulse_card, self.earlier)
        inner = self.scroller.column
        inner.setContentsMargins(0, 0, theme.size("gap"), 0)
        inner.addWidget(self.columns)
        inner.addStretch(1)
        self.series.currentIndexChanged.connect(lambda _: self.reload())
        self.period.currentIndexChanged.connect(lambda _: self.reload())
        self.improvement.agreed.connect(self._on_agreed)

    def _make_score(self) -> None:
        self.score_card = Card(words("figures.score.title"), " ")
        self.dimensions = ChipRow(
            [ChipChoice(it.value, words(f"figures.by.{it.value}")) for it in Dimension],
            single=True, name=words("figures.by"),
        )  # fmt: skip
        self.dimensions.choose(frozenset({Dimension.ORGANISATION.value}))
        self.score_chart = ShareChart(words("figures.score.chart"))
        self.score_table = ScoreTable()
        self.score_note = words_label(words("figures.score.note", fewest=SMALLEST_SHOWN), "muted", wraps=True)
        for widget in (self.dimensions, self.score_chart, self.score_table, self.score_note):
            self.score_card.body.addWidget(widget)
        self.dimensions.chosen_changed.connect(self._on_dimension)

    def _make_pulse(self) -> None:
        self.pulse_card = Card(words("figures.pulse.title"), " ")
        self.parts = ChipRow(
            [
                ChipChoice(_TOGETHER, words("figures.pulse.together")),
                *(ChipChoice(it.value, words(f"figures.pulse.short.{it.value}")) for it in PulsePart),
            ],
            single=True, name=words("figures.pulse.parts"),
        )  # fmt: skip
        self.parts.choose(frozenset({_TOGETHER}))
        self.pulse_chart = PulseChart(words("figures.pulse.chart"))
        self.pulse_table = PulseTable()
        self.pulse_note = words_label(words("figures.pulse.note", fewest=FEWEST_SHOWN), "muted", wraps=True)
        for widget in (self.parts, self.pulse_chart, self.pulse_table, self.pulse_note):
            self.pulse_card.body.addWidget(widget)
        self.parts.chosen_changed.connect(self._on_part)

    # The page's promise to the window

    def shown(self, arguments: Arguments) -> None:
        self.reload()
        self.dimensions.chip(self._dimension.value).setFocus(Qt.FocusReason.OtherFocusReason)

    def changed(self, changes: Changes) -> None:
        if changes.concern(*_KINDS):
            self.reload()

    # Reading

    @property
    def _dimension(self) -> Dimension:
        return Dimension(next(iter(self.dimensions.chosen), Dimension.ORGANISATION.value))

    @property
    def _part(self) -> str:
        return next(iter(self.parts.chosen), _TOGETHER)

    def reload(self) -> None:
        """Read the figures again."""
        services, months = self._services, int(self.period.currentData())
        series_id = str(self.series.currentData() or "")
        self._operations.run_query(
            lambda: read(services, series_id, months), self._on_figures, self._on_failed, owner=self,
            latest_of=f"figures.{id(self)}",
        )  # fmt: skip

    def _on_figures(self, figures: Figures) -> None:
        if self._error is not None:
            self.stack.removeWidget(self._error)
            self._error.deleteLater()
            self._error = None
        self.figures = figures
        self._show_series(figures)
        there = figures.board is not None
        self.stack.setCurrentWidget(self.scroller if there else self.empty)
        self.period.setVisible(there)
        self.series.setVisible(len(figures.series) > 1)
        self.header.show_summary("")
        if figures.board is None or figures.chosen is None:
            return
        self.header.show_summary(
            words("figures.summary", locality=figures.chosen.locality_name, first=cui_date(figures.board.first),
                  last=cui_date(figures.board.last), actions=figures.board.actions)
        )  # fmt: skip
        self._show_scores(figures.board)
        self._show_pulse(figures.trend)
        self.improvement.show_state(figures.due and figures.latest is not None, figures.members)
        self.earlier.show_tasks(figures.improvements)

    def _show_series(self, figures: Figures) -> None:
        self.series.blockSignals(True)
        self.series.clear()
        for it in figures.series:
            self.series.addItem(it.name, it.id)
        if figures.chosen is not None:
            self.series.setCurrentIndex(self.series.findData(figures.chosen.id))
        self.series.blockSignals(False)

    def _on_failed(self, problem: Exception) -> None:
        if self._error is None:
            self._error = ErrorState(self._messages.words_of(problem), self.reload)
            self.stack.addWidget(self._error)
        self.stack.setCurrentWidget(self._error)

    def _on_dimension(self, chosen: frozenset[str]) -> None:
        if not chosen:
            self.dimensions.choose(frozenset({Dimension.ORGANISATION.value}))
        if self.figures is not None and self.figures.board is not None:
            self._show_scores(self.figures.board)

    def _show_scores(self, board: Scoreboard) -> None:
        dimension = self._dimension
        shown = [it for it in board.by[dimension] if it.share_done is not None]
        if dimension is Dimension.ORGANISATION:
            shown.sort(key=lambda it: -(it.share_done or 0))
        self.score_chart.show_bars(
            [Bar(group_words(dimension, it), it.share_done or 0.0, _figures_of(it)) for it in shown]
        )
        self.score_chart.setVisible(bool(shown))
        rows = sorted(board.by[dimension], key=lambda it: it.people is None)
        self.score_table.show_scores(dimension, tuple(rows))
        self.score_card.summary.setText(words("figures.score.summary", actions=board.actions))

    def _on_part(self, chosen: frozenset[str]) -> None:
        if not chosen:
            self.parts.choose(frozenset({_TOGETHER}))
        if self.figures is not None:
            self._show_pulse(self.figures.trend)

    def _show_pulse(self, trend: tuple[PulseOfMeeting, ...]) -> None:
        part = self._part
        points: list[tuple[date, float]] = []
        for it in trend:
            means = it.result.means
            if means:
                mean = sum(means.values()) / len(means) if part == _TOGETHER else means[PulsePart(part)]
                points.append((it.meeting_day, mean))
        name = words("figures.pulse.together" if part == _TOGETHER else f"figures.pulse.short.{part}")
        spoken = "; ".join(words("figures.pulse.spoken", day=cui_date(day), mean=f"{mean:.1f}") for day, mean in points)
        self.pulse_chart.show_points(points, name, f"{name}: {spoken}")
        self.pulse_chart.setVisible(bool(points))
        self.pulse_table.model_.show(tuple(reversed(trend)))
        key = "figures.pulse.summary" if trend else "figures.pulse.none"
        self.pulse_card.summary.setText(words(key, meetings=len(trend)))

    # Doing better

    def _on_agreed(self, what: str, owner_id: str) -> None:
        figures, services = self.figures, self._services
        if figures is None or figures.latest is None:
            return
        meeting_id = figures.latest.id
        wish = NewTask(what, owner_id=owner_id, due=services.access.today() + _DUE_IN)

        def done(_: Changes) -> None:
            self.improvement.empty()
            self._messages.done(words("figures.improvement.agreed"))
            self.reload()

        self._operations.run_command(lambda: services.meeting_results.agree_improvement(meeting_id, wish), self, done)


def _figures_of(score: Score) -> str:
    ended = sum(it or 0 for it in (score.done, score.changed, score.part_done, score.not_done))
    good = (score.done or 0) + (score.changed or 0)
    return words("figures.bar", share=round((score.share_done or 0) * 100), done=good, of=ended)


