"""The demo's half year of meetings: held, sealed, carried on, and the same every time."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.meeting import DecisionKind, ItemState, Lane, MeetingState
from mdt_desktop.domain.scoreboard import Dimension
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.meetings import MeetingSummary
from tests.helpers.demo import load_demo_into, open_copy

FIRST, TODAY = date(2026, 6, 1), date(2026, 11, 23)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("demo")
    load_demo_into(folder / "store")
    with open_copy(folder / "store", folder / "copy") as program:
        yield program


def _held(program: Program) -> list[MeetingSummary]:
    return [it for it in program.services.meetings.past() if it.state is MeetingState.SEALED]


def _column(program: Program, sql: str) -> list[object]:
    return [row[0] for row in program.access.database.reader.execute(sql)]


def test_a_meeting_was_held_or_cancelled_every_week_and_the_next_is_planned(demo: Program) -> None:
    past = demo.services.meetings.past()
    days = sorted(it.day for it in past)
    assert {(later - before).days for before, later in pairwise(days)} == {7}
    assert len(days) >= 22
    assert [it.state for it in past].count(MeetingState.CANCELLED) == 1
    assert days[-1] < TODAY
    (planned,) = demo.services.meetings.upcoming()
    assert planned.day == date(2026, 11, 26)
    reasons = {reason for item in demo.services.agendas.items(planned.id) for reason in item.reasons}
    assert {"referred", "discharged", "handover_not_understood", "action_overdue", "review_overdue"} <= reasons


def test_the_chair_alternates_and_somebody_is_missing_now_and_then(demo: Program) -> None:
    chairs = [it.chair_name for it in sorted(_held(demo), key=lambda it: it.day)]
    assert len(set(chairs)) == 2
    states = set(_column(demo, "SELECT attendance.state FROM attendance JOIN meeting ON meeting.id = meeting_id"
                               " WHERE meeting.state = 'sealed'"))  # fmt: skip
    assert states == {"present", "apologies", "absent"}


def test_nobody_is_talked_about_before_they_were_found(demo: Program) -> None:
    assert not _column(
        demo,
        "SELECT day FROM agenda_item JOIN meeting ON meeting.id = meeting_id"
        " JOIN person_case ON person_case.id = case_id WHERE day < opened_on",
    )


def test_the_persons_own_words_are_quoted_only_after_they_were_asked(demo: Program) -> None:
    assert not _column(
        demo,
        "SELECT day FROM agenda_item JOIN meeting ON meeting.id = meeting_id WHERE persons_view <> '' AND NOT EXISTS"
        " (SELECT 1 FROM stage_change WHERE stage_change.case_id = agenda_item.case_id AND to_stage = 'consented'"
        "  AND at < meeting.day)",
    )


def test_every_kind_of_decision_and_every_state_of_an_action_is_there(demo: Program) -> None:
    kinds = set(_column(demo, "SELECT DISTINCT kind FROM decision"))
    assert kinds == {kind.value for kind in DecisionKind} - {DecisionKind.SAFEGUARDING.value}
    assert set(_column(demo, "SELECT DISTINCT status FROM task")) == {status.value for status in TaskStatus}
    states = set(_column(demo, "SELECT DISTINCT state FROM agenda_item"))
    assert {ItemState.DONE.value, ItemState.PARKED.value, ItemState.ROLLED_OVER.value} <= states
    assert set(_column(demo, "SELECT DISTINCT lane FROM agenda_item")) == {Lane.DISCUSS.value, Lane.NOTE.value}


def test_only_late_autumns_actions_are_still_open_and_who_works_the_demo_owns_some(demo: Program) -> None:
    unfinished = demo.services.tasks.unfinished()
    assert all((TODAY - it.due).days < 60 for it in unfinished if it.due is not None)
    assert any(it.due and it.due < TODAY for it in unfinished)
    assert any(it.due and it.due >= TODAY for it in unfinished)
    assert demo.services.tasks.unfinished(demo.access.actor.practitioner_id)


def test_the_owner_of_an_action_says_how_far_it_is_and_why(demo: Program) -> None:
    said = demo.access.database.reader.execute(
        "SELECT task_step.by, reason, practitioner.name FROM task_step JOIN task ON task.id = task_id"
        " JOIN practitioner ON practitioner.id = owner_id WHERE task_step.status IN ('changed', 'not_done')"
    ).fetchall()
    assert said
    assert all(by == owner and reason for by, reason, owner in said)


def test_the_pulse_gets_better_and_the_team_is_asked_for_the_next_improvement(demo: Program) -> None:
    results = demo.services.meeting_results
    (series,) = demo.services.meetings.all_series()
    shown = [it.result for it in results.pulse_trend(series.id) if it.result.means]
    means = [sum(it.means.values()) / 6 for it in shown]
    assert sum(means[-4:]) / 4 > sum(means[:4]) / 4 + 0.5
    assert len(shown) < len(results.pulse_trend(series.id))  # one meeting had too few answers to show
    assert _column(demo, "SELECT count(*) FROM task WHERE is_improvement") == [1]
    assert _column(demo, "SELECT count(*) FROM addendum") == [1]
    assert results.improvement_is_due(series.id)


def test_the_scoreboard_shows_some_groups_and_suppresses_the_small_ones(demo: Program) -> None:
    board = demo.services.meeting_results.scoreboard(FIRST, TODAY)
    assert board.actions > 100
    by_organisation = board.by[Dimension.ORGANISATION]
    assert any(it.people is None for it in by_organisation)
    assert sum(it.people is not None for it in by_organisation) >= 4


def test_a_lead_was_agreed_in_the_room(demo: Program) -> None:
    assert _column(
        demo,
        "SELECT count(*) FROM lead_allocation JOIN meeting ON substr(began_at, 1, 10) = substr(agreed_at, 1, 10)"
        " WHERE agreed_at BETWEEN began_at AND sealed_at",
    )[0]


def test_the_meetings_are_the_same_every_time(demo: Program, tmp_path: Path) -> None:
    told = (
        "SELECT day, family_name, given_names, agenda_item.state, outcome, seconds, (SELECT group_concat(words) FROM"
        " (SELECT words FROM decision WHERE item_id = agenda_item.id ORDER BY decision.id)), (SELECT group_concat(what)"
        " FROM (SELECT what || status || due AS what FROM task WHERE item_id = agenda_item.id ORDER BY task.id))"
        " FROM agenda_item JOIN meeting ON meeting.id = meeting_id JOIN person_case ON person_case.id = case_id"
        " JOIN person ON person.id = person_id ORDER BY day, family_name, given_names, born"
    )
    again = load_demo_into(tmp_path / "again")
    with open_copy(again, tmp_path / "two") as two:
        second = two.access.database.reader.execute(told).fetchall()
    assert demo.access.database.reader.execute(told).fetchall() == second
