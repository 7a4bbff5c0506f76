"""Keystroke to repainted list among 261,536 people, against a bare repaint of the same visible rows."""

import gc
import os
import statistics
import sys
from dataclasses import replace
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.borough import opened
from benchmarks.floors import bare_repaint, line
from benchmarks.known import PEOPLE
from mdt_desktop.services.caseload import PEOPLE_AT_RISK, CaseloadFilter, CaseloadQuery, CaseloadSort
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations

ROWS, COLUMNS = 28, 10
TYPED = (
    "smith john", "begum", "mohammed ali", "o'brien", "9434 765", "943 476 5919", "14/08/1940", "14-aug-1940", "1940",
    "e31 4", "zo", "x", "sullivan p", "mary-ann", "patel h",
)  # fmt: skip


class Typist:
    """Types into the real search box and takes the time until the new list is on the screen."""

    def __init__(self, app: QApplication, page: CaseloadPage, operations: Operations) -> None:
        self._app, self._page, self._operations = app, page, operations
        # A loop that sleeps, as the program's own does: one that spins would keep the reader thread waiting.
        self._loop = QEventLoop()
        page.painted.connect(self._loop.quit)

    def settle(self) -> None:
        """Until nothing runs: a person pauses longer than this between two words."""
        quiet = 0
        while quiet < 3:
            QTest.qWait(2)
            quiet = quiet + 1 if self._operations.idle and not self._page.loader.waits else 0

    def type(self, text: str) -> float:
        """Milliseconds from the key to the painted list."""
        start = perf_counter()
        self._page.filters.search.setText(text)
        self._loop.exec()
        return (perf_counter() - start) * 1000


def main() -> None:
    """Print one line a scope, and what took longest."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    program = opened(people)
    app = make_application([], scheme="light")
    operations = Operations(Broadcasts())
    page = CaseloadPage(program.services, operations, Messages(), LaptopSettings(), lambda: None)
    for number in range(COLUMNS):
        page.table.setColumnHidden(number, False)
    page.resize(1900, 400)
    page.show()
    page.shown({})
    typist = Typist(app, page, operations)
    typist.settle()
    widths = sum(page.table.columnWidth(number) for number in range(COLUMNS))
    page.resize(widths + 100, page.height() + ROWS * page.table.rowHeight(0) - page.table.viewport().height())
    typist.settle()
    gc.freeze()  # as the program does once its pages are there
    print(f"{people:,} people, {ROWS} rows x {COLUMNS} cells")
    for name, base in (("at risk", PEOPLE_AT_RISK), ("everyone", CaseloadFilter())):
        for sort in (CaseloadSort.RISK, CaseloadSort.NAME):
            page.show_query(CaseloadQuery(base, sort))
            typist.settle()
            taken: list[tuple[float, str]] = []
            bare: list[float] = []
            for word in TYPED:
                for end in range(1, len(word) + 1):
                    milliseconds = typist.type(word[:end])
                    typist.settle()
                    # The same rows once more, with nothing to find out; the floor is of those that fill the table.
                    own = bare_repaint(page.table, 3)
                    typist.settle()
                    taken.append((milliseconds, word[:end]))
                    if page.model.rowCount() >= ROWS:
                        bare.append(own)
                page.show_query(CaseloadQuery(replace(base, text=""), sort))
                typist.settle()
            figures = [it[0] for it in taken]
            worst, floor = max(taken), statistics.median(bare)
            print(line(f"{name}, by {sort.value}: median of {len(taken)} keys", statistics.median(figures), floor, 1.5))
            print(line(f"{name}, by {sort.value}: worst ({worst[1]!r})", worst[0], floor, 3.0))
            slowest = ", ".join(f"{typed!r} {figure:.0f} ms" for figure, typed in sorted(taken, reverse=True)[:6])
            print(f"  the slowest: {slowest}")
    operations.close()
    page.close()
    program.close()


if __name__ == "__main__":
    main()
