"""The laptop's side of a sign-in in the browser: with a really started store, and with whatever else may answer."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.sync import account, browser_sign_in
from mdt_desktop.sync.browser_sign_in import Places, Provider, Secrets, SignInServiceFailed
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.loopback import Loopback, SignInCancelled, SignInTookTooLong
from mdt_desktop.sync.protocol import SignInWay
from mdt_desktop.sync.remote import CodeNeeded, NoAccountThere, Offline, OtherAccount, SignInInBrowser, SignInNeeded
from tests.helpers.browsing import Person, served
from tests.helpers.central import PASSWORD
from tests.helpers.clocks import FrozenClock
from tests.sync.laptops import Laptop, new_practice


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a central store answers."""
    with served(tmp_path_factory.mktemp("central")) as server:
        yield server.address


@pytest.fixture
def laptop(tmp_path: Path, clock: FrozenClock) -> Iterator[Laptop]:
    made = Laptop(tmp_path / "laptop", "Nia", clock, "East")
    yield made
    made.close()


def sends(laptop: Laptop) -> bool:
    """Whether everything that waits goes out."""
    pushed = laptop.program.services.syncing.run().pushed
    return pushed > 0 and laptop.program.services.sync_reading.status().waiting == 0


def test_signing_in_in_the_browser_connects_and_exchanges(address: str, laptop: Laptop) -> None:
    nia = Person()
    syncing = laptop.program.services.syncing
    connected = syncing.connect_with_browser(f"{address}/", nia.open)
    assert (connected.url, connected.user) == (address, "Nia")
    assert "You can close this page" in nia.gone().text
    new_practice(laptop)
    assert sends(laptop)
    status = laptop.program.services.sync_reading.status()
    assert (status.connected, status.user, status.signed_out) == (True, "Nia", False)
    assert laptop.ask("SELECT action FROM audit_entry WHERE action IN ('connect', 'disconnect')") == [("connect",)]


def test_the_address_that_the_browser_opens_holds_no_secret(address: str, laptop: Laptop) -> None:
    nia = Person()
    laptop.program.services.syncing.connect_with_browser(address, nia.open)
    nia.gone()
    asked = dict(parse_qsl(urlsplit(nia.opened).query))
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    assert asked.keys() == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    }  # fmt: skip


def test_tokens_lie_in_the_encrypted_store_and_in_no_file(address: str, laptop: Laptop) -> None:
    nia = Person()
    laptop.program.services.syncing.connect_with_browser(address, nia.open)
    nia.gone()
    kept = laptop.write(account.needed)
    laptop.reopen()
    files = [file for file in laptop.folder.root.rglob("*") if file.is_file()]
    assert files
    for secret in (kept.access, kept.refresh):
        assert [file.name for file in files if secret.encode() in file.read_bytes()] == []


def test_signing_out_ends_the_tokens_there_and_keeps_what_is_here(address: str, laptop: Laptop) -> None:
    nia = Person()
    syncing = laptop.program.services.syncing
    syncing.connect_with_browser(address, nia.open)
    nia.gone()
    before = laptop.write(account.needed)
    new_practice(laptop)
    assert syncing.sign_out()
    with pytest.raises(SignInNeeded):
        syncing.run()
    with httpx.Client(base_url=address) as http:
        headers = {"Sync-Protocol": "1", "Sync-Device": before.device_id, "Authorization": f"Bearer {before.access}"}
        assert http.post("/sync/v1/session", json={}, headers=headers).status_code == 401
    status = laptop.program.services.sync_reading.status()
    assert (status.connected, status.signed_out, status.waiting > 0) == (True, True, True)
    again = Person()
    syncing.connect_with_browser(address, again.open)
    again.gone()
    assert sends(laptop)


def test_signing_out_works_where_nobody_can_be_told(address: str, laptop: Laptop) -> None:
    syncing = laptop.program.services.syncing
    syncing.connect(address, "Nia", PASSWORD)
    laptop.write(lambda connection: connection.execute("UPDATE sync_account SET url = 'http://127.0.0.1:9'"))
    assert not syncing.sign_out()
    assert laptop.one("SELECT access_token || refresh_token FROM sync_account") == ""


def test_somebody_else_who_signs_in_neither_sends_nor_loses_what_waits(address: str, laptop: Laptop) -> None:
    """SYNC 6: 28."""
    syncing = laptop.program.services.syncing
    syncing.connect(address, "Nia", PASSWORD)
    new_practice(laptop)
    kept = laptop.ask("SELECT * FROM sync_account"), laptop.ask("SELECT * FROM outbox")
    noor = Person("Noor")
    with pytest.raises(OtherAccount) as told:
        syncing.connect_with_browser(address, noor.open)
    noor.gone()
    assert told.value.values == {"user": "Nia", "waiting": len(kept[1])}
    with pytest.raises(OtherAccount):
        syncing.connect(address, "Noor", PASSWORD)
    assert (laptop.ask("SELECT * FROM sync_account"), laptop.ask("SELECT * FROM outbox")) == kept
    assert sends(laptop)
    assert syncing.connect(address, "Noor", PASSWORD) == address


