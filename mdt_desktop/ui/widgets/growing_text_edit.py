"""A text field that is as tall as what is written in it."""

from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget


class GrowingTextEdit(QPlainTextEdit):
    """Grows from `lines` to `most_lines`, then scrolls. Tab leaves it, as in every other field of a form."""

    left = Signal()

    def __init__(self, text: str = "", *, lines: int = 2, most_lines: int = 14, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines, self._most = lines, most_lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlainText(text)
        self.textChanged.connect(self._fit)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Escape belongs to the sheet or dialog around the field; a text field has no use of its own for it.
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _height(self) -> int:
        # A plain-text document measures its height in lines, wrapped ones counted.
        wanted = max(self._lines, min(int(self.document().size().height()), self._most))
        margins = self.contentsMargins()
        # The document gives every line whole pixels; with fewer the last line would scroll.
        spacing = ceil(QFontMetricsF(self.font()).lineSpacing())
        inside = ceil(wanted * spacing + 2 * self.document().documentMargin()) + 1
        return inside + margins.top() + margins.bottom()

    def _fit(self) -> None:
        wanted = self._height()
        if self.height() != wanted or self.minimumHeight() != wanted:
            self.setFixedHeight(wanted)
