"""Requests and answers that are compressed: the same work, the same limits, and no bomb that goes off."""

import gzip
import tracemalloc
import zlib
from pathlib import Path

import httpx
import orjson
import pytest

from mdt_desktop.central.errors import BadRequest, EncodingNotRead, RequestTooLarge
from mdt_desktop.central.packed import unpacked
from mdt_desktop.central.rules import MOST_BYTES
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import Removed
from tests.helpers.central import EAST, AppTransport, Laptop, person


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """On SQLite: what happens to a body before it is read does not depend on the database."""
    return tmp_path / "central", None


def _post(laptop: Laptop, place: str, body: bytes, encoding: str) -> httpx.Response:
    headers = {**laptop.headers, "Content-Type": "application/json", "Content-Encoding": encoding}
    return laptop.http.post(place, content=body, headers=headers)


def _document(laptop: Laptop, id_: str) -> bytes:
    op = laptop.op("create", "person", id_, values=person(id_))
    return orjson.dumps({"device": laptop.device, "ops": [op]})


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_compressed_push_is_taken_as_any_other(encoding: str, nia: Laptop) -> None:
    id_ = "00000000-0000-4000-8000-0000000000a1"
    answer = _post(nia, "/sync/v1/push", gzip.compress(_document(nia, id_)), encoding)
    assert [it["status"] for it in answer.json()["results"]] == ["ok"]
    nia.pull()
    assert (EAST, "person", id_) in nia.held


def test_identity_is_no_compression(nia: Laptop) -> None:
    body = _document(nia, "00000000-0000-4000-8000-0000000000a1")
    assert _post(nia, "/sync/v1/push", body, "identity").status_code == 200


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "\xe9"])
def test_another_encoding_is_refused_by_its_name(encoding: str, nia: Laptop) -> None:
    headers = [(name.encode(), value.encode()) for name, value in nia.headers.items()]
    headers.append((b"Content-Encoding", encoding.encode("latin-1")))
    answer = nia.http.post("/sync/v1/push", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "encoding_not_read")
    assert answer.headers["accept-encoding"] == "gzip"
    assert "gzip" in answer.json()["message"]


@pytest.mark.parametrize("where", ["/sync/v1/push", "/sync/v1/register", "/oidc/token", "/fhir/R4/Patient"])
def test_a_bomb_is_refused_as_too_large_wherever_it_is_sent(where: str, nia: Laptop) -> None:
    answer = _post(nia, where, gzip.compress(bytes(64 * MOST_BYTES)), "gzip")
    assert answer.status_code == 413
    fhir = where.startswith("/fhir/")
    assert answer.headers["content-type"] == ("application/fhir+json" if fhir else "application/json")


def test_no_more_of_a_bomb_is_unpacked_than_the_limit() -> None:
    bomb = gzip.compress(bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(RequestTooLarge):
            unpacked(bomb, "gzip", 1 << 16)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 20


def test_the_limit_itself_may_be_reached_and_one_byte_more_may_not() -> None:
    assert unpacked(gzip.compress(bytes(1000)), "gzip", 1000) == bytes(1000)
    with pytest.raises(RequestTooLarge):
        unpacked(gzip.compress(bytes(1001)), "gzip", 1000)
    with pytest.raises(EncodingNotRead):
        unpacked(b"", "br", 1000)


@pytest.mark.parametrize(
    "broken",
    [b"", b"{}", gzip.compress(b"{}")[:-1], gzip.compress(b"{}") + b"{}", gzip.compress(b"{}") * 2, zlib.compress(b"")],
    ids=["nothing", "plain", "cut off", "with a tail", "twice", "zlib"],
)
def test_what_is_no_whole_gzip_is_a_bad_request(broken: bytes, nia: Laptop) -> None:
    with pytest.raises(BadRequest):
        unpacked(broken, "gzip", 1000)
    answer = _post(nia, "/sync/v1/push", broken, "gzip")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_pages_of_records_come_compressed_to_whoever_takes_them_so_and_tokens_never(nia: Laptop) -> None:
    for _ in range(12):
        nia.add_person()
    page = nia.get(f"buckets/{EAST}/changes")
    assert (page.headers["content-encoding"], len(page.json()["entries"])) == ("gzip", 12)
    plain = nia.http.get(
        f"/sync/v1/buckets/{EAST}/changes", headers={**nia.headers, "Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers
    assert plain.json()["entries"] == page.json()["entries"]
    assert int(page.headers["content-length"]) < len(plain.content) / 3
    assert page.headers["cache-control"] == "no-store"
    body = {"device": nia.device, "device_name": "x" * 200, "user": "Nia", "password": "x", "totp": ""}
    for answer in (nia.register(), nia.http.post("/sync/v1/register", json=body, headers=nia.headers)):
        assert "content-encoding" not in answer.headers


def test_a_laptop_compresses_larger_requests_once_it_knows_that_they_are_read(nia: Laptop) -> None:
    sent: list[httpx.Request] = []

    class Watching(AppTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.append(request)
            return super().handle_request(request)

    transport = nia.http._transport  # the application that this laptop speaks to
    assert isinstance(transport, AppTransport)
    done = [Removed("evict", EAST, "person", f"00000000-0000-4000-8000-{number:012}") for number in range(50)]
    with HttpRemote("https://central.test", Watching(transport.app)) as remote:
        remote.receipts(nia.access, nia.device, done)
        remote.receipts(nia.access, nia.device, done)
        remote.receipts(nia.access, nia.device, done[:1])
    encodings = [it.headers.get("content-encoding") for it in sent]
    assert encodings == [None, "gzip", None]
    first, second = (it.read() for it in sent[:2])
    assert gzip.decompress(second) == first
    assert len(second) < len(first) / 3


def test_an_older_store_that_does_not_say_so_gets_them_as_they_are() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"noted": 0})

    done = [Removed("evict", EAST, "person", f"00000000-0000-4000-8000-{number:012}") for number in range(50)]
    with HttpRemote("https://central.test", httpx.MockTransport(answer)) as remote:
        remote.receipts("access", "device", done)
        remote.receipts("access", "device", done)
    assert ["content-encoding" in it.headers for it in sent] == [False, False]
