"""The main window with threads of its own, for tests of pages; waiting is for what is to be true, never for time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Page


class WindowParts:
    """A main window and what it stands on, not shown and without a page; it is 14:32 unless `now` says otherwise."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime(2026, 11, 23, 14, 32, tzinfo=UTC)) -> None:
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.window = MainWindow(self.operations, self.broadcasts, self.messages, now)


class Shell(WindowParts):
    """A window over an open store."""

    def __init__(self, program: Program) -> None:
        super().__init__(lambda: program.access.clock().astimezone())
        self.program = program
        self.window.register_page("other", "Other", "today", Page)

    def register(self, key: str, factory: Callable[[], Page]) -> None:
        """A page that is not in the rail."""
        self.window.register_page(key, key, "case", factory, in_rail=False)


@contextmanager
def a_shell(program: Program) -> Iterator[Shell]:
    """A shown window; its threads end before the store closes."""
    shell = Shell(program)
    shell.window.show()
    try:
        yield shell
    finally:
        shell.window.forget_pages()
        shell.window.close()
        shell.operations.close()
        shell.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def until_idle(qtbot: QtBot, operations: Operations) -> None:
    """Wait until everything that was asked for is done and shown, with what that asked for in its turn."""
    quiet = 0

    def settled() -> bool:
        nonlocal quiet
        QCoreApplication.sendPostedEvents()
        quiet = quiet + 1 if operations.idle else 0
        return quiet > 2  # two turns of the event loop without work

    qtbot.waitUntil(settled, timeout=10_000)
