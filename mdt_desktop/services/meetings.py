"""Plans meetings: a locality's series with its members and rota, single meetings, and who is expected."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import BadInput, NotAllowed
from mdt_desktop.domain.meeting import (
    DEFAULT_LENGTH_MINUTES,
    AttendanceState,
    ChairedBy,
    MeetingState,
    chaired_by,
    require_not_sealed,
)
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Attendance, Locality, Meeting, MeetingSeries, Practitioner, SeriesMember
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.unseen import with_unseen
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import meetings
from mdt_desktop.store.queries.meetings import AttendanceSummary, MeetingSummary, MemberSummary, SeriesSummary
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = [
    "AttendanceSummary",
    "MeetingSummary",
    "Meetings",
    "MemberSummary",
    "SeriesSummary",
]

SERIES_FIELDS = frozenset(
    {
        "name", "weekday", "starts_at", "length_minutes", "place", "link", "purpose", "first_chaired_by",
        "health_chair_id", "council_chair_id", "quorum_chair", "quorum_health", "quorum_social_care",
        "quorum_knows_person", "unseen_weeks", "active",
    }
)  # fmt: skip
MEETING_FIELDS = frozenset({"day", "starts_at", "length_minutes", "place", "link", "purpose", "chaired_by", "chair_id"})


class NoSuchMeetingField(BadInput):
    """A meeting or series has no such field to be set."""

    code = "no_such_meeting_field"


class MeetingThatDay(NotAllowed):
    """The series has a meeting on that day already. Values: `day`."""

    code = "meeting_that_day"


class CancelNeedsReason(NotAllowed):
    """A meeting is cancelled with a reason, which those expected are told."""

    code = "cancel_needs_reason"


class Meetings:
    """The verbs of planning, and the questions about meetings."""

    def __init__(self, access: Access) -> None:
        self._access = access

    # Questions

    def all_series(self) -> list[SeriesSummary]:
        """Every series, the active ones first."""
        return meetings.all_series(self._access.database.reader)

    def members(self, series_id: str) -> list[MemberSummary]:
        """Who belongs to a series."""
        return meetings.members(self._access.database.reader, series_id)

    def upcoming(self) -> list[MeetingSummary]:
        """Meetings planned or under way, the next first."""
        self._access.require(Permission.SEE_MEETINGS)
        return meetings.meetings(self._access.database.reader, open_ones=True)

    def past(self, limit: int = 200) -> list[MeetingSummary]:
        """Meetings sealed or cancelled, the latest first."""
        self._access.require(Permission.SEE_MEETINGS)
        return meetings.meetings(self._access.database.reader, open_ones=False, limit=limit)

    def meeting(self, meeting_id: str) -> MeetingSummary:
        """One meeting; raises `NotFound`."""
        self._access.require(Permission.SEE_MEETINGS)
        return meetings.meeting(self._access.database.reader, meeting_id)

    def attendance(self, meeting_id: str) -> list[AttendanceSummary]:
        """Everybody expected at a meeting."""
        self._access.require(Permission.SEE_MEETINGS)
        return meetings.attendance(self._access.database.reader, meeting_id)

    def next_day(self, series: SeriesSummary) -> date:
        """The next day of a series that has no meeting yet."""
        today = self._access.today()
        taken = {it.day for it in (*self.upcoming(), *self.past(20)) if it.series_id == series.id}
        day = today + timedelta(days=(series.weekday - today.weekday()) % 7)
        while day in taken:
            day += timedelta(weeks=1)
        return day

    # Series

    def start_series(
        self, locality_id: str, values: Mapping[str, Any], members: Mapping[str, str] | None = None
    ) -> Changes:
        """Make a locality's series, with its members as in `set_members`.

        Raises `NoSuchMeetingField`, `RecordNotValid`, `NotFound`.
        """
        _require_known(values, SERIES_FIELDS)
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            work.get(Locality, locality_id)
            series = work.add(MeetingSeries(id=work.new_id(), locality_id=locality_id, **values))
            if members:
                work.flush()
                _set_members(work, series.id, members)
        return changes_of(work, series.id)

    def change_series(
        self,
        series_id: str,
        values: Mapping[str, Any],
        members: Mapping[str, str] | None = None,
        seen: Mapping[str, Any] | None = None,
        seen_members: Mapping[str, str] | None = None,
    ) -> Changes:
        """Change a series, and its members where they are given; meetings that are planned stay as they are.

        `seen` and `seen_members` are what the form showed: what came from elsewhere since is merged or kept as a
        conflict, and members that were added or left elsewhere stay so.
        """
        _require_known(values, SERIES_FIELDS)
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            series = work.get(MeetingSeries, series_id)
            for name, value in with_unseen(work, series, values, seen or {}).items():
                setattr(series, name, value)
            if members is not None:
                _set_members(work, series_id, members, seen_members)
        return changes_of(work)

    def set_members(self, series_id: str, parts: Mapping[str, str]) -> Changes:
        """Say who belongs to a series: practitioner ids with what each is there for (may be empty)."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            work.get(MeetingSeries, series_id)
            _set_members(work, series_id, parts)
        return changes_of(work)

    # Meetings

    def plan(self, series_id: str, day: date) -> Changes:
        """Plan a meeting of a series on a day, with its members, and the chair whose turn it is.

        Raises `MeetingThatDay`, `NotFound`.
        """
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            series = work.get(MeetingSeries, series_id)
            others = [it for it in work.find(Meeting, series_id=series_id) if it.state is not MeetingState.CANCELLED]
            if any(it.day == day for it in others):
                raise MeetingThatDay(day=cui_date(day))
            side = chaired_by(series.first_chaired_by, sum(it.day < day for it in others))
            chair = series.health_chair_id if side is ChairedBy.HEALTH else series.council_chair_id
            meeting = work.add(
                Meeting(
                    id=work.new_id(),
                    series_id=series_id,
                    locality_id=series.locality_id,
                    day=day,
                    starts_at=series.starts_at,
                    length_minutes=series.length_minutes,
                    place=series.place,
                    link=series.link,
                    purpose=series.purpose,
                    chaired_by=side,
                    chair_id=chair,
                )
            )
            members = {it.practitioner_id: it.part for it in work.find(SeriesMember, series_id=series_id)}
            if chair is not None:
                members.setdefault(chair, "")
            for practitioner_id, part in members.items():
                _expect(work, meeting.id, practitioner_id, part)
        return changes_of(work, meeting.id)

    def plan_single(self, locality_id: str, values: Mapping[str, Any]) -> Changes:
        """Plan a meeting outside any series; `day` and `starts_at` must be among the values."""
        _require_known(values, MEETING_FIELDS)
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            work.get(Locality, locality_id)
            given = {"length_minutes": DEFAULT_LENGTH_MINUTES, **values}
            meeting = work.add(Meeting(id=work.new_id(), locality_id=locality_id, **given))
            if meeting.chair_id:
                _expect(work, meeting.id, meeting.chair_id, "")
        return changes_of(work, meeting.id)

    def change(
        self, meeting_id: str, values: Mapping[str, Any], seen: Mapping[str, Any] | None = None
    ) -> Changes:
        """Change when, where or who chairs; a new chair is expected at once. `seen` as in `change_series`.

        Raises `MeetingSealed`.
        """
        _require_known(values, MEETING_FIELDS)
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            require_not_sealed(meeting.state)
            for name, value in with_unseen(work, meeting, values, seen or {}).items():
                setattr(meeting, name, value)
            if values.get("chair_id"):
                _expect(work, meeting_id, values["chair_id"], "")
        return changes_of(work)

    def cancel(self, meeting_id: str, reason: str) -> Changes:
        """Cancel a planned meeting; its agenda is written anew for the next one. Raises `CancelNeedsReason`."""
        if not reason.strip():
            raise CancelNeedsReason
        with permitted(self._access, Permission.KEEP_MEETINGS, None, reason.strip()) as work:
            meeting = work.get(Meeting, meeting_id)
            require_not_sealed(meeting.state)
            meeting.state = MeetingState.CANCELLED
        return changes_of(work)

    def expect(self, meeting_id: str, practitioner_id: str, part: str = "") -> Changes:
        """Expect somebody at a meeting; who is expected already stays so."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            require_not_sealed(work.get(Meeting, meeting_id).state)
            work.get(Practitioner, practitioner_id)
            made = _expect(work, meeting_id, practitioner_id, part)
        return changes_of(work, made)

    def take_off(self, attendance_id: str) -> Changes:
        """Expect somebody no longer, as if they had never been."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            attendance = work.get(Attendance, attendance_id)
            require_not_sealed(work.get(Meeting, attendance.meeting_id).state)
            work.remove(attendance)
        return changes_of(work)

    def apologise(self, attendance_id: str, *, apologies: bool = True) -> Changes:
        """Record apologies before the meeting, or take them back."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            attendance = work.get(Attendance, attendance_id)
            require_not_sealed(work.get(Meeting, attendance.meeting_id).state)
            attendance.state = AttendanceState.APOLOGIES if apologies else AttendanceState.EXPECTED
        return changes_of(work)


def _require_known(values: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = set(values) - known
    if unknown:
        raise NoSuchMeetingField(fields=", ".join(sorted(unknown)))


def _expect(work: UnitOfWork, meeting_id: str, practitioner_id: str, part: str) -> str:
    known = work.find(Attendance, meeting_id=meeting_id, practitioner_id=practitioner_id)
    if known:
        return known[0].id
    attendance = work.add(
        Attendance(id=work.new_id(), meeting_id=meeting_id, practitioner_id=practitioner_id, part=part.strip())
    )
    return attendance.id


def _set_members(
    work: UnitOfWork, series_id: str, parts: Mapping[str, str], seen: Mapping[str, str] | None = None
) -> None:
    """Members as given; of those who were `seen` only what differs, so that what came from elsewhere stays."""
    known = {member.practitioner_id: member for member in work.find(SeriesMember, series_id=series_id)}
    for practitioner_id, part in parts.items():
        if seen is not None and seen.get(practitioner_id) == part:
            continue
        if practitioner_id in known:
            known[practitioner_id].part = part.strip()
            continue
        work.get(Practitioner, practitioner_id)
        work.add(
            SeriesMember(id=work.new_id(), series_id=series_id, practitioner_id=practitioner_id, part=part.strip())
        )
    for practitioner_id, member in known.items():
        if practitioner_id not in parts and (seen is None or practitioner_id in seen):
            work.remove(member)
