"""Records of the weekly meeting: series, attendance, each person's discussion, notes, decisions, addenda, pulse."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from mdt_desktop.domain.meeting import (
    AttendanceMode,
    AttendanceState,
    ChairedBy,
    DecisionKind,
    ItemState,
    Lane,
    MeetingState,
    Outcome,
)
from mdt_desktop.records.base import Record, UtcDateTime, choice

_LONG = 20_000
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


class MeetingSeries(Record, table=True):
    """A locality's weekly meeting: when, where, who chairs by rota, and its rules (FHIR Appointment template)."""

    __tablename__ = "meeting_series"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_seven"),)

    locality_id: str = Field(foreign_key="locality.id", index=True)
    name: str = Field(min_length=1, max_length=200)
    weekday: int = Field(ge=0, le=6)
    starts_at: str = Field(max_length=5, schema_extra={"pattern": _CLOCK})
    length_minutes: int = Field(ge=10, le=480)
    place: str = Field(default="", max_length=300)
    link: str = Field(default="", max_length=500)
    purpose: str = Field(default="", max_length=2000)
    first_chaired_by: ChairedBy = Field(default=ChairedBy.HEALTH, sa_type=choice(ChairedBy))
    health_chair_id: str | None = Field(default=None, foreign_key="practitioner.id")
    council_chair_id: str | None = Field(default=None, foreign_key="practitioner.id")
    quorum_chair: bool = True
    quorum_health: int = Field(default=1, ge=0, le=10)
    quorum_social_care: int = Field(default=1, ge=0, le=10)
    quorum_knows_person: bool = True
    unseen_weeks: int = Field(default=12, ge=1, le=104)
    active: bool = True


class SeriesMember(Record, table=True):
    """Somebody who belongs to a series, and as what."""

    __tablename__ = "series_member"
    __table_args__ = (Index("series_member_once", "series_id", "practitioner_id", unique=True),)

    series_id: str = Field(foreign_key="meeting_series.id")
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    part: str = Field(default="", max_length=200)


class Meeting(Record, table=True):
    """One meeting (FHIR Appointment). `current_item_id` is the person being discussed, kept so that a crash resumes."""

    __table_args__ = (Index("meeting_locality_day", "locality_id", "day"),)

    series_id: str | None = Field(default=None, foreign_key="meeting_series.id", index=True)
    locality_id: str = Field(foreign_key="locality.id")
    day: date
    starts_at: str = Field(max_length=5, schema_extra={"pattern": _CLOCK})
    length_minutes: int = Field(ge=10, le=480)
    place: str = Field(default="", max_length=300)
    link: str = Field(default="", max_length=500)
    purpose: str = Field(default="", max_length=2000)
    chaired_by: ChairedBy = Field(default=ChairedBy.HEALTH, sa_type=choice(ChairedBy))
    chair_id: str | None = Field(default=None, foreign_key="practitioner.id")
    state: MeetingState = Field(default=MeetingState.PLANNED, sa_type=choice(MeetingState))
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    current_item_id: str | None = Field(default=None, max_length=36)
    next_day: date | None = None
    sealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sealed_by: str = Field(default="", max_length=200)


