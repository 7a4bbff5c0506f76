"""The worklist over a real store with a meeting that agreed some actions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mdt_desktop.services.changes import Changes
from mdt_desktop.services.tasks import NewTask
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.worklist.page import WorklistScreen
from tests.store.meeting.conftest import DAY, Team, team
from tests.ui.conftest import Show

__all__ = ["Desk", "desk", "team"]


@dataclass
class Presenter:
    """Notes what is told and answers what is asked."""

    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: str = ""

    def show_notice(self, notice: Notice) -> None:
        self.told.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.asked.append(question.words)
        answer(self.answer or question.way_out)


class Desk:
    """The page; `tasks` are the ids of what was agreed: overdue, not taken on, and later."""

    def __init__(self, qtbot: QtBot, team: Team, show: Show) -> None:
        self.qtbot, self.team = qtbot, team
        self.services = team.program.services
        self.tasks = self._agree()
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages, self.presenter = Messages(), Presenter()
        self.messages.show_on(self.presenter)
        self.page = WorklistScreen(self.services, self.operations, self.messages)
        self.page.resize(1198, 700)
        self.opened: list[str] = []
        self.page.open_person_requested.connect(self.opened.append)
        self.broadcasts.changed.connect(self._on_changed)
        show(self.page)
        self.page.shown({})
        self.settle()

    def _agree(self) -> list[str]:
        services, place = self.services, self.team.place
        item = services.agendas.add(self.team.meeting, self.team.cases[0]).made
        services.meeting_room.begin(self.team.meeting)
        for it in services.meetings.attendance(self.team.meeting):
            if it.practitioner_id != place.gp:
                services.meeting_room.attend(it.id, services.meetings.attendance(self.team.meeting)[0].state.PRESENT)
        wanted = (("Dressings plan", place.nurse, -20), ("Rescue pack", place.gp, 5), ("Bath rail", place.therapist, 9))
        return [
            services.meeting_room.agree_to(item, NewTask(what, owner_id=owner, due=DAY + timedelta(days=days))).made
            for what, owner, days in wanted
        ]

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if initiator is not self.page:
            self.page.changed(changes)

    def settle(self) -> None:
        """Until commands and the readings after them are done."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=10_000)
            QApplication.processEvents()

    def press(self, key: Qt.Key | str) -> None:
        """A key on the list."""
        self.team.clock.advance(timedelta(minutes=1))
        if isinstance(key, str):
            QTest.keyClicks(self.page.table, key)
        else:
            QTest.keyClick(self.page.table, key)
        self.settle()

    def status(self, number: int) -> str:
        return self.services.tasks.task(self.tasks[number]).status.value

    def whats(self) -> list[str]:
        """What the list shows, from the top."""
        model = self.page.model
        return [row.what for number in range(model.rowCount()) if (row := model.row(number)) is not None]


@pytest.fixture
def desk(qtbot: QtBot, team: Team, show: Show) -> Iterator[Desk]:
    made = Desk(qtbot, team, show)
    yield made
    made.settle()
    made.operations.close()
