"""Freezes what is to be sent next, and settles each operation by the answer to its number (SYNC 5.5)."""

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import orjson

from mdt_desktop.sync import ledger, rebase, removal, shape, stand_ins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Known, Pending, RecordState
from mdt_desktop.sync.protocol import OpResult, OpStatus, SentOperation

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

MOST_ATTEMPTS = 8
"""So often a change is built anew on what others changed meanwhile; then it stays here and is told (SYNC 5.12)."""
_ENVELOPE_BYTES = 400
"""About what an operation weighs beside its values."""


def next_batch(
    connection: "Connection",
    user_id: str,
    buckets: Mapping[str, str],
    most: int,
    most_bytes: int,
    *,
    beside_flying: bool = False,
) -> list[SentOperation]:
    """Whole groups that wait, frozen, in the order they were made; what is in flight comes first, and alone unless
    `beside_flying`: a file that is carried brings what an earlier one may have brought already.

    `buckets` are the buckets by locality. Left out are groups of a locality that this user has no bucket of, those
    that touch or point to a record with a refused change, and those tried too often.
    """
    flying = ledger.in_flight(connection)
    if flying and not beside_flying:
        return [ledger.as_sent(it) for it in _fitting(flying, most, most_bytes)]
    batch = [ledger.as_sent(it) for it in flying]
    held = ledger.refused_keys(connection)
    number, size = _next_number(connection), sum(_weight(it) for it in flying)
    versions: dict[ledger.Key, int] = {it.key: it.base_ver + 1 for it in flying}
    frozen_before = len(batch)
    for group in _groups(ledger.waiting(connection, user_id), most):
        if any(_is_held(it, held) or it.attempts >= MOST_ATTEMPTS or not _bucket_of(it, buckets) for it in group):
            held |= {it.key for it in group}
            continue
        weight = sum(map(_weight, group))
        if batch and (len(batch) + len(group) > most or size + weight > most_bytes):
            break
        size += weight
        for operation in group:
            key = operation.key
            if key not in versions:
                heard = ledger.known(connection, *key)
                versions[key] = heard.ver if heard is not None else 0
            frozen = ledger.freeze(connection, operation, _bucket_of(operation, buckets), versions[key], number)
            versions[key] += 1
            number += 1
            batch.append(frozen)
    if len(batch) > frozen_before:
        connection.execute("UPDATE sync_account SET next_no = ?", (number,))
    return batch


def _fitting(flying: Sequence[Pending], most: int, most_bytes: int) -> list[Pending]:
    """The first of what is in flight, in whole groups, that one request takes: a carried file may hold many."""
    found: list[Pending] = []
    size = 0
    for group in _groups(flying, most):
        size += sum(map(_weight, group))
        if found and (len(found) + len(group) > most or size > most_bytes):
            break
        found += group
    return found


def _weight(operation: Pending) -> int:
    return len(orjson.dumps(operation.values)) + _ENVELOPE_BYTES


def _groups(operations: Sequence[Pending], most: int) -> Iterator[list[Pending]]:
    """Operations by group; one that is larger than a request may be goes in parts."""
    for _, members in groupby(operations, key=lambda it: it.group_no):
        group = list(members)
        for start in range(0, len(group), most):
            yield group[start : start + most]


def _is_held(operation: Pending, held: Container[ledger.Key]) -> bool:
    """Whether a change hangs on one that the central store has not got."""
    if operation.key in held:
        return True
    pointing = shape.references(operation.type)
    return any((it.type, operation.values.get(it.column)) in held for it in pointing)


def _bucket_of(operation: Pending, buckets: Mapping[str, str]) -> str:
    """The bucket of an operation: that of its locality, or, where it was built anew, the one it has."""
    if operation.bucket in buckets:
        return buckets[operation.bucket]
    return operation.bucket if operation.bucket in buckets.values() else ""


def _next_number(connection: "Connection") -> int:
    return int(connection.execute("SELECT next_no FROM sync_account").fetchone()[0])


