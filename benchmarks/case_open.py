"""Opening a case, from the wish to the painted overview, against building and painting the page with nobody in it."""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication

from benchmarks.floors import line
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.case.overview import OverviewTab
from mdt_desktop.ui.case.page import CasePage
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.borough import a_person_with_case, a_place, a_store, people_around, risk_runs
from tests.helpers.paint_eye import PaintEye

GOAL = 1.5
TIMES = 25
SIZE = (1198, 686)
"""Of the page in a window of 1366 x 768."""


class Bench:
    """Builds pages of one program and takes the times."""

    def __init__(self, app: QApplication, program: Program) -> None:
        self._app = app
        self._program = program
        self.operations = Operations(Broadcasts())
        self._messages = Messages()

    def _page(self) -> CasePage:
        page = CasePage(self._program.services, self.operations, self._messages)
        page.resize(*SIZE)
        page.show()
        return page

    def _until(self, ready: Callable[[], bool]) -> None:
        """As the window's own loop does: asleep until something comes."""
        while not ready():
            self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _painted(self, page: CasePage, ready: Callable[[], bool]) -> None:
        """Until the first card of the overview is on the screen with what it has to say."""
        self._until(ready)
        first_card = cast(OverviewTab, page.tab("overview")).stage
        eye = PaintEye(first_card)
        first_card.update()
        self._until(lambda: eye.painted)

    def _drop(self, page: CasePage) -> None:
        while not self.operations.idle:
            self._app.processEvents()
        page.close()
        page.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def empty(self) -> float:
        """Milliseconds to build the page and paint it with nobody in it: its banner, tabs and empty cards."""
        start = perf_counter()
        page = self._page()
        self._painted(page, lambda: True)
        taken = perf_counter() - start
        self._drop(page)
        return taken * 1000

    def first(self, person_id: str) -> float:
        """Milliseconds to show the first person in a page that was made while the caseload was looked at."""
        page = CasePage(self._program.services, self.operations, self._messages)
        page.resize(*SIZE)
        start = perf_counter()
        page.show()
        page.shown({"person_id": person_id})
        self._painted(page, lambda: page.case.view is not None)
        taken = perf_counter() - start
        self._drop(page)
        return taken * 1000

    def next(self, first_id: str, person_id: str) -> float:
        """Milliseconds to show another person in the page that is there: how it is all day."""
        page = self._page()
        page.shown({"person_id": first_id})
        self._painted(page, lambda: page.case.view is not None)
        while not self.operations.idle:
            self._app.processEvents()
        start = perf_counter()
        page.shown({"person_id": person_id})
        self._painted(page, lambda: page.case.view is not None and page.case.view.person_id == person_id)
        taken = perf_counter() - start
        self._drop(page)
        return taken * 1000


def main() -> int:
    """Print the ratios."""
    app = make_application(scheme="light")
    with tempfile.TemporaryDirectory() as folder, a_store(Path(folder)) as program:
        place = a_place(program)
        person, case = a_person_with_case(program, place, Stage.ACTIVE)
        people_around(program, person, case, place)
        risk_runs(program, place, person)
        other, other_case = a_person_with_case(program, place, Stage.ACTIVE, nhs_number=None)
        people_around(program, other, other_case, place)
        bench = Bench(app, program)
        for warm in (bench.empty, lambda: bench.first(person)):
            warm()
        # In turns, so that a busy minute of the machine weighs on all three alike.
        rounds = [(bench.empty(), bench.first(person), bench.next(other, person)) for _ in range(TIMES)]
        empty, first, again = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(line("first opening of a case, painted", first, empty, GOAL))
        print(line("each opening after it, painted", again, empty, GOAL))
        bench.operations.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
