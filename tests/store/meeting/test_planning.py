"""Planning: series and their rota, who is expected, the agenda that writes itself, and what is missing."""

from datetime import date, timedelta

import pytest

from mdt_desktop.domain.agenda import AgendaReason, LeftOut, MustBeDiscussed
from mdt_desktop.domain.happenings import HappeningKind
from mdt_desktop.domain.meeting import (
    AttendanceState,
    ChairedBy,
    ItemState,
    Lane,
    MeetingState,
    RemovalNeedsReason,
)
from mdt_desktop.domain.readiness import ReadinessPart
from mdt_desktop.services.agendas import AgendaIsFixed, AlreadyOnAgenda
from mdt_desktop.services.meetings import CancelNeedsReason, MeetingThatDay, NoSuchMeetingField
from mdt_desktop.store.unit_of_work import RecordNotValid
from tests.store.meeting.conftest import DAY, Team


def test_a_planned_meeting_expects_the_members_of_its_series_and_the_chair_whose_turn_it_is(team: Team) -> None:
    book = team.program.services.meetings
    meeting = book.meeting(team.meeting)
    assert (meeting.day, meeting.chaired_by, meeting.chair_id) == (DAY, ChairedBy.HEALTH, team.place.gp)
    assert {it.practitioner_id for it in book.attendance(team.meeting)} == {
        team.place.gp, team.place.nurse, team.place.social_worker, team.place.therapist,
    }  # fmt: skip
    after = book.meeting(book.plan(team.series, DAY + timedelta(weeks=1)).made)
    assert (after.chaired_by, after.chair_id) == (ChairedBy.COUNCIL, team.place.social_worker)
    assert book.next_day(book.all_series()[0]) == DAY + timedelta(weeks=2)


