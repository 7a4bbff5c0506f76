"""Searches of the façade, alike on both databases: parameters, pages, what is sent along, and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from mdt_desktop.central.central_store import open_store
from mdt_desktop.central.fhir_api import search
from mdt_desktop.fhir.mapping import KINDS_OF
from mdt_desktop.fhir.validation import SchemaFault, faults_of
from tests.helpers import postgres
from tests.helpers.central import cheap_passwords, client, furnish, laptop
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_store import (
    NHS_SYSTEM,
    NUMBER,
    FhirClient,
    fhir_client,
    furnish_kinds,
    id_of,
    link,
    number,
    plain,
    refused,
)

PERSON = id_of("person")
SAID = f"{NHS_SYSTEM}|{NUMBER}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def reader(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres_cluster: postgres.Cluster | None,
) -> Iterator[FhirClient]:
    """A client of East: a record of every kind, and five more people. Nothing here writes, so one store is enough."""
    place: tuple[Path | None, str | None] = (tmp_path_factory.mktemp("central"), None)
    if request.param == "postgresql":
        if postgres_cluster is None:
            postgres.skip(postgres.unavailable() or "it could not be started")
        place = (None, postgres_cluster.fresh())
    store = open_store(*place, FrozenClock(), cheap_passwords())
    furnish(store)
    with client(store) as http:
        nia = laptop(http, "Nia")
        furnish_kinds(nia)
        for serial, (family, given, born, gender) in enumerate(OTHERS, 1):
            values = plain(
                "person", serial, family_name=family, given_names=given, born=born, gender=gender,
                nhs_number=number(serial), preferred_name="", title="",
            )  # fmt: skip
            assert nia.pushed(nia.op("create", "person", values["id"], values=values))[0]["status"] == "ok"
        yield fhir_client(http, "Nia")
    store.close()


OTHERS = (
    ("Façadesson", "Wilma Ann", "1940-08-14", "female"),
    ("O'Examplesson", "Zoë", "1940-08-15", "female"),
    ("Examplesson", "Wilfred", "1941-01-01", "male"),
    ("Ångströmson", "Bo", "1938-02-28", "male"),
    ("Comma, the", "Percy", "1940-12-31", "other"),
)
EVERYBODY = {PERSON, *(id_of("person", serial) for serial in range(1, 6))}


def people(*serials: int) -> set[str]:
    return {id_of("person", serial) for serial in serials}


FOUND = {
    f"identifier={SAID}": people(0),
    f"identifier={NUMBER}": people(0),
    f"identifier={SAID},{NHS_SYSTEM}|{number(2)}": people(0, 2),
    f"identifier=https://other.example|{NUMBER}": set(),
    f"identifier=|{NUMBER}": set(),
    f"identifier={NHS_SYSTEM}|": EVERYBODY,
    "name=facade": people(1),
    "name=WILMA": people(1),
    "name=ann": people(1),
    "name=zoe": people(2),
    "family=examplesson": people(3),
    "family:contains=examples": people(2, 3),
    "family:exact=Examplesson": people(3),
    "family:exact=examplesson": set(),
    "family=angstrom": people(4),
    r"family=Comma\, the": people(5),
    "given=bo,percy": people(4, 5),
    "family=Examplesson&given=Zoë": set(),
    "birthdate=1940-08-14": people(1),
    "birthdate=1940-08": people(1, 2),
    "birthdate=1940": people(1, 2, 5),
    "birthdate=ge1940-08-15&birthdate=le1940-12-31": people(2, 5),
    "birthdate=gt1940-08-15&birthdate=lt1941": people(5),
    "birthdate=lt1940": people(4),
    "birthdate=sa1940&birthdate=eb1942": people(3),
    "birthdate=ne1940": {PERSON} | people(3, 4),
    "birthdate=ap1940-08-20": people(1, 2),
    "gender=male": people(3, 4),
    "gender:not=male": EVERYBODY - people(3, 4),
    "gender=male,other": people(3, 4, 5),
    "general-practitioner=Organization/" + id_of("practice"): EVERYBODY,
    "general-practitioner=" + id_of("locality"): set(),
    "death-date:missing=true": EVERYBODY,
    "death-date:missing=false": set(),
    "address-postalcode=zz99": EVERYBODY,
    f"_id={PERSON},{id_of('person', 3)}": people(3) | {PERSON},
    f"_id={PERSON}&gender=male": set(),
    "_lastUpdated=2026-11-23": EVERYBODY,
    "_lastUpdated=lt2026-11-23": set(),
    "_lastUpdated=ge2026-11-23T09:00:00Z": EVERYBODY,
    "_lastUpdated=gt2026-11-23T10:00:00+00:00": set(),
    "name=": EVERYBODY,
}
FOUND = {name: {PERSON if it == id_of("person", 0) else it for it in ids} for name, ids in FOUND.items()}


@pytest.mark.parametrize("query", FOUND)
def test_people_are_found(query: str, reader: FhirClient) -> None:
    place = "Patient?" + quote(query, safe="=&|:,\\+")
    assert set(reader.found(place)) == FOUND[query]
    form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {reader.token}"}
    posted = reader.http.post("/fhir/R4/Patient/_search", content=quote(query, safe="=&"), headers=form)
    assert {it["resource"]["id"] for it in posted.json().get("entry", [])} == FOUND[query]


ABOUT = {
    f"CarePlan?patient={PERSON}": {"care_plan", "contingency_plan", "other_plan"},
    f"CarePlan?subject=Patient/{PERSON}&status=draft": {"care_plan"},
    f"CarePlan?patient.identifier={SAID}": {"care_plan", "contingency_plan", "other_plan"},
    f"CarePlan?subject:Patient={PERSON}&category=joint": {"care_plan"},
    f"CarePlan?patient={id_of('person', 1)}": set(),
    f"CarePlan?patient.identifier={NHS_SYSTEM}|{number(9)}": set(),
    f"CarePlan?patient.identifier={NHS_SYSTEM}|": set(),
    f"CareTeam?patient={PERSON}": {"care_team_member", "lead_allocation"},
    "CareTeam?status=proposed": {"lead_allocation"},
    f"CareTeam?participant=Practitioner/{id_of('practitioner')}": {"care_team_member", "lead_allocation"},
    f"Task?patient={PERSON}": {"action", "task", "handover"},
    f"Task?patient={PERSON}&status=requested": {"action", "task", "handover"},
    "Task?authored-on=2026-11-23": {"task", "handover"},
    f"Task?owner={id_of('practitioner')}": {"action", "task", "handover"},
    f"Task?based-on=Goal/{id_of('goal')}": {"action"},
    f"Goal?patient={PERSON}": {"goal"},
    f"Condition?subject={PERSON}": {"need"},
    f"Flag?patient={PERSON}": {"flag", "restriction"},
    f"Consent?patient={PERSON}": {"consent", "sharing_decision"},
    f"EpisodeOfCare?patient={PERSON}&date=ge2026": {"person_case"},
    f"QuestionnaireResponse?patient={PERSON}": {"assessment"},
    f"DocumentReference?patient={PERSON}&status=current&date=2026-11-23": {"case_paper"},
    "DocumentReference?contenttype=application/pdf": {"case_paper"},
    "Organization?name=a": {"organisation", "practice", "locality"},
    "Practitioner?active=true": {"practitioner"},
    "Appointment?date=2026-11-23": {"meeting"},
}


@pytest.mark.parametrize("query", ABOUT)
def test_what_is_about_somebody_is_found(query: str, reader: FhirClient) -> None:
    assert set(reader.found(query)) == {id_of(kind) for kind in ABOUT[query]}


@pytest.mark.parametrize("type_", sorted(KINDS_OF))
def test_every_type_is_served_as_valid_r4(type_: str, reader: FhirClient) -> None:
    bundle = reader.read(type_)
    assert faults_of(bundle) == []
    kinds = {it["resource"]["meta"]["tag"][0]["code"] for it in bundle.get("entry", [])}
    assert kinds == set(KINDS_OF[type_]) - {"role_held"} - ({"flag"} if type_ == "AllergyIntolerance" else set())
    for it in bundle.get("entry", []):
        single = reader.get(f"{type_}/{it['resource']['id']}")
        assert single.json() == it["resource"]
        assert (single.headers["etag"], single.headers["last-modified"]) == (
            'W/"1"', "Mon, 23 Nov 2026 09:00:00 GMT",
        )  # fmt: skip


def test_pages_hold_everybody_once_and_their_links_tell_nothing(reader: FhirClient) -> None:
    ids: list[str] = []
    url: str | None = "Patient?_count=2"
    pages = 0
    while url is not None:
        bundle = reader.read(url)
        pages += 1
        ids += [it["resource"]["id"] for it in bundle["entry"]]
        url = link(bundle, "next")
        own = link(bundle, "self")
        assert own is not None
        assert reader.read(own)["entry"] == bundle["entry"]
        assert "count" not in own.removeprefix("http://central.test/fhir/R4/Patient?_page=")
    assert (pages, sorted(ids)) == (3, sorted(EVERYBODY))


def test_a_page_that_looked_at_enough_ends_there_and_goes_on(
    reader: FhirClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_STEP", 2)
    monkeypatch.setattr(search, "LOOKED_AT", 2)
    first = reader.read("Patient?gender=male")
    assert link(first, "next") is not None
    assert set(reader.found("Patient?gender=male")) == people(3, 4)


def test_counts_are_told_where_they_are_asked_for(reader: FhirClient) -> None:
    bundle = reader.read("Patient?gender=male&_count=0")
    assert ("entry" in bundle, bundle["total"]) == (False, 2)
    assert reader.read(f"CarePlan?patient={PERSON}&_count=1")["total"] == 3


def test_what_a_match_refers_to_is_sent_along(reader: FhirClient) -> None:
    bundle = reader.read(f"Task?patient={PERSON}&_include=Task:owner&_include=Task:patient")
    modes = {(it["resource"]["resourceType"], it["search"]["mode"]) for it in bundle["entry"]}
    assert modes == {("Task", "match"), ("Practitioner", "include"), ("Patient", "include")}
    assert (bundle["total"], len(bundle["entry"])) == (3, 5)
    plans = reader.read("CarePlan?_include=CarePlan:*")
    assert {it["resource"]["id"] for it in plans["entry"] if it["search"]["mode"] == "include"} == {PERSON}
    teams = reader.read("CareTeam?_include=CareTeam:participant:Practitioner")
    assert [it["resource"]["resourceType"] for it in teams["entry"]] == ["CareTeam", "CareTeam", "Practitioner"]
    assert len(reader.read("CareTeam?_include=CareTeam:participant:Organization")["entry"]) == 2
    assert faults_of(bundle) == []


def test_everything_about_somebody(reader: FhirClient) -> None:
    bundle = reader.read(f"Patient/{PERSON}/$everything")
    types = [it["resource"]["resourceType"] for it in bundle["entry"]]
    assert types[0] == "Patient"
    assert types.count("Patient") == 1
    assert {"CarePlan", "CareTeam", "Task", "Goal", "Consent", "Practitioner", "Organization"} <= set(types)
    assert (bundle["total"], faults_of(bundle)) == (len(types), [])
    only = reader.read(f"Patient/{PERSON}/$everything?_type=Goal,Task")
    assert {it["resource"]["resourceType"] for it in only["entry"]} == {"Goal", "Task"}
    assert "entry" not in reader.read(f"Patient/{PERSON}/$everything?_since=2027-01-01T00:00:00Z")


REFUSED = {
    "Patient?nickname=x": (400, "not-supported"),
    "Patient?name:sounds=x": (400, "not-supported"),
    "Patient?birthdate:exact=1940": (400, "not-supported"),
    "Patient?birthdate=soon": (400, "value"),
    "Patient?birthdate=1940-13": (400, "value"),
    "Patient?_lastUpdated=": (200, ""),
    "Patient?_count=many": (400, "value"),
    "Patient?_sort=name": (400, "not-supported"),
    "Patient?_include=Patient:nobody": (400, "value"),
    "Patient?_include=Task:owner": (400, "value"),
    "Patient?_page=bm90aGluZw": (400, "value"),
    "Patient?name=%FF": (400, "value"),
    "Patient?name=%00": (400, "value"),
    "Patient?death-date:missing=perhaps": (400, "value"),
    "Patient?patient.identifier=1": (400, "not-supported"),
    "Patient?_format=xml": (406, "not-supported"),
    "Patient?_format=json": (200, ""),
    "Patient?_format=application/fhir%2Bjson": (200, ""),
    "Patient?_format=application/fhir+json": (200, ""),
    "Medication": (404, "not-supported"),
    "Medication?code=x": (404, "not-supported"),
    "patient": (404, "not-found"),
    f"Patient/{PERSON}?_summary=true": (400, "not-supported"),
    "Patient/a_b": (404, "not-found"),
    f"Patient/{PERSON}/_history/x": (404, "not-found"),
    f"Patient/{PERSON}/_history/9": (404, "not-found"),
    f"Patient/{PERSON}/$nothing": (404, "not-found"),
    f"Task/{PERSON}": (404, "not-found"),
    f"AllergyIntolerance/{id_of('flag')}": (404, "not-found"),
}


@pytest.mark.parametrize("place", REFUSED)
def test_what_is_not_understood_is_refused_and_never_passed_over(place: str, reader: FhirClient) -> None:
    status, issue = REFUSED[place]
    answer = reader.get(place)
    if status == 200:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer, status, issue)


def test_methods_that_a_place_does_not_have_and_formats_that_nobody_reads(reader: FhirClient) -> None:
    for method in ("DELETE", "PATCH"):
        answer = reader.ask(method, f"Patient/{PERSON}")
        refused(answer, 405, "not-supported")
        assert "GET" in answer.headers["allow"]
    refused(reader.get("Patient", Accept="application/fhir+xml"), 406, "not-supported")
    for kind in ("application/json", "*/*", "text/html, application/fhir+json;q=0.9"):
        assert reader.get("Patient", Accept=kind).status_code == 200
    form = reader.http.post(
        "/fhir/R4/Patient/_search", json={}, headers={"Authorization": f"Bearer {reader.token}"}
    )
    refused(form, 415, "not-supported")


def test_a_page_link_is_its_users_own(reader: FhirClient) -> None:
    following = link(reader.read("Patient?_count=2"), "next")
    assert following is not None
    ivy = fhir_client(reader.http, "Ivy")
    refused(ivy.get(following), 400, "value")
    refused(reader.get(following.replace("Patient?", "Task?")), 400, "value")
    refused(reader.get(following + "&name=x"), 400, "value")


def test_a_client_that_has_the_newest_version_is_told_so(reader: FhirClient) -> None:
    for unless, status in (('W/"1"', 304), ("1", 304), ('W/"2"', 200)):
        answer: httpx.Response = reader.get(f"Patient/{PERSON}", If_None_Match=unless)
        assert (answer.status_code, answer.headers["etag"]) == (status, 'W/"1"')


def test_the_capability_statement_is_valid_but_for_the_schemas_own_slip(reader: FhirClient) -> None:
    statement = reader.read("metadata")
    # The published JSON schema of 4.0.1 leaves 4.0.1 itself out of the versions.
    assert faults_of(statement) == [SchemaFault("CapabilityStatement.fhirVersion", faults_of(statement)[0].message)]
    types = {it["type"]: it for it in statement["rest"][0]["resource"]}
    assert types.keys() == KINDS_OF.keys()
    for type_, told in types.items():
        values = {"date": "2026", "reference": "x", "token": "x", "string": "x"}
        query = "&".join(f"{it['name']}={values[it['type']]}" for it in told["searchParam"])
        assert reader.get(f"{type_}?{query}").status_code == 200
