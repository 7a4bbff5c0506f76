"""A practice that several laptops made under one code: the lowest id stands, the others are read as that one.

Practices are known by their code (ODS), and each laptop that imports a risk file of one makes a record of it. Which of
them stands follows from their ids alone, so that every laptop comes to the same one in whatever order it hears of them.
What points to another is read as pointing to it; whoever may write practices tells the central store so, once: the
values that only the other had, a conflict where both say something, and the deletion of the other are one group of
operations, which the central store takes from one laptop only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import TABLE, AccessRole, Cell, Permission, role_of_job
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import conflicts, ledger, removal, shape, stand_ins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Known, RecordState
from mdt_desktop.sync.merge import AppliedRule, Dispute
from mdt_desktop.sync.protocol import Version
from mdt_desktop.sync.rules import RULES, FieldKind
from mdt_desktop.sync.stand_ins import PRACTICE

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_IN_A_GROUP = 50
"""So many records are told of at once that they point to another practice: one that somebody changed stops no more."""


def take(context: Context, bucket: str, theirs: Version, body: Mapping[str, Any]) -> bool:
    """Take a practice whose code another one here has; False where none of this bucket has it.

    The id that is lower stands. Raises IntegrityError where what points to the other cannot point to it.
    """
    connection = context.connection
    here = _of_code(connection, bucket, str(body.get("code")), theirs.id)
    if here is None:
        return False
    joined_elsewhere(context, max(here, theirs.id))  # told anew, with what the two say now
    if theirs.id < here:
        _give_way(context, bucket, here, theirs, body)
    context.done.touch(PRACTICE, min(here, theirs.id))
    return True


def _of_code(connection: "Connection", bucket: str, code: str, id_: str) -> str | None:
    """Another practice of this code that is in the same bucket, or that no bucket has told of."""
    row = connection.execute("SELECT id, locality_id FROM practice WHERE code = ? AND id <> ?", (code, id_)).fetchone()
    if row is None:
        return None
    heard = ledger.known(connection, PRACTICE, str(row[0]))
    if heard is not None and heard.ver > 0:
        return str(row[0]) if heard.bucket == bucket else None
    of = connection.execute("SELECT locality_id FROM grant_local WHERE bucket = ?", (bucket,)).fetchone()
    return str(row[0]) if row[1] == (of[0] if of is not None else bucket) else None


def _may_join(connection: "Connection", bucket: str) -> bool:
    """Whether this user may write practices and whoever belongs to them; all others only read them as one."""
    row = connection.execute("SELECT role FROM grant_local WHERE bucket = ?", (bucket,)).fetchone()
    try:
        role = AccessRole(row[0]) if row[0] in set(AccessRole) else role_of_job(Role(row[0]))
    except (TypeError, ValueError):
        return False
    return all(TABLE[it][role] is Cell.YES for it in (Permission.IMPORT, Permission.KEEP_DIRECTORY))


def _give_way(context: Context, bucket: str, here: str, theirs: Version, body: Mapping[str, Any]) -> None:
    """The practice that has its row here gives way: the other takes its place, and everything that pointed to it."""
    connection = context.connection
    before, pending = ledger.known(connection, PRACTICE, here), ledger.pending(connection, PRACTICE, here)
    row = shape.row_of(connection, PRACTICE, here) or {}
    # The code is free for the other before it is put in.
    connection.execute("UPDATE practice SET code = ? WHERE id = ?", (here, here))
    shape.write_row(connection, PRACTICE, theirs.id, body)
    _point_to(context, bucket, here, theirs.id)
    ledger.drop(connection, [it.op_no for it in pending])
    removal.delete_row(connection, PRACTICE, here)
    context.done.ids.add(here)
    changed = {name for it in pending for name in it.values}
    if changed:
        # What was written here and not sent is this laptop's to tell, whoever says that the two are one.
        told = _Told(context, bucket, theirs, pending[-1].made_at)
        told.keep(body, row, changed, before.base if before is not None else {})
        told.send([])
    if before is None:
        # The central store never had it; whatever still names it is read as the one that stands.
        code = {"code": row.get("code")}
        ledger.note(connection, Known(PRACTICE, here, bucket, 0, code, RecordState.DELETED), None)


def finish_joins(context: Context) -> None:
    """Tell the central store of practices that it still has beside the one that stands, where this user may."""
    connection = context.connection
    beside = connection.execute(
        "SELECT id FROM sync_record WHERE type = 'practice' AND ver > 0 AND state NOT IN ('deleted', 'quarantined')"
        " AND id NOT IN (SELECT id FROM practice) AND id NOT IN (SELECT id FROM outbox) ORDER BY id"
    ).fetchall()
    for (id_,) in beside:
        heard, stands = ledger.known(connection, PRACTICE, str(id_)), stand_ins.standing(connection, str(id_))
        if heard is not None and stands is not None and _may_join(connection, heard.bucket):
            _join(context, heard, stands)


def _join(context: Context, other: Known, stands: str) -> None:
    """What only the other says is kept, what points to it points to the one that stands, and it is deleted."""
    connection = context.connection
    row = shape.row_of(connection, PRACTICE, stands) or {}
    by, at = context.done.news.get(other.id, ("", ""))
    told = _Told(context, other.bucket, Version(PRACTICE, stands, 0, row, by, at))
    told.keep(row, other.base, set(other.base))
    told.send([Operation(PRACTICE, other.id, "delete", {})])
    context.done.touch(PRACTICE, stands)
    for type_, it in shape.referring(PRACTICE):
        ids = connection.execute(
            "SELECT id FROM sync_record WHERE type = ? AND bucket = ? AND base_json ->> ? = ?"
            " AND state = 'clean' AND id NOT IN (SELECT id FROM outbox) ORDER BY id",
            (type_, other.bucket, it.column, other.id),
        ).fetchall()
        tell(context, other.bucket, type_, [str(id_) for (id_,) in ids], {it.column: stands})


class _Told:
    """What the central store hears of two practices that are one: one group of operations about the one that stands.

    `mine_at` is when this user wrote what the other says; empty where it was written by somebody else.
    """

    def __init__(self, context: Context, bucket: str, stands: Version, mine_at: str = "") -> None:
        self._context, self._bucket, self._stands, self._mine_at = context, bucket, stands, mine_at
        self._filled: dict[str, Any] = {}
        self._asked: list[Operation] = []

    def keep(
        self,
        stands: Mapping[str, Any],
        other: Mapping[str, Any],
        columns: set[str],
        base: Mapping[str, Any] | None = None,
    ) -> None:
        """What only the other says is written into the one that stands; where both do, somebody decides.

        `base` is what was heard of the other: a value that stands there and here alike was changed since by this
        laptop alone.
        """
        for column in sorted(columns):
            rule = RULES[PRACTICE].get(column)
            value, there = other.get(column), stands.get(column)
            if rule is None or rule.kind is FieldKind.FIXED or value == there or _is_empty(column, value, other):
                continue
            if _is_empty(column, there, stands) or (base is not None and column in base and base[column] == there):
                self._filled[column] = value
            else:
                self._asked.append(self._conflict(column, value, there))

    def _conflict(self, column: str, value: Any, there: Any) -> Operation:
        context = self._context
        context.done.conflicts += 1
        context.done.kinds.add(shape.CONFLICT)
        if self._mine_at:
            dispute = Dispute(column, None, value, there, AppliedRule.PLAIN, there)
            return conflicts.written(context, self._bucket, self._stands, dispute, self._mine_at, {})
        # Both were written by others: nobody is named whom the program does not know.
        dispute = Dispute(column, None, there, value, AppliedRule.PLAIN, there)
        unnamed = replace(context, actor=replace(context.actor, name=""), laptop="", skew=0)
        return conflicts.written(unnamed, self._bucket, self._stands, dispute, moment_text(context.now), {})

    def send(self, more: list[Operation]) -> None:
        """Put it into the outbox; with the deletion of the other the central store takes it from one laptop only."""
        context, id_ = self._context, self._stands.id
        operations = [*self._asked, *more]
        if self._filled:
            shape.write_row(context.connection, PRACTICE, id_, self._filled)
            operations.insert(0, Operation(PRACTICE, id_, "update", self._filled))
        if operations:
            ledger.add(context.connection, context.actor, context.now, self._bucket, operations)


def _is_empty(column: str, value: object, of: Mapping[str, Any]) -> bool:
    """Whether nobody has said anything: a practice that came with a risk file is called by its code."""
    return value in (None, "", 0) or (column == "name" and value == of.get("code"))


def _point_to(context: Context, bucket: str, before: str, now: str) -> None:
    """Let everything that points to one practice point to another, in rows, in what waits, and in what is heard."""
    connection = context.connection
    for type_, it in shape.referring(PRACTICE):
        ids = [
            str(id_)
            for (id_,) in connection.execute(
                f'SELECT id FROM "{type_}" WHERE "{it.column}" = ? AND (EXISTS (SELECT 1 FROM outbox WHERE'
                f' outbox.type = \'{type_}\' AND outbox.id = "{type_}".id) OR EXISTS (SELECT 1 FROM sync_record'
                f' WHERE sync_record.type = \'{type_}\' AND sync_record.id = "{type_}".id))',
                (before,),
            ).fetchall()
        ]
        connection.execute(f'UPDATE "{type_}" SET "{it.column}" = ? WHERE "{it.column}" = ?', (now, before))
        context.done.kinds.add(type_)
        unsaid = []
        for id_ in ids:
            context.done.touch(type_, id_)
            naming = [op for op in ledger.pending(connection, type_, id_) if op.values.get(it.column) == before]
            for operation in naming:
                values = {**operation.values, it.column: now}
                ledger.rewrite(connection, operation.op_no, operation.kind, values)
            heard = ledger.known(connection, type_, id_)
            if not naming and heard is not None and heard.base.get(it.column) == before:
                unsaid.append(id_)
        tell(context, bucket, type_, unsaid, {it.column: now})


def tell(context: Context, bucket: str, type_: str, ids: Iterable[str], values: Mapping[str, Any]) -> None:
    """Tell the central store which practice records point to from now on, where this user may."""
    wanted = list(ids)
    if not wanted or not _may_join(context.connection, bucket):
        return
    for start in range(0, len(wanted), _IN_A_GROUP):
        operations = [Operation(type_, id_, "update", values) for id_ in wanted[start : start + _IN_A_GROUP]]
        ledger.add(context.connection, context.actor, context.now, bucket, operations)


def joined_elsewhere(context: Context, id_: str) -> None:
    """Another laptop has told that a practice is one with another: what would be told with its deletion is not sent.

    What was filled in stays in the outbox; it is what the other laptop fills in as well.
    """
    connection = context.connection
    for operation in ledger.pending(connection, PRACTICE, id_):
        if operation.kind != "delete":
            continue
        for beside in ledger.of_group(connection, operation.group_no):
            if beside.kind == "conflict":
                ledger.drop(connection, [it.op_no for it in ledger.pending(connection, beside.type, beside.id)])
                connection.execute("DELETE FROM conflict WHERE id = ?", (beside.id,))
        ledger.drop(connection, [operation.op_no])


def left_deleted(connection: "Connection") -> list[Known]:
    """Practices that the central store has deleted and that still have their row: no other one has come for them.

    One with a change that waits comes back by that."""
    rows = connection.execute(
        "SELECT practice.id FROM practice JOIN sync_record ON type = 'practice' AND sync_record.id = practice.id"
        " WHERE state = 'deleted' AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = practice.id)"
        " ORDER BY practice.id"
    ).fetchall()
    return [it for (id_,) in rows if (it := ledger.known(connection, PRACTICE, str(id_))) is not None]
