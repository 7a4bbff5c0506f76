"""The running program as tests of backups use it: waiting for its screens, unlocking, going to the settings."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.settings.backups import BackupsCard
from mdt_desktop.ui.settings.page import SettingsPage
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import people_in

C = TypeVar("C", bound=QWidget)
_PATIENCE_MS = 20_000


class Window:
    """One run of the program."""

    def __init__(self, start: Start, qtbot: QtBot) -> None:
        self.start, self._qtbot = start, qtbot

    def wait(self, true: Callable[[], bool]) -> None:
        """Until this callable says so."""
        self._qtbot.waitUntil(true, timeout=_PATIENCE_MS)

    def settle(self) -> None:
        """Until everything that was asked for is done and shown."""
        quiet = 0

        def settled() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self.start.operations.idle else 0
            return quiet > 3

        self.wait(settled)

    def cover(self, kind: type[C]) -> C:
        """The first screen of this kind, once it is shown and has what it asked for."""
        if not self.start.window.isVisible():
            self.start.open_window()
        self.wait(lambda: isinstance(self.start.cover, kind) and self.start.window.isVisible())
        # What the first screen waits for begins after it is painted.
        self.wait(lambda: "page.caseload" in {command.id for command in self.start.window.commands.all()})
        self.settle()
        cover = self.start.cover
        assert isinstance(cover, kind)
        return cover

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Type the passphrase on the unlock screen and wait for the pages."""
        page = self.cover(UnlockPage)
        page.passphrase.setText(passphrase)
        page.unlock.click()
        self.wait(lambda: self.start.program is not None and not self.start.window.covered)
        self.settle()

    def card(self) -> BackupsCard:
        """The card of the settings page, with its list."""
        self.start.window.show_page("settings")
        self.settle()
        page = self.start.window.page
        assert isinstance(page, SettingsPage)
        return page.backups

    def people(self) -> int:
        """How many people the open store has."""
        assert self.start.program is not None
        return people_in(self.start.program)

    def notices(self) -> str:
        """What is told over the page and as a toast."""
        return " ".join(self.start.window.shown_notices())
