"""Takes what a laptop sends: each numbered operation at most once, each group whole or not at all (SYNC 5.5)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select, update

from mdt_desktop.central import audit, feed, memberships
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.database import CentralDatabase
from mdt_desktop.central.errors import OperationReused, OperationsMissing
from mdt_desktop.central.feed import Change
from mdt_desktop.central.group import GroupDecision, Sender, Standing
from mdt_desktop.central.held_records import Key
from mdt_desktop.central.operations import Operation, OpKind, Result, Status, groups_of
from mdt_desktop.central.tables import DEVICE, OP_RESULT
from mdt_desktop.central.tokens import Caller
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import MdtError

_AUDITED = ("at", "action", "kind", "record_id", "fields")
"""What of a laptop's audit entry is kept here: never a name, nor its reason, which is typed freely.

An operation names one act without its place in the laptop's log; a laptop tells its whole log by `laptop_log`."""


def push(
    database: CentralDatabase, caller: Caller, operations: Sequence[Operation], now: datetime
) -> list[Mapping[str, Any]]:
    """The results in the order of the numbers: each group is taken whole or not at all.

    Raises OperationsMissing where a number between the last known and the first sent is missing, or one in between,
    and OperationReused where a number comes again with another content. What was taken before that stays taken.
    """
    database = database.acting_for(caller.user_id, lambda: now)
    ordered = sorted(operations, key=lambda it: it.op_no)
    _require_row(ordered)
    groups = list(groups_of(ordered))
    take = partial(take_groups, caller=caller, now=now)
    try:
        return database.write(partial(take, groups=groups))
    except MdtError:
        if len(groups) < 2:
            raise
    # One of them stops the whole request: those before it are taken one by one, each in a transaction of its own.
    blocked: frozenset[Key] = frozenset()
    results: list[Mapping[str, Any]] = []
    for group in groups:
        told = database.write(partial(take, groups=[group], blocked=blocked))
        results += told
        blocked |= _refused(group, {it["op_no"]: it["status"] for it in told})
    return results


def _require_row(ordered: Sequence[Operation]) -> None:
    """Numbers follow each other within one request."""
    for before, after in pairwise(ordered):
        if after.op_no != before.op_no + 1:
            raise OperationsMissing(resend_from=before.op_no + 1)


def take_groups(
    connection: Connection,
    caller: Caller,
    groups: Sequence[Sequence[Operation]],
    now: datetime,
    blocked: frozenset[Key] = frozenset(),
) -> list[Mapping[str, Any]]:
    """The results of groups in their order, taken in the caller's transaction with as few statements as for one.

    Operations on `blocked` records, and on those of a group that was refused, are not decided. Raises as `push` does.
    """
    everything = [it for group in groups for it in group]
    known = _known(connection, caller.device, everything)
    roles = {it.bucket: it.role for it in memberships.current(connection, caller.user_id, now)}
    for operation in everything:
        if operation.op_no in known and operation.bucket not in roles:
            # What stood in a bucket is not told again to somebody who has lost it since.
            known[operation.op_no] = {**known[operation.op_no], "current": None}
    fresh = [[it for it in group if it.op_no not in known] for group in groups]
    sent = [it for group in fresh for it in group]
    if sent:
        sender, stand = Sender(caller.name, caller.device, roles), Standing(connection, sent)
        changes: list[Change] = []
        results: dict[int, Result] = {}
        acts: list[CentralAct] = []
        for group, new in zip(groups, fresh, strict=True):
            if new:
                decided = GroupDecision(stand, sender, new).decide(blocked)
                changes += decided.changes
                results |= {it.op_no: it for it in decided.results}
                acts += _acts(sender, new, decided.results)
            statuses = {it.op_no: results[it.op_no].status if it in new else known[it.op_no]["status"] for it in group}
            blocked |= _refused(group, statuses)
        known |= _written(connection, sender.device, sent, changes, results, moment_text(now))
        audit.append(connection, now, acts)
    return [known[it.op_no] for it in everything]


