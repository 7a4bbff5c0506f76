"""macOS: the few calls to Objective-C objects that no library of ours offers; written by their documentation only."""

import ctypes
import ctypes.util
from typing import Any


class MacObjects:
    """Sends messages to objects of the system."""

    def __init__(self, library: Any = None) -> None:
        """`library` is the Objective-C runtime, or what stands in for it. Raises OSError where there is none."""
        self._library = library if library is not None else _runtime()

    def kind(self, name: str) -> int:
        """A class by its name."""
        return int(self._library.objc_getClass(name.encode()) or 0)

    def send(self, receiver: int, message: str, *arguments: int) -> int:
        """Send a message whose arguments, and whose answer, are objects or whole numbers."""
        selector = self._library.sel_registerName(message.encode())
        words = [ctypes.c_void_p] * (2 + len(arguments))
        # The runtime wants to be called with the very types of the message, on Apple's own processors above all.
        call = ctypes.CFUNCTYPE(ctypes.c_void_p, *words)(self._library.address_of_send())
        return int(call(receiver, selector, *arguments) or 0)

    def text(self, text: str) -> int:
        """An NSString."""
        held = ctypes.c_char_p(text.encode())
        address = ctypes.cast(held, ctypes.c_void_p).value or 0
        return self.send(self.kind("NSString"), "stringWithUTF8String:", address)


class _Runtime:
    """The runtime's functions with their types."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.objc_getClass = library.objc_getClass
        self.objc_getClass.restype = ctypes.c_void_p
        self.objc_getClass.argtypes = [ctypes.c_char_p]
        self.sel_registerName = library.sel_registerName
        self.sel_registerName.restype = ctypes.c_void_p
        self.sel_registerName.argtypes = [ctypes.c_char_p]
        self._send = library.objc_msgSend

    def address_of_send(self) -> int:
        """Where the function that sends messages is."""
        return ctypes.cast(self._send, ctypes.c_void_p).value or 0


def _runtime() -> _Runtime:
    return _Runtime(ctypes.CDLL(ctypes.util.find_library("objc") or "objc"))
