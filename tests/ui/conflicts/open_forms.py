"""Nia's program as a window, exchanging with Noor's laptop through the real central store."""

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from mdt_desktop.records import CarePlan
from mdt_desktop.services.syncing import Syncing
from mdt_desktop.ui.start import Start
from tests.helpers.central_team import CentralTeam, a_central_team
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE
from tests.helpers.window import until_idle


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[CentralTeam]:
    with a_central_team(tmp_path, clock) as made:
        monkeypatch.setattr(Syncing, "run", made.answered_here(Syncing.run))
        yield made


@pytest.fixture
def start(team: CentralTeam, clock: FrozenClock, qtbot: QtBot) -> Iterator[Start]:
    """Nia's program as a window, unlocked."""
    case = team.nia.one("SELECT id FROM person_case")
    plan = CarePlan(
        id=str(uuid.uuid4()), case_id=case, version=1, started_at=clock(), started_by="Nia", wellness="Well enough"
    )
    team.nia.add(plan, team.person)
    for laptop in (team.nia, team.noor):
        team.sync(laptop)
    team.nia.close()
    made = Start(team.nia.folder, clock=clock)
    qtbot.addWidget(made.window)
    made.open_window()
    qtbot.waitUntil(lambda: made.cover is not None, timeout=20_000)
    unlock: Any = made.cover
    unlock.passphrase.setText(PASSPHRASE)
    with qtbot.waitSignal(made.shell_shown, timeout=20_000):
        unlock.unlock.click()
    until_idle(qtbot, made.operations)
    made.sync.timer.stop()
    made.window.activateWindow()
    yield made
    made.window.close()
    made.close()


def go(start: Start, qtbot: QtBot, key: str, **arguments: object) -> Any:
    start.window.show_page(key, **arguments)
    until_idle(qtbot, start.operations)
    return start.window.page


def exchange(start: Start, qtbot: QtBot) -> None:
    start.sync.run_now()
    qtbot.waitUntil(lambda: not start.sync.running, timeout=20_000)
    until_idle(qtbot, start.operations)


def press_show(start: Start) -> None:
    (bar,) = start.window._bars
    action = bar.notice.action
    assert action is not None
    start.window._close_bar(bar)
    action.run()


def an_assessment(team: CentralTeam, start: Start, qtbot: QtBot) -> Any:
    """The page with an assessment that Noor has as well, in which one text has two paragraphs."""
    assert start.program is not None
    services, case = start.program.services, team.noor.one("SELECT id FROM person_case")
    assessment = services.assessments.start(case, "joint-assessment").made
    services.assessments.answer(assessment, "mt-important", "", "Her garden\n\nHer niece")
    exchange(start, qtbot)
    team.sync(team.noor)
    return go(start, qtbot, "assessment", assessment_id=assessment)


def a_held_meeting(team: CentralTeam, start: Start, qtbot: QtBot) -> Any:
    """The cockpit with a meeting under way and one person, which Noor's laptop has as well."""
    assert start.program is not None
    services, case = start.program.services, team.noor.one("SELECT id FROM person_case")
    place = start.program.access.actor.locality_id
    meeting = services.meetings.plan_single(place, {"day": date(2026, 11, 23), "starts_at": "09:00"}).made
    item = services.agendas.add(meeting, case).made
    services.agendas.set_words(item, question="Who visits?\n\nWhen?")
    services.meeting_room.begin(meeting)
    services.meeting_room.open(item)
    exchange(start, qtbot)
    team.sync(team.noor)
    return go(start, qtbot, "cockpit", meeting_id=meeting)
