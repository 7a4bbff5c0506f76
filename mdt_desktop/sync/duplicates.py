"""One person who was made on two laptops under one NHS number: joined into one record, or told apart (SYNC 5.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.errors import NotAllowed, NotFound
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import conflicts, ledger, rebase, removal, shape, stand_ins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import OpState, Pending, RecordState
from mdt_desktop.sync.merge import AppliedRule, Dispute
from mdt_desktop.sync.protocol import Version
from mdt_desktop.sync.rules import RULES, FieldKind

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

_WHY = "invalid nhs_number "
_RULE_OF = {FieldKind.IDENTITY: AppliedRule.IDENTITY, FieldKind.CAUTION: AppliedRule.CAUTION}
_ONE_OF_EACH = {"person_case": ("person_id",), "agenda_item": ("meeting_id", "case_id"),
                "item_presence": ("item_id", "practitioner_id"), "risk_score": ("person_id", "run_id"),
                "restriction": ("person_id", "lifted_at")}  # fmt: skip
"""Records of which there is one for each of these; two of them become one as well."""


class NoSuchDuplicate(NotFound):
    """There is no such pair of people (any more)."""

    code = "sync_no_such_duplicate"


class DuplicateNotHereYet(NotAllowed):
    """The record that the other laptop made has not come here yet: exchange first."""

    code = "sync_duplicate_not_here"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A person of this laptop, and the one that the central store has under their NHS number, as it told them.

    `theirs` is empty where they have not come here yet.
    """

    mine_id: str
    theirs_id: str
    theirs: Mapping[str, Any]
    bucket: str


def all_of_them(connection: "Connection") -> list[Duplicate]:
    """Every such pair, in the order they were told of."""
    rows = connection.execute(
        "SELECT id, last_error, bucket FROM outbox WHERE status = 'refused' AND type = 'person'"
        " AND last_error LIKE ? ORDER BY op_no",
        (_WHY + "%",),
    ).fetchall()
    found: dict[str, Duplicate] = {}
    for mine, why, bucket in rows:
        theirs = str(why).removeprefix(_WHY)
        heard = ledger.known(connection, "person", theirs)
        said = stand_ins.read(connection, "person", heard.base) if heard is not None else {}
        found[mine] = Duplicate(mine, theirs, said, bucket)
    return list(found.values())


def needed(connection: "Connection", mine_id: str) -> Duplicate:
    """The pair of a person of this laptop. Raises NoSuchDuplicate."""
    for it in all_of_them(connection):
        if it.mine_id == mine_id:
            return it
    raise NoSuchDuplicate(id=mine_id)


def join(context: Context, mine_id: str) -> str:
    """They are the same person: everything about mine goes on under theirs, whose id is the answer.

    Where both have a value and they differ, theirs is in force and a conflict is kept. Nothing that was written is
    lost. Raises NoSuchDuplicate, DuplicateNotHereYet.
    """
    connection = context.connection
    pair = needed(connection, mine_id)
    heard = ledger.known(connection, "person", pair.theirs_id)
    if heard is None or not heard.base:
        raise DuplicateNotHereYet(id=mine_id)
    # The number is free for them before they are put in.
    connection.execute("UPDATE person SET nhs_number = NULL WHERE id = ?", (mine_id,))
    if heard.state is RecordState.QUARANTINED:
        rebase.take(context, heard.bucket, Version("person", heard.id, heard.ver, heard.base, "", ""))
        rebase.try_put_aside(context)
    if not shape.row_exists(connection, "person", pair.theirs_id):
        raise DuplicateNotHereYet(id=mine_id)
    for table in ("draft", "held_row"):
        connection.execute(f"UPDATE OR IGNORE {table} SET person_id = ? WHERE person_id = ?", (heard.id, mine_id))
    _join(context, heard.bucket, "person", mine_id, heard.id)
    context.done.acts.append(Act("join_people", "person", heard.id, heard.id, "", mine_id))
    return heard.id


def _join(context: Context, bucket: str, type_: str, mine_id: str, theirs_id: str) -> None:
    """One record of each becomes one: what points to mine points to theirs, and what only mine says is kept."""
    connection = context.connection
    for other, it in shape.referring(type_):
        children = connection.execute(f'SELECT id FROM "{other}" WHERE "{it.column}" = ?', (mine_id,)).fetchall()
        for (child,) in children:
            twin = _twin(connection, other, str(child), it.column, theirs_id)
            if twin is not None:
                _join(context, bucket, other, str(child), twin)
            else:
                changed = {it.column: theirs_id, **_next_version(connection, other, str(child), theirs_id)}
                _change(context, bucket, other, str(child), changed)
    _keep_values(context, bucket, type_, mine_id, theirs_id)
    context.done.people |= shape.people_of(connection, type_, [mine_id, theirs_id])
    ledger.drop(connection, [it.op_no for it in ledger.pending(connection, type_, mine_id)])
    known = ledger.known(connection, type_, mine_id)
    if known is not None and known.is_live:
        ledger.add(connection, context.actor, context.now, bucket, [Operation(type_, mine_id, "delete", {})])
    conflicts.forget(connection, type_, mine_id)
    removal.delete_row(connection, type_, mine_id)
    context.done.somebody_left |= type_ == "person"
    context.done.touch(type_, theirs_id)
    context.done.ids.add(mine_id)


