"""Run by a test in a process of its own: drives every page and dialog of a store full of canaries, with errors forced.

Everything it learns goes to stdout as one JSON document; what the program itself writes anywhere is for the test to
look at. `broken` breaks protections on purpose, to show that the test would notice; `memory` opens people, locks, and
waits for the test to look into its memory.
"""

import json
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mdt_desktop.demo.store import PASSPHRASE
from mdt_desktop.domain.cases import Stage
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadQuery
from mdt_desktop.ui import walk
from mdt_desktop.ui.clipboard import copy
from mdt_desktop.ui.messages import Choice
from mdt_desktop.ui.script import Script, Steps, Until, close_dialogs
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.tour import Tour
from mdt_desktop.ui.tour_gestures import Stop
from mdt_desktop.ui.tour_stops import STOPS
from mdt_desktop.ui.unlock.unlock_page import UnlockPage
from tests.helpers.canaries import PEOPLE, PLANTED, canaries, hears, risk_file
from tests.helpers.canary_errors import ERRORS, Forced, forcing, uncaught
from tests.helpers.canary_mutants import break_everything
from tests.helpers.widget_words import all_words

_WRITES = ("w", "a", "x", "+")


@dataclass
class Report:
    """What the drive saw: stops that were made, errors that were forced, titles, and what Python opened or called."""

    stops: list[str] = field(default_factory=list)
    forced: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    sought_library: set[str] = field(default_factory=set)
    network: list[str] = field(default_factory=list)
    clipboard: dict[str, str] = field(default_factory=dict)
    locked_widgets: list[str] = field(default_factory=list)
    stuck: str = ""
    error: str = ""

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python's own account of files opened to be written, and of sockets."""
        if (event == "open" and any(mark in str(arguments[1]) for mark in _WRITES)) or _made(event, arguments):
            self.opened.add(str(arguments[0]))
        elif event == "tempfile.mkstemp" and _comes_through("ctypes.util"):
            self.sought_library.add(str(arguments[0]))
        elif event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"):
            self.network.append(f"{event} {arguments[1:]}")

    def look(self) -> None:
        """Every title that a task switcher could show now."""
        for window in QGuiApplication.topLevelWindows():
            self.titles |= {window.title(), window.filePath()}
        for widget in QApplication.topLevelWidgets():
            self.titles |= {widget.windowTitle(), widget.windowIconText(), widget.windowRole()}

    def tell(self) -> None:
        """On stdout."""
        told = {name: sorted(value) if isinstance(value, set) else value for name, value in vars(self).items()}
        told["titles"] = {title: hears(title) for title in told["titles"]}
        sys.stdout.write(json.dumps(told) + "\n")


def _comes_through(module: str) -> bool:
    return any(frame.f_globals.get("__name__") == module for frame, _ in traceback.walk_stack(None))


def _made(event: str, arguments: tuple[Any, ...]) -> bool:
    """`os.open` tells flags instead of a mode."""
    return event == "open" and arguments[1] is None and bool(int(arguments[2] or 0) & 0o103)


@dataclass
class Drive:
    """The running program, somebody in it, and the folders of the test."""

    start: Start
    report: Report
    root: Path

    def __post_init__(self) -> None:
        self.tour = Tour(self.start, DataFolder(self.root / "temp" / "spare"))
        self.walk = Quiet(self.start, self.root / "documents", self.root / "incoming")

    def settle(self, what: str = "settled") -> Until:
        """Wait until all is shown, and look at the titles."""
        self.report.look()
        return self.tour.settle(what)

    def person(self, stage: Stage = Stage.ACTIVE) -> str:
        """Somebody at a stage."""
        assert self.start.program is not None
        rows = self.start.program.services.caseload.page(CaseloadQuery(), 0, 1000).rows
        return next(row.person_id for row in rows if row.stage is stage and row.nhs_number)


class Quiet(walk.Walk):
    """The walk through the main job without its pictures."""

    def picture(self, name: str) -> Steps:
        yield self.settle(name)


# The way


SOME_STOPS = STOPS[::6]
"""What the ordinary run comes by; the long run comes by all."""


