"""What became of decisions, and the pulse of the team: counted, suppressed where it could tell on somebody."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.meeting import DecisionKind, MeetingNotUnderWay, Outcome
from mdt_desktop.domain.pulse import NotOnTheScale, PulsePart
from mdt_desktop.domain.scoreboard import Dimension
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.meeting_room import NewTask
from tests.helpers.borough import a_person_with_case
from tests.store.meeting.conftest import DAY, Team


def answered(*values: int) -> dict[PulsePart, int]:
    return dict(zip(PulsePart, values, strict=True))


def discuss(team: Team, cases: Sequence[str], statuses: Sequence[TaskStatus]) -> None:
    """Each case discussed, with one decision of the council's and its action, which ended as said."""
    services = team.program.services
    for case_id, status in zip(cases, statuses, strict=True):
        item = services.agendas.add(team.meeting, case_id).made
        services.meeting_room.open(item)
        services.meeting_room.decide(
            item, "Decided", DecisionKind.EQUIPMENT, task=NewTask("Do it", owner_id=team.place.social_worker)
        )
        task = services.meeting_room.discussion(item).tasks[0].id
        if status is not TaskStatus.OPEN:
            services.tasks.set_status(task, status, "Because")
        services.agendas.set_words(item, persons_view="Yes.")
        services.meeting_room.close_item(item, Outcome.PLAN_CHANGES)


def test_the_scoreboard_counts_what_became_of_decisions(team: Team) -> None:
    others = [a_person_with_case(team.program, team.place, Stage.ACTIVE, nhs_number=None)[1] for _ in range(4)]
    team.program.services.meeting_room.begin(team.meeting)
    done, not_done, part = TaskStatus.DONE, TaskStatus.NOT_DONE, TaskStatus.PART_DONE
    discuss(team, [*team.cases, *others], [done, done, not_done, part, TaskStatus.CHANGED, TaskStatus.OPEN, done])
    results = team.program.services.meeting_results
    board = results.scoreboard(DAY - timedelta(days=90), DAY)
    assert board.actions == 7
    (row,) = board.by[Dimension.KIND]
    assert (row.group, row.people, row.done, row.part_done, row.changed, row.not_done, row.open) == (
        "equipment", 7, 3, 1, 1, 1, 1,
    )  # fmt: skip
    assert row.share_done == pytest.approx(4 / 6)
    assert results.scoreboard(DAY + timedelta(days=1), DAY + timedelta(days=9)).actions == 0
    assert results.scoreboard(DAY, DAY, "no such locality").actions == 0


def test_groups_of_fewer_than_five_people_are_not_shown(team: Team) -> None:
    team.program.services.meeting_room.begin(team.meeting)
    discuss(team, team.cases, [TaskStatus.DONE] * 3)
    (row,) = team.program.services.meeting_results.scoreboard(DAY, DAY).by[Dimension.ORGANISATION]
    assert (row.people, row.done, row.share_done) == (None, None, None)


def test_the_pulse_is_shown_only_together(team: Team) -> None:
    results = team.program.services.meeting_results
    with pytest.raises(MeetingNotUnderWay):
        results.answer_pulse(team.meeting, answered(5, 5, 5, 5, 5, 5))
    team.begin()
    with pytest.raises(NotOnTheScale):
        results.answer_pulse(team.meeting, answered(6, 5, 5, 5, 5, 5))
    for first in (2, 4):
        results.answer_pulse(team.meeting, answered(first, 5, 5, 5, 5, 5))
    (two,) = results.pulse_trend(team.series)
    assert (two.result.answers, two.result.means) == (2, {})
    results.answer_pulse(team.meeting, answered(3, 2, 5, 5, 5, 5))
    (three,) = results.pulse_trend(team.series)
    assert results.pulses_answered(team.meeting) == 3
    assert (three.meeting_day, three.result.answers) == (DAY, 3)
    assert three.result.means[PulsePart.RIGHT_PEOPLE] == pytest.approx(3)
    assert three.result.means[PulsePart.INFORMATION_READY] == pytest.approx(4)


def test_no_name_and_no_moment_are_kept_with_a_pulse(team: Team) -> None:
    team.begin()
    team.program.services.meeting_results.answer_pulse(team.meeting, answered(1, 2, 3, 4, 5, 1))
    columns = [row[1] for row in team.program.access.database.reader.execute("PRAGMA table_info(pulse_answer)")]
    assert sorted(columns) == sorted(["id", "meeting_id", *(part.value for part in PulsePart)])


def test_after_eight_meetings_the_team_names_one_thing_to_do_better(team: Team) -> None:
    services = team.program.services
    for week in range(8):
        assert not services.meeting_results.improvement_is_due(team.series)
        meeting = services.meetings.plan(team.series, DAY + timedelta(weeks=week + 1)).made
        services.meeting_room.begin(meeting)
        services.meeting_closing.seal(meeting)
    assert services.meeting_results.improvement_is_due(team.series)
    task = services.meeting_results.agree_improvement(
        meeting, NewTask("Send the questions two days before", owner_id=team.place.nurse)
    ).made
    assert not services.meeting_results.improvement_is_due(team.series)
    assert services.tasks.task(task).is_improvement
