"""Decides one group of operations against the records as they stand: all of it is taken, or nothing (SYNC 5.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from mdt_desktop.central import held_records
from mdt_desktop.central.feed import Change, ChangeKind, Held
from mdt_desktop.central.held_records import Key
from mdt_desktop.central.operations import Operation, OpKind, Result, Status, shown
from mdt_desktop.central.rules import (
    SEALED_BY_ITEM,
    SEALED_BY_MEETING,
    fault_of_body,
    may_write,
)
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.words import words


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: user by name, device, and the role held in each bucket now."""

    user: str
    device: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be written, and the operations' results in their order."""

    changes: Sequence[Change]
    results: Sequence[Result]


class Standing:
    """The records that some operations are about, locked: as stored, and with what was taken of them since."""

    def __init__(self, connection: Connection, operations: Sequence[Operation]) -> None:
        self.connection = connection
        about = [it for it in operations if it.kind is not OpKind.AUDIT]
        keys = {it.key for it in about}
        # Meetings and discussions that new records would hang on: a sealed one takes no more.
        parents = {key for it in about if (key := _parent(it, it.values)) is not None}
        self.erased = held_records.erased(connection, keys)
        self.stored = held_records.locked(connection, keys | parents)
        self.now: dict[Key, Held] = dict(self.stored)
        bodies = [(it.bucket, it.values) for it in about] + [(it.bucket, it.body) for it in self.stored.values()]
        numbers = {(bucket, body["nhs_number"]) for bucket, body in bodies if isinstance(body.get("nhs_number"), str)}
        self.holders = held_records.holders_of(connection, numbers)