@pytest.mark.parametrize(
    ("turn", "problem"),
    [
        (lambda url: url.replace("iss=", "iss=x"), SignInServiceFailed),
        (lambda url: url.replace("&iss=", "&was="), SignInServiceFailed),
        (lambda url: url.replace("code=", "code=x"), SignInServiceFailed),
        (lambda url: url.replace("code=", "was="), SignInServiceFailed),
    ],
)
def test_what_comes_back_changed_signs_nobody_in(
    turn: Callable[[str], str], problem: type[MdtError], address: str, laptop: Laptop
) -> None:
    nia = Person(turn=turn)
    with pytest.raises(problem):
        laptop.program.services.syncing.connect_with_browser(address, nia.open)
    nia.gone()
    assert laptop.ask("SELECT * FROM sync_account") == []


def test_turning_back_in_the_browser_is_told_as_that(address: str, laptop: Laptop) -> None:
    nobody = Person("")
    with pytest.raises(SignInCancelled):
        laptop.program.services.syncing.connect_with_browser(address, nobody.open)
    assert "You were not signed in" in nobody.gone().text
    assert laptop.ask("SELECT * FROM sync_account") == []


def test_cancelling_here_ends_the_waiting_and_the_listening(address: str, laptop: Laptop) -> None:
    opened: list[str] = []
    with pytest.raises(SignInCancelled):
        laptop.program.services.syncing.connect_with_browser(address, opened.append, cancelled=lambda: bool(opened))
    back = dict(parse_qsl(urlsplit(opened[0]).query))["redirect_uri"]
    with pytest.raises(httpx.ConnectError):
        httpx.get(back)


def test_people_of_another_provider_sign_in_there_and_exchange_here(
    address: str, laptop: Laptop, tmp_path: Path
) -> None:
    """Both really started: the store at `address` plays the other provider."""
    other = ("--oidc-issuer", f"{address}/oidc", "--oidc-client", "mdt-desktop")
    with served(tmp_path / "here", *other) as here:
        nia, syncing = Person(), laptop.program.services.syncing
        assert syncing.connect_with_browser(here.address, nia.open).user == "Nia"
        assert nia.gone().status_code == 200
        assert nia.opened.startswith(f"{address}/oidc/authorize?")
        new_practice(laptop)
        assert sends(laptop)
        with pytest.raises(SignInInBrowser):
            syncing.connect(here.address, "Nia", PASSWORD)


# The listener


def waiting(loopback: Loopback, ask: Callable[[], object], seconds: float = 20.0) -> Any:
    """What the listener gives while `ask` speaks to it."""
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        return loopback.wait("right", lambda: False, seconds)
    finally:
        asking.join(20)


def raw(loopback: Loopback, text: str) -> bytes:
    """Speak to the listener without a browser's manners."""
    port = urlsplit(loopback.address).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(text.encode())
        heard = b""
        while part := connection.recv(4096):
            heard += part
    return heard


