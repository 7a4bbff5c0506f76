"""Writes through the FHIR façade: the same versions and rules as a laptop's, and what is wrong is told where it is."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from mdt_desktop.central import devices, moving
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.fhir_api.resources import BUCKET_SYSTEM
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import EAST, WEST, Laptop, laptop
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_rows import a_practitioner
from tests.helpers.fhir_store import (
    NHS_SYSTEM,
    NUMBER,
    FhirClient,
    a_patient,
    fhir_client,
    furnish_kinds,
    id_of,
    number,
    plain,
    refused,
)

PERSON = f"Patient/{id_of('person')}"


@pytest.fixture(params=["sqlite"])
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """SQLite only; what the databases could do differently is in `test_fhir_together`."""
    return tmp_path / "central", None


@pytest.fixture
def reader(nia: Laptop, http: httpx.Client) -> FhirClient:
    """An ordinary client of East, which has a record of every kind."""
    furnish_kinds(nia)
    return fhir_client(http, "Nia")


def test_a_resource_that_is_made_is_the_laptops_record(reader: FhirClient, nia: Laptop) -> None:
    answer = reader.ask("POST", "Patient", a_patient())
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["location"] == f"http://central.test/fhir/R4/Patient/{made['id']}/_history/1"
    assert made["meta"]["profile"] == ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]
    assert faults_of(made) == []
    nia.pull()
    ver, body = nia.held[EAST, "person", made["id"]]
    assert (ver, body["family_name"], body["given_names"], body["nhs_number"]) == (
        1, "Examplesson", "Wilma Ann", number(1),
    )  # fmt: skip
    assert (body["id"], body["practice_id"]) == (made["id"], id_of("practice"))


def test_a_change_of_the_version_seen_reaches_the_laptops(reader: FhirClient, nia: Laptop) -> None:
    person = reader.read(PERSON)
    person["telecom"][0]["value"] = "020 7946 0000"
    answer = reader.ask("PUT", PERSON, person, If_Match='W/"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.json()["meta"]["versionId"] == "2"
    nia.pull()
    ver, body = nia.held[EAST, "person", id_of("person")]
    assert (ver, body) == (2, {**plain("person"), "telephone": "020 7946 0000"})


@pytest.mark.parametrize(
    ("header", "status", "issue"), [(None, 428, "required"), ('W/"7"', 412, "conflict"), ("2", 400, "value")]
)
def test_a_change_says_which_version_it_is_of(
    header: str | None, status: int, issue: str, reader: FhirClient, nia: Laptop
) -> None:
    person = reader.read(PERSON)
    person["gender"] = "other"
    headers = {"If_Match": header} if header else {}
    refused(reader.ask("PUT", PERSON, person, **headers), status, issue)
    assert reader.read(PERSON)["gender"] == "female"


def test_two_clients_of_one_token_do_not_overwrite_each_other(reader: FhirClient) -> None:
    first, second = reader.read(PERSON), reader.read(PERSON)
    first["gender"], second["gender"] = "other", "male"
    assert reader.ask("PUT", PERSON, first, If_Match='W/"1"').status_code == 200
    refused(reader.ask("PUT", PERSON, second, If_Match='W/"1"'), 412, "conflict")


def test_a_change_that_changes_nothing_makes_no_version(reader: FhirClient) -> None:
    answer = reader.ask("PUT", PERSON, reader.read(PERSON), If_Match='W/"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"1"')


def test_what_only_our_extensions_hold_stays_when_a_client_drops_them(reader: FhirClient, nia: Laptop) -> None:
    plan = reader.read(f"CarePlan/{id_of('care_plan')}")
    plan = {key: value for key, value in plan.items() if key not in ("extension", "meta")}
    plan["description"] = "That I can go on dancing"
    answer = reader.ask("PUT", f"CarePlan/{plan['id']}", plan, If_Match='W/"1"')
    assert answer.status_code == 200, answer.text
    nia.pull()
    assert nia.held[EAST, "care_plan", plan["id"]][1] == {
        **plain("care_plan"), "most_important": "That I can go on dancing",
    }  # fmt: skip


def test_a_client_that_drops_the_tag_of_a_kind_changes_the_kind_that_it_read(reader: FhirClient) -> None:
    action = reader.read(f"Task/{id_of('action')}")
    del action["meta"]
    action["description"] = "Ask for a ramp"
    assert reader.ask("PUT", f"Task/{action['id']}", action, If_Match='W/"1"').status_code == 200
    assert reader.read(f"Task/{action['id']}")["meta"]["tag"][0]["code"] == "action"


def test_a_record_that_an_older_program_left_incomplete_can_be_changed(reader: FhirClient, nia: Laptop) -> None:
    id_ = nia.add_person(nhs_number=number(3), nhs_number_status="verified")
    person = {**reader.read(f"Patient/{id_}"), "generalPractitioner": a_patient()["generalPractitioner"]}
    answer = reader.ask("PUT", f"Patient/{id_}", person, If_Match='W/"1"')
    assert answer.status_code == 200, answer.text
    nia.pull()
    assert nia.held[EAST, "person", id_][1]["practice_id"] == id_of("practice")


def test_an_element_of_the_standard_that_is_left_out_is_cleared(reader: FhirClient, nia: Laptop) -> None:
    person = reader.read(PERSON)
    del person["telecom"]
    assert reader.ask("PUT", PERSON, person, If_Match='W/"1"').status_code == 200
    nia.pull()
    assert nia.held[EAST, "person", id_of("person")][1] == {**plain("person"), "telephone": "", "email": ""}


def test_somebody_is_made_once_by_a_condition_on_their_nhs_number(reader: FhirClient) -> None:
    condition = f"identifier={NHS_SYSTEM}|{number(1)}"
    made = reader.ask("POST", "Patient", a_patient(), If_None_Exist=condition)
    again = reader.ask("POST", "Patient", a_patient(), If_None_Exist=condition)
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == made.json()["id"]
    refused(reader.ask("POST", "Patient", a_patient(2), If_None_Exist="gender=female"), 412, "conflict")
    refused(reader.ask("POST", "Patient", a_patient(2), If_None_Exist=""), 412, "conflict")
    refused(reader.ask("POST", "Patient", a_patient(2), If_None_Exist="nickname=x"), 400, "not-supported")


def test_a_second_person_of_one_nhs_number_is_a_duplicate(reader: FhirClient) -> None:
    twin = a_patient(identifier=[{"system": NHS_SYSTEM, "value": NUMBER}])
    place = f"Patient.identifier.where(system='{NHS_SYSTEM}').value"
    refused(reader.ask("POST", "Patient", twin), 409, "duplicate", place)


def test_an_id_of_the_clients_own_is_made_once(reader: FhirClient) -> None:
    new = {**a_patient(), "id": id_of("person", 1)}
    place = f"Patient/{new['id']}"
    assert reader.ask("PUT", place, new, If_None_Match="*").status_code == 201
    refused(reader.ask("PUT", place, new, If_None_Match="*"), 412, "conflict")
    refused(reader.ask("PUT", "Patient/mine", {**new, "id": "mine"}), 422, "business-rule", "Patient.id")
    refused(reader.ask("PUT", f"Patient/{id_of('x')}", {**new, "id": id_of("x")}, If_Match='W/"1"'), 412, "conflict")
    refused(reader.ask("PUT", f"Patient/{id_of('x')}", new), 400, "structure")


def test_what_is_gone_is_gone(reader: FhirClient, nia: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    goal = reader.read(f"Goal/{id_of('goal')}")
    nia.pushed(nia.op("delete", "goal", id_of("goal"), 1))
    refused(reader.get(f"Goal/{id_of('goal')}"), 410, "deleted")
    refused(reader.ask("PUT", f"Goal/{goal['id']}", goal, If_Match='W/"1"'), 410, "deleted")
    refused(reader.get(f"Goal/{id_of('goal')}/_history/2"), 410, "deleted")
    store.database.write(
        lambda connection: moving.erase_person(connection, id_of("person"), "test", "an order", clock())
    )
    for place in (PERSON, f"CarePlan/{id_of('care_plan')}"):
        refused(reader.get(place), 410, "deleted")
    gone = {**a_patient(), "id": id_of("person")}
    refused(reader.ask("PUT", PERSON, gone, If_Match='W/"1"'), 410, "deleted")


def test_a_sealed_meeting_takes_no_change(reader: FhirClient, nia: Laptop) -> None:
    sealing = {"sealed_at": "2026-11-23T10:00:00.000Z", "sealed_by": "Nia"}
    assert nia.pushed(nia.op("update", "meeting", id_of("meeting"), 1, values=sealing))[0]["status"] == "ok"
    note = reader.read(f"Communication/{id_of('meeting_note')}")
    note["payload"][0]["contentString"] = "Other words"
    answer = reader.ask("PUT", f"Communication/{note['id']}", note, If_Match='W/"1"')
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (422, "business-rule")


BAD: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "no resource": ({"name": "x"}, 400, "structure", ""),
    "another type": ({"resourceType": "Task"}, 400, "structure", ""),
    "no birth date": (a_patient(birthDate=None), 422, "business-rule", "Patient.birthDate"),
    "half a birth date": (a_patient(birthDate="1940"), 422, "value", "Patient.birthDate"),
    "an element that R4 has not": (a_patient(shoe="41"), 422, "business-rule", "Patient"),
    "a number that is none": (
        a_patient(identifier=[{"system": NHS_SYSTEM, "value": "9434765918"}]), 422, "value",
        f"Patient.identifier.where(system='{NHS_SYSTEM}').value",
    ),
    "a practice that is nowhere": (
        a_patient(generalPractitioner=[{"reference": f"Organization/{id_of('nowhere')}"}]), 422, "business-rule",
        "Patient.generalPractitioner.reference",
    ),
    "a name that is too long": (
        a_patient(name=[{"use": "official", "family": "x" * 101}]), 422, "value",
        "Patient.name.where(use='official').family",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_where_it_is_and_nothing_is_kept(name: str, reader: FhirClient) -> None:
    resource, status, issue, expression = BAD[name]
    refused(reader.ask("POST", "Patient", resource), status, issue, expression)
    assert reader.found("Patient") == [id_of("person")]


def test_a_body_that_is_no_json_or_of_another_kind_is_refused(reader: FhirClient, http: httpx.Client) -> None:
    sent = {**reader.headers, "Authorization": f"Bearer {reader.token}"}
    for kind, content, status in (
        ("application/fhir+json", b"{", 400),
        ("application/fhir+json", b"[]", 400),
        ("application/fhir+xml", b"<Patient/>", 415),
        ("text/plain", b"x", 415),
    ):
        answer = http.post("/fhir/R4/Patient", content=content, headers={**sent, "Content-Type": kind})
        assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
    large = http.post(
        "/fhir/R4/Patient", content=b" " * (2 << 20), headers={**sent, "Content-Type": "application/fhir+json"}
    )
    assert (large.status_code, large.json()["issue"][0]["code"]) == (413, "too-long")


def test_a_resource_stays_about_the_same_person_and_of_the_same_kind(reader: FhirClient, nia: Laptop) -> None:
    other = reader.ask("POST", "Patient", a_patient()).json()["id"]
    contact = reader.read(f"RelatedPerson/{id_of('personal_contact')}")
    contact["patient"] = {"reference": f"Patient/{other}"}
    answer = reader.ask("PUT", f"RelatedPerson/{contact['id']}", contact, If_Match='W/"1"')
    refused(answer, 422, "business-rule", "RelatedPerson.patient.reference")
    plan = reader.read(f"CarePlan/{id_of('care_plan')}")
    plan["subject"] = {"reference": f"Patient/{other}"}
    assert reader.ask("PUT", f"CarePlan/{plan['id']}", plan, If_Match='W/"1"').status_code == 422


def test_a_plan_for_a_person_is_hung_on_their_case_by_the_store(reader: FhirClient, nia: Laptop) -> None:
    plan = {
        "resourceType": "CarePlan", "status": "draft", "intent": "plan", "subject": {"reference": PERSON},
        "description": "That I can go on dancing",
        "extension": [
            {"url": "https://mdt-desktop.example/fhir/StructureDefinition/care-plan-version", "valueInteger": 4}
        ],
    }  # fmt: skip
    answer = reader.ask("POST", "CarePlan", plan)
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject"] == {"reference": PERSON}
    nia.pull()
    body = nia.held[EAST, "care_plan", answer.json()["id"]][1]
    assert (body["case_id"], body["started_by"], body["started_at"]) == (
        id_of("person_case"), "Nia", "2026-11-23T09:00:00.000Z",
    )  # fmt: skip
    url = "https://mdt-desktop.example/fhir/StructureDefinition/need-plan-id"
    hung_on = {"url": url, "valueReference": {"reference": f"CarePlan/{answer.json()['id']}"}}
    about = {"subject": {"reference": PERSON}, "code": {"text": "Falls"}}
    need = {"resourceType": "Condition", **about, "extension": [hung_on]}
    first, second = (reader.ask("POST", "Condition", need) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201), first.text
    nia.pull()
    keys = [nia.held[EAST, "need", it.json()["id"]][1]["order_key"] for it in (first, second)]
    assert keys == sorted(set(keys))


def test_whoever_belongs_to_several_localities_says_which(http: httpx.Client, noor: Laptop) -> None:
    who = fhir_client(http, "Noor")
    refused(who.ask("POST", "Practitioner", a_practitioner()), 422, "required")
    tagged = {**a_practitioner(), "meta": {"tag": [{"system": BUCKET_SYSTEM, "code": WEST}]}}
    made = who.ask("POST", "Practitioner", tagged)
    assert made.status_code == 201, made.text
    noor.pull(WEST)
    assert (WEST, "practitioner", made.json()["id"]) in noor.held
    strange = {**a_practitioner(), "meta": {"tag": [{"system": BUCKET_SYSTEM, "code": id_of("bucket")}]}}
    refused(who.ask("POST", "Practitioner", strange), 403, "forbidden")
    furnish_kinds(noor, WEST)
    assert who.ask("POST", "Patient", a_patient()).json()["meta"]["tag"][1]["code"] == WEST


@pytest.mark.parametrize("wish", ["minimal", "representation", "OperationOutcome"])
def test_a_change_is_answered_as_the_client_prefers(wish: str, reader: FhirClient) -> None:
    answer = reader.ask("POST", "Patient", a_patient(), Prefer=f"return={wish}")
    assert answer.status_code == 201
    assert "/Patient/" in answer.headers["location"]
    told = answer.json()["resourceType"] if answer.content else ""
    assert told == {"minimal": "", "representation": "Patient", "OperationOutcome": "OperationOutcome"}[wish]


def test_the_facades_device_is_none_that_anybody_waits_for(reader: FhirClient, store: CentralStore) -> None:
    reader.ask("POST", "Patient", a_patient())
    with store.database.reading() as connection:
        statuses = [it.status for it in devices.listed(connection) if it.name == "FHIR"]
        waited_for = devices.unconfirmed(connection, "erase", EAST, "person", id_of("person"))
    assert statuses == ["system"]
    assert "FHIR" not in [it.name for it in waited_for]
    assert len(waited_for) == 2


def test_laptop_of_the_same_user_sees_the_change_as_anothers(reader: FhirClient, http: httpx.Client) -> None:
    other = laptop(http, "Nia")
    reader.ask("POST", "Patient", a_patient())
    entry = other.pull()["entries"][-1]
    assert (entry["by"], entry["op_no"], entry["op_device"] == other.device) == ("Nia", 1, False)
