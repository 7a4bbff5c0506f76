"""macOS: the locked screen and the screen saver, as the system's distributed notices tell them."""

import ctypes
import ctypes.util
from collections.abc import Callable
from typing import Any

_UTF8 = 0x08000100
_DELIVER_IMMEDIATELY = 4
_NOTICES = ("com.apple.screenIsLocked", "com.apple.screensaver.didstart")
"""A laptop whose lid is closed, and a user who is switched, lock the screen first where macOS is set to do so."""

_Told = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class MacNotices:
    """Listens through CoreFoundation, which Qt's event loop serves on macOS."""

    def __init__(self, left: Callable[[], None], library: Any = None) -> None:
        """`library` is CoreFoundation, or what stands in for it."""
        self._left, self._library = left, library
        # Kept: the system calls it for as long as it listens.
        self.told = _Told(lambda *_: left())
        self._centre: Any = None

    def begin(self, window_id: int) -> None:
        """Listen. Raises OSError where there is no CoreFoundation."""
        library = self._library
        if library is None:
            library = self._library = _core_foundation()
        self._centre = library.CFNotificationCenterGetDistributedCenter()
        for notice in _NOTICES:
            name = library.CFStringCreateWithCString(None, notice.encode(), _UTF8)
            library.CFNotificationCenterAddObserver(self._centre, id(self), self.told, name, None, _DELIVER_IMMEDIATELY)
            library.CFRelease(name)

    def hold_sleep(self) -> None:
        """macOS is not asked to wait: the clocks tell afterwards that it slept."""

    def let_sleep(self) -> None:
        """Nothing was held."""

    def stop(self) -> None:
        """Listen no longer."""
        if self._centre is not None:
            self._library.CFNotificationCenterRemoveEveryObserver(self._centre, id(self))
            self._centre = None


def _core_foundation() -> Any:
    """The library with the types of what is called in it. Raises OSError where it is not there."""
    library = ctypes.CDLL(ctypes.util.find_library("CoreFoundation") or "CoreFoundation")
    pointer = ctypes.c_void_p
    library.CFNotificationCenterGetDistributedCenter.restype = pointer
    library.CFStringCreateWithCString.restype = pointer
    library.CFStringCreateWithCString.argtypes = [pointer, ctypes.c_char_p, ctypes.c_uint32]
    library.CFNotificationCenterAddObserver.restype = None
    library.CFNotificationCenterAddObserver.argtypes = [pointer, pointer, _Told, pointer, pointer, ctypes.c_long]
    library.CFNotificationCenterRemoveEveryObserver.restype = None
    library.CFNotificationCenterRemoveEveryObserver.argtypes = [pointer, pointer]
    library.CFRelease.restype = None
    library.CFRelease.argtypes = [pointer]
    return library
