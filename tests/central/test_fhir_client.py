"""fhirpy, an independent FHIR client, reads and writes through the façade of a really served store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

from mdt_desktop.central.central_store import open_store
from tests.helpers.central import EAST, Laptop, cheap_passwords, furnish, laptop
from tests.helpers.central_server import serving
from tests.helpers.fhir_store import NHS_SYSTEM, NUMBER, a_patient, fhir_client, furnish_kinds, id_of, number


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop at a started server that has a record of every kind."""
    folder: Path = tmp_path_factory.mktemp("served")
    store = open_store(folder, passwords=cheap_passwords())
    furnish(store)
    store.close()
    with serving("--data", str(folder)) as server, httpx.Client(base_url=server.address, timeout=60) as http:
        nia = laptop(http, "Nia")
        furnish_kinds(nia)
        yield nia


def connected(served: Laptop, **headers: str) -> Any:
    """fhirpy, signed in; headers with underscores go with every request."""
    token = fhir_client(served.http, "Nia").token
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    base = str(served.http.base_url).rstrip("/")
    return SyncFHIRClient(f"{base}/fhir/R4", authorization=f"Bearer {token}", extra_headers=extra)


def test_somebody_is_made_found_read_and_changed(served: Laptop) -> None:
    client = connected(served)
    made = client.resource("Patient", **a_patient(1)).create()
    found = client.resources("Patient").search(identifier=f"{NHS_SYSTEM}|{number(1)}").get()
    assert (found.id, found.meta.versionId) == (made.id, "1")
    assert client.reference("Patient", made.id).to_resource().serialize() == found.serialize()
    found["gender"] = "other"
    with pytest.raises(OperationOutcome, match="If-Match"):
        found.save()
    careful = connected(served, If_Match=f'W/"{found.meta.versionId}"')
    saved = careful.resource("Patient", **found.serialize()).save()
    assert (saved.meta.versionId, saved.gender) == ("2", "other")
    with pytest.raises(MultipleResourcesFound):  # fhirpy's name for every 412
        careful.resource("Patient", **found.serialize()).save()
    served.pull()
    assert served.held[EAST, "person", made.id][1]["gender"] == "other"
    assert found.refresh().meta.versionId == "2"
    assert found.refresh().meta.versionId == "2"


def test_searches_are_followed_through_their_pages(served: Laptop) -> None:
    client = connected(served)
    for serial in range(10, 15):
        client.resource("Patient", **a_patient(serial, name=[{"family": "Pagesson"}])).create()
    paged = client.resources("Patient").search(family="pagesson").limit(2).fetch_all()
    assert sorted(it.identifier[0].value for it in paged) == sorted(number(serial) for serial in range(10, 15))
    assert client.resources("Patient").search(family="pagesson").first().name[0].family == "Pagesson"


def test_plans_come_with_whom_they_are_for(served: Laptop) -> None:
    client = connected(served)
    wanted = client.resources("CarePlan").search(patient__identifier=NUMBER).include("CarePlan", "patient")
    bundle = wanted.fetch_raw()
    types = {it.resource.resource_type for it in bundle.entry}
    assert types == {"CarePlan", "Patient"}
    everything = client.reference("Patient", id_of("person")).execute("$everything", method="get")
    assert everything.total == len(everything.entry)


def test_a_transaction_and_a_history(served: Laptop) -> None:
    client = connected(served)
    begun = client.execute("_history", method="get", params={"_count": 500})
    entry = {"resource": a_patient(20), "request": {"method": "POST", "url": "Patient"}}
    answer = client.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    assert answer.entry[0].response.status == "201 Created"
    link = next(it.url for it in begun.link if it.relation == "monitor")
    later = client.execute(link, method="get")
    assert [it.resource.id for it in later.entry] == [answer.entry[0].resource.id]


def test_what_is_refused_is_an_error_of_the_client(served: Laptop) -> None:
    client = connected(served)
    with pytest.raises(ResourceNotFound):
        client.reference("Patient", id_of("nobody")).to_resource()
    with pytest.raises(OperationOutcome, match="nickname"):
        client.resources("Patient").search(nickname="x").fetch()
    with pytest.raises(OperationOutcome, match="birthDate"):
        client.resource("Patient", **a_patient(30, birthDate="1940")).create()
