"""Takes sealed files of changes that somebody carried here, and seals the answer for the laptop they came from.

What is in a file is taken exactly as if the laptop itself had asked: the same numbers, the same groups, its user's own
buckets and roles. Whoever brings a file reads nothing of it.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection, delete, select

from mdt_desktop.central import audit, handovers, laptop_log, memberships, pull, push, store_facts
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.central_store import CentralStore
from mdt_desktop.central.errors import BadRequest, CursorTooOld, OperationReused, OperationsMissing
from mdt_desktop.central.log_wire import CarriedLog
from mdt_desktop.central.rules import PAGE
from mdt_desktop.central.tables import ACCOUNT, DEVICE, DEVICE_KEY
from mdt_desktop.central.tokens import Caller
from mdt_desktop.central.wire import Id, WireOperation
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.sync.sealed_file import (
    BundleCopied,
    BundleEarlierMissing,
    BundleKind,
    BundleNotForHere,
    BundleNotUnderstood,
    BundleRefused,
    BundleSenderUnknown,
    Head,
    NotABundle,
    PublicKeys,
    head_of,
    opened,
    seal,
)

MOST_PAGES_BYTES = 12 << 20
"""About as much of the feeds as one answer holds; the next answer goes on from there."""
OLDEST_SCHEMA = max(1, SCHEMA - 2)


class CarriedChanges(BaseModel):
    """What a laptop seals: its waiting operations, and how far it has read each bucket."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    schema_: int = Field(alias="schema", ge=1)
    ops: list[WireOperation] = Field(max_length=20_000)
    cursors: dict[Id, str] = Field(max_length=1000)
    log: CarriedLog | None = None


@dataclass(frozen=True, slots=True)
class _Sender:
    """Whose file it is, and their keys."""

    caller: Caller
    keys: PublicKeys


def publish(connection: Connection, who: Caller, given: PublicKeys, now: datetime) -> PublicKeys:
    """Keep a laptop's public keys; this store's own. Raises BundleNotUnderstood for what are no keys."""
    given.require_usable()
    connection.execute(delete(DEVICE_KEY).where(DEVICE_KEY.c.device_id == who.device))
    connection.execute(
        DEVICE_KEY.insert().values(
            device_id=who.device, sign_key=given.sign, seal_key=given.seal, at=moment_text(now)
        )
    )
    audit.append(connection, now, [CentralAct("keys", who.name, who.device)])
    return store_facts.site_keys(connection).public()


def take(store: CentralStore, data: bytes, courier: str) -> bytes:
    """Take a file of changes once and answer it as often as it comes; `courier` is the user who brought it.

    Raises a `BundleRefused`; each refusal is one audit entry, and nothing of the file is in force then, but for
    changes before a number that is missing or was used by another.
    """
    try:
        return _taken(store, data, courier)
    except BundleRefused as refused:
        act = CentralAct("refused", courier, detail=type(refused).code)
        store.database.write(lambda connection: audit.append(connection, store.clock(), [act]))
        raise


def _taken(store: CentralStore, data: bytes, courier: str) -> bytes:
    head = head_of(data)
    with store.database.reading() as connection:
        here, own = store_facts.server_id(connection), store_facts.site_keys(connection)
        if head.to != here or head.kind is not BundleKind.CHANGES:
            raise BundleNotForHere
        sender = _sender(connection, head.sender)
    given = _read(opened(data, here, own, sender.keys))
    now = store.clock()
    try:
        results = push.push(store.database, sender.caller, [it.operation() for it in given.ops], now)
    except OperationsMissing as problem:
        raise BundleEarlierMissing from problem
    except OperationReused as problem:
        raise BundleCopied from problem
    told = {"results": results, "log": _logged(store, sender.caller, given.log, now)}
    with store.acting_for(sender.caller.user_id).database.reading() as connection:
        answer, read = _answer(connection, sender.caller, given, now)
    device = sender.caller.device
    acts = [CentralAct("carried", courier, device, detail=f"{head.number} {len(given.ops)}")]
    acts += [CentralAct("pull", sender.caller.name, device, bucket, sorted(ids)) for bucket, ids in read.items()]
    store.database.write(lambda connection: audit.append(connection, now, acts))
    return seal(Head(here, device, BundleKind.ANSWER, head.number), {**told, **answer}, own, sender.keys)


