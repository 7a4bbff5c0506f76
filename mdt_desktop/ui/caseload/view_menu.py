"""The two menus at the right of the caseload: saved views, and which columns are shown."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget, QWidgetAction

from mdt_desktop.settings import SavedView
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.words import words

_LONGEST_NAME = 40


class ViewMenu(Button):
    """Opens a saved view, saves the present one under a name, removes one."""

    opened = Signal(str)  # the view's name; empty: the usual view
    save_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, views: Callable[[], Sequence[SavedView]]) -> None:
        super().__init__(words("caseload.view"), None, "plain", "view")
        self._views = views
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self.name = QLineEdit()
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setPlaceholderText(words("caseload.view.save_name"))
        self.name.setAccessibleName(words("caseload.view.save_name"))
        self.name.returnPressed.connect(self._on_save)
        self._save_row = QWidget()
        row = QHBoxLayout(self._save_row)
        gap = theme.size("unit")
        row.setContentsMargins(gap * 2, gap, gap * 2, gap)
        row.addWidget(self.name, 1)
        row.addWidget(Button(words("caseload.view.save_do"), self._on_save))
        self._save_action = QWidgetAction(self)
        self._save_action.setDefaultWidget(self._save_row)

    def _fill(self) -> None:
        self._menu.removeAction(self._save_action)
        self._menu.clear()
        views = self._views()
        self._add(self._menu, words("caseload.view.usual"), lambda: self.opened.emit(""))
        for view in views:
            self._add(self._menu, view.name, partial(self.opened.emit, view.name))
        self._menu.addSeparator()
        self._menu.addAction(self._save_action)
        if views:
            removing = self._menu.addMenu(words("caseload.view.remove"))
            for view in views:
                self._add(removing, view.name, partial(self.remove_requested.emit, view.name))

    @staticmethod
    def _add(menu: QMenu, text: str, run: Callable[[], None]) -> None:
        action = QAction(text.replace("&", "&&"), menu)
        action.triggered.connect(lambda _=False: run())
        menu.addAction(action)

    def _on_save(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self._menu.close()
            self.save_requested.emit(name)
        else:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)


class ColumnMenu(Button):
    """Shows and hides columns; the menu stays open while several are chosen."""

    toggled_column = Signal(int, bool)

    def __init__(self, headings: Sequence[str], is_shown: Callable[[int], bool]) -> None:
        super().__init__(words("caseload.columns"), None, "plain")
        self._headings, self._is_shown = headings, is_shown
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def _fill(self) -> None:
        self._menu.clear()
        # The name stays: a row without one is nobody.
        for number, heading in list(enumerate(self._headings))[1:]:
            action = QAction(heading, self._menu)
            action.setCheckable(True)
            action.setChecked(self._is_shown(number))
            action.toggled.connect(lambda on, number=number: self.toggled_column.emit(number, on))
            self._menu.addAction(action)


class RowMenu(QMenu):
    """What can be done with the row under the pointer."""

    def __init__(self, parent: QWidget, runs: Sequence[tuple[str, Callable[[], None]]]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, run in runs:
            ViewMenu._add(self, text, run)

    def open_at(self, place: QPoint) -> None:
        """Show it there."""
        self.popup(place)
