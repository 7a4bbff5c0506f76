"""FHIR Bundles as another system would write them: a Patient who is on file in `tests.helpers.plans`, and more."""

import json
from pathlib import Path
from typing import Any

NHS, ODS = "https://fhir.nhs.uk/Id/nhs-number", "https://fhir.nhs.uk/Id/ods-organization-code"


def patient(number: str | None = "9434765919", family: str = "Sampleton", born: str = "1940-08-14", **more: Any) -> Any:
    """A Patient as another system would write it."""
    told: dict[str, Any] = {
        "resourceType": "Patient", "id": "p1", "birthDate": born, "gender": "female",
        "name": [{"family": family, "given": ["Rahima"]}],
        "generalPractitioner": [{"reference": "Organization/gp"}],
        **more,
    }  # fmt: skip
    return told | ({"identifier": [{"system": NHS, "value": number}]} if number else {})


SURGERY = {"resourceType": "Organization", "id": "gp", "name": "Surgery",
           "identifier": [{"system": ODS, "value": "Y90001"}]}  # fmt: skip
TASK = {
    "resourceType": "Task", "id": "t1", "status": "accepted", "intent": "order", "description": "Fit a grab rail",
    "for": {"reference": "Patient/p1"}, "owner": {"display": "Occupational therapy"}, "priority": "urgent",
}  # fmt: skip
ALLERGY = {
    "resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "294505008", "display": "Amoxicillin allergy"}]},
}  # fmt: skip
WEIGHT = {
    "resourceType": "Observation", "id": "w1", "status": "final", "subject": {"reference": "Patient/p1"},
    "code": {"text": "Body weight"}, "valueQuantity": {"value": 61, "unit": "kg"},
}  # fmt: skip
CONSENT = {
    "resourceType": "Consent", "id": "c1", "status": "active", "patient": {"reference": "Patient/p1"},
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
    "category": [{"text": "sharing"}], "provision": {"type": "permit"}, "dateTime": "2026-11-20",
    "policyRule": {"text": "given"},
}  # fmt: skip


def bundle(tmp_path: Path, *resources: Any, name: str = "bundle.json") -> Path:
    entries = [{"fullUrl": f"https://other.example/fhir/{it['resourceType']}/{it['id']}", "resource": it}
               for it in resources]  # fmt: skip
    path = tmp_path / name
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path
