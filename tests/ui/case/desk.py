"""A case page on a real store with real threads, and what a test asks of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.services.case_file import Overview
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from
from mdt_desktop.ui.case.consent import ConsentTab
from mdt_desktop.ui.case.overview import OverviewTab
from mdt_desktop.ui.case.page import CasePage
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations


@dataclass
class Answering:
    """Takes the place of the window: keeps notices, and answers questions with what the test set."""

    notices: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: str = ""

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.asked.append(question.words)
        answer(self.answer or question.way_out)


class CaseDesk:
    """Opens people in one page; `settle` waits until nothing is running."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self.qtbot = program, qtbot
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.answering = Answering()
        self.messages.show_on(self.answering)
        self.page = CasePage(program.services, self.operations, self.messages)
        self.page.resize(1198, 700)
        self.wishes: list[tuple[object, ...]] = []
        for wish in (
            self.page.open_assessment_requested,
            self.page.open_plan_requested,
            self.page.read_plan_requested,
            self.page.print_plan_requested,
            self.page.settings_requested,
        ):
            wish.connect(lambda *values: self.wishes.append(values))
        self.broadcasts.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if not comes_from(initiator, self.page):
            self.page.changed(changes)

    def open(self, person_id: str, tab: str = "") -> CasePage:
        self.page.show()
        self.page.shown({"person_id": person_id, "tab": tab})
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until commands and the readings after them are done and painted."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=5000)
            QTest.qWait(1)

    def command(self, fn: Callable[[], Changes]) -> None:
        """Something written elsewhere in the program."""
        self.operations.run_command(fn, None)
        self.settle()

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Press the visible button of an object name."""
        QTest.mouseClick(self.button(name, within), Qt.MouseButton.LeftButton)
        self.settle()

    def button(self, name: str, within: QWidget | None = None) -> QPushButton:
        found = [it for it in (within or self.page).findChildren(QPushButton, name) if it.isVisible()]
        assert len(found) == 1, f"{len(found)} buttons are called {name}"
        return found[0]

    def has(self, name: str) -> bool:
        return any(it.isVisible() for it in self.page.findChildren(QPushButton, name))

    def words(self, within: QWidget | None = None) -> str:
        """Everything that can be read on the page, or on a part of it."""
        shown = (within or self.page).findChildren(QLabel)
        return "\n".join(it.text() for it in shown if it.isVisible() and it.text())

    def close(self) -> None:
        self.page.close()
        self.operations.close()
        self.page.deleteLater()


def overview(program: Program, person: str) -> Overview:
    return program.services.case_file.overview(person)


def stage(program: Program, person: str) -> Stage:
    case = overview(program, person).case
    assert case is not None
    return case.stage


def the_overview(page: CasePage) -> OverviewTab:
    tab = page.tab("overview")
    assert isinstance(tab, OverviewTab)
    return tab


def the_consent(page: CasePage) -> ConsentTab:
    tab = page.tab("consent")
    assert isinstance(tab, ConsentTab)
    return tab
