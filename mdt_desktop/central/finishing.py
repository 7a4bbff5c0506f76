"""Finishes a sign-in through the browser: from what a provider signed to an account, a device and its tokens."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import IdTokenRefused, NoAccountHere
from mdt_desktop.central.id_tokens import Expected, FindKeys, nonce_for, verified
from mdt_desktop.central.sign_in import SignedIn, begin_session, name_key
from mdt_desktop.central.tables import ACCOUNT, SUBJECT, USED_NONCE
from mdt_desktop.domain.dates import moment_text

_NONCE_KEPT = timedelta(days=1)
FindAccount = Callable[[Connection, Mapping[str, Any], datetime], str]
"""The id of the account that claims belong to. Raises NoAccountHere."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What a laptop shows at the end: the token, the secret of its nonce, and itself."""

    id_token: str
    proof: str
    device: str
    device_name: str


def finish(
    store: CentralStore, given: Finish, keys: FindKeys, issuer: str, client: str, account: FindAccount
) -> SignedIn:
    """Verify the token and begin a session of the device; a token finishes one sign-in and no second.

    Raises IdTokenRefused, NoAccountHere, SignInRefused for a revoked account, DeviceOfAnother, DeviceRevoked,
    ProviderUnreachable.
    """
    expected = Expected(issuer, client, nonce_for(given.proof, given.device))
    claims = verified(given.id_token, keys, expected, store.clock())

    def begin(connection: Connection) -> SignedIn:
        now = store.clock()
        _use_up(connection, f"{issuer}\x1f{expected.nonce}", now)
        return begin_session(connection, account(connection, claims, now), given.device, given.device_name, now)

    return store.database.write(begin)


def own_account(connection: Connection, claims: Mapping[str, Any], now: datetime) -> str:
    """The account that the built-in provider named by its id."""
    found = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == claims["sub"])).scalar()
    if found is None:
        raise NoAccountHere
    return str(found)


def account_by_claim(issuer: str, claim: str) -> FindAccount:
    """How an account is found that signs in elsewhere: by the configured claim, the first time, and then by `sub`.

    A name there may be given to somebody else one day; `sub` never is (OpenID Connect Core 5.7). An e-mail address
    counts only where the provider has verified it.
    """

    def find(connection: Connection, claims: Mapping[str, Any], now: datetime) -> str:
        sub, named = str(claims["sub"]), claims.get(claim)
        known = select(SUBJECT.c.user_id).where(SUBJECT.c.issuer == issuer, SUBJECT.c.sub == sub)
        user = connection.execute(known).scalar()
        if user is not None:
            return str(user)
        unverified = claim == "email" and claims.get("email_verified") is not True
        if not isinstance(named, str) or not named.strip() or unverified:
            raise NoAccountHere
        user = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name_key == name_key(named))).scalar()
        taken = select(SUBJECT.c.sub).where(SUBJECT.c.issuer == issuer, SUBJECT.c.user_id == user)
        if user is None or connection.execute(taken).first() is not None:
            raise NoAccountHere
        connection.execute(SUBJECT.insert().values(issuer=issuer, sub=sub, user_id=user, made_at=moment_text(now)))
        return str(user)

    return find


def _use_up(connection: Connection, what: str, now: datetime) -> None:
    connection.execute(delete(USED_NONCE).where(USED_NONCE.c.ends_at <= moment_text(now)))
    digest = hashlib.sha256(what.encode()).hexdigest()
    if connection.execute(select(USED_NONCE.c.hash).where(USED_NONCE.c.hash == digest)).first() is not None:
        raise IdTokenRefused
    connection.execute(USED_NONCE.insert().values(hash=digest, ends_at=moment_text(now + _NONCE_KEPT)))
