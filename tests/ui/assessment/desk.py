"""An assessment page on a real store with real threads, and what a test asks of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.services.assessments import Assessments
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui.assessment.autosave import Batch
from mdt_desktop.ui.assessment.filling import FillingView
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from
from mdt_desktop.ui.commands import Commands
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.answering import Answering
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import CaseInStore

IMPORTANT, HEALTH = "Getting to the mosque on Fridays", "he-summary"
CLEAN_HEALTH: Batch = {(HEALTH, ""): "Stable", ("he-allergy", ""): False, ("he-falls-count", ""): "none"}
PHQ9_ZERO: Batch = {(f"phq9-{number}", ""): "not-at-all" for number in range(1, 10)}
MINUTE = timedelta(minutes=1)


class DiskFull(MdtError):
    """Stands for any failure of the store."""

    code = "store_problem"


class Desk:
    """One person's assessments in one page; `settle` waits until nothing is running."""

    def __init__(self, case: CaseInStore, clock: FrozenClock, qtbot: QtBot) -> None:
        self.case, self.clock, self.qtbot = case, clock, qtbot
        self.services = case.program.services
        self.verbs: Assessments = self.services.assessments
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.answering = Answering()
        self.messages.show_on(self.answering)
        self.window = QWidget()
        self.commands = Commands(self.window)
        self.page = AssessmentPage(self.services, self.operations, self.messages, self.window)
        self.commands.add(*self.page.offers())
        self.page.resize(1198, 700)
        self.window.resize(1198, 700)
        self.went: list[str] = []
        self.broadcasts.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if not comes_from(initiator, self.page):
            self.page.changed(changes)

    @property
    def filling(self) -> FillingView:
        assert self.page.filling is not None
        return self.page.filling

    def open(self, questionnaire: str = "", **arguments: str) -> FillingView:
        self.page.shown({"case_id": self.case.case_id, "questionnaire": questionnaire, **arguments})
        self.settle()
        return self.filling

    def settle(self) -> None:
        for _ in range(4):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=10_000)
            QApplication.processEvents()

    def saved(self) -> None:
        self.qtbot.waitUntil(lambda: self.page.all_saved, timeout=10_000)
        self.settle()

    def stored(self) -> Answers:
        reading = self.services.assessment_reading
        return reading.open(self.filling.view.summary.id).answers

    def field(self, link_id: str, position: str = "") -> QWidget:
        question = self.filling.form.page.question(link_id, position)
        assert question is not None
        return question.field.inputs()[0]

    def type_into(self, link_id: str, text: str) -> QWidget:
        found = self.field(link_id)
        found.setFocus()
        QTest.keyClicks(found, text)
        return found

    def leave(self) -> bool:
        return self.page.can_leave(lambda: self.went.append("on"))

    def break_saving(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Make every save fail until the returned function is called."""
        works = self.verbs.answers
        broken = [True]

        def answers(assessment_id: str, given: Batch, seen: Batch) -> Changes:
            if broken[0]:
                raise DiskFull
            return works(assessment_id, given, seen)

        monkeypatch.setattr(self.verbs, "answers", answers)
        return lambda: broken.__setitem__(0, False)


def pushed(widget: QWidget, words: str) -> None:
    """Press the button with these words."""
    (button,) = [it for it in widget.findChildren(QPushButton) if it.text() == words and it.isVisible()]
    button.click()
