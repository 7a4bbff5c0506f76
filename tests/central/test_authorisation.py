"""Who is let in where: a matrix made from the routes; an endpoint without a row fails (SECURITY I.4, R34)."""

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from starlette.routing import Mount

from mdt_desktop.central import accounts, carrying, devices
from mdt_desktop.central.accounts import ORDINARY, RESTRICTED
from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.tables import AUDIT
from mdt_desktop.central.tokens import ACCESS_TIME, Caller
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.sync.sealed_file import BundleKind, Head, SiteKeys, seal
from tests.helpers.central import EAST, EAST_RESTRICTED, WEST, Laptop, laptop, person
from tests.helpers.clocks import FrozenClock
from tests.helpers.fhir_rows import FHIR_OPEN, FHIR_ROWS

KEYS = SiteKeys.make()
NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Row:
    """How an endpoint is asked rightly; `body` is None for a GET."""

    body: Callable[[Laptop], Any] | None = None
    of_bucket: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    right: int = 200
    """What whoever may ask is answered: 404 where nothing is there to be told."""


def _push(who: Laptop) -> Any:
    id_ = str(uuid.uuid4())
    return {"device": who.device, "ops": [who.op("create", "person", id_, values=person(id_))]}


def _keys(who: Laptop) -> Any:
    own = KEYS.public()
    return {"device": who.device, "sign": own.sign, "seal": own.seal}


def _carried(who: Laptop) -> Any:
    """A file of the laptop itself, which anybody who is signed in may bring; its keys were published before."""
    transport: Any = who.http._transport
    store: CentralStore = transport.app.state.store
    known = Caller("", who.user, "", who.device, 0, 0)
    theirs = store.database.write(lambda it: carrying.publish(it, known, KEYS.public(), store.clock()))
    head = Head(who.device, who.http.get("/sync/v1/hello").json()["server"], BundleKind.CHANGES, 1)
    content = {"schema": SCHEMA, "ops": [], "cursors": {}}
    return {"bundle": base64.b64encode(seal(head, content, KEYS, theirs)).decode()}


def _log(who: Laptop) -> Any:
    return {"device": who.device, "before": "0" * 64, "entries": [{"no": 1, "hash": "1" * 64}]}


def _hand_over(who: Laptop) -> Any:
    change = {"kind": "update", "set": {"title": "Dr"}, "made_at": "2026-11-23T09:00:00.000Z"}
    item = {"id": str(uuid.uuid4()), "bucket": EAST, "type": "person", "rec_id": NOWHERE, "changes": [change]}
    return {"device": who.device, "items": [item]}


OPEN = {
    ("GET", "/sync/v1/hello"),
    ("POST", "/sync/v1/register"),
    ("POST", "/sync/v1/refresh"),
    ("POST", "/sync/v1/sign_in"),
    ("POST", "/sync/v1/sign_out"),
    ("GET", "/oidc/.well-known/openid-configuration"),
    ("GET", "/oidc/jwks"),
    ("GET", "/oidc/authorize"),
    ("POST", "/oidc/authorize"),
    ("POST", "/oidc/token"),
}
"""Need no access token: the greeting, and the ways to one and out, which have tests of their own (`test_sign_in`,
`test_oidc_*`)."""
ROWS = {
    ("POST", "/sync/v1/session"): Row(lambda who: {"device": who.device, "app": "0.1.0", "schema": SCHEMA}),
    ("POST", "/sync/v1/enrol"): Row(lambda who: {"device": str(uuid.uuid4()), "device_name": "Invented copy"}),
    ("GET", "/sync/v1/buckets/{bucket}/changes"): Row(of_bucket=True),
    ("GET", "/sync/v1/buckets/{bucket}/manifest"): Row(of_bucket=True),
    ("POST", "/sync/v1/buckets/{bucket}/fetch"): Row(lambda who: {"ids": [["person", NOWHERE]]}, of_bucket=True),
    ("POST", "/sync/v1/buckets/{bucket}/pen"): Row(lambda who: {"meeting": NOWHERE, "wish": "look"}, of_bucket=True),
    ("POST", "/sync/v1/push"): Row(_push),
    ("POST", "/sync/v1/audit"): Row(_log),
    ("POST", "/sync/v1/keys"): Row(_keys),
    ("POST", "/sync/v1/carried"): Row(_carried),
    ("POST", "/sync/v1/handover"): Row(_hand_over),
    ("GET", "/sync/v1/buckets/{bucket}/handovers"): Row(of_bucket=True),
    ("POST", "/sync/v1/buckets/{bucket}/handovers/{id_}"): Row(lambda who: {"outcome": "left_out"}, of_bucket=True),
    ("GET", "/sync/v1/blobs/{bucket}/{sha256}/held"): Row(of_bucket=True),
    ("GET", "/sync/v1/blobs/{bucket}/{sha256}"): Row(of_bucket=True, headers={"Range": "bytes=0-9"}, right=404),
    ("POST", "/sync/v1/blobs/{bucket}/{sha256}"): Row(
        lambda who: b"0123456789", of_bucket=True, headers={"Content-Range": "bytes 0-9/10"}
    ),
    ("POST", "/sync/v1/receipts"): Row(
        lambda who: {"device": who.device, "done": [{"kind": "evict", "bucket": EAST, "type": "", "id": ""}]}
    ),
}


