"""What other teams handed over because a person moved here before they could send it: shown, taken in, or left out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services import record_words
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.signed_asking import WHILE_OTHERS_END, alone, signed
from mdt_desktop.services.sync_desk import permission_to_change
from mdt_desktop.services.sync_views import HandedOverView
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.outbox import Operation
from mdt_desktop.sync import account, ledger, shape
from mdt_desktop.sync.account import Account
from mdt_desktop.sync.context import Context, Done
from mdt_desktop.sync.engine import Write
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.protocol import HandedOverTo

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

Open = Callable[[str], HttpRemote]


class NotToTakeIn(NotAllowed):
    """What it is about is not here, or what was done was to remove it: it can only be left out."""

    code = "sync_not_to_take_in"


class HandedOver:
    """To be asked in the pool: each speaks to the central store; `write` runs transactions in the writer's thread."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def listed(self, write: Write, remote: Open = HttpRemote) -> tuple[HandedOverView, ...]:
        """What was handed over to the user's teams.

        Raises NotPermitted, NotConnected, SyncUnderWay, every `RemoteProblem`.
        """
        write(lambda _: self._access.require(Permission.EDIT_CASE))
        found = self._all(write, remote)
        return write(lambda connection: tuple(view for it in found if (view := self._view(connection, it)) is not None))

    def take_in(self, id_: str, write: Write, remote: Open = HttpRemote) -> Changes:
        """Make the changes as one's own, having seen them; they are sent with the next exchange.

        Raises NotPermitted, NotToTakeIn, NotConnected, SyncUnderWay, every `RemoteProblem`; what was made stays made.
        """
        write(lambda _: self._access.require(Permission.EDIT_CASE))
        given = next((it for it in self._all(write, remote) if it.id == id_), None)
        if given is None:
            return Changes()
        changes = write(lambda connection: self._made(connection, given))
        self._settle(given, "taken_in", write, remote)
        return changes

    def leave_out(self, id_: str, write: Write, remote: Open = HttpRemote) -> Changes:
        """Leave them out; nobody is offered them again.

        Raises NotPermitted, NotConnected, SyncUnderWay, every `RemoteProblem`.
        """
        write(lambda _: self._access.require(Permission.EDIT_CASE))
        given = next((it for it in self._all(write, remote) if it.id == id_), None)
        if given is not None:
            self._settle(given, "left_out", write, remote)
            write(lambda connection: self._note(connection, given, "leave_out_handover"))
        return Changes(frozenset({"handover_inbox"}))

    # Parts

    def _all(self, write: Write, remote: Open) -> list[HandedOverTo]:
        buckets = [it.bucket for it in write(account.grants)]
        with alone(WHILE_OTHERS_END), remote(write(account.needed).url) as opened:
            return [it for bucket in buckets for it in signed(opened, write, _listing(opened, bucket))]

    def _settle(self, given: HandedOverTo, outcome: str, write: Write, remote: Open) -> None:
        with alone(WHILE_OTHERS_END), remote(write(account.needed).url) as opened:
            signed(opened, write, lambda known: opened.settle_handover(
                known.access, known.device_id, given.bucket, given.id, outcome
            ))  # fmt: skip
        write(account.one_handed_over_less)

    def _view(self, connection: "Connection", it: HandedOverTo) -> HandedOverView | None:
        """In words; None for what is about somebody whose record is shut to the user."""
        person = self._person(connection, it)
        if not self._access.may(Permission.EDIT_CASE, person or None):
            return None
        row = shape.row_of(connection, it.type, it.rec_id) if shape.table_of(it.type) is not None else None
        values = _values(it)
        hidden = {"id", "order_key", *(ref.column for ref in shape.references(it.type) if ref.needed)}
        lines = tuple(
            (
                _upper(record_words.field_words(it.type, name)),
                record_words.value_words(connection, it.type, name, value),
                record_words.value_words(connection, it.type, name, row.get(name)) if row is not None else "",
            )
            for name, value in values.items()
            if name not in hidden and value not in (None, "") and (row is None or row.get(name) != value)
        )
        what = (
            record_words.record_words(connection, it.type, it.rec_id)
            if row is not None
            else _upper(record_words.kind_words(it.type))
        )
        name = record_words.person_words(connection, person) if person else ""
        return HandedOverView(
            it.id, person, name, what, it.by, record_words.moment_words(it.at), lines, self._fits(connection, it)
        )

    def _person(self, connection: "Connection", it: HandedOverTo) -> str:
        if shape.table_of(it.type) is None:
            return ""
        own = shape.people_of(connection, it.type, [it.rec_id])
        for ref in shape.references(it.type):
            value = _values(it).get(ref.column)
            if not own and value is not None:
                own = shape.people_of(connection, ref.type, [str(value)])
        return next(iter(sorted(own)), "")

    def _fits(self, connection: "Connection", it: HandedOverTo) -> bool:
        if shape.table_of(it.type) is None or any(change.get("kind") == "delete" for change in it.changes):
            return False
        here = shape.row_exists(connection, it.type, it.rec_id)
        made = any(change.get("kind") == "create" for change in it.changes)
        return here or (made and not shape.missing_parent(connection, it.type, _values(it)))

    def _made(self, connection: "Connection", it: HandedOverTo) -> Changes:
        person = self._person(connection, it) or None
        self._access.require(Permission.EDIT_CASE, person)
        self._access.require(permission_to_change(it.type), person)
        if not self._fits(connection, it):
            raise NotToTakeIn
        access = self._access
        context = Context(connection, access.actor, access.actor.device_id, access.clock(), Done())
        row = shape.row_of(connection, it.type, it.rec_id)
        values = shape.plain(it.type, _values(it))
        changed = {name: value for name, value in values.items() if row is None or row.get(name) != value}
        if changed:
            shape.write_row(connection, it.type, it.rec_id, changed)
            kind = "create" if row is None else "update"
            whole = shape.row_of(connection, it.type, it.rec_id) if row is None else changed
            ledger.add(
                connection, access.actor, context.now, it.bucket, [Operation(it.type, it.rec_id, kind, whole or {})]
            )
        context.done.touch(it.type, it.rec_id)
        context.refresh_lists()
        self._note(connection, it, "take_in_handover")
        return Changes(frozenset({*context.done.kinds, "handover_inbox"}), frozenset(context.done.ids))

    def _note(self, connection: "Connection", it: HandedOverTo, action: str) -> None:
        person = self._person(connection, it) or None
        act = Act(action, it.type, it.rec_id, person, ",".join(sorted(_values(it))))
        audit_log.append(connection, self._access.actor, self._access.clock(), [act])


def _listing(opened: HttpRemote, bucket: str) -> Callable[[Account], tuple[HandedOverTo, ...]]:
    return lambda known: opened.handovers(known.access, known.device_id, bucket)


def _values(it: HandedOverTo) -> Mapping[str, Any]:
    """The columns that its changes set, the last value of each."""
    values: dict[str, Any] = {}
    for change in it.changes:
        given = change.get("set", {})
        values |= given if isinstance(given, dict) else {}
    return values


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
