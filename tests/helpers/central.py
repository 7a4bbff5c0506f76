"""A central store with two localities and some users, and laptops that speak the wire to it in a test."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from mdt_desktop.central import accounts, serving_account
from mdt_desktop.central.accounts import RESTRICTED, bucket_of
from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.digest import digest_of
from mdt_desktop.central.row_guard import Standing
from mdt_desktop.central.sign_in import PasswordCheck
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.records.base import SCHEMA
from tests.helpers.postgres import SERVING, as_serving

PASSWORD = "an invented sentence 42"
EAST, WEST = accounts.locality_id("East"), accounts.locality_id("West")
EAST_RESTRICTED = bucket_of(EAST, RESTRICTED)
PEOPLE = {
    "Nia": (AccessRole.CARE_NAVIGATOR, ("East",), False),
    "Noor": (AccessRole.CARE_NAVIGATOR, ("East", "West"), False),
    "Wes": (AccessRole.CARE_NAVIGATOR, ("West",), False),
    "Ivy": (AccessRole.IG_LEAD, ("East",), True),
    "Ada": (AccessRole.ADMINISTRATOR, ("East",), False),
}
"""Users by name: role, localities, and whether the restricted records are theirs too."""


def cheap_passwords() -> PasswordCheck:
    """Argon2id that costs a test nothing; its real cost is tested once."""
    return PasswordCheck(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def furnish(store: CentralStore) -> None:
    """Add the localities and users."""
    hashed = store.passwords.hash(PASSWORD)

    def add(connection: Any) -> None:
        for locality in ("East", "West"):
            accounts.add_locality(connection, locality, "test", store.clock())
        for name, (role, localities, restricted) in PEOPLE.items():
            accounts.add_user(
                connection, name, role, localities, hashed, "test", store.clock(), with_restricted=restricted
            )

    store.database.write(add)


class AppTransport(httpx.BaseTransport):
    """Answers requests by the real application in this process; an unforeseen error is answered as a server would."""

    def __init__(self, app: FastAPI, address: str = "127.0.0.1") -> None:
        self.app = app
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, in a loop of its own."""
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        content = request.read()

        async def body() -> AsyncIterator[bytes]:
            yield content

        sent = httpx.Request(request.method, request.url, headers=request.headers, content=body())
        answer = await self._asgi.handle_async_request(sent)
        # As it was sent: a compressed answer is unpacked once, by whoever asked.
        answered = b"".join([part async for part in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=answered)


_SERVED: dict[int, CentralStore] = {}


@contextmanager
def served_apart(store: CentralStore, url: str | None) -> Iterator[CentralStore]:
    """On PostgreSQL every application over the store works as an account that row-level security holds for."""
    if url is None:
        yield store
        return
    store.database.write(lambda connection: serving_account.grant(connection, SERVING))
    other = open_store(None, as_serving(url), store.clock, store.passwords)
    assert other.database.standing is Standing.GUARDED
    _SERVED[id(store)] = other
    try:
        yield other
    finally:
        del _SERVED[id(store)]
        other.close()


def client(store: CentralStore, address: str = "127.0.0.1") -> httpx.Client:
    """A client of the application that seems to come from an address."""
    app = create_app(_SERVED.get(id(store), store))
    return httpx.Client(transport=AppTransport(app, address), base_url="http://central.test")


@dataclass
class Laptop:
    """One device of one user: numbers its operations, keeps what it pulled, compares digests."""

    http: httpx.Client
    user: str
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    access: str = ""
    refresh: str = ""
    last_op: int = 0
    cursors: dict[str, str] = field(default_factory=dict)
    seen: dict[str, list[int]] = field(default_factory=dict)
    held: dict[tuple[str, str, str], tuple[int, Any]] = field(default_factory=dict)

    def register(self, password: str = PASSWORD) -> httpx.Response:
        """Sign in."""
        body = {"user": self.user, "password": password, "device": self.device, "device_name": "Invented laptop"}
        answer = self.http.post("/sync/v1/register", json=body, headers={"Sync-Protocol": "1"})
        if answer.status_code == 200:
            self.access, self.refresh = answer.json()["access"], answer.json()["refresh"]
        return answer

    def session(self) -> Any:
        """Begin a session; its grants."""
        answer = self.post("session", {"device": self.device, "app": "0.1.0", "schema": SCHEMA})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}", "Sync-Protocol": "1", "Sync-Device": self.device}

    def get(self, place: str, **query: Any) -> httpx.Response:
        return self.http.get(f"/sync/v1/{place}", params=query, headers=self.headers)

    def post(self, place: str, body: Any) -> httpx.Response:
        return self.http.post(f"/sync/v1/{place}", json=body, headers=self.headers)

    def op(self, kind: str, type_: str, id_: str, base: int = 0, **more: Any) -> dict[str, Any]:
        """The next operation; `bucket`, `group` and `values` may be given."""
        self.last_op += 1
        return {
            "op_no": self.last_op,
            "group": more.get("group", self.last_op),
            "bucket": more.get("bucket", EAST),
            "type": type_,
            "id": id_,
            "kind": kind,
            "base_ver": base,
            "set": more.get("values", {}),
            "made_at": "2026-11-23T09:00:00.000Z",
            "schema": more.get("schema", SCHEMA),
        }

    def push(self, *ops: Mapping[str, Any]) -> httpx.Response:
        return self.post("push", {"device": self.device, "ops": list(ops)})

    def pushed(self, *ops: Mapping[str, Any]) -> list[Any]:
        """The results of a push that is taken as a request."""
        answer = self.push(*ops)
        assert answer.status_code == 200, answer.text
        results: list[Any] = answer.json()["results"]
        return results

    def add_person(self, bucket: str = EAST, **values: Any) -> str:
        """A new person, pushed; the id."""
        id_ = str(uuid.uuid4())
        result = self.pushed(self.op("create", "person", id_, bucket=bucket, values=person(id_, **values)))[0]
        assert result["status"] == "ok", result
        return id_

    def page(self, bucket: str = EAST, limit: int = 200) -> Any:
        """The next page, kept with its cursor as a laptop does."""
        answer = self.get(f"buckets/{bucket}/changes", after=self.cursors.get(bucket, ""), limit=limit)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        self._apply(bucket, page["entries"])
        self.cursors[bucket] = page["next"]
        return page

    def pull(self, bucket: str = EAST, limit: int = 200) -> Any:
        """Pages to the head; the digest there is compared with what is held."""
        while not (page := self.page(bucket, limit))["head"]:
            pass
        held = [(type_, id_, ver) for (of, type_, id_), (ver, _) in self.held.items() if of == bucket]
        digest = digest_of(held)
        assert page["digest"] == {"count": digest.count, "sum": str(digest.total)}
        return page

    def _apply(self, bucket: str, entries: Iterable[Any]) -> None:
        seen = self.seen.setdefault(bucket, [])
        for entry in entries:
            assert entry["seq"] == (seen[-1] + 1 if seen else 1), "a hole in the feed"
            seen.append(entry["seq"])
            key = (bucket, entry["type"], entry["id"])
            if entry["kind"] == "put":
                self.held[key] = (entry["ver"], entry["body"])
            elif entry["kind"] in ("delete", "evict", "erase"):
                self.held.pop(key, None)


def person(id_: str, **values: Any) -> dict[str, Any]:
    """The columns of an invented person."""
    return {"id": id_, "family_name": "Examplesson", "given_names": "Wilma", "born": "1940-08-14", **values}


def laptop(http: httpx.Client, user: str) -> Laptop:
    """A laptop that has signed in and begun a session."""
    made = Laptop(http, user)
    answer = made.register()
    assert answer.status_code == 200, answer.text
    made.session()
    return made
