"""The first picture comes before everything it does not need: modules, threads, the shell, the first screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.first_paint import FirstPaint
from mdt_desktop.ui.start import Start

HEAVY = (
    "alembic",
    "argon2",
    "asyncio",
    "calendar",
    "concurrent.futures.thread",
    "cryptography",
    "fontTools",
    "hashlib",
    "keyring",
    "locale",
    "logging.handlers",
    "numpy",
    "orjson",
    "pikepdf",
    "platformdirs",
    "pydantic",
    "pypdfium2",
    "pyqtgraph",
    "qtawesome",
    "reportlab",
    "socket",
    "sqlalchemy",
    "sqlcipher3",
    "sqlite3",
    "sqlmodel",
    "ssl",
    "zoneinfo",
    "PySide6.QtPrintSupport",
    "PySide6.QtSvg",
    "mdt_desktop.bootstrap",
    "mdt_desktop.demo",
    "mdt_desktop.records",
    "mdt_desktop.security.key_envelope",
    "mdt_desktop.store",
    "mdt_desktop.ui.banner",
    "mdt_desktop.ui.command_palette",
    "mdt_desktop.ui.commands",
    "mdt_desktop.ui.forms",
    "mdt_desktop.ui.icons",
    "mdt_desktop.ui.joints",
    "mdt_desktop.ui.keys",
    "mdt_desktop.ui.pages",
    "mdt_desktop.ui.shell",
    "mdt_desktop.ui.shell_parts",
    "mdt_desktop.ui.unlock",
    "mdt_desktop.ui.widgets",
)
"""What nobody sees in an empty window; each of them was measured to delay it, or brings something that was."""

FIRST_PICTURE = """
import sys
from pathlib import Path
from PySide6 import QtCore
from PySide6.QtCore import QEvent, QObject
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.loaded = [name for name in sys.argv[2:] if name in sys.modules]
            # Qt's own names are a class with a hundred enums, made when it is first asked for.
            self.loaded += ["Qt"] if "Qt" in vars(QtCore) else []
            start.window.removeEventFilter(self)
            start.window.close()
        return False

start = Start(DataFolder(Path(sys.argv[1])), demo="demo" in sys.argv[1])
watch = Watch()
start.window.installEventFilter(watch)
start.open_window()
start.app.exec()
print(*watch.loaded)
"""


@pytest.mark.parametrize("folder", ["first start", "demo"])
def test_nothing_heavy_is_loaded_before_the_first_picture(folder: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE, str(tmp_path / folder), *HEAVY],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout.split()) == (0, []), ended.stderr


def test_the_window_is_there_before_the_first_screen_is_made(start: Start, qtbot: QtBot) -> None:
    start.open_window()
    assert start.window.isVisible()
    assert start.cover is None
    qtbot.waitUntil(lambda: start.cover is not None)


def test_the_shell_is_made_beneath_the_first_screen_and_stays_covered(start: Start, qtbot: QtBot) -> None:
    start.open_window()
    qtbot.waitUntil(lambda: start.window.findChild(QWidget, "shell") is not None)
    assert start.cover is not None
    assert start.cover.isVisible()
    assert start.window.covered


def test_a_window_closed_at_once_makes_no_first_screen(start: Start, qtbot: QtBot) -> None:
    start.open_window()
    start.window.close()
    qtbot.wait(0)
    assert start.cover is None


def test_first_paint_calls_once_after_the_children_were_painted(qtbot: QtBot) -> None:
    painted: list[str] = []

    class Child(QWidget):
        def paintEvent(self, event: object) -> None:
            painted.append("child")

    window = QWidget()
    qtbot.addWidget(window)
    child = Child(window)
    child.resize(40, 40)
    FirstPaint(window, lambda: painted.append("after"))
    assert painted == []
    window.show()
    qtbot.waitUntil(lambda: "after" in painted)
    assert painted == ["child", "after"]
    window.repaint()
    qtbot.wait(0)
    assert painted.count("after") == 1


def test_a_window_that_is_never_painted_begins_all_the_same(qtbot: QtBot) -> None:
    called: list[bool] = []
    window = QWidget()
    qtbot.addWidget(window)
    FirstPaint(window, lambda: called.append(True))
    qtbot.waitUntil(lambda: called == [True], timeout=5000)
