"""How every endpoint of the FHIR façade is asked rightly, for the matrix of who is let in where."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.helpers.fhir_store import id_of


@dataclass(frozen=True, slots=True)
class FhirRow:
    """A place; `body` where it takes one, `reads` whether it answers with somebody's resource."""

    place: str
    body: Callable[[], Any] | None = None
    form: str = ""
    reads: bool = False
    ok: int = 200


def a_practitioner() -> dict[str, Any]:
    """A resource that goes into the only locality of whoever writes it."""
    return {
        "resourceType": "Practitioner",
        "active": True,
        "name": [{"use": "official", "text": "Invented Practitioner"}],
        "qualification": [
            {
                "code": {
                    "coding": [
                        {"system": "https://mdt-desktop.example/fhir/CodeSystem/role", "code": "community_nurse"}
                    ]
                }
            }
        ],
        "extension": [
            {
                "url": "https://mdt-desktop.example/fhir/StructureDefinition/practitioner-discipline",
                "valueCode": "nurse",
            }
        ],
    }


def _put() -> dict[str, Any]:
    return {**a_practitioner(), "id": NEW}


NEW = str(uuid.uuid5(uuid.NAMESPACE_OID, "a practitioner that a client names"))
_PERSON = id_of("person")
_T, _I = "{type_}", "{id_}"
FHIR_OPEN = {("GET", "/fhir/R4/metadata")}
"""Needs no token: what the façade does."""
FHIR_ROWS: Mapping[tuple[str, str], FhirRow] = {
    ("POST", "/fhir/R4"): FhirRow("", lambda: {"resourceType": "Bundle", "type": "batch"}),
    ("POST", "/fhir/R4/"): FhirRow("/", lambda: {"resourceType": "Bundle", "type": "transaction"}),
    ("GET", "/fhir/R4/_history"): FhirRow("/_history"),
    ("GET", f"/fhir/R4/{_T}"): FhirRow("/Patient"),
    ("GET", f"/fhir/R4/{_T}/_history"): FhirRow("/Patient/_history"),
    ("GET", f"/fhir/R4/{_T}/{_I}"): FhirRow(f"/Patient/{_PERSON}", reads=True),
    ("GET", f"/fhir/R4/{_T}/{_I}/_history"): FhirRow(f"/Patient/{_PERSON}/_history", reads=True),
    ("GET", f"/fhir/R4/{_T}/{_I}/_history/{{ver}}"): FhirRow(f"/Patient/{_PERSON}/_history/1", reads=True),
    ("GET", "/fhir/R4/Patient/{id_}/$everything"): FhirRow(f"/Patient/{_PERSON}/$everything", reads=True),
    ("POST", f"/fhir/R4/{_T}/_search"): FhirRow("/Patient/_search", form=f"_id={_PERSON}"),
    ("POST", f"/fhir/R4/{_T}"): FhirRow("/Practitioner", a_practitioner, ok=201),
    ("PUT", f"/fhir/R4/{_T}/{_I}"): FhirRow(f"/Practitioner/{NEW}", _put, ok=201),
}
