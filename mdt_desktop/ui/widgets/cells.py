"""Painting of table rows: text, tier badges and trend sparks, drawn straight from the row's summary."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import Index, ListTableModel, PagedTableModel, RowRole
from mdt_desktop.ui.widgets.text_widths import TextWidths
from mdt_desktop.words import label

_SELECTED = QStyle.StateFlag.State_Selected
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_SUMMARY = int(RowRole.SUMMARY)
_PAD = 8
SPARK_WIDTH = 44
_FITS_KEPT = 6000

_TIER_COLOURS = {
    Tier.VERY_HIGH: ("very_high", "very_high_soft"),
    Tier.HIGH: ("high", "high_soft"),
    Tier.MODERATE: ("moderate", "moderate_soft"),
    Tier.BELOW: ("muted", "sunken"),
}


def draw_tier_glyph(painter: QPainter, box: QRectF, tier: Tier, colour: QColor) -> None:
    """The tier's shape: filled diamond, filled triangle, ring, or a short line below the tiers."""
    middle, half = box.center(), box.width() / 2
    if tier is Tier.VERY_HIGH:
        corners: tuple[tuple[float, float], ...] = ((0, -half), (half, 0), (0, half), (-half, 0))
    elif tier is Tier.HIGH:
        corners = ((0, -half * 0.9), (half, half * 0.8), (-half, half * 0.8))
    else:
        painter.setPen(QPen(colour, max(1.6, half * 0.36)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if tier is Tier.MODERATE:
            painter.drawEllipse(middle, half * 0.78, half * 0.78)
        else:
            painter.drawLine(middle - QPointF(half * 0.7, 0), middle + QPointF(half * 0.7, 0))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))


def tier_badge_size(tier: Tier) -> QSize:
    """The size of the badge at the current text scale."""
    metrics = QFontMetricsF(theme.font("small", strong=True))
    small = theme.size("small")
    return QSize(round(metrics.horizontalAdvance(label(tier)) + small * 2.35), round(small * 1.75))


_badges: dict[tuple[Tier, str, int, int], QPixmap] = {}


def tier_badge_pixmap(tier: Tier, ratio: float) -> QPixmap:
    """The badge with glyph and word, drawn once a tier, theme and screen."""
    now = theme.current()
    key = (tier, now.scheme, round(now.scale * 100), round(ratio * 100))
    found = _badges.get(key)
    if found is None:
        wanted = tier_badge_size(tier)
        found = QPixmap(wanted * ratio)
        found.setDevicePixelRatio(ratio)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_badge(painter, QRectF(0, 0, wanted.width(), wanted.height()), tier)
        painter.end()
        _badges[key] = found
    return found


def _draw_badge(painter: QPainter, box: QRectF, tier: Tier) -> None:
    front, back = (theme.colour(token) for token in _TIER_COLOURS[tier])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(back))
    painter.drawRoundedRect(box, 4, 4)
    small = theme.size("small")
    draw_tier_glyph(
        painter,
        QRectF(small * 0.55, box.center().y() - small * 0.36, small * 0.72, small * 0.72),
        tier,
        front,
    )
    painter.setPen(front)
    painter.setFont(theme.font("small", strong=True))
    painter.drawText(box.adjusted(small * 1.7, 0, 0, 0), _LEFT, label(tier))


def draw_spark(painter: QPainter, box: QRectF, points: Sequence[float], colour: QColor) -> None:
    """A trend as a line with its last point marked (CUI: points, not bars, over time). Scaled to its own range."""
    if len(points) < 2:
        return
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    step = box.width() / (len(points) - 1)
    places = [
        QPointF(box.left() + number * step, box.bottom() - (value - low) / span * box.height())
        if high > low
        else QPointF(box.left() + number * step, box.center().y())
        for number, value in enumerate(points)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(places))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(places[-1], 2.2, 2.2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class RowDelegate(QStyledItemDelegate):
    """Paints a cell's text with little work: ground, a line under the row, and the words.

    The base class asks the model for eight things a cell and the style sheet for as many; a person who types sees
    the list again in half the time without them.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._learn()
        theme.news().changed.connect(self._learn)

    def _learn(self) -> None:
        """Colours and sizes, kept because a frame asks for them hundreds of times."""
        self._text, self._line = theme.colour("text"), theme.colour("hairline")
        self._ground, self._over = theme.colour("accent_soft"), theme.colour("hover")
        self._plain, self._tabular = theme.font(), theme.font(tabular=True)
        self._plain_widths, self._tabular_widths = TextWidths(self._plain), TextWidths(self._tabular)
        self._rows_high = theme.size("row")
        self._fits: dict[tuple[str, int], str] = {}
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width() + _PAD, self._rows_high)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.ground(painter, option, index)
        model, number = index.model(), index.row()
        if isinstance(model, (PagedTableModel, ListTableModel)):
            texts = model.texts(number)
            if texts is not None:
                column = index.column()
                painter.setPen(self._text)
                about, text = model.columns[column], texts[column]
                tabular = about.figures or about.tabular
                # The view hands every cell the same painter, so the last cell's font would stay.
                painter.setFont(self._tabular if tabular else self._plain)
                inner = rect.adjusted(_PAD, 0, -_PAD, 0)
                widths = self._tabular_widths if tabular else self._plain_widths
                if widths.at_most(text) > inner.width():
                    text = self._fitted(painter, text, inner.width())
                painter.drawText(inner, _RIGHT if about.figures else _LEFT, text)

    def _fitted(self, painter: QPainter, text: str, width: int) -> str:
        """The text, with an ellipsis where its column was made too narrow for it; measured once a text and width."""
        key = (text, width)
        found = self._fits.get(key)
        if found is None:
            if len(self._fits) > _FITS_KEPT:
                self._fits.clear()
            metrics = painter.fontMetrics()
            found = self._fits[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        return found

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> QRect:
        """Paint the ground and the line under the row; returns the cell's rectangle."""
        drawn: Any = option  # the stubs do not know the fields of style options
        rect: QRect = drawn.rect
        if drawn.state & _SELECTED:
            painter.fillRect(rect, self._ground)
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, self._over)
        bottom = rect.bottom()
        painter.fillRect(QRect(rect.left(), bottom, rect.width(), 1), self._line)
        return rect


class TierDelegate(RowDelegate):
    """Paints the tier's badge and, beside it, the trend of the score."""

    def __init__(
        self,
        tier_of: Callable[[Any], Tier | None],
        trend_of: Callable[[Any], Sequence[float]] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tier_of, self._trend_of = tier_of, trend_of

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.ground(painter, option, index)
        row = index.data(_SUMMARY)
        tier = None if row is None else self._tier_of(row)
        if tier is None:
            return
        badge = tier_badge_pixmap(tier, painter.device().devicePixelRatioF())
        size = badge.deviceIndependentSize()
        painter.drawPixmap(QPointF(rect.left() + _PAD, rect.center().y() - size.height() / 2 + 0.5), badge)
        if self._trend_of is None:
            return
        wide, tall = SPARK_WIDTH * theme.current().scale, size.height() * 0.6
        right = rect.right() - _PAD - wide
        if right >= rect.left() + _PAD + size.width() + 6:
            box = QRectF(right, rect.center().y() - tall / 2, wide, tall)
            draw_spark(painter, box, self._trend_of(row), theme.colour(_TIER_COLOURS[tier][0]))