def test_a_series_has_one_meeting_a_day_unless_that_was_cancelled(team: Team) -> None:
    book = team.program.services.meetings
    with pytest.raises(MeetingThatDay):
        book.plan(team.series, DAY)
    with pytest.raises(CancelNeedsReason):
        book.cancel(team.meeting, " ")
    book.cancel(team.meeting, "The room is flooded.")
    assert book.meeting(team.meeting).state is MeetingState.CANCELLED
    assert book.meeting(book.plan(team.series, DAY).made).chaired_by is ChairedBy.HEALTH


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"colour": "blue"}, NoSuchMeetingField),
        ({"starts_at": "25:00"}, RecordNotValid),
        ({"length_minutes": 5}, RecordNotValid),
        ({"weekday": 7}, RecordNotValid),
    ],
)
def test_a_series_with_wrong_values_is_refused(team: Team, values: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        team.program.services.meetings.change_series(team.series, values)


def test_the_agenda_writes_itself_with_a_reason_for_everybody(team: Team) -> None:
    agendas = team.program.services.agendas
    agendas.write(team.meeting)
    items = agendas.items(team.meeting)
    assert {it.case_id for it in items} == set(team.cases[:1])
    # Very high in both of the last runs, so that is no news; an action of the plan is late.
    assert items[0].reasons == (AgendaReason.ACTION_OVERDUE,)
    assert all(it.reasons for it in items)
    left = {it.case_id: it.left_out for it in agendas.propose(team.meeting).left_out}
    assert left == {team.cases[1]: LeftOut.NOTHING_NEW, team.cases[2]: LeftOut.NOTHING_NEW}


def test_what_happened_since_brings_people_onto_the_agenda(team: Team) -> None:
    services = team.program.services
    happenings = services.happenings
    happenings.went_to_hospital(team.people[1], date(2026, 11, 10), date(2026, 11, 20))
    happenings.happened(team.people[1], HappeningKind.CARER_CRISIS, date(2026, 11, 21), "Her son is in hospital")
    happenings.refer(team.cases[2], "Can she go on living alone?")
    services.agendas.write(team.meeting)
    by_case = {it.case_id: it for it in services.agendas.items(team.meeting)}
    assert by_case[team.cases[1]].reasons == (AgendaReason.CARER_CRISIS, AgendaReason.DISCHARGED)
    assert by_case[team.cases[2]].reasons == (AgendaReason.REFERRED,)
    assert by_case[team.cases[2]].question == "Can she go on living alone?"
    assert services.agendas.items(team.meeting)[0].case_id == team.cases[1]


def test_a_handover_that_is_not_understood_heads_the_next_agenda_until_it_is(team: Team) -> None:
    services = team.program.services
    handover = services.happenings.hand_over(
        team.cases[1], "Wound care twice a week", "The nurse will call on Monday", to_id=team.place.nurse
    ).made
    services.agendas.write(team.meeting)
    assert AgendaReason.HANDOVER_NOT_UNDERSTOOD in services.agendas.items(team.meeting)[0].reasons
    services.happenings.understand(handover, "Dressing on Mondays and Thursdays")
    services.agendas.write(team.meeting)
    assert team.cases[1] not in {it.case_id for it in services.agendas.items(team.meeting)}


def test_writing_the_agenda_again_keeps_what_people_did_to_it(team: Team) -> None:
    agendas = team.program.services.agendas
    agendas.write(team.meeting)
    added = agendas.add(team.meeting, team.cases[1], "Is she safe at night?").made
    agendas.remove(team.item_of(0), "In Spain until January")
    agendas.write(team.meeting)
    items = {it.id: it for it in agendas.items(team.meeting)}
    assert items[added].question == "Is she safe at night?"
    assert items[added].reasons[0] is AgendaReason.ADDED_BY_HAND
    assert items[team.item_of(0)].state is ItemState.REMOVED
    assert items[team.item_of(0)].removed_because == "In Spain until January"
    agendas.put_back(team.item_of(0))
    assert agendas.items(team.meeting)[0].state is ItemState.WAITING


def test_somebody_is_added_once_and_removed_with_a_reason(team: Team) -> None:
    agendas = team.program.services.agendas
    item = agendas.add(team.meeting, team.cases[1]).made
    with pytest.raises(AlreadyOnAgenda):
        agendas.add(team.meeting, team.cases[1])
    with pytest.raises(RemovalNeedsReason):
        agendas.remove(item, " ")
    agendas.remove(item, "Moved away")
    assert agendas.add(team.meeting, team.cases[1]).made == item


def test_the_chair_moves_people_and_sets_their_minutes(team: Team) -> None:
    agendas = team.program.services.agendas
    first, second, third = (agendas.add(team.meeting, case).made for case in team.cases)
    agendas.move(third, first)
    agendas.move(second, None)
    assert [it.id for it in agendas.items(team.meeting)] == [third, first, second]
    for _ in range(60):
        agendas.move(second, first)
        agendas.move(first, second)
    assert [it.id for it in agendas.items(team.meeting)] == [third, first, second]
    agendas.set_minutes(first, 15)
    assert agendas.items(team.meeting)[1].minutes == 15
    with pytest.raises(RecordNotValid):
        agendas.set_minutes(first, 0)


def test_a_new_person_cannot_only_be_noted(team: Team) -> None:
    agendas = team.program.services.agendas
    item = agendas.add(team.meeting, team.cases[1]).made
    with pytest.raises(MustBeDiscussed):
        agendas.set_lane(item, Lane.NOTE)
    assert agendas.items(team.meeting)[0].lane is Lane.DISCUSS


def test_an_agenda_is_written_only_before_its_meeting(team: Team) -> None:
    team.begin()
    with pytest.raises(AgendaIsFixed):
        team.program.services.agendas.write(team.meeting)


def test_readiness_says_what_is_missing_and_whom_to_ask(team: Team) -> None:
    services = team.program.services
    services.agendas.add(team.meeting, team.cases[0])
    (ready,) = services.agendas.readiness(team.meeting)
    assert ready.missing == (ReadinessPart.PERSONS_VIEW, ReadinessPart.QUESTION)
    assert (ready.ask_name, ready.ask_works_for) == ("Dr Ann Placeholder", "Copper Bridge Practice")
    services.agendas.set_words(ready.item.id, question="Which class?", persons_view="I want to walk again.")
    for it in services.meetings.attendance(team.meeting):
        if it.practitioner_id == team.place.gp:
            services.meetings.apologise(it.id)
    (ready,) = services.agendas.readiness(team.meeting)
    assert ready.missing == (ReadinessPart.SOMEBODY_WHO_KNOWS,)
    assert AttendanceState.APOLOGIES in {it.state for it in services.meetings.attendance(team.meeting)}
