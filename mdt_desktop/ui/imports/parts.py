"""Small parts that the views of the risk files page share: coloured states in tables, columns that scroll, notices."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStyleOptionViewItem, QVBoxLayout, QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.ui import theme
from mdt_desktop.ui.messages import Notice, Tone
from mdt_desktop.ui.row_models import Index, RowRole
from mdt_desktop.ui.widgets.cells import RowDelegate
from mdt_desktop.ui.widgets.scrolling import keep_clear
from mdt_desktop.ui.widgets.toast import NoticeBar
from mdt_desktop.words import sentence, words

_SUMMARY = int(RowRole.SUMMARY)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_PAD = 8
_WIDEST_DIFFERENCE = "  +9,999"
BETWEEN = "  "
"""What parts a count from its difference in a cell's text."""


class StateDelegate(RowDelegate):
    """Paints a state as shape, word and colour; `look` gives icon and colour token for a row."""

    def __init__(self, look: Callable[[Any], tuple[str, str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.ground(painter, option, index)
        row = index.data(_SUMMARY)
        if row is None:
            return
        icon, ink = self._look(row)
        edge = theme.size("icon_small")
        place = QRect(rect.left() + _PAD, rect.center().y() - edge // 2, edge, edge)
        theme.icon(icon, ink).paint(painter, place)
        inner = rect.adjusted(_PAD + edge + 6, 0, -_PAD, 0)
        painter.setPen(theme.colour("text" if ink == "muted" else ink))
        text = painter.fontMetrics().elidedText(
            str(index.data(Qt.ItemDataRole.DisplayRole)), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, _LEFT, text)


class CountDelegate(RowDelegate):
    """Paints a count and, small beside it, how far it is from what was expected; each stands under its like.

    The cell's text holds both, parted by BETWEEN.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.ground(painter, option, index).adjusted(_PAD, 0, -_PAD, 0)
        count, _, difference = str(index.data(Qt.ItemDataRole.DisplayRole) or "").partition(BETWEEN)
        painter.setFont(theme.font("small", tabular=True))
        painter.setPen(theme.colour("muted"))
        painter.drawText(rect, _RIGHT, difference)
        room = painter.fontMetrics().horizontalAdvance(_WIDEST_DIFFERENCE)
        painter.setFont(theme.font(tabular=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(rect.adjusted(0, 0, -room, 0), _RIGHT, count)


class Scrolled(QScrollArea):
    """A column that scrolls when it is longer than its place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, 0, theme.size("gap"))
        keep_clear(self, self.column, theme.size("unit"))
        self.column.setSpacing(theme.size("gap"))
        self.setWidget(inner)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        inner = item.layout() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def notice(text: str, tone: Tone = Tone.INFO) -> NoticeBar:
    """A line that belongs to the page and is not closed."""
    return NoticeBar(Notice(text, tone), closable=False)


def trouble(error: Exception | None) -> str:
    """One sentence for what went wrong with a file."""
    if error is None:
        return words("imports.stopped_before")
    return sentence(error) if isinstance(error, MdtError) else words("ui.unexpected")
