"""The figures through their real widgets: charts, the same figures as tables, and the question for an improvement."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.meeting import DecisionKind, Outcome
from mdt_desktop.domain.pulse import PulsePart
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.meeting_results import MeetingResults
from mdt_desktop.services.tasks import NewTask
from mdt_desktop.ui import theme
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.figures.page import FiguresPage
from mdt_desktop.ui.figures.tables import ScoreColumn
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.borough import a_person_with_case
from tests.store.meeting.conftest import DAY, Team, team
from tests.ui.conftest import Show

__all__ = ["team"]


class Screen:
    """The page; `told` is what was said."""

    def __init__(self, qtbot: QtBot, team: Team, show: Show) -> None:
        self.qtbot, self.team = qtbot, team
        self.services = team.program.services
        self.operations = Operations(Broadcasts())
        self.messages = Messages()
        self.told: list[str] = []
        presenter: Any = SimpleNamespace(show_notice=lambda notice: self.told.append(notice.words))
        self.messages.show_on(presenter)
        self.page = FiguresPage(self.services, self.operations, self.messages)
        self.page.resize(1198, 700)
        show(self.page)
        self.show()

    def show(self) -> None:
        self.page.shown({})
        self.settle()

    def settle(self) -> None:
        """Until everything is read and written."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=10_000)
            QApplication.processEvents()

    def scores(self) -> list[tuple[str, ...]]:
        """The rows of the scoreboard as they are shown."""
        model = self.page.score_table.model_
        return [texts for number in range(model.rowCount()) if (texts := model.texts(number)) is not None]


@pytest.fixture
def screen(qtbot: QtBot, team: Team, show: Show) -> Iterator[Screen]:
    made = Screen(qtbot, team, show)
    yield made
    made.settle()
    made.operations.close()


def hold(team: Team, weeks_ago: int, answers: int = 3, taps: int = 4) -> str:
    """One meeting of the series that was held some weeks before the planned one."""
    services = team.program.services
    meeting = services.meetings.plan(team.series, DAY - timedelta(weeks=weeks_ago)).made
    services.meeting_room.begin(meeting)
    for _ in range(answers):
        services.meeting_results.answer_pulse(meeting, dict.fromkeys(PulsePart, taps))
    services.meeting_closing.seal(meeting)
    return meeting


def decide(team: Team, statuses: list[TaskStatus]) -> None:
    """A meeting four weeks ago that decided something about a person for each status."""
    services = team.program.services
    meeting = services.meetings.plan(team.series, DAY - timedelta(weeks=4)).made
    services.meeting_room.begin(meeting)
    for status in statuses:
        case_id = a_person_with_case(team.program, team.place, Stage.ACTIVE, nhs_number=None)[1]
        item = services.agendas.add(meeting, case_id).made
        services.meeting_room.open(item)
        task = NewTask("Do it", owner_id=team.place.social_worker)
        services.meeting_room.decide(item, "Decided", DecisionKind.EQUIPMENT, task=task)
        if status is not TaskStatus.OPEN:
            services.tasks.set_status(services.meeting_room.discussion(item).tasks[0].id, status, "Because")
        services.agendas.set_words(item, persons_view="Yes.")
        services.meeting_room.close_item(item, Outcome.PLAN_CHANGES)
    services.meeting_closing.seal(meeting)


