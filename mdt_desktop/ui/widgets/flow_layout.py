"""A layout that sets widgets in lines like words and begins a new line when one is full."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayoutItem, QWidget

from mdt_desktop.ui.widgets.placed_layout import PlacedLayout, ask_for_height


class FlowLayout(PlacedLayout):
    """For chips, badges and the fields of a banner: nothing is cut off at 200 % text or in a narrow window."""

    top_aligned = False  # else the widgets of a line share its middle

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        wide = sum(hint.width() for hint in shown) + self._across * max(0, len(shown) - 1)
        tall = max((hint.height() for hint in shown), default=0)
        return QSize(wide + margins.left() + margins.right(), tall + margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        least = QSize(0, 0)
        for item in self._items:
            if not item.isEmpty():
                least = least.expandedTo(item.minimumSize())
        return least + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def place(self, rect: QRect, *, moves: bool) -> int:
        """Set the widgets in lines and return the height they need; places them if `moves`."""
        margins = self.contentsMargins()
        inner = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        top = inner.y()
        for line in self._lines(inner.width()):
            tall = max(hint.height() for _, hint in line)
            left = inner.x()
            for item, hint in line:
                if moves:
                    lower = 0 if self.top_aligned else (tall - hint.height()) // 2
                    item.setGeometry(QRect(QPoint(left, top + lower), hint))
                left += hint.width() + self._across
            top += tall + self._down
        if self._items and top > inner.y():
            top -= self._down
        return top - rect.y() + margins.bottom()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            if hint.width() > width > 0:
                # A single long text takes the whole line and wraps within it.
                least = max(item.minimumSize().width(), width)
                hint = QSize(least, item.heightForWidth(least) if item.hasHeightForWidth() else hint.height())
            if not lines or left + hint.width() > width:
                lines.append([])
                left = 0
            lines[-1].append((item, hint))
            left += hint.width() + self._across
        return lines


def flowing(parent: QWidget, across: int = 8, down: int = 8) -> FlowLayout:
    """A flow layout on `parent`, which then asks for the height its width needs."""
    ask_for_height(parent)
    return FlowLayout(parent, across, down)
