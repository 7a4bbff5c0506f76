"""Plays a script on the real window step by step, without blocking it, and takes pictures of what is shown."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from mdt_desktop.ui.operations import Operations

_LOOK_EVERY_MS = 8
_QUIET_LOOKS = 4
_PATIENCE_SECONDS = 180.0
_VEIL = 70


@dataclass(frozen=True, slots=True)
class Until:
    """The script goes on when `true` says so; `what` names it for whoever must find out why it did not."""

    what: str
    true: Callable[[], bool]


Steps = Iterator[Until]


class Script(QObject):
    """Runs a generator of waits on the window's own event loop. `ended` carries what it got stuck at, or nothing."""

    ended = Signal(str)

    def __init__(self, steps: Steps, patience: float = _PATIENCE_SECONDS) -> None:
        super().__init__()
        self._steps, self._patience = steps, patience
        self._waiting: Until | None = None
        self._since = time.monotonic()
        self.error: Exception | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin; the event loop must run or be started next."""
        self._timer.start()

    def fail(self, error: Exception) -> None:
        """End it: what the script stands on did not work."""
        self.error = error
        self._end(self._waiting.what if self._waiting else "")

    def _look(self) -> None:
        waiting = self._waiting
        try:
            if waiting is not None and not waiting.true():
                if time.monotonic() - self._since > self._patience:
                    self._end(waiting.what)
                return
            self._waiting = next(self._steps)
            self._since = time.monotonic()
        except StopIteration:
            self._end("")
        except Exception as error:  # noqa: BLE001  # a script that fails must end the program, not hang it
            self.error = error
            self._end(waiting.what if waiting else type(error).__name__)

    def _end(self, stuck_at: str) -> None:
        self._timer.stop()
        self.ended.emit(stuck_at)


def settled(operations: Operations, what: str = "settled") -> Until:
    """Nothing runs, nothing waits to be delivered, and what was delivered has been laid out and painted."""
    quiet = 0

    def true() -> bool:
        nonlocal quiet
        quiet = quiet + 1 if operations.idle else 0
        return quiet >= _QUIET_LOOKS

    return Until(what, true)


def picture(window: QWidget) -> QPixmap:
    """The window as it is seen, with the dialog that lies over it."""
    shot = window.grab()
    dialogs = [
        top
        for top in QApplication.topLevelWidgets()
        if isinstance(top, QDialog) and top.isVisible() and top is not window
    ]
    for dialog in dialogs:
        painter = QPainter(shot)
        painter.fillRect(0, 0, window.width(), window.height(), QColor(0, 0, 0, _VEIL))
        at = QPoint((window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 2)
        painter.drawPixmap(at, dialog.grab())
        painter.end()
    return shot


def save_picture(window: QWidget, path: Path) -> None:
    """Save what is seen as PNG. Raises OSError where that is refused."""
    if not picture(window).save(str(path), "PNG"):
        raise OSError(f"{path} could not be written")


def close_dialogs(window: QWidget) -> None:
    """Answer every open dialog by its way out."""
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog) and top.isVisible() and top is not window:
            top.close()


def focus_on(widget: QWidget) -> None:
    """Put the focus there as the keyboard would, so that its ring is seen."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
