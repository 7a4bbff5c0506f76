"""A meeting is not sealed while something that its seal would close waits to be decided (SYNC 5.9)."""

import pytest

from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.services.unsettled import NotSettled
from tests.helpers.conflicts import disagree
from tests.store.meeting.conftest import Team


@pytest.fixture
def held(team: Team) -> Team:
    """The meeting under way with one person on the agenda, everybody there."""
    team.program.services.agendas.add(team.meeting, team.cases[0], "Is the plan working?")
    team.program.services.meeting_room.begin(team.meeting)
    team.everybody_comes()
    return team


def test_a_meeting_with_a_discussion_in_dispute_is_sealed_once_somebody_has_decided_it(held: Team) -> None:
    closing, desk = held.program.services.meeting_closing, held.program.services.sync_desk
    conflict = disagree(held.program, "agenda_item", held.item_of(0), "persons_view")
    with pytest.raises(NotSettled) as told:
        closing.seal(held.meeting)
    assert told.value.values == {"fields": "the person's view"}
    assert held.room().meeting.state is MeetingState.UNDER_WAY
    desk.decide(conflict, "mine")
    closing.seal(held.meeting)
    assert held.room().meeting.state is MeetingState.SEALED


def test_what_the_seal_does_not_close_stops_no_meeting(held: Team) -> None:
    disagree(held.program, "person", held.people[0], "telephone")
    held.program.services.meeting_closing.seal(held.meeting)
    assert held.room().meeting.state is MeetingState.SEALED
