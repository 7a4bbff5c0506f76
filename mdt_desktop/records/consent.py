"""The record of a consent decision; each new decision is a new record, so that the history stays."""

from datetime import date

from sqlmodel import Field

from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.records.base import Record, choice


class Consent(Record, table=True):
    """What was decided about sharing for the joint plan, for whom, on which basis (FHIR Consent)."""

    person_id: str = Field(foreign_key="person.id", index=True)
    status: ConsentStatus = Field(sa_type=choice(ConsentStatus))
    basis: ConsentBasis | None = Field(default=None, sa_type=choice(ConsentBasis))
    shared_with: str = Field(default="", max_length=2000)
    shared_what: str = Field(default="", max_length=2000)
    groups: str = Field(default="", max_length=200)
    """The groups named in `shared_with`, as the keys of `domain.sharing.SharingGroup` with commas between."""
    scopes: str = Field(default="", max_length=200)
    """What is named in `shared_what`, as the keys of `domain.sharing.ConsentScope` with commas between."""
    knew: str = ""
    """Ids, with commas between, of the person's decisions that whoever recorded this one saw (`domain.consent`)."""
    evidence: str = Field(default="", max_length=2000)
    decided_by: str = Field(default="", max_length=200)
    decided_on: date
    recorded_by: str = Field(max_length=200)