def whole(drive: Drive) -> Steps:
    """Every stop of the tour, the main job, half-typed words, locking, and every forced error."""
    yield from _all_of_it(drive, STOPS)


def everything(drive: Drive) -> Steps:
    """The same with some stops of the tour."""
    yield from _all_of_it(drive, SOME_STOPS)


def _all_of_it(drive: Drive, stops: Sequence[Stop]) -> Steps:
    yield from unlock(drive)
    yield from come_by(drive, stops)
    yield from the_main_job(drive)
    yield from forced_errors(drive, ERRORS)
    yield from half_typed_and_locked(drive)
    yield from copied(drive)


def broken(drive: Drive) -> Steps:
    """As much as each broken protection needs to be seen: a search, a case, errors, a paper, and locking."""
    yield from unlock(drive)
    start = drive.start
    start.window.show_page("caseload")
    yield drive.settle()
    page: Any = start.window.page
    QTest.keyClicks(page.filters.search, canaries()[3].family_name)
    yield drive.settle()
    yield from forced_errors(drive, ERRORS[:1])
    start.window.show_page("care_plan", person_id=drive.person())
    yield drive.settle()
    page = start.window.page
    page.open_preview("print")
    yield drive.settle()
    close_dialogs(start.window)
    copy(canaries()[10].nhs_number)
    yield from lock(drive)


def memory(drive: Drive) -> Steps:
    """Ten people's cases and plans are read, then the program locks; it waits for a line on stdin, before and after."""
    yield from unlock(drive)
    assert drive.start.program is not None
    rows = drive.start.program.services.caseload.page(CaseloadQuery(), 0, 10).rows
    people = [row.person_id for row in rows]
    del rows
    for person_id in people:
        for tab in ("overview", "people", "history"):
            drive.start.window.show_page("case", person_id=person_id, tab=tab)
            yield drive.settle()
        drive.start.window.show_page("care_plan", person_id=person_id)
        yield drive.settle()
    _hold("open")
    yield from lock(drive)
    _hold("locked")


