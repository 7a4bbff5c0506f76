"""Short access tokens and rotating refresh tokens: random, kept as hashes, ended as a family (OAuth 2.1, ASVS 10.4).

A token means nothing by itself, so there is no signature to forge and nothing that outlives its revocation: every
request asks the database, and a role, a device or an account that ends does so at the next request.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central.errors import DeviceRevoked, NotSignedIn, TokenEnded
from mdt_desktop.central.tables import ACCOUNT, DEVICE, FAMILY, TOKEN
from mdt_desktop.domain.dates import moment_text

ACCESS_TIME = timedelta(minutes=10)
REFRESH_TIME = timedelta(days=45)
"""As long as a laptop keeps a bucket that it cannot renew (SYNC 5.11): weeks offline do not ask for a password."""
FAMILY_TIME = timedelta(days=180)
"""After this somebody signs in with the password again, however often tokens were renewed."""
_BYTES = 32


class TokenKind(StrEnum):
    """What a token is for; one is never taken for the other."""

    ACCESS = "access"
    REFRESH = "refresh"


class Ended(StrEnum):
    """Why a family of tokens holds no longer."""

    REUSED = "reused"
    SIGNED_IN_ANEW = "signed_in_anew"
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: proved by the access token. `scopes` narrows what for; empty is for everything."""

    user_id: str
    name: str
    role: str
    device: str
    grants_ver: int
    schema_no: int
    scopes: str = ""


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A new access token, when it ends, and the refresh token that is to be kept before anything else is done."""

    access: str
    access_ends: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Reused:
    """A refresh token came a second time: its whole family was ended. The caller's transaction must commit that."""

    user: str
    device: str


def begin_family(connection: Connection, user_id: str, device: str, now: datetime) -> TokenPair:
    """End what the device had before, and give it its first pair."""
    end_families(connection, Ended.SIGNED_IN_ANEW, device=device)
    family, ends = str(uuid.uuid4()), now + FAMILY_TIME
    connection.execute(
        FAMILY.insert().values(
            id=family,
            user_id=user_id,
            device_id=device,
            began_at=moment_text(now),
            ends_at=moment_text(ends),
            ended="",
        )
    )
    return _pair(connection, family, now, ends)


def renew(connection: Connection, refresh: str, device: str, now: datetime) -> tuple[Caller, TokenPair] | Reused:
    """The next pair for a refresh token, which ends by that.

    Raises NotSignedIn for what is no refresh token of this device, TokenEnded past its time, DeviceRevoked. Two
    requests with one token are told apart by the row's lock: the second is a reuse.
    """
    row = connection.execute(
        select(TOKEN.c.kind, TOKEN.c.ends_at, TOKEN.c.used_at, TOKEN.c.family_id)
        .where(TOKEN.c.hash == _hash(refresh))
        .with_for_update()
    ).first()
    if row is None or row.kind != TokenKind.REFRESH:
        raise NotSignedIn
    family = connection.execute(select(FAMILY).where(FAMILY.c.id == row.family_id).with_for_update()).one()
    if family.device_id != device:
        raise NotSignedIn
    caller = _caller(connection, family.user_id, family.device_id, family.ended)
    at = moment_text(now)
    if row.used_at is not None:
        end_families(connection, Ended.REUSED, device=device)
        return Reused(caller.name, device)
    if row.ends_at <= at or family.ends_at <= at:
        raise TokenEnded
    connection.execute(update(TOKEN).where(TOKEN.c.hash == _hash(refresh)).values(used_at=at))
    _forget_ended(connection, now)
    return caller, _pair(connection, row.family_id, now, datetime.fromisoformat(family.ends_at))


def caller_of(connection: Connection, access: str, device: str, now: datetime) -> Caller:
    """Who an access token belongs to. Raises NotSignedIn, TokenEnded, DeviceRevoked; the device must be its own."""
    row = connection.execute(
        select(
            TOKEN.c.kind, TOKEN.c.ends_at, FAMILY.c.user_id, FAMILY.c.device_id, FAMILY.c.ended, FAMILY.c.scopes
        )
        .join(FAMILY, FAMILY.c.id == TOKEN.c.family_id)
        .where(TOKEN.c.hash == _hash(access))
    ).first()
    if row is None or row.kind != TokenKind.ACCESS or row.device_id != device:
        raise NotSignedIn
    caller = _caller(connection, row.user_id, row.device_id, row.ended)
    if row.ends_at <= moment_text(now):
        raise TokenEnded
    return replace(caller, scopes=row.scopes)


