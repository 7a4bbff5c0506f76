"""Records of an assessment: its answers are records of their own, so that two people can fill different parts."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from mdt_desktop.domain.assessment import AssessmentStatus
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.records.base import Record, UtcDateTime, choice


class Assessment(Record, table=True):
    """One filling of one questionnaire for a case (FHIR QuestionnaireResponse).

    `unsigned_reason` says why it was completed although parts with answers were not signed.
    """

    case_id: str = Field(foreign_key="person_case.id", index=True)
    questionnaire: str = Field(min_length=1, max_length=200)
    questionnaire_version: str = Field(default="", max_length=50)
    status: AssessmentStatus = Field(
        default=AssessmentStatus.IN_PROGRESS, sa_type=choice(AssessmentStatus)
    )
    started_at: datetime = Field(sa_type=UtcDateTime)
    started_by: str = Field(max_length=200)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unsigned_reason: str = Field(default="", max_length=1000)


class Answer(Record, table=True):
    """One answer: the question's link id, the position among repeats, the value as JSON.

    An answer that was taken away stays as JSON null, so that a signed part shows that it changed, by whom and when.
    """

    __table_args__ = (Index("answer_place", "assessment_id", "link_id", "position", unique=True),)

    assessment_id: str = Field(foreign_key="assessment.id")
    link_id: str = Field(min_length=1, max_length=200)
    position: str = Field(default="", max_length=100)
    value_json: str
    answered_at: datetime = Field(sa_type=UtcDateTime)
    answered_by: str = Field(max_length=200)


class PartSignature(Record, table=True):
    """A contributor signs one part with their discipline; a later signature of the part replaces it."""

    __tablename__ = "part_signature"

    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    part: str = Field(min_length=1, max_length=200)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    signed_by: str = Field(max_length=200)
    discipline: Discipline = Field(sa_type=choice(Discipline))
    signed_at: datetime = Field(sa_type=UtcDateTime)
