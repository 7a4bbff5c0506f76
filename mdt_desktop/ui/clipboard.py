"""The one door to the clipboard: what the program copies is marked as confidential and taken away again (R18)."""

import hashlib
import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

from mdt_desktop.ui.lazily import load

_NATIVE = 'application/x-qt-windows-mime;value="{}"'
_HINTS: Mapping[str, Mapping[str, bytes]] = {
    # KDE's Klipper and most managers on Linux.
    "linux": {"x-kde-passwordManagerHint": b"secret"},
    # Windows 10 and later: neither the clipboard's history nor other devices; the numbers are DWORDs.
    "win32": {
        _NATIVE.format("ExcludeClipboardContentFromMonitorProcessing"): bytes(4),
        _NATIVE.format("CanIncludeInClipboardHistory"): bytes(4),
        _NATIVE.format("CanUploadToCloudClipboard"): bytes(4),
    },
}
_CONCEALED_TYPE = "org.nspasteboard.ConcealedType"
_SELECTION = QClipboard.Mode.Selection


def copy(text: str) -> None:
    """Put text on the clipboard, with the hints that keep it out of histories; `OwnClipboard` takes it away."""
    QGuiApplication.clipboard().setMimeData(concealed(text))


def concealed(text: str, platform: str = sys.platform) -> QMimeData:
    """Plain text with what tells clipboard managers of this system not to keep it."""
    data = QMimeData()
    data.setText(text)
    for form, content in _HINTS.get(platform, {}).items():
        data.setData(form, content)
    return data


class OwnClipboard(QObject):
    """Sees to whatever the program puts on the clipboard, Ctrl+C in any field included.

    It is marked as concealed and cleared after `seconds`, on locking and at the end, and only while the clipboard
    still holds it. The text itself is not kept here, only a keyed digest of it.
    """

    def __init__(
        self,
        clipboard: QClipboard,
        seconds: int,
        parent: QObject | None = None,
        *,
        platform: str = sys.platform,
        owns: Callable[[], bool] | None = None,
        mark: Callable[[], None] | None = None,
    ) -> None:
        """`owns` says whether the program filled the clipboard; by default Qt is asked. `mark` conceals on macOS."""
        super().__init__(parent)
        self._clipboard, self._platform = clipboard, platform
        self._owns = owns if owns is not None else self._ask_qt
        self._mark = mark if mark is not None else mark_on_macos
        self._key = secrets.token_bytes(32)
        self._held = self._awaited = b""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.keep_for(seconds)
        self._was_active = QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_state)
        clipboard.dataChanged.connect(self._on_changed)

    def keep_for(self, seconds: int) -> None:
        """How long what is copied from now on stays; what is there already starts anew."""
        self._timer.setInterval(seconds * 1000)

    @property
    def seconds(self) -> float:
        """How long what is copied stays."""
        return self._timer.interval() / 1000

    @property
    def waits(self) -> bool:
        """Does something of ours lie on the clipboard, as far as is known?"""
        return self._timer.isActive()

    def clear(self) -> None:
        """Take away what is ours; what another program has put there since stays."""
        self._timer.stop()
        held, self._held = self._held, b""
        if held and self._digest(self._clipboard.text()) == held:
            self._clipboard.clear()
        # On X11 text that is only selected can be pasted elsewhere with the middle button.
        if self._clipboard.supportsSelection() and self._clipboard.ownsSelection():
            self._clipboard.clear(_SELECTION)

    def _on_changed(self) -> None:
        text = self._clipboard.text()
        digest, is_ours = self._digest(text), self._owns()
        if not text or (digest != self._held and not is_ours):
            self._held = b""
            self._timer.stop()
        elif digest == self._awaited:
            self._awaited = b""
        elif is_ours:
            self._held = digest
            self._timer.start()
            if not self._is_concealed():
                self._conceal(text, digest)

    def _is_concealed(self) -> bool:
        hints = _HINTS.get(self._platform, {})
        return bool(hints) and all(self._clipboard.mimeData().hasFormat(form) for form in hints)

    def _conceal(self, text: str, digest: bytes) -> None:
        """Put the same text there with the hints: fields of Qt copy without them."""
        if self._platform == "darwin":
            self._mark()
        elif self._platform in _HINTS:
            # The change that this makes comes back here, at once or later.
            self._awaited = digest
            self._clipboard.setMimeData(concealed(text, self._platform))

    def _ask_qt(self) -> bool:
        platform = QGuiApplication.platformName()
        if platform == "cocoa":
            # It never says. It tells of others' changes when the program comes to the front, before that counts.
            return self._was_active
        # Off the screen there is nobody else, and Qt never says either.
        return platform == "offscreen" or self._clipboard.ownsClipboard()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        self._was_active = state == Qt.ApplicationState.ApplicationActive

    def _digest(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key).digest()


def mark_on_macos(objects: Any = None) -> None:
    """Add the type that pasteboard managers agreed on. Where the runtime is not found, nothing is marked."""
    if objects is None:
        try:
            objects = load("desktop.mac_objects", "MacObjects")()
        except OSError:
            return
    board = objects.send(objects.kind("NSPasteboard"), "generalPasteboard")
    kind, empty = objects.text(_CONCEALED_TYPE), objects.text("")
    types = objects.send(objects.kind("NSArray"), "arrayWithObject:", kind)
    objects.send(board, "addTypes:owner:", types, 0)
    objects.send(board, "setString:forType:", empty, kind)
