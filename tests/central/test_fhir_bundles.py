"""Transactions and batches of the façade: whole or not at all, or entry by entry; with what refers to what."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import EAST, Laptop
from tests.helpers.fhir_store import (
    NHS_SYSTEM,
    NUMBER,
    FhirClient,
    a_patient,
    fhir_client,
    furnish_kinds,
    id_of,
    number,
    refused,
)

PERSON = f"Patient/{id_of('person')}"
NAMED = "urn:uuid:8c2f6d3e-0000-4000-8000-000000000001"


@pytest.fixture(params=["sqlite"])
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """SQLite only: a bundle is one transaction of the same commands as anything else."""
    return tmp_path / "central", None


@pytest.fixture
def reader(nia: Laptop, http: httpx.Client) -> FhirClient:
    """An ordinary client of East, which has a record of every kind."""
    furnish_kinds(nia)
    return fhir_client(http, "Nia")


def entry(method: str, url: str, resource: Any = None, full_url: str = "", **request: str) -> dict[str, Any]:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        made["resource"] = resource
    return made | ({"fullUrl": full_url} if full_url else {})


def bundle(type_: str, *entries: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": type_, "entry": list(entries)}


def a_contact(patient: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson", "patient": {"reference": patient}, "name": [{"text": "Invented Daughter"}],
        **more,
    }  # fmt: skip


def statuses(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert faults_of(answer.json()) == []
    return [it["response"]["status"].partition(" ")[0] for it in answer.json()["entry"]]


def test_a_transaction_makes_what_refers_to_each_other(reader: FhirClient, nia: Laptop) -> None:
    # The contact stands before the person whom it names.
    answer = reader.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "RelatedPerson", a_contact(NAMED)),
            entry("POST", "Patient", a_patient(), NAMED),
            entry("GET", f"Patient?identifier={NHS_SYSTEM}|{number(1)}"),
        ),
    )
    assert statuses(answer) == ["201", "201", "200"]
    contact, patient, found = answer.json()["entry"]
    person = patient["resource"]["id"]
    assert contact["resource"]["patient"] == {"reference": f"Patient/{person}"}
    assert patient["response"]["location"].endswith(f"/Patient/{person}/_history/1")
    assert [it["resource"]["id"] for it in found["resource"]["entry"]] == [person]
    first, second = nia.pull()["entries"][-2:]
    assert (first["type"], second["type"]) == ("person", "personal_contact")
    assert first["op_no"] + 1 == second["op_no"]
    assert nia.held[EAST, "personal_contact", contact["resource"]["id"]][1]["person_id"] == person


def test_a_transaction_is_whole_or_not_at_all(reader: FhirClient, nia: Laptop) -> None:
    nia.pull()
    person = reader.read(PERSON)
    person["gender"] = "other"
    cases = {
        "an old version": (entry("PUT", PERSON, person, ifMatch='W/"9"'), 412, "conflict", ""),
        "no version": (entry("PUT", PERSON, person), 428, "required", ""),
        "nobody's contact": (
            entry("POST", "RelatedPerson", a_contact(f"Patient/{id_of('x')}")), 422, "business-rule",
            ".patient.reference",
        ),
        "a number that is taken": (
            entry("POST", "Patient", a_patient(identifier=[{"system": NHS_SYSTEM, "value": NUMBER}])), 409,
            "duplicate", f".identifier.where(system='{NHS_SYSTEM}').value",
        ),
    }  # fmt: skip
    for wrong, status, issue, place in cases.values():
        answer = reader.ask("POST", "", bundle("transaction", entry("POST", "Patient", a_patient()), wrong))
        refused(answer, status, issue, f"Bundle.entry[1].resource{place}")
    assert reader.found("Patient") == [id_of("person")]
    assert nia.page()["entries"] == []


def test_a_transaction_makes_somebody_once_and_refers_to_who_is_there(reader: FhirClient) -> None:
    condition = f"identifier={NHS_SYSTEM}|{NUMBER}"
    answer = reader.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", a_patient(), NAMED, ifNoneExist=condition),
            entry("POST", "RelatedPerson", a_contact(NAMED)),
            entry("POST", "RelatedPerson", a_contact(f"Patient?{condition}")),
        ),
    )
    assert statuses(answer) == ["200", "201", "201"]
    told = [it["resource"].get("patient", {}).get("reference") for it in answer.json()["entry"]]
    assert told == [None, PERSON, PERSON]
    missing = reader.ask(
        "POST", "", bundle("transaction", entry("POST", "RelatedPerson", a_contact(f"Patient?identifier={number(7)}")))
    )
    refused(missing, 412, "conflict", "Bundle.entry[0].resource")


def test_a_batch_goes_entry_by_entry(reader: FhirClient) -> None:
    person = reader.read(PERSON)
    person["gender"] = "other"
    answer = reader.ask(
        "POST",
        "",
        bundle(
            "batch",
            entry("POST", "Patient", a_patient()),
            entry("PUT", PERSON, person, ifMatch='W/"9"'),
            entry("PUT", PERSON, person, ifMatch='W/"1"'),
            entry("GET", PERSON),
            entry("GET", PERSON, ifNoneMatch='W/"2"'),
            entry("GET", "Patient?nickname=x"),
            entry("DELETE", PERSON),
            entry("GET", f"Patient/{id_of('x')}"),
            entry("POST", "Medication", {"resourceType": "Medication"}),
            "nonsense",
        ),
    )
    assert statuses(answer) == ["201", "412", "200", "200", "304", "400", "400", "404", "404", "400"]
    told = answer.json()["entry"]
    assert told[3]["resource"]["gender"] == "other"
    assert {it["response"]["outcome"]["resourceType"] for it in told if it["response"]["status"][0] == "4"} == {
        "OperationOutcome"
    }


def test_bundles_that_are_none_are_refused(reader: FhirClient) -> None:
    refused(reader.ask("POST", "", {"resourceType": "Bundle", "type": "collection"}), 400, "invalid", "Bundle.type")
    refused(reader.ask("POST", "", a_patient()), 400, "invalid", "Bundle.type")
    many = bundle("batch", *[entry("GET", "Patient")] * 201)
    refused(reader.ask("POST", "", many), 400, "invalid", "Bundle.entry")
    twice = bundle("transaction", *[entry("PUT", PERSON, {**a_patient(), "id": id_of("person")})] * 2)
    refused(reader.ask("POST", "", twice), 400, "invalid", "Bundle.entry")
    strange = {"resourceType": "Bundle", "type": "transaction", "entry": {}}
    refused(reader.ask("POST", "", strange), 400, "invalid", "Bundle.entry")
    assert statuses_of_nothing(reader) == {"resourceType": "Bundle", "type": "transaction-response"}


def statuses_of_nothing(reader: FhirClient) -> Any:
    return reader.ask("POST", "", {"resourceType": "Bundle", "type": "transaction"}).json()


def test_a_bundle_is_answered_as_the_client_prefers(reader: FhirClient) -> None:
    answer = reader.ask(
        "POST", "", bundle("transaction", entry("POST", "Patient", a_patient())), Prefer="return=minimal"
    )
    assert statuses(answer) == ["201"]
    assert "resource" not in answer.json()["entry"][0]


def test_scopes_count_for_every_entry(reader: FhirClient, http: httpx.Client) -> None:
    who = fhir_client(http, "Nia", "user/Patient.cruds")
    answer = who.ask("POST", "", bundle("batch", entry("GET", PERSON), entry("GET", "Task")))
    assert statuses(answer) == ["200", "403"]
    refused_whole = who.ask(
        "POST",
        "",
        bundle(
            "transaction",
            entry("POST", "Patient", a_patient()),
            entry("POST", "RelatedPerson", a_contact(PERSON)),
        ),
    )
    assert refused_whole.status_code == 403
    assert who.found("Patient") == [id_of("person")]
