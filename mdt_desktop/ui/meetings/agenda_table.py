"""The table in which an agenda is put together: rows are dragged, or moved by keys, between lanes and places."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStyleOptionViewItem

from mdt_desktop.ui import theme
from mdt_desktop.ui.meetings.plan_rows import PlanRow, RowKind
from mdt_desktop.ui.row_models import Column, Index, ListTableModel, RowRole
from mdt_desktop.ui.widgets.cells import RowDelegate
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import words

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_SUMMARY = int(RowRole.SUMMARY)
_PAD = 8
_GAP = 12


class PlanColumn(IntEnum):
    """The columns of the agenda."""

    TIME = 0
    WHO = 1
    WHY = 2
    MINUTES = 3
    MISSING = 4


class AgendaModel(ListTableModel[PlanRow]):
    """Headings among the people: the arrow keys pass over them."""

    def __init__(self) -> None:
        super().__init__(
            {
                PlanColumn.TIME: Column[PlanRow](words("meetings.plan.time"), lambda it: it.time, 54, tabular=True),
                PlanColumn.WHO: Column[PlanRow](
                    words("meetings.plan.who"), lambda it: it.name if it.kind is not RowKind.HEADING else "", 130,
                    whole=True, spoken=lambda it: it.spoken,
                ),
                PlanColumn.WHY: Column[PlanRow](
                    words("meetings.plan.why"), lambda it: it.why if it.kind is not RowKind.HEADING else "", 110,
                    roomy=True, tip=lambda it: it.why,
                ),
                PlanColumn.MINUTES: Column[PlanRow](
                    words("meetings.plan.minutes"), lambda it: it.minutes, 44, figures=True
                ),
                PlanColumn.MISSING: Column[PlanRow](
                    words("meetings.plan.missing"), lambda it: it.missing, 208, tip=lambda it: it.missing
                ),
            }
        )  # fmt: skip

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.row(index.row())
        if row is None or row.kind is RowKind.HEADING:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def place_of(self, key: str) -> int | None:
        """The row of an item, a case or a lane."""
        for number in range(self.rowCount()):
            row = self.row(number)
            if row is not None and row.key == key:
                return number
        return None


class PlanDelegate(RowDelegate):
    """Headings in strong type over the whole width; what is missing and what no longer fits in the colour of late."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PlanRow | None = index.data(_SUMMARY)
        column = index.column()
        if row is None:
            return
        if row.kind is RowKind.HEADING:
            self._paint_heading(painter, option, row)
        elif column == PlanColumn.MISSING or (column == PlanColumn.TIME and not row.fits):
            self._paint_state(painter, option, index, row)
        elif row.kind is RowKind.LEFT:
            self._paint_muted(painter, option, index)
        else:
            super().paint(painter, option, index)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: PlanRow) -> None:
        drawn: Any = option
        rect: QRect = drawn.rect
        painter.fillRect(rect, theme.colour("sunken"))
        strong = theme.font(strong=True)
        painter.setFont(strong)
        painter.setPen(theme.colour("high" if row.key == "rolled_over" else "text"))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        painter.drawText(inner, _LEFT, row.name)
        wide = painter.fontMetrics().horizontalAdvance(row.name) + _GAP
        painter.setFont(theme.font())
        painter.setPen(theme.colour("muted"))
        rest = inner.adjusted(wide, 0, 0, 0)
        told = painter.fontMetrics().elidedText(row.why, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, _LEFT, told)

    def _paint_state(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: PlanRow) -> None:
        rect = self.ground(painter, option, index)
        ready = index.column() == PlanColumn.MISSING and row.is_ready
        self._draw(painter, rect, str(index.data() or ""), "good" if ready else "high")

    def _paint_muted(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._draw(painter, self.ground(painter, option, index), str(index.data() or ""), "muted")

    def _draw(self, painter: QPainter, rect: QRect, text: str, colour: str) -> None:
        painter.setFont(theme.font())
        painter.setPen(theme.colour(colour))
        inner = rect.adjusted(_PAD, 0, -_PAD, 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _LEFT, shown)


class AgendaTable(RowTable):
    """`dropped` tells which row was dragged and before which one it was let go (one past the last: the end)."""

    dropped = Signal(int, int)
    row_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(words("meetings.plan.agenda"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.plan = AgendaModel()
        self.show_model(self.plan)
        self._delegate = PlanDelegate(self)
        for column in PlanColumn:
            self.paint_column(int(column), self._delegate)
        self.plan.modelReset.connect(self._span_headings)
        self.selectionModel().currentRowChanged.connect(lambda current, _: self.row_chosen.emit(current.row()))
        self._pressed: tuple[int, QPoint] | None = None
        self._dragged: int | None = None
        self._drop_at: int | None = None

    def chosen(self) -> PlanRow | None:
        """The row that is chosen; None on none."""
        row = self.plan.row(self.currentIndex().row())
        return None if row is None or row.kind is RowKind.HEADING else row

    def choose(self, key: str) -> bool:
        """Choose an item's or a case's row; says whether it is there."""
        place = self.plan.place_of(key)
        if place is None:
            return False
        self.selectRow(place)
        self.scrollTo(self.plan.index(place, 0))
        return True

    @property
    def is_dragging(self) -> bool:
        """Whether a row is under way."""
        return self._dragged is not None

    def _span_headings(self) -> None:
        self.clearSpans()
        for number in range(self.plan.rowCount()):
            row = self.plan.row(number)
            if row is not None and row.kind is RowKind.HEADING:
                self.setSpan(number, 0, 1, len(PlanColumn))

    # Dragging: by the mouse alone and without a system drag, so that it can be given up with Escape and nothing of it
    # ever leaves the window.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        place = event.position().toPoint()
        row = self.plan.row(self.rowAt(place.y()))
        draggable = row is not None and row.kind is RowKind.ITEM and event.button() == Qt.MouseButton.LeftButton
        self._pressed = (self.rowAt(place.y()), place) if draggable else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if self._pressed is not None and held and self._dragged is None:
            far = (place - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance()
            if far:
                self._dragged = self._pressed[0]
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        if self._dragged is None:
            if not held:
                super().mouseMoveEvent(event)
            return
        self._drop_at = self._place_at(place.y())
        edge = self.rowHeight(0) // 2
        if place.y() < edge:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - 1)
        elif place.y() > self.viewport().height() - edge:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + 1)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, place = self._dragged, self._drop_at
        self._stop_dragging()
        super().mouseReleaseEvent(event)
        if dragged is not None and place is not None and place not in (dragged, dragged + 1):
            self.dropped.emit(dragged, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_dragging:
            self._stop_dragging()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_at is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(theme.colour("accent"), 2))
        last = self.plan.rowCount()
        below = self.rowViewportPosition(last - 1) + self.rowHeight(last - 1)
        height = self.rowViewportPosition(self._drop_at) if self._drop_at < last else below
        painter.drawLine(0, height, self.viewport().width(), height)
        painter.end()

    def _place_at(self, height: int) -> int:
        """Before which row a drop at this height comes: never above the first heading, nor among those left out."""
        row = self.rowAt(height)
        if row < 0:
            place = self.plan.rowCount()
        else:
            in_lower_half = height > self.rowViewportPosition(row) + self.rowHeight(row) // 2
            place = row + 1 if in_lower_half else row
        left = self.plan.place_of("left_out")
        return max(1, min(place, left if left is not None else self.plan.rowCount()))

    def _stop_dragging(self) -> None:
        self._pressed = self._dragged = self._drop_at = None
        self.viewport().unsetCursor()
        self.viewport().update()
