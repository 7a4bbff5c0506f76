"""Creates and updates through the command of the exchange: same versions, same feed, same audit, same rules.

All of a request is one transaction. The records are locked, If-Match is held against what stands under the lock, and
then numbered operations go through `push.take_groups`, as a laptop's do. They are those of a device of the façade's own
beside the one that the token was given to, as a laptop numbers its own operations.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from mdt_desktop.central import held_records, push
from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api import found, record_rules, resources, search
from mdt_desktop.central.fhir_api.answers import Answer, about_version
from mdt_desktop.central.fhir_api.asking import Asking
from mdt_desktop.central.fhir_api.errors import (
    BodyUnreadable,
    ConditionNotMet,
    FhirRefusal,
    NothingThere,
    PersonKnown,
    ResourceGone,
    ResourceRefused,
    RoleForbids,
    VersionMismatch,
    VersionNeeded,
)
from mdt_desktop.central.fhir_api.parameters import Pairs
from mdt_desktop.central.fhir_api.scopes import Act
from mdt_desktop.central.operations import Operation, OpKind, Status
from mdt_desktop.central.rules import PARENT_KINDS
from mdt_desktop.central.tables import DEVICE
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.identifiers import id_from, new_id
from mdt_desktop.fhir.errors import ResourceUnusable
from mdt_desktop.fhir.mapping import from_fhir, kind_of, subject_of, to_fhir
from mdt_desktop.fhir.validation import faults_of
from mdt_desktop.records.base import SCHEMA
from mdt_desktop.words import words

T = TypeVar("T")
SYSTEM = "system"
"""The status of the façade's own devices: they hold nothing, so nobody waits for them to remove anything."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A create, or an update where `id` is given, as it was asked for."""

    type: str
    resource: Mapping[str, Any]
    id: str = ""
    if_match: int | None = None
    only_new: bool = False
    if_none_exist: Pairs | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a wish comes to: an operation, or None where what stands is as wished."""

    held: Held
    operation: Operation | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Which of the plans the store's own rules refused, and why."""

    place: int
    error: FhirRefusal


