"""The two charts: shares of groups as bars, and the pulse of the meetings as points over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.ui import theme

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_NAME = 230  # pixels at 100 % text
_BAR, _ROW = 0.56, 2.3
LOWEST, HIGHEST = 1.0, 5.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One group: its name, its share of 1, and the figures written beside the bar."""

    name: str
    share: float
    figures: str


class Chart(QWidget):
    """A plot in the colours of the theme; nothing in it can be dragged. What it shows is spoken as well."""

    def __init__(self, name: str, axes: dict[str, pg.AxisItem] | None = None) -> None:
        super().__init__()
        pg.setConfigOptions(antialias=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.plot = pg.PlotWidget(axisItems=axes or {})
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.plot)
        for shown in (self, self.plot):
            shown.setAccessibleName(name)
        theme.news().changed.connect(self.draw)

    def say(self, spoken: str) -> None:
        """What a screen reader says of the chart."""
        for shown in (self, self.plot):
            shown.setAccessibleDescription(spoken)

    def dress(self) -> None:
        """Empty the plot and give it the colours and the letters of now."""
        plot = self.plot
        plot.clear()
        plot.setBackground(theme.colour("surface"))
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.colour("divider")))
            axis.setTextPen(pg.mkPen(theme.colour("muted")))
            axis.setStyle(tickFont=theme.font("small"), tickLength=-4)

    def draw(self) -> None:
        """Draw anew, as after another theme."""
        raise NotImplementedError

    def write(self, text: str, x: float, y: float, anchor: tuple[float, float], *, strong: bool = False) -> None:
        """Words beside a point."""
        item = pg.TextItem(text, color=theme.colour("text" if strong else "muted"), anchor=anchor)
        item.setFont(theme.font("small", strong=strong))
        item.setPos(x, y)
        self.plot.addItem(item)


class ShareChart(Chart):
    """Bars from the left, one a group, with its figures at the end."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._bars: tuple[Bar, ...] = ()

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw these, the first at the top."""
        self._bars = tuple(bars)
        self.say("; ".join(f"{it.name}: {it.figures}" for it in bars))
        self.draw()

    def draw(self) -> None:
        self.dress()
        plot, count = self.plot, len(self._bars)
        self.setFixedHeight(round(theme.size("small") * (_ROW * max(3, count) + 0.6)))
        left = plot.getAxis("left")
        metrics = QFontMetricsF(theme.font("small"))
        longest = _LONGEST_NAME * theme.current().scale
        names = [metrics.elidedText(it.name, Qt.TextElideMode.ElideMiddle, longest) for it in self._bars]
        places = [float(count - number) for number in range(count)]
        left.setTicks([list(zip(places, names, strict=True))])
        left.setWidth(round(max((metrics.horizontalAdvance(it) for it in names), default=0)) + theme.size("gap"))
        left.setPen(pg.mkPen(theme.colour("surface")))
        left.setStyle(tickFont=theme.font("small"), tickLength=0)
        plot.hideAxis("bottom")  # every bar has its figure
        plot.setXRange(0, 1.42, padding=0)
        plot.setYRange(0.4, max(3, count) + 0.6, padding=0)
        if not self._bars:
            return
        accent = theme.colour("accent")
        plot.addItem(
            pg.BarGraphItem(
                x0=[0.0] * count, y=places, width=[it.share for it in self._bars], height=_BAR,
                brush=accent, pen=pg.mkPen(accent),
            )
        )  # fmt: skip
        for bar, place in zip(self._bars, places, strict=True):
            self.write(bar.figures, bar.share, place, (-0.03, 0.5))


class _MonthAxis(pg.AxisItem):
    """Month and year under the first day of each month; x is the day number."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The first day of each month in sight, as many as fit."""
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


class PulseChart(Chart):
    """One line through points, a point a meeting; the scale is always 1 to 5, so that a small change looks small."""

    def __init__(self, name: str) -> None:
        super().__init__(name, {"bottom": _MonthAxis()})
        self._points: tuple[tuple[date, float], ...] = ()
        self._label = ""

    def show_points(self, points: Sequence[tuple[date, float]], label: str, spoken: str) -> None:
        """Draw the mean of each meeting, the earliest first; `label` names the line at its end."""
        self._points, self._label = tuple(points), label
        self.say(spoken)
        self.draw()

    def draw(self) -> None:
        self.dress()
        plot = self.plot
        self.setFixedHeight(round(theme.size("small") * 15))
        plot.getAxis("left").setTicks([[(float(it), str(it)) for it in range(1, 6)]])
        plot.showGrid(x=False, y=True, alpha=0.12)
        plot.setYRange(LOWEST - 0.25, HIGHEST + 0.3, padding=0)
        if not self._points:
            return
        days = [float(day.toordinal()) for day, _ in self._points]
        means = [mean for _, mean in self._points]
        accent = theme.colour("accent")
        plot.plot(
            days, means, pen=pg.mkPen(accent, width=2), symbol="o", symbolSize=7, symbolBrush=accent, symbolPen=accent
        )
        edge = max(7.0, (days[-1] - days[0]) * 0.04)
        plot.setXRange(days[0] - edge, days[-1] + edge * 3, padding=0)
        self.write(f"{means[-1]:.1f}", days[-1], means[-1], (-0.3, 0.5), strong=True)
        # Under the line, where every point near the end leaves room: above it the frame would cut the name.
        self.write(self._label, days[-1], min(means[-4:]), (1.0, -0.35), strong=True)
