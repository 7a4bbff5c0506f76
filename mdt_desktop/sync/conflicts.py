"""Conflict records: kept where two changes met, sent so that both authors see them, closed by choosing a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import ledger, shape, stand_ins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.merge import Dispute
from mdt_desktop.sync.protocol import Version
from mdt_desktop.sync.shape import CONFLICT

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class NoSuchConflict(NotFound):
    """There is no open conflict of this id."""

    code = "sync_no_such_conflict"


class ConflictNotToChoose(BadInput):
    """What this conflict is about is here no longer, or its meeting is sealed: nothing can be chosen."""

    code = "sync_conflict_not_to_choose"


class Side(StrEnum):
    """Whose value is kept: of whoever wrote second (`mine`), of whoever was first (`theirs`), or another one."""

    MINE = "mine"
    THEIRS = "theirs"
    THIRD = "third"


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """A conflict that waits for somebody; values as they stand in the record."""

    id: str
    type: str
    rec_id: str
    field: str
    base: Any
    mine: Any
    theirs: Any
    mine_by: str
    theirs_by: str
    mine_at: str
    theirs_at: str
    rule: str
    in_force: Any
    mine_more: Mapping[str, Any]
    bucket: str
    mine_device: str = ""
    mine_skew: int = 0
    asked_id: str | None = None
    asked_by: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A conflict that was decided, and the columns of its record as they were before, to take it back."""

    conflict: OpenConflict
    before: Mapping[str, Any] = field(default_factory=dict)


def record(
    context: Context, bucket: str, theirs: Version, dispute: Dispute, mine_at: str, mine_more: Mapping[str, Any]
) -> None:
    """Keep a dispute as a conflict record and put it into the outbox; an open one of the same column is replaced."""
    operation = written(context, bucket, theirs, dispute, mine_at, mine_more)
    ledger.add(context.connection, context.actor, context.now, bucket, [operation])


def written(
    context: Context, bucket: str, theirs: Version, dispute: Dispute, mine_at: str, mine_more: Mapping[str, Any]
) -> Operation:
    """As `record`, and answer with what is to be sent of it, for whoever sends it with other operations."""
    connection, actor, now = context.connection, context.actor, context.now
    for (before,) in connection.execute(
        "SELECT id FROM conflict WHERE type = ? AND rec_id = ? AND field = ? AND status = 'open'"
        " AND mine_by = ? AND mine = ?",
        (theirs.type, theirs.id, dispute.column, actor.name, _json(dispute.mine)),
    ).fetchall():
        # The same wish met another change: one question is enough.
        ledger.add(connection, actor, now, bucket, [_closing(connection, before, Side.THEIRS)])
    values = {
        "id": new_id(now),
        "bucket": bucket,
        "type": theirs.type,
        "rec_id": theirs.id,
        "field": dispute.column,
        "base": _json(dispute.base),
        "mine": _json(dispute.mine),
        "theirs": _json(dispute.theirs),
        "mine_more": _json(dict(mine_more)),
        "mine_by": actor.name,
        "theirs_by": theirs.by,
        "mine_at": mine_at,
        "theirs_at": theirs.at or moment_text(now),
        "auto_rule": dispute.rule.value,
        "shown_value": _json(dispute.in_force),
        "status": "open",
        "mine_device": context.laptop,
        "mine_skew": context.skew,
        "asked_id": None,
        "asked_by": "",
    }
    shape.write_row(connection, CONFLICT, str(values["id"]), values)
    return Operation(CONFLICT, str(values["id"]), "conflict", values)


def open_ones(connection: "Connection", id_: str = "") -> list[OpenConflict]:
    """Every conflict that waits for somebody, the oldest first; or the one of an id."""
    return _read(connection, "status = 'open' AND (?1 = '' OR id = ?1)", id_)


def _read(connection: "Connection", where: str, id_: str) -> list[OpenConflict]:
    rows = connection.execute(
        "SELECT id, type, rec_id, field, base, mine, theirs, mine_by, theirs_by, mine_at, theirs_at, auto_rule,"
        " shown_value, mine_more, bucket, mine_device, mine_skew, asked_id, asked_by"
        f" FROM conflict WHERE {where} ORDER BY id",
        (id_,),
    ).fetchall()
    return [
        OpenConflict(
            row[0], row[1], _standing(connection, row[1], row[2]), row[3], orjson.loads(row[4]), orjson.loads(row[5]),
            orjson.loads(row[6]), row[7], row[8], row[9], row[10], row[11], orjson.loads(row[12]),
            orjson.loads(row[13]), row[14], row[15], int(row[16]), row[17], row[18],
        )
        for row in rows
    ]  # fmt: skip


