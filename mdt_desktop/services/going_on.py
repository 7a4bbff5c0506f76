"""Where a start goes on after a crash in mid-meeting; apart from the meetings, so that starting loads no records."""

from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import meetings


def meeting_under_way(access: Access) -> str:
    """The id of the meeting of today that was begun and is not closed; empty where there is none."""
    return meetings.under_way(access.database.reader, access.today())
