"""Notices: a short one that goes by itself with Undo, and a line that stays until it is closed."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.messages import Notice, Tone
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

SHOWN_MS = 8000
_WIDEST = 560
_TONE_ICONS = {
    Tone.INFO: ("info", "accent"),
    Tone.GOOD: ("good", "good"),
    Tone.WARNING: ("warning", "high"),
    Tone.ERROR: ("error", "very_high"),
}


class Toast(QFrame):
    """Stands at the lower edge of `host` for 8 s, longer while the mouse is on it; a click on it takes it away."""

    gone = Signal()

    def __init__(self, notice: Notice, host: QWidget) -> None:
        super().__init__(host)
        self.notice = notice
        self._host = host
        theme.set_kind(self, "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 10, 9)
        row.setSpacing(theme.size("gap"))
        self.label = words_label(notice.words, wraps=False)
        row.addWidget(self.label, 1)
        self.button: Button | None = None
        if notice.action is not None:
            self.button = Button(notice.action.words, self._on_action, "toast")
            row.addWidget(self.button)
        self.setAccessibleName(notice.words)
        self._time = QTimer(self)
        self._time.setSingleShot(True)
        self._time.setInterval(SHOWN_MS)
        self._time.timeout.connect(self.close_toast)
        host.installEventFilter(self)

    def appear(self) -> None:
        """Show it and begin the 8 s."""
        room = self._host.width() - 48
        if self.label.sizeHint().width() > min(_WIDEST, room):
            self.label.setWordWrap(True)
            self.label.setMinimumWidth(min(_WIDEST, room) - 140)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._time.start()

    def close_toast(self) -> None:
        """Take it away now."""
        self._time.stop()
        self.hide()
        self.gone.emit()
        self.deleteLater()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._time.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._time.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.close_toast()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        self.move((self._host.width() - self.width()) // 2, self._host.height() - self.height() - 20)

    def _on_action(self) -> None:
        action = self.notice.action
        self.close_toast()
        if action is not None:
            action.run()


class NoticeBar(QFrame):
    """A line over the page for what must be read: stays until it is closed or its action is taken."""

    closed = Signal()

    def __init__(self, notice: Notice, *, closable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        theme.set_kind(self, "notice", tone=notice.tone.value)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(theme.size("unit") * 2)
        self._picture = QLabel()
        said = QHBoxLayout()
        said.setSpacing(theme.size("unit") * 2)
        said.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        text = words_label(notice.words, wraps=True, selectable=True)
        # The icon is as much higher than a line of text: the first line stands at its middle.
        text.setContentsMargins(0, (theme.size("icon_large") - text.fontMetrics().height()) // 2, 0, 0)
        said.addWidget(text, 1, Qt.AlignmentFlag.AlignTop)
        row.addLayout(said, 1)
        row.setAlignment(said, Qt.AlignmentFlag.AlignVCenter)
        if notice.action is not None:
            row.addWidget(Button(notice.action.words, self._after(notice.action.run), "plain"))
        if closable:
            row.addWidget(IconButton("close", words("ui.close"), self.closed.emit))
        self.setAccessibleName(notice.words)
        self._draw_icon()
        theme.news().changed.connect(self._draw_icon)

    def _after(self, run: Callable[[], None]) -> Callable[[], None]:
        def close_and_run() -> None:
            self.closed.emit()
            run()

        return close_and_run

    def _draw_icon(self) -> None:
        name, role = _TONE_ICONS[self.notice.tone]
        edge = theme.size("icon_large")
        self._picture.setPixmap(theme.icon(name, role).pixmap(QSize(edge, edge)))
