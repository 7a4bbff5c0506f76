"""Somebody who signs in on the page in a browser, and the laptop that asked for it."""

import base64
import hashlib
import re
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.central.id_tokens import nonce_for
from tests.helpers.central import PASSWORD, AppTransport, cheap_passwords, furnish
from tests.helpers.central_server import Server, serving

ORIGIN = "http://127.0.0.1:8765"
ISSUER = f"{ORIGIN}/oidc"


def browser(store: CentralStore, address: str = "127.0.0.1") -> httpx.Client:
    """A client of the application at an address that a provider may have."""
    return httpx.Client(transport=AppTransport(create_app(store), address), base_url=ORIGIN)


@dataclass
class Asking:
    """One sign-in that a laptop began, with its secrets."""

    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    redirect: str = "http://127.0.0.1:49152/signed-in"
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    proof: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def request(self, **changes: str | None) -> dict[str, str]:
        """The authorization request; what is given as None is left out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        right: dict[str, str | None] = {
            "response_type": "code",
            "client_id": "mdt-desktop",
            "redirect_uri": self.redirect,
            "scope": "openid",
            "state": self.state,
            "nonce": nonce_for(self.proof, self.device),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (right | changes).items() if value is not None}

    def exchange(self, code: str, /, **changes: str | None) -> dict[str, str]:
        """The token request for a code."""
        right: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "client_id": "mdt-desktop",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in (right | changes).items() if value is not None}


def fields(page: str) -> dict[str, str]:
    """What the page's form carries."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def query(answer: httpx.Response) -> dict[str, str]:
    """The parameters that a redirect carries."""
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def open_page(http: httpx.Client, asking: Asking, **changes: str | None) -> httpx.Response:
    """Open the address that the laptop gave to the browser."""
    return http.get("/oidc/authorize", params=asking.request(**changes))


def type_in(http: httpx.Client, page: httpx.Response, **typed: str) -> httpx.Response:
    """Fill in the page's form and send it."""
    return http.post("/oidc/authorize", data={**fields(page.text), "go": "on", **typed})


def code_for(http: httpx.Client, asking: Asking, user: str = "Nia") -> str:
    """Sign in on the page; the code that the laptop gets."""
    answer = type_in(http, open_page(http, asking), user=user, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    assert query(answer)["state"] == asking.state
    return query(answer)["code"]


def id_token_for(http: httpx.Client, asking: Asking, user: str = "Nia") -> str:
    """Sign in on the page and take the token for the code."""
    answer = http.post("/oidc/token", data=asking.exchange(code_for(http, asking, user)))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id_token"])


def finish(http: httpx.Client, asking: Asking, id_token: str, /, **changes: Any) -> httpx.Response:
    """The laptop's last step at the central store."""
    given = {"id_token": id_token, "proof": asking.proof, "device": asking.device, "device_name": "Invented laptop"}
    return http.post("/sync/v1/sign_in", json={**given, **changes}, headers={"Sync-Protocol": "1"})


def one_time_code(otpauth: str, seconds: float) -> str:
    """What an authenticator app shows at a moment for the address it was given."""
    secret = dict(parse_qsl(urlsplit(otpauth).query))["secret"]
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(seconds)).decode()  # noqa: S303


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    """A really started store with the usual people in it."""
    opened = open_store(folder, passwords=cheap_passwords())
    furnish(opened)
    opened.close()
    with serving("--data", str(folder), *options) as server:
        yield server


class Person:
    """Somebody at this computer's browser: opens an address that a program gives, and signs in on the page.

    They work in a thread of their own, as a browser does; `gone()` waits for it and says what the last page was.
    """

    def __init__(
        self, user: str = "Nia", password: str = PASSWORD, turn: Callable[[str], str] = lambda url: url
    ) -> None:
        """`turn` makes another address of the one that the browser is sent back to."""
        self._user, self._password, self._turn = user, password, turn
        self._pages: list[httpx.Response] = []
        self._thread = threading.Thread(target=lambda: None)
        self.opened = ""

    def open(self, address: str) -> bool:
        """Be asked to open an address."""
        self.opened = address
        self._thread = threading.Thread(target=self._sign_in, args=(address,))
        self._thread.start()
        return True

    def gone(self) -> httpx.Response:
        """The last page that was seen, once the browser is closed."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self._pages[-1]

    def _sign_in(self, address: str) -> None:
        with httpx.Client(timeout=20) as http:
            page = http.get(address)
            place = address.partition("?")[0]
            typed = {"go": "on"} if self._user else {"go": "cancel"}
            answer = http.post(
                place, data={**fields(page.text), **typed, "user": self._user, "password": self._password}
            )
            self._pages.append(answer)
            if answer.status_code == 303:
                self._pages.append(http.get(self._turn(answer.headers["location"])))
