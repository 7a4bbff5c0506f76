"""Records of what is to be done, and of what happened to a person that a meeting should hear of."""

from datetime import date, datetime

from sqlmodel import Field

from mdt_desktop.domain.happenings import HandoverState, HappeningKind
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.records.base import Record, UtcDateTime, choice

_LONG = 20_000


class Task(Record, table=True):
    """Something agreed to be done, by whom and by when (FHIR Task); about a person, or about the meetings.

    `accepted_at` is when its owner took it on, which is when it was agreed where they were there.
    """

    case_id: str | None = Field(default=None, foreign_key="person_case.id", index=True)
    meeting_id: str | None = Field(default=None, foreign_key="meeting.id", index=True)
    item_id: str | None = Field(default=None, foreign_key="agenda_item.id", index=True)
    decision_id: str | None = Field(default=None, foreign_key="decision.id")
    what: str = Field(min_length=1, max_length=_LONG)
    owner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    owner_words: str = Field(default="", max_length=200)
    due: date | None = Field(default=None, index=True)
    status: TaskStatus = Field(default=TaskStatus.OPEN, sa_type=choice(TaskStatus))
    status_reason: str = Field(default="", max_length=2000)
    is_improvement: bool = False
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=200)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TaskStep(Record, table=True):
    """One change of a task's status; never changed afterwards."""

    __tablename__ = "task_step"

    task_id: str = Field(foreign_key="task.id", index=True)
    status: TaskStatus = Field(sa_type=choice(TaskStatus))
    reason: str = Field(default="", max_length=2000)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=200)


class MdtReferral(Record, table=True):
    """A wish that the meeting discusses a person, with the question to it (FHIR ServiceRequest)."""

    __tablename__ = "mdt_referral"

    case_id: str = Field(foreign_key="person_case.id", index=True)
    question: str = Field(min_length=1, max_length=2000)
    referred_on: date
    referred_by: str = Field(max_length=200)
    item_id: str | None = Field(default=None, foreign_key="agenda_item.id")


class Happening(Record, table=True):
    """A crisis of the carer, or a contingency plan that was needed (FHIR Observation)."""

    person_id: str = Field(foreign_key="person.id", index=True)
    kind: HappeningKind = Field(sa_type=choice(HappeningKind))
    happened_on: date
    words: str = Field(default="", max_length=2000)
    contingency_plan_id: str | None = Field(default=None, foreign_key="contingency_plan.id")
    recorded_by: str = Field(max_length=200)


class HospitalEpisode(Record, table=True):
    """A stay in hospital (FHIR Encounter)."""

    __tablename__ = "hospital_episode"

    person_id: str = Field(foreign_key="person.id", index=True)
    hospital: str = Field(default="", max_length=200)
    admitted_on: date
    discharged_on: date | None = None
    was_emergency: bool = True
    reason: str = Field(default="", max_length=500)


class Handover(Record, table=True):
    """A person's care passed on: sent, acknowledged, and understood when the receiver has said the need back (A7.1)."""

    case_id: str = Field(foreign_key="person_case.id", index=True)
    need: str = Field(min_length=1, max_length=_LONG)
    next_for_person: str = Field(min_length=1, max_length=2000)
    to_id: str | None = Field(default=None, foreign_key="practitioner.id")
    to_words: str = Field(default="", max_length=200)
    state: HandoverState = Field(default=HandoverState.SENT, sa_type=choice(HandoverState))
    said_back: str = Field(default="", max_length=_LONG)
    sent_at: datetime = Field(sa_type=UtcDateTime)
    sent_by: str = Field(max_length=200)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    understood_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