def _routes() -> set[tuple[str, str]]:
    return {it for it in _every_route() if not it[1].startswith("/fhir/")}


def _every_route() -> set[tuple[str, str]]:
    store: Any = object()
    return {
        (method, path)
        for path, route in _flat(create_app(store).routes)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _flat(routes: Any, before: str = "") -> list[tuple[str, APIRoute]]:
    found = []
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        under = before + route.path if isinstance(route, Mount) else before
        found += [(before + route.path, route)] if isinstance(route, APIRoute) else _flat(inner or [], under)
    return found


def test_every_endpoint_of_the_facade_has_its_row() -> None:
    of_facade = _every_route() - _routes()
    assert len(of_facade) == 13
    assert of_facade == FHIR_OPEN | FHIR_ROWS.keys()


def ask(
    who: Laptop, endpoint: tuple[str, str], bucket: str = EAST, headers: Mapping[str, str | None] | None = None
) -> httpx.Response:
    """Ask an endpoint; headers given as None are left out."""
    method, path = endpoint
    row = ROWS[endpoint]
    names = {"authorization": "Authorization", "device": "Sync-Device", "protocol": "Sync-Protocol"}
    sent = {**who.headers, **row.headers, **{names[key]: value for key, value in (headers or {}).items()}}
    kept = {key: value for key, value in sent.items() if value is not None}
    body = row.body(who) if row.body else None
    place = path.replace("{bucket}", bucket).replace("{id_}", NOWHERE).replace("{sha256}", "0" * 64)
    if isinstance(body, bytes):
        return who.http.request(method, place, content=body, headers=kept)
    return who.http.request(method, place, json=body, headers=kept)


def entries(store: CentralStore, action: str) -> int:
    with store.database.reading() as connection:
        count = select(func.count()).select_from(AUDIT).where(AUDIT.c.action == action)
        return connection.execute(count).scalar_one()


def test_every_endpoint_has_its_row() -> None:
    assert len(_routes()) == 27
    assert _routes() == OPEN | ROWS.keys()


def test_a_new_endpoint_without_a_row_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROWS, ("POST", "/sync/v1/push"))
    assert _routes() != OPEN | ROWS.keys()


@pytest.mark.parametrize("endpoint", ROWS, ids=lambda it: it[1].rpartition("/")[2])
def test_with_a_right_token_the_endpoint_answers(endpoint: tuple[str, str], nia: Laptop) -> None:
    assert ask(nia, endpoint).status_code == ROWS[endpoint].right


