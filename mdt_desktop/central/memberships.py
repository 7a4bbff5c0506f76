"""Who belongs to which bucket, in which role and until when; changed here and never from a laptop (SYNC 5.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from mdt_desktop.central.errors import NotYours
from mdt_desktop.central.rules import LEASE
from mdt_desktop.central.tables import ACCOUNT, BUCKET, MEMBERSHIP, RECEIPT
from mdt_desktop.domain.dates import moment_text


@dataclass(frozen=True, slots=True)
class Grant:
    """A bucket that somebody may hold now. `lease_until` is when a laptop that is not heard of locks it."""

    bucket: str
    locality: str
    role: str
    tier: str
    lease_until: str


def current(connection: Connection, user_id: str, now: datetime) -> Sequence[Grant]:
    """The buckets of a user at a moment, by id."""
    at = moment_text(now)
    rows = connection.execute(
        select(MEMBERSHIP, BUCKET.c.locality_id, BUCKET.c.tier)
        .join(BUCKET, BUCKET.c.id == MEMBERSHIP.c.bucket_id)
        .where(
            MEMBERSHIP.c.user_id == user_id,
            MEMBERSHIP.c.from_at <= at,
            or_(MEMBERSHIP.c.until_at.is_(None), MEMBERSHIP.c.until_at > at),
        )
        .order_by(MEMBERSHIP.c.bucket_id)
    )
    lease = moment_text(now + LEASE)
    return [
        Grant(row.bucket_id, row.locality_id, row.role, row.tier, min(lease, row.until_at or lease)) for row in rows
    ]


def require(connection: Connection, user_id: str, bucket: str, now: datetime) -> Grant:
    """The grant for one bucket. Raises NotYours, the same for a bucket that does not exist."""
    for grant in current(connection, user_id, now):
        if grant.bucket == bucket:
            return grant
    raise NotYours


def to_evict(connection: Connection, user_id: str, device: str, now: datetime) -> list[str]:
    """Buckets that the user has lost and whose removal this device has not confirmed."""
    at = moment_text(now)
    confirmed = select(RECEIPT.c.bucket_id).where(
        RECEIPT.c.device_id == device, RECEIPT.c.kind == "evict", RECEIPT.c.id == RECEIPT.c.bucket_id
    )
    lost = select(MEMBERSHIP.c.bucket_id).where(
        MEMBERSHIP.c.user_id == user_id,
        MEMBERSHIP.c.until_at.is_not(None),
        MEMBERSHIP.c.until_at <= at,
        MEMBERSHIP.c.bucket_id.not_in(confirmed),
    )
    return sorted(connection.execute(lost).scalars())


def give(connection: Connection, user_id: str, bucket: str, role: str, now: datetime) -> None:
    """Give a bucket, or another role in it, from now on. What was confirmed as removed counts no longer."""
    where = and_(MEMBERSHIP.c.user_id == user_id, MEMBERSHIP.c.bucket_id == bucket)
    connection.execute(delete(MEMBERSHIP).where(where))
    connection.execute(
        MEMBERSHIP.insert().values(
            user_id=user_id, bucket_id=bucket, role=role, from_at=moment_text(now), until_at=None
        )
    )
    connection.execute(
        delete(RECEIPT).where(RECEIPT.c.bucket_id == bucket, RECEIPT.c.id == bucket, RECEIPT.c.kind == "evict")
    )
    _changed(connection, user_id)


def end(connection: Connection, user_id: str, bucket: str, now: datetime) -> bool:
    """End a membership now; says whether there was one."""
    at = moment_text(now)
    ended = connection.execute(
        update(MEMBERSHIP)
        .where(
            MEMBERSHIP.c.user_id == user_id,
            MEMBERSHIP.c.bucket_id == bucket,
            or_(MEMBERSHIP.c.until_at.is_(None), MEMBERSHIP.c.until_at > at),
        )
        .values(until_at=at)
    )
    if ended.rowcount:
        _changed(connection, user_id)
    return bool(ended.rowcount)


def _changed(connection: Connection, user_id: str) -> None:
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == user_id).values(grants_ver=ACCOUNT.c.grants_ver + 1)
    )
