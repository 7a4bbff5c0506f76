"""Takes the entries of a laptop's own audit: none twice, none missing unsaid, ids only (SYNC 5.15).

A laptop numbers its entries without a hole and chains them by hashes. It tells number and hash of each, and of those
that the central store is to know also what was done. Another device of the same store, after a copy or a restore, goes
on with the numbers: what is known by its hash counts once, whoever tells it, and that it was told again is a finding.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, func, select

from mdt_desktop.central import audit
from mdt_desktop.central.audit import START, CentralAct
from mdt_desktop.central.errors import BadRequest, OperationReused, OperationsMissing
from mdt_desktop.central.rules import id_hash
from mdt_desktop.central.tables import DEVICE, ERASURE, LAPTOP_ENTRY
from mdt_desktop.central.tokens import Caller
from mdt_desktop.domain.dates import moment_text


@dataclass(frozen=True, slots=True)
class ToldAct:
    """What was done on a laptop, when by its clock, to which record, about whom; `actor_id` is who was at it."""

    at: str
    action: str
    kind: str
    record_id: str
    person_id: str
    actor_id: str
    fields: str


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """One entry by its number and hash; without an act where the central store need not know it."""

    no: int
    hash: str
    act: ToldAct | None = None


@dataclass(frozen=True, slots=True)
class ToldPage:
    """Entries in the order of their numbers; `before` is the hash of the one before the first.

    `incomplete`: the laptop has no other entries between these, and not the one before the first, any more.
    """

    before: str
    entries: Sequence[ToldEntry]
    incomplete: bool = False


def take(connection: Connection, who: Caller, page: ToldPage, now: datetime) -> int:
    """Keep a page in the caller's transaction; the number of the last entry that is known of this device now.

    Raises OperationsMissing with the number to begin at where entries are missing that the laptop may still have,
    OperationReused where a number, or what stands before the first, is another than was told: the store was copied or
    put back, or its log was written anew; BadRequest where something stands before entry 1. Nothing is kept then.
    """
    # The device stays locked: its pages follow one another.
    connection.execute(select(DEVICE.c.id).where(DEVICE.c.id == who.device).with_for_update())
    of_device = LAPTOP_ENTRY.c.device_id == who.device
    last = int(connection.execute(select(func.max(LAPTOP_ENTRY.c.no)).where(of_device)).scalar() or 0)
    fresh = _fresh(connection, who.device, page, last)
    if not fresh:
        return last
    findings = _findings(connection, who, page, fresh, last)
    # From here on one device at a time: two copies of one store must not both be the first to tell an entry.
    audit.lock_head(connection)
    told_before = _told_by_others(connection, who.device, [it.hash for it in fresh])
    if told_before:
        among = ", ".join(sorted(set(told_before.values())))
        findings.append(_finding(who, "laptop_log_told_before", f"{len(told_before)} entries, told by {among}"))
    connection.execute(
        LAPTOP_ENTRY.insert(),
        [{"device_id": who.device, "no": it.no, "hash": it.hash, "at": moment_text(now)} for it in fresh],
    )
    erased = _erased(connection, fresh)
    acts = [
        _act(who, it.no, it.act, erased) for it in fresh if it.act is not None and it.hash not in told_before
    ]
    audit.append(connection, now, [*findings, *acts])
    return fresh[-1].no


def _fresh(connection: Connection, device: str, page: ToldPage, last: int) -> list[ToldEntry]:
    """The entries after the last that is known; those before it must be what was told."""
    numbers = [it.no for it in page.entries if it.no <= last]
    known = {
        int(row.no): str(row.hash)
        for row in connection.execute(
            select(LAPTOP_ENTRY.c.no, LAPTOP_ENTRY.c.hash).where(
                LAPTOP_ENTRY.c.device_id == device, LAPTOP_ENTRY.c.no.in_(numbers)
            )
        )
    }
    for entry in page.entries:
        if known.get(entry.no, entry.hash) != entry.hash:
            raise OperationReused(op_no=entry.no)
    return [it for it in page.entries if it.no > last]


def _findings(
    connection: Connection, who: Caller, page: ToldPage, fresh: Sequence[ToldEntry], last: int
) -> list[CentralAct]:
    """What is to be said of where the entries begin and of those between them."""
    first, findings = fresh[0].no, []
    if fresh[0] is page.entries[0]:
        findings += _begins(connection, who, page, first, last)
    if not page.incomplete:
        return findings
    numbers = [last, *(it.no for it in fresh)] if last else [it.no for it in fresh]
    holes = [f"{a + 1} to {b - 1}" for a, b in pairwise(numbers) if b != a + 1]
    if holes:
        findings.append(_finding(who, "laptop_log_gap", f"missing: {'; '.join(holes)}"))
    return findings


def _begins(connection: Connection, who: Caller, page: ToldPage, first: int, last: int) -> list[CentralAct]:
    """Whether the page goes on where this device, or another one of the same store, ended."""
    if last:
        if first != last + 1:
            if page.incomplete:
                return []  # told as a gap
            raise OperationsMissing(resend_from=last + 1)
        (ended,) = connection.execute(
            select(LAPTOP_ENTRY.c.hash).where(LAPTOP_ENTRY.c.device_id == who.device, LAPTOP_ENTRY.c.no == last)
        ).one()
        if ended != page.before:
            raise OperationReused(op_no=first)
        return []
    if first == 1:
        if page.before != START:
            raise BadRequest
        return []
    before = connection.execute(
        select(LAPTOP_ENTRY.c.device_id).where(LAPTOP_ENTRY.c.hash == page.before, LAPTOP_ENTRY.c.no == first - 1)
    ).scalars()
    others = sorted(set(before))
    if others:
        return [_finding(who, "laptop_log_continues", f"from {first}, after {', '.join(others)}")]
    if not page.incomplete:
        raise OperationsMissing(resend_from=1)
    return [_finding(who, "laptop_log_gap", f"missing: before {first}")]


def _told_by_others(connection: Connection, device: str, hashes: Sequence[str]) -> dict[str, str]:
    """The device that told an entry before, by the entry's hash."""
    rows = connection.execute(
        select(LAPTOP_ENTRY.c.hash, LAPTOP_ENTRY.c.device_id).where(
            LAPTOP_ENTRY.c.hash.in_(hashes), LAPTOP_ENTRY.c.device_id != device
        )
    )
    return {str(row.hash): str(row.device_id) for row in rows}


