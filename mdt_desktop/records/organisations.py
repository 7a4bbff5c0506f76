"""Records of places, organisations and the people who work in them."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.records.base import Record, choice


class Locality(Record, table=True):
    """A locality whose team meets (FHIR Organization)."""

    name: str = Field(min_length=1, max_length=100, unique=True)


class Practice(Record, table=True):
    """A GP practice with its list (FHIR Organization)."""

    __table_args__ = (CheckConstraint("list_size >= 0", name="list_size_not_negative"),)

    code: str = Field(min_length=1, max_length=20, unique=True)
    name: str = Field(min_length=1, max_length=200)
    network: str = Field(default="", max_length=200)
    locality_id: str = Field(foreign_key="locality.id", index=True)
    list_size: int = Field(default=0, ge=0)
    telephone: str = Field(default="", max_length=50)


class Organisation(Record, table=True):
    """Any other organisation that takes part in care (FHIR Organization)."""

    name: str = Field(min_length=1, max_length=200)
    kind: OrganisationKind = Field(sa_type=choice(OrganisationKind))
    locality_id: str | None = Field(default=None, foreign_key="locality.id")
    telephone: str = Field(default="", max_length=50)


class Practitioner(Record, table=True):
    """Somebody who works for an organisation or practice (FHIR Practitioner and PractitionerRole)."""

    name: str = Field(min_length=1, max_length=200)
    role: Role = Field(sa_type=choice(Role))
    discipline: Discipline = Field(sa_type=choice(Discipline))
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id")
    practice_id: str | None = Field(default=None, foreign_key="practice.id")
    locality_id: str | None = Field(default=None, foreign_key="locality.id")
    telephone: str = Field(default="", max_length=50)
    email: str = Field(default="", max_length=200)
    active: bool = True
