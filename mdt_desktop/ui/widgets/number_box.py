"""A box for a whole number."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSpinBox, QWidget

_PAD = 8


class NumberBox(QSpinBox):
    """Bounds are both allowed. A wheel that only passes over it while a form scrolls changes nothing."""

    def __init__(self, least: int = 0, most: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The style sheet does not reach the field inside a spin box, so its distance from the border is set here.
        self.lineEdit().setTextMargins(_PAD, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
