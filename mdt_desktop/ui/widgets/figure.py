"""A number with its words; it can be pressed when there are people behind it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label


class Figure(QFrame):
    """A large number over the words that say what is counted, and of how many."""

    def __init__(
        self,
        number: str,
        text: str,
        on_open: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        theme.set_kind(self, "figure_box", opens=on_open is not None)
        self._on_open = on_open
        column = QVBoxLayout(self)
        # One that can be pressed shows its ground under the mouse; one that cannot stands level with what is around it.
        inset = 8 if on_open is not None else 0
        column.setContentsMargins(inset, 6, inset, 6)
        column.setSpacing(0)
        self.number = words_label(number, "figure")
        self.words = words_label(text, "muted", wraps=True)
        column.addWidget(self.number)
        column.addWidget(self.words)
        if on_open is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_number(number, text)

    def show_number(self, number: str, text: str) -> None:
        """Another number."""
        self.number.setText(number)
        self.words.setText(text)
        self.setAccessibleName(f"{number} {text}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._on_open is not None and self.rect().contains(event.position().toPoint()):
            self._on_open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._on_open is not None and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        ):
            self._on_open()
        else:
            super().keyPressEvent(event)
