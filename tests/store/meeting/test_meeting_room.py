"""The meeting itself: turning to people, decisions, actions, quorum, parking, a crash, sealing and addenda."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import (
    AttendanceState,
    ChangeNeedsReason,
    DecisionKind,
    ItemState,
    MeetingNotUnderWay,
    MeetingSealed,
    MeetingState,
    NoPersonsView,
    NothingDecided,
    NotQuorate,
    Outcome,
    ParkNeedsOwner,
)
from mdt_desktop.domain.pace import MeetingPace
from mdt_desktop.domain.quorum import QuorumPart
from mdt_desktop.domain.tasks import TaskNeedsOwner, TaskNeedsReason, TaskNeedsWords, TaskStatus
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.meeting_closing import NotSealedYet
from mdt_desktop.services.meeting_room import NewTask, elapsed, next_open
from tests.helpers.borough import PASSPHRASE
from tests.store.meeting.conftest import DAY, Team


@pytest.fixture
def held(team: Team) -> Team:
    """The meeting under way with two people on the agenda, everybody there."""
    agendas = team.program.services.agendas
    agendas.add(team.meeting, team.cases[0], "Is the plan working?")
    agendas.add(team.meeting, team.cases[1], "Who leads?")
    team.program.services.meeting_room.begin(team.meeting)
    team.everybody_comes()
    return team


def test_nothing_is_decided_before_a_meeting_begins(team: Team) -> None:
    item = team.program.services.agendas.add(team.meeting, team.cases[0]).made
    verbs: tuple[Callable[[], object], ...] = (
        lambda: team.program.services.meeting_room.open(item),
        lambda: team.program.services.meeting_room.decide(item, "Something"),
        lambda: team.program.services.meeting_room.close_item(item, Outcome.NO_CHANGE),
    )
    for verb in verbs:
        with pytest.raises(MeetingNotUnderWay):
            verb()


def test_turning_to_a_person_starts_their_clock_and_stops_the_one_before(held: Team) -> None:
    room = held.program.services.meeting_room
    first, second = held.item_of(0), held.item_of(1)
    room.open(first)
    held.clock.advance(timedelta(minutes=6))
    room.open(second)
    held.clock.advance(timedelta(minutes=2))
    room.open(first)
    held.clock.advance(timedelta(minutes=1))
    by_id = {it.id: it for it in held.room().items}
    assert elapsed(by_id[first], held.clock()) == 7 * 60
    assert elapsed(by_id[second], held.clock()) == 2 * 60
    assert held.room().meeting.current_item_id == first


def test_the_pace_tells_whether_what_is_left_fits(held: Team) -> None:
    room = held.program.services.meeting_room
    room.open(held.item_of(0))
    pace = held.room().pace(held.clock())
    assert pace is not None
    assert (pace.left, pace.planned, pace.state) == (72 * 60, 24 * 60, MeetingPace.AHEAD)
    held.clock.advance(timedelta(minutes=67))
    pace = held.room().pace(held.clock())
    assert pace is not None
    assert (pace.left, pace.planned, pace.state) == (300, 12 * 60, MeetingPace.BEHIND)


def test_where_time_is_short_all_are_shortened_and_then_the_last_ones_get_none(held: Team) -> None:
    room = held.program.services.meeting_room
    first, second = (it.id for it in held.room().items)
    assert held.room().offers(held.clock()) == {first: 720, second: 720}
    held.clock.advance(timedelta(minutes=57))
    room.open(first)
    assert held.room().offers(held.clock()) == {first: 450, second: 450}
    held.clock.advance(timedelta(minutes=10))
    offers = held.room().offers(held.clock())
    assert offers == {first: 450, second: 300}, "of the first it was settled when the meeting turned to them"
    room.park(first, held.place.nurse, DAY, "See to it")
    held.clock.advance(timedelta(minutes=4, seconds=30))
    assert held.room().offers(held.clock()) == {second: 0}


def test_before_a_meeting_and_after_it_nobody_is_offered_time(team: Team) -> None:
    team.program.services.agendas.write(team.meeting)
    assert team.room().offers(team.clock()) == {}


def test_a_decision_with_its_action_is_one_step(held: Team) -> None:
    services = held.program.services
    item = held.item_of(0)
    services.meeting_room.open(item)
    due = DAY + timedelta(days=14)
    services.meeting_room.decide(
        item, "Try the day centre", DecisionKind.CARE_AND_SUPPORT,
        task=NewTask("Ring the day centre", owner_id=held.place.social_worker, due=due),
    )  # fmt: skip
    found = services.meeting_room.discussion(item)
    assert [(it.words, it.kind, it.is_agreed) for it in found.decisions] == [
        ("Try the day centre", DecisionKind.CARE_AND_SUPPORT, True)
    ]
    assert [(it.what, it.owner, it.due, it.status) for it in found.tasks] == [
        ("Ring the day centre", "Sue Sample", due, TaskStatus.OPEN)
    ]
    assert found.tasks[0].decision_id == found.decisions[0].id


@pytest.mark.parametrize(
    ("task", "error"),
    [(NewTask(" ", owner_words="her son"), TaskNeedsWords), (NewTask("Ring the surgery"), TaskNeedsOwner)],
)
def test_an_action_has_words_and_an_owner_and_without_them_nothing_is_written(
    held: Team, task: NewTask, error: type[Exception]
) -> None:
    item = held.item_of(0)
    with pytest.raises(error):
        held.program.services.meeting_room.decide(item, "Decided", task=task)
    with pytest.raises(NothingDecided):
        held.program.services.meeting_room.decide(item, " ")
    assert held.program.services.meeting_room.discussion(item).decisions == ()


def test_without_a_quorum_a_case_is_discussed_and_not_agreed(held: Team) -> None:
    services = held.program.services
    for it in services.meetings.attendance(held.meeting):
        if it.practitioner_id == held.place.social_worker:
            services.meeting_room.leave(it.id)
    item = held.item_of(0)
    services.meeting_room.decide(item, "Ask for respite care")
    found = services.meeting_room.discussion(item)
    assert found.missing_for_quorum == (QuorumPart.SOCIAL_CARE,)
    assert not found.decisions[0].is_agreed
    with pytest.raises(NotQuorate):
        services.meeting_room.require_quorate(item)
    assert [it.words for it in services.meeting_closing.read_back(held.meeting).not_agreed] == ["Ask for respite care"]


def test_a_case_is_closed_through_the_persons_view(held: Team) -> None:
    services = held.program.services
    item = held.item_of(0)
    services.meeting_room.open(item)
    with pytest.raises(NoPersonsView):
        services.meeting_room.close_item(item, Outcome.PLAN_CHANGES)
    services.agendas.set_words(item, persons_view="I want to stay in my own home.")
    held.clock.advance(timedelta(minutes=5))
    services.meeting_room.close_item(item, Outcome.PLAN_CHANGES)
    closed = services.meeting_room.discussion(item).item
    assert (closed.state, closed.outcome, closed.seconds, closed.quorate) == (
        ItemState.DONE, Outcome.PLAN_CHANGES, 300, True,
    )  # fmt: skip


def test_a_changed_decision_says_why_and_the_earlier_one_is_marked(held: Team) -> None:
    services = held.program.services
    room, item = services.meeting_room, held.item_of(0)
    before = room.decide(item, "Two visits a week").made
    with pytest.raises(ChangeNeedsReason):
        room.decide(item, "Three visits a week", changes_id=before)
    room.decide(item, "Three visits a week", changes_id=before, change_reason="Two were not enough")
    decisions = {it.words: it for it in room.discussion(item).decisions}
    assert decisions["Two visits a week"].changed
    assert decisions["Three visits a week"].change_reason == "Two were not enough"


def test_a_corrected_note_stays_beside_the_one_it_replaces(held: Team) -> None:
    room, item = held.program.services.meeting_room, held.item_of(0)
    first = room.note(item, "Fell on Tuesday").made
    held.clock.advance(timedelta(seconds=40))
    room.note(item, "Fell on Monday", replaces_id=first)
    assert room.note(item, "  ").made == ""
    notes = room.discussion(item).notes
    assert [(it.words, it.replaced) for it in notes] == [("Fell on Tuesday", True), ("Fell on Monday", False)]


def test_parking_asks_for_somebody_and_a_day_and_makes_the_action(held: Team) -> None:
    room, item = held.program.services.meeting_room, held.item_of(1)
    until = DAY + timedelta(days=7)
    with pytest.raises(ParkNeedsOwner):
        room.park(item, "", until, "Ask the ward")
    room.park(item, held.place.nurse, until, "Ask the ward")
    found = room.discussion(item)
    assert (found.item.state, found.item.parked_with, found.item.parked_until) == (
        ItemState.PARKED,
        "Nia Sample",
        until,
    )
    assert [(it.what, it.owner, it.due) for it in found.tasks] == [("Ask the ward", "Nia Sample", until)]


def test_a_crash_in_mid_case_resumes_at_the_same_person(held: Team, tmp_path: object) -> None:
    room, item = held.program.services.meeting_room, held.item_of(1)
    room.open(item)
    room.note(item, "Half a sentence that was")
    folder = DataFolder(held.program.access.database.path.parent)
    held.program.close()  # a kill leaves the same: every gesture is a commit (tests/store/trust)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=held.clock) as program:
        again = program.services.meeting_room.room(held.meeting)
        assert again.current is not None
        assert (again.current.id, again.current.state) == (item, ItemState.UNDER_WAY)
        assert [it.words for it in program.services.meeting_room.discussion(item).notes] == ["Half a sentence that was"]
        assert again.meeting.state is MeetingState.UNDER_WAY


def test_the_next_open_person_is_found_round_the_end(held: Team) -> None:
    items = held.room().items
    first, second = held.item_of(0), held.item_of(1)
    assert next_open(items, first).id == second  # type: ignore[union-attr]
    assert next_open(items, second).id == first  # type: ignore[union-attr]
    assert next_open(items, None).id == first  # type: ignore[union-attr]
    held.program.services.agendas.set_words(first, persons_view="Yes")
    held.program.services.meeting_room.close_item(first, Outcome.NO_CHANGE)
    assert next_open(held.room().items, second) is None


def test_sealing_rolls_over_who_was_not_reached_and_the_next_agenda_has_them(held: Team) -> None:
    services = held.program.services
    first, second = held.item_of(0), held.item_of(1)
    services.meeting_room.open(first)
    assert [it.id for it in services.meeting_closing.read_back(held.meeting).under_way] == [first]
    services.agendas.set_words(first, persons_view="I am content.")
    services.meeting_room.close_item(first, Outcome.NO_CHANGE)
    back = services.meeting_closing.read_back(held.meeting)
    assert [it.id for it in back.rolls_over] == [second]
    services.meeting_closing.seal(held.meeting, DAY + timedelta(weeks=1))
    minutes = services.meeting_closing.minutes(held.meeting)
    assert {it.id: it.state for it in minutes.items} == {first: ItemState.DONE, second: ItemState.ROLLED_OVER}
    assert minutes.meeting.sealed_by == "Pat Sample"
    following = services.meetings.plan(held.series, DAY + timedelta(weeks=1)).made
    services.agendas.write(following)
    item = next(it for it in services.agendas.items(following) if it.case_id == held.cases[1])
    assert (item.rolled_over, "rolled_over" in item.reasons) == (1, True)


def test_a_sealed_meeting_takes_only_addenda(held: Team) -> None:
    services = held.program.services
    item = held.item_of(0)
    with pytest.raises(NotSealedYet):
        services.meeting_closing.add(held.meeting, "A word was wrong")
    services.meeting_closing.seal(held.meeting)
    verbs: tuple[Callable[[], object], ...] = (
        lambda: services.meeting_room.note(item, "Too late"),
        lambda: services.meeting_room.decide(item, "Too late"),
        lambda: services.agendas.set_words(item, question="Too late"),
        lambda: services.agendas.add(held.meeting, held.cases[2]),
        lambda: services.meetings.change(held.meeting, {"place": "Elsewhere"}),
        lambda: services.meeting_closing.seal(held.meeting),
    )
    for verb in verbs:
        with pytest.raises(MeetingSealed):
            verb()
    services.meeting_closing.add(held.meeting, "It was the left hip.", item)
    assert [it.words for it in services.meeting_closing.minutes(held.meeting).addenda] == ["It was the left hip."]


def test_who_was_expected_and_did_not_come_is_absent_after_sealing(team: Team) -> None:
    services = team.program.services
    services.meeting_room.begin(team.meeting)
    services.meeting_closing.seal(team.meeting)
    assert {it.state for it in services.meetings.attendance(team.meeting)} == {AttendanceState.ABSENT}


# Actions carry on


def test_an_action_carries_on_until_somebody_signs_it_off_and_may_be_refused(held: Team) -> None:
    services = held.program.services
    item = held.item_of(1)
    task = services.meeting_room.agree_to(item, NewTask("Fit a key safe", owner_id=held.place.therapist)).made
    with pytest.raises(TaskNeedsReason):
        services.tasks.refuse(task, " ")
    held.clock.advance(timedelta(minutes=1))
    services.tasks.refuse(task, "Not ours: the council fits them")
    assert services.tasks.task(task).status is TaskStatus.REFUSED
    assert [it.id for it in services.meeting_closing.read_back(held.meeting).refused] == [task]
    held.clock.advance(timedelta(minutes=1))
    services.tasks.reassign([task], held.place.social_worker)
    held.clock.advance(timedelta(minutes=1))
    services.tasks.set_status(task, TaskStatus.PART_DONE)
    held.clock.advance(timedelta(minutes=1))
    services.tasks.set_status(task, TaskStatus.DONE)
    assert [it.status for it in services.tasks.steps(task)] == [
        TaskStatus.OPEN, TaskStatus.REFUSED, TaskStatus.OPEN, TaskStatus.PART_DONE, TaskStatus.DONE,
    ]  # fmt: skip
    assert task not in {it.id for it in services.tasks.unfinished()}


def test_a_late_action_brings_the_person_back_onto_the_agenda(held: Team) -> None:
    services = held.program.services
    item = held.item_of(1)
    services.meeting_room.agree_to(item, NewTask("Ring her", owner_words="her son", due=date(2026, 11, 30)))
    services.agendas.set_words(item, persons_view="Yes")
    services.meeting_room.close_item(item, Outcome.NO_CHANGE)
    services.meeting_closing.seal(held.meeting)
    following = services.meetings.plan(held.series, DAY + timedelta(weeks=1)).made
    services.agendas.write(following)
    item_again = next(it for it in services.agendas.items(following) if it.case_id == held.cases[1])
    assert item_again.reasons == ("action_overdue",)
    assert item_again.lane == "note"


# Taking back, and stopping the clock


def test_what_was_recorded_by_mistake_is_taken_back_with_its_action(held: Team) -> None:
    room, item = held.program.services.meeting_room, held.item_of(0)
    decision = room.decide(item, "Wrong person", task=NewTask("Ring", owner_id=held.place.nurse)).made
    note = room.note(item, "Wrong words").made
    task = room.agree_to(item, NewTask("Ring again", owner_id=held.place.nurse)).made
    for made in (decision, note, task):
        room.take_back(made)
    found = room.discussion(item)
    assert (found.decisions, found.notes, found.tasks) == ((), (), ())
    with pytest.raises(NotFound):
        room.take_back(item)


def test_what_was_sealed_is_not_taken_back(held: Team) -> None:
    room, item = held.program.services.meeting_room, held.item_of(0)
    decision = room.decide(item, "Decided").made
    held.program.services.meeting_closing.seal(held.meeting)
    with pytest.raises(MeetingSealed):
        room.take_back(decision)


def test_a_clock_that_is_stopped_stands_still_until_it_goes_on(held: Team) -> None:
    room, item = held.program.services.meeting_room, held.item_of(0)
    room.open(item)
    held.clock.advance(timedelta(minutes=2))
    room.pause(item)
    held.clock.advance(timedelta(minutes=9))
    assert elapsed(room.discussion(item).item, held.clock()) == 120
    room.pause(item)
    held.clock.advance(timedelta(seconds=5))
    assert elapsed(room.discussion(item).item, held.clock()) == 125


def test_who_was_begun_and_not_finished_goes_to_the_next_meeting_with_what_was_decided(held: Team) -> None:
    services, item = held.program.services, held.item_of(0)
    services.meeting_room.open(item)
    services.meeting_room.decide(item, "Ask the day centre")
    held.clock.advance(timedelta(minutes=3))
    services.meeting_closing.seal(held.meeting)
    minutes = services.meeting_closing.minutes(held.meeting)
    sealed = next(it for it in minutes.items if it.id == item)
    assert (sealed.state, sealed.seconds) == (ItemState.ROLLED_OVER, 180)
    assert [it.words for it in minutes.decisions] == ["Ask the day centre"]
