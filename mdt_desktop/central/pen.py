"""Who holds the pen of a meeting that is under way: one laptop writes, the others read and may ask for it (issue 5).

The pen is a courtesy and locks nothing: a laptop without a network goes on without it, and what two wrote is merged as
always. It ends by itself when its holder is not heard of for a while.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from mdt_desktop.central import audit, memberships
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.errors import NotYours
from mdt_desktop.central.rules import may_write
from mdt_desktop.central.tables import BUCKET, PEN
from mdt_desktop.central.tokens import Caller
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.pen import PenWish

HOLDS = timedelta(seconds=90)
"""So long a pen is held after its holder was heard of: a laptop is heard of every 20 seconds."""


@dataclass(frozen=True, slots=True)
class PenState:
    """Who holds the pen, empty where nobody does; whether that is the device that asks; who has asked for it."""

    holder: str = ""
    is_mine: bool = False
    asked_by: str = ""


def tell(connection: Connection, who: Caller, bucket: str, meeting: str, wish: PenWish, now: datetime) -> PenState:
    """Do what is wished where it may be done, and tell how the pen stands then. Raises NotYours.

    `take` takes a pen that nobody holds and keeps one that is held already; `ask` takes it too where it is free;
    `give` hands it to whoever asked last; `end` puts it down.
    """
    grant = memberships.require(connection, who.user_id, bucket, now)
    if wish is not PenWish.LOOK and not may_write(grant.role, "meeting", "update"):
        raise NotYours
    # The bucket's row puts two laptops that take the same pen at once in an order.
    connection.execute(select(BUCKET.c.id).where(BUCKET.c.id == bucket).with_for_update())
    present = _present(connection, bucket, meeting, now)
    mine = present is not None and present.device_id == who.device
    match wish:
        case PenWish.TAKE | PenWish.ASK if present is None:
            _hold(connection, who, bucket, meeting, now)
            _note(connection, who, bucket, meeting, "pen_taken", now)
        case PenWish.TAKE if mine:
            connection.execute(update(PEN).where(_of(bucket, meeting)).values(ends_at=moment_text(now + HOLDS)))
        case PenWish.ASK if not mine and present is not None and present.asked_device != who.device:
            connection.execute(
                update(PEN).where(_of(bucket, meeting)).values(asked_device=who.device, asked_by=who.name)
            )
            _note(connection, who, bucket, meeting, "pen_asked", now)
        case PenWish.GIVE if mine and present is not None and present.asked_device:
            connection.execute(
                update(PEN)
                .where(_of(bucket, meeting))
                .values(device_id=present.asked_device, holder=present.asked_by, asked_device="", asked_by="",
                        ends_at=moment_text(now + HOLDS))
            )  # fmt: skip
            _note(connection, who, bucket, meeting, "pen_given", now)
        case PenWish.END if mine:
            connection.execute(delete(PEN).where(_of(bucket, meeting)))
            _note(connection, who, bucket, meeting, "pen_put_down", now)
        case _:
            pass  # a look, or a wish that somebody else's pen does not grant
    after = _present(connection, bucket, meeting, now)
    return PenState() if after is None else PenState(after.holder, after.device_id == who.device, after.asked_by)


def _present(connection: Connection, bucket: str, meeting: str, now: datetime) -> Row[Any] | None:
    """The pen as it is held now; one whose holder was not heard of for too long is nobody's."""
    return connection.execute(select(PEN).where(_of(bucket, meeting), PEN.c.ends_at > moment_text(now))).first()


def _hold(connection: Connection, who: Caller, bucket: str, meeting: str, now: datetime) -> None:
    connection.execute(delete(PEN).where(PEN.c.bucket_id == bucket, PEN.c.ends_at <= moment_text(now)))
    connection.execute(
        PEN.insert().values(
            bucket_id=bucket, meeting_id=meeting, device_id=who.device, holder=who.name,
            ends_at=moment_text(now + HOLDS), asked_device="", asked_by="",
        )
    )  # fmt: skip


def _of(bucket: str, meeting: str) -> ColumnElement[bool]:
    return and_(PEN.c.bucket_id == bucket, PEN.c.meeting_id == meeting)


def _note(connection: Connection, who: Caller, bucket: str, meeting: str, action: str, now: datetime) -> None:
    audit.append(connection, now, [CentralAct(action, who.name, who.device, bucket, [meeting])])
