"""The façade and laptops on one record, and many clients at once: on both databases, by the same rules (SYNC 6, 58)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest

from tests.helpers.central import EAST, WEST, Laptop, laptop
from tests.helpers.fhir_store import (
    NHS_SYSTEM,
    FhirClient,
    Follower,
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


def test_every_edit_of_clients_and_a_laptop_at_once_counts_once(
    reader: FhirClient, nia: Laptop, http: httpx.Client
) -> None:
    """SYNC 6, 58, I1 and I4: each edit was in force once, on top of the one before it; all hold the same at rest."""
    edits = 4

    def by_client(name: str) -> None:
        who = fhir_client(http, "Nia")
        for serial in range(edits):
            while True:
                seen = who.get(PERSON)
                person = seen.json()
                person["telecom"][0]["value"] = f"{name} {serial}"
                status = who.ask("PUT", PERSON, person, If_Match=seen.headers["etag"]).status_code
                if status == 200:
                    break
                assert status == 412

    def by_laptop(own: Laptop) -> None:
        ver = 1
        for serial in range(edits):
            while True:
                op = own.op("update", "person", id_of("person"), ver, values={"title": f"laptop {serial}"})
                result = own.pushed(op)[0]
                if result["status"] == "ok":
                    ver = result["ver"]
                    break
                assert result["status"] == "stale"
                ver = result["current"]["ver"]

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(by_client, name) for name in ("first", "second", "third")]
        running.append(pool.submit(by_laptop, nia))
        for it in running:
            it.result()
    history = reader.read(f"{PERSON}/_history")["entry"][::-1]
    assert len(history) == 1 + 4 * edits
    changed = []
    for before, after in pairwise(it["resource"] for it in history):
        names = [name for name in ("telecom", "name") if before[name] != after[name]]
        assert len(names) == 1, "an edit was taken back by another"
        changed.append(after["telecom"][0]["value"] if names == ["telecom"] else after["name"][0]["prefix"][0])
    assert sorted(changed) == sorted(
        f"{who} {serial}" for who in ("first", "second", "third", "laptop") for serial in range(edits)
    )
    nia.pull()
    assert nia.held[EAST, "person", id_of("person")][0] == len(history)


def test_several_localities_are_one_history(http: httpx.Client, noor: Laptop) -> None:
    follower = Follower(fhir_client(http, "Noor"), "Patient/_history?_count=2")
    people = {noor.add_person(bucket) for bucket in (EAST, WEST, EAST, WEST, EAST)}
    follower.follow()
    assert follower.held.keys() == {f"Patient/{it}" for it in people}
    later = {noor.add_person(bucket) for bucket in (WEST, EAST)}
    follower.follow()
    assert follower.held.keys() == {f"Patient/{it}" for it in people | later}


def test_a_slow_writer_is_not_passed_by(reader: FhirClient, http: httpx.Client) -> None:
    """SYNC 2 and 6, 31: many writers at once, one client that follows meanwhile: it misses nobody."""
    follower = Follower(reader, "Patient/_history?_count=3")
    made: list[str] = []

    def write(own: Laptop) -> None:
        made.extend(own.add_person() for _ in range(8))

    writers = [threading.Thread(target=write, args=(laptop(http, "Nia"),)) for _ in range(4)]
    for thread in writers:
        thread.start()
    while any(thread.is_alive() for thread in writers):
        follower.follow()
    for thread in writers:
        thread.join()
    follower.follow()
    assert follower.held.keys() == {f"Patient/{it}" for it in [*made, id_of("person")]}
    assert len(made) == 32
