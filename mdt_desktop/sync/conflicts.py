"""Conflict records: kept where two changes met, sent so that both authors see them, closed by choosing a side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import ledger, shape
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


def record(
    connection: "Connection",
    actor: Actor,
    now: datetime,
    bucket: str,
    theirs: Version,
    dispute: Dispute,
    mine_at: str,
    mine_more: Mapping[str, Any],
) -> None:
    """Keep a dispute as a conflict record and put it into the outbox; an open one of the same column is replaced."""
    for (before,) in connection.execute(
        "SELECT id FROM conflict WHERE type = ? AND rec_id = ? AND field = ? AND status = 'open'"
        " AND mine_by = ? AND mine = ?",
        (theirs.type, theirs.id, dispute.column, actor.name, _json(dispute.mine)),
    ).fetchall():
        # The same wish met another change: one question is enough.
        _close(connection, actor, now, bucket, before, "theirs")
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
    }
    shape.write_row(connection, CONFLICT, str(values["id"]), values)
    ledger.add(connection, actor, now, bucket, [Operation(CONFLICT, str(values["id"]), "conflict", values)])


def open_ones(connection: "Connection", id_: str = "") -> list[OpenConflict]:
    """Every conflict that waits for somebody, the oldest first; or the one of an id."""
    rows = connection.execute(
        "SELECT id, type, rec_id, field, base, mine, theirs, mine_by, theirs_by, mine_at, theirs_at, auto_rule,"
        " shown_value, mine_more, bucket FROM conflict WHERE status = 'open' AND (?1 = '' OR id = ?1) ORDER BY id",
        (id_,),
    ).fetchall()
    return [
        OpenConflict(
            row[0], row[1], row[2], row[3], orjson.loads(row[4]), orjson.loads(row[5]), orjson.loads(row[6]),
            row[7], row[8], row[9], row[10], row[11], orjson.loads(row[12]), orjson.loads(row[13]), row[14],
        )
        for row in rows
    ]  # fmt: skip


def keep(connection: "Connection", actor: Actor, now: datetime, id_: str, side: str) -> OpenConflict:
    """Decide a conflict: the value of a side (`mine` or `theirs`) is written as an ordinary change, and it closes.

    Raises NoSuchConflict, ConflictNotToChoose.
    """
    found = open_ones(connection, id_)
    if not found:
        raise NoSuchConflict(id=id_)
    conflict = found[0]
    present = shape.row_of(connection, conflict.type, conflict.rec_id) if conflict.field else None
    if conflict.field and present is None:
        raise ConflictNotToChoose(id=id_)
    operations = []
    if present is not None:
        wanted = {conflict.field: conflict.mine, **conflict.mine_more}
        if side == "theirs":
            wanted = {conflict.field: conflict.theirs}
        changed = {name: value for name, value in wanted.items() if present.get(name) != value}
        if changed:
            heard = ledger.known(connection, conflict.type, conflict.rec_id)
            if heard is not None and heard.state is ledger.RecordState.SEALED:
                raise ConflictNotToChoose(id=id_)
            shape.write_row(connection, conflict.type, conflict.rec_id, changed)
            operations.append(Operation(conflict.type, conflict.rec_id, "update", changed))
    operations.append(_closing(connection, id_, side))
    ledger.add(connection, actor, now, conflict.bucket, operations)
    return conflict


def _close(connection: "Connection", actor: Actor, now: datetime, bucket: str, id_: str, side: str) -> None:
    ledger.add(connection, actor, now, bucket, [_closing(connection, id_, side)])


def _closing(connection: "Connection", id_: str, side: str) -> Operation:
    connection.execute("UPDATE conflict SET status = ? WHERE id = ?", (side, id_))
    return Operation(CONFLICT, id_, "resolve", {"status": side})


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
