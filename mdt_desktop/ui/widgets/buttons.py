"""Buttons: a verb, a kind, and what they do."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from mdt_desktop.ui import theme

_ICON_ROLES = {"primary": "on_accent", "danger": "very_high", "quiet": "accent", "link": "accent"}


class Button(QPushButton):
    """A push button of a kind: primary (one a page), plain, quiet, danger, link or chip."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object] | None = None,
        kind: str = "plain",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.set_kind(self, kind)
        if icon:
            self.setIcon(theme.icon(icon, _ICON_ROLES.get(kind, "text")))
            self._fit_icon()
        if on_click is not None:
            self.clicked.connect(lambda _=False: on_click())

    def setText(self, text: str) -> None:
        """Another word; the icon keeps its distance."""
        super().setText(text)
        if not self.icon().isNull():
            self._fit_icon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and not self.icon().isNull():
            self._fit_icon()

    def _fit_icon(self) -> None:
        edge = theme.size("icon_small")
        # The styles keep icon and word 4 px apart, which is too near at this size; the icon's own box adds the rest.
        wanted = QSize(edge + theme.size("unit") if self.text() else edge, edge)
        if self.iconSize() != wanted:
            self.setIconSize(wanted)


class IconButton(QToolButton):
    """A small button in a place too narrow for its word; the word is its tooltip and its accessible name."""

    def __init__(
        self,
        icon: str,
        words: str,
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setIcon(theme.icon(icon, "muted"))
        self._fit_icon()
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if on_click is not None:
            self.clicked.connect(lambda _=False: on_click())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit_icon()

    def _fit_icon(self) -> None:
        edge = theme.size("icon_small")
        if self.iconSize() != QSize(edge, edge):
            self.setIconSize(QSize(edge, edge))
