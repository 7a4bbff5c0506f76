"""The CapabilityStatement: made of the tables that the façade itself goes by, so it promises nothing else."""

from collections.abc import Mapping
from typing import Any

from mdt_desktop.central.fhir_api import catalogue, including
from mdt_desktop.central.fhir_api.fitting import Kind
from mdt_desktop.fhir.mapping import KINDS_OF
from mdt_desktop.fhir.twin import profile_of
from mdt_desktop.words import words

_INTERACTIONS = ("read", "vread", "update", "history-instance", "history-type", "create", "search-type")


def statement(base: str, now: str) -> dict[str, Any]:
    """What the façade does, for this address."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": now,
        "kind": "instance",
        "software": {"name": "MDT Desktop central store"},
        "implementation": {"description": words("fhir.capability"), "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": words("fhir.capability_rules"),
                "security": {
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ],
                    "description": words("fhir.capability_security"),
                },
                "resource": [_of_type(type_) for type_ in sorted(KINDS_OF)],
                "interaction": [{"code": code} for code in ("transaction", "batch", "history-system")],
            }
        ],
    }


def _of_type(type_: str) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "type": type_,
        "interaction": [{"code": code} for code in _INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchInclude": [f"{type_}:{name}" for name in including.offered(type_)],
        "searchParam": _parameters(type_),
    }
    if not told["searchInclude"]:
        del told["searchInclude"]
    profile = profile_of(type_)
    if profile is not None:
        told["supportedProfile"] = [profile]
    if type_ == "Patient":
        definition = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        told["operation"] = [{"name": "everything", "definition": definition}]
    return told


def _parameters(type_: str) -> list[Mapping[str, Any]]:
    own = [{"name": name, "type": it.kind.value} for name, it in catalogue.definitions(type_).items()]
    chained = [
        {"name": f"{name}.identifier", "type": Kind.TOKEN.value} for name in catalogue.person_parameters(type_)
    ]
    return [*own, *chained]
