"""A layout that sets choices in two columns where there is room for them, read down and then across."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui.widgets.placed_layout import PlacedLayout, ask_for_height

_MOST_IN_ONE_COLUMN = 4


class ColumnLayout(PlacedLayout):
    """One column for few choices or a narrow window, else two; it never asks for more width than one column."""

    def __init__(self, parent: QWidget, across: int, down: int) -> None:
        super().__init__(parent, across, down)
        ask_for_height(parent)
        self._cell: QSize | None = None

    def sizeHint(self) -> QSize:
        wide = self._size_of_cell().width() * 2 + self._across
        return QSize(wide, self.heightForWidth(wide))

    def minimumSize(self) -> QSize:
        return QSize(self._size_of_cell().width(), 0)

    def columns(self, width: int) -> int:
        """How many columns there are at a width."""
        roomy = width >= self._size_of_cell().width() * 2 + self._across
        return 2 if len(self._items) > _MOST_IN_ONE_COLUMN and roomy else 1

    def invalidate(self) -> None:
        self._cell = None
        super().invalidate()

    def _size_of_cell(self) -> QSize:
        """The widest by the tallest; asked once, because a styled button works its size out anew each time."""
        if self._cell is None:
            self._cell = QSize(0, 0)
            for item in self._items:
                self._cell = self._cell.expandedTo(item.sizeHint())
        return self._cell

    def place(self, rect: QRect, *, moves: bool) -> int:
        columns, cell = self.columns(rect.width()), self._size_of_cell()
        rows = -(-len(self._items) // columns)
        if moves:
            for number, item in enumerate(self._items):
                column, row = divmod(number, rows)
                corner = QPoint(column * (cell.width() + self._across), row * (cell.height() + self._down))
                item.setGeometry(QRect(rect.topLeft() + corner, cell))
        return max(0, rows * (cell.height() + self._down) - self._down)
