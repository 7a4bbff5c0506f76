"""Reads what a sign-in provider signed, and takes it only if every claim of it holds (OpenID Connect Core 3.1.3.7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from mdt_desktop.central.errors import IdTokenRefused

ALGORITHMS = ("ES256", "RS256", "PS256")
"""Signatures that are taken; `none`, and everything made with a shared secret, is not."""
_KEY_TYPES = {"ES256": "EC", "RS256": "RSA", "PS256": "RSA"}
# Places that would let a token bring its own key, and extensions that are not understood (ASVS 9.1.3).
_REFUSED_HEADERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})
_LEEWAY = timedelta(seconds=60)
_OLDEST = timedelta(minutes=10)
_LONGEST_SUB = 255
FindKeys = Callable[[str], KeySet]
"""The provider's keys; asked with the id of the one that is wanted, so that they can be fetched anew where it lacks."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose token it has to be: the provider, who it is meant for, and the nonce of this very sign-in."""

    issuer: str
    client: str
    nonce: str


def nonce_for(proof: str, device: str) -> str:
    """The nonce that a laptop asks with: made of a secret that it shows only when it finishes the sign-in.

    Whoever gets hold of the token alone can register no device with it.
    """
    digest = hashlib.sha256(f"{proof}.{device}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def verified(token: str, keys: FindKeys, expected: Expected, now: datetime) -> Mapping[str, Any]:
    """The claims of a token that holds in every respect. Raises IdTokenRefused, and whatever `keys` raises."""
    algorithm, key_id = _header(token)
    key = _key(keys(key_id), key_id, algorithm)
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError) as problem:
        raise IdTokenRefused from problem
    if not (_meant(claims, expected) and _in_time(claims, now)):
        raise IdTokenRefused
    return claims


def _header(token: str) -> tuple[str, str]:
    """The algorithm and the key's id that a token names, before anything of it is believed."""
    try:
        part = token.encode("ascii").split(b".")[0]
        header = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, IndexError) as problem:
        raise IdTokenRefused from problem
    if not isinstance(header, dict) or _REFUSED_HEADERS & header.keys():
        raise IdTokenRefused
    algorithm, key_id = header.get("alg"), header.get("kid", "")
    if algorithm not in ALGORITHMS or not isinstance(key_id, str):
        raise IdTokenRefused
    return algorithm, key_id


def _key(keys: KeySet, key_id: str, algorithm: str) -> Key:
    """The one key of that name and kind; without a name there must be one of the kind and no more."""
    fitting = [
        key
        for key in keys.keys
        if key.key_type == _KEY_TYPES[algorithm]
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, algorithm)
        and (not key_id or key.kid == key_id)
    ]
    if len(fitting) != 1:
        raise IdTokenRefused
    return fitting[0]


def _meant(claims: Mapping[str, Any], expected: Expected) -> bool:
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client not in audiences:
        return False
    # Several audiences, or somebody named as the one it was given to: that one has to be this program.
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != expected.client:
        return False
    sub, nonce = claims.get("sub"), claims.get("nonce")
    if not isinstance(sub, str) or not 0 < len(sub) <= _LONGEST_SUB:
        return False
    fits = isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), expected.nonce.encode())
    return fits and claims.get("iss") == expected.issuer


def _in_time(claims: Mapping[str, Any], now: datetime) -> bool:
    present, leeway = now.timestamp(), _LEEWAY.total_seconds()
    ends, made, begins = (_seconds(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if ends is None or made is None or (begins is None and "nbf" in claims):
        return False
    in_time = present - leeway < ends and max(made, begins or made) <= present + leeway
    return in_time and made > present - _OLDEST.total_seconds()


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
