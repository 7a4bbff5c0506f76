"""The trend of a score as a small line; the figures stand beside it in words."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.cells import draw_spark
from mdt_desktop.words import words

_TONES = {Tier.VERY_HIGH: "very_high", Tier.HIGH: "high", Tier.MODERATE: "moderate"}


class Spark(QWidget):
    """Draws points in the colour of a tier."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._points: tuple[float, ...] = ()
        self._tier: Tier | None = None

    def show_points(self, points: Sequence[float], tier: Tier | None) -> None:
        """Show these points, the oldest first."""
        self._points, self._tier = tuple(points), tier
        if points:
            self.setAccessibleName(words("case.risk.spark", first=f"{points[0]:g}", last=f"{points[-1]:g}"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.size("body") * 7, round(theme.size("body") * 1.5))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tone = _TONES.get(self._tier, "muted") if self._tier else "muted"
        draw_spark(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4), self._points, theme.colour(tone))
        painter.end()
