"""What a page promises the window, and a ground to build one on."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.visits import Arguments
from mdt_desktop.ui.widgets.side_sheet import SideSheet

if TYPE_CHECKING:
    from mdt_desktop.ui.commands import Command

__all__ = ["Arguments", "Page"]


class Page(QWidget):
    """One screen of the program. It is made on the first visit and kept.

    The window's title has the page's name from the rail and nothing else: titles go to task switchers, shared
    screens and the system's own logs, where no person's name belongs (SECURITY R21).

    The window calls `shown` at every visit, and `changed` when a command elsewhere changed something: at once if
    the page is on the screen, otherwise once, with everything that was missed, just before the next `shown`.
    """

    whole_window = False
    """Shown alone: without the rail and the bar over the pages."""
    subjects: frozenset[str] = frozenset()
    """Ids of the people that the page is about now, where its place does not name them."""
    news_held = False
    """Whether something that came from elsewhere is told over the page and not shown in it yet."""

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

    def place(self) -> Arguments | None:
        """The arguments that bring one back to what is on the screen now; None: those it was shown with do."""
        return None

    def about(self) -> frozenset[str]:
        """Ids of the records and people that are on the screen."""
        place = self.place() or {}
        return self.subjects | {str(it) for name, it in place.items() if name.endswith("_id") and it}

    def reload(self) -> None:
        """Read again what is shown."""

    def reload_unless_held(self) -> None:
        """Read again after something of one's own was saved; not while news is held back, which would come along."""
        if not self.news_held:
            self.reload()

    def being_edited(self) -> bool:
        """Is somebody writing here? Then what comes from elsewhere is told over the page and not put into it."""
        focused = self.focusWidget()
        writes = isinstance(focused, QLineEdit | QPlainTextEdit | QTextEdit) and not focused.isReadOnly()
        if writes and focused is not None and focused.isVisible() and focused.hasFocus():
            return True
        return any(sheet.isVisible() for sheet in self.findChildren(SideSheet))

    def keep_typed(self) -> None:
        """The program locks or closes: whatever is typed and saves itself goes on its way to the store now."""

    def offers(self) -> "Sequence[Command]":
        """What can be done here by key, from the palette and from menus, for as long as the page is on the screen."""
        return ()

    def column(self, margin: int | None = None) -> QVBoxLayout:
        """The usual column with the page's margin and gap, set as the page's layout."""
        layout = QVBoxLayout(self)
        edge = theme.size("page") if margin is None else margin
        layout.setContentsMargins(edge, max(0, edge - 6), edge, max(0, edge - 8))
        layout.setSpacing(theme.size("gap"))
        return layout
