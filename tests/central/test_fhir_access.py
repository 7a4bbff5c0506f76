"""Who is let in to the FHIR façade: every endpoint by every wrong token, scope and locality; and what the audit has."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from mdt_desktop.central import accounts, devices
from mdt_desktop.central.accounts import ORDINARY
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.tables import AUDIT
from mdt_desktop.central.tokens import ACCESS_TIME
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.fhir.validation import faults_of
from tests.helpers.browsing import Asking, browser, finish, id_token_for
from tests.helpers.central import EAST, EAST_RESTRICTED, Laptop, cheap_passwords, furnish, laptop
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_rows import FHIR_ROWS, FhirRow
from tests.helpers.fhir_store import FhirClient, fhir_client, furnish_kinds, id_of, plain

Endpoint = tuple[str, str]


@pytest.fixture
def store(tmp_path: Any, clock: FrozenClock) -> Iterator[CentralStore]:
    """On SQLite only: what differs between the databases is not who is let in."""
    opened = open_store(tmp_path / "central", None, clock, cheap_passwords())
    furnish(opened)
    yield opened
    opened.close()


@pytest.fixture
def filled(nia: Laptop) -> Laptop:
    """East with a record of every kind."""
    furnish_kinds(nia)
    return nia


def named(endpoint: Endpoint) -> str:
    return f"{endpoint[0]} {endpoint[1].removeprefix('/fhir/R4')}"


def ask(who: FhirClient, endpoint: Endpoint, **headers: str) -> httpx.Response:
    row: FhirRow = FHIR_ROWS[endpoint]
    sent = {**who.headers, "Authorization": f"Bearer {who.token}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"/fhir/R4{row.place}"
    if row.form:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        return who.http.request(endpoint[0], url, content=row.form, headers=sent)
    if row.body is not None:
        sent["Content-Type"] = "application/fhir+json"
    return who.http.request(endpoint[0], url, json=row.body() if row.body else None, headers=sent)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and issue code of an OperationOutcome, which must be a valid one."""
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome", answer.text
    assert faults_of(outcome) == []
    assert answer.headers["content-type"].startswith("application/fhir+json")
    return answer.status_code, outcome["issue"][0]["code"]


def entries(store: CentralStore, action: str) -> list[Any]:
    with store.database.reading() as connection:
        return list(connection.execute(select(AUDIT).where(AUDIT.c.action == action).order_by(AUDIT.c.seq)))


def test_with_a_right_token_every_endpoint_answers(filled: Laptop, http: httpx.Client) -> None:
    who = fhir_client(http, "Nia")
    for endpoint, row in FHIR_ROWS.items():
        answer = ask(who, endpoint)
        assert (answer.status_code, named(endpoint)) == (row.ok, named(endpoint)), answer.text
        assert answer.headers["cache-control"] == "no-store"


WRONG: dict[str, Callable[[FhirClient, Laptop], str]] = {
    "empty": lambda who, of: "Bearer ",
    "garbage": lambda who, of: "Bearer bm90aGluZw",
    "another scheme": lambda who, of: f"Basic {who.token}",
    "without a scheme": lambda who, of: who.token,
    "a JWT without a signature": lambda who, of: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJOaWEifQ.",
    "a refresh token": lambda who, of: f"Bearer {of.refresh}",
    "one letter more": lambda who, of: f"Bearer {who.token}a",
}


@pytest.mark.parametrize("name", [*WRONG, "of another device"])
def test_a_token_that_does_not_hold_is_refused_everywhere_with_one_audit_entry_and_no_detail(
    name: str, nia: Laptop, http: httpx.Client, store: CentralStore
) -> None:
    who = fhir_client(http, "Nia")
    wrong = {"Authorization": WRONG[name](who, nia)} if name in WRONG else {"Sync_Device": nia.device}
    contents = set()
    for place, endpoint in enumerate(FHIR_ROWS, 1):
        answer = ask(who, endpoint, **wrong)
        assert told(answer) == (401, "login"), endpoint
        assert answer.headers["www-authenticate"] == "Bearer"
        assert len(entries(store, "refused")) == place, endpoint
        contents.add(answer.content)
    assert len(contents) == 1


def test_without_a_token_only_the_capability_statement_is_told(http: httpx.Client) -> None:
    assert http.get("/fhir/R4/metadata").json()["resourceType"] == "CapabilityStatement"
    for method, place in (("GET", "Patient"), ("POST", ""), ("PUT", "Patient/x"), ("GET", "_history")):
        assert told(http.request(method, f"/fhir/R4/{place}")) == (401, "login")


