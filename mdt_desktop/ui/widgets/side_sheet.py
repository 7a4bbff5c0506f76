"""A sheet at the right of a page for editing one thing, instead of a dialog on a dialog."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import IconButton
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import words

_WIDTH = 440


class SideSheet(QFrame):
    """Lies over the right part of `host`. Put the form into `body` and the buttons into `foot`.

    On a page about a person `host` is the part beneath the banner, which nothing may cover (CUI PAB-0013).

    Escape and the cross only emit `close_requested`: the page decides, because it knows whether all is saved.
    """

    close_requested = Signal()

    def __init__(self, title: str, host: QWidget, width: int = _WIDTH) -> None:
        super().__init__(host)
        theme.set_kind(self, "side_sheet")
        self._host, self._width = host, width
        self._focus_before: QWidget | None = None
        pad = theme.size("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QHBoxLayout()
        top.setContentsMargins(pad, pad - 4, pad - 4, pad - 4)
        self.title = words_label(title, "section", wraps=True)
        top.addWidget(self.title, 1)
        top.addWidget(IconButton("close", words("ui.close"), self.close_requested.emit), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(line())
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(pad, pad, pad, pad)
        self.body.setSpacing(theme.size("gap"))
        scroll.setWidget(inner)
        self._scroll = scroll
        column.addWidget(scroll, 1)
        column.addWidget(line())
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(pad, pad - 4, pad, pad - 4)
        self.foot.setSpacing(theme.size("unit") * 2)
        column.addLayout(self.foot)
        self.setAccessibleName(title)
        self.hide()
        host.installEventFilter(self)

    def open_sheet(self, first: QWidget | None = None) -> None:
        """Show it, with the focus on `first`."""
        self._focus_before = self.window().focusWidget()
        self._fit()
        self.show()
        self.raise_()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_sheet(self) -> None:
        """Hide it and give the focus back to where it was."""
        self.hide()
        if self._focus_before is not None:
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
            self._focus_before = None

    def reveal(self, widget: QWidget) -> None:
        """Scroll a part of the form into sight, once it has its place."""
        QTimer.singleShot(0, widget, lambda: self._scroll.ensureWidgetVisible(widget, 0, theme.size("gap")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        wide = min(round(self._width * theme.current().scale), self._host.width())
        self.setGeometry(QRect(self._host.width() - wide, 0, wide, self._host.height()))
