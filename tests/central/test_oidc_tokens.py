"""What a provider signed is taken only as it was meant: for this store, this laptop, now, once (SECURITY I.4)."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from sqlalchemy import func, select

from mdt_desktop.central import accounts, devices, signing_keys
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import IdTokenRefused
from mdt_desktop.central.id_tokens import Expected, nonce_for, verified
from mdt_desktop.central.tables import AUDIT
from tests.helpers.browsing import Asking, browser, finish, id_token_for
from tests.helpers.central import Laptop
from tests.helpers.clocks import FrozenClock

ISSUER, CLIENT, NONCE = "https://sign-in.test/realm", "mdt", "n" * 43


@pytest.fixture
def web(store: CentralStore) -> Iterator[httpx.Client]:
    """A browser at the store."""
    with browser(store) as opened:
        yield opened


def refused(store: CentralStore) -> int:
    with store.database.reading() as connection:
        count = select(func.count()).select_from(AUDIT).where(AUDIT.c.action == "refused")
        return connection.execute(count).scalar_one()


def test_a_token_finishes_one_sign_in_of_one_device(web: httpx.Client, store: CentralStore) -> None:
    asking = Asking()
    token = id_token_for(web, asking)
    thief = finish(web, asking, token, device=str(uuid.uuid4()))
    guess = finish(web, asking, token, proof="p" * 43)
    assert [it.json()["code"] for it in (thief, guess)] == ["id_token_refused"] * 2
    assert finish(web, asking, token).status_code == 200
    again = finish(web, asking, token)
    assert (again.status_code, again.json()["code"]) == (401, "id_token_refused")
    assert refused(store) == 3


def test_a_token_runs_out(web: httpx.Client, clock: FrozenClock) -> None:
    asking = Asking()
    token = id_token_for(web, asking)
    clock.advance(timedelta(minutes=6))
    assert finish(web, asking, token).json()["code"] == "id_token_refused"


def test_a_token_of_the_provider_opens_nothing_by_itself(web: httpx.Client) -> None:
    asking = Asking()
    wrong = Laptop(web, "Nia", asking.device, access=id_token_for(web, asking))
    assert wrong.post("session", {"device": wrong.device, "app": "1", "schema": 1}).status_code == 401


def test_a_new_key_signs_at_once_and_what_the_old_one_signed_still_counts(
    web: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    before = Asking()
    token = id_token_for(web, before)
    store.database.write(lambda connection: signing_keys.rotate(connection, clock()))
    shown = {key["kid"] for key in web.get("/oidc/jwks").json()["keys"]}
    after = Asking()
    fresh = id_token_for(web, after, "Noor")
    kids = [jwt_header(it)["kid"] for it in (token, fresh)]
    assert shown == set(kids)
    assert len(shown) == 2
    assert finish(web, before, token).status_code == 200
    assert finish(web, after, fresh).status_code == 200
    clock.advance(signing_keys.SHOWN_AFTER)
    assert [key["kid"] for key in web.get("/oidc/jwks").json()["keys"]] == [kids[1]]


def test_a_revoked_account_device_and_a_device_of_another_do_not_come_in_this_way(
    web: httpx.Client, store: CentralStore, clock: FrozenClock
) -> None:
    first = Asking()
    assert finish(web, first, id_token_for(web, first)).status_code == 200
    others = Asking(device=first.device)
    assert finish(web, others, id_token_for(web, others, "Noor")).json()["code"] == "device_of_another"
    store.database.write(lambda connection: devices.revoke(connection, first.device))
    again = Asking(device=first.device)
    assert finish(web, again, id_token_for(web, again)).json()["code"] == "device_revoked"
    late = Asking()
    token = id_token_for(web, late, "Wes")
    store.database.write(lambda connection: accounts.revoke_user(connection, "Wes", "test", clock()))
    assert finish(web, late, token).json()["code"] == "sign_in_refused"


def test_signing_in_again_ends_what_the_device_had(web: httpx.Client) -> None:
    asking = Asking()
    first = finish(web, asking, id_token_for(web, asking)).json()
    again = Asking(device=asking.device)
    assert finish(web, again, id_token_for(web, again)).status_code == 200
    assert Laptop(web, "Nia", asking.device, first["access"]).get("hello").status_code == 200
    old = Laptop(web, "Nia", asking.device, first["access"])
    assert old.post("receipts", {"device": old.device, "done": []}).status_code == 401


def test_signing_out_ends_every_token_and_says_the_same_to_whoever_asks_again(nia: Laptop, noor: Laptop) -> None:
    send = partial(nia.http.post, "/sync/v1/sign_out", headers={"Sync-Protocol": "1"})
    for wrong in ({"refresh": nia.refresh, "device": noor.device}, {"refresh": nia.access, "device": nia.device}):
        assert send(json=wrong).json() == {}
    assert len(nia.session()["grants"]) == 1
    right = {"refresh": nia.refresh, "device": nia.device}
    assert [send(json=right).json() for _ in range(2)] == [{}, {}]
    assert nia.post("session", {"device": nia.device, "app": "1", "schema": 1}).json()["code"] == "not_signed_in"
    assert nia.http.post("/sync/v1/refresh", json=right, headers={"Sync-Protocol": "1"}).status_code == 401
    assert len(noor.session()["grants"]) == 2


@pytest.mark.parametrize("wrong", [{"proof": "short"}, {"id_token": ""}, {"id_token": "x" * 20_000}, {"device": "x"}])
def test_what_has_not_the_shape_is_refused_as_that(wrong: Mapping[str, str], web: httpx.Client) -> None:
    answer = finish(web, Asking(), "token", **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_tokens_that_do_not_hold_are_looked_at_so_often_and_no_more(web: httpx.Client) -> None:
    asking = Asking()
    got = [finish(web, asking, "a.b.c").status_code for _ in range(61)]
    assert got == [401] * 60 + [429]


# What is refused of another provider's, each by itself

EC, OTHER_EC = (ECKey.generate_key("P-256", private=True, auto_kid=True) for _ in range(2))
RSA = RSAKey.generate_key(2048, private=True, auto_kid=True)
KEYS = KeySet([EC, RSA])


def jwt_header(token: str) -> Any:
    part = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def claims(now: float, **changes: Any) -> dict[str, Any]:
    right = {"iss": ISSUER, "aud": CLIENT, "sub": "7", "nonce": NONCE, "iat": int(now), "exp": int(now) + 300}
    return {name: value for name, value in (right | changes).items() if value is not None}


def signed(now: float, key: Any = EC, header: Mapping[str, Any] | None = None, **changes: Any) -> str:
    algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
    whole = {"alg": algorithm, "kid": key.kid, **(header or {})}
    # Written by hand: the library would refuse to write some of what an attacker sends.
    body = f"{_part(whole)}.{_part(claims(now, **changes))}"
    return f"{body}.{_signature(body, key, algorithm)}"


def _signature(body: str, key: Any, algorithm: str) -> str:
    made = JWSRegistry(algorithms=[algorithm]).get_alg(algorithm).sign(body.encode(), key)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _unsigned(now: float) -> str:
    return f"{_part({'alg': 'none', 'kid': EC.kid})}.{_part(claims(now))}."


def _confused(now: float) -> str:
    """HS256 with the provider's public key as the shared secret."""
    body = f"{_part({'alg': 'HS256', 'kid': RSA.kid})}.{_part(claims(now))}"
    mac = hmac.new(RSA.as_pem(private=False), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _changed(now: float) -> str:
    head, _, seal = signed(now).split(".")
    return f"{head}.{_part(claims(now, sub='8'))}.{seal}"


ATTACKS: dict[str, Callable[[float], str]] = {
    "alg none": _unsigned,
    "alg None without a key": lambda now: f"{_part({'alg': 'None'})}.{_part(claims(now))}.",
    "HS256 with the public key": _confused,
    "HS256 of a secret": lambda now: jwt.encode({"alg": "HS256"}, claims(now), OctKey.generate_key(256), ["HS256"]),
    "changed after signing": _changed,
    "signed by another under the same id": lambda now: signed(now, OTHER_EC, {"kid": EC.kid}),
    "an unknown key": lambda now: signed(now, OTHER_EC),
    "the other kind of key": lambda now: signed(now, EC, {"kid": RSA.kid}),
    "a key of its own": lambda now: signed(now, OTHER_EC, {"jwk": OTHER_EC.as_dict(private=False)}),
    "a place for keys": lambda now: signed(now, header={"jku": "https://evil.test/keys"}),
    "a place for certificates": lambda now: signed(now, header={"x5u": "https://evil.test/cert"}),
    "an extension": lambda now: signed(now, header={"crit": ["exp"]}),
    "another issuer": lambda now: signed(now, iss="https://evil.test"),
    "the issuer with a slash": lambda now: signed(now, iss=f"{ISSUER}/"),
    "another audience": lambda now: signed(now, aud="another"),
    "no audience": lambda now: signed(now, aud=None),
    "two audiences and nobody it was given to": lambda now: signed(now, aud=[CLIENT, "another"]),
    "given to another": lambda now: signed(now, aud=[CLIENT, "another"], azp="another"),
    "another nonce": lambda now: signed(now, nonce="m" * 43),
    "no nonce": lambda now: signed(now, nonce=None),
    "a nonce that is no text": lambda now: signed(now, nonce=[NONCE]),
    "run out": lambda now: signed(now, exp=now - 61),
    "without an end": lambda now: signed(now, exp=None),
    "an end that is no number": lambda now: signed(now, exp="9999999999"),
    "made in the future": lambda now: signed(now, iat=now + 120),
    "made long ago": lambda now: signed(now, iat=now - 601),
    "without a beginning": lambda now: signed(now, iat=None),
    "not yet": lambda now: signed(now, nbf=now + 120),
    "a beginning that is none": lambda now: signed(now, nbf="soon"),
    "nobody": lambda now: signed(now, sub=None),
    "nobody's name": lambda now: signed(now, sub=""),
    "a name of 300 signs": lambda now: signed(now, sub="x" * 300),
    "no token": lambda now: "",
    "rubbish": lambda now: "a.b.c",
    "two parts": lambda now: signed(now).rpartition(".")[0],
    "signs of another alphabet": lambda now: "ключ." + signed(now),
    "a list": lambda now: f"{_part(['alg'])}.{_part([])}.",
}


def take(token: str, clock: FrozenClock) -> Mapping[str, Any]:
    return verified(token, lambda _: KEYS, Expected(ISSUER, CLIENT, NONCE), clock())


@pytest.mark.parametrize("name", ATTACKS)
def test_a_token_that_is_not_what_it_should_be_is_refused(name: str, clock: FrozenClock) -> None:
    with pytest.raises(IdTokenRefused):
        take(ATTACKS[name](clock().timestamp()), clock)


RIGHT: dict[str, Callable[[float], str]] = {
    "ES256": signed,
    "RS256": lambda now: signed(now, RSA),
    "two audiences, given to us": lambda now: signed(now, aud=["another", CLIENT], azp=CLIENT),
    "a clock that is some seconds off": lambda now: signed(now, iat=now + 30, nbf=now + 30),
    "without the key's id, where there is one of the kind": lambda now: signed(now, header={"kid": ""}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_token_that_holds_is_taken(name: str, clock: FrozenClock) -> None:
    assert take(RIGHT[name](clock().timestamp()), clock)["sub"] == "7"


def test_the_nonce_is_of_the_secret_and_of_the_device() -> None:
    assert len({nonce_for("a", "x"), nonce_for("b", "x"), nonce_for("a", "y")}) == 3
