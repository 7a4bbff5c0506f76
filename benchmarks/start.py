"""Start to first paint against a bare PySide6 window, and unlock to caseload painted, in new processes."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks.borough import cached_folder
from benchmarks.floors import in_new_process, line, median
from benchmarks.known import PASSPHRASE, PEOPLE

_CLOCK = "import time; start = time.perf_counter()\n"
_BARE = (
    _CLOCK
    + """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(QLabel("bare"))
window.resize(1366, 768)
window.show()
window.repaint()
print((time.perf_counter() - start) * 1000)
"""
)
_PROGRAM = (
    _CLOCK
    + """
from pathlib import Path
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.start import Start
run = Start(DataFolder(Path({folder!r})))
window = run.open_window()
window.repaint()
print((time.perf_counter() - start) * 1000)
run.close()
"""
)
# From the unlocked key on: the passphrase's own derivation takes its time on purpose and is left out.
_UNLOCKED = """
import time
from pathlib import Path
from PySide6.QtCore import QEventLoop
from benchmarks.known import clock
from mdt_desktop import bootstrap
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.session import StoreLock
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
app = make_application([], scheme="light")
messages, broadcasts = Messages(), Broadcasts()
operations = Operations(broadcasts)
window = MainWindow(operations, broadcasts, messages, clock)
window.show()
window.repaint()
folder = DataFolder(Path({folder!r}))
session = StoreLock(folder.key_file, folder.attempts).open_with_passphrase({passphrase!r}, clock())
start = time.perf_counter()
from mdt_desktop.store.database import Database
program = bootstrap._joined(Database.open(folder.database, session.key), session, clock)
bootstrap._prepare(program.access.database)
from mdt_desktop.ui.caseload.page import CaseloadPage
page = CaseloadPage(program.services, operations, messages, LaptopSettings(), lambda: None)
window.register_page("caseload", "Caseload", "caseload", lambda: page)
loop = QEventLoop()
page.painted.connect(loop.quit)
window.show_page("caseload")
loop.exec()
window.repaint()
print((time.perf_counter() - start) * 1000)
operations.close()
program.close()
"""


def main() -> None:
    """Print the two ratios."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    folder = str(cached_folder(people).root)
    bare = median(in_new_process(_BARE))
    program = median(in_new_process(_PROGRAM.format(folder=folder)))
    unlocked = median(in_new_process(_UNLOCKED.format(folder=folder, passphrase=PASSPHRASE)))
    print(line("start to first paint", program, bare, 1.5))
    print(line(f"unlock to caseload painted, {people:,} people", unlocked, bare, 1.5))


if __name__ == "__main__":
    main()