def renumber(connection: "Connection", first: int) -> bool:
    """Give what is in flight the numbers from `first` on: the central store never had those it lacks.

    False where it already knows numbers that are not ours: this store is older than what was sent from it.
    """
    flying = ledger.in_flight(connection)
    if first > ((flying[0].sent_no if flying else None) or _next_number(connection)):
        return False
    connection.execute("UPDATE outbox SET sent_no = -sent_no WHERE status = 'inflight'")
    for place, operation in enumerate(flying):
        connection.execute("UPDATE outbox SET sent_no = ? WHERE op_no = ?", (first + place, operation.op_no))
    connection.execute("UPDATE sync_account SET next_no = ?", (first + len(flying),))
    return True


def thaw(context: Context, batch: Sequence[SentOperation]) -> None:
    """Take back the numbers of a request that was refused for its size; a group that is too large alone stays here."""
    connection = context.connection
    flying = ledger.in_flight(connection)
    numbers = {it.op_no for it in batch}
    connection.execute("UPDATE sync_account SET next_no = ?", (batch[0].op_no,))
    for operation in flying:
        if operation.sent_no in numbers and len({it.group for it in batch}) == 1:
            ledger.refuse(connection, operation.op_no, "too_large")
            context.done.refused += 1
        else:
            ledger.wait_again(connection, [operation.op_no])


def settle(context: Context, results: Sequence[OpResult]) -> set[int]:
    """Settle each answered operation; the `op_no` of those that wait for another try."""
    waits = set()
    flying = {it.sent_no: it for it in ledger.in_flight(context.connection)}
    for result in results:
        operation = flying.get(result.op_no)
        if operation is not None and _settle_one(context, operation, result):
            waits.add(operation.op_no)
    return waits


def settle_lost(context: Context, results: Sequence[OpResult]) -> None:
    """Settle what was taken although its answer was lost; the page with its change brings the answer again."""
    taken = [it for it in results if it.status in (OpStatus.OK, OpStatus.DUPLICATE)]
    settle(context, taken)


def _settle_one(context: Context, operation: Pending, result: OpResult) -> bool:
    """Whether it waits for another try. One answer never stops the others."""
    connection = context.connection
    match result.status:
        case OpStatus.OK | OpStatus.DUPLICATE:
            _accepted(context, operation, result)
            return False
        case OpStatus.STALE:
            ledger.wait_again(connection, [operation.op_no])
            _rebased(context, operation, result)
            return True
        case OpStatus.BLOCKED | OpStatus.UPGRADE:
            ledger.wait_again(connection, [operation.op_no])
            return True
        case OpStatus.ERASED:
            removal.erase(context, operation.bucket, operation.type, operation.id)
            return False
        case OpStatus.SEALED if result.current is not None:
            ledger.wait_again(connection, [operation.op_no])
            rebase.take_seal(context, operation.bucket, operation.type, operation.id, result.current)
            return False
        case _:
            why = f"{result.status.value} {result.field} {result.duplicate_of}"
            ledger.refuse(connection, operation.op_no, why.strip())
            context.done.refused += 1
            return False


def _accepted(context: Context, operation: Pending, result: OpResult) -> None:
    """The base becomes what the central store has now: what was last heard, with this change."""
    connection = context.connection
    before = ledger.known(connection, operation.type, operation.id)
    ledger.drop(connection, [operation.op_no])
    context.done.pushed += 1
    context.done.kinds.add("outbox")
    if operation.kind == "audit":
        return
    base = dict(before.base) if before is not None and before.state is not RecordState.DELETED else {}
    ver = result.ver if result.ver is not None else operation.base_ver + 1
    if before is not None and before.ver >= ver:
        return  # it was heard of by the feed already
    state = RecordState.DELETED if operation.kind == "delete" else RecordState.CLEAN
    body = {**base, **operation.values} if operation.kind != "delete" else stand_ins.left_of(operation.type, base)
    ledger.note(connection, Known(operation.type, operation.id, operation.bucket, ver, body, state), before, result.seq)


def _rebased(context: Context, operation: Pending, result: OpResult) -> None:
    """Somebody else was first: merge with what is there now, and let what is left wait for its next try."""
    current = result.current
    if current is None:
        return
    heard = ledger.known(context.connection, operation.type, operation.id)
    if heard is not None and heard.ver == current.ver:
        return
    if current.body is None:
        rebase.take_deletion(context, operation.bucket, current)
    else:
        rebase.take(context, operation.bucket, current)
    context.done.pulled -= 1
