"""Start to first paint against a bare PySide6 window, and unlock to caseload painted, in new processes."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from benchmarks.borough import cached_folder
from benchmarks.floors import in_new_processes, line, median
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
# The program from its unlock screen on, as a person meets it: what it loads while the passphrase is typed is there.
# The passphrase's own derivation takes its time on purpose and is left out: the clock starts when the key is free.
_UNLOCKED = """
import time
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from benchmarks.known import clock
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.session import StoreLock
from mdt_desktop.ui.start import Start
run = Start(DataFolder(Path({folder!r})), clock=clock)
window = run.open_window()
loop = QEventLoop()
QTimer.singleShot(1500, loop.quit)
loop.exec()
unlock, moments = StoreLock.open_with_passphrase, []
def timed(*values):
    session = unlock(*values)
    moments.append(time.perf_counter())
    return session
StoreLock.open_with_passphrase = timed
run.shell_shown.connect(lambda: window.page.painted.connect(loop.quit))
run.cover.passphrase.setText({passphrase!r})
run.cover.unlock.click()
loop.exec()
window.repaint()
print((time.perf_counter() - moments[0]) * 1000)
run.close()
"""


def main() -> None:
    """Print the two ratios."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    folder = str(cached_folder(people).root)
    codes = (_BARE, _PROGRAM.format(folder=folder), _UNLOCKED.format(folder=folder, passphrase=PASSPHRASE))
    bare, program, unlocked = map(median, in_new_processes(*codes))
    print(line("start to first paint", program, bare, 1.5))
    print(line(f"unlock to caseload painted, {people:,} people", unlocked, bare, 1.5))


if __name__ == "__main__":
    main()
