"""The second screen of a meeting: opened and closed by a key, and the person shown on it only by another."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui.cockpit.composer import Entry
from mdt_desktop.ui.cockpit.projector import ProjectorWindow
from mdt_desktop.ui.cockpit.view import CockpitView


class SecondScreen(QObject):
    """Keeps what the window would show while there is none; `clock` gives the present moment."""

    def __init__(self, host: QWidget, clock: Callable[[], datetime]) -> None:
        super().__init__(host)
        self._host, self._clock = host, clock
        self._view: CockpitView | None = None
        self.window: ProjectorWindow | None = None

    def show_view(self, view: CockpitView) -> None:
        """The meeting moved on."""
        self._view = view
        if self.window is not None:
            self.window.show_view(view, self._clock())

    def show_typed(self, entry: Entry | None) -> None:
        """The decision or action as it is typed."""
        if self.window is not None:
            self.window.show_typed(entry)

    def switch(self) -> None:
        """Open the window or close it; the laptop keeps the keyboard."""
        if self.window is not None:
            self.close()
            return
        self.window = ProjectorWindow(self._host)
        self.window.closed.connect(self._on_closed)
        if self._view is not None:
            self.window.show_view(self._view, self._clock())
        self.window.open_on_second_screen()
        self._host.activateWindow()

    def switch_person(self) -> None:
        """Show the person who is discussed, or hide them; the window is opened first where there is none."""
        if self.window is None:
            self.switch()
        if self.window is not None:
            self.window.show_person_on(not self.window.shows_person, self._clock())

    def switch_names(self) -> None:
        """Show the name, or initials again."""
        if self.window is not None:
            self.window.show_names_on(not self.window.shows_names, self._clock())

    def tick(self) -> None:
        """Another second."""
        if self.window is not None:
            self.window.tick(self._clock())

    def close(self) -> None:
        """Take the window away."""
        if self.window is not None:
            self.window.close()

    def _on_closed(self) -> None:
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
