"""Takes records off this laptop: deleted ones, those it may no longer hold, those that are erased (SYNC 5.10)."""

from typing import TYPE_CHECKING

import orjson

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import conflicts, ledger, shape
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.protocol import erasure_hash
from mdt_desktop.sync.shape import CONFLICT, DIRECTORY

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class StillNeeded(Exception):
    """Another record that is here cannot be without this one."""


def delete_row(connection: "Connection", type_: str, id_: str) -> None:
    """Delete a row; what points to it without need points to nothing then. Raises StillNeeded; nothing is done then."""
    pointing = shape.referring(type_)
    for other, it in pointing:
        if it.needed and connection.execute(f'SELECT 1 FROM "{other}" WHERE "{it.column}" = ?', (id_,)).fetchone():
            raise StillNeeded
    for other, it in pointing:
        connection.execute(f'UPDATE "{other}" SET "{it.column}" = NULL WHERE "{it.column}" = ?', (id_,))
    _leave_other_tables(connection, type_, id_)
    connection.execute(f'DELETE FROM "{type_}" WHERE id = ?', (id_,))


def _leave_other_tables(connection: "Connection", type_: str, id_: str) -> None:
    """What this laptop keeps of a record for itself goes with it; the refresh makes a caseload row anew."""
    match type_:
        case "person":
            connection.execute("DELETE FROM caseload_index WHERE person_id = ?", (id_,))
            connection.execute("DELETE FROM draft WHERE person_id = ?", (id_,))
            connection.execute("DELETE FROM held_row WHERE person_id = ?", (id_,))
            connection.execute("DELETE FROM held_bundle WHERE person_id = ?", (id_,))
        case "person_case":
            connection.execute("UPDATE caseload_index SET case_id = NULL WHERE case_id = ?", (id_,))
        case "stratification_run":
            connection.execute("DELETE FROM held_row WHERE run_id = ?", (id_,))


def evict(context: Context, bucket: str, type_: str, id_: str, *, receipt: bool = True) -> None:
    """Remove a record and all that hangs on it; changes of it that were not sent go into quarantine."""
    before = ledger.known(context.connection, type_, id_)
    if before is not None and before.bucket != bucket:
        return  # it is in another bucket by now, and was taken from there
    _remove(context, bucket, type_, id_, keep=True)
    context.done.evicted += 1
    context.done.acts.append(Act("evict", type_, id_))
    if receipt:
        _confirm(context.connection, "evict", bucket, type_, id_)


def erase(context: Context, bucket: str, type_: str, id_: str) -> None:
    """Erase a record by order: nothing of it is kept, not even what was not sent, and it never comes back."""
    _remove(context, bucket, type_, id_, keep=False)
    context.connection.execute(
        "INSERT INTO erasure (id_hash, type, at) VALUES (?,?,?) ON CONFLICT (id_hash) DO NOTHING",
        (erasure_hash(type_, id_), type_, moment_text(context.now)),
    )
    context.connection.execute("DELETE FROM quarantine WHERE type = ? AND rec_id = ?", (type_, id_))
    context.done.evicted += 1
    context.done.acts.append(Act("erase", type_, id_))
    _confirm(context.connection, "erase", bucket, type_, id_)


def evict_bucket(context: Context, bucket: str) -> None:
    """Remove everybody of a bucket that this user may no longer hold. Workplaces and staff stay, unknown as before."""
    connection = context.connection
    rows = connection.execute(
        "SELECT type, id FROM sync_record WHERE bucket = ?1 UNION SELECT type, id FROM outbox WHERE bucket = ?1"
        " OR bucket = (SELECT locality_id FROM grant_local WHERE bucket = ?1)",
        (bucket,),
    ).fetchall()
    for type_, id_ in rows:
        if type_ not in DIRECTORY:
            evict(context, bucket, type_, id_, receipt=False)
    connection.execute("DELETE FROM sync_record WHERE bucket = ?", (bucket,))
    connection.execute("DELETE FROM cursor WHERE bucket = ?", (bucket,))
    connection.execute("DELETE FROM grant_local WHERE bucket = ?", (bucket,))
    context.done.acts.append(Act("evict", "bucket", bucket))
    _confirm(connection, "evict", bucket, "", bucket)


def _remove(context: Context, bucket: str, type_: str, id_: str, *, keep: bool) -> None:
    """Take a record out of table, books, outbox and conflicts, after everything that cannot be without it."""
    connection = context.connection
    if shape.table_of(type_) is not None:
        context.done.people |= shape.people_of(connection, type_, [id_])
        for other, it in shape.referring(type_):
            if not it.needed:
                continue
            hanging = connection.execute(f'SELECT id FROM "{other}" WHERE "{it.column}" = ?', (id_,)).fetchall()
            for (child,) in hanging:
                _remove(context, bucket, other, str(child), keep=keep)
        delete_row(connection, type_, id_)
        context.done.somebody_left |= type_ == "person"
        context.done.kinds.add(type_)
        context.done.ids.add(id_)
    if type_ == CONFLICT:
        connection.execute("DELETE FROM outbox WHERE type = ? AND id = ?", (type_, id_))
    else:
        conflicts.forget(connection, type_, id_)
        _empty_outbox(context, bucket, type_, id_, keep=keep)
    heard = ledger.known(connection, type_, id_)
    if heard is not None:
        ledger.forget(connection, heard)


def _empty_outbox(context: Context, bucket: str, type_: str, id_: str, *, keep: bool) -> None:
    """What was not sent of a record goes into quarantine, or, where it is erased, away.

    Nothing of it is on its way: a run asks for the answers to what it has sent before it takes anything.
    """
    connection = context.connection
    operations = ledger.pending(connection, type_, id_)
    if operations and keep:
        documents = [{**ledger.as_sent(it).document(), "op_no": it.op_no} for it in operations]
        connection.execute(
            "INSERT INTO quarantine (id, bucket, type, rec_id, operations_json, at) VALUES (?,?,?,?,?,?)",
            (new_id(context.now), bucket, type_, id_, orjson.dumps(documents).decode(), moment_text(context.now)),
        )
        context.done.quarantined += 1
    ledger.drop(connection, [it.op_no for it in operations])


def _confirm(connection: "Connection", kind: str, bucket: str, type_: str, id_: str) -> None:
    connection.execute(
        "INSERT INTO receipt (kind, bucket, type, id) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
        (kind, bucket, type_, id_),
    )
