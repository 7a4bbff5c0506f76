"""The worklist: whose actions it shows, what waits for somebody to take it on, and in which order."""

from datetime import timedelta

import pytest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import AttendanceState
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.domain.worklist import WorklistScope, WorklistView
from mdt_desktop.services.tasks import NewTask, WorklistPage, WorklistQuery
from tests.store.meeting.conftest import DAY, Team


def agree(team: Team, what: str, owner: str | None, days: int = 7, words: str = "") -> str:
    """An action about the first person, agreed in the meeting."""
    task = NewTask(what, owner_id=owner, owner_words=words, due=DAY + timedelta(days=days))
    return team.program.services.meeting_room.agree_to(team.item_of(0), task).made


@pytest.fixture
def held(team: Team) -> Team:
    """The meeting under way; the GP has sent apologies, all others are there."""
    services = team.program.services
    services.agendas.add(team.meeting, team.cases[0])
    services.meeting_room.begin(team.meeting)
    team.everybody_comes()
    for it in services.meetings.attendance(team.meeting):
        if it.practitioner_id == team.place.gp:
            services.meeting_room.attend(it.id, AttendanceState.APOLOGIES)
    return team


def shown(team: Team, **query: object) -> WorklistPage:
    return team.program.services.tasks.worklist(WorklistQuery(**query))  # type: ignore[arg-type]  # passed through


def test_who_is_there_has_taken_it_on_and_who_is_not_is_asked(held: Team) -> None:
    agree(held, "There", held.place.nurse)
    agree(held, "Not there", held.place.gp)
    agree(held, "The person", None, words="The person")
    waiting = shown(held, view=WorklistView.WAITING)
    assert [it.what for it in waiting.rows] == ["Not there"]
    assert waiting.counts[WorklistView.OPEN] == 3


def test_taking_an_action_on_is_recorded_and_it_no_longer_waits(held: Team) -> None:
    task = agree(held, "Not there", held.place.gp)
    held.program.services.tasks.accept(task)
    assert held.program.services.tasks.task(task).accepted_at is not None
    assert shown(held, view=WorklistView.WAITING).rows == ()
    (act,) = held.program.access.database.reader.execute(
        "SELECT record_id FROM audit_entry WHERE action = 'accept'"
    ).fetchall()
    assert act[0] == task


def test_a_refused_action_waits_for_another_owner_who_is_asked_anew(held: Team) -> None:
    services = held.program.services
    task = agree(held, "Refused", held.place.nurse)
    services.tasks.refuse(task, "Not ours")
    assert [it.id for it in shown(held, view=WorklistView.WAITING).rows] == [task]
    services.tasks.reassign([task], held.place.therapist)
    again = services.tasks.task(task)
    assert (again.status, again.accepted_at, again.owner_id) == (TaskStatus.OPEN, None, held.place.therapist)
    assert [it.id for it in shown(held, view=WorklistView.WAITING).rows] == [task]


def test_a_refused_action_that_its_owner_takes_on_after_all_is_open_again(held: Team) -> None:
    task = agree(held, "Refused", held.place.nurse)
    held.clock.advance(timedelta(minutes=5))
    held.program.services.tasks.refuse(task, "Not ours")
    held.clock.advance(timedelta(minutes=5))
    held.program.services.tasks.accept(task)
    found = held.program.services.tasks.task(task)
    assert (found.status, found.status_reason) == (TaskStatus.OPEN, "")
    assert [it.status for it in held.program.services.tasks.steps(task)] == ["open", "refused", "open"]


def test_who_says_how_far_an_action_is_has_taken_it_on(held: Team) -> None:
    task = agree(held, "Not there", held.place.gp)
    held.program.services.tasks.set_status(task, TaskStatus.PART_DONE)
    assert held.program.services.tasks.task(task).accepted_at is not None


def test_an_action_given_to_who_gives_it_is_taken_on_at_once(held: Team) -> None:
    task = agree(held, "Mine now", held.place.gp)
    me = held.program.access.actor.practitioner_id
    held.program.services.tasks.reassign([task], me)
    assert held.program.services.tasks.task(task).accepted_at is not None
    assert [it.id for it in shown(held, scope=WorklistScope.MINE).rows] == [task]


def test_the_most_overdue_comes_first_and_what_has_no_day_last(held: Team) -> None:
    agree(held, "Later", held.place.nurse, days=9)
    agree(held, "Overdue", held.place.nurse, days=-20)
    task = NewTask("Some day", owner_id=held.place.nurse)
    held.program.services.meeting_room.agree_to(held.item_of(0), task)
    agree(held, "Just overdue", held.place.nurse, days=-9)
    assert [it.what for it in shown(held).rows] == ["Overdue", "Just overdue", "Later", "Some day"]
    overdue = shown(held, view=WorklistView.OVERDUE)
    assert [it.what for it in overdue.rows] == ["Overdue", "Just overdue"]
    assert overdue.counts == {
        WorklistView.OPEN: 4, WorklistView.OVERDUE: 2, WorklistView.WAITING: 0, WorklistView.DONE: 0,
    }  # fmt: skip


def test_what_is_finished_stands_with_the_latest_first(held: Team) -> None:
    first, second = agree(held, "First", held.place.nurse), agree(held, "Second", held.place.nurse)
    for task, status in ((second, TaskStatus.DONE), (first, TaskStatus.NOT_DONE)):
        held.clock.advance(timedelta(minutes=5))
        held.program.services.tasks.set_status(task, status, "Because")
    done = shown(held, view=WorklistView.DONE)
    assert [it.what for it in done.rows] == ["First", "Second"]
    assert shown(held).rows == ()


@pytest.mark.parametrize("text", ["rescue", "RESCUE pack", "sample", "Not there"])
def test_words_find_an_action_by_what_it_says_or_whom_it_is_about(held: Team, text: str) -> None:
    agree(held, "Rescue pack", held.place.nurse)
    person = held.program.services.tasks.unfinished()[0]
    found = shown(held, text=person.family_name if text == "sample" else text)
    assert len(found.rows) == (0 if text == "Not there" else 1)
    assert found.total == len(found.rows)


def test_an_organisations_list_has_what_its_people_do_and_nothing_else(held: Team) -> None:
    agree(held, "Of the practice", held.place.gp)
    agree(held, "Of the council", held.place.social_worker)
    assert shown(held, scope=WorklistScope.ORGANISATION).rows == ()
    me = held.program.access.actor.practitioner_id
    held.program.services.tasks.add(None, NewTask("Ours", owner_id=me))
    assert [it.what for it in shown(held, scope=WorklistScope.ORGANISATION).rows] == ["Ours"]
    assert len(shown(held, scope=WorklistScope.EVERYWHERE).rows) == 3


def test_nothing_is_taken_on_that_is_not_there(held: Team) -> None:
    with pytest.raises(NotFound):
        held.program.services.tasks.accept("nothing")


def test_all_actions_of_a_case_stand_with_the_unfinished_first(held: Team) -> None:
    first = agree(held, "First", held.place.nurse, days=1)
    agree(held, "Second", held.place.nurse, days=2)
    held.program.services.tasks.set_status(first, TaskStatus.DONE)
    assert [it.what for it in held.program.services.tasks.all_of_case(held.cases[0])] == ["Second", "First"]
