"""Puts off what the first picture does not need until that picture is on the screen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_LONGEST_MS = 400  # a window that opens minimised is not painted, and its work begins all the same


class FirstPaint(QObject):
    """Calls `do` once, in the event loop, after `window` was painted for the first time."""

    def __init__(self, window: QWidget, do: Callable[[], None]) -> None:
        super().__init__(window)
        self._do = do
        # The window is asked for as the parent and not kept: one that only this object held would be destroyed in the
        # middle of this object's own end, and would destroy it once more.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._go)
        self._late.start(_LONGEST_MS)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            # The event comes before the painting: the timer lets that finish, with the window's children.
            self._late.start(0)
        return False

    def _go(self) -> None:
        window = self.parent()
        if window is not None:
            window.removeEventFilter(self)
        self._do()
        self.deleteLater()