def _erased(connection: Connection, entries: Sequence[ToldEntry]) -> set[str]:
    """Ids that the entries name and that were erased by order."""
    acts = [it.act for it in entries if it.act is not None]
    named = {id_hash("person", it.person_id): it.person_id for it in acts if it.person_id}
    named |= {id_hash(it.kind, it.record_id): it.record_id for it in acts if it.record_id}
    found = connection.execute(select(ERASURE.c.id_hash).where(ERASURE.c.id_hash.in_(named))).scalars()
    return {named[it] for it in found}


def _act(who: Caller, no: int, act: ToldAct, erased: set[str]) -> CentralAct:
    about = list(dict.fromkeys(it for it in (act.record_id, act.person_id) if it))
    detail: dict[str, Any] = {"no": no, "at": act.at, "action": act.action}
    if erased.intersection(about):
        # Nothing of it is kept but that something was done; no detail of somebody who was erased (SYNC 5.10).
        return CentralAct("laptop_entry", who.name, who.device, detail=json.dumps(detail))
    more = {"kind": act.kind, "fields": act.fields, "actor": act.actor_id}
    detail |= {name: value for name, value in more.items() if value}
    return CentralAct("laptop_entry", who.name, who.device, records=about, detail=json.dumps(detail))


def _finding(who: Caller, action: str, detail: str) -> CentralAct:
    return CentralAct(action, who.name, who.device, detail=detail)
