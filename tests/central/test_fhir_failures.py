"""What the façade says when something fails: an OperationOutcome without detail, and nothing half done."""

from pathlib import Path

import httpx
import pytest

from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.fhir_api import search
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.central import Laptop
from tests.helpers.fhir_store import FhirClient, fhir_client, furnish_kinds, id_of, refused
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


def test_places_that_are_none_are_told_as_outcomes(http: httpx.Client) -> None:
    for place in ("/fhir/R4/metadata/more/and/more", "/fhir/", "/fhir/R5/Patient", "/fhir/R4/Patient/1/2/3/4"):
        answer = http.get(place)
        assert answer.status_code == 404, place
        assert faults_of(answer.json()) == []
