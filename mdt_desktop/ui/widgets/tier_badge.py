"""A risk tier as a badge: colour, shape and word, for pages; tables paint the same by `cells`."""

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui.widgets.cells import tier_badge_pixmap, tier_badge_size
from mdt_desktop.words import label


class TierBadge(QWidget):
    """Shows one tier."""

    def __init__(self, tier: Tier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tier = tier
        self.show_tier(tier)

    @property
    def tier(self) -> Tier:
        """The tier shown."""
        return self._tier

    def show_tier(self, tier: Tier) -> None:
        """Show another tier."""
        self._tier = tier
        self.setAccessibleName(label(tier))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return tier_badge_size(self._tier)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        badge = tier_badge_pixmap(self._tier, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(0, 0), badge)
        painter.end()
