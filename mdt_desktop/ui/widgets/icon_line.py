"""A line to type into, with an icon before its text and small buttons behind it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import IconButton

_EDGE = 9  # border and padding of a line, as the style template has them
_ROUND_ICON = 4  # a button reaches so far beyond its icon on each side


class IconLine(QLineEdit):
    """Its icons grow with the text size, which the icons of a bare QLineEdit do not.

    The buttons are for the mouse; whoever adds one gives the keyboard another way.
    """

    def __init__(self, lead: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lead, self._picture = lead, QLabel(self)
        self._buttons: list[IconButton] = []
        self._picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture.setVisible(bool(lead))
        self._fit_icons()
        theme.news().changed.connect(self._fit_icons)

    def add_button(self, icon: str, words: str, on_click: Callable[[], object]) -> IconButton:
        """A button at the right; its words are its tooltip and its accessible name."""
        button = IconButton(icon, words, on_click, self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        self._buttons.append(button)
        self._fit_icons()
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_icons()

    def _fit_icons(self) -> None:
        icon = theme.size("icon_small")
        if self._lead:
            self._picture.setPixmap(theme.icon(self._lead, "muted").pixmap(QSize(icon, icon)))
            self._picture.setFixedSize(icon, icon)
        taken = len(self._buttons) * (icon + 2 * _ROUND_ICON)
        self.setTextMargins(icon + 4 if self._lead else 0, 0, taken, 0)
        self._place_icons()

    def _place_icons(self) -> None:
        icon = theme.size("icon_small")
        self._picture.move(_EDGE, (self.height() - icon) // 2)
        button_edge = icon + 2 * _ROUND_ICON
        for place, button in enumerate(reversed(self._buttons), start=1):
            left = self.width() - place * button_edge - _ROUND_ICON
            button.setGeometry(left, (self.height() - button_edge) // 2, button_edge, button_edge)
