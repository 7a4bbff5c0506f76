"""Questions about series, meetings and who attends them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import AttendanceMode, AttendanceState, ChairedBy, MeetingState
from mdt_desktop.domain.organisations import Discipline, Role
from mdt_desktop.domain.quorum import QuorumRule
from mdt_desktop.store.queries.rows import day, made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

DEFAULT_QUORUM = QuorumRule()


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """A locality's weekly meeting. `weekday` is 0 for Monday; `meetings` counts those planned or held."""

    id: str
    locality_id: str
    locality_name: str
    name: str
    weekday: int
    starts_at: str
    length_minutes: int
    place: str
    link: str
    purpose: str
    first_chaired_by: ChairedBy
    health_chair_id: str | None
    council_chair_id: str | None
    quorum: QuorumRule
    unseen_weeks: int
    active: bool
    meetings: int


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """Somebody who belongs to a series."""

    id: str
    practitioner_id: str
    name: str
    role: Role
    discipline: Discipline
    works_for: str
    part: str


@dataclass(frozen=True, slots=True)
class MeetingSummary:
    """A meeting in a list. The counts are of its agenda: to discuss, to note, and those that are finished."""

    id: str
    series_id: str | None
    series_name: str
    locality_id: str
    locality_name: str
    day: date
    starts_at: str
    length_minutes: int
    place: str
    link: str
    purpose: str
    chaired_by: ChairedBy
    chair_id: str | None
    chair_name: str
    state: MeetingState
    began_at: datetime | None
    ended_at: datetime | None
    current_item_id: str | None
    next_day: date | None
    sealed_at: datetime | None
    sealed_by: str
    to_discuss: int
    to_note: int
    finished: int


@dataclass(frozen=True, slots=True)
class AttendanceSummary:
    """Somebody who is expected, or came, or did not."""

    id: str
    practitioner_id: str
    name: str
    role: Role
    discipline: Discipline
    works_for: str
    part: str
    state: AttendanceState
    mode: AttendanceMode
    joined_at: datetime | None
    left_at: datetime | None


_SERIES = """
SELECT meeting_series.id, locality_id, locality.name, meeting_series.name, weekday, starts_at, length_minutes, place,
       link, purpose, first_chaired_by, health_chair_id, council_chair_id, quorum_chair, quorum_health,
       quorum_social_care, quorum_knows_person, unseen_weeks, active,
       (SELECT count(*) FROM meeting WHERE series_id = meeting_series.id AND state <> 'cancelled')
  FROM meeting_series JOIN locality ON locality.id = locality_id
"""
_MEETING = """
SELECT meeting.id, series_id, coalesce(meeting_series.name, ''), meeting.locality_id, locality.name, day,
       meeting.starts_at, meeting.length_minutes, meeting.place, meeting.link, meeting.purpose, chaired_by, chair_id,
       coalesce(practitioner.name, ''), state, began_at, ended_at, current_item_id, next_day, sealed_at, sealed_by,
       (SELECT count(*) FROM agenda_item WHERE meeting_id = meeting.id AND lane = 'discuss' AND state <> 'removed'),
       (SELECT count(*) FROM agenda_item WHERE meeting_id = meeting.id AND lane = 'note' AND state <> 'removed'),
       (SELECT count(*) FROM agenda_item WHERE meeting_id = meeting.id
           AND state IN ('done', 'noted', 'parked', 'rolled_over'))
  FROM meeting JOIN locality ON locality.id = meeting.locality_id
  LEFT JOIN meeting_series ON meeting_series.id = series_id
  LEFT JOIN practitioner ON practitioner.id = chair_id
"""
_WHO = """
       practitioner.id, practitioner.name, role, discipline, coalesce(organisation.name, practice.name, '')
"""
_WHERE_FROM = """
  JOIN practitioner ON practitioner.id = practitioner_id
  LEFT JOIN organisation ON organisation.id = practitioner.organisation_id
  LEFT JOIN practice ON practice.id = practitioner.practice_id
"""


def series(connection: "Connection", series_id: str) -> SeriesSummary:
    """One series; raises `NotFound`."""
    row = connection.execute(f"{_SERIES} WHERE meeting_series.id = ?", (series_id,)).fetchone()
    if row is None:
        raise NotFound(kind="meeting_series")
    return _series(row)


