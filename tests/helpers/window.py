"""The main window with threads of its own, for tests of pages; waiting is for what is to be true, never for time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Page


@dataclass
class Shell:
    """A shown window over an open store."""

    program: Program
    broadcasts: Broadcasts = field(default_factory=Broadcasts)

    def __post_init__(self) -> None:
        clock = self.program.access.clock
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.window = MainWindow(self.operations, self.broadcasts, self.messages, lambda: clock().astimezone())
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
