"""A Bundle's file: read, held against the standard, and taken apart by the people it is about."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.fhir import forms
from mdt_desktop.fhir.bundle import BundleEntry, BundleUnusable, entries_of
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.fhir.mapping import subject_of

_MOST_BYTES = 200 * 1024 * 1024


class FhirFileNotRead(BadInput):
    """The file is not there, too large, or cannot be read. Values: `file`, `reason`."""

    code = "fhir_file_not_read"


Address = tuple[str, str]
"""Type and id of a resource; an empty type where others refer to it by a `urn:uuid:`."""


@dataclass(frozen=True, slots=True)
class PersonInBundle:
    """A Patient of a Bundle with everything that is about them, in the order of the Bundle."""

    patient: BundleEntry
    others: tuple[BundleEntry, ...]


@dataclass(frozen=True, slots=True)
class FhirFile:
    """A file that was read: its people, and what is about nobody in it."""

    name: str
    sha256: str
    people: tuple[PersonInBundle, ...]
    workplaces: tuple[BundleEntry, ...]
    """Organisations and practitioners: they are only looked up."""
    astray: tuple[BundleEntry, ...]
    """What is about nobody whom the Bundle holds."""


WORKPLACES = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService"})


def read_file(path: Path) -> FhirFile:
    """Read a Bundle, or a single resource. Raises FhirFileNotRead and BundleUnusable; nothing is half read."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FhirFileNotRead(file=path.name, reason="it is larger than 200 MB")
        content = path.read_bytes()
    except OSError as error:
        raise FhirFileNotRead(file=path.name, reason=os.strerror(error.errno or 0)) from error
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BundleUnusable(reason="it is no JSON") from error
    return sort_out(entries_of(document), path.name, hashlib.sha256(content).hexdigest())


def sort_out(entries: Iterable[BundleEntry], name: str, sha256: str) -> FhirFile:
    """Everything of a Bundle by the person it is about, directly or through what it belongs to."""
    entries = list(entries)
    patients: dict[Address, BundleEntry] = {}
    for entry in entries:
        if entry.type == "Patient":
            for address in addresses(entry):
                if patients.setdefault(address, entry) is not entry:
                    raise BundleUnusable(reason=f"{entry.said} is there twice")
    found: dict[int, list[BundleEntry]] = {entry.number: [] for entry in entries if entry.type == "Patient"}
    owners: dict[Address, int] = {address: entry.number for address, entry in patients.items()}
    waiting = [entry for entry in entries if entry.type != "Patient" and entry.type not in WORKPLACES]
    placed: dict[int, int] = {}
    while True:
        # What names nobody belongs to whom the thing belongs that it refers to.
        now = {entry.number: owner for entry in waiting if (owner := _owner(entry, owners)) is not None}
        if not now:
            break
        placed |= now
        for entry in waiting:
            if entry.number in now:
                owners |= dict.fromkeys(addresses(entry), now[entry.number])
        waiting = [entry for entry in waiting if entry.number not in now]
    for entry in entries:
        if entry.number in placed:
            found[placed[entry.number]].append(entry)
    by_number = {entry.number: entry for entry in entries}
    return FhirFile(
        name,
        sha256,
        tuple(PersonInBundle(by_number[number], tuple(others)) for number, others in found.items()),
        tuple(entry for entry in entries if entry.type in WORKPLACES),
        tuple(waiting),
    )


def addresses(entry: BundleEntry) -> list[Address]:
    """Everything under which others can refer to an entry."""
    known = [(entry.type, entry.id)] if entry.id else []
    if entry.full_url:
        type_, id_ = forms.parts_of_reference(entry.full_url)
        # A reference by urn says no type; nor does this address then.
        known += [(type_ or entry.type, id_), *([] if type_ else [("", id_)])] if id_ else []
    return known


def _owner(entry: BundleEntry, owners: Mapping[Address, int]) -> int | None:
    """The number of the Patient whom an entry is about; None as long as that is not known."""
    try:
        subject = subject_of(entry.resource)
    except ResourceUnusable:
        subject = None
    if subject is not None:
        return owners.get(("Patient", subject), owners.get(("", subject)))
    found = (owners.get(address) for address in references(entry.resource) if address[1])
    return next((owner for owner in found if owner is not None), None)


def references(value: Any) -> Iterable[Address]:
    """Every literal reference anywhere in a resource."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name == "reference" and isinstance(part, str):
                yield forms.parts_of_reference(part)
            else:
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)
