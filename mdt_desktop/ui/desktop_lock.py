"""Tells when nobody is at the program any more: the desktop locked, the user was switched, or the computer sleeps."""

import sys
import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui.lazily import load

_LISTENERS = {
    "linux": ("desktop.linux_bus", "LinuxBus"),
    "win32": ("desktop.windows_session", "WindowsSession"),
    "darwin": ("desktop.mac_notices", "MacNotices"),
}
_LOOK_EVERY_MS = 15_000
_SLEPT_SECONDS = 30


class Listener(Protocol):
    """What one system tells; `left` is called in the window's thread and may be called more than once."""

    def begin(self, window_id: int) -> None:
        """Listen; `window_id` is the native handle of the window. Raises OSError where the system refuses."""

    def hold_sleep(self) -> None:
        """Ask the system to wait a moment before it sleeps, so that the store can be closed first."""

    def let_sleep(self) -> None:
        """The store is closed: the computer may sleep at once."""

    def stop(self) -> None:
        """Listen no longer."""


class DesktopLock(QObject):
    """Emits `left` (SECURITY R17). Where a system tells nothing, the time it slept is seen afterwards by the clocks.

    Linux tells by D-Bus (logind and the usual screen savers), Windows by session and power messages, macOS by its
    notice of a locked screen. The parts for Windows and macOS were written by their documentation and not run there.
    """

    left = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        platform: str = sys.platform,
        make: Callable[[Callable[[], None]], Listener] | None = None,
    ) -> None:
        """`make` gives another listener than the one of the platform."""
        super().__init__(parent)
        self._make = make
        if make is None and platform in _LISTENERS:
            module, name = _LISTENERS[platform]
            self._make = load(module, name)
        self._listener: Listener | None = None
        self._sleep = SleepWatch(self)
        self._sleep.slept.connect(self.left)

    def begin(self, window: QWidget) -> None:
        """Listen, from now until `stop`; a system that refuses is one that tells nothing."""
        self._sleep.start()
        if self._make is None:
            return
        self._listener = self._make(self.left.emit)
        try:
            self._listener.begin(int(window.winId()))
        except OSError:
            self._listener = None

    @property
    def is_told(self) -> bool:
        """Does the system tell when it locks?"""
        return self._listener is not None

    def hold_sleep(self) -> None:
        """The store is open: sleep waits until it is closed, where the system can do that."""
        if self._listener is not None:
            self._listener.hold_sleep()

    def let_sleep(self) -> None:
        """The store is closed."""
        if self._listener is not None:
            self._listener.let_sleep()

    def stop(self) -> None:
        """Listen no longer: the program ends."""
        self._sleep.stop()
        if self._listener is not None:
            self._listener.stop()
            self._listener = None


class SleepWatch(QObject):
    """Emits `slept` when the wall clock went on for half a minute that the program did not live through.

    A clock that somebody puts forward looks the same, and locks once too often.
    """

    slept = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        """`running` stands still while the computer sleeps, `wall` does not; both in seconds."""
        super().__init__(parent)
        self._wall, self._running = wall, running
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._before = (wall(), running())

    def start(self) -> None:
        """Look every 15 seconds; the first look after waking comes at once."""
        self._before = (self._wall(), self._running())
        self._timer.start()

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()

    def look(self) -> None:
        """Compare the two clocks with the last look."""
        now = (self._wall(), self._running())
        gap = (now[0] - self._before[0]) - (now[1] - self._before[1])
        self._before = now
        if gap > _SLEPT_SECONDS:
            self.slept.emit()