def _revoke_user(store: CentralStore, clock: FrozenClock) -> None:
    store.database.write(lambda connection: accounts.revoke_user(connection, "Nia", "test", clock()))


def _revoke_devices(store: CentralStore, clock: FrozenClock) -> None:
    def all_of_them(connection: Any) -> None:
        for it in devices.listed(connection):
            devices.revoke(connection, it.device)

    store.database.write(all_of_them)


def _expire(store: CentralStore, clock: FrozenClock) -> None:
    clock.advance(ACCESS_TIME + timedelta(seconds=1))


@pytest.mark.parametrize("end", [_revoke_user, _revoke_devices, _expire])
def test_a_token_that_has_ended_opens_no_endpoint(
    end: Callable[[CentralStore, FrozenClock], None], http: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    who = fhir_client(http, "Nia")
    end(store, clock)
    for endpoint in FHIR_ROWS:
        assert told(ask(who, endpoint)) == (401, "login")


def test_what_is_in_another_locality_is_as_absent_as_what_is_nowhere(filled: Laptop, http: httpx.Client) -> None:
    wes = fhir_client(http, "Wes")
    reading = {endpoint: row for endpoint, row in FHIR_ROWS.items() if row.reads}
    assert len(reading) == 4
    for endpoint, row in reading.items():
        foreign = ask(wes, endpoint)
        absent = wes.get(row.place.removeprefix("/").replace(id_of("person"), id_of("nobody")))
        assert told(foreign) == (404, "not-found")
        assert foreign.content == absent.content


def test_lists_counts_and_the_history_hold_nothing_of_another_locality(filled: Laptop, http: httpx.Client) -> None:
    wes = fhir_client(http, "Wes")
    for place in ("Patient", "Task", f"Patient?_id={id_of('person')}", f"CarePlan?patient={id_of('person')}"):
        bundle = wes.read(place)
        assert ("entry" in bundle, bundle.get("total", 0)) == (False, 0)
    assert wes.read("Patient?_count=0")["total"] == 0
    assert "entry" not in wes.read("_history")


def test_the_restricted_tier_is_a_bucket_of_its_own(http: httpx.Client) -> None:
    ivy = laptop(http, "Ivy")
    values = plain("consent", 1, person_id=id_of("somebody"))
    assert ivy.pushed(ivy.op("create", "consent", id_of("consent", 1), bucket=EAST_RESTRICTED, values=values))[0][
        "status"
    ] == "ok"
    place = f"Consent/{id_of('consent', 1)}"
    resource = fhir_client(http, "Ivy").read(place)
    assert resource["meta"]["security"][0]["code"] == "R"
    assert told(fhir_client(http, "Nia").get(place)) == (404, "not-found")


SCOPES = {
    "user/Patient.rs": {"GET Patient", "GET Patient/one", "POST Patient/_search"},
    "user/Patient.read": {"GET Patient", "GET Patient/one", "POST Patient/_search"},
    "user/Patient.r": {"GET Patient/one"},
    "system/*.read": {"GET Patient", "GET Patient/one", "POST Patient/_search", "GET _history"},
    "system/Practitioner.write": {"POST Practitioner", "PUT Practitioner/one"},
    "user/Practitioner.c": {"POST Practitioner"},
    "user/*.cruds": {
        "GET Patient", "GET Patient/one", "POST Patient/_search", "GET _history", "POST Practitioner",
        "PUT Practitioner/one",
    },
}  # fmt: skip
ASKED = {
    "GET Patient": ("GET", "/fhir/R4/{type_}"),
    "GET Patient/one": ("GET", "/fhir/R4/{type_}/{id_}"),
    "POST Patient/_search": ("POST", "/fhir/R4/{type_}/_search"),
    "GET _history": ("GET", "/fhir/R4/_history"),
    "POST Practitioner": ("POST", "/fhir/R4/{type_}"),
    "PUT Practitioner/one": ("PUT", "/fhir/R4/{type_}/{id_}"),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_is_for_its_scopes_only(
    scope: str, filled: Laptop, http: httpx.Client, store: CentralStore
) -> None:
    who = fhir_client(http, "Nia", scope)
    let_in = set()
    for name, endpoint in ASKED.items():
        answer = ask(who, endpoint)
        if answer.status_code < 300:
            let_in.add(name)
        else:
            assert told(answer) == (403, "forbidden")
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert let_in == SCOPES[scope]
    assert len(entries(store, "refused")) == len(ASKED) - len(let_in)


def test_a_token_for_some_of_the_facade_opens_no_exchange(http: httpx.Client, nia: Laptop) -> None:
    body = {"user": "Nia", "password": "an invented sentence 42", "device": id_of("device"), "device_name": "Reader"}
    answer = http.post(
        "/sync/v1/register", json={**body, "scope": "openid user/Patient.rs"}, headers={"Sync-Protocol": "1"}
    )
    assert answer.json()["scope"] == "user/Patient.rs"
    nia.device, nia.access = id_of("device"), answer.json()["access"]
    assert nia.get(f"buckets/{EAST}/changes").status_code == 401
    renewed = http.post(
        "/sync/v1/refresh",
        json={"refresh": answer.json()["refresh"], "device": nia.device},
        headers={"Sync-Protocol": "1"},
    )
    nia.access = renewed.json()["access"]
    assert nia.get(f"buckets/{EAST}/changes").status_code == 401
    assert FhirClient(http, nia.access).get("Task").status_code == 403


def test_scopes_that_nothing_is_understood_of_let_nobody_in(http: httpx.Client) -> None:
    body = {"user": "Nia", "password": "an invented sentence 42", "device": id_of("device"), "device_name": "Reader"}
    for scope in ("openid", "patient/*.rs", "user/Patient.", "user/patient.rs", "user/Patient.sr"):
        answer = http.post("/sync/v1/register", json={**body, "scope": scope}, headers={"Sync-Protocol": "1"})
        assert answer.status_code == 400, scope


def test_what_the_scopes_do_not_read_is_left_out_of_what_is_sent_along(filled: Laptop, http: httpx.Client) -> None:
    who = fhir_client(http, "Nia", "user/Task.rs user/Patient.rs")
    bundle = who.read("Task?_include=Task:owner&_include=Task:patient")
    assert {it["resource"]["resourceType"] for it in bundle["entry"]} == {"Task", "Patient"}
    everything = who.read(f"Patient/{id_of('person')}/$everything")
    assert {it["resource"]["resourceType"] for it in everything["entry"]} == {"Task", "Patient"}


def test_a_role_that_may_not_write_is_refused_and_a_locality_that_was_lost_is_shut_at_once(
    filled: Laptop, http: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    who = fhir_client(http, "Nia")
    goal = who.read(f"Goal/{id_of('goal')}")

    def change(role: AccessRole | None) -> None:
        store.database.write(
            lambda connection: accounts.change_membership(connection, "Nia", "East", ORDINARY, role, "test", clock())
        )

    change(AccessRole.ADMINISTRATOR)
    goal["description"]["text"] = "Another hope"
    assert told(who.ask("PUT", f"Goal/{goal['id']}", goal, If_Match='W/"1"')) == (403, "forbidden")
    assert who.read(f"Goal/{goal['id']}")["meta"]["versionId"] == "1"
    change(None)
    assert told(who.get(f"Goal/{goal['id']}")) == (404, "not-found")


def test_every_read_is_in_the_audit_before_it_is_told(filled: Laptop, http: httpx.Client, store: CentralStore) -> None:
    who = fhir_client(http, "Nia")
    person = id_of("person")
    who.read(f"Patient/{person}")
    who.read(f"Patient/{person}/_history/1")
    who.read(f"Patient?identifier={'9434765919'}")
    who.read(f"Patient/{person}/_history")
    who.read(f"Patient/{person}/$everything")
    who.read("Flag?_id=nothing")
    assert [len(entries(store, it)) for it in ("fhir_read", "fhir_search", "fhir_history", "fhir_everything")] == [
        2, 2, 1, 1,
    ]  # fmt: skip
    read = entries(store, "fhir_read")[0]
    assert (read.user_name, read.bucket_id, read.rec_ids, read.detail) == ("Nia", EAST, f'["{person}"]', "Patient")
    searches = entries(store, "fhir_search")
    assert [it.rec_ids for it in searches] == [f'["{person}"]', "[]"]
    assert "9434765919" not in "".join(str(tuple(it)) for it in searches)


def test_a_client_that_signs_in_through_the_browser_gets_the_scopes_it_asks_for(store: CentralStore) -> None:
    with browser(store) as web:
        asking = Asking()
        signed = finish(web, asking, id_token_for(web, asking), scope="openid user/Patient.rs launch")
        assert (signed.status_code, signed.json()["scope"]) == (200, "user/Patient.rs")
        who = FhirClient(web, signed.json()["access"])
        assert who.get("Patient").status_code == 200
        assert told(who.get("Task")) == (403, "forbidden")
        again = Asking()
        assert finish(web, again, id_token_for(web, again), scope="openid").status_code == 400
