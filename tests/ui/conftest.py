"""For every test of screens: Qt off-screen, and a failure for Qt warnings, left threads, timers and windows."""

import gc
import os
import threading
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlmodel import SQLModel

from mdt_desktop.paths import DataFolder
from mdt_desktop.ui import theme
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.start import Start
from tests.helpers.clocks import FrozenClock

# Said by the off-screen platform about itself, whatever the program does; and of letters that the shipped face lacks,
# which are then drawn in another.
HARMLESS = ("This plugin does not support", "propagateSizeHints", "OpenType support missing for")

# Young objects are collected after so many; those that stay are old only once a test has ended.
_NEW_OBJECTS = (10_000, 1_000_000, 1_000_000)


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The one application, dressed in the light theme. Only the tests' own call collects what is old."""
    gc.set_threshold(*_NEW_OBJECTS)
    return make_application(scheme="light")


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    """Each test begins in light at 100 %."""
    now = theme.current()
    if (now.scheme, now.scale, now.density.value) != ("light", 1.0, "comfortable"):
        theme.apply(qapp, "light")


@pytest.fixture(autouse=True)
def no_qt_warnings() -> Iterator[None]:
    """What Qt complains of fails the test that made it complain."""
    said: list[str] = []

    def listen(kind: QtMsgType, context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(part in text for part in HARMLESS):
            said.append(text)

    before = qInstallMessageHandler(listen)
    yield
    qInstallMessageHandler(before)
    assert not said, f"Qt said: {said}"


@pytest.fixture(autouse=True)
def nothing_left_running(qapp: QApplication) -> Iterator[None]:
    """No thread and no window may outlive its test; windows the test only closed are deleted here."""
    threads_before = set(threading.enumerate())
    windows_before = set(map(id, QApplication.topLevelWidgets()))
    yield
    left_open = [type(w).__name__ for w in _new_windows(windows_before) if w.isVisible()]
    for window in _new_windows(windows_before):
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    forget_compiled_statements()
    collect_what_is_new()
    threads = [t.name for t in threading.enumerate() if t not in threads_before and not t.name.startswith("Dummy")]
    assert not threads, f"threads are still running: {threads}"
    assert not left_open, f"windows are still open: {left_open}"


def collect_what_is_new() -> None:
    """What this test made and left is collected here, in the window's own thread.

    Collecting everything takes 0.1 s with the program's modules loaded, so that is done for each 25th test only; what
    is left from between is old by then and can come from no other place.
    """
    _collected[0] += 1
    gc.collect(2 if _collected[0] % 25 == 0 else 1)


_collected = [0]


def forget_compiled_statements() -> None:
    """SQLAlchemy keeps statements by engine with each mapper; those of a closed store only make collecting slower."""
    for mapper in SQLModel._sa_registry.mappers:
        mapper.__dict__.pop("_compiled_cache", None)


def _new_windows(before: set[int]) -> list[QWidget]:
    return [window for window in QApplication.topLevelWidgets() if id(window) not in before and window.parent() is None]


@pytest.fixture
def start(qtbot: QtBot, data_folder: DataFolder, clock: FrozenClock) -> Iterator[Start]:
    """The program on the folder, its window not yet shown."""
    made = Start(data_folder, clock=clock)
    qtbot.addWidget(made.window)
    yield made
    made.window.close()
    made.close()


Show = Callable[[QWidget], QWidget]


@pytest.fixture
def show(qapp: QApplication) -> Iterator[Show]:
    """Shows a widget as a window for the length of the test, active so that it can have the focus."""
    shown: list[QWidget] = []

    def show_it(widget: QWidget) -> QWidget:
        widget.show()
        widget.activateWindow()
        QCoreApplication.processEvents()
        shown.append(widget)
        return widget

    yield show_it
    for widget in shown:
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