class GroupDecision:
    """Goes through a group in its order, each operation on top of those before it."""

    def __init__(self, stand: Standing, sender: Sender, group: Sequence[Operation]) -> None:
        self._stand = stand
        self._sender = sender
        self._group = group
        self._now: dict[Key, Held] = dict(stand.now)
        self._changes: list[Change] = []

    def decide(self, blocked: frozenset[Key]) -> Decided:
        """The outcome; where one operation is refused, all others of the group are `blocked`.

        What is taken stands from then on, for the groups after this one.
        """
        results = []
        for operation in self._group:
            result = self._blocked(operation) if operation.key in blocked else self._decide(operation)
            results.append(result)
        if all(result.status.is_done for result in results):
            self._seal_what_closed()
            self._stand.now = self._now
            return Decided(self._changes, results)
        results = [
            self._blocked(operation) if result.status.is_done else result
            for operation, result in zip(self._group, results, strict=True)
        ]
        return Decided((), results)

    def _decide(self, operation: Operation) -> Result:
        role = self._sender.roles.get(operation.bucket)
        if role is None:
            return self._result(operation, Status.FORBIDDEN, message=words("central.result.no_bucket"))
        if operation.schema > SCHEMA:
            return self._result(operation, Status.UPGRADE, message=words("central.result.upgrade"))
        if operation.kind is OpKind.AUDIT:
            unkept = fault_of_body(operation.type, operation.values)
            if unkept is not None:
                return self._result(operation, Status.INVALID, field=unkept.field, message=unkept.message)
            return self._result(operation, Status.OK)
        if operation.key in self._stand.erased:
            return self._result(operation, Status.ERASED, message=words("central.result.erased"))
        kind = OpKind.CREATE if operation.kind.makes else operation.kind
        if not may_write(role, operation.type, kind):
            return self._result(operation, Status.FORBIDDEN, message=words("central.result.role"))
        held = self._now.get(operation.key)
        return self._create(operation, held) if operation.kind.makes else self._alter(operation, held)

    def _create(self, operation: Operation, held: Held | None) -> Result:
        if held is not None:
            same = not held.deleted and all(
                name in held.body and held.body[name] == value for name, value in operation.values.items()
            )
            status = Status.DUPLICATE if same else Status.STALE
            return self._result(operation, status, held, current=None if same else shown(held))
        body = dict(operation.values)
        refused = self._body_refused(operation, body) or self._closed_parent(operation, body)
        if refused is not None:
            return refused
        made = Held(operation.bucket, operation.type, operation.id, 1, body)
        return self._put(operation, ChangeKind.PUT, None, made)

    def _alter(self, operation: Operation, held: Held | None) -> Result:
        if held is None:
            return self._result(operation, Status.INVALID, field="id", message=words("central.fault.no_record"))
        if held.sealed:
            return self._result(
                operation, Status.SEALED, held, current=shown(held), message=words("central.result.sealed")
            )
        if self._is_stale(operation, held):
            return self._result(operation, Status.STALE, held, current=shown(held))
        if operation.kind is OpKind.DELETE:
            if held.deleted:
                return self._result(operation, Status.DUPLICATE, held)
            gone = replace(held, ver=held.ver + 1, deleted=True)
            return self._put(operation, ChangeKind.DELETE, held, gone)
        body = {**held.body, **operation.values}
        refused = self._body_refused(operation, body) or self._closed_parent(operation, body)
        if refused is not None:
            return refused
        # A change of a deleted record brings it back: edit wins over delete (SYNC 5.8).
        return self._put(operation, ChangeKind.PUT, held, replace(held, ver=held.ver + 1, body=body, deleted=False))

    def _is_stale(self, operation: Operation, held: Held) -> bool:
        """Whether somebody else changed it since; what this very group did before is the sender's own."""
        stored = self._stand.stored.get(operation.key)
        if stored is None or stored.ver == operation.base_ver:
            return False
        if operation.base_ver > stored.ver:
            # The store was put back to an older state: the laptop has to compare first.
            return operation.base_ver != held.ver
        return held_records.made_by_others(self._stand.connection, stored, operation.base_ver, self._sender.device)

    def _body_refused(self, operation: Operation, body: Mapping[str, Any]) -> Result | None:
        fault = fault_of_body(operation.type, body)
        if fault is None and body.get("id", operation.id) != operation.id:
            return self._result(operation, Status.INVALID, field="id", message=words("central.fault.other_id"))
        if fault is not None:
            return self._result(operation, Status.INVALID, field=fault.field, message=fault.message)
        number = body.get("nhs_number") if operation.type == "person" else None
        if not isinstance(number, str):
            return None
        holder = self._holder(operation.bucket, number)
        if holder in (None, operation.id):
            return None
        message = words("central.fault.number_taken")
        return self._result(operation, Status.INVALID, field="nhs_number", message=message, duplicate_of=holder)

    def _holder(self, bucket: str, number: str) -> str | None:
        """Who has the number once this group's earlier operations count."""
        for held in self._now.values():
            if held.bucket == bucket and held.type == "person" and held.body.get("nhs_number") == number:
                return None if held.deleted else held.id
        holder = self._stand.holders.get((bucket, number))
        return None if holder is not None and (bucket, "person", holder) in self._now else holder

    def _closed_parent(self, operation: Operation, body: Mapping[str, Any]) -> Result | None:
        key = _parent(operation, body)
        parent = self._now.get(key) if key is not None else None
        if parent is None or not parent.sealed:
            return None
        return self._result(operation, Status.SEALED, message=words("central.result.sealed"))

    def _seal_what_closed(self) -> None:
        """A meeting that is sealed by this group closes itself and all that belongs to it (SYNC 5.1)."""
        closing = [
            held
            for held in self._now.values()
            if held.type == "meeting" and held.body.get("sealed_at") and not held.sealed and not held.deleted
        ]
        for meeting in closing:
            belonging = {(it.bucket, it.type, it.id): it for it in self._belonging(meeting)}
            for held in (*belonging.values(), meeting):
                closed = replace(held, sealed=True)
                self._changes.append(Change(ChangeKind.SEAL, held, closed, self._sender.user))
                self._now[(held.bucket, held.type, held.id)] = closed

    def _belonging(self, meeting: Held) -> list[Held]:
        stored = held_records.closed_by(self._stand.connection, meeting.bucket, meeting.id)
        known = {(it.bucket, it.type, it.id): it for it in stored} | {
            key: held for key, held in self._now.items() if key[0] == meeting.bucket
        }
        first = [
            it for it in known.values() if it.type in SEALED_BY_MEETING and it.body.get("meeting_id") == meeting.id
        ]
        items = {it.id for it in first if it.type == "agenda_item"}
        second = [it for it in known.values() if it.type in SEALED_BY_ITEM and it.body.get("item_id") in items]
        # A decision of a discussion that this group did not touch was found by the database above.
        second += [it for it in stored if it.type in SEALED_BY_ITEM and (it.bucket, it.type, it.id) not in self._now]
        return [it for it in (*first, *second) if not it.sealed]

    def _put(self, operation: Operation, kind: ChangeKind, before: Held | None, after: Held) -> Result:
        self._changes.append(
            Change(kind, before, after, self._sender.user, self._sender.device, operation.op_no)
        )
        self._now[operation.key] = after
        return self._result(operation, Status.OK, after)

    def _blocked(self, operation: Operation) -> Result:
        return self._result(operation, Status.BLOCKED, message=words("central.result.blocked"))

    def _result(
        self,
        operation: Operation,
        status: Status,
        held: Held | None = None,
        *,
        current: Mapping[str, Any] | None = None,
        field: str | None = None,
        message: str | None = None,
        duplicate_of: str | None = None,
    ) -> Result:
        ver = None if held is None else held.ver
        return Result(
            operation.op_no, status, operation.bucket, ver, None, current, field, message, duplicate_of
        )


def _parent(operation: Operation, values: Mapping[str, Any]) -> Key | None:
    if operation.type in SEALED_BY_MEETING and isinstance(values.get("meeting_id"), str):
        return (operation.bucket, "meeting", values["meeting_id"])
    if operation.type in SEALED_BY_ITEM and isinstance(values.get("item_id"), str):
        return (operation.bucket, "agenda_item", values["item_id"])
    return None
