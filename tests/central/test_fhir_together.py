"""The façade and laptops on one record, and many clients at once: on both databases, by the same rules (SYNC 6, 58)."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.helpers.central import Laptop
from tests.helpers.fhir_store import (
    NHS_SYSTEM,
    FhirClient,
    a_patient,
    fhir_client,
    furnish_kinds,
    id_of,
    number,
    refused,
)

PERSON = f"Patient/{id_of('person')}"


@pytest.fixture
def reader(nia: Laptop, http: httpx.Client) -> FhirClient:
    """An ordinary client of East, which has a record of every kind."""
    furnish_kinds(nia)
    return fhir_client(http, "Nia")


def test_facade_and_laptops_change_one_record_by_the_same_rules(reader: FhirClient, nia: Laptop) -> None:
    """SYNC 6, 58: whoever comes second with the older version is told, on either side."""
    person = reader.read(PERSON)
    nia.pushed(nia.op("update", "person", id_of("person"), 1, values={"title": "Dr"}))
    person["telecom"][0]["value"] = "020 7946 0000"
    refused(reader.ask("PUT", PERSON, person, If_Match='W/"1"'), 412, "conflict")
    seen = reader.get(PERSON)
    person = seen.json()
    assert person["name"][0]["prefix"] == ["Dr"]
    person["telecom"][0]["value"] = "020 7946 0000"
    assert reader.ask("PUT", PERSON, person, If_Match=seen.headers["etag"]).status_code == 200
    late = nia.pushed(nia.op("update", "person", id_of("person"), 2, values={"telephone": "020 7946 0999"}))[0]
    assert (late["status"], late["current"]["ver"]) == ("stale", 3)
    assert (late["current"]["body"]["title"], late["current"]["body"]["telephone"]) == ("Dr", "020 7946 0000")
    nia.pull()
    # The laptop's own numbers go on where they were: the façade has numbers of its own.
    assert nia.pushed(nia.op("update", "person", id_of("person"), 3, values={"title": "Ms"}))[0]["status"] == "ok"


def test_many_clients_at_once_make_one_person(reader: FhirClient, http: httpx.Client) -> None:
    tokens = [fhir_client(http, "Nia").token for _ in range(6)]

    def one(token: str) -> int:
        condition = f"identifier={NHS_SYSTEM}|{number(1)}"
        return FhirClient(http, token).ask("POST", "Patient", a_patient(), If_None_Exist=condition).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(one, tokens))
    assert statuses == [200] * 5 + [201]
    assert len(reader.found("Patient")) == 2
