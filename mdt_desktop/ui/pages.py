"""What a page promises the window, and a ground to build one on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme

Arguments = Mapping[str, object]


class Page(QWidget):
    """One screen of the program. It is made on the first visit and kept; `title` names it in the window's title.

    The window calls `shown` at every visit, and `changed` when a command elsewhere changed something: at once if
    the page is on the screen, otherwise once, with everything that was missed, just before the next `shown`.
    """

    title = ""
    title_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def shown(self, arguments: Arguments) -> None:
        """The page comes to the screen, with the arguments of `show_page`; put the focus where work begins."""

    def changed(self, changes: Changes) -> None:
        """Something was written elsewhere; refresh if `changes.concern(...)` what is shown."""

    def can_leave(self, go_on: Callable[[], None]) -> bool:
        """Whether the page may be left now. A page that must ask first returns False and calls `go_on` later."""
        return True

    def column(self, margin: int | None = None) -> QVBoxLayout:
        """The usual column with the page's margin and gap, set as the page's layout."""
        layout = QVBoxLayout(self)
        edge = theme.size("page") if margin is None else margin
        layout.setContentsMargins(edge, max(0, edge - 6), edge, max(0, edge - 8))
        layout.setSpacing(theme.size("gap"))
        return layout


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page that can be opened: its key, its word in the rail, its icon, and how to make it on the first visit."""

    key: str
    words: str
    icon: str
    factory: Callable[[], Page]
    in_rail: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One step of where the person has been."""

    key: str
    arguments: Arguments


class History:
    """Back and forward, as in a browser: going somewhere new forgets what lay ahead."""

    def __init__(self, longest: int = 50) -> None:
        self._visits: list[Visit] = []
        self._at = -1
        self._longest = longest

    def went(self, visit: Visit) -> None:
        """A new visit; the same as the present one is not counted twice."""
        if self._at >= 0 and self._visits[self._at] == visit:
            return
        self._visits = [*self._visits[: self._at + 1], visit][-self._longest :]
        self._at = len(self._visits) - 1

    def peek(self, step: int) -> Visit | None:
        """The visit one step back (-1) or forward (+1), if there is one."""
        wanted = self._at + step
        return self._visits[wanted] if 0 <= wanted < len(self._visits) else None

    def move(self, step: int) -> None:
        """Stand at that visit."""
        if self.peek(step) is not None:
            self._at += step

    def clear(self) -> None:
        """For locking: who was looked at is nobody else's business."""
        self._visits, self._at = [], -1