def _standing(connection: "Connection", type_: str, id_: str) -> str:
    """The record that is decided about: of practices that are one, the one that stands."""
    if type_ != stand_ins.PRACTICE or shape.row_exists(connection, type_, id_):
        return id_
    return stand_ins.standing(connection, id_) or id_


def keep(
    connection: "Connection", actor: Actor, now: datetime, id_: str, side: Side | str, third: Any = None
) -> Decided:
    """Decide a conflict: the value of a side, or `third`, is written as an ordinary change, and it closes everywhere.

    Raises NoSuchConflict, ConflictNotToChoose; a value that the column cannot hold is an IntegrityError.
    """
    side = Side(side)
    conflict = needed(connection, id_)
    present = shape.row_of(connection, conflict.type, conflict.rec_id) if conflict.field else None
    if conflict.field and present is None:
        raise ConflictNotToChoose(id=id_)
    operations, before = [], {}
    if present is not None:
        wanted = {conflict.field: third if side is Side.THIRD else conflict.theirs}
        if side is Side.MINE:
            wanted = {conflict.field: conflict.mine, **conflict.mine_more}
        wanted = stand_ins.read(connection, conflict.type, wanted)
        changed = {name: value for name, value in wanted.items() if present.get(name) != value}
        if changed:
            _require_unsealed(connection, conflict)
            before = {name: present.get(name) for name in changed}
            shape.write_row(connection, conflict.type, conflict.rec_id, changed)
            operations.append(Operation(conflict.type, conflict.rec_id, "update", changed))
    operations.append(_closing(connection, id_, side))
    ledger.add(connection, actor, now, conflict.bucket, operations)
    return Decided(conflict, before)


def needed(connection: "Connection", id_: str) -> OpenConflict:
    """The open conflict of an id. Raises NoSuchConflict."""
    found = open_ones(connection, id_) if id_ else []
    if not found:
        raise NoSuchConflict(id=id_)
    return found[0]


def reopen(connection: "Connection", actor: Actor, now: datetime, decided: Decided) -> None:
    """Take a decision back: the value that was in force before, and the conflict open again, on every laptop.

    Raises NoSuchConflict where it has left this laptop, ConflictNotToChoose where its record has.
    """
    conflict = decided.conflict
    if not _read(connection, "id = ?1 AND status <> 'open'", conflict.id):
        raise NoSuchConflict(id=conflict.id)
    operations = []
    if decided.before:
        if not shape.row_exists(connection, conflict.type, conflict.rec_id):
            raise ConflictNotToChoose(id=conflict.id)
        _require_unsealed(connection, conflict)
        shape.write_row(connection, conflict.type, conflict.rec_id, decided.before)
        operations.append(Operation(conflict.type, conflict.rec_id, "update", dict(decided.before)))
    connection.execute("UPDATE conflict SET status = 'open' WHERE id = ?", (conflict.id,))
    operations.append(Operation(CONFLICT, conflict.id, "resolve", {"status": "open"}))
    ledger.add(connection, actor, now, conflict.bucket, operations)


def ask(connection: "Connection", actor: Actor, now: datetime, id_: str, practitioner_id: str | None) -> OpenConflict:
    """Ask a practitioner to decide, or nobody in particular any more; they see it as theirs. Raises NoSuchConflict."""
    conflict = needed(connection, id_)
    values = {"asked_id": practitioner_id, "asked_by": actor.name if practitioner_id else ""}
    shape.write_row(connection, CONFLICT, id_, values)
    ledger.add(connection, actor, now, conflict.bucket, [Operation(CONFLICT, id_, "resolve", values)])
    return conflict


def _require_unsealed(connection: "Connection", conflict: OpenConflict) -> None:
    heard = ledger.known(connection, conflict.type, conflict.rec_id)
    if heard is not None and heard.state is ledger.RecordState.SEALED:
        raise ConflictNotToChoose(id=conflict.id)


def _closing(connection: "Connection", id_: str, side: Side) -> Operation:
    connection.execute("UPDATE conflict SET status = ? WHERE id = ?", (side.value, id_))
    return Operation(CONFLICT, id_, "resolve", {"status": side.value})


def forget(connection: "Connection", type_: str, id_: str) -> None:
    """Remove the conflicts of a record that leaves this laptop, with what waits to be sent of them.

    That they were heard of stays, without their contents, for the digest: the central store says when they leave it.
    """
    for (one,) in connection.execute("SELECT id FROM conflict WHERE type = ? AND rec_id = ?", (type_, id_)).fetchall():
        connection.execute("DELETE FROM outbox WHERE type = ? AND id = ?", (CONFLICT, one))
        heard = ledger.known(connection, CONFLICT, one)
        if heard is not None:
            ledger.note(connection, replace(heard, base={}), heard)
        connection.execute("DELETE FROM conflict WHERE id = ?", (one,))


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