TOKENS: dict[str, Callable[[Laptop], dict[str, str | None]]] = {
    "none": lambda who: {"authorization": None},
    "empty": lambda who: {"authorization": "Bearer "},
    "garbage": lambda who: {"authorization": "Bearer bm90aGluZw"},
    "another scheme": lambda who: {"authorization": f"Basic {who.access}"},
    "without a scheme": lambda who: {"authorization": who.access},
    "a JWT without a signature": lambda who: {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJOaWEifQ."},
    "the refresh token": lambda who: {"authorization": f"Bearer {who.refresh}"},
    "one letter more": lambda who: {"authorization": f"Bearer {who.access}a"},
    "another device": lambda who: {"device": NOWHERE},
    "no device": lambda who: {"device": None},
}


@pytest.mark.parametrize("endpoint", ROWS, ids=lambda it: it[1].rpartition("/")[2])
def test_a_token_that_does_not_hold_is_refused_with_one_audit_entry_and_no_detail(
    endpoint: tuple[str, str], nia: Laptop, store: CentralStore
) -> None:
    told = set()
    for number, (name, wrong) in enumerate(TOKENS.items(), 1):
        answer = ask(nia, endpoint, headers=wrong(nia))
        assert answer.status_code == 401, name
        assert entries(store, "refused") == number, name
        told.add((answer.json()["code"], answer.json()["message"]))
    assert told == {("not_signed_in", "Sign in to the central store.")}


def _revoke_user(store: CentralStore, who: Laptop, clock: FrozenClock) -> None:
    store.database.write(lambda connection: accounts.revoke_user(connection, who.user, "test", clock()))


def _revoke_device(store: CentralStore, who: Laptop, clock: FrozenClock) -> None:
    store.database.write(lambda connection: devices.revoke(connection, who.device))


def _sign_in_anew(store: CentralStore, who: Laptop, clock: FrozenClock) -> None:
    again = Laptop(who.http, who.user, who.device)
    assert again.register().status_code == 200


def _expire(store: CentralStore, who: Laptop, clock: FrozenClock) -> None:
    clock.advance(ACCESS_TIME)


ENDED = {
    "expired": (_expire, "token_ended"),
    "the account was revoked": (_revoke_user, "device_revoked"),
    "the device was revoked": (_revoke_device, "device_revoked"),
    "somebody signed in anew": (_sign_in_anew, "not_signed_in"),
}


@pytest.mark.parametrize("why", ENDED)
def test_a_token_that_has_ended_opens_no_endpoint(
    why: str, nia: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    end, code = ENDED[why]
    end(store, nia, clock)
    answers = [ask(nia, endpoint) for endpoint in ROWS]
    assert [(it.status_code, it.json()["code"]) for it in answers] == [(401, code)] * len(ROWS)
    assert entries(store, "refused") == len(ROWS)


@pytest.mark.parametrize("protocol", [None, "0", "2", "one"])
def test_another_protocol_is_told_to_upgrade(protocol: str | None, nia: Laptop) -> None:
    assert {ask(nia, endpoint, headers={"protocol": protocol}).status_code for endpoint in ROWS} == {426}


BUCKETS = [endpoint for endpoint, row in ROWS.items() if row.of_bucket]


@pytest.mark.parametrize("endpoint", BUCKETS, ids=lambda it: it[1].rpartition("/")[2])
def test_a_bucket_is_its_members_only_and_whether_it_exists_is_not_told(
    endpoint: tuple[str, str], nia: Laptop, noor: Laptop, http: httpx.Client, store: CentralStore
) -> None:
    ivy, wes, right = laptop(http, "Ivy"), laptop(http, "Wes"), ROWS[endpoint].right
    # An information-governance lead sees every case and adds no papers.
    given = 403 if endpoint[0] == "POST" and "blobs" in endpoint[1] else right
    table = {
        "own": (nia, EAST, right),
        "another locality": (nia, WEST, 403),
        "restricted, not given": (nia, EAST_RESTRICTED, 403),
        "restricted, given": (ivy, EAST_RESTRICTED, given),
        "one that is not there": (nia, NOWHERE, 403),
        "one of two": (noor, WEST, right),
        "the other way": (wes, EAST, 403),
    }
    got = {name: ask(who, endpoint, bucket).status_code for name, (who, bucket, _) in table.items()}
    assert got == {name: status for name, (_, _, status) in table.items()}
    before = entries(store, "refused")
    foreign, absent = ask(nia, endpoint, WEST), ask(nia, endpoint, NOWHERE)
    assert foreign.content == absent.content
    assert entries(store, "refused") == before + 2


@pytest.mark.parametrize("endpoint", BUCKETS, ids=lambda it: it[1].rpartition("/")[2])
def test_a_bucket_that_was_taken_away_is_shut_at_the_next_request(
    endpoint: tuple[str, str], noor: Laptop, store: CentralStore, clock: FrozenClock
) -> None:
    right = ROWS[endpoint].right
    assert ask(noor, endpoint, WEST).status_code == right
    store.database.write(
        lambda connection: accounts.change_membership(connection, "Noor", "West", ORDINARY, None, "test", clock())
    )
    assert (ask(noor, endpoint, WEST).status_code, ask(noor, endpoint, EAST).status_code) == (403, right)
    session = noor.session()
    assert [grant["bucket"] for grant in session["grants"]] == [EAST]
    assert session["must_evict"] == [WEST]
    done = {"device": noor.device, "done": [{"kind": "evict", "bucket": WEST, "type": "", "id": ""}]}
    assert noor.post("receipts", done).json() == {"noted": 1}
    assert noor.session()["must_evict"] == []


def test_a_role_that_changed_counts_for_the_next_push(nia: Laptop, store: CentralStore, clock: FrozenClock) -> None:
    nia.add_person()
    store.database.write(
        lambda connection: accounts.change_membership(
            connection, "Nia", "East", ORDINARY, AccessRole.ADMINISTRATOR, "test", clock()
        )
    )
    id_ = str(uuid.uuid4())
    assert nia.pushed(nia.op("create", "flag", id_, values={"id": id_}))[0]["status"] == "forbidden"


def test_an_answer_that_is_asked_for_again_tells_nothing_of_a_bucket_that_was_lost(
    noor: Laptop, http: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    wes = laptop(http, "Wes")
    id_ = noor.add_person(bucket=WEST)
    wes.pushed(wes.op("update", "person", id_, 1, bucket=WEST, values={"title": "Dr"}))
    late = noor.op("update", "person", id_, 1, bucket=WEST, values={"title": "Ms"})
    assert noor.pushed(late)[0]["current"]["body"]["title"] == "Dr"
    store.database.write(
        lambda connection: accounts.change_membership(connection, "Noor", "West", ORDINARY, None, "test", clock())
    )
    assert noor.pushed(late)[0]["current"] is None


def test_nobody_can_push_or_confirm_for_another_device(nia: Laptop, noor: Laptop) -> None:
    id_ = str(uuid.uuid4())
    op = nia.op("create", "person", id_, values=person(id_))
    assert nia.post("push", {"device": noor.device, "ops": [op]}).status_code == 400
    done = [{"kind": "evict", "bucket": EAST, "type": "", "id": ""}]
    assert nia.post("receipts", {"device": noor.device, "done": done}).status_code == 400
    assert noor.pull()["entries"] == []


def test_a_lease_ends_after_fourteen_days(nia: Laptop, clock: FrozenClock) -> None:
    grant = nia.session()["grants"][0]
    assert grant == {
        "bucket": EAST,
        "locality": EAST,
        "role": "care_navigator",
        "tier": "ordinary",
        "lease_until": (clock() + timedelta(days=14)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }


def test_restricted_records_are_a_bucket_of_their_own(http: httpx.Client) -> None:
    tiers = {grant["bucket"]: grant["tier"] for grant in laptop(http, "Ivy").session()["grants"]}
    assert tiers == {EAST: ORDINARY, EAST_RESTRICTED: RESTRICTED}
