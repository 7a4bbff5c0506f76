"""What the page of meetings does to an agenda, and what leaves before the meeting: calendar file and chase list."""

from datetime import timedelta
from pathlib import Path

import icalendar
import pytest

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import Lane, MeetingSealed
from mdt_desktop.domain.readiness import ReadinessPart
from mdt_desktop.services.agendas import AgendaIsFixed
from mdt_desktop.services.chasing import as_text, chase_groups
from mdt_desktop.services.saving import PaperFileExists
from tests.store.meeting.conftest import DAY, Team


def three(team: Team) -> list[str]:
    """Three people added by hand; their items in order."""
    return [team.program.services.agendas.add(team.meeting, case).made for case in team.cases]


def order(team: Team) -> list[str]:
    return [it.id for it in team.room().items]


def test_a_step_moves_within_the_lane_and_stops_at_its_ends(team: Team) -> None:
    first, second, third = three(team)
    agendas = team.program.services.agendas
    agendas.step(first, 1)
    assert order(team) == [second, first, third]
    agendas.step(second, -1)
    assert order(team) == [second, first, third]
    agendas.remove(first, "Another time")  # who is taken off is stepped over
    agendas.step(second, 1)
    assert order(team)[:2] == [third, second]


def test_minutes_change_step_by_step_and_stay_between_one_and_sixty(team: Team) -> None:
    item, agendas = three(team)[0], team.program.services.agendas
    before = team.room().items[0].minutes
    agendas.change_minutes(item, 1)
    assert team.room().items[0].minutes == before + 1
    agendas.change_minutes(item, -100)
    assert team.room().items[0].minutes == 1
    agendas.change_minutes(item, 100)
    assert team.room().items[0].minutes == 60


def test_an_order_that_was_kept_is_put_back(team: Team) -> None:
    items, agendas = three(team), team.program.services.agendas
    agendas.move(items[2], items[0])
    assert order(team) == [items[2], items[0], items[1]]
    agendas.set_order(team.meeting, items[:2])  # who is not named stays behind them
    assert order(team) == items


def test_the_proposed_order_puts_who_fits_first(team: Team) -> None:
    items, agendas = three(team), team.program.services.agendas
    for item in items:
        agendas.set_minutes(item, 40)
    agendas.set_minutes(items[2], 20)
    agendas.put_in_order(team.meeting)
    first, second, last = team.room().items
    assert first.minutes + second.minutes <= 60 < first.minutes + second.minutes + last.minutes


def test_the_order_is_fixed_once_the_meeting_has_begun(team: Team) -> None:
    three(team)
    team.program.services.meeting_room.begin(team.meeting)
    with pytest.raises(AgendaIsFixed):
        team.program.services.agendas.put_in_order(team.meeting)
    team.program.services.meeting_closing.seal(team.meeting)
    with pytest.raises(MeetingSealed):
        team.program.services.agendas.set_order(team.meeting, [])


def test_a_move_into_another_lane_is_one_change_and_keeps_the_minutes_given_back(team: Team) -> None:
    items, agendas = three(team), team.program.services.agendas
    agendas.set_minutes(items[0], 25)
    agendas.move(items[0], items[2], Lane.DISCUSS)
    assert order(team) == [items[1], items[0], items[2]]
    agendas.set_lane(items[0], Lane.DISCUSS, 25)
    assert team.room().items[1].minutes == 25


def test_a_series_and_its_members_are_written_together_or_not_at_all(team: Team) -> None:
    book = team.program.services.meetings
    with pytest.raises(NotFound):
        book.change_series(team.series, {"place": "Library"}, {"nobody": ""})
    assert book.all_series()[0].place == "Invented Health Centre"
    assert len(book.members(team.series)) == 4
    book.change_series(team.series, {"place": "Library"}, {team.place.gp: "Chair"})
    assert [(it.practitioner_id, it.part) for it in book.members(team.series)] == [(team.place.gp, "Chair")]


# The calendar file


