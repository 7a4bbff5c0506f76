"""Notices when nobody has touched keyboard or mouse for a while, so that the program locks itself (SECURITY R17)."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QWindow

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class IdleWatch(QObject):
    """Emits `idle` once when nothing came for `minutes`; listens to windows, not to every event of every widget."""

    idle = Signal()

    def __init__(self, app: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.minutes = 0
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.idle)
        self._watched: QWindow | None = None
        app.focusWindowChanged.connect(self._on_window)
        self._on_window(QGuiApplication.focusWindow())

    def start(self, minutes: int) -> None:
        """Begin to count anew."""
        self.minutes = minutes
        self.timer.start(minutes * 60_000)

    def stop(self) -> None:
        """Count no longer: the program is locked."""
        self.timer.stop()

    @property
    def running(self) -> bool:
        """Whether the time is being counted."""
        return self.timer.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self.timer.isActive():
            self.timer.start(self.minutes * 60_000)
        return False

    def _on_window(self, window: "QWindow | None") -> None:
        if window is None:
            return
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = window
        window.installEventFilter(self)
        window.destroyed.connect(self._on_gone)

    def _on_gone(self) -> None:
        self._watched = None
