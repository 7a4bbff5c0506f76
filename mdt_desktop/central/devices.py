"""The laptops that exchange with this store: registered by signing in, revoked here, with what they confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from mdt_desktop.central.errors import DeviceOfAnother, DeviceRevoked, NoSuchDevice
from mdt_desktop.central.tables import ACCOUNT, DEVICE, RECEIPT
from mdt_desktop.central.tokens import Ended, end_families
from mdt_desktop.domain.dates import moment_text


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """One laptop as an administrator sees it."""

    device: str
    name: str
    user: str
    status: str
    last_seen: str
    app_version: str
    last_operation: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A laptop says that it has removed a record; with the bucket's own id, that it has removed the bucket."""

    kind: str
    bucket: str
    type: str
    id: str


def register(connection: Connection, user_id: str, device: str, name: str, now: datetime) -> None:
    """Register a laptop for a user; one that is known is signed in anew. Raises DeviceOfAnother, DeviceRevoked."""
    row = connection.execute(select(DEVICE).where(DEVICE.c.id == device).with_for_update()).first()
    at = moment_text(now)
    if row is None:
        connection.execute(
            DEVICE.insert().values(
                id=device,
                user_id=user_id,
                name=name,
                status="active",
                last_op=0,
                app_version="",
                schema_no=0,
                made_at=at,
                last_seen=at,
            )
        )
        return
    if row.user_id != user_id:
        raise DeviceOfAnother
    if row.status != "active":
        raise DeviceRevoked
    connection.execute(update(DEVICE).where(DEVICE.c.id == device).values(name=name, last_seen=at))


def seen(connection: Connection, device: str, app_version: str, schema_no: int, now: datetime) -> None:
    """Note what a laptop says of itself when it begins a session."""
    connection.execute(
        update(DEVICE)
        .where(DEVICE.c.id == device)
        .values(app_version=app_version, schema_no=schema_no, last_seen=moment_text(now))
    )


def listed(connection: Connection) -> list[KnownDevice]:
    """Every laptop, the last seen first."""
    rows = connection.execute(
        select(DEVICE, ACCOUNT.c.name.label("user_name"))
        .join(ACCOUNT, ACCOUNT.c.id == DEVICE.c.user_id)
        .order_by(DEVICE.c.last_seen.desc(), DEVICE.c.id)
    )
    return [
        KnownDevice(row.id, row.name, row.user_name, row.status, row.last_seen, row.app_version, int(row.last_op))
        for row in rows
    ]


def revoke(connection: Connection, device: str) -> None:
    """Let a laptop in no more, from its next request on. Raises NoSuchDevice."""
    done = connection.execute(update(DEVICE).where(DEVICE.c.id == device).values(status="revoked"))
    if not done.rowcount:
        raise NoSuchDevice(device=device)
    end_families(connection, Ended.REVOKED, device=device)


def note_receipts(connection: Connection, device: str, receipts: Sequence[Receipt], now: datetime) -> int:
    """Keep what was confirmed; the number of those that are new."""
    known = {
        (row.kind, row.bucket_id, row.type, row.id)
        for row in connection.execute(select(RECEIPT).where(RECEIPT.c.device_id == device))
    }
    fresh = {(it.kind, it.bucket, it.type, it.id) for it in receipts} - known
    if fresh:
        connection.execute(
            RECEIPT.insert(),
            [
                {
                    "device_id": device,
                    "kind": kind,
                    "bucket_id": bucket,
                    "type": type_,
                    "id": id_,
                    "at": moment_text(now),
                }
                for kind, bucket, type_, id_ in sorted(fresh)
            ],
        )
    return len(fresh)


def unconfirmed(connection: Connection, kind: str, bucket: str, type_: str, id_: str) -> list[KnownDevice]:
    """The active laptops that have not said that they removed a record (SYNC 5.10)."""
    confirmed = set(
        connection.execute(
            select(RECEIPT.c.device_id).where(
                RECEIPT.c.kind == kind, RECEIPT.c.bucket_id == bucket, RECEIPT.c.type == type_, RECEIPT.c.id == id_
            )
        ).scalars()
    )
    return [it for it in listed(connection) if it.status == "active" and it.device not in confirmed]
