"""Somebody of a Bundle who waits for a decision: what the Bundle says of them beside what is on file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.people import Gender, name_on_screen
from mdt_desktop.fhir.elements import Body
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.fhir.mapping import from_fhir
from mdt_desktop.services.fhir_matching import NO_PRACTICE, Doubt, recognise
from mdt_desktop.services.fhir_reading import FhirFile, PersonInBundle, addresses
from mdt_desktop.store.queries import held_rows, register
from mdt_desktop.store.queries.held_rows import PersonOnFile
from mdt_desktop.words import words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["HeldComparison", "HeldPerson", "PersonOnFile", "PersonSaid", "comparison_of", "name_said"]


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """Somebody of a Bundle who waits for a decision; `person_id` is who on file it may be."""

    id: str
    patient: str
    person_id: str | None
    resources: int
    reason: str
    held_at: datetime
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What a Bundle says of somebody; empty where it says nothing. `titled` tells whether the name has a title."""

    name: str
    titled: bool
    born: date | None
    nhs_number: str
    gender: Gender
    address: str
    postcode: str
    practice: str


@dataclass(frozen=True, slots=True)
class HeldComparison:
    """`said` beside the `person` on file, how many resources of which type hang on the decision, and, where they
    cannot be added as somebody new, `why_not_new` in words."""

    held: HeldPerson
    said: PersonSaid
    person: PersonOnFile | None
    contents: Mapping[str, int]
    why_not_new: str = ""


def name_said(body: Body) -> str:
    """`SURNAME, Given (Title)` of the columns that a Patient was read into."""
    return name_on_screen(str(body["family_name"]), str(body["given_names"]), str(body["title"] or ""))


def name_of(person: PersonInBundle) -> str:
    """The name of a Patient; empty where it cannot be read."""
    try:
        return name_said(from_fhir(person.patient.resource, known={"practice_id": NO_PRACTICE})[2])
    except ResourceUnusable:
        return ""


def comparison_of(connection: "Connection", held: HeldPerson, file: FhirFile) -> HeldComparison:
    """Somebody who is held, side by side. Raises `ResourceUnusable` where the program has changed since."""
    person = file.people[0]
    found = recognise(connection, file, person)
    body, number = found.body, str(found.body["nhs_number"] or "")
    practice_id = str(body["practice_id"])
    born = date.fromisoformat(str(body["born"])) if body["born"] else None
    said = PersonSaid(
        name_said(body), bool(body["title"]), born, number, Gender(str(body["gender"])), str(body["address"] or ""),
        str(body["postcode"] or ""), _practice(connection, practice_id, file, person),
    )  # fmt: skip
    owner = register.person(connection, None, number) if number else None
    why_not = ""
    if owner is not None:
        why_not = words("imports.fhir.not_new_number")
    elif practice_id == NO_PRACTICE or found.doubt is Doubt.PRACTICE_UNKNOWN:
        why_not = words("imports.fhir.not_new_practice")
    on_file = held_rows.person_on_file(connection, held.person_id, None) if held.person_id else None
    types = Counter(it.type for it in person.others)
    return HeldComparison(held, said, on_file, dict(sorted(types.items())), why_not)


def _practice(connection: "Connection", practice_id: str, file: FhirFile, person: PersonInBundle) -> str:
    """The practice by the directory's name, or by the Bundle's own where it is not there."""
    row = connection.execute("SELECT coalesce(nullif(name, ''), code) FROM practice WHERE id = ?", (practice_id,))
    known = row.fetchone()
    if known is not None:
        return str(known[0])
    referred = [str(it.get("reference", "")) for it in person.patient.resource.get("generalPractitioner", ())]
    ids = {it.rpartition("/")[2] for it in referred} | {it.rpartition(":")[2] for it in referred}
    for entry in file.workplaces:
        if entry.type == "Organization" and ids & {address[1] for address in addresses(entry)}:
            return str(entry.resource.get("name", ""))
    return ""
