"""The risk files page over a real store, and what a test asks of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.services.risk_wizard import FileState, Step
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.imports.approach_form import ApproachForm
from mdt_desktop.ui.imports.page import ImportsPage
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.answering import Answering
from tests.helpers.risk_files import OCTOBER, a_line, a_risk_file, lines


class Screen:
    """The page over a real store."""

    def __init__(self, qtbot: QtBot, program: Program, folder: Path) -> None:
        self.qtbot, self.program, self.folder = qtbot, program, folder
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages, self.presenter = Messages(), Answering()
        self.messages.show_on(self.presenter)
        self.page = ImportsPage(program.services, self.operations, self.messages)
        self.page.resize(1180, 700)
        self.wizard = self.page.wizard

    def settle(self) -> None:
        """Wait until nothing is read or written any more."""
        self.qtbot.waitUntil(lambda: self.operations.idle, timeout=20_000)

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=20_000)

    def choose(self, *files: Path) -> None:
        """Begin an import with these files."""
        self.page.start_import(files)
        self.settle()

    def go_on(self) -> None:
        """Press the primary button by the keyboard."""
        assert self.wizard.go_on.isEnabled()
        self.wizard.go_on.setFocus()
        QTest.keyClick(self.wizard.go_on, Qt.Key.Key_Space)
        self.settle()

    def import_all(self, *files: Path) -> None:
        """Through all steps."""
        self.choose(*files)
        for _ in range(3):
            self.go_on()
        self.wait(lambda: self.wizard.wizard.step is Step.RESULT)
        self.settle()

    def form(self) -> ApproachForm:
        """How tiers are made of the file that is looked at."""
        form = self.wizard.preview.form
        assert form is not None
        self.wait(form.isVisible)
        return form

    def states(self) -> list[FileState]:
        return [file.state for file in self.wizard.wizard.files]

    def one(self, sql: str) -> Any:
        return self.program.access.database.reader.execute(sql).fetchone()[0]


def risk_file(screen: Screen, name: str = "november.csv", **more: Any) -> Path:
    return a_risk_file(screen.folder / name, more.pop("found", lines(40)), **more)


def with_held(screen: Screen) -> None:
    screen.import_all(risk_file(screen, "october.csv", run_date=OCTOBER))
    found = [a_line(0, Date_of_birth="05/05/1945"), a_line(1, Date_of_birth="06/06/1946"), *lines(38, 2)]
    screen.import_all(risk_file(screen, "november.csv", found=found))