def bearer(connection: Connection, access: str, now: datetime) -> Caller:
    """As `caller_of`, for clients that know no device of their own: it is the one that the token was given to."""
    family = select(TOKEN.c.family_id).where(TOKEN.c.hash == _hash(access)).scalar_subquery()
    device = connection.execute(select(FAMILY.c.device_id).where(FAMILY.c.id == family)).scalar()
    if device is None:
        raise NotSignedIn
    return caller_of(connection, access, str(device), now)


def narrow(connection: Connection, device: str, scopes: str) -> None:
    """Let the tokens that a device holds be for these scopes only, and for no exchange of a laptop."""
    connection.execute(update(FAMILY).where(FAMILY.c.device_id == device, FAMILY.c.ended == "").values(scopes=scopes))


def end_families(connection: Connection, why: Ended, *, device: str = "", user_id: str = "") -> None:
    """End every token of a device or of a user, at once."""
    whose = FAMILY.c.device_id == device if device else FAMILY.c.user_id == user_id
    connection.execute(update(FAMILY).where(whose, FAMILY.c.ended == "").values(ended=why.value))


def sign_out(connection: Connection, refresh: str, device: str) -> str | None:
    """End the family of a refresh token of this device; the user's name, or None where nothing held any more."""
    row = connection.execute(
        select(FAMILY.c.id, ACCOUNT.c.name, TOKEN.c.kind)
        .join(TOKEN, TOKEN.c.family_id == FAMILY.c.id)
        .join(ACCOUNT, ACCOUNT.c.id == FAMILY.c.user_id)
        .where(TOKEN.c.hash == _hash(refresh), FAMILY.c.device_id == device, FAMILY.c.ended == "")
    ).first()
    if row is None or row.kind != TokenKind.REFRESH:
        return None
    connection.execute(update(FAMILY).where(FAMILY.c.id == row.id).values(ended=Ended.SIGNED_OUT.value))
    return str(row.name)


def _caller(connection: Connection, user_id: str, device: str, ended: str) -> Caller:
    row = connection.execute(
        select(
            ACCOUNT.c.name,
            ACCOUNT.c.role,
            ACCOUNT.c.grants_ver,
            ACCOUNT.c.status.label("account_status"),
            DEVICE.c.status.label("device_status"),
            DEVICE.c.schema_no,
        )
        .join(DEVICE, DEVICE.c.user_id == ACCOUNT.c.id)
        .where(ACCOUNT.c.id == user_id, DEVICE.c.id == device)
    ).one()
    if row.account_status != "active" or row.device_status != "active":
        raise DeviceRevoked
    if ended:
        raise NotSignedIn
    return Caller(user_id, row.name, row.role, device, int(row.grants_ver), int(row.schema_no))


def _pair(connection: Connection, family: str, now: datetime, family_ends: datetime) -> TokenPair:
    access, refresh = secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)
    access_ends = moment_text(min(now + ACCESS_TIME, family_ends))
    ends = {TokenKind.ACCESS: access_ends, TokenKind.REFRESH: moment_text(min(now + REFRESH_TIME, family_ends))}
    connection.execute(
        TOKEN.insert(),
        [
            {"hash": _hash(token), "family_id": family, "kind": kind.value, "ends_at": ends[kind], "used_at": None}
            for kind, token in ((TokenKind.ACCESS, access), (TokenKind.REFRESH, refresh))
        ],
    )
    return TokenPair(access, access_ends, refresh)


def _forget_ended(connection: Connection, now: datetime) -> None:
    """Access tokens a day past their end say nothing any more; used refresh tokens are kept to know a reuse."""
    old = moment_text(now - timedelta(days=1))
    connection.execute(delete(TOKEN).where(TOKEN.c.kind == TokenKind.ACCESS.value, TOKEN.c.ends_at < old))


def _hash(token: str) -> str:
    # What is hashed is 256 random bits: no salt or slow hash would add anything.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
