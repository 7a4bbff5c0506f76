"""Codes of the built-in provider hold once, for a minute, for one laptop; one-time codes of people hold once too."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from mdt_desktop.central import accounts
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.oidc_provider import CODE_TIME
from mdt_desktop.central.tables import AUDIT
from tests.helpers.browsing import (
    Asking,
    browser,
    code_for,
    fields,
    finish,
    id_token_for,
    one_time_code,
    open_page,
    query,
    type_in,
)
from tests.helpers.central import PASSWORD, Laptop
from tests.helpers.clocks import FrozenClock


@pytest.fixture
def web(store: CentralStore) -> Iterator[httpx.Client]:
    """A browser at the store."""
    with browser(store) as opened:
        yield opened


@pytest.fixture
def otpauth(store: CentralStore, clock: FrozenClock) -> str:
    """Nia has a second factor."""
    return store.database.write(lambda connection: accounts.give_second_factor(connection, "nia", "test", clock()))


def test_signing_in_through_the_browser_gives_a_device_its_tokens(web: httpx.Client, store: CentralStore) -> None:
    asking = Asking()
    answer = finish(web, asking, id_token_for(web, asking))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["user"]["name"], told["user"]["role"]) == ("Nia", "care_navigator")
    nia = Laptop(web, "Nia", asking.device, told["access"], told["refresh"])
    assert len(nia.session()["grants"]) == 1
    with store.database.reading() as connection:
        actions = list(connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.seq)).scalars())
    assert actions[-4:] == ["sign_in_tried", "sign_in_page", "sign_in", "session"]


def test_a_code_is_taken_once(web: httpx.Client) -> None:
    asking = Asking()
    code = code_for(web, asking)
    first, second = (web.post("/oidc/token", data=asking.exchange(code)) for _ in range(2))
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_a_code_holds_for_a_minute(web: httpx.Client, clock: FrozenClock) -> None:
    asking = Asking()
    code = code_for(web, asking)
    clock.advance(CODE_TIME)
    assert web.post("/oidc/token", data=asking.exchange(code)).json()["error"] == "invalid_grant"


WRONG_EXCHANGES: dict[str, dict[str, str | None]] = {
    "another verifier": {"code_verifier": "v" * 64},
    "no verifier": {"code_verifier": None},
    "a verifier that is none": {"code_verifier": "short"},
    "another address": {"redirect_uri": "http://127.0.0.1:49153/signed-in"},
    "no address": {"redirect_uri": None},
    "another client": {"client_id": "another"},
    "another code": {"code": "x" * 43},
    "no code": {"code": None},
}


@pytest.mark.parametrize("name", WRONG_EXCHANGES)
def test_a_code_is_bound_to_its_laptop_and_a_wrong_try_ends_it(name: str, web: httpx.Client) -> None:
    asking = Asking()
    code = code_for(web, asking)
    wrong = web.post("/oidc/token", data=asking.exchange(code, **WRONG_EXCHANGES[name]))
    assert wrong.status_code == 400
    assert "id_token" not in wrong.json()
    untouched = name in ("another client", "another code", "no code")
    right = web.post("/oidc/token", data=asking.exchange(code))
    assert right.status_code == (200 if untouched else 400)


@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token", "", "implicit"])
def test_no_other_grant_is_known(grant: str, web: httpx.Client) -> None:
    given = {"grant_type": grant, "client_id": "mdt-desktop", "username": "Nia", "password": PASSWORD}
    answer = web.post("/oidc/token", data=given)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_an_account_that_was_revoked_after_the_page_gets_no_token(
    web: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    asking = Asking()
    code = code_for(web, asking)
    store.database.write(lambda connection: accounts.revoke_user(connection, "Nia", "test", clock()))
    assert web.post("/oidc/token", data=asking.exchange(code)).json()["error"] == "invalid_grant"


def test_the_page_asks_for_the_code_after_the_password_and_takes_each_once(
    web: httpx.Client, clock: FrozenClock, otpauth: str
) -> None:
    asking, code = Asking(), one_time_code(otpauth, clock().timestamp())
    second = type_in(web, open_page(web, asking), user="Nia", password=PASSWORD)
    assert second.status_code == 200
    assert 'autocomplete="one-time-code"' in second.text
    wrong = type_in(web, second, code="000000" if code != "000000" else "111111")
    assert wrong.status_code == 401
    assert 'role="alert"' in wrong.text
    done = type_in(web, wrong, code=f"{code[:3]} {code[3:]}")
    assert done.status_code == 303
    again = type_in(web, open_page(web, Asking()), user="Nia", password=PASSWORD)
    assert type_in(web, again, code=code).status_code == 401
    token = web.post("/oidc/token", data=asking.exchange(query(done)["code"])).json()["id_token"]
    body = token.split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(body + "=="))["amr"] == ["pwd", "otp"]


def test_the_first_step_holds_for_five_minutes_one_browser_and_one_request(
    web: httpx.Client, store: CentralStore, clock: FrozenClock, otpauth: str
) -> None:
    second = type_in(web, open_page(web, Asking()), user="Nia", password=PASSWORD)
    code = one_time_code(otpauth, clock().timestamp())
    assert type_in(web, second, code=code, state="another").status_code == 400
    with browser(store) as elsewhere:
        other = open_page(elsewhere, Asking())
        stolen = {**fields(other.text), "ticket": fields(second.text)["ticket"], "code": code}
        assert elsewhere.post("/oidc/authorize", data=stolen).status_code == 400
    assert type_in(web, second, code=code, ticket="nothing.at all").status_code == 400
    clock.advance(timedelta(minutes=5))
    assert type_in(web, second, code=one_time_code(otpauth, clock().timestamp())).status_code == 400


def test_guessing_codes_shuts_the_account(web: httpx.Client, otpauth: str) -> None:
    second = type_in(web, open_page(web, Asking()), user="Nia", password=PASSWORD)
    got = [type_in(web, second, code=f"{number:06}").status_code for number in range(900_000, 900_011)]
    assert got == [401] * 10 + [429]


def test_a_sign_in_without_a_browser_needs_the_code_too(
    web: httpx.Client, clock: FrozenClock, otpauth: str
) -> None:
    nia = Laptop(web, "Nia")
    assert nia.register().json()["code"] == "second_factor_needed"
    body = {"user": "Nia", "password": PASSWORD, "device": nia.device, "device_name": "Invented laptop"}
    code = one_time_code(otpauth, clock().timestamp())
    send = {"url": "/sync/v1/register", "headers": {"Sync-Protocol": "1"}}
    assert web.post(json={**body, "totp": "12"}, **send).json()["code"] == "sign_in_refused"  # type: ignore[arg-type]
    assert web.post(json={**body, "totp": code}, **send).status_code == 200  # type: ignore[arg-type]
    assert web.post(json={**body, "totp": code}, **send).status_code == 401  # type: ignore[arg-type]


def test_a_new_second_factor_ends_the_old_and_an_administrator_can_take_it_away(
    web: httpx.Client, store: CentralStore, clock: FrozenClock, otpauth: str
) -> None:
    new = store.database.write(lambda connection: accounts.give_second_factor(connection, "Nia", "test", clock()))
    second = type_in(web, open_page(web, Asking()), user="Nia", password=PASSWORD)
    assert type_in(web, second, code=one_time_code(otpauth, clock().timestamp())).status_code == 401
    assert type_in(web, second, code=one_time_code(new, clock().timestamp() + 30)).status_code == 303
    assert store.database.write(lambda connection: accounts.remove_second_factor(connection, "Nia", "test", clock()))
    assert Laptop(web, "Nia").register().status_code == 200
