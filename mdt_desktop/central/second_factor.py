"""One-time codes of an authenticator app as a second factor (TOTP, RFC 6238): six digits, half a minute, each once."""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central import kept_secrets
from mdt_desktop.central.tables import SECOND_FACTOR
from mdt_desktop.domain.dates import moment_text

_BYTES = 20
_DIGITS, _SECONDS = 6, 30
# One step either way: phones and servers differ by some seconds (RFC 6238, 5.2).
_DRIFT = (0, -1, 1)


def enrol(connection: Connection, user_id: str, now: datetime) -> str:
    """Give an account a new secret, which ends the one before; the secret in base 32, as apps take it."""
    secret = secrets.token_bytes(_BYTES)
    remove(connection, user_id)
    connection.execute(
        SECOND_FACTOR.insert().values(
            user_id=user_id,
            secret=kept_secrets.sealed(connection, kept_secrets.of_second_factor(user_id), secret.hex()),
            last_step=0,
            made_at=moment_text(now),
        )
    )
    return base64.b32encode(secret).decode()


def remove(connection: Connection, user_id: str) -> bool:
    """Let an account sign in without a code again; says whether it had a second factor."""
    return bool(connection.execute(delete(SECOND_FACTOR).where(SECOND_FACTOR.c.user_id == user_id)).rowcount)


def has(connection: Connection, user_id: str) -> bool:
    """Whether an account has a second factor."""
    found = select(SECOND_FACTOR.c.user_id).where(SECOND_FACTOR.c.user_id == user_id)
    return connection.execute(found).first() is not None


def take(connection: Connection, user_id: str, code: str, now: datetime) -> bool:
    """Whether the code is right at this moment; neither it nor an earlier one is taken again (RFC 6238, 5.2)."""
    row = connection.execute(
        select(SECOND_FACTOR).where(SECOND_FACTOR.c.user_id == user_id).with_for_update()
    ).first()
    if row is None:
        return False
    given = "".join(code.split())
    # SHA-1 is what authenticator apps know; its weakness is no weakness of an HMAC (RFC 6238, 1.2).
    secret = kept_secrets.opened(connection, kept_secrets.of_second_factor(user_id), row.secret)
    codes = TOTP(bytes.fromhex(secret), _DIGITS, SHA1(), _SECONDS)  # noqa: S303
    present = int(now.timestamp()) // _SECONDS
    fitting = [
        step
        for step in (present + drift for drift in _DRIFT)
        if hmac.compare_digest(codes.generate(step * _SECONDS), given.encode("utf-8", "surrogatepass"))
    ]
    fresh = [step for step in fitting if step > row.last_step]
    if not fresh:
        return False
    connection.execute(
        update(SECOND_FACTOR).where(SECOND_FACTOR.c.user_id == user_id).values(last_step=min(fresh))
    )
    return True


def address_for_apps(name: str, store: str, secret: str) -> str:
    """The `otpauth` address that an authenticator app reads, usually as a QR code."""
    label = f"{quote(store, safe='')}:{quote(name, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(store, safe='')}&digits={_DIGITS}&period={_SECONDS}"
