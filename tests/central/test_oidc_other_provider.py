"""A central store whose people sign in elsewhere: a second, really started store plays the other provider."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, KeySet

from mdt_desktop.central import accounts, signing_keys
from mdt_desktop.central.central_store import CentralStore, open_store, utc_now
from mdt_desktop.central.errors import NoAccountHere, ProviderAddressRefused, ProviderUnreachable
from mdt_desktop.central.finishing import account_by_claim
from mdt_desktop.central.other_provider import OtherProvider, ProviderAddress
from tests.helpers.browsing import Asking, browser, finish, id_token_for
from tests.helpers.central import Laptop, cheap_passwords, furnish
from tests.helpers.central_server import serving


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, CentralStore]]:
    """The other provider: a server of its own with the same names, and its store."""
    folder = tmp_path_factory.mktemp("elsewhere")
    opened = open_store(folder, passwords=cheap_passwords())
    furnish(opened)
    with serving("--data", str(folder)) as server, httpx.Client(base_url=server.address) as http:
        yield http, opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path, elsewhere: tuple[httpx.Client, CentralStore]) -> Iterator[CentralStore]:
    """A store whose people sign in there."""
    opened = open_store(tmp_path / "central", None, utc_now, cheap_passwords())
    furnish(opened)
    issuer = f"{elsewhere[0].base_url}/oidc".replace("//oidc", "/oidc")
    yield replace(opened, provider=OtherProvider(ProviderAddress(issuer, "mdt-desktop")))
    opened.close()


@pytest.fixture
def web(store: CentralStore) -> Iterator[httpx.Client]:
    with browser(store) as opened:
        yield opened


def test_laptops_learn_where_people_sign_in_and_a_token_from_there_is_taken(
    web: httpx.Client, elsewhere: tuple[httpx.Client, CentralStore]
) -> None:
    there = elsewhere[0]
    told = web.get("/sync/v1/hello").json()["sign_in"]
    assert told["issuer"] == there.get("/oidc/.well-known/openid-configuration").json()["issuer"]
    assert (told["client"], told["password"]) == ("mdt-desktop", False)
    asking = Asking()
    answer = finish(web, asking, id_token_for(there, asking))
    assert answer.status_code == 200, answer.text
    nia = Laptop(web, "Nia", asking.device, answer.json()["access"])
    assert len(nia.session()["grants"]) == 1


def test_the_built_in_ways_are_shut_where_people_sign_in_elsewhere(web: httpx.Client) -> None:
    answer = Laptop(web, "Nia").register()
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_elsewhere")
    for path in (".well-known/openid-configuration", "jwks", "authorize"):
        assert web.get(f"/oidc/{path}").status_code == 404
    for path in ("authorize", "token"):
        assert web.post(f"/oidc/{path}").status_code == 404


def test_a_new_key_there_is_fetched_when_its_first_token_comes(
    store: CentralStore, elsewhere: tuple[httpx.Client, CentralStore]
) -> None:
    there, its_store = elsewhere
    seconds = [0.0]
    issuer = store.provider.address if store.provider else ProviderAddress("", "")
    store = replace(store, provider=OtherProvider(issuer, clock=lambda: seconds[0]))
    with browser(store) as web:
        first = Asking()
        assert finish(web, first, id_token_for(there, first)).status_code == 200
        its_store.database.write(lambda connection: signing_keys.rotate(connection, utc_now()))
        second = Asking()
        token = id_token_for(there, second)
        assert finish(web, second, token).json()["code"] == "id_token_refused"
        seconds[0] = 31.0
        assert finish(web, second, token).status_code == 200


def test_a_token_of_the_own_store_is_none_of_the_other_providers(
    web: httpx.Client, store: CentralStore, elsewhere: tuple[httpx.Client, CentralStore]
) -> None:
    asking = Asking()
    with browser(replace(store, provider=None)) as own:
        token = id_token_for(own, asking)
    assert finish(web, asking, token).json()["code"] == "id_token_refused"


# Whose account it is

ISSUER = "https://sign-in.test"


def account(store: CentralStore, claim: str, **claims: Any) -> str:
    """The code of the refusal, or the id that was found."""
    find = account_by_claim(ISSUER, claim)
    try:
        return store.database.write(lambda connection: find(connection, claims, utc_now()))
    except NoAccountHere as refused:
        return refused.code


def test_the_first_name_that_comes_holds_by_its_subject_and_not_by_its_name(store: CentralStore) -> None:
    nia = account(store, "preferred_username", sub="1", preferred_username="NIA")
    assert nia != "no_account_here"
    assert account(store, "preferred_username", sub="1", preferred_username="renamed") == nia
    assert account(store, "preferred_username", sub="2", preferred_username="Nia") == "no_account_here"
    assert account(store, "preferred_username", sub="2", preferred_username="Noor") != nia


def test_an_administrator_lets_a_name_be_linked_anew(store: CentralStore) -> None:
    nia = account(store, "preferred_username", sub="1", preferred_username="Nia")

    def unlinked(name: str) -> bool:
        return store.database.write(lambda connection: accounts.unlink(connection, name, "test", utc_now()))

    assert (unlinked("nia"), unlinked("Nia")) == (True, False)
    assert account(store, "preferred_username", sub="2", preferred_username="Nia") == nia
    assert account(store, "preferred_username", sub="1", preferred_username="Nia") == "no_account_here"


@pytest.mark.parametrize(
    "claims", [{}, {"preferred_username": ""}, {"preferred_username": 7}, {"preferred_username": "Nobody"}]
)
def test_who_has_no_account_here_is_told_so(store: CentralStore, claims: dict[str, Any]) -> None:
    assert account(store, "preferred_username", sub="1", **claims) == "no_account_here"


@pytest.mark.parametrize("verified", [True, False, "true", None])
def test_an_address_counts_only_where_the_provider_verified_it(store: CentralStore, verified: object) -> None:
    found = account(store, "email", sub="1", email="nia", email_verified=verified)
    assert (found == "no_account_here") is (verified is not True)


# What answers in the provider's place


class Provider(httpx.BaseTransport):
    """Answers as a provider would, with one thing wrong; counts the requests."""

    def __init__(self, **wrong: Any) -> None:
        self.asked: list[str] = []
        self._wrong = wrong

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path == "/keys":
            return httpx.Response(200, content=self._wrong.get("keys", b'{"keys": []}'))
        told = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **self._wrong.get("told", {})}
        content = self._wrong.get("content", json.dumps(told).encode())
        return httpx.Response(self._wrong.get("status", 200), content=content, headers={"location": "https://evil.test"})


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"told": {"issuer": "https://evil.test"}},
    "keys in the clear": {"told": {"jwks_uri": "http://sign-in.test/keys"}},
    "no place for keys": {"told": {"jwks_uri": None}},
    "keys that are none": {"keys": b'{"keys": [{"kty": "EC"}]}'},
    "an empty list of keys": {"keys": b'{"keys": []}'},
    "keys that are no list": {"keys": b'{"keys": 7}'},
    "no keys": {"keys": b"{}"},
    "a page": {"content": b"<!doctype html>"},
    "a list": {"content": b"[]"},
    "too much": {"content": b" " * (300 << 10)},
    "sent elsewhere": {"status": 302},
    "failed": {"status": 500},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_answers_wrongly_in_the_providers_place_is_not_believed(name: str) -> None:
    provider = OtherProvider(ProviderAddress(ISSUER, "mdt"), Provider(**WRONG[name]))
    with pytest.raises(ProviderUnreachable):
        provider.keys("1")


def test_a_key_that_nobody_knows_makes_this_store_ask_no_more_than_twice_a_minute() -> None:
    keys = json.dumps(KeySet([ECKey.generate_key("P-256", auto_kid=True)]).as_dict(private=False)).encode()
    seconds, transport = [0.0], Provider(keys=keys)
    provider = OtherProvider(ProviderAddress(ISSUER, "mdt"), transport, lambda: seconds[0])
    for second in range(60):
        seconds[0] = float(second)
        assert len(provider.keys("unknown").keys) == 1
    assert transport.asked.count("/keys") == 2


def test_a_provider_that_is_down_is_told_as_that(store: CentralStore) -> None:
    address = ProviderAddress("http://127.0.0.1:9/oidc", "mdt-desktop")
    with browser(replace(store, provider=OtherProvider(address))) as web:
        answer = finish(web, Asking(), "eyJhbGciOiJFUzI1NiJ9.e30.e30")
    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_provider_unreachable")
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("issuer", "client"),
    [("http://sign-in.test", "mdt"), ("ftp://x", "mdt"), ("", "mdt"), ("https://a@b", "mdt"), (ISSUER, "")],
)
def test_a_provider_in_the_clear_or_without_a_client_id_is_refused(issuer: str, client: str) -> None:
    with pytest.raises(ProviderAddressRefused):
        OtherProvider(ProviderAddress(issuer, client))
