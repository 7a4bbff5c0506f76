"""Keeps the windows out of pictures of the screen and out of shared screens until somebody allows it (SECURITY R19)."""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication, QPlatformSurfaceEvent, QWindow

from mdt_desktop.ui.lazily import load

Shield = Callable[[int, bool], None]
"""Shields a window, by its native handle, from being captured, or no longer."""

_COMES = frozenset({QEvent.Type.PlatformSurface, QEvent.Type.Show})
_GOES = QPlatformSurfaceEvent.SurfaceEventType.SurfaceAboutToBeDestroyed
_SHOWN, _ONLY_BLACK, _LEFT_OUT = 0x0, 0x1, 0x11
_SHARING_NONE, _SHARING_READ_ONLY = 0, 1


def windows_shield(library: Any = None) -> Shield:
    """By SetWindowDisplayAffinity: left out of the picture from Windows 10 2004 on, black before that."""
    if library is None and sys.platform == "win32":
        library = ctypes.windll.user32

    def shield(window_id: int, on: bool) -> None:
        handle = ctypes.c_void_p(window_id)
        if not library.SetWindowDisplayAffinity(handle, _LEFT_OUT if on else _SHOWN) and on:
            library.SetWindowDisplayAffinity(handle, _ONLY_BLACK)

    return shield


def mac_shield(objects: Any = None) -> Shield:
    """By the sharing type of the NSWindow around Qt's view. Raises OSError where there is no runtime."""
    found = objects if objects is not None else load("desktop.mac_objects", "MacObjects")()

    def shield(window_id: int, on: bool) -> None:
        window = found.send(window_id, "window")
        if window:
            found.send(window, "setSharingType:", _SHARING_NONE if on else _SHARING_READ_ONLY)

    return shield


def shield_of(platform: str = sys.platform) -> Shield | None:
    """What this system offers; None where programs have no say in it, as on Linux."""
    try:
        return windows_shield() if platform == "win32" else mac_shield() if platform == "darwin" else None
    except OSError:
        return None


class ScreenCapture(QObject):
    """Shields each window when it is made: the program's own, dialogs, menus, lists that open, tooltips.

    Sharing that somebody allows ends when the program locks or closes. Where a system offers no shield, `possible`
    is false and nothing is watched.
    """

    changed = Signal(bool)  # is sharing allowed?

    def __init__(self, application: QGuiApplication, shield: Shield | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shield = shield
        self._allowed = False
        if shield is not None:
            application.installEventFilter(self)
            self._shield_all()

    @property
    def possible(self) -> bool:
        """Can this system keep windows out of pictures?"""
        return self._shield is not None

    @property
    def allowed(self) -> bool:
        """May the screen be shared now?"""
        return self._allowed or not self.possible

    def allow(self, on: bool) -> None:
        """Let the windows be seen in pictures and shared screens, or no longer."""
        if self.possible and on is not self._allowed:
            self._allowed = on
            self._shield_all()
            self.changed.emit(on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # When it is made, before anything of it is seen; and when it is shown again, if sharing ended meanwhile.
        if event.type() in _COMES and isinstance(watched, QWindow) and watched.isTopLevel():
            goes = isinstance(event, QPlatformSurfaceEvent) and event.surfaceEventType() == _GOES
            if not goes:
                self._shield_one(watched)
        return False

    def _shield_all(self) -> None:
        for window in QGuiApplication.topLevelWindows():
            if window.isVisible():
                self._shield_one(window)

    def _shield_one(self, window: QWindow) -> None:
        if self._shield is not None:
            self._shield(int(window.winId()), not self._allowed)
