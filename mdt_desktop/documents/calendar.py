"""Calendar files (RFC 5545): a meeting, and what was agreed to be done, without anything clinical (SECURITY R23)."""

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mdt_desktop.domain.meeting import LONDON, starts

_PRODUCT = "-//MDT Desktop//Meetings//EN"
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]+"
)


@dataclass(frozen=True, slots=True)
class CalendarMeeting:
    """A meeting in a calendar. `id` stays the same when the meeting is moved, so that the entry moves as well.

    `starts_at` is `HH:MM` in England; `name` and `notes` come without anything about a person.
    """

    id: str
    name: str
    day: date
    starts_at: str
    length_minutes: int
    place: str = ""
    link: str = ""
    notes: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class CalendarAction:
    """Something to be done. `summary` and `notes` name initials or a reference, and no clinical detail."""

    id: str
    summary: str
    due: date | None
    owner: str = ""
    notes: str = ""
    done: bool = False


def meeting_calendar(meeting: CalendarMeeting, made_at: datetime) -> bytes:
    """The calendar file of one meeting; the same values give the same bytes. `made_at` is aware."""
    return meetings_calendar((meeting,), made_at)


def meetings_calendar(meetings: Sequence[CalendarMeeting], made_at: datetime) -> bytes:
    """The calendar file of several meetings, such as those of a series that are planned."""
    ical = _library()
    calendar = _calendar(ical, "CANCEL" if meetings and all(it.cancelled for it in meetings) else "PUBLISH")
    for meeting in meetings:
        event = ical.Event()
        begins = starts(meeting.day, meeting.starts_at)
        # By the clock of the world: on the night when clocks change a length stays a length.
        ends = (begins.astimezone(UTC) + timedelta(minutes=meeting.length_minutes)).astimezone(LONDON)
        _describe(event, meeting.id, meeting.name, meeting.notes, made_at)
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add("status", "CANCELLED" if meeting.cancelled else "CONFIRMED")
        event.add("class", "PRIVATE")
        place = ", ".join(part for part in (_plain(meeting.place), _plain(meeting.link)) if part)
        if place:
            event.add("location", place)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def actions_calendar(actions: Sequence[CalendarAction], made_at: datetime) -> bytes:
    """The calendar file of what is to be done: a task each, and an entry on the day it is due.

    Both, because the calendars of most offices leave tasks out when a file is taken in. The entries take no time, so
    that nobody looks busy because of them.
    """
    ical = _library()
    calendar = _calendar(ical, "PUBLISH")
    for action in actions:
        task = ical.Todo()
        notes = "\n".join(part for part in (_plain(action.owner), _plain(action.notes)) if part)
        _describe(task, action.id, action.summary, notes, made_at)
        task.add("class", "PRIVATE")
        task.add("status", "COMPLETED" if action.done else "NEEDS-ACTION")
        if action.due is not None:
            task.add("due", action.due)
        calendar.add_component(task)
        if action.due is not None and not action.done:
            event = ical.Event()
            _describe(event, f"{action.id}-due", action.summary, notes, made_at)
            event.add("class", "PRIVATE")
            event.add("dtstart", action.due)
            event.add("dtend", action.due + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _library() -> Any:
    # Loaded here: most starts of the program make no calendar file.
    return importlib.import_module("icalendar")


def _calendar(ical: Any, method: str) -> Any:
    calendar = ical.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _describe(entry: Any, uid: str, summary: str, notes: str, made_at: datetime) -> None:
    entry.add("uid", f"{uid}@mdt-desktop")
    stamp = made_at.astimezone(UTC).replace(microsecond=0)
    entry.add("dtstamp", stamp)
    # A newer file of the same entry takes the older one's place.
    entry.add("sequence", int(stamp.timestamp()) - _FIRST)
    entry.add("summary", _plain(summary).replace("\n", " "))
    if _plain(notes):
        entry.add("description", _plain(notes))


_FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())


def _plain(text: str) -> str:
    """The text without signs that steer a program or hide letters; line ends stay."""
    return _STEERING.sub(" ", text.replace("\r\n", "\n")).strip()