def _refused(group: Sequence[Operation], statuses: Mapping[int, str]) -> frozenset[Key]:
    """The records whose operations of this group were not done."""
    return frozenset(
        it.key for it in group if it.kind is not OpKind.AUDIT and not Status(statuses[it.op_no]).is_done
    )


def _known(connection: Connection, device: str, group: Sequence[Operation]) -> dict[int, Mapping[str, Any]]:
    """The results that these numbers have already. The device stays locked: its pushes follow one another."""
    last = connection.execute(select(DEVICE.c.last_op).where(DEVICE.c.id == device).with_for_update()).scalar_one()
    rows = connection.execute(
        select(OP_RESULT.c.op_no, OP_RESULT.c.fingerprint, OP_RESULT.c.result).where(
            OP_RESULT.c.device_id == device, OP_RESULT.c.op_no.in_([it.op_no for it in group])
        )
    )
    stored = {int(row.op_no): row for row in rows}
    for operation in group:
        found = stored.get(operation.op_no)
        if found is not None and found.fingerprint != operation.fingerprint:
            raise OperationReused(op_no=operation.op_no)
        if found is None and operation.op_no <= last:
            raise OperationReused(op_no=operation.op_no)
    fresh = [it.op_no for it in group if it.op_no not in stored]
    # A laptop's first push says where its numbers begin: they may have begun before it was connected.
    if fresh and last and fresh[0] != last + 1:
        raise OperationsMissing(resend_from=int(last) + 1)
    return {number: dict(row.result) for number, row in stored.items()}


def _written(
    connection: Connection,
    device: str,
    sent: Sequence[Operation],
    changes: Sequence[Change],
    results: Mapping[int, Result],
    at: str,
) -> dict[int, Mapping[str, Any]]:
    """Write what was decided; the results as they are told, each with the number of its change."""
    numbers = feed.write(connection, changes, at)
    seqs = {
        change.op_no: seq for change, seq in zip(changes, numbers, strict=True) if change.op_device == device
    }
    documents: dict[int, Mapping[str, Any]] = {
        number: replace(result, seq=seqs.get(number)).document() for number, result in results.items()
    }
    connection.execute(
        OP_RESULT.insert(),
        [
            {
                "device_id": device,
                "op_no": operation.op_no,
                "bucket_id": operation.bucket,
                "type": operation.type,
                "id": operation.id,
                "fingerprint": operation.fingerprint,
                "result": documents[operation.op_no],
                "at": at,
            }
            for operation in sent
        ],
    )
    connection.execute(update(DEVICE).where(DEVICE.c.id == device).values(last_op=sent[-1].op_no))
    return documents


def _acts(sender: Sender, group: Sequence[Operation], results: Sequence[Result]) -> list[CentralAct]:
    """One act a bucket for the group, and one for each audit entry that it brings."""
    acts = []
    for bucket in sorted({it.bucket for it in group if it.kind is not OpKind.AUDIT}):
        own = [
            (it, result) for it, result in zip(group, results, strict=True)
            if it.bucket == bucket and it.kind is not OpKind.AUDIT
        ]  # fmt: skip
        told = [f"{it.op_no} {it.kind.value} {it.type} {result.status.value}" for it, result in own]
        records = sorted({it.id for it, _ in own})
        acts.append(CentralAct("push", sender.user, sender.device, bucket, records, "; ".join(told)))
    for operation, result in zip(group, results, strict=True):
        if operation.kind is OpKind.AUDIT and result.status is Status.OK:
            entry = {name: operation.values.get(name) for name in _AUDITED if name in operation.values}
            about = [str(it) for it in (operation.values.get("record_id"), operation.values.get("person_id")) if it]
            acts.append(
                CentralAct("laptop_entry", sender.user, sender.device, operation.bucket, about, json.dumps(entry))
            )
    return acts
