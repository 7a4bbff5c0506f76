"""Opaque page links: what a next page needs, sealed so that nobody reads or changes it and only who got it uses it."""

import base64
import hashlib
import hmac
import secrets
import zlib
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mdt_desktop.central import store_facts
from mdt_desktop.central.fhir_api.asking import Asking
from mdt_desktop.central.fhir_api.errors import ParameterWrong

PAGE = "_page"
"""The one parameter of a page link. What was searched for may name people, and links get into logs."""
_NONCE = 12
_LONGEST = 16_384


def seal(asked: Asking, kind: str, content: Any) -> str:
    """Content as the value of a page link of one kind."""
    nonce = secrets.token_bytes(_NONCE)
    packed = zlib.compress(orjson.dumps(content))
    sealed = AESGCM(_key(asked)).encrypt(nonce, packed, _bound_to(asked, kind))
    return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(asked: Asking, kind: str, text: str) -> Any:
    """What a page link holds. Raises ParameterWrong for another's, another kind's, or one that was changed."""
    try:
        raw = base64.urlsafe_b64decode(text[:_LONGEST].encode("ascii") + b"=" * (-len(text) % 4))
        packed = AESGCM(_key(asked)).decrypt(raw[:_NONCE], raw[_NONCE:], _bound_to(asked, kind))
        return orjson.loads(zlib.decompress(packed))
    except (ValueError, InvalidTag) as problem:
        raise ParameterWrong(name=PAGE, wanted="a link of this server, unchanged") from problem


def page_url(asked: Asking, place: str, kind: str, content: Any) -> str:
    """The whole address of a page."""
    return f"{asked.base}/{place}?{PAGE}={seal(asked, kind, content)}"


def _bound_to(asked: Asking, kind: str) -> bytes:
    return f"{kind}\x1f{asked.who.user_id}".encode()


def _key(asked: Asking) -> bytes:
    with asked.store.database.reading() as connection:
        return hmac.new(store_facts.sign_in_key(connection), b"fhir page links", hashlib.sha256).digest()
