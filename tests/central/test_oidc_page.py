"""The page of the built-in provider, and what it refuses; what the database has to hold is in `test_oidc_codes`."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.oidc_provider import is_loopback_address
from mdt_desktop.central.tables import SIGN_IN_CODE
from tests.helpers.browsing import (
    ISSUER,
    Asking,
    browser,
    fields,
    id_token_for,
    open_page,
    query,
    type_in,
)
from tests.helpers.central import PASSWORD, Laptop
from tests.helpers.clocks import FrozenClock


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path | None, str | None]:
    """One database is enough for what never reaches it."""
    return tmp_path / "central", None


@pytest.fixture
def web(store: CentralStore) -> Iterator[httpx.Client]:
    """A browser at the store."""
    with browser(store) as opened:
        yield opened


def test_what_laptops_learn_leads_to_what_the_provider_says_of_itself(web: httpx.Client) -> None:
    assert web.get("/sync/v1/hello").json()["sign_in"] == {"issuer": ISSUER, "client": "mdt-desktop", "password": True}
    told = web.get("/oidc/.well-known/openid-configuration").json()
    assert told["issuer"] == ISSUER
    assert (told["response_types_supported"], told["grant_types_supported"]) == (["code"], ["authorization_code"])
    assert told["code_challenge_methods_supported"] == ["S256"]
    key = web.get("/oidc/jwks").json()["keys"][0]
    assert (key["kty"], key["alg"], key["use"], "d" in key) == ("EC", "ES256", "sig", False)


def test_the_token_says_who_it_is_and_nothing_about_them(web: httpx.Client, clock: FrozenClock) -> None:
    asking = Asking()
    body = id_token_for(web, asking).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert claims.keys() == {
        "iss", "aud", "iat", "exp", "auth_time", "nonce", "amr", "at_hash", "sub", "preferred_username",
    }  # fmt: skip
    assert (claims["preferred_username"], claims["amr"]) == ("Nia", ["pwd"])
    assert (claims["iat"], claims["exp"] - claims["iat"]) == (int(clock().timestamp()), 300)


def test_the_page_is_framed_kept_and_scripted_by_nobody_and_reads_without_sight(web: httpx.Client) -> None:
    asking = Asking(redirect="http://127.0.0.1:50001/signed-in")
    page = open_page(web, asking)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:50001;" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    cookie = page.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "<script" not in page.text
    assert page.text.startswith('<!doctype html>\n<html lang="en-GB">')
    labels = set(re.findall(r'<label for="([^"]+)"', page.text))
    assert labels == set(re.findall(r'<input id="([^"]+)"', page.text)) == {"user", "password"}


def test_behind_another_server_the_store_goes_by_the_address_it_was_given(store: CentralStore) -> None:
    with browser(replace(store, public_url="https://mdt.example.org")) as web:
        assert web.get("/sync/v1/hello").json()["sign_in"]["issuer"] == "https://mdt.example.org/oidc"
        told = web.get("/oidc/.well-known/openid-configuration").json()
        assert told["token_endpoint"] == "https://mdt.example.org/oidc/token"
        page = open_page(web, Asking())
        assert (page.status_code, "secure" in page.headers["set-cookie"].casefold()) == (200, True)


def test_a_provider_in_the_clear_beyond_this_computer_does_not_work_at_all(store: CentralStore) -> None:
    with browser(replace(store, public_url="http://mdt.example.org")) as web:
        assert open_page(web, Asking()).status_code == 400


def test_an_unknown_name_and_a_wrong_password_get_one_page(web: httpx.Client) -> None:
    page = open_page(web, Asking())
    got = {
        name: type_in(web, page, user=name, password="a wrong sentence").text.replace(f'value="{name}"', "")
        for name in ("Nia", "Nobody")
    }
    assert got["Nia"] == got["Nobody"]


def test_what_is_typed_or_asked_for_never_becomes_part_of_the_page(web: httpx.Client) -> None:
    nasty = '"><script>alert(1)</script>'
    page = open_page(web, Asking(state=nasty))
    assert "<script" not in page.text
    assert fields(page.text)["state"] == nasty
    again = type_in(web, page, user=nasty, password="wrong")
    assert again.status_code == 401
    assert "<script" not in again.text


WRONG_REQUESTS: dict[str, dict[str, str | None]] = {
    "no state": {"state": None},
    "no nonce": {"nonce": None},
    "no challenge": {"code_challenge": None},
    "plain": {"code_challenge_method": "plain"},
    "no method": {"code_challenge_method": None},
    "a challenge that is none": {"code_challenge": "short"},
    "implicit": {"response_type": "token"},
    "id token from the page": {"response_type": "id_token"},
    "hybrid": {"response_type": "code id_token"},
    "another scope": {"scope": "openid profile"},
    "no scope": {"scope": None},
    "without anybody": {"prompt": "none"},
    "a state of 10,000 signs": {"state": "x" * 10_000},
}


@pytest.mark.parametrize("name", WRONG_REQUESTS)
def test_a_wrong_request_goes_back_with_an_error_and_no_code(name: str, web: httpx.Client) -> None:
    asking = Asking()
    answer = open_page(web, asking, **WRONG_REQUESTS[name])
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(asking.redirect)
    told = query(answer)
    assert told["error"]
    assert "code" not in told
    assert told["iss"] == ISSUER


FOREIGN = [
    "https://evil.test/signed-in",
    "http://127.0.0.1.evil.test:8080/",
    "http://127.0.0.1@evil.test:8080/",
    "http://localhost:8080/signed-in",
    "http://127.0.0.1/signed-in",
    "http://127.0.0.1:8080/signed-in?next=1",
    "http://127.0.0.1:8080/signed-in#part",
    "http://127.0.0.1:8080/a/../b",
    "http://127.0.0.1:8080/; frame-ancestors *",
    "javascript:alert(1)",
    "mdt-desktop://signed-in",
    "http://10.0.0.1:8080/signed-in",
]


@pytest.mark.parametrize("redirect", FOREIGN)
def test_a_foreign_address_gets_nothing_at_all(redirect: str, web: httpx.Client) -> None:
    answer = open_page(web, Asking(redirect=redirect))
    assert (answer.status_code, answer.headers.get("location")) == (400, None)
    assert "This sign-in cannot go on" in answer.text


def test_any_port_of_this_computer_is_taken_on_both_families() -> None:
    assert is_loopback_address("http://127.0.0.1:1/signed-in")
    assert is_loopback_address("http://127.0.0.1:65535/")
    assert is_loopback_address("http://[::1]:49152/signed-in")


@pytest.mark.parametrize("client", ["another", None])
def test_an_unknown_client_gets_nothing_at_all(client: str | None, web: httpx.Client) -> None:
    answer = open_page(web, Asking(), client_id=client)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_a_parameter_that_comes_twice_is_refused(web: httpx.Client) -> None:
    answer = web.get("/oidc/authorize", params={**Asking().request(), "nonce": ["one", "another"]})
    assert query(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("how", ["no cookie", "another cookie", "no token", "another token"])
def test_a_form_that_another_site_sends_is_refused(how: str, web: httpx.Client, store: CentralStore) -> None:
    page = open_page(web, Asking())
    typed = {**fields(page.text), "user": "Nia", "password": PASSWORD}
    if how == "no cookie":
        web.cookies.clear()
    elif how == "another cookie":
        web.cookies.clear()
        open_page(web, Asking())
    else:
        typed["csrf"] = "" if how == "no token" else "0" * 64
    answer = web.post("/oidc/authorize", data=typed)
    assert answer.status_code == 400
    with store.database.reading() as connection:
        assert connection.execute(select(SIGN_IN_CODE)).first() is None


def test_the_request_is_checked_again_when_the_form_comes(web: httpx.Client) -> None:
    page = open_page(web, Asking())
    answer = type_in(web, page, user="Nia", password=PASSWORD, redirect_uri="https://evil.test/")
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_somebody_who_turns_back_is_told_of_as_that(web: httpx.Client) -> None:
    asking = Asking()
    answer = type_in(web, open_page(web, asking), go="cancel")
    assert (query(answer)["error"], query(answer)["state"]) == ("access_denied", asking.state)


def test_a_wrong_password_stays_on_the_page_and_counts_as_a_try_of_the_account(
    web: httpx.Client, store: CentralStore
) -> None:
    asking = Asking()
    page = open_page(web, asking)
    got = [type_in(web, page, user="Nia", password=f"wrong sentence {number}") for number in range(11)]
    assert [it.status_code for it in got] == [401] * 10 + [429]
    assert 'role="alert"' in got[0].text
    assert int(got[-1].headers["retry-after"]) > 0
    assert Laptop(web, "Nia").register().status_code == 429
    assert type_in(web, page, user="Noor", password=PASSWORD).status_code == 303
