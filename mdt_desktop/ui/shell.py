"""What stands around the pages, put together: rail, bar, notices, status line, and the window's commands."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.commands import Command, Commands
from mdt_desktop.ui.hits import Hit
from mdt_desktop.ui.shell_commands import ShellWishes, shell_commands
from mdt_desktop.ui.shell_parts import Rail, StatusLine, TopBar
from mdt_desktop.words import words

_RAIL_KEYS = 9


class Shell(QWidget):
    """Loaded and made when the window first needs it: most starts begin with the unlock screen.

    `wishes` is what its buttons and keys do; the commands live on `window`.
    """

    def __init__(self, window: QWidget, wishes: ShellWishes) -> None:
        super().__init__()
        self.setObjectName("shell")
        self._wishes = wishes
        self.commands = Commands(window)
        self.commands.add(*shell_commands(wishes))
        self.rail = Rail(wishes.lock)
        self.top = TopBar(wishes.open_palette, lambda: wishes.travel(-1), lambda: wishes.travel(1))
        self.status = StatusLine()
        self.status.undo_requested.connect(wishes.undo)
        self.pages = QStackedWidget()
        self._places: dict[str, str] = {}
        self._in_rail = 0
        self._notices = QVBoxLayout()
        self._notices.setContentsMargins(theme.size("page"), 0, theme.size("page"), 0)
        self._notices.setSpacing(theme.size("unit"))
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top)
        right.addLayout(self._notices)
        right.addWidget(self.pages, 1)
        right.addWidget(self.status)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)

    def add_place(self, key: str, text: str, icon: str, open_it: Callable[[], None]) -> None:
        """A page in the rail and the palette; the first nine get Ctrl+1 to Ctrl+9."""
        self._in_rail += 1
        command = Command(
            f"page.{key}",
            words("ui.command.page", page=text),
            open_it,
            (f"Ctrl+{self._in_rail}",) if self._in_rail <= _RAIL_KEYS else (),
            icon,
            self._wishes.is_open,
            words("ui.group.go"),
        )
        self._places[command.id] = text
        self.commands.add(command)
        self.rail.add(key, text, icon, command.keys())

    def palette_hits(self) -> Sequence[Hit]:
        """What can be done and opened now, for the palette: pages first."""
        pages, others = [], []
        for command in self.commands.offered():
            run = self._runs(command.id)
            page = self._places.get(command.id)
            if page is not None:
                pages.append(Hit(page, words("ui.palette_page"), command.icon, run, command.keys()))
            else:
                icon = command.icon or "command"
                others.append(Hit(command.words, command.group, icon, run, command.keys()))
        return (*pages, *others)

    def _runs(self, identifier: str) -> Callable[[], object]:
        return lambda: self.commands.run(identifier)

    def show_around(self, on: bool) -> None:
        """The rail and the bar, or the page alone; the status line with its Undo stays."""
        self.rail.setVisible(on)
        self.top.setVisible(on)

    def add_notice(self, bar: QWidget) -> None:
        """A line over the page."""
        self._notices.addWidget(bar)
        self._fit_notices()

    def remove_notice(self, bar: QWidget) -> None:
        """Take the line away and delete it."""
        self._notices.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        self._fit_notices()

    def _fit_notices(self) -> None:
        edge, gap = theme.size("page"), theme.size("gap") if self._notices.count() else 0
        self._notices.setContentsMargins(edge, gap, edge, gap // 2)