def all_series(connection: "Connection") -> list[SeriesSummary]:
    """Every series, the active ones first, by locality and name."""
    rows = connection.execute(f"{_SERIES} ORDER BY NOT active, locality.name, meeting_series.name")
    return [_series(row) for row in rows]


def members(connection: "Connection", series_id: str) -> list[MemberSummary]:
    """Who belongs to a series, by name."""
    rows = connection.execute(
        f"SELECT series_member.id, {_WHO}, part FROM series_member {_WHERE_FROM} WHERE series_id = ?"
        " ORDER BY practitioner.name",
        (series_id,),
    )
    return [made(MemberSummary, row, role=Role, discipline=Discipline) for row in rows]


def meeting(connection: "Connection", meeting_id: str) -> MeetingSummary:
    """One meeting; raises `NotFound`."""
    row = connection.execute(f"{_MEETING} WHERE meeting.id = ?", (meeting_id,)).fetchone()
    if row is None:
        raise NotFound(kind="meeting")
    return _meeting(row)


def meetings(connection: "Connection", *, open_ones: bool, limit: int = 200) -> list[MeetingSummary]:
    """Meetings planned or under way, the next first; or those sealed and cancelled, the latest first."""
    states, order = ("('planned', 'under_way')", "") if open_ones else ("('sealed', 'cancelled')", " DESC")
    sql = f"{_MEETING} WHERE state IN {states} ORDER BY day{order}, meeting.starts_at{order}, meeting.id LIMIT ?"
    rows = connection.execute(sql, (limit,))
    return [_meeting(row) for row in rows]


def under_way(connection: "Connection", day: date) -> str:
    """The id of a day's meeting that was begun and is not closed; empty where there is none."""
    row = connection.execute(
        "SELECT id FROM meeting WHERE state = 'under_way' AND day = ? ORDER BY starts_at DESC LIMIT 1",
        (day.isoformat(),),
    ).fetchone()
    return "" if row is None else str(row[0])


def attendance(connection: "Connection", meeting_id: str) -> list[AttendanceSummary]:
    """Everybody expected at a meeting, by name."""
    rows = connection.execute(
        f"SELECT attendance.id, {_WHO}, part, state, mode, joined_at, left_at FROM attendance {_WHERE_FROM}"
        " WHERE meeting_id = ? ORDER BY practitioner.name",
        (meeting_id,),
    )
    return [
        made(
            AttendanceSummary, row, role=Role, discipline=Discipline, state=AttendanceState, mode=AttendanceMode,
            joined_at=moment, left_at=moment,
        )
        for row in rows
    ]  # fmt: skip


def quorum_of(connection: "Connection", meeting_id: str) -> QuorumRule:
    """The quorum of a meeting: that of its series, or the usual one."""
    row = connection.execute(
        "SELECT quorum_chair, quorum_health, quorum_social_care, quorum_knows_person FROM meeting"
        " JOIN meeting_series ON meeting_series.id = series_id WHERE meeting.id = ?",
        (meeting_id,),
    ).fetchone()
    return DEFAULT_QUORUM if row is None else QuorumRule(bool(row[0]), row[1], row[2], bool(row[3]))


def unseen_weeks_of(connection: "Connection", meeting_id: str, usual: int) -> int:
    """After how many weeks without a discussion nobody is only noted."""
    row = connection.execute(
        "SELECT unseen_weeks FROM meeting JOIN meeting_series ON meeting_series.id = series_id WHERE meeting.id = ?",
        (meeting_id,),
    ).fetchone()
    return usual if row is None else int(row[0])


def _series(row: tuple[Any, ...]) -> SeriesSummary:
    chair, health, social_care, knows = row[13:17]
    quorum = QuorumRule(bool(chair), health, social_care, bool(knows))
    return made(SeriesSummary, (*row[:13], quorum, *row[17:]), first_chaired_by=ChairedBy, active=bool)


def _meeting(row: tuple[Any, ...]) -> MeetingSummary:
    return made(
        MeetingSummary, row, day=day, chaired_by=ChairedBy, state=MeetingState, began_at=moment, ended_at=moment,
        next_day=day, sealed_at=moment,
    )  # fmt: skip
