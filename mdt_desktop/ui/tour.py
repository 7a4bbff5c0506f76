"""`--tour DIR`: a picture of every screen with the demo borough, in two sizes, light and dark, at two text sizes."""

import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Literal

from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui import theme
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.script import Script, Steps, Until, close_dialogs, save_picture, settled
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.tour_stops import PLACE, STOPS, Stop
from mdt_desktop.words import words

SIZES = ((1366, 768), (1920, 1080))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCALES = (100, 150)


@dataclass
class Tour:
    """What a stop works with: the running program, people by the stage of their case, and a spare empty folder."""

    start: Start
    spare: DataFolder
    people: dict[str, str] = field(default_factory=dict)
    covers: list[QWidget] = field(default_factory=list)

    @property
    def page(self) -> Any:
        """The page on the screen."""
        return self.start.window.page

    def go(self, key: str, **arguments: object) -> None:
        """Go to a page."""
        self.start.window.show_page(key, **arguments)

    def cover(self, widget: QWidget) -> Any:
        """Show a first screen over the shell; it is dropped after the picture."""
        self.covers.append(widget)
        self.start.window.cover(widget)
        return widget

    def settle(self, what: str = "settled") -> Until:
        """Wait until everything that was asked for is on the screen."""
        return settled(self.start.operations, what)

    def until(self, what: str, true: Callable[[], bool]) -> Until:
        """Wait for something that takes its time."""
        return Until(what, true)

    def tidy(self) -> None:
        """Leave the stop as if nobody had been there: pages are made anew, so no sheet and no text stays."""
        close_dialogs(self.start.window)
        for cover in self.covers:
            drop = getattr(cover, "drop", None)
            if drop is not None:
                drop()
        self.covers.clear()
        self.start.window.uncover()
        self.start.window.command_palette.close_palette()
        self.start.window.close_notices()
        self.start.window.show_sync("")
        self.start.window.forget_pages()
        shutil.rmtree(self.spare.root, ignore_errors=True)


def run(folder: DataFolder, out: Path, stops: tuple[Stop, ...] = STOPS) -> int:
    """Take every picture; returns the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mdt-tour-") as spare:
        start = Start(folder, demo=True)
        start.settings = LaptopSettings()  # what this laptop chose must not change the pictures
        start.door.place = PLACE
        tour = Tour(start, DataFolder(Path(spare) / "data"))
        script = Script(_steps(tour, out, stops))
        ended: list[str] = []
        script.ended.connect(ended.append)
        start.failed.connect(script.fail)
        script.ended.connect(lambda _: start.window.close())
        start.open_window()
        script.start()
        start.app.exec()
    start.close()
    return _tell(ended[0] if ended else words("start.closed"), script.error, out, stops)


def _tell(stuck_at: str, error: Exception | None, out: Path, stops: tuple[Stop, ...]) -> int:
    if error is not None:
        why = Messages.words_of(error) if isinstance(error, MdtError) else f"{type(error).__name__}: {error}"
        sys.stderr.write(f"{why}\n")
    if stuck_at or error:
        sys.stderr.write(words("start.stuck", what=stuck_at) + "\n")
        return 1
    count = len(stops) * len(SIZES) * len(SCHEMES) * len(SCALES)
    sys.stderr.write(words("start.tour_done", count=count, folder=out) + "\n")
    return 0


def _steps(tour: Tour, out: Path, stops: tuple[Stop, ...]) -> Steps:
    start = tour.start
    yield Until("the demo borough is open", lambda: start.program is not None)
    yield tour.settle("the first page")
    start.stop_idling()
    start.operations.run_query(partial(_find_people, start), tour.people.update, owner=start)
    yield tour.settle("people at every stage")
    views = list(product(SIZES, SCHEMES, SCALES))
    for place, ((width, height), scheme, scale) in enumerate(views):
        sys.stderr.write(words("start.tour_progress", shown=place * len(stops), of=len(views) * len(stops)) + "\n")
        theme.apply(start.app, scheme, scale / 100)
        start.window.resize(width, height)
        start.window.forget_pages()
        for stop in stops:
            name = f"{width}x{height}-{scheme}-{scale}-{stop.name}"
            yield from stop.go(tour)
            yield tour.settle(name)
            save_picture(start.window, out / f"{name}.png")
            tour.tidy()
            yield tour.settle(f"after {name}")


def _find_people(start: Start) -> dict[str, str]:
    """One person for each stage, the one at highest risk."""
    program = start.program
    caseload: Any = importlib.import_module("mdt_desktop.services.caseload")
    people: dict[str, str] = {}
    if program is not None:
        for row in program.services.caseload.page(caseload.CaseloadQuery(), 0, 1000).rows:
            people.setdefault(row.stage.value if row.stage else "none", row.person_id)
    return people
