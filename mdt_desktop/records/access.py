"""Records of who holds which role, what may go to whom, which records are restricted, and who broke the glass."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.domain.sharing import RecipientKind, SharedPart, SharingBasis, SharingChoice
from mdt_desktop.records.base import Record, UtcDateTime
from mdt_desktop.records.base import choice as one_of


class RoleHeld(Record, table=True):
    """A role held in addition to the job's, from a day to a day; a chair's is for one locality (PractitionerRole)."""

    __tablename__ = "role_held"
    __table_args__ = (Index("role_held_now", "role", sqlite_where=text("until IS NULL")),)

    practitioner_id: str = Field(foreign_key="practitioner.id", index=True)
    role: AccessRole = Field(sa_type=one_of(AccessRole))
    locality_id: str | None = Field(default=None, foreign_key="locality.id")
    since: date
    until: date | None = None
    given_by: str = Field(max_length=200)


class SharingDecisionRecord(Record, table=True):
    """One decision on what may go to whom; never changed: a later one counts (FHIR Consent provision)."""

    __tablename__ = "sharing_decision"

    person_id: str = Field(foreign_key="person.id", index=True)
    recipient_kind: RecipientKind = Field(sa_type=one_of(RecipientKind))
    recipient_id: str = Field(min_length=1, max_length=36)
    part: SharedPart = Field(sa_type=one_of(SharedPart))
    choice: SharingChoice = Field(sa_type=one_of(SharingChoice))
    basis: SharingBasis = Field(sa_type=one_of(SharingBasis))
    decided_on: date
    note: str = Field(default="", max_length=2000)
    recorded_by: str = Field(max_length=200)


class Restriction(Record, table=True):
    """A time in which a person's record is restricted, with why it began and why it ended (FHIR meta.security)."""

    __table_args__ = (
        Index("restriction_in_force", "person_id", unique=True, sqlite_where=text("lifted_at IS NULL")),
    )

    person_id: str = Field(foreign_key="person.id", index=True)
    reason: str = Field(min_length=1, max_length=2000)
    at: datetime = Field(sa_type=UtcDateTime)
    by: str = Field(max_length=200)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: str = Field(default="", max_length=200)
    lifted_reason: str = Field(default="", max_length=2000)


class BrokenGlass(Record, table=True):
    """Somebody saw one restricted record for some hours, for a reason; the information-governance lead reviews it."""

    __tablename__ = "broken_glass"

    person_id: str = Field(foreign_key="person.id", index=True)
    practitioner_id: str = Field(foreign_key="practitioner.id")
    by: str = Field(max_length=200)
    reason: str = Field(min_length=1, max_length=2000)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reviewed_by: str = Field(default="", max_length=200)
    review: str = Field(default="", max_length=2000)