def test_the_table_beneath_the_chart_says_the_same_as_the_chart(team: Team, screen: Screen) -> None:
    done = TaskStatus.DONE
    decide(team, [done, done, done, TaskStatus.CHANGED, TaskStatus.NOT_DONE, TaskStatus.OPEN])
    screen.page.dimensions.chip("kind").click()
    screen.show()
    (row,) = screen.scores()
    assert row[ScoreColumn.GROUP] == "Equipment"
    assert (row[ScoreColumn.SHARE], row[ScoreColumn.DONE], row[ScoreColumn.CHANGED]) == ("80 %", "3", "1")
    assert (row[ScoreColumn.NOT_DONE], row[ScoreColumn.OPEN], row[ScoreColumn.PEOPLE]) == ("1", "1", "6")
    assert screen.page.score_chart.accessibleDescription() == "Equipment: 80 %, 4 of 5"
    QAbstractItemModelTester(screen.page.score_table.model_, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_a_group_of_few_people_shows_no_figure_anywhere(team: Team, screen: Screen) -> None:
    decide(team, [TaskStatus.DONE, TaskStatus.DONE])
    screen.show()
    (row,) = screen.scores()
    assert row[ScoreColumn.PEOPLE] == "under 5"
    assert set(row[ScoreColumn.SHARE : ScoreColumn.PEOPLE]) == {""}
    assert screen.page.score_chart.accessibleDescription() == ""
    assert not screen.page.score_chart.isVisible()


def test_the_deprivation_fifth_says_which_end_is_which_and_what_is_not_known(team: Team, screen: Screen) -> None:
    decide(team, [TaskStatus.DONE] * 6)
    screen.page.dimensions.chip("deprivation_fifth").click()
    screen.show()
    assert [row[ScoreColumn.GROUP] for row in screen.scores()] == ["Not known"]
    team.program.access.database.writer.execute("UPDATE person SET deprivation_fifth = 1")
    screen.show()
    assert [row[ScoreColumn.GROUP] for row in screen.scores()] == ["1 (most deprived)"]


def test_the_pulse_is_shown_only_together_and_only_where_enough_answered(team: Team, screen: Screen) -> None:
    hold(team, 3, taps=2)
    hold(team, 2, answers=2, taps=5)
    hold(team, 1, taps=4)
    screen.show()
    shown = screen.page.pulse_table.model_
    assert [shown.texts(number)[1] for number in range(3)] == ["3", "under 3", "3"]  # type: ignore[index]  # there
    assert shown.texts(1)[2:] == ("",) * 6  # type: ignore[index]  # there
    spoken = screen.page.pulse_chart.accessibleDescription()
    assert spoken == "All six: 05-Nov-2026 2.0; 19-Nov-2026 4.0"
    screen.page.parts.chip("right_people").click()
    assert screen.page.pulse_chart.accessibleDescription().startswith("People: ")


def test_before_eight_meetings_nobody_is_asked_and_after_them_the_answer_becomes_an_action(
    team: Team, screen: Screen
) -> None:
    for weeks in range(8, 1, -1):
        hold(team, weeks)
    screen.show()
    card = screen.page.improvement
    assert not card.isVisible()
    hold(team, 1)
    screen.show()
    assert card.isVisible()
    card.agree.click()
    assert card.what_field.error.isVisible()
    assert card.who_field.error.isVisible()
    QTest.keyClicks(card.what, "Begin on time")
    card.who.setCurrentIndex(card.who.findData(team.place.nurse))
    card.agree.click()
    screen.settle()
    assert not card.isVisible()
    assert "Begin on time" in screen.page.earlier.before.text()
    (task,) = [it for it in screen.services.tasks.unfinished(team.place.nurse) if it.is_improvement]
    assert (task.what, task.due) == ("Begin on time", screen.services.access.today() + timedelta(weeks=8))
    assert screen.told


def test_without_any_series_it_says_what_will_stand_here(
    team: Team, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(screen.services.meetings), "all_series", lambda _: [])
    screen.show()
    assert screen.page.stack.currentWidget() is screen.page.empty


def test_figures_that_cannot_be_read_say_so_and_can_be_asked_for_again(
    team: Team, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(MeetingResults, "scoreboard", refuse)
        screen.show()
        assert screen.page.stack.currentWidget() not in (screen.page.scroller, screen.page.empty)
    screen.show()
    assert screen.page.stack.currentWidget() is screen.page.scroller


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_is_drawn_anew_in_both_themes_and_fits_a_small_window(
    team: Team, screen: Screen, qapp: QApplication, scale: float
) -> None:
    decide(team, [TaskStatus.DONE] * 6)
    hold(team, 2)
    screen.show()
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme, scale=scale)
        screen.settle()
        assert screen.page.minimumSizeHint().width() <= 1198
        background = screen.page.score_chart.plot.backgroundBrush().color()
        assert background == theme.colour("surface")