class Writing:
    """The writes of one request, in its transaction."""

    def __init__(self, connection: Connection, asked: Asking) -> None:
        self._connection, self._asked = connection, asked
        self._grants = asked.reach(connection)
        self._device, self._last_op = _own_device(connection, asked)
        self._operations: list[Operation] = []
        self._made: dict[found.Name, str] = {}

    @property
    def buckets(self) -> Collection[str]:
        """Those that the caller has."""
        return self._grants.keys()

    def matching(self, type_: str, pairs: Pairs) -> list[Held]:
        """What a condition finds. Raises ConditionNotMet for one that names nothing to look for."""
        if not pairs:
            raise ConditionNotMet(reason=words("fhir.condition_empty"))
        return search.matching(self._connection, self._asked, self.buckets, type_, pairs)

    def existing(self, wish: Wish) -> Held | None:
        """What `If-None-Exist` finds. Raises ConditionNotMet for several."""
        if wish.if_none_exist is None:
            return None
        there = self.matching(wish.type, wish.if_none_exist)
        if len(there) > 1:
            raise ConditionNotMet(reason=words("fhir.condition_several"))
        return there[0] if there else None

    def create(self, wish: Wish, id_: str = "") -> Planned:
        """Plan a new record. Raises FhirRefusal in its kinds, ResourceUnusable."""
        self._asked.scopes.require(Act.CREATE, wish.type)
        there = self.existing(wish)
        if there is not None:
            return Planned(there, None)
        return self._new(wish, id_ or new_id(self._asked.now))

    def update(self, wish: Wish) -> Planned:
        """Plan a change of a record, or a new one under an id that the client chose.

        Raises VersionNeeded, VersionMismatch, ConditionNotMet, ResourceGone, NothingThere, ResourceRefused.
        """
        self._asked.scopes.require(Act.UPDATE, wish.type)
        try:
            held = found.current(self._connection, self.buckets, wish.type, wish.id)
        except NothingThere:
            return self._first(wish)
        key = (held.bucket, held.type, held.id)
        held = held_records.locked(self._connection, [key]).get(key, held)
        if not held.is_live:
            raise ResourceGone
        if wish.only_new:
            raise ConditionNotMet(reason=words("fhir.condition_exists"))
        if wish.if_match is None:
            raise VersionNeeded
        if wish.if_match != held.ver:
            raise VersionMismatch(current=held.ver)
        return self._changed(wish, held)

    def done(self, planned: Sequence[Planned]) -> list[Answer] | NotTaken:
        """Take all that was planned, or nothing. A refusal is returned: what the audit has of it must be committed."""
        held = {(it.held.bucket, it.held.type, it.held.id): it.held for it in planned}
        if self._operations:
            who = replace(self._asked.who, device=self._device)
            results = push.take_groups(self._connection, who, [self._operations], self._asked.now)
            for operation, result in zip(self._operations, results, strict=True):
                if not Status(result["status"]).is_done and result["status"] != Status.BLOCKED:
                    place = next(at for at, it in enumerate(planned) if it.operation is operation)
                    return NotTaken(place, _refusal(held[operation.key], result))
                it = held[operation.key]
                held[operation.key] = replace(it, ver=result["ver"], at=moment_text(self._asked.now))
        now = [held[it.held.bucket, it.held.type, it.held.id] for it in planned]
        shown = [resources.shown(self._connection, self.buckets, it) for it in now]
        return [
            self._answer(it, held_now, resource) for it, held_now, resource in zip(planned, now, shown, strict=True)
        ]

    def _answer(self, planned: Planned, held: Held, resource: Mapping[str, Any]) -> Answer:
        place = f"{self._asked.base}/{resource['resourceType']}/{held.id}/_history/{held.ver}"
        return Answer(201 if planned.is_new else 200, resource, about_version(held.ver, held.at, place))

    def _first(self, wish: Wish) -> Planned:
        """An update of what is not there makes it, if the id is one that a record can have."""
        if wish.if_match is not None:
            raise VersionMismatch(current="–")
        try:
            usable = str(uuid.UUID(wish.id)) == wish.id
        except ValueError:
            usable = False
        if not usable:
            raise ResourceRefused(reason=words("fhir.id_no_uuid"), path=f"{wish.type}.id")
        return self._new(wish, wish.id)

    def _new(self, wish: Wish, id_: str) -> Planned:
        resource = _readable(wish)
        by, now = self._asked.who.name, self._asked.now
        kind = kind_of(resource)
        known = record_rules.known_of_new(self._connection, self.buckets, kind, resource, by, now)
        body = _body_of({**resource, "id": id_}, known)
        body = {**body, "id": id_}
        bucket = record_rules.bucket_for(self._connection, self._grants, kind, body, wish.resource, self._made)
        if body.get("order_key") == "":
            body["order_key"] = record_rules.last_order_key(self._connection, bucket, kind, body)
        record_rules.require_references(
            self._connection, self._grants, bucket, kind, body, body.keys(), self._made.keys()
        )
        self._made[kind, id_] = bucket
        held = Held(bucket, kind, id_, 0, body, by=by)
        return Planned(held, self._operation(held, OpKind.CREATE, body), is_new=True)

    def _changed(self, wish: Wish, held: Held) -> Planned:
        resource = resources.tagged(_readable(wish), held.type)
        if kind_of(resource) != held.type:
            raise ResourceRefused(reason=words("fhir.other_kind"), path=f"{wish.type}.meta.tag")
        known = record_rules.known_of_held(held.type, held.body)
        body = _body_of(resource, known)
        before = _as_served(held, known)
        values = {name: value for name, value in body.items() if before.get(name, ...) != value}
        values.pop("id", None)
        self._require_same_person(wish, held, values)
        if not values:
            return Planned(held, None)
        after = replace(held, body={**held.body, **values})
        record_rules.require_references(
            self._connection, self._grants, held.bucket, held.type, after.body, values, self._made.keys()
        )
        return Planned(after, self._operation(held, OpKind.UPDATE, values))

    def _require_same_person(self, wish: Wish, held: Held, values: Mapping[str, Any]) -> None:
        """What is recorded about somebody stays about them: a mistake is a new record and a deletion on a laptop."""
        told = subject_of(wish.resource)
        owner = found.owners(self._connection, self.buckets, [held]).get((held.type, held.id))
        moved = held.type != "person" and told is not None and owner is not None and told != owner
        column = next((name for name in PARENT_KINDS if name in values), None)
        if moved or column is not None:
            path = record_rules.expression(held.type, held.body, column or "")
            raise ResourceRefused(reason=words("fhir.other_person"), path=path)

    def _operation(self, held: Held, kind: OpKind, values: Mapping[str, Any]) -> Operation:
        first = self._last_op + 1
        made = Operation(
            first + len(self._operations), first, held.bucket, held.type, held.id, kind, held.ver, values,
            moment_text(self._asked.now), SCHEMA,
        )  # fmt: skip
        self._operations.append(made)
        return made


