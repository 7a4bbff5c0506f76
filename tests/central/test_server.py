"""A really started server: over loopback and TLS, several on one database, limits, and what it never says."""

import socket
import ssl
from pathlib import Path

import httpx
import pytest

from mdt_desktop.central.central_store import open_store, utc_now
from mdt_desktop.central.errors import CertificateUnusable, ListenRefused, NotSecure
from mdt_desktop.central.rules import MOST_BLOB, MOST_BYTES
from mdt_desktop.central.serving import Listening, require_secure, serve
from mdt_desktop.domain.papers import PIECE_BYTES
from tests.helpers.central import EAST, cheap_passwords, client, furnish, laptop
from tests.helpers.central_server import make_certificate, run, serving
from tests.helpers.log_watch import LogWatch

CANARY = "Zebrafinchson"


@pytest.fixture
def furnished(place: tuple[Path | None, str | None]) -> list[str]:
    """A store with users, closed; the options that name it."""
    folder, url = place
    store = open_store(folder, url, passwords=cheap_passwords())
    furnish(store)
    store.close()
    return ["--data", str(folder)] if url is None else ["--database", url]


def test_laptops_exchange_through_a_started_server_that_ends_when_it_is_asked_to(furnished: list[str]) -> None:
    with serving(*furnished) as server, httpx.Client(base_url=server.address) as http:
        hello = http.get("/sync/v1/hello").json()
        assert hello["protocol"] == [1, 1]
        limits = {"push_ops": 200, "push_bytes": MOST_BYTES, "page": 200, "blob": MOST_BLOB, "blob_piece": PIECE_BYTES}
        assert hello["limits"] == limits
        nia, noor = laptop(http, "Nia"), laptop(http, "Noor")
        id_ = nia.add_person(family_name=CANARY)
        noor.pull()
        assert noor.held[EAST, "person", id_][1]["family_name"] == CANARY
        assert http.get("/docs").status_code == 404
        assert http.get("/openapi.json").status_code == 404
        answer = nia.get(f"buckets/{EAST}/changes")
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers
        tokens = (nia.access, nia.refresh)
        assert server.stop() == 0
        for secret in (CANARY, id_, *tokens, "Nia"):
            assert secret not in server.said


def test_two_servers_on_one_postgresql_are_one_store(postgres_url: str) -> None:
    store = open_store(None, postgres_url, passwords=cheap_passwords())
    furnish(store)
    store.close()
    with (
        serving("--database", postgres_url) as one,
        serving("--database", postgres_url) as other,
        httpx.Client(base_url=one.address) as first,
        httpx.Client(base_url=other.address) as second,
    ):
        nia = laptop(first, "Nia")
        id_ = nia.add_person()
        # The token that one gave holds at the other.
        nia.http = second
        nia.pushed(nia.op("update", "person", id_, 1, values={"title": "Ms"}))
        nia.pull()
        assert nia.held[EAST, "person", id_][0] == 2


def test_over_tls_only_with_its_certificate(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    where = ["--data", str(tmp_path / "data"), "--certificate", str(certificate), "--key", str(key)]
    with serving(*where, "--host", "0.0.0.0") as server:  # noqa: S104  # beyond loopback is what TLS is for
        address = server.address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104  # as above
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert httpx.get(f"{address}/sync/v1/hello", verify=trusting).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/sync/v1/hello")
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{address}/sync/v1/hello".replace("https", "http"))
        old = ssl.create_default_context(cafile=str(certificate))
        old.minimum_version = ssl.TLSVersion.TLSv1_2
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert httpx.get(f"{address}/sync/v1/hello", verify=old).status_code == 200
        assert server.stop() == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1"])  # noqa: S104  # refused is what is tested
def test_beyond_this_computer_it_does_not_listen_without_tls(host: str) -> None:
    with pytest.raises((NotSecure, ListenRefused)):
        require_secure(Listening(host, 0))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_computer_it_may_listen_as_it_is(host: str) -> None:
    require_secure(Listening(host, 0))


def test_what_the_command_refuses_it_says_and_makes_no_store(tmp_path: Path) -> None:
    refused = run("serve", "--data", str(tmp_path / "data"), "--host", "0.0.0.0")  # noqa: S104  # as above
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "over TLS only" in refused.stderr
    certificate, _ = make_certificate(tmp_path)
    half = run("serve", "--data", str(tmp_path / "data"), "--certificate", str(certificate))
    assert (half.returncode, "needs its key" in half.stderr) == (1, True)
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_and_a_certificate_that_is_none_are_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data", passwords=cheap_passwords())
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenRefused):
        serve(store, Listening("127.0.0.1", taken.getsockname()[1]), lambda address: pytest.fail(address))
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("no certificate")
    for file in (nothing, tmp_path / "absent.pem"):
        with pytest.raises(CertificateUnusable):
            serve(store, Listening("127.0.0.1", 0, file, nothing), lambda address: pytest.fail(address))
    store.close()


def test_a_body_above_the_limit_is_refused_whatever_it_says_of_its_length(http: httpx.Client) -> None:
    nia = laptop(http, "Nia")
    big = b"x" * (MOST_BYTES + 1)
    told = http.post("/sync/v1/push", content=big, headers=nia.headers)
    untold = http.post("/sync/v1/push", content=iter([big]), headers=nia.headers)
    lying = http.post("/sync/v1/push", content=big, headers={**nia.headers, "content-length": "none"})
    for answer in (told, untold, lying):
        assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"device": 1, "ops": []}',
        b'{"device": "00000000-0000-4000-8000-000000000000", "ops": []}',
        b'{"device": "00000000-0000-4000-8000-000000000000", "ops": [{"op_no": "1"}]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_request_is_refused_and_not_repeated(body: bytes, http: httpx.Client) -> None:
    nia = laptop(http, "Nia")
    canary = body.replace(b"device", CANARY.encode())
    answer = http.post("/sync/v1/push", content=canary, headers={**nia.headers, "content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert CANARY not in answer.text


def test_more_operations_than_the_limit_are_refused(http: httpx.Client) -> None:
    nia = laptop(http, "Nia")
    ops = [nia.op("delete", "person", "00000000-0000-4000-8000-000000000000") for _ in range(201)]
    assert nia.push(*ops).status_code == 400
    assert len(nia.pushed(*ops[:200])) == 200


def test_a_database_that_is_gone_is_told_as_busy_and_nothing_of_it_is_shown(
    postgres_url: str, log_watch: LogWatch
) -> None:
    log_watch.expect("request_failed")
    store = open_store(None, postgres_url, utc_now, cheap_passwords())
    furnish(store)
    with client(store) as http:
        nia = laptop(http, "Nia")
        store.database.write(lambda connection: connection.exec_driver_sql("DROP TABLE change CASCADE"))
        answer = nia.get(f"buckets/{EAST}/changes")
        assert (answer.status_code, answer.json()["code"]) == (503, "central_busy")
        assert "change" not in answer.json()["message"].replace("changed", "")
    store.close()
