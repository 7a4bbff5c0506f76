"""A case page on a real store with real threads, and what a test asks of it."""

from collections.abc import Callable

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
from mdt_desktop.ui.drafting import DraftShelf
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.answering import Answering


class CaseDesk:
    """Opens people in one page; `settle` waits until nothing is running."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self.qtbot = program, qtbot
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.answering = Answering()
        self.messages.show_on(self.answering)
        self.person = ""
        self.page = self.new_page()
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

    def new_page(self) -> CasePage:
        """A page made anew with the drafts that are in the store, as after unlocking."""
        before = getattr(self, "page", None)
        if before is not None:
            before.close()
            before.deleteLater()
        drafts, loaded = DraftShelf(self.program.services, self.operations), list[int]()
        drafts.load(lambda: loaded.append(1))
        self.qtbot.waitUntil(lambda: bool(loaded))
        self.page = CasePage(self.program.services, self.operations, self.messages, drafts=drafts)
        self.page.resize(1198, 700)
        return self.page

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if not comes_from(initiator, self.page):
            self.page.changed(changes)

    def open(self, person_id: str, tab: str = "") -> CasePage:
        self.person = person_id
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