def _twin(connection: "Connection", type_: str, id_: str, column: str, parent: str) -> str | None:
    """The record of theirs that would be in the way of one of mine: there can be one of each only."""
    columns = _ONE_OF_EACH.get(type_, ())
    if column not in columns:
        return None
    row = shape.row_of(connection, type_, id_) or {}
    where = " AND ".join(f'"{name}" IS ?' for name in columns)
    values = [parent if name == column else row[name] for name in columns]
    found = connection.execute(f'SELECT id FROM "{type_}" WHERE {where} AND id <> ?', [*values, id_]).fetchone()
    return None if found is None else str(found[0])


def _next_version(connection: "Connection", type_: str, id_: str, case_id: str) -> dict[str, Any]:
    """A plan of mine comes after those that their case has already."""
    if type_ != "care_plan":
        return {}
    (last,) = connection.execute(
        "SELECT coalesce(max(version), 0) FROM care_plan WHERE case_id = ? AND id <> ?", (case_id, id_)
    ).fetchone()
    (own,) = connection.execute("SELECT version FROM care_plan WHERE id = ?", (id_,)).fetchone()
    return {"version": int(last) + int(own)}


def _change(context: Context, bucket: str, type_: str, id_: str, values: Mapping[str, Any]) -> None:
    """Change columns of a record, in what waits to be sent of it, or by a change of its own where nothing does."""
    connection = context.connection
    shape.write_row(connection, type_, id_, values)
    context.done.touch(type_, id_)
    pending = ledger.pending(connection, type_, id_)
    waiting = [it for it in pending if it.kind == "create" and it.status is not OpState.INFLIGHT]
    for operation in waiting:
        ledger.rewrite(connection, operation.op_no, "create", {**operation.values, **values})
        send_again(connection, operation)
    if not waiting:
        ledger.add(connection, context.actor, context.now, bucket, [Operation(type_, id_, "update", dict(values))])


def _keep_values(context: Context, bucket: str, type_: str, mine_id: str, theirs_id: str) -> None:
    """What only mine says is written into theirs; where both say something else, somebody decides."""
    connection = context.connection
    mine, theirs = (shape.row_of(connection, type_, it) or {} for it in (mine_id, theirs_id))
    filled: dict[str, Any] = {}
    heard = ledger.known(connection, type_, theirs_id)
    present = Version(type_, theirs_id, heard.ver if heard else 0, theirs, "", "")
    for column, value in mine.items():
        rule = RULES[type_].get(column)
        there = theirs.get(column)
        if rule is None or rule.kind in (FieldKind.FIXED, FieldKind.TRACE, FieldKind.PLACE) or value == there:
            continue
        if value in (None, "", "not_recorded", "not_known", "not_present"):
            continue
        if there in (None, "", "not_recorded", "not_known", "not_present"):
            filled[column] = value
            continue
        applied = _RULE_OF.get(rule.kind, AppliedRule.PLAIN)
        dispute = Dispute(column, None, value, there, applied, there)
        conflicts.record(context, bucket, present, dispute, _made_at(connection, type_, mine_id, context), {})
        context.done.conflicts += 1
    if filled:
        shape.write_row(connection, type_, theirs_id, filled)
        ledger.add(connection, context.actor, context.now, bucket, [Operation(type_, theirs_id, "update", filled)])


def _made_at(connection: "Connection", type_: str, id_: str, context: Context) -> str:
    pending = ledger.pending(connection, type_, id_)
    return pending[-1].made_at if pending else context.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def tell_apart(context: Context, mine_id: str, nhs_number: str | None) -> None:
    """They are two people, and the number of mine was wrong: it gets another one, or none until it is known.

    What was refused because of it is sent again. Raises NoSuchDuplicate; an IntegrityError where somebody has it.
    """
    connection = context.connection
    needed(connection, mine_id)
    status = "present_not_traced" if nhs_number else "not_present"
    values = {"nhs_number": nhs_number, "nhs_number_status": status}
    shape.write_row(connection, "person", mine_id, values)
    for operation in ledger.pending(connection, "person", mine_id):
        changed = {name: value for name, value in values.items() if name in operation.values}
        if changed:
            ledger.rewrite(connection, operation.op_no, operation.kind, {**operation.values, **changed})
        send_again(connection, operation)
    context.done.touch("person", mine_id)
    context.done.acts.append(Act("tell_apart", "person", mine_id, mine_id, "nhs_number"))
    rebase.try_put_aside(context)


def send_again(connection: "Connection", operation: Pending) -> None:
    """Let an operation that was refused be tried once more."""
    if operation.status is OpState.REFUSED:
        connection.execute(
            "UPDATE outbox SET status = 'waiting', sent_no = NULL, attempts = 0, last_error = '' WHERE op_no = ?",
            (operation.op_no,),
        )
