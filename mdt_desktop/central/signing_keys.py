"""The keys that the built-in provider signs with: kept in the store, made when first needed, replaced on request."""

from datetime import datetime, timedelta

from joserfc.jwk import ECKey, KeySet
from sqlalchemy import Connection, delete, select, update

from mdt_desktop.central import audit, kept_secrets
from mdt_desktop.central.tables import SIGNING_KEY
from mdt_desktop.domain.dates import moment_text

ALGORITHM = "ES256"
SHOWN_AFTER = timedelta(hours=1)
"""A retired key is shown longer than anything it signed holds, so that a sign-in under way is not cut off."""


def signing(connection: Connection, now: datetime) -> ECKey:
    """The key that signs now, made where there is none; inside a transaction that writes."""
    found = _newest(connection)
    if found is not None:
        return found
    # The audit's lock keeps two processes from making one each.
    audit.lock_head(connection)
    return _newest(connection) or _make(connection, now)


def public(connection: Connection, now: datetime) -> KeySet:
    """The public halves of every key that something may still be signed with."""
    since = moment_text(now - SHOWN_AFTER)
    rows = connection.execute(
        select(SIGNING_KEY)
        .where(SIGNING_KEY.c.retired_at.is_(None) | (SIGNING_KEY.c.retired_at > since))
        .order_by(SIGNING_KEY.c.made_at.desc(), SIGNING_KEY.c.kid)
    )
    shown = (_key(connection, row.kid, row.pem).as_dict(private=False, alg=ALGORITHM, use="sig") for row in rows)
    return KeySet([ECKey.import_key(it) for it in shown])


def rotate(connection: Connection, now: datetime) -> str:
    """Retire the present key and make the next; its id. Keys that are shown no longer are forgotten."""
    audit.lock_head(connection)
    at = moment_text(now)
    connection.execute(update(SIGNING_KEY).where(SIGNING_KEY.c.retired_at.is_(None)).values(retired_at=at))
    connection.execute(delete(SIGNING_KEY).where(SIGNING_KEY.c.retired_at <= moment_text(now - SHOWN_AFTER)))
    return _make(connection, now).kid or ""


def _newest(connection: Connection) -> ECKey | None:
    row = connection.execute(
        select(SIGNING_KEY.c.kid, SIGNING_KEY.c.pem)
        .where(SIGNING_KEY.c.retired_at.is_(None))
        .order_by(SIGNING_KEY.c.made_at.desc(), SIGNING_KEY.c.kid)
        .limit(1)
    ).first()
    return None if row is None else _key(connection, row.kid, row.pem)


def _make(connection: Connection, now: datetime) -> ECKey:
    key = ECKey.generate_key("P-256", private=True, auto_kid=True)
    connection.execute(
        SIGNING_KEY.insert().values(
            kid=key.kid,
            pem=kept_secrets.sealed(
                connection, kept_secrets.of_signing_key(key.kid or ""), key.as_pem(private=True).decode()
            ),
            made_at=moment_text(now),
            retired_at=None,
        )
    )
    return key


def _key(connection: Connection, kid: str, kept: str) -> ECKey:
    key = ECKey.import_key(kept_secrets.opened(connection, kept_secrets.of_signing_key(kid), kept))
    key.ensure_kid()
    return key
