"""The command that lets the screen be shared, and the mark in the bar for as long as it may."""

from mdt_desktop.ui.commands import Command
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.screen_capture import ScreenCapture
from mdt_desktop.words import words


def offer_sharing(window: MainWindow, capture: ScreenCapture) -> None:
    """Add the command to the window; the mark in its bar ends the sharing."""
    top = window.top
    capture.changed.connect(top.sharing.setVisible)
    top.sharing.clicked.connect(lambda _=False: capture.allow(False))
    window.commands.add(
        Command(
            "view.sharing",
            words("lock.command.sharing"),
            lambda: capture.allow(not capture.allowed),
            icon="view",
            enabled=lambda: not window.covered,
            group=words("ui.group.view"),
        )
    )
