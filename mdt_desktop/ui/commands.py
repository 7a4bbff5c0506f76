"""The registry of everything a person can do: it makes menus, shortcuts, the palette and the sheet of keys."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from mdt_desktop.ui import theme

Shortcut = QKeySequence.StandardKey | str


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do. `words` begin with a verb; `shortcuts` are of the operating system where it has
    one ("Ctrl+K" otherwise); `enabled` is asked whenever the command is offered and again when it is chosen."""

    id: str
    words: str
    run: Callable[[], None]
    shortcuts: tuple[Shortcut, ...] = ()
    icon: str = ""
    enabled: Callable[[], bool] = _always
    group: str = ""
    in_palette: bool = True
    also_called: tuple[str, ...] = field(default=())

    def keys(self) -> str:
        """The first shortcut as the operating system writes it; empty without one."""
        for shortcut in self.shortcuts:
            return sequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        return ""


def sequence(shortcut: Shortcut) -> QKeySequence:
    """The key sequence of a standard key or of text."""
    return QKeySequence(shortcut)


class ShortcutTaken(ValueError):
    """Two commands want the same keys; a fault of the program, found when the second one is added."""


class Commands(QObject):
    """Commands live as long as the window, or until the page that added them takes them out again."""

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def add(self, *commands: Command) -> None:
        """Register. Raises KeyError for an id that is there already, ShortcutTaken for keys that are."""
        for command in commands:
            if command.id in self._commands:
                raise KeyError(command.id)
            self._refuse_taken_keys(command)
            self._commands[command.id] = command
            self._actions[command.id] = self._action_for(command)
        self.changed.emit()

    def remove(self, *ids: str) -> None:
        """Take commands out, with their keys; ids that are not there are passed over."""
        for identifier in ids:
            if self._commands.pop(identifier, None) is not None:
                action = self._actions.pop(identifier)
                self._window.removeAction(action)
                action.deleteLater()
        self.changed.emit()

    def all(self) -> tuple[Command, ...]:
        """In the order they were added."""
        return tuple(self._commands.values())

    def offered(self) -> tuple[Command, ...]:
        """Those for the palette that can be done now."""
        return tuple(c for c in self._commands.values() if c.in_palette and c.enabled())

    def run(self, identifier: str) -> bool:
        """Do it if it can be done now; says whether it was. Raises KeyError for an unknown id."""
        command = self._commands[identifier]
        if not command.enabled():
            return False
        command.run()
        return True

    def action(self, identifier: str) -> QAction:
        """The command's action, for a button or a menu; its words, icon and keys are set."""
        return self._actions[identifier]

    def fill_menu(self, menu: QMenu, ids: Iterable[str]) -> None:
        """Put commands into a menu; an empty id is a line. What cannot be done is greyed when the menu opens."""
        for identifier in ids:
            if identifier:
                menu.addAction(self._actions[identifier])
            else:
                menu.addSeparator()
        menu.aboutToShow.connect(self.refresh)

    def refresh(self) -> None:
        """Ask every command anew whether it can be done, for menus and buttons that show its action."""
        for identifier, command in self._commands.items():
            self._actions[identifier].setEnabled(command.enabled())

    def _refuse_taken_keys(self, command: Command) -> None:
        wanted = {sequence(shortcut).toString() for shortcut in command.shortcuts}
        for other in self._commands.values():
            for taken in wanted & {sequence(shortcut).toString() for shortcut in other.shortcuts}:
                raise ShortcutTaken(f"{taken} of {command.id} is taken by {other.id}")

    def _action_for(self, command: Command) -> QAction:
        action = QAction(command.words, self._window)
        if command.icon:
            action.setIcon(theme.icon(command.icon, "muted"))
        action.setShortcuts([sequence(shortcut) for shortcut in command.shortcuts])
        # Greyed actions swallow their keys in silence, so a stale grey would be worse than asking again on use.
        action.triggered.connect(lambda _=False, identifier=command.id: self.run(identifier))
        self._window.addAction(action)
        return action
