"""Makes the calendar file of a meeting and saves it: no clinical detail, and no name of anybody who is discussed."""

from pathlib import Path

from mdt_desktop.documents.calendar import CalendarMeeting, meeting_calendar
from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import meetings
from mdt_desktop.words import words

__all__ = ["MeetingCalendar"]


class MeetingCalendar:
    """The verbs of the calendar file."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def content(self, meeting_id: str) -> bytes:
        """The file as it is now. Raises `NotFound`."""
        meeting = meetings.meeting(self._access.database.reader, meeting_id)
        entry = CalendarMeeting(
            meeting.id,
            meeting.series_name or words("meetings.calendar.name", locality=meeting.locality_name),
            meeting.day,
            meeting.starts_at,
            meeting.length_minutes,
            meeting.place,
            meeting.link,
            cancelled=meeting.state is MeetingState.CANCELLED,
        )
        return meeting_calendar(entry, self._access.clock())

    def suggested_name(self, meeting_id: str) -> str:
        """`mdt-meeting-2026-11-26.ics`. Raises `NotFound`."""
        meeting = meetings.meeting(self._access.database.reader, meeting_id)
        return f"mdt-meeting-{meeting.day.isoformat()}.ics"

    def save(self, meeting_id: str, content: bytes, path: Path) -> Changes:
        """Write a new file with its audit entry: neither without the other.

        Raises `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten), `PaperNotSaved`.
        """
        self._access.require(Permission.EXPORT)
        act = Act("export", "meeting", meeting_id, reason=words("meetings.calendar.audit"))
        record_leaving(self._access, lambda _: [act], (content, path))
        return Changes(frozenset({"audit_entry"}), frozenset({meeting_id}))