def _body_of(resource: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a resource. Raises ResourceUnusable, and BodyUnreadable where it has not even the shape of one."""
    try:
        return from_fhir(resource, known=known)[2]
    except ResourceUnusable:
        raise
    except resources.NOT_MAPPED as problem:
        raise BodyUnreadable from problem


def _as_served(held: Held, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body as a client read it; a record that an older program left incomplete counts as it stands."""
    try:
        return from_fhir(to_fhir(held.type, held.id, held.body), known=known)[2]
    except resources.NOT_MAPPED:
        return held.body


def _readable(wish: Wish) -> Mapping[str, Any]:
    """The resource of a wish, which is valid R4 and of the type and id asked for.

    Raises BodyUnreadable, ResourceRefused.
    """
    if wish.resource.get("resourceType") != wish.type or (wish.id and wish.resource.get("id") != wish.id):
        raise BodyUnreadable
    for fault in faults_of(wish.resource):
        raise ResourceRefused(reason=words("fhir.not_r4", said=fault.message), path=fault.path)
    return resources.as_written(wish.resource)


def _refusal(held: Held, result: Mapping[str, Any]) -> FhirRefusal:
    """Why an operation was not taken, in the façade's terms."""
    status, reason = Status(result["status"]), str(result["message"] or "")
    path = record_rules.expression(held.type, held.body, str(result["field"] or ""))
    if status is Status.FORBIDDEN:
        return RoleForbids(reason=reason)
    if status is Status.ERASED:
        return ResourceGone()
    if status is Status.STALE:
        # Only another's record of the same id: what this request read is locked.
        return ConditionNotMet(reason=words("fhir.condition_exists"))
    if result.get("duplicate_of"):
        return PersonKnown(reason=reason, path=path)
    return ResourceRefused(reason=reason, path=path)


def _own_device(connection: Connection, asked: Asking) -> tuple[str, int]:
    """The façade's device beside the caller's, made when first needed, and the number of its last operation; locked."""
    id_ = id_from("fhir façade", asked.who.device)
    row = connection.execute(select(DEVICE.c.last_op).where(DEVICE.c.id == id_).with_for_update()).first()
    if row is not None:
        return id_, int(row.last_op)
    at = moment_text(asked.now)
    connection.execute(
        DEVICE.insert().values(
            id=id_, user_id=asked.who.user_id, name="FHIR", status=SYSTEM, last_op=0, app_version="",
            schema_no=SCHEMA, made_at=at, last_seen=at,
        )
    )  # fmt: skip
    return id_, 0


def settled(asked: Asking, work: Callable[[Connection], T], wishes: Iterable[Wish]) -> T | NotTaken:
    """Do the work in a transaction; again, where somebody else made the person whom a condition was looking for.

    A condition does not lock what is not there yet. The database refuses the second person of a number, and then the
    condition finds the first.
    """
    conditional = any(wish.if_none_exist is not None for wish in wishes)
    outcome: T | NotTaken = asked.store.database.write(work)
    if conditional and isinstance(outcome, NotTaken) and isinstance(outcome.error, PersonKnown):
        outcome = asked.store.database.write(work)
    return outcome


def write_one(asked: Asking, wish: Wish) -> Answer:
    """One create or update. Raises FhirRefusal in its kinds, ResourceUnusable, CentralBusy."""
    found.kinds_of(wish.type)

    def work(connection: Connection) -> list[Answer] | NotTaken:
        writing = Writing(connection, asked)
        return writing.done([writing.update(wish) if wish.id else writing.create(wish)])

    outcome = settled(asked, work, [wish])
    if isinstance(outcome, NotTaken):
        raise outcome.error
    return outcome[0]
