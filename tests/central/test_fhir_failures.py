"""What the façade says when something fails: an OperationOutcome without detail, and nothing half done."""

import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.fhir_api import search
from mdt_desktop.fhir.mapping import KINDS_OF
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import Laptop
from tests.helpers.fhir_store import FhirClient, fhir_client, furnish_kinds, id_of, plain, refused
from tests.helpers.log_watch import LogWatch

PERSON = f"Patient/{id_of('person')}"


@pytest.fixture(params=["sqlite"])
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """SQLite only: how a database fails is tested with the exchange."""
    return tmp_path / "central", None


@pytest.fixture
def reader(nia: Laptop, http: httpx.Client) -> FhirClient:
    """An ordinary client of East, which has a record of every kind."""
    furnish_kinds(nia)
    return fhir_client(http, "Nia")


def lose(store: CentralStore, table: str) -> None:
    store.database.write(lambda connection: connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO lost"))


def found_again(store: CentralStore, table: str) -> None:
    store.database.write(lambda connection: connection.exec_driver_sql(f"ALTER TABLE lost RENAME TO {table}"))


def test_a_database_that_fails_is_told_as_busy(
    reader: FhirClient, store: CentralStore, log_watch: LogWatch
) -> None:
    log_watch.expect("request_failed")
    lose(store, "record")
    answer = reader.get(PERSON)
    refused(answer, 503, "transient")
    assert answer.headers["retry-after"] == "5"
    assert "record" not in answer.text


def test_what_the_audit_cannot_have_is_not_told(reader: FhirClient, store: CentralStore) -> None:
    lose(store, "audit")
    for place in (PERSON, "Patient", "_history", f"{PERSON}/$everything", f"{PERSON}/_history/1"):
        answer = reader.get(place)
        refused(answer, 503, "transient")
        assert "A few words" not in answer.text


@pytest.mark.parametrize("table", ["op_result", "audit", "change", "record_version"])
def test_a_write_that_fails_on_the_way_changes_nothing(
    table: str, reader: FhirClient, store: CentralStore, nia: Laptop
) -> None:
    nia.pull()
    person = reader.read(PERSON)
    person["gender"] = "other"
    lose(store, table)
    refused(reader.ask("PUT", PERSON, person, If_Match='W/"1"'), 503, "transient")
    found_again(store, table)
    assert nia.page()["entries"] == []
    assert reader.read(PERSON)["meta"]["versionId"] == "1"
    # The number that was not used is free: the next write goes through.
    assert reader.ask("PUT", PERSON, person, If_Match='W/"1"').status_code == 200


def test_what_nobody_foresaw_says_only_that_it_happened(
    reader: FhirClient, monkeypatch: pytest.MonkeyPatch, log_watch: LogWatch
) -> None:
    log_watch.expect("request_failed")

    def fail(*_: object) -> None:
        raise ValueError("Wilma Examplesson")

    monkeypatch.setattr(search, "understood", fail)
    answer = reader.get("Patient?name=x")
    refused(answer, 500, "exception")
    assert "Examplesson" not in answer.text


def test_somebody_who_tries_many_tokens_has_to_wait(http: httpx.Client) -> None:
    strange = FhirClient(http, "no token of this store")
    for _ in range(60):
        assert strange.get("Patient").status_code == 401
    answer = strange.get("Patient")
    refused(answer, 429, "throttled")
    assert answer.headers["retry-after"] == "60"


STRANGE = {
    "a code of a newer laptop": ("status", "of_tomorrow"),
    "a list where text is": ("status", ["draft"]),
    "a number where a text is": ("most_important", 5),
    "a day that is none": ("review_due", "soon"),
    "a moment that is none": ("started_at", "now"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_one_strange_record_stops_neither_lists_nor_histories(name: str, reader: FhirClient, nia: Laptop) -> None:
    column, value = STRANGE[name]
    other = plain("care_plan", 1, version=4)
    assert nia.pushed(nia.op("create", "care_plan", other["id"], values=other))[0]["status"] == "ok"
    place = f"CarePlan/{other['id']}"
    assert nia.pushed(nia.op("update", "care_plan", other["id"], 1, values={column: value}))[0]["status"] == "ok"
    bundle = reader.read(f"CarePlan?patient={id_of('person')}")
    assert faults_of(bundle) == []
    told = {it["resource"]["id"] for it in bundle["entry"] if it["search"]["mode"] == "match"}
    assert told >= {id_of("care_plan"), id_of("contingency_plan"), id_of("other_plan")}
    left_out = [it["resource"]["issue"][0]["code"] for it in bundle["entry"] if it["search"]["mode"] == "outcome"]
    assert left_out == ([] if other["id"] in told else ["incomplete"])
    for place_ in ("CarePlan/_history", f"{PERSON}/$everything", "_history?_count=500", f"{place}/_history"):
        assert faults_of(reader.read(place_)) == []
    answer = reader.get(place)
    if other["id"] in told:
        assert faults_of(answer.json()) == []
    else:
        refused(answer, 500, "incomplete")
    # Somebody who puts it right can do so.
    right = {**reader.read(f"{place}/_history/1")}
    assert reader.ask("PUT", place, right, If_Match='W/"2"').status_code == 200
    assert reader.read(place)["status"] == "draft"


JUNK: tuple[Any, ...] = (
    None, True, -1, "", "x", "Patient/x", "urn:uuid:x", [], {}, [[]], [{}], ["x"], {"reference": 5}, {"coding": 5},
    {"reference": "Patient?x=y"}, "9999-12-31", "0001-01-01",
)  # fmt: skip


def spoilt(value: Any, chance: random.Random) -> Any:
    """A value with something taken out, or junk in its place, here and there."""
    if chance.random() < 0.08:
        return chance.choice(JUNK)
    if isinstance(value, dict):
        return {name: spoilt(it, chance) for name, it in value.items() if chance.random() > 0.04}
    return [spoilt(it, chance) for it in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_sent_the_facade_answers_and_goes_on(seed: int, reader: FhirClient, nia: Laptop) -> None:
    chance = random.Random(seed)
    whole = [it["resource"] for it in reader.read("_history?_count=500")["entry"]]
    for resource in [*whole, *whole]:
        type_, id_ = resource["resourceType"], resource["id"]
        wrong = spoilt(resource, chance)
        request = {"method": chance.choice(["POST", "PUT"]), "url": f"{type_}/{id_}", "ifMatch": 'W/"1"'}
        bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": wrong, "request": request}]}
        for answer in (
            reader.ask("PUT", f"{type_}/{id_}", wrong, If_Match='W/"1"'),
            reader.ask("POST", "", spoilt(bundle, chance)),
        ):
            assert answer.status_code < 500, (seed, wrong)
            assert faults_of(answer.json()) == [], (seed, wrong)
    assert all(faults_of(reader.read(type_)) == [] for type_ in KINDS_OF)
    nia.pull()


def test_places_that_are_none_are_told_as_outcomes(http: httpx.Client) -> None:
    for place in ("/fhir/R4/metadata/more/and/more", "/fhir/", "/fhir/R5/Patient", "/fhir/R4/Patient/1/2/3/4"):
        answer = http.get(place)
        assert answer.status_code == 404, place
        assert faults_of(answer.json()) == []
