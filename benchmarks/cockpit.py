"""The weekly meeting at 2,000 open cases: opening the cockpit, the next person, and the agenda that writes itself."""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.borough import cached_folder
from benchmarks.floors import milliseconds
from benchmarks.known import PASSPHRASE, TODAY, clock
from mdt_desktop.bootstrap import Program, open_with_passphrase
from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.paths import DataFolder
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.cockpit.page import CockpitPage
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.paint_eye import PaintEye

PEOPLE = 50_000
"""So large is a borough of which 2,000 people have an open case."""
GOALS_MS = {"opening the cockpit": 150, "next person": 50, "reading the agenda's proposal": 0}
TIMES, ON_AGENDA = 15, 12
SIZE = (1366, 768)


def a_meeting(program: Program) -> str:
    """A meeting of the locality with most cases, twelve people on its agenda, under way with everybody there."""
    services, reader = program.services, program.access.database.reader
    locality = reader.execute(
        "SELECT pr.locality_id FROM person_case c JOIN person p ON p.id = c.person_id"
        " JOIN practice pr ON pr.id = p.practice_id GROUP BY pr.locality_id ORDER BY COUNT(*) DESC LIMIT 1"
    ).fetchone()[0]
    team = [it.id for it in services.directory.practitioners()[:6]]
    series = services.meetings.start_series(
        locality,
        {
            "name": "Weekly MDT", "weekday": TODAY.weekday(), "starts_at": "09:00", "length_minutes": 90,
            "place": "Room 2", "health_chair_id": team[0], "council_chair_id": team[2],
        },
        dict.fromkeys(team, ""),
    ).made  # fmt: skip
    meeting = services.meetings.plan(series, TODAY).made
    proposed = services.agendas.propose(meeting)
    for line in (*proposed.listed, *proposed.waiting)[:ON_AGENDA]:
        services.agendas.add(meeting, line.case_id)
    services.meeting_room.begin(meeting)
    for it in services.meetings.attendance(meeting):
        services.meeting_room.attend(it.id, AttendanceState.PRESENT)
    services.meeting_room.open(services.agendas.items(meeting)[0].id)
    return meeting


class Bench:
    """Opens the cockpit of one meeting and takes the times."""

    def __init__(self, app: QApplication, program: Program, meeting: str) -> None:
        self._app, self._program, self._meeting = app, program, meeting
        self.operations, self._messages = Operations(Broadcasts()), Messages()

    def _page(self) -> CockpitPage:
        page = CockpitPage(self._program.services, self.operations, self._messages)
        page.resize(*SIZE)
        page.show()
        return page

    def _until(self, ready: Callable[[], bool]) -> None:
        while not ready():
            self._app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def _painted(self, widget: QWidget) -> None:
        eye = PaintEye(widget)
        widget.update()
        self._until(lambda: eye.painted)

    def _settle(self) -> None:
        while not self.operations.idle:
            self._app.processEvents()

    def _drop(self, page: CockpitPage) -> None:
        self._settle()
        page.close()
        page.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def empty(self) -> float:
        """To build the page and paint it with nobody in it."""
        start = perf_counter()
        page = self._page()
        self._painted(page.bar)
        taken = perf_counter() - start
        self._drop(page)
        return taken * 1000

    def opening(self) -> float:
        """From the wish to the person who is discussed, painted; the page is made for it."""
        start = perf_counter()
        page = self._page()
        page.shown({"meeting_id": self._meeting})
        self._until(lambda: page.view is not None)
        self._painted(page.person)
        taken = perf_counter() - start
        self._drop(page)
        return taken * 1000

    def steps(self) -> tuple[list[float], list[float]]:
        """Once round the agenda: from the key to the next person, painted; and bare repaints of the same page."""
        page = self._page()
        page.shown({"meeting_id": self._meeting})
        self._until(lambda: page.view is not None)
        self._settle()
        steps, repaints = [], []
        for _ in range(ON_AGENDA - 1):
            turned = partial(_is_past, page, page.view.place if page.view is not None else "")
            start = perf_counter()
            page.chairing.step(1)
            self._until(turned)
            self._painted(page.person)
            steps.append((perf_counter() - start) * 1000)
            self._settle()
            repaints.append(milliseconds(page.repaint))
        self._drop(page)
        return steps, repaints


def _is_past(page: CockpitPage, place: str) -> bool:
    return page.view is not None and page.view.place != place


def proposal(program: Program, meeting: str) -> tuple[float, float, int]:
    """Reading the agenda's proposal, the bare reading of the locality's cases and people, and how many they are."""
    reader = program.access.database.reader
    locality = program.services.meetings.meeting(meeting).locality_id

    def bare() -> int:
        rows = reader.execute(
            "SELECT c.*, p.* FROM person_case c CROSS JOIN person p ON p.id = c.person_id"
            " CROSS JOIN practice pr ON pr.id = p.practice_id WHERE pr.locality_id = ?",
            (locality,),
        )
        return len(rows.fetchall())

    pairs = [
        (milliseconds(lambda: program.services.agendas.propose(meeting)), milliseconds(bare)) for _ in range(TIMES + 1)
    ][1:]
    found, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    return found, floor, bare()


def told(what: str, figure: float, floor: float) -> str:
    """One line: milliseconds, the floor of the same run and how often it, and the goal where there is one."""
    goal = GOALS_MS[what]
    verdict = "" if not goal else f"  goal {goal} ms  {'within' if figure <= goal else 'OVER'}"
    return f"{what:36} {figure:8.1f} ms  floor {floor:7.1f} ms  ratio {figure / floor:5.2f}{verdict}"


def main() -> int:
    """Print milliseconds and ratios."""
    app = make_application(scheme="light")
    with tempfile.TemporaryDirectory(prefix="mdt-cockpit-") as copy:
        folder = shutil.copytree(cached_folder(PEOPLE).root, Path(copy) / "store")
        with open_with_passphrase(DataFolder(folder), PASSPHRASE, clock=clock) as program:
            meeting = a_meeting(program)
            cases = program.access.database.reader.execute(
                "SELECT COUNT(*) FROM person_case WHERE stage NOT IN ('declined', 'stepped_down')"
            ).fetchone()[0]
            bench = Bench(app, program, meeting)
            for warm in (bench.empty, bench.opening):
                warm()
            rounds = [(bench.empty(), bench.opening()) for _ in range(TIMES)]
            empty, opening = (statistics.median(column) for column in zip(*rounds, strict=True))
            steps, repaints = bench.steps()
            print(f"{cases:,} open cases; {len(program.services.agendas.items(meeting))} on the agenda")
            print(told("opening the cockpit", opening, empty))
            print(told("next person", statistics.median(steps), statistics.median(repaints)))
            print(f"{'next person, worst':36} {max(steps):8.1f} ms")
            found, floor, count = proposal(program, meeting)
            print(told("reading the agenda's proposal", found, floor) + f"  of {count:,} cases of the locality")
            bench.operations.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
