"""Who on file a Patient of a Bundle is: by NHS number with birth date and name, and in doubt nobody yet."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from mdt_desktop.domain.matching import Identity, Match, by_number
from mdt_desktop.domain.names import family_names_agree, folded
from mdt_desktop.fhir.elements import Body
from mdt_desktop.fhir.mapping import from_fhir
from mdt_desktop.fhir.twins_directory import ODS_SYSTEM
from mdt_desktop.services.fhir_reading import FhirFile, PersonInBundle, addresses
from mdt_desktop.store.queries import register
from mdt_desktop.store.queries.register import KnownPerson

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

NO_PRACTICE = "0" * 36
"""Stands for a practice that is not on file."""


class Doubt(StrEnum):
    """Why it is not certain who somebody is, beside what contradicts the register (`domain.matching.Match`)."""

    NO_NUMBER = "no_number"
    TWICE = "twice"
    PRACTICE_UNKNOWN = "practice_unknown"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A Patient read: the columns of the person, who on file they are or may be, and the doubt if there is one.

    Without a doubt and without anybody on file they are somebody new.
    """

    body: Body
    known: KnownPerson | None
    doubt: Match | Doubt | None = None

    @property
    def is_new(self) -> bool:
        """Whether they are added."""
        return self.known is None and self.doubt is None


def recognise(connection: "Connection", file: FhirFile, person: PersonInBundle) -> Recognised:
    """Who a Patient is. Raises `ResourceUnusable` for one that has no name or no whole date of birth."""
    resource = person.patient.resource
    _, id_, body = from_fhir(resource, known={"practice_id": NO_PRACTICE})
    practice_id = _practice(connection, file, str(body["practice_id"]))
    body["practice_id"] = practice_id or NO_PRACTICE
    number, identity = body["nhs_number"], _identity(body)
    owner = register.person(connection, None, number) if number else None
    if owner is not None:
        match = by_number(identity, _of(owner))
        return Recognised(body, owner, None if match is Match.SAME else match)
    same_id = register.person(connection, id_, None) if id_ else None
    if same_id is not None and number is None and by_number(identity, _of(same_id)) is Match.SAME:
        return Recognised(body, same_id)
    alike = _alike(connection, body)
    if alike is not None:
        if number is None:
            return Recognised(body, alike, Match.NUMBER_MISSING if alike.nhs_number else Doubt.NO_NUMBER)
        return Recognised(body, alike, Match.NUMBER_CHANGED if alike.nhs_number else Match.NUMBER_NEW)
    if number is None:
        return Recognised(body, None, Doubt.NO_NUMBER)
    return Recognised(body, None, None if practice_id else Doubt.PRACTICE_UNKNOWN)


def _alike(connection: "Connection", body: Body) -> KnownPerson | None:
    """Somebody on file of the same birth date, family name and first given name."""
    for known in register.born_on(connection, str(body["born"])):
        first, other = (folded(names).split(" ")[0] for names in (body["given_names"], known.given_names))
        if family_names_agree(body["family_name"], known.family_name) and first == other:
            return known
    return None


def _practice(connection: "Connection", file: FhirFile, referred: str) -> str | None:
    """The practice on file that a Patient names: by its id, or by the ODS code of the Organization it refers to."""
    if connection.execute("SELECT 1 FROM practice WHERE id = ?", (referred,)).fetchone():
        return referred
    for entry in file.workplaces:
        if entry.type == "Organization" and referred in {address[1] for address in addresses(entry)}:
            for identifier in entry.resource.get("identifier", ()):
                if identifier.get("system") == ODS_SYSTEM:
                    found = register.practice(connection, str(identifier.get("value", "")))
                    return found[0] if found else None
    return None


def _identity(body: Body) -> Identity:
    return Identity(body["family_name"], body["given_names"], date.fromisoformat(body["born"]))


def _of(known: KnownPerson) -> Identity:
    return Identity(known.family_name, known.given_names, date.fromisoformat(known.born))