class Attendance(Record, table=True):
    """Somebody who was expected at a meeting, and whether they came (FHIR Appointment.participant)."""

    __table_args__ = (Index("attendance_once", "meeting_id", "practitioner_id", unique=True),)

    meeting_id: str = Field(foreign_key="meeting.id")
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    part: str = Field(default="", max_length=200)
    state: AttendanceState = Field(default=AttendanceState.EXPECTED, sa_type=choice(AttendanceState))
    mode: AttendanceMode = Field(default=AttendanceMode.IN_THE_ROOM, sa_type=choice(AttendanceMode))
    joined_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AgendaItem(Record, table=True):
    """One person's place on one agenda and what came of it (FHIR Encounter).

    `reasons` are the values of `AgendaReason`, with commas; `from_item_id` is the item of the meeting before that this
    one was rolled over from, `seconds` how long the discussion took.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (Index("agenda_item_once", "meeting_id", "case_id", unique=True),)

    meeting_id: str = Field(foreign_key="meeting.id")
    case_id: str = Field(foreign_key="person_case.id", index=True)
    lane: Lane = Field(sa_type=choice(Lane))
    state: ItemState = Field(default=ItemState.WAITING, sa_type=choice(ItemState))
    order_key: str = Field(max_length=200)
    minutes: int = Field(ge=1, le=60)
    reasons: str = Field(default="", max_length=500)
    question: str = Field(default="", max_length=2000)
    persons_view: str = Field(default="", max_length=_LONG)
    persons_view_why_not: str = Field(default="", max_length=500)
    carers_view: str = Field(default="", max_length=_LONG)
    outcome: Outcome | None = Field(default=None, sa_type=choice(Outcome))
    began_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seconds: int = Field(default=0, ge=0)
    rolled_over: int = Field(default=0, ge=0)
    from_item_id: str | None = Field(default=None, max_length=36)
    parked_with_id: str | None = Field(default=None, foreign_key="practitioner.id")
    parked_until: date | None = None
    removed_because: str = Field(default="", max_length=500)
    quorate: bool | None = None
    missing_for_quorum: str = Field(default="", max_length=200)
    challenge: int | None = Field(default=None, ge=0)
    challenge_answer: str = Field(default="", max_length=_LONG)
    added_by: str = Field(default="", max_length=200)


class ItemPresence(Record, table=True):
    """Somebody who was there when a person was discussed."""

    __tablename__ = "item_presence"
    __table_args__ = (Index("item_presence_once", "item_id", "practitioner_id", unique=True),)

    item_id: str = Field(foreign_key="agenda_item.id")
    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)


class MeetingNote(Record, table=True):
    """Words written down in a meeting; never changed: a correction is a new note that replaces one (SYNC 5.1)."""

    __tablename__ = "meeting_note"

    meeting_id: str = Field(foreign_key="meeting.id", index=True)
    item_id: str | None = Field(default=None, foreign_key="agenda_item.id", index=True)
    words: str = Field(min_length=1, max_length=_LONG)
    replaces_id: str | None = Field(default=None, foreign_key="meeting_note.id")
    written_at: datetime = Field(sa_type=UtcDateTime)
    written_by: str = Field(max_length=200)


class Decision(Record, table=True):
    """What was decided about a person; a decision that changes an earlier one says which and why."""

    item_id: str = Field(foreign_key="agenda_item.id", index=True)
    kind: DecisionKind = Field(default=DecisionKind.OTHER, sa_type=choice(DecisionKind))
    words: str = Field(min_length=1, max_length=_LONG)
    changes_id: str | None = Field(default=None, foreign_key="decision.id")
    change_reason: str = Field(default="", max_length=2000)
    is_agreed: bool = True
    decided_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str = Field(max_length=200)


class Addendum(Record, table=True):
    """A correction after a meeting was sealed; the sealed words stay as they are."""

    meeting_id: str = Field(foreign_key="meeting.id", index=True)
    item_id: str | None = Field(default=None, foreign_key="agenda_item.id")
    words: str = Field(min_length=1, max_length=_LONG)
    written_at: datetime = Field(sa_type=UtcDateTime)
    written_by: str = Field(max_length=200)


class PulseAnswer(Record, table=True):
    """Six taps about a meeting; nobody's name and no time is kept with them."""

    __tablename__ = "pulse_answer"

    meeting_id: str = Field(foreign_key="meeting.id", index=True)
    right_people: int = Field(ge=1, le=5)
    information_ready: int = Field(ge=1, le=5)
    persons_view_heard: int = Field(ge=1, le=5)
    everyone_contributed: int = Field(ge=1, le=5)
    clear_decisions: int = Field(ge=1, le=5)
    time_well_used: int = Field(ge=1, le=5)
