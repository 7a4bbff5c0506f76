"""Sets up the Qt application: style, fonts, theme, and the last resort for errors nobody caught."""

from collections.abc import Sequence
from typing import cast

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from mdt_desktop.settings import Density
from mdt_desktop.ui import theme
from mdt_desktop.ui.messages import Messages
from mdt_desktop.words import words


def make_application(
    argv: Sequence[str] = (),
    *,
    scheme: theme.Scheme = "system",
    scale: float = 1.0,
    density: Density = Density.COMFORTABLE,
    first_faces_only: bool = False,
) -> QApplication:
    """The one QApplication, dressed; the one there is already when there is one.

    With `first_faces_only` the caller sees to `theme.load_all_faces()` after the first picture.
    """
    there = QApplication.instance()
    app = cast(QApplication, there) if there is not None else QApplication(["mdt-desktop", *argv])
    app.setApplicationName("mdt-desktop")
    app.setApplicationDisplayName(words("ui.product"))
    app.setDesktopFileName("mdt-desktop")
    app.setStyle("Fusion")
    theme.apply(app, scheme, scale, density)
    if not first_faces_only:
        theme.load_all_faces()
    return app


class LastResort(QObject):
    """Shows words for an error that nobody caught. Give `tell` to `logs.running.start_logging`, which logs its type and
    place and never its text; it may be called from any thread."""

    _told = Signal(object)

    def __init__(self, messages: Messages) -> None:
        super().__init__(messages)
        self._messages = messages
        self._told.connect(self._on_told, QtCore.Qt.ConnectionType.QueuedConnection)

    def tell(self, problem: BaseException) -> None:
        """Have it shown in the GUI thread."""
        self._told.emit(problem)

    def _on_told(self, problem: BaseException) -> None:
        self._messages.error(problem if isinstance(problem, Exception) else RuntimeError())
