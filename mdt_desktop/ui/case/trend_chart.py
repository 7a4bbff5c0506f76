"""The chart of a person's risk scores over the runs: points with their figures beside them, months below."""

from datetime import date

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.case_file import ScoreSummary
from mdt_desktop.ui import theme
from mdt_desktop.words import label, words

_SYMBOLS = {Tier.VERY_HIGH: "d", Tier.HIGH: "t1", Tier.MODERATE: "o", Tier.BELOW: "s"}
_TONES = {Tier.VERY_HIGH: "very_high", Tier.HIGH: "high", Tier.MODERATE: "moderate", Tier.BELOW: "muted"}
_MOST_LABELS = 14
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _MonthAxis(pg.AxisItem):
    """Month and year under the first day of each month; x is the day number."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The first day of each month in sight, as many as fit without touching."""
        first, last = date.fromordinal(max(1, int(low))), date.fromordinal(max(1, int(high)))
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        room = max(1, int(size / (theme.size("small") * 6.5)))
        step = next((it for it in (1, 2, 3, 6, 12) if len(months) / it <= room), 24)
        days = [date(month // 12, month % 12 + 1, 1).toordinal() for month in months if month % step == 0]
        return [(30.0 * step, [float(day) for day in days if low <= day <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """`Nov 2026`."""
        days = [date.fromordinal(int(value)) for value in values]
        return [f"{_MONTHS[day.month - 1]} {day.year}" for day in days]


class TrendChart(QWidget):
    """A line through points; each point has the shape of its tier and its score beside it. Nothing can be dragged."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        pg.setConfigOptions(antialias=True)
        self._axis = _MonthAxis()
        self.plot = pg.PlotWidget(axisItems={"bottom": self._axis})
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.plot)
        self._scores: tuple[ScoreSummary, ...] = ()
        theme.news().changed.connect(self._draw)

    def show_scores(self, scores: tuple[ScoreSummary, ...]) -> None:
        """Draw the runs that have a score, the oldest first."""
        self._scores = tuple(it for it in scores if it.score is not None)
        spoken = ", ".join(
            words("case.risk.point_spoken", day=cui_date(it.run_date), score=f"{it.score:g}", tier=label(it.tier))
            for it in self._scores
        )
        self.setAccessibleName(words("case.risk.trend"))
        self.setAccessibleDescription(spoken)
        self.plot.setAccessibleName(words("case.risk.trend"))
        self.plot.setAccessibleDescription(spoken)
        self._draw()

    def _draw(self) -> None:
        plot = self.plot
        plot.clear()
        plot.setBackground(theme.colour("surface"))
        font = theme.font("small")
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.colour("divider")))
            axis.setTextPen(pg.mkPen(theme.colour("muted")))
            axis.setStyle(tickFont=font, tickLength=-4)
        plot.setLabel("left", words("case.risk.axis"), color=theme.colour("muted").name())
        plot.getAxis("left").label.setFont(font)
        plot.showGrid(x=False, y=True, alpha=0.12)
        if not self._scores:
            return
        days = [float(it.run_date.toordinal()) for it in self._scores]
        values = [float(it.score) for it in self._scores if it.score is not None]
        plot.plot(days, values, pen=pg.mkPen(theme.colour("accent"), width=2))
        for it, day, value in zip(self._scores, days, values, strict=True):
            tone = theme.colour(_TONES[it.tier])
            plot.plot(
                [day], [value], pen=None, symbol=_SYMBOLS[it.tier], symbolSize=11, symbolBrush=tone, symbolPen=tone
            )
        self._label(days, values, font)
        low, high = min(values), max(values)
        room = max((high - low) * 0.28, high * 0.04, 0.5)
        plot.setYRange(max(0.0, low - room), high + room, padding=0)
        edge = max(12.0, (days[-1] - days[0]) * 0.07)
        plot.setXRange(days[0] - edge, days[-1] + edge * 2, padding=0)

    def _label(self, days: list[float], values: list[float], font: QFont) -> None:
        """The figure at each point; the last one also names its tier. Of very many points only some are named."""
        every = max(1, -(-len(values) // _MOST_LABELS))
        for number, (day, value) in enumerate(zip(days, values, strict=True)):
            last = number == len(values) - 1
            if not last and (len(values) - 1 - number) % every:
                continue
            text = f"{value:g}"
            if last:
                text = f"{text}  {label(self._scores[-1].tier)}"
            tone = theme.colour("text" if last else "muted")
            item = pg.TextItem(text, color=tone, anchor=(0.7 if last else 0.5, 1.25))
            item.setFont(theme.font("small", strong=True) if last else font)
            item.setPos(day, value)
            self.plot.addItem(item)
