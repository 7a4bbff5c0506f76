"""The window with the pages of meetings over a real store, and a keyboard."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import open_with_passphrase
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.agendas import ItemSummary
from mdt_desktop.services.meeting_room import Room
from mdt_desktop.ui.cockpit.page import CockpitPage
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.joints import PAGES
from mdt_desktop.ui.meetings.page import MeetingsPage
from mdt_desktop.ui.messages import Answer, Notice, Question
from mdt_desktop.ui.pages import Arguments, Page
from tests.helpers.borough import PASSPHRASE, a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.meetings import MeetingPlace, a_meeting_place
from tests.helpers.window import Shell, a_shell, until_idle

NO_KEY = Qt.KeyboardModifier.NoModifier


class Visited(Page):
    """Takes the place of a page that is not tested here, and keeps with what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Arguments] = []

    def shown(self, arguments: Arguments) -> None:
        self.seen.append(arguments)


@dataclass
class Telling:
    """Takes the place of the window for what is told and asked: keeps notices, answers with what the test set."""

    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: str = ""

    def show_notice(self, notice: Notice) -> None:
        self.told.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.asked.append(question.words)
        answer(self.answer or question.way_out)


class MeetingDesk:
    """Pages made as the program makes them, in its window, driven by keys and the mouse."""

    def __init__(self, made: MeetingPlace, shell: Shell, qtbot: QtBot) -> None:
        self.made, self.shell, self.qtbot = made, shell, qtbot
        self.services = made.program.services
        self.telling, self.case = Telling(), Visited()
        shell.messages.show_on(self.telling, shell.window)
        self.drafts = DraftShelf(self.services, shell.operations, shell.window)
        start: Any = SimpleNamespace(
            program=made.program, window=shell.window, operations=shell.operations, messages=shell.messages,
            drafts=self.drafts,
        )  # fmt: skip
        for place in PAGES:
            if place.key in ("meetings", "cockpit"):
                shell.window.register_page(
                    place.key, place.key, place.icon, partial(place.make, start), in_rail=place.in_rail
                )
        shell.register("case", lambda: self.case)
        shell.window.resize(1366, 768)
        shell.window.activateWindow()
        qtbot.waitUntil(shell.window.isActiveWindow)

    # Going and waiting

    def go(self, key: str, **arguments: object) -> Any:
        """Go to a page; returns it."""
        self.shell.window.show_page(key, **arguments)
        self.settle()
        return self.shell.window.page

    def settle(self) -> None:
        """Until everything asked for is done and shown."""
        until_idle(self.qtbot, self.shell.operations)

    @property
    def meetings(self) -> MeetingsPage:
        """The page of meetings, on the screen."""
        page = self.shell.window.page
        assert isinstance(page, MeetingsPage)
        return page

    @property
    def cockpit(self) -> CockpitPage:
        """The cockpit, on the screen."""
        page = self.shell.window.page
        assert isinstance(page, CockpitPage)
        return page

    def plan(self) -> MeetingsPage:
        """The planned meeting, its agenda written."""
        page: MeetingsPage = self.go("meetings", meeting_id=self.made.planned)
        self.settle()
        return page

    # The keyboard

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY, *, on: QWidget | None = None) -> None:
        """Press a key where the focus is, and wait for what comes of it."""
        QTest.keyClick(on or self.focused(), key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Type where the focus is."""
        QTest.keyClicks(self.focused(), text)
        QTest.qWait(0)

    def focused(self) -> QWidget:
        """The widget that takes the keys."""
        if not self.shell.window.isActiveWindow():
            self.shell.window.activateWindow()
            self.qtbot.waitUntil(self.shell.window.isActiveWindow)
        found = QApplication.focusWidget()
        assert found is not None, "nothing has the focus"
        return found

    # What is in the store

    def items(self) -> list[ItemSummary]:
        """Those on the planned agenda, in order."""
        return [it for it in self.services.agendas.items(self.made.planned) if it.state != "removed"]

    def names(self) -> list[str]:
        """Their family names, in order."""
        return [it.family_name for it in self.items()]

    def item(self, family_name: str) -> ItemSummary:
        """One of them."""
        return next(it for it in self.items() if it.family_name == family_name)

    def room(self) -> Room:
        """The planned meeting as it stands."""
        return self.services.meeting_room.room(self.made.planned)

    def audit(self) -> list[tuple[str, str, str]]:
        """Action, kind and reason of every entry of the history."""
        rows = self.made.program.access.database.reader.execute(
            "SELECT action, kind, reason FROM audit_entry ORDER BY seq"
        )
        return [(row[0], row[1], row[2]) for row in rows]


@cache
def _the_place() -> tuple[Path, MeetingPlace]:
    """The store of every test, made once and copied for each: walking twelve people there takes two seconds."""
    folder = Path(tempfile.mkdtemp(prefix="mdt-meetings-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    clock = FrozenClock()
    with a_store(folder, clock) as program:
        return folder, a_meeting_place(program, clock)


@contextmanager
def a_meeting_desk(tmp_path: Path, clock: FrozenClock, qtbot: QtBot) -> Iterator[MeetingDesk]:
    """A store with a week's meetings and a window on it; both are closed at the end."""
    folder, made = _the_place()
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with open_with_passphrase(DataFolder(tmp_path / "store"), PASSPHRASE, clock=clock) as program:
        made = replace(made, program=program, clock=clock)
        with a_shell(program) as shell:
            yield MeetingDesk(made, shell, qtbot)
