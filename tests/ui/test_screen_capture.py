"""Pictures of the screen: every window is shielded when it is made, dialogs and menus too, and shown when allowed."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.desktop.mac_objects import MacObjects
from mdt_desktop.ui.screen_capture import ScreenCapture, mac_shield, shield_of, windows_shield


@dataclass
class User32:
    """Stands in for the library of Windows; `knows` are the affinities that this Windows accepts."""

    knows: tuple[int, ...] = (0x0, 0x1, 0x11)
    calls: list[tuple[int, int]] = field(default_factory=list)

    def SetWindowDisplayAffinity(self, handle: ctypes.c_void_p, affinity: int) -> int:
        self.calls.append((handle.value or 0, affinity))
        return int(affinity in self.knows)

    def last(self) -> dict[int, int]:
        """The affinity that each window has now."""
        return {window: affinity for window, affinity in self.calls if affinity in self.knows}


@pytest.fixture
def user32() -> User32:
    return User32()


@pytest.fixture
def capture(qapp: QApplication, user32: User32) -> Iterator[ScreenCapture]:
    made = ScreenCapture(qapp, windows_shield(user32))
    yield made
    qapp.removeEventFilter(made)
    made.deleteLater()


def handle_of(widget: QWidget) -> int:
    window = widget.windowHandle()
    assert window is not None
    return int(window.winId())


def test_the_window_a_dialog_a_menu_and_a_list_that_opens_are_shielded(
    qtbot: QtBot, capture: ScreenCapture, user32: User32
) -> None:
    window = QMainWindow()
    box = QComboBox()
    box.addItems(["one", "two"])
    window.setCentralWidget(box)
    qtbot.addWidget(window)
    window.show()
    dialog = QDialog(window)
    dialog.open()
    menu = QMenu(window)
    menu.addAction("Copy the NHS number")
    menu.popup(QPoint(10, 10))
    shielded = {handle_of(widget): type(widget).__name__ for widget in (window, dialog, menu)}
    menu.close()
    dialog.close()
    box.showPopup()
    shielded[handle_of(box.view().window())] = "the list of a box"
    box.hidePopup()
    assert len(shielded) == 4
    for handle, what in shielded.items():
        assert user32.last()[handle] == 0x11, what


def test_a_widget_inside_a_window_is_no_window_of_its_own(qtbot: QtBot, capture: ScreenCapture, user32: User32) -> None:
    window = QWidget()
    QWidget(window).winId()  # a native child, as some widgets are
    qtbot.addWidget(window)
    window.show()
    assert set(user32.last()) == {handle_of(window)}


def test_allowing_to_share_shows_all_windows_and_those_that_come_and_ends_again(
    qtbot: QtBot, capture: ScreenCapture, user32: User32
) -> None:
    told: list[bool] = []
    capture.changed.connect(told.append)
    window, later = QWidget(), QWidget()
    for widget in (window, later):
        qtbot.addWidget(widget)
    window.show()
    assert not capture.allowed
    capture.allow(True)
    capture.allow(True)
    later.show()
    assert user32.last()[handle_of(window)] == 0x0
    assert user32.last()[handle_of(later)] == 0x0
    capture.allow(False)
    assert user32.last()[handle_of(window)] == 0x11
    assert user32.last()[handle_of(later)] == 0x11
    assert told == [True, False]


def test_an_older_windows_shows_the_window_black(qtbot: QtBot, qapp: QApplication) -> None:
    old = User32(knows=(0x0, 0x1))
    capture = ScreenCapture(qapp, windows_shield(old))
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    assert old.last()[handle_of(window)] == 0x1
    qapp.removeEventFilter(capture)
    capture.deleteLater()


def test_a_window_that_was_hidden_while_sharing_ended_is_shielded_when_it_comes_back(
    qtbot: QtBot, capture: ScreenCapture, user32: User32
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    capture.allow(True)
    window.show()
    window.hide()
    capture.allow(False)
    window.show()
    assert user32.last()[handle_of(window)] == 0x11


def test_windows_that_are_there_already_are_shielded_at_once(qtbot: QtBot, qapp: QApplication, user32: User32) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    capture = ScreenCapture(qapp, windows_shield(user32))
    assert user32.last()[handle_of(window)] == 0x11
    qapp.removeEventFilter(capture)
    capture.deleteLater()


def test_on_linux_nothing_is_promised(qapp: QApplication) -> None:
    assert shield_of("linux") is None
    capture = ScreenCapture(qapp, shield_of("linux"))
    assert not capture.possible
    assert capture.allowed
    capture.allow(True)
    capture.deleteLater()


def test_a_macos_without_its_runtime_promises_nothing() -> None:
    assert shield_of("darwin") is None


class Runtime:
    """Stands in for the Objective-C runtime: keeps what is sent, and answers with the number of the message."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.sent: list[tuple[int, ...]] = []
        number = ctypes.c_void_p
        self._kinds = {count: ctypes.CFUNCTYPE(number, *[number] * count)(self._take) for count in (2, 3)}
        self.arguments = 2

    def _take(self, *values: int | None) -> int:
        self.sent.append(tuple(value or 0 for value in values))
        return len(self.sent)

    def objc_getClass(self, name: bytes) -> int:
        self.names.append(name.decode())
        return 1000 + len(self.names)

    def sel_registerName(self, name: bytes) -> int:
        self.names.append(name.decode())
        self.arguments = 2 + name.count(b":")
        return 2000 + len(self.names)

    def address_of_send(self) -> int:
        return ctypes.cast(self._kinds[self.arguments], ctypes.c_void_p).value or 0


def test_on_macos_the_window_around_the_view_is_told_how_it_may_be_shared() -> None:
    runtime = Runtime()
    shield = mac_shield(MacObjects(runtime))
    shield(77, True)
    shield(77, False)
    assert runtime.names == ["window", "setSharingType:"] * 2
    # The view is asked for its window, which has the answer's number; then the window is told.
    assert [(sent[0], *sent[2:]) for sent in runtime.sent] == [(77,), (1, 0), (77,), (3, 1)]
    assert MacObjects(runtime).text("words") == 5
    assert runtime.names[-2:] == ["NSString", "stringWithUTF8String:"]
