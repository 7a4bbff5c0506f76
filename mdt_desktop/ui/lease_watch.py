"""Knows the moment at which the lease of what is held ends, and tells it then, not at the next look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from mdt_desktop.services.lease import LeaseGuard

_LONGEST = timedelta(days=20)
"""A timer holds 24 days at most; a later end is aimed at again when this is over."""


class LeaseWatch(QObject):
    """`ended` comes at the moment, and when the program comes to the front after it, as a timer does not count while
    the computer sleeps. It may come twice; whoever listens asks the guard."""

    ended = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._guard: LeaseGuard | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_state)

    def aim(self, guard: LeaseGuard) -> None:
        """From now on this lease counts: as often as something may have moved its end."""
        self._guard = guard
        self.timer.stop()
        contact, standing = guard.contact, guard.standing(self._clock())
        if contact is None or standing.ends is None or standing.is_locked:
            return
        # The end is in the central store's time, and no time that was seen once comes back.
        left = standing.ends - max(self._clock() + contact.skew, contact.latest)
        self.timer.start(ceil(min(left, _LONGEST) / timedelta(milliseconds=1)))

    def stop(self) -> None:
        """The store is closed, or its cover is shown."""
        self.timer.stop()
        self._guard = None

    def look(self) -> None:
        """Tell whether it has ended; otherwise aim again."""
        guard = self._guard
        if guard is None:
            return
        if guard.standing(self._clock()).is_locked:
            self.stop()
            self.ended.emit()
        else:
            self.aim(guard)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look()
