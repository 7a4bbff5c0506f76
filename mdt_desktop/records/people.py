"""Records of the person and of those close to them."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from mdt_desktop.domain.people import ContactRelation, FlagKind, Gender, NhsNumberStatus
from mdt_desktop.records.base import Record, choice


class Person(Record, table=True):
    """Somebody registered with a practice of the borough (FHIR Patient)."""

    __table_args__ = (CheckConstraint("nhs_number IS NULL OR length(nhs_number) = 10", name="nhs_number_ten"),)

    nhs_number: str | None = Field(default=None, unique=True, min_length=10, max_length=10)
    nhs_number_status: NhsNumberStatus = Field(
        default=NhsNumberStatus.NOT_PRESENT, sa_type=choice(NhsNumberStatus)
    )
    family_name: str = Field(min_length=1, max_length=100)
    given_names: str = Field(default="", max_length=100)
    title: str = Field(default="", max_length=35)
    preferred_name: str = Field(default="", max_length=100)
    born: date
    died: date | None = None
    gender: Gender = Field(default=Gender.NOT_KNOWN, sa_type=choice(Gender))
    address: str = Field(default="", max_length=500)
    postcode: str = Field(default="", max_length=10)
    telephone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=200)
    language: str = Field(default="", max_length=60)
    ethnicity: str = Field(default="", max_length=60)
    religion: str = Field(default="", max_length=60)
    practice_id: str = Field(foreign_key="practice.id", index=True)
    deprivation_fifth: int | None = Field(default=None, ge=1, le=5)


class PersonalContact(Record, table=True):
    """A carer, relative, friend or neighbour (FHIR RelatedPerson; PRSB personal contacts)."""

    __tablename__ = "personal_contact"

    person_id: str = Field(foreign_key="person.id", index=True)
    name: str = Field(min_length=1, max_length=200)
    relationship: str = Field(default="", max_length=100)
    relation: ContactRelation = Field(default=ContactRelation.OTHER, sa_type=choice(ContactRelation))
    telephone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=200)
    may_be_contacted: bool = True
    comments: str = Field(default="", max_length=2000)


class Flag(Record, table=True):
    """An alert that stands in the banner (FHIR Flag, AllergyIntolerance for allergies)."""

    person_id: str = Field(foreign_key="person.id", index=True)
    kind: FlagKind = Field(sa_type=choice(FlagKind))
    words: str = Field(default="", max_length=300)
    since: date | None = None
    until: date | None = None
