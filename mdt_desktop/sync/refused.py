"""Changes that the central store does not take: sent again, or given up with everything that was sent with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import NotAllowed, NotFound
from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import conflicts, duplicates, ledger, removal, shape, stand_ins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Pending
from mdt_desktop.sync.push import MOST_ATTEMPTS
from mdt_desktop.sync.shape import CONFLICT

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class NoSuchRefusal(NotFound):
    """There is no such refused change (any more)."""

    code = "sync_no_such_refusal"


class StillHangsOnIt(NotAllowed):
    """Something else that is here cannot be without what is to be given up. Values: `kind`."""

    code = "sync_still_hangs_on_it"


def groups(connection: "Connection") -> list[list[Pending]]:
    """Each group with an operation that was refused, or tried too often; the oldest first."""
    numbers = connection.execute(
        "SELECT DISTINCT group_no FROM outbox WHERE status = 'refused' OR attempts >= ? ORDER BY group_no",
        (MOST_ATTEMPTS,),
    ).fetchall()
    return [ledger.of_group(connection, int(number)) for (number,) in numbers]


def send_again(connection: "Connection", group_no: int) -> None:
    """Let a group be tried once more at the next exchange. Raises NoSuchRefusal."""
    for operation in _needed(connection, group_no):
        duplicates.send_again(connection, operation)
        connection.execute("UPDATE outbox SET attempts = 0 WHERE op_no = ?", (operation.op_no,))


def discard(context: Context, group_no: int, reason: str) -> None:
    """Give a group up: its records become again what the central store last told, those it never had go.

    What waits to be sent of the same records goes as well, as it was made on top of it; each record is an audit entry
    with the reason. Raises NoSuchRefusal, StillHangsOnIt; nothing is done then.
    """
    connection = context.connection
    keys = list(dict.fromkeys(it.key for it in _needed(connection, group_no)))
    # The last made first: what was made in the group may point to what was made before it.
    for type_, id_ in reversed(keys):
        people = shape.people_of(connection, type_, [id_]) if shape.table_of(type_) is not None else set()
        context.done.people |= people
        ledger.drop(connection, [it.op_no for it in ledger.pending(connection, type_, id_)])
        _put_back(context, type_, id_)
        act = Act("discard_change", type_, id_, next(iter(people), None), "", reason)
        context.done.acts.append(act)


def _put_back(context: Context, type_: str, id_: str) -> None:
    connection = context.connection
    if shape.table_of(type_) is None:
        return
    heard = ledger.known(connection, type_, id_)
    if type_ == stand_ins.PRACTICE and stand_ins.standing(connection, id_) is not None:
        return  # another one stands for it: it has no row to be put back
    if heard is not None and heard.is_live and heard.base:
        shape.write_row(connection, type_, id_, stand_ins.read(connection, type_, heard.base))
        context.done.touch(type_, id_)
        return
    if not shape.row_exists(connection, type_, id_):
        return
    for other, it in shape.referring(type_):
        if it.needed and connection.execute(f'SELECT 1 FROM "{other}" WHERE "{it.column}" = ?', (id_,)).fetchone():
            raise StillHangsOnIt(kind=type_)
    if type_ != CONFLICT:
        conflicts.forget(connection, type_, id_)
    removal.delete_row(connection, type_, id_)
    context.done.somebody_left |= type_ == "person"
    context.done.kinds.add(type_)
    context.done.ids.add(id_)


def _needed(connection: "Connection", group_no: int) -> Sequence[Pending]:
    found = ledger.of_group(connection, group_no)
    if group_no not in {group[0].group_no for group in groups(connection)}:
        raise NoSuchRefusal(id=group_no)
    return found
