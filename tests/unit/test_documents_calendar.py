"""Calendar files are read again by a reader of the standard, with the hour that stands on the clock in England."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from mdt_desktop.documents.calendar import (
    CalendarAction,
    CalendarMeeting,
    actions_calendar,
    meeting_calendar,
    meetings_calendar,
)
from tests.unit.documents_corpus import CORPUS

MADE_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WINTER = CalendarMeeting(
    "0190", "North East weekly MDT", date(2026, 11, 26), "14:00", 90, "Invented Health Centre, Room 2",
    "https://meet.invalid/mdt", "Two hours before: papers",
)  # fmt: skip


def entries(content: bytes, kind: str) -> list[Any]:
    return icalendar.Calendar.from_ical(content).walk(kind)


@pytest.mark.parametrize(
    ("day", "utc_hour"), [(date(2026, 11, 26), 14), (date(2026, 7, 9), 13)], ids=["in winter", "in summer"]
)
def test_a_meeting_is_at_its_hour_in_england(day: date, utc_hour: int) -> None:
    meeting = CalendarMeeting("1", "MDT", day, "14:00", 90)
    event = entries(meeting_calendar(meeting, MADE_AT), "VEVENT")[0]
    assert event["dtstart"].dt.astimezone(UTC).hour == utc_hour
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=90)


def test_the_file_brings_its_time_zone_and_says_where_and_what() -> None:
    content = meeting_calendar(WINTER, MADE_AT)
    event = entries(content, "VEVENT")[0]
    assert entries(content, "VTIMEZONE")[0]["tzid"] == "Europe/London"
    assert str(event["summary"]) == "North East weekly MDT"
    assert str(event["location"]) == "Invented Health Centre, Room 2, https://meet.invalid/mdt"
    assert str(event["description"]) == "Two hours before: papers"


def test_a_meeting_that_is_moved_keeps_its_name_and_gets_a_later_sequence() -> None:
    first = entries(meeting_calendar(WINTER, MADE_AT), "VEVENT")[0]
    later = entries(meeting_calendar(WINTER, MADE_AT + timedelta(hours=1)), "VEVENT")[0]
    assert first["uid"] == later["uid"]
    assert later["sequence"] > first["sequence"]


def test_a_cancelled_meeting_says_so() -> None:
    cancelled = CalendarMeeting("1", "MDT", date(2026, 11, 26), "14:00", 90, cancelled=True)
    content = meeting_calendar(cancelled, MADE_AT)
    assert entries(content, "VEVENT")[0]["status"] == "CANCELLED"
    assert entries(content, "VCALENDAR")[0]["method"] == "CANCEL"


def test_a_series_is_one_file_and_the_same_values_give_the_same_bytes() -> None:
    meetings = [WINTER, CalendarMeeting("2", "MDT", date(2026, 12, 3), "14:00", 90)]
    assert len(entries(meetings_calendar(meetings, MADE_AT), "VEVENT")) == 2
    assert meetings_calendar(meetings, MADE_AT) == meetings_calendar(meetings, MADE_AT)


def test_an_action_is_a_task_and_an_entry_on_its_day_that_takes_no_time() -> None:
    content = actions_calendar([CalendarAction("7", "MDT action, AE", date(2026, 12, 4), "Nia Sample")], MADE_AT)
    task, event = entries(content, "VTODO")[0], entries(content, "VEVENT")[0]
    assert (task["due"].dt, str(task["description"]), task["status"]) == (
        date(2026, 12, 4), "Nia Sample", "NEEDS-ACTION",
    )  # fmt: skip
    assert (event["dtstart"].dt, event["dtend"].dt, event["transp"]) == (
        date(2026, 12, 4), date(2026, 12, 5), "TRANSPARENT",
    )  # fmt: skip
    assert task["uid"] != event["uid"]


def test_an_action_without_a_day_is_a_task_alone_and_one_that_is_done_says_so() -> None:
    content = actions_calendar(
        [CalendarAction("1", "a", None), CalendarAction("2", "b", date(2026, 12, 4), done=True)], MADE_AT
    )
    assert [it["status"] for it in entries(content, "VTODO")] == ["NEEDS-ACTION", "COMPLETED"]
    assert entries(content, "VEVENT") == []


@pytest.mark.parametrize("start", range(0, len(CORPUS), 25))
def test_no_text_breaks_out_of_its_place_in_a_calendar_file(start: int) -> None:
    texts = CORPUS[start : start + 25]
    hostile = "x\r\nEND:VTODO\r\nBEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:file:///bin/sh"
    actions = [CalendarAction(str(number), text, None, text, text) for number, text in enumerate([*texts, hostile])]
    content = actions_calendar(actions, MADE_AT)
    calendar = icalendar.Calendar.from_ical(content)
    assert [it.name for it in calendar.walk()] == ["VCALENDAR", *["VTODO"] * len(actions)]
    assert all(set(it) <= {"UID", "DTSTAMP", "SEQUENCE", "SUMMARY", "DESCRIPTION", "CLASS", "STATUS"}
               for it in calendar.walk("VTODO"))  # fmt: skip
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
