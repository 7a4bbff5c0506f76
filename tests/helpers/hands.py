"""Mouse, keyboard and eyes for whole journeys: only what is in sight is pressed, and only what is shown is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QTabBar,
    QWidget,
)

from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.ui.widgets.toast import Toast

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 60_000
_QUIET_TURNS = 3
_ROOM_AROUND = 120


class Waits(Protocol):
    """What waits for something: pytest's `qtbot`, or in a process without it `tests.helpers.turns`."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = ...) -> None:
        """Until it is so; fails after `timeout` milliseconds."""


class Hands:
    """One person at the window. Waiting is for what is to be seen, never for time."""

    def __init__(self, qtbot: Waits, operations: Operations) -> None:
        self._qtbot, self._operations = qtbot, operations

    # Waiting

    def wait(self, true: Callable[[], object], patience_ms: int = PATIENCE_MS) -> None:
        """Until this is so."""
        self._qtbot.waitUntil(lambda: bool(true()), timeout=patience_ms)

    def settle(self) -> None:
        """Until everything asked for is done and shown, with what that asked for in its turn."""
        quiet = 0

        def settled() -> bool:
            nonlocal quiet
            quiet = quiet + 1 if self._operations.idle else 0
            return quiet > _QUIET_TURNS

        self._qtbot.waitUntil(settled, timeout=PATIENCE_MS)

    # Doing

    def click(self, widget: QWidget) -> None:
        """Press the left button on a widget, brought into sight as a person would by turning the wheel."""
        self.bring_into_sight(widget)
        assert widget.isEnabled(), f"{_told(widget)} cannot be used"
        place = _where_to_press(widget)
        window = widget.window()
        self._activate(window)
        for toast in window.findChildren(Toast):
            toast.close_toast()  # as its time does, which a person waits for
        hit = window.childAt(widget.mapTo(window, place))
        assert hit is not None, f"{_told(widget)} lies outside its window"
        assert hit is widget or widget.isAncestorOf(hit), f"{_told(widget)} lies under {_told(hit)}"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        self.settle()

    def click_tab(self, tabs: QTabBar, place: int) -> None:
        """Press a tab."""
        assert tabs.isTabEnabled(place)
        middle = tabs.tabRect(place).center()
        QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        self.settle()

    def write(self, widget: QWidget, text: str) -> None:
        """Press into a field and type."""
        self.click(widget)
        self.key_in(text)

    def key_in(self, text: str) -> None:
        """Type where the focus is."""
        for letter in text:
            focused = self.focused()
            if letter.isascii():
                QTest.keyClicks(focused, letter)
                continue
            # Qt's own key clicks know ASCII only; a keyboard sends other letters as text without a key.
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(focused, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, then_settle: bool = True
    ) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.focused(), key, modifiers)
        if then_settle:
            self.settle()

    def choose(self, box: QComboBox, words: str) -> None:
        """Choose the line that contains these words in a list that has the focus, by the arrow keys."""
        assert self.focused() is box, f"{_told(box)} does not have the focus"
        places = [it for it in range(box.count()) if words == box.itemText(it)] or [
            it for it in range(box.count()) if words in box.itemText(it)
        ]
        assert len(places) == 1, f"{words!r} is {len(places)} times in {_told(box)}"
        step = Qt.Key.Key_Down if places[0] > box.currentIndex() else Qt.Key.Key_Up
        for _ in range(abs(places[0] - box.currentIndex())):
            self.press(step, then_settle=False)
        assert box.currentIndex() == places[0]
        self.settle()

    def answer_file_dialog(self, path: Path) -> None:
        """Type a path into the system's file dialog and press Enter."""
        dialog = self.top(QFileDialog)
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        assert edit is not None
        edit.selectAll()
        QTest.keyClicks(edit, str(path))
        QTest.keyClick(edit, Qt.Key.Key_Return)
        self.wait(lambda: not [it for it in self.tops(QFileDialog) if it.isVisible()])
        self.settle()

    @staticmethod
    def bring_into_sight(widget: QWidget) -> None:
        """Turn every area around a widget until it is in sight."""
        assert widget.isVisible(), f"{_told(widget)} is not shown"
        around = widget.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(widget, 0, min(_ROOM_AROUND, around.height() // 4))
            around = around.parentWidget()

    # Looking

    def focused(self) -> QWidget:
        """The widget that takes the keys."""
        if QApplication.activeWindow() is None:
            self._activate(next(it for it in reversed(self.tops(QWidget)) if it.isVisible()))
        found = QApplication.focusWidget()
        assert found is not None, "nothing has the focus"
        return found

    def _activate(self, window: QWidget) -> None:
        """As a desktop does for the window that is pressed, or that is left when another one over it has closed."""
        if not window.isActiveWindow():
            window.activateWindow()
            self.wait(window.isActiveWindow)

    @staticmethod
    def button(within: QWidget, name: str) -> QAbstractButton:
        """The button of an object name that is shown."""
        found = [it for it in within.findChildren(QAbstractButton, name) if it.isVisible()]
        assert found, f"there is no button {name}"
        return found[0]

    @staticmethod
    def saying(within: QWidget, words: str) -> QAbstractButton:
        """The button with these words that is shown."""
        found = [it for it in within.findChildren(QAbstractButton) if it.text() == words and it.isVisible()]
        assert found, f"there is no button that says {words!r}"
        return found[0]

    @staticmethod
    def reads(within: QWidget) -> str:
        """All words that are shown in labels, buttons and badges of a tier."""
        found: list[str] = []
        for shown in within.findChildren(QWidget):
            if not shown.isVisible():
                continue
            if isinstance(shown, QLabel | QAbstractButton):
                found.append(shown.text())
            elif isinstance(shown, TierBadge):
                found.append(shown.accessibleName())
        return "\n".join(found)

    @staticmethod
    def tops(kind: type[W]) -> list[W]:
        """Windows of a kind."""
        return [it for it in QApplication.topLevelWidgets() if isinstance(it, kind)]

    def top(self, kind: type[W]) -> W:
        """The window of a kind that is shown, once it is."""
        self.wait(lambda: [it for it in self.tops(kind) if it.isVisible()])
        return next(it for it in self.tops(kind) if it.isVisible())

    def open_dialogs(self) -> list[QDialog]:
        """Dialogs on the screen."""
        return [it for it in self.tops(QDialog) if it.isVisible()]


def _where_to_press(widget: QWidget) -> QPoint:
    """Its middle; a radio button or a box to tick takes presses on its mark and words only, at its left."""
    middle = widget.rect().center()
    return QPoint(8, middle.y()) if isinstance(widget, QRadioButton | QCheckBox) else middle


def _told(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else widget.accessibleName()
    return f"{type(widget).__name__} {widget.objectName()!r} {text!r}"
