"""Signing in through the system's browser: authorization code with PKCE, back over loopback (RFC 7636, 8252, 9207).

The laptop is a public client: what it proves itself by is made anew for each sign-in and lives in memory only.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx
import orjson

from mdt_desktop.sync.answers import Reading
from mdt_desktop.sync.loopback import Loopback, SignInCancelled
from mdt_desktop.sync.protocol import AnswerNotUnderstood, SignInWay
from mdt_desktop.sync.remote import Offline, RemoteProblem

_SECONDS = httpx.Timeout(30, connect=10)
_MOST_BYTES = 256 << 10
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SignInServiceFailed(RemoteProblem):
    """The service that people sign in with does not answer as one, or refused without a reason that helps."""

    code = "sign_in_service_failed"


class BrowserNotNeeded(RemoteProblem):
    """This central store is of an older version and signs in by a password only."""

    code = "sign_in_no_browser"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider's page and its tokens are; `names_itself`: its answers say who gives them (RFC 9207)."""

    page: str
    tokens: str
    names_itself: bool


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What one sign-in is recognised by, never shown in a log."""

    state: str = field(default_factory=_secret)
    verifier: str = field(default_factory=_secret)
    proof: str = field(default_factory=_secret)

    def challenge(self) -> str:
        """What the provider keeps until the verifier is shown (RFC 7636)."""
        return _digest(self.verifier)

    def nonce(self, device: str) -> str:
        """What the provider signs: the central store sees from it that this device began the sign-in."""
        return _digest(f"{self.proof}.{device}")


class Provider:
    """One sign-in provider, asked over https, or http on this computer; no redirect is followed. A `with` block."""

    def __init__(self, way: SignInWay, transport: httpx.BaseTransport | None = None) -> None:
        self._way = way
        self._http = httpx.Client(timeout=_SECONDS, transport=transport, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def places(self) -> Places:
        """Found by the discovery address. Raises Offline, SignInServiceFailed."""
        if not _is_secure(self._way.issuer):
            raise SignInServiceFailed
        told = self._ask("GET", f"{self._way.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            reading = Reading(told)
            places = Places(
                reading.text("authorization_endpoint"),
                reading.text("token_endpoint"),
                told.get("authorization_response_iss_parameter_supported") is True,
            )
            issuer = reading.text("issuer")
        except AnswerNotUnderstood as problem:
            raise SignInServiceFailed from problem
        if issuer != self._way.issuer or not (_is_secure(places.page) and _is_secure(places.tokens)):
            raise SignInServiceFailed
        return places

    def page_address(self, places: Places, secrets_: Secrets, device: str, back: str) -> str:
        """The address that the browser opens."""
        asked = {
            "response_type": "code",
            "client_id": self._way.client,
            "redirect_uri": back,
            "scope": "openid",
            "state": secrets_.state,
            "nonce": secrets_.nonce(device),
            "code_challenge": secrets_.challenge(),
            "code_challenge_method": "S256",
        }
        return f"{places.page}{'&' if '?' in places.page else '?'}{urlencode(asked)}"

    def token(self, places: Places, secrets_: Secrets, back: str, found: Mapping[str, str]) -> str:
        """The id token for what the browser brought back.

        Raises SignInCancelled where somebody turned back there, SignInServiceFailed, Offline.
        """
        named = found.get("iss")
        if named != self._way.issuer and (places.names_itself or named is not None):
            raise SignInServiceFailed
        if found.get("error") == "access_denied":
            raise SignInCancelled
        if "error" in found or not found.get("code"):
            raise SignInServiceFailed
        asked = {
            "grant_type": "authorization_code",
            "client_id": self._way.client,
            "code": found["code"],
            "redirect_uri": back,
            "code_verifier": secrets_.verifier,
        }
        try:
            return Reading(self._ask("POST", places.tokens, asked)).text("id_token")
        except AnswerNotUnderstood as problem:
            raise SignInServiceFailed from problem

    def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        body = bytearray()
        try:
            with self._http.stream(method, url, data=form, headers={"Accept": "application/json"}) as answer:
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise SignInServiceFailed
                status = answer.status_code
        except httpx.HTTPError as problem:
            raise Offline from problem
        try:
            document = orjson.loads(bytes(body))
        except orjson.JSONDecodeError as problem:
            raise SignInServiceFailed from problem
        if status != 200 or not isinstance(document, dict):
            raise SignInServiceFailed
        return document


@dataclass(frozen=True, slots=True)
class SignedInBrowser:
    """What the central store is shown: the token, and the secret that its nonce was made of."""

    id_token: str
    proof: str


def sign_in(
    way: SignInWay,
    device: str,
    open_browser: Callable[[str], object],
    cancelled: Callable[[], bool],
    transport: httpx.BaseTransport | None = None,
) -> SignedInBrowser:
    """Sign in once in the browser, which `open_browser` is asked to open at an address.

    Raises SignInCancelled, SignInTookTooLong, SignInServiceFailed, Offline.
    """
    secrets_ = Secrets()
    with Provider(way, transport) as provider:
        places = provider.places()
        with Loopback() as loopback:
            back = loopback.address
            open_browser(provider.page_address(places, secrets_, device, back))
            found = loopback.wait(secrets_.state, cancelled)
        if cancelled():
            raise SignInCancelled
        return SignedInBrowser(provider.token(places, secrets_, back, found), secrets_.proof)


def _is_secure(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    known = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return bool(known and host and not parts.username and not parts.fragment)


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
