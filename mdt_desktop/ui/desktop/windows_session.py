"""Windows: the locked session, another user's turn and sleep, as messages to the window tell them."""

import ctypes
import sys
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication

_NOTIFY_FOR_THIS_SESSION = 0
_WM_POWERBROADCAST, _PBT_APMSUSPEND = 0x0218, 0x0004
_WM_WTSSESSION_CHANGE = 0x02B1
_CONSOLE_DISCONNECT, _REMOTE_DISCONNECT, _SESSION_LOGOFF, _SESSION_LOCK = 0x2, 0x4, 0x6, 0x7
_AWAY = {
    (_WM_POWERBROADCAST, _PBT_APMSUSPEND),
    *((_WM_WTSSESSION_CHANGE, code) for code in (_CONSOLE_DISCONNECT, _REMOTE_DISCONNECT, _SESSION_LOGOFF)),
    (_WM_WTSSESSION_CHANGE, _SESSION_LOCK),
}


class WindowsSession(QAbstractNativeEventFilter):
    """Registers the window for messages about its session; those about power come without asking."""

    def __init__(self, left: Callable[[], None], library: Any = None) -> None:
        """`library` is wtsapi32, or what stands in for it."""
        super().__init__()
        self._left, self._library = left, library
        self._window_id = 0

    def begin(self, window_id: int) -> None:
        """Listen. Raises OSError where Windows refuses."""
        if self._library is None and sys.platform == "win32":
            self._library = ctypes.windll.wtsapi32
        if not self._library.WTSRegisterSessionNotification(wintypes.HWND(window_id), _NOTIFY_FOR_THIS_SESSION):
            raise OSError("no session messages")
        self._window_id = window_id
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray | bytes | bytearray | memoryview, message: int) -> object:
        """Look at a message on its way to the window; it is never kept from it."""
        if QByteArray(kind).data() in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            told = wintypes.MSG.from_address(int(message))
            if (told.message, told.wParam) in _AWAY:
                self._left()
        return False, 0

    def hold_sleep(self) -> None:
        """Windows waits some two seconds for the answer to its message by itself."""

    def let_sleep(self) -> None:
        """Nothing was held."""

    def stop(self) -> None:
        """Listen no longer."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeNativeEventFilter(self)
        if self._window_id:
            self._library.WTSUnRegisterSessionNotification(wintypes.HWND(self._window_id))
            self._window_id = 0
