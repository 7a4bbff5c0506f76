"""Memory with the borough open, scrolled and searched, against a bare PySide6 window, in new processes."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks.borough import cached_folder
from benchmarks.floors import in_new_processes, line, median
from benchmarks.known import PEOPLE

_RESIDENT = """
from pathlib import Path
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(pages * 4096 / 1e6)
"""
_BARE = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("bare"))
window.resize(1366, 768)
window.show()
window.repaint()
"""
    + _RESIDENT
)
# What the chosen parts weigh before the program shows anything: Qt in its style and faces, cipher, key, open store.
_STACK = (
    """
from pathlib import Path
from PySide6.QtWidgets import QMainWindow, QLabel
from benchmarks.known import PASSPHRASE, clock
from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.app import make_application
app = make_application([], scheme="light")
window = QMainWindow()
window.setCentralWidget(QLabel("bare"))
window.resize(1366, 768)
window.show()
window.repaint()
program = bootstrap.open_with_passphrase(DataFolder(Path({folder!r})), PASSPHRASE, clock=clock)
"""
    + _RESIDENT
    + "program.close()\n"
)
_OPEN = (
    """
from PySide6.QtTest import QTest
from benchmarks.opened_window import Opened
opened = Opened({folder!r})
page = opened.page
for text in {typed!r}:
    page.filters.search.setText(text)
    opened.settle()
bar = page.table.verticalScrollBar()
for place in range(0, 20):
    bar.setValue(bar.maximum() * place // 19)
    opened.settle()
"""
    + _RESIDENT
    + "opened.close()\n"
)
_TYPED = ("smith", "", "9434", "")


def main() -> None:
    """Print the ratio for the opened list, and for one that was searched and scrolled from end to end."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    folder = str(cached_folder(people).root)
    scrolled, searched = (_OPEN.format(folder=folder, typed=typed) for typed in ((), _TYPED))
    bare, *figures = map(median, in_new_processes(_BARE, _STACK.format(folder=folder), scrolled, searched, times=3))
    what = ("a bare window in the program's style and an open store", "borough open and scrolled", "and searched")
    for text, figure in zip(what, figures, strict=True):
        print(line(f"{text}, {people:,} people", figure, bare, 1.5, "MB"))


if __name__ == "__main__":
    main()