def test_the_calendar_file_follows_the_clocks_of_england(team: Team) -> None:
    event = _event(team.program.services.meeting_calendar.content(team.meeting))
    assert event.start.isoformat() == "2026-11-26T14:00:00+00:00"
    summer = team.program.services.meetings.plan(team.series, DAY + timedelta(weeks=30)).made
    event = _event(team.program.services.meeting_calendar.content(summer))
    assert event.start.isoformat() == "2027-06-24T14:00:00+01:00"
    assert event.end - event.start == timedelta(minutes=90)


def test_the_calendar_file_has_no_word_of_the_agenda_or_the_purpose(team: Team) -> None:
    services = team.program.services
    services.meetings.change(team.meeting, {"purpose": "Talk about Amina Example"})
    services.agendas.write(team.meeting)
    services.agendas.set_words(team.room().items[0].id, question="Can she go home?")
    text = services.meeting_calendar.content(team.meeting).decode()
    for word in ("Amina", "Example", "purpose", "go home", "Placeholder"):
        assert word not in text
    assert {name for name, _ in _event(text.encode()).property_items()} == {
        "BEGIN", "END", "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS", "CLASS",
    }  # fmt: skip


def test_a_later_calendar_file_takes_the_place_of_the_earlier_one(team: Team) -> None:
    calendar = team.program.services.meeting_calendar
    first = _event(calendar.content(team.meeting))
    team.clock.advance(timedelta(hours=1))
    team.program.services.meetings.cancel(team.meeting, "No room")
    second = _event(calendar.content(team.meeting))
    assert (first["UID"], first["STATUS"], second["STATUS"]) == (second["UID"], "CONFIRMED", "CANCELLED")
    assert int(str(second["SEQUENCE"])) > int(str(first["SEQUENCE"]))


def test_a_calendar_file_is_never_written_over_another_and_then_not_in_the_history(team: Team, tmp_path: Path) -> None:
    calendar, place = team.program.services.meeting_calendar, tmp_path / "meeting.ics"
    place.write_text("mine")
    before = _exports(team)
    with pytest.raises(PaperFileExists):
        calendar.save(team.meeting, calendar.content(team.meeting), place)
    assert place.read_text() == "mine"
    assert _exports(team) == before
    calendar.save(team.meeting, calendar.content(team.meeting), tmp_path / "other.ics")
    assert _exports(team) == before + 1


def _exports(team: Team) -> int:
    reader = team.program.access.database.reader
    return int(reader.execute("SELECT count(*) FROM audit_entry WHERE action = 'export'").fetchone()[0])


def _event(content: bytes) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar.events[0]


# The chase list


def test_who_knows_the_person_and_comes_is_named(team: Team) -> None:
    services = team.program.services
    three(team)
    services.cases.join_team(team.cases[1], team.place.nurse, "Wounds")
    found = {it.item.case_id: it for it in services.agendas.readiness(team.meeting)}
    assert found[team.cases[1]].coming == ("Nia Sample",)
    assert ReadinessPart.SOMEBODY_WHO_KNOWS not in found[team.cases[1]].missing
    assert ReadinessPart.SOMEBODY_WHO_KNOWS in found[team.cases[2]].missing


def test_the_chase_list_leaves_out_who_is_prepared(team: Team) -> None:
    services = team.program.services
    items = three(team)
    services.cases.join_team(team.cases[0], team.place.nurse, "")
    services.agendas.set_words(items[0], question="Who visits?", persons_view="To go home", carers_view="Tired")
    groups = chase_groups(services.agendas.readiness(team.meeting))
    assert items[0] not in {row.item.id for group in groups for row in group.rows}
    assert [group.organisation for group in groups] == [""]
    assert "No lead yet" in as_text(services.chasing.chase(team.meeting), names=False)


def test_names_stand_in_the_chase_list_only_where_they_are_wanted(team: Team) -> None:
    three(team)
    chase = team.program.services.chasing.chase(team.meeting)
    assert "EXAMPLE, Amina" in as_text(chase, names=True)
    text = as_text(chase, names=False)
    assert "EXAMPLE" not in text
    assert "Amina" not in text
