"""Another sign-in provider, found by its discovery address: its keys, kept for a while and fetched anew as they change.

OpenID Connect Discovery 1.0; keys by RFC 7517. Only https is asked, or http on this computer; no redirect is followed.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mdt_desktop.central.errors import ProviderAddressRefused, ProviderUnreachable

NAME_CLAIM = "preferred_username"
_SECONDS = httpx.Timeout(10, connect=5)
_MOST_BYTES = 256 << 10
_KEPT_SECONDS = 3600.0
# A token with a key that nobody knows must not make this store ask the provider with every request.
_LEAST_SECONDS = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class ProviderAddress:
    """Which provider, what this store's laptops are called there, and which claim names an account here."""

    issuer: str
    client: str
    claim: str = NAME_CLAIM


class OtherProvider:
    """The keys of one provider; safe to ask from any thread."""

    def __init__(
        self,
        address: ProviderAddress,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`transport` takes the place of the network in tests. Raises ProviderAddressRefused."""
        if not is_secure(address.issuer) or not address.client or not address.claim:
            raise ProviderAddressRefused(url=address.issuer)
        self.address = address
        self._transport, self._clock = transport, clock
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")

    def keys(self, key_id: str) -> KeySet:
        """The provider's keys; fetched anew where one of this id is not known, or what is known is old.

        Raises ProviderUnreachable.
        """
        with self._lock:
            age = self._clock() - self._asked_at
            known = self._keys is not None and any(not key_id or key.kid == key_id for key in self._keys.keys)
            if self._keys is not None and age < (_KEPT_SECONDS if known else _LEAST_SECONDS):
                return self._keys
            if self._keys is None and age < 1:
                raise ProviderUnreachable
            self._asked_at = self._clock()
            self._keys = self._fetched()
            return self._keys

    def _fetched(self) -> KeySet:
        with httpx.Client(timeout=_SECONDS, transport=self._transport, follow_redirects=False) as http:
            told = _document(http, f"{self.address.issuer.rstrip('/')}/.well-known/openid-configuration")
            place = told.get("jwks_uri")
            if told.get("issuer") != self.address.issuer or not isinstance(place, str) or not is_secure(place):
                raise ProviderUnreachable
            try:
                return KeySet.import_key_set(_document(http, place))  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError) as problem:
                raise ProviderUnreachable from problem


def is_secure(url: str) -> bool:
    """Whether an address is https, or http on this computer, and nothing but an address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    known = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return bool(known and host and not parts.username and not parts.fragment)


def _document(http: httpx.Client, url: str) -> Mapping[str, Any]:
    body = bytearray()
    try:
        with http.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            if answer.status_code != 200:
                raise ProviderUnreachable
            for part in answer.iter_bytes():
                body += part
                if len(body) > _MOST_BYTES:
                    raise ProviderUnreachable
        document = orjson.loads(bytes(body))
    except (httpx.HTTPError, orjson.JSONDecodeError) as problem:
        raise ProviderUnreachable from problem
    if not isinstance(document, dict):
        raise ProviderUnreachable
    return document
