"""Takes a record as the central store has it, and puts what was changed here meanwhile on top of it (SYNC 5.6, 5.8)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlcipher3 import dbapi2

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import conflicts, ledger, removal, shape, stand_ins, twins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Known, Pending, RecordState
from mdt_desktop.sync.merge import AppliedRule, Dispute, Merged, merged
from mdt_desktop.sync.protocol import Version, erasure_hash
from mdt_desktop.sync.shape import CONFLICT


def take(context: Context, bucket: str, theirs: Version, seq: int | None = None, *, own: bool = False) -> None:
    """Take a newer version of a record into the books and the table.

    `own` says that it is this device's own change coming back: then what was changed since stays as it is and is no
    conflict (SYNC 5.7). A record that cannot be a row here is kept raw and stops nothing.
    """
    connection = context.connection
    if _is_erased(context, theirs):
        return
    before = ledger.known(connection, theirs.type, theirs.id)
    connection.execute("SAVEPOINT one_record")
    try:
        body = shape.plain(theirs.type, theirs.body or {})
        read = stand_ins.read(connection, theirs.type, body)
        _take(context, bucket, theirs, read, before, own)
        state = RecordState.SEALED if before and before.state is RecordState.SEALED else RecordState.CLEAN
    except (shape.ValueUnusable, dbapi2.IntegrityError, dbapi2.InterfaceError, KeyError, _ParentMissing):
        connection.execute("ROLLBACK TO one_record")
        body, state = dict(theirs.body or {}), RecordState.QUARANTINED
    finally:
        connection.execute("RELEASE one_record")
    heard = Known(theirs.type, theirs.id, bucket, theirs.ver, body, state)
    ledger.note(connection, heard, before, seq)
    context.done.pulled += 1
    if state is RecordState.CLEAN:
        other = {name: value for name, value in read.items() if value != body[name]}
        twins.tell(context, bucket, theirs.type, [theirs.id] if other else [], other)
        context.done.touch(theirs.type, theirs.id)
        if not own:
            context.done.news[theirs.id] = (theirs.by, theirs.at)


class _ParentMissing(Exception):
    """What the record points to is not here yet."""


def _is_erased(context: Context, theirs: Version) -> bool:
    row = context.connection.execute(
        "SELECT 1 FROM erasure WHERE id_hash = ?", (erasure_hash(theirs.type, theirs.id),)
    ).fetchone()
    return row is not None


def _take(
    context: Context, bucket: str, theirs: Version, body: dict[str, Any], before: Known | None, own: bool
) -> None:
    connection = context.connection
    if shape.table_of(theirs.type) is None:
        raise shape.ValueUnusable
    if shape.missing_parent(connection, theirs.type, body):
        raise _ParentMissing
    if theirs.type == stand_ins.PRACTICE and twins.take(context, bucket, theirs, body):
        return
    pending = ledger.pending(connection, theirs.type, theirs.id)
    base = stand_ins.read(connection, theirs.type, before.base) if before is not None else {}
    if theirs.type == CONFLICT:
        _take_conflict(context, theirs, body, pending)
    elif not pending:
        shape.write_row(connection, theirs.type, theirs.id, body)
    elif pending[-1].kind == "delete" and not own:
        _undelete(context, bucket, theirs, body, base, pending)
    elif own:
        if pending[-1].kind != "delete":
            shape.write_row(connection, theirs.type, theirs.id, {**body, **changed_here(pending)})
    else:
        result = merged(theirs.type, base, changed_here(pending), body)
        shape.write_row(connection, theirs.type, theirs.id, result.values)
        _rewrite(context, pending, result)
        _tell(context, bucket, theirs, result, pending)


def changed_here(pending: Sequence[Pending]) -> dict[str, Any]:
    """The columns that operations set, the last value of each."""
    mine: dict[str, Any] = {}
    for operation in pending:
        mine |= operation.values
    return mine


def _take_conflict(context: Context, theirs: Version, body: Mapping[str, Any], pending: Sequence[Pending]) -> None:
    """A conflict of somebody else, or one that is closed now: whoever closed it first has decided."""
    if body.get("status") != "open":
        shape.write_row(context.connection, CONFLICT, theirs.id, body)
        ledger.drop(context.connection, [it.op_no for it in pending])
    else:
        # What was decided or asked here meanwhile stands until the central store has heard of it.
        shape.write_row(context.connection, CONFLICT, theirs.id, {**body, **changed_here(pending)})


def _undelete(
    context: Context,
    bucket: str,
    theirs: Version,
    body: Mapping[str, Any],
    base: Mapping[str, Any],
    pending: Sequence[Pending],
) -> None:
    """It was deleted here and edited there: the edit wins, the record returns, and it is told."""
    shape.write_row(context.connection, theirs.type, theirs.id, body)
    ledger.drop(context.connection, [it.op_no for it in pending])
    dispute = Dispute("", dict(base), None, dict(body), AppliedRule.DELETED_HERE, dict(body))
    _record(context, bucket, theirs, dispute, pending[-1].made_at, {})


def _rewrite(context: Context, pending: Sequence[Pending], result: Merged) -> None:
    """What waits holds from now on only what the central store must hear; each column stays in its last group."""
    left = dict(result.to_send)
    for operation in reversed(pending):
        values = {name: left.pop(name) for name in operation.values if name in left}
        if values:
            ledger.rewrite(context.connection, operation.op_no, "update", values)
        else:
            ledger.drop(context.connection, [operation.op_no])


def _tell(context: Context, bucket: str, theirs: Version, result: Merged, pending: Sequence[Pending]) -> None:
    for dispute in result.disputes:
        made_at = next((it.made_at for it in reversed(pending) if dispute.column in it.values), pending[-1].made_at)
        _record(context, bucket, theirs, dispute, made_at, result.mine_more)


def _record(
    context: Context, bucket: str, theirs: Version, dispute: Dispute, mine_at: str, more: Mapping[str, Any]
) -> None:
    conflicts.record(context, bucket, theirs, dispute, mine_at, more)
    context.done.conflicts += 1
    context.done.kinds.add(CONFLICT)


def take_deletion(context: Context, bucket: str, theirs: Version, seq: int | None = None) -> None:
    """The record was deleted there. What was changed here meanwhile brings it back, and both are told."""
    connection = context.connection
    before = ledger.known(connection, theirs.type, theirs.id)
    left = stand_ins.left_of(theirs.type, before.base) if before is not None else {}
    heard = Known(theirs.type, theirs.id, bucket, theirs.ver, left, RecordState.DELETED)
    ledger.note(connection, heard, before, seq)
    context.done.pulled += 1
    if theirs.type == stand_ins.PRACTICE:
        # Somebody told that it is one with another; that one may stand further on in this page.
        twins.joined_elsewhere(context, theirs.id)
        return
    _delete_here(context, bucket, theirs, dict(before.base) if before is not None else {})


def finish_deletions(context: Context) -> None:
    """Delete practices that were deleted there and for which no other one of their code has come."""
    for it in twins.left_deleted(context.connection):
        _delete_here(context, it.bucket, Version(it.type, it.id, it.ver, None, "", ""), {})


def _delete_here(context: Context, bucket: str, theirs: Version, base: dict[str, Any]) -> None:
    connection = context.connection
    pending = ledger.pending(connection, theirs.type, theirs.id)
    row = shape.row_of(connection, theirs.type, theirs.id) if shape.table_of(theirs.type) is not None else None
    edits = [it for it in pending if it.kind != "delete"]
    if row is None or (pending and pending[-1].kind == "delete"):
        ledger.drop(connection, [it.op_no for it in pending])
        return
    if edits:
        ledger.rewrite(connection, edits[-1].op_no, "update", row)
        ledger.drop(connection, [it.op_no for it in edits[:-1]])
        dispute = Dispute("", base, row, None, AppliedRule.DELETED_THERE, row)
        _record(context, bucket, theirs, dispute, edits[-1].made_at, {})
        return
    context.done.people |= shape.people_of(connection, theirs.type, [theirs.id])
    try:
        removal.delete_row(connection, theirs.type, theirs.id)
        context.done.touch(theirs.type, theirs.id)
    except removal.StillNeeded:
        # Something that is here hangs on it: it comes back with what hangs on it.
        back = Operation(theirs.type, theirs.id, "update", row)
        ledger.add(connection, context.actor, context.now, bucket, [back])
        dispute = Dispute("", base, row, None, AppliedRule.DELETED_THERE, row)
        _record(context, bucket, theirs, dispute, moment_text(context.now), {})


def take_seal(context: Context, bucket: str, type_: str, id_: str, theirs: Version | None = None) -> None:
    """The record is sealed: what was changed here and not sent gives way, and is kept for an addendum."""
    connection = context.connection
    before = ledger.known(connection, type_, id_)
    if before is None or before.state is RecordState.DELETED:
        return
    pending = ledger.pending(connection, type_, id_)
    body = dict(before.base) if theirs is None or theirs.body is None else shape.plain(type_, theirs.body)
    ver = before.ver if theirs is None else max(theirs.ver, before.ver)
    present = Version(type_, id_, ver, body, "" if theirs is None else theirs.by, "" if theirs is None else theirs.at)
    if shape.table_of(type_) is not None and before.state is not RecordState.QUARANTINED:
        shape.write_row(connection, type_, id_, stand_ins.read(connection, type_, body))
        context.done.touch(type_, id_)
    for column, value in changed_here(pending).items():
        if body.get(column) != value:
            dispute = Dispute(
                column, before.base.get(column), value, body.get(column), AppliedRule.SEALED, body.get(column)
            )
            _record(context, bucket, present, dispute, pending[-1].made_at, {})
    ledger.drop(connection, [it.op_no for it in pending])
    state = RecordState.QUARANTINED if before.state is RecordState.QUARANTINED else RecordState.SEALED
    ledger.note(connection, Known(type_, id_, bucket, ver, body, state), before)


def try_put_aside(context: Context) -> None:
    """Take what was put aside once more: what it points to may have come since. Goes on while anything fits."""
    connection = context.connection
    while True:
        aside = connection.execute(
            "SELECT type, id FROM sync_record WHERE state = 'quarantined' ORDER BY type, id"
        ).fetchall()
        taken = sum(_fits_now(context, type_, id_) for type_, id_ in aside if shape.table_of(type_) is not None)
        if not taken:
            return


def _fits_now(context: Context, type_: str, id_: str) -> bool:
    heard = ledger.known(context.connection, type_, id_)
    if heard is None:
        return False
    if shape.missing_parent(context.connection, type_, stand_ins.read(context.connection, type_, heard.base)):
        return False
    before = context.done.pulled
    take(context, heard.bucket, Version(type_, id_, heard.ver, heard.base, "", ""))
    context.done.pulled = before
    now = ledger.known(context.connection, type_, id_)
    return now is not None and now.state is not RecordState.QUARANTINED


def offer_again(context: Context, bucket: str, type_: str, id_: str, theirs: Version | None) -> None:
    """The central store was put back to an older state: what this laptop has goes there once more (SYNC 6, 32)."""
    connection = context.connection
    before = ledger.known(connection, type_, id_)
    row = shape.row_of(connection, type_, id_) if shape.table_of(type_) is not None else None
    body = shape.plain(type_, theirs.body or {}) if theirs is not None else {}
    ledger.drop(connection, [it.op_no for it in ledger.pending(connection, type_, id_)])
    heard = Known(type_, id_, bucket, theirs.ver if theirs is not None else 0, body, RecordState.CLEAN)
    ledger.note(connection, heard, before)
    if row is None:
        return
    values = {name: value for name, value in row.items() if name not in body or body[name] != value}
    if values:
        kind = "create" if theirs is None else "update"
        if type_ == CONFLICT:
            kind = "conflict" if theirs is None else "resolve"
        ledger.add(connection, context.actor, context.now, bucket, [Operation(type_, id_, kind, values)])