def _logged(store: CentralStore, who: Caller, log: CarriedLog | None, now: datetime) -> int | None:
    """The last entry of the laptop's own audit that is known by now; None where the file brought none that counts.

    A log that does not go on from what was told stops no change: it is in the audit, and the laptop's next exchange
    over the network finds out why.
    """
    if log is None:
        return None
    serving = store.acting_for(who.user_id).database
    try:
        return serving.write(lambda connection: laptop_log.take(connection, who, log.page(), now))
    except OperationsMissing as missing:
        return int(str(missing.values["resend_from"])) - 1
    except (OperationReused, BadRequest) as refused:
        act = CentralAct("refused", who.name, who.device, detail=f"laptop_log {type(refused).code}")
        serving.write(lambda connection: audit.append(connection, now, [act]))
        return None


def _sender(connection: Connection, device: str) -> _Sender:
    """Who a device belongs to, as they are let in now. Raises BundleSenderUnknown."""
    row = connection.execute(
        select(DEVICE, DEVICE_KEY.c.sign_key, DEVICE_KEY.c.seal_key, ACCOUNT.c.name.label("user_name"), ACCOUNT.c.role,
               ACCOUNT.c.grants_ver, ACCOUNT.c.status.label("user_status"))
        .join(DEVICE_KEY, DEVICE_KEY.c.device_id == DEVICE.c.id)
        .join(ACCOUNT, ACCOUNT.c.id == DEVICE.c.user_id)
        .where(DEVICE.c.id == device)
    ).first()  # fmt: skip
    if row is None or row.status != "active" or row.user_status != "active":
        raise BundleSenderUnknown
    caller = Caller(row.user_id, row.user_name, row.role, row.id, int(row.grants_ver), int(row.schema_no))
    return _Sender(caller, PublicKeys(row.sign_key, row.seal_key))


def _read(content: Mapping[str, Any]) -> CarriedChanges:
    try:
        return CarriedChanges.model_validate(content)
    except ValidationError as error:
        raise BundleNotUnderstood from error


def _answer(
    connection: Connection, who: Caller, given: CarriedChanges, now: datetime
) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """Grants and pages of the buckets that the user may hold now, and the ids that are told, by bucket."""
    grants = memberships.current(connection, who.user_id, now)
    pages: list[dict[str, Any]] = []
    read: dict[str, set[str]] = {}
    room, more = MOST_PAGES_BYTES, False
    for grant in grants if given.schema_ >= OLDEST_SCHEMA else ():
        after, at_head = given.cursors.get(grant.bucket, ""), False
        while not at_head:
            if room <= 0:
                more = True
                break
            try:
                page = pull.changes(connection, grant.bucket, after, PAGE, who.device)
            except CursorTooOld:
                more = True  # its next exchange over the network compares everything
                break
            room -= len(orjson.dumps(page.document))
            pages.append({"bucket": grant.bucket, "after": after, "page": page.document})
            read.setdefault(grant.bucket, set()).update(page.record_ids)
            after, at_head = page.document["next"], page.document["head"]
    told = {
        "grants": [
            {"bucket": it.bucket, "locality": it.locality, "role": it.role, "tier": it.tier,
             "lease_until": it.lease_until}
            for it in grants
        ],
        "grants_ver": who.grants_ver,
        "must_evict": memberships.to_evict(connection, who.user_id, who.device, now),
        "handed_over": handovers.waiting(connection, [it.bucket for it in grants]),
        "at": moment_text(now),
        "pages": pages,
        "more": more,
    }  # fmt: skip
    return told, {bucket: ids for bucket, ids in read.items() if ids}


def from_text(text: str) -> bytes:
    """A file as it stands in a request. Raises NotABundle."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise NotABundle from error
