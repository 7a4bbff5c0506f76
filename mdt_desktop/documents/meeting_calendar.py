"""A meeting as a calendar file (RFC 5545): when and where, and nothing about anybody who is discussed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

_ENGLAND = ZoneInfo("Europe/London")
_PRODUCT = "-//MDT Desktop//meeting//EN"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar needs. `starts_at` is `HH:MM` as clocks in England show it, `minutes` the length.

    There is no field for a purpose or an agenda: both are typed freely and could name somebody.
    """

    meeting_id: str
    name: str
    day: date
    starts_at: str
    minutes: int
    place: str = ""
    link: str = ""
    cancelled: bool = False


def calendar_bytes(entry: CalendarEntry, made_at: datetime) -> bytes:
    """The file. A later file of the same meeting takes the place of an earlier one in a calendar.

    `made_at` is an aware moment; calendars keep the entry with the higher sequence, which counts its minutes.
    """
    begins = datetime.combine(entry.day, time.fromisoformat(entry.starts_at), _ENGLAND).astimezone(UTC)
    event = Event()
    event.add("uid", f"{entry.meeting_id}@mdt-desktop")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("sequence", int(made_at.timestamp()) // 60)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=entry.minutes))
    event.add("summary", entry.name)
    if entry.place:
        event.add("location", entry.place)
    if entry.link:
        # A description, as few calendars show the URL property; the link of a room is not about a person.
        event.add("description", entry.link)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    made.add_component(event)
    content: bytes = made.to_ical()
    return content
