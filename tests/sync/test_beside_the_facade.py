"""Two real laptops and an ordinary FHIR client on one real central store: the same rules for all (SYNC 6, 58)."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mdt_desktop.central.app import create_app
from mdt_desktop.records import Person
from tests.helpers.central import AppTransport
from tests.helpers.central_team import CentralTeam, a_central_team
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_store import NHS_SYSTEM, FhirClient, fhir_client, number
from tests.sync.laptops import Laptop


@pytest.fixture
def team(tmp_path: Path, clock: FrozenClock) -> Iterator[CentralTeam]:
    """Nia's and Noor's laptops, who have exchanged a person with a case."""
    with a_central_team(tmp_path, clock) as made:
        yield made


@pytest.fixture
def record(team: CentralTeam) -> Iterator[FhirClient]:
    """The shared care record, which writes as Nia."""
    with httpx.Client(transport=AppTransport(create_app(team.store)), base_url="http://central.test") as http:
        yield fhir_client(http, "Nia")


def telephone_by_record(record: FhirClient, person: str, telephone: str) -> None:
    seen = record.get(f"Patient/{person}")
    resource = {**seen.json(), "telecom": [{"system": "phone", "value": telephone}]}
    answer = record.ask("PUT", f"Patient/{person}", resource, If_Match=seen.headers["etag"])
    assert answer.status_code == 200, answer.text


def telephone(laptop: Laptop, person: str) -> str:
    row = laptop.row("person", person)
    assert row is not None
    return str(row["telephone"])


def test_what_the_record_changes_is_on_the_laptops_at_their_next_run(team: CentralTeam, record: FhirClient) -> None:
    telephone_by_record(record, team.person, "020 7946 0001")
    for laptop in (team.nia, team.noor):
        team.sync(laptop)
        assert telephone(laptop, team.person) == "020 7946 0001"
        assert laptop.ask("SELECT * FROM conflict") == []


def test_another_field_of_a_laptop_offline_is_merged_with_what_the_record_changed(
    team: CentralTeam, record: FhirClient
) -> None:
    team.noor.change(Person, team.person, team.person, email="w@example.org")
    telephone_by_record(record, team.person, "020 7946 0001")
    for laptop in (team.noor, team.nia):
        team.sync(laptop)
        row = laptop.row("person", team.person)
        assert row is not None
        assert (row["telephone"], row["email"]) == ("020 7946 0001", "w@example.org")
        assert laptop.ask("SELECT * FROM conflict") == []
    values = {it["system"]: it["value"] for it in record.read(f"Patient/{team.person}")["telecom"]}
    assert values == {"phone": "020 7946 0001", "email": "w@example.org"}


def test_the_same_field_is_a_conflict_on_every_laptop_and_nothing_is_lost(
    team: CentralTeam, record: FhirClient
) -> None:
    team.noor.change(Person, team.person, team.person, telephone="020 7946 0999")
    telephone_by_record(record, team.person, "020 7946 0001")
    for laptop in (team.noor, team.nia):
        team.sync(laptop)
        found = laptop.ask("SELECT field, mine, theirs, mine_by, theirs_by, status FROM conflict")
        assert found == [("telephone", '"020 7946 0999"', '"020 7946 0001"', "Noor", "Nia", "open")]
        assert telephone(laptop, team.person) == "020 7946 0001"


def test_somebody_whom_the_record_brings_can_be_worked_on_at_once(team: CentralTeam, record: FhirClient) -> None:
    made = record.ask(
        "POST",
        "Patient",
        {
            "resourceType": "Patient",
            "identifier": [{"system": NHS_SYSTEM, "value": number(1)}],
            "name": [{"family": "Newcomerson", "given": ["Percy"]}],
            "birthDate": "1938-02-28",
            "generalPractitioner": [{"reference": f"Organization/{team.practice}"}],
        },
        If_None_Exist=f"identifier={NHS_SYSTEM}|{number(1)}",
    )
    assert made.status_code == 201, made.text
    person = made.json()["id"]
    case = record.ask(
        "POST",
        "EpisodeOfCare",
        {
            "resourceType": "EpisodeOfCare",
            "status": "planned",
            "patient": {"reference": f"Patient/{person}"},
            "period": {"start": "2026-11-23"},
            "extension": [
                {
                    "url": "https://mdt-desktop.example/fhir/StructureDefinition/person-case-stage-since",
                    "valueDate": "2026-11-23",
                }
            ],
        },
    )
    assert case.status_code == 201, case.text
    team.sync(team.noor)
    assert team.noor.ask("SELECT family_name FROM caseload_index ORDER BY 1") == [("Examplesson",), ("Newcomerson",)]
    assert team.noor.one("SELECT count(*) FROM sync_record WHERE state = 'quarantined'") == 0
    team.noor.change(Person, person, person, telephone="020 7946 0002")
    team.sync(team.noor)
    assert record.read(f"Patient/{person}")["telecom"] == [{"system": "phone", "value": "020 7946 0002"}]