WRONG = {
    "another state": lambda at: httpx.get(f"{at}?code=1&state=wrong"),
    "no state": lambda at: httpx.get(f"{at}?code=1"),
    "a state twice": lambda at: httpx.get(f"{at}?code=1&state=right&state=right"),
    "another path": lambda at: httpx.get(f"{at.rpartition('/')[0]}/favicon.ico?state=right"),
    "another method": lambda at: httpx.post(f"{at}?code=1&state=right"),
    "a name that was bound to this address": lambda at: httpx.get(
        f"{at}?code=1&state=right", headers={"Host": "evil.test"}
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_request_is_turned_away_and_the_right_one_still_waited_for(name: str) -> None:
    with Loopback() as loopback:
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(WRONG[name](loopback.address).status_code)
            statuses.append(httpx.get(f"{loopback.address}?code=2&state=right").status_code)

        assert waiting(loopback, ask) == {"code": "2", "state": "right"}
    assert statuses == [404, 200]


def test_lines_that_say_nothing_and_requests_that_are_none_hold_nobody_up() -> None:
    with Loopback() as loopback:
        port = urlsplit(loopback.address).port
        silent: list[socket.socket] = []
        right = f"GET /signed-in?code=3&state=right HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        answers: list[bytes] = []

        def ask() -> None:
            silent.extend(socket.create_connection(("127.0.0.1", port or 0)) for _ in range(40))
            answers.append(raw(loopback, "rubbish\r\n\r\n"))
            answers.append(raw(loopback, "GET /signed-in?state=right HTTP/1.1\r\nX: " + "y" * 16_400))
            answers.append(raw(loopback, right))

        assert waiting(loopback, ask)["code"] == "3"
        for connection in silent:
            connection.close()
    assert answers[0].startswith(b"HTTP/1.1 404")
    assert answers[2].startswith(b"HTTP/1.1 200")
    assert b"default-src 'none'" in answers[2]


def test_nobody_is_answered_once_it_is_done_or_took_too_long() -> None:
    with Loopback() as loopback:
        at = loopback.address
        with pytest.raises(SignInTookTooLong):
            loopback.wait("right", lambda: False, 0.0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{at}?code=1&state=right")


# What may answer in the provider's place

WAY = SignInWay("https://sign-in.test", "mdt", False)
TOLD = {
    "issuer": WAY.issuer,
    "authorization_endpoint": f"{WAY.issuer}/page",
    "token_endpoint": f"{WAY.issuer}/token",
    "authorization_response_iss_parameter_supported": True,
}


class Answering(httpx.BaseTransport):
    """Answers every request alike."""

    def __init__(self, content: bytes, status: int = 200, kind: str = "text/plain") -> None:
        self._content, self._status, self._kind = content, status, kind

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {"location": "https://evil.test", "content-type": self._kind}
        return httpx.Response(self._status, content=self._content, headers=headers)


class Broken(httpx.BaseTransport):
    """There is no line."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no line")


WRONG_PROVIDERS: dict[str, tuple[bytes, int]] = {
    "another issuer": (json.dumps(TOLD | {"issuer": "https://evil.test"}).encode(), 200),
    "a page in the clear": (json.dumps(TOLD | {"authorization_endpoint": "http://sign-in.test"}).encode(), 200),
    "tokens in the clear": (json.dumps(TOLD | {"token_endpoint": "http://sign-in.test"}).encode(), 200),
    "no page": (json.dumps({"issuer": WAY.issuer}).encode(), 200),
    "a portal": (b"<!doctype html>", 200),
    "a list": (b"[]", 200),
    "too much": (b" " * (300 << 10), 200),
    "sent elsewhere": (json.dumps(TOLD).encode(), 302),
    "failed": (b"{}", 500),
}


@pytest.mark.parametrize("name", WRONG_PROVIDERS)
def test_what_answers_wrongly_in_the_providers_place_opens_no_browser(name: str) -> None:
    opened: list[str] = []
    with pytest.raises(SignInServiceFailed):
        browser_sign_in.sign_in(WAY, "device", opened.append, lambda: False, Answering(*WRONG_PROVIDERS[name]))
    assert opened == []


def test_a_provider_in_the_clear_is_not_asked_and_one_that_is_away_told_as_that() -> None:
    with Provider(SignInWay("http://sign-in.test", "mdt", False), Broken()) as provider, pytest.raises(
        SignInServiceFailed
    ):
        provider.places()
    with Provider(WAY, Broken()) as provider, pytest.raises(Offline):
        provider.places()


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ({"error": "access_denied", "iss": WAY.issuer}, SignInCancelled),
        ({"error": "server_error", "iss": WAY.issuer}, SignInServiceFailed),
        ({"code": "", "iss": WAY.issuer}, SignInServiceFailed),
        ({"code": "1", "iss": "https://evil.test"}, SignInServiceFailed),
        ({"code": "1"}, SignInServiceFailed),
    ],
)
def test_an_answer_that_is_no_code_of_this_provider_is_not_exchanged(
    found: dict[str, str], problem: type[MdtError]
) -> None:
    places = Places(f"{WAY.issuer}/page", f"{WAY.issuer}/token", True)
    with Provider(WAY, Answering(b'{"id_token": "x"}')) as provider, pytest.raises(problem):
        provider.token(places, Secrets(), "http://127.0.0.1:1/signed-in", found)


def test_the_secrets_of_a_sign_in_are_new_each_time_and_shown_by_no_repr() -> None:
    one, other = Secrets(), Secrets()
    assert len({one.state, one.verifier, one.proof, other.state, other.verifier, other.proof}) == 6
    assert one.state not in repr(one)


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (403, "no_account_here", NoAccountThere),
        (403, "sign_in_elsewhere", SignInInBrowser),
        (401, "second_factor_needed", CodeNeeded),
        (401, "id_token_refused", SignInNeeded),
        (403, "device_of_another", SignInNeeded),
    ],
)
def test_each_refusal_of_the_central_store_has_its_own_sentence(
    status: int, code: str, problem: type[MdtError]
) -> None:
    told = Answering(json.dumps({"code": code}).encode(), status, "application/json")
    with HttpRemote("https://central.test", told) as remote, pytest.raises(problem):
        remote.sign_in("token", "proof", "device", "laptop")