def _hold(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def unlock(drive: Drive) -> Steps:
    start = drive.start
    yield Until("the unlock screen", lambda: isinstance(start.cover, UnlockPage))
    yield drive.settle()
    cover = start.cover
    assert isinstance(cover, UnlockPage)
    yield Until("it can be typed in", cover.isEnabled)
    cover.passphrase.setText(PASSPHRASE)
    cover.unlock.click()
    yield Until("the store is open", lambda: start.window.page is not None)
    yield drive.settle()
    start.stop_idling()


def lock(drive: Drive) -> Steps:
    """Lock, and look at the clipboard, the titles and every widget that is left."""
    start = drive.start
    start.lock()
    yield Until("locked", lambda: start.program is None and start.cover is not None and start.cover.isEnabled())
    yield drive.settle()
    drive.report.clipboard["after locking"] = QGuiApplication.clipboard().text()
    drive.report.look()
    drive.report.locked_widgets = [what for text in all_words() for what in hears(text)]


def come_by(drive: Drive, stops: Sequence[Stop]) -> Steps:
    """Stops of the tour, of pages, sheets, dialogs, notices and covers, as reviewers see them."""
    assert drive.start.program is not None
    rows = drive.start.program.services.caseload.page(CaseloadQuery(), 0, 1000).rows
    for row in rows:
        drive.tour.people.setdefault(row.stage.value if row.stage else "none", row.person_id)
    for stop in stops:
        yield from stop.go(drive.tour)
        yield drive.settle(stop.name)
        drive.report.look()
        drive.report.stops.append(stop.name)
        drive.tour.tidy()
        yield drive.settle()


def the_main_job(drive: Drive) -> Steps:
    """A practice's file with canaries, then one of them from consent to a saved plan, all in canaries' words."""
    start = drive.start
    newcomers = canaries()[PLANTED:PEOPLE]
    assert start.program is not None
    practice = start.program.services.risk_overview.practices()[0].code
    file = risk_file(drive.root / "incoming", practice, datetime.now(UTC).date(), newcomers)
    start.window.show_page("imports")
    yield drive.settle()
    page: Any = start.window.page
    page.overview.start.click()
    page.wizard.add_files([file])
    for name in ("columns", "preview", "result"):
        yield Until(f"before {name}", page.wizard.go_on.isEnabled)
        page.wizard.go_on.click()
        yield drive.settle(name)
        yield Until(name, page.wizard.go_on.isEnabled)
    drive.walk.number = newcomers[0].nhs_number
    walk.__dict__["_WISH"] = newcomers[0].words
    for part in ("find_the_person", "record_consent", "assess", "agree_lead", "write_plan", "agree_plan", "paper"):
        steps: Callable[[walk.Walk], Steps] = getattr(walk, f"_{part}")
        yield from steps(drive.walk)
        yield drive.settle(part)
        drive.report.stops.append(part)
    close_dialogs(start.window)
    yield drive.settle()


def half_typed_and_locked(drive: Drive) -> Steps:
    """Words in forms, kept and not recorded; a question about somebody; then the program locks and is unlocked."""
    start = drive.start
    words = canaries()[7].words
    start.window.show_page("case", person_id=drive.person(), tab="people")
    yield drive.settle()
    page: Any = start.window.page
    page.tab("people").add_contact()
    QTest.keyClicks(page.case.sheet.comments, words)
    yield drive.settle()
    start.messages.ask(f"Remove {canaries()[8].family_name}?", [Choice("no", "Keep")], lambda _: None, way_out="no")
    start.window.commands.run("go.palette")
    QTest.keyClicks(start.window.command_palette.box, canaries()[9].family_name)
    drive.report.look()
    yield drive.settle()
    copy(canaries()[10].nhs_number)
    yield from lock(drive)
    yield from unlock(drive)
    yield drive.settle()
    page = start.window.page
    assert page.case.sheet.comments.text() == words, "the half-typed words are there again"
    drive.report.stops.append("half-typed")


def copied(drive: Drive) -> Steps:
    """A number copied in the table, still there when the window closes."""
    drive.start.window.show_page("caseload")
    yield drive.settle()
    copy(canaries()[11].nhs_number)


def forced_errors(drive: Drive, errors: tuple[Forced, ...]) -> Steps:
    """Each error in turn where the program meets it, then those that nobody catches."""
    for it in errors:
        arguments: dict[str, object] = {"person_id": drive.person()} if it.about_somebody else {}
        with forcing(it, drive.report.forced):
            drive.start.window.forget_pages()
            drive.start.window.show_page(it.page, **arguments, **it.arguments)
            yield drive.settle(it.name)
            if it.gesture is not None:
                it.gesture(drive.start.window.page)
                yield Until(f"forced: {it.name}", lambda name=it.name: name in drive.report.forced)  # type: ignore[misc]
                yield drive.settle(it.name)
        drive.report.look()
        drive.tour.tidy()
        yield drive.settle(f"after {it.name}")
    uncaught(drive.report.forced)
    yield Until("uncaught errors", lambda: "in a slot" in drive.report.forced)
    yield drive.settle("uncaught errors")
    drive.tour.tidy()


WAYS: dict[str, Callable[[Drive], Steps]] = {
    "everything": everything, "whole": whole, "broken": broken, "memory": memory,
}  # fmt: skip


def main() -> None:
    """`canary_drive.py WAY ROOT`: the store is in ROOT/data."""
    way, root = sys.argv[1], Path(sys.argv[2])
    report = Report()
    sys.addaudithook(report.hear)
    if way == "broken":
        break_everything(root)
    start = Start(DataFolder(root / "data"))
    script = Script(WAYS[way](Drive(start, report, root)))

    def ended(stuck: str) -> None:
        report.stuck, report.error = stuck, repr(script.error or "")
        if way != "memory":
            report.look()
        close_dialogs(start.window)
        start.window.close()
        report.clipboard["after closing"] = QGuiApplication.clipboard().text()
        start.app.quit()

    script.ended.connect(ended)
    start.open_window()
    script.start()
    start.app.exec()
    start.close()
    report.tell()


if __name__ == "__main__":
    main()
