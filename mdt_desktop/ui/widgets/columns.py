"""A page of cards: a column that scrolls, and two columns of cards side by side where there is room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.scrolling import keep_edge

_ROOM_FOR_TWO = 800  # pixels at 100 % text


class Scroller(QScrollArea):
    """A tab's content: a column that scrolls when it is longer than the window."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        page, gap = theme.size("page"), theme.size("gap")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(page, gap, page, gap)
        self.column.setSpacing(gap)
        self.setWidget(inner)
        keep_edge(self, self.column)


class Columns(QWidget):
    """Two columns of cards side by side; under each other where the window is too narrow for the text's size."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.size("gap"))

    def add(self, stretch: int, *cards: QWidget, fill: bool = False) -> None:
        """One more column; its share of the width is `stretch`. With `fill` its cards end level with the other's."""
        side = QVBoxLayout()
        side.setSpacing(theme.size("gap"))
        for card in cards:
            side.addWidget(card)
        if not fill:
            side.addStretch(1)
        self._row.addLayout(side, stretch)

    @property
    def stacked(self) -> bool:
        """Do the columns stand under each other?"""
        return self._row.direction() == QHBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() / theme.current().scale < _ROOM_FOR_TWO
        direction = QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight
        if direction != self._row.direction():
            self._row.setDirection(direction)
