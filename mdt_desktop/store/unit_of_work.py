"""The unit of work: the only writer of records; audit entry, outbox operation and caseload row in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakKeyDictionary

import sqlcipher3.dbapi2
from pydantic import ValidationError
from sqlalchemy import Engine, StaticPool, create_engine, event, inspect
from sqlmodel import Session, select

from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.identifiers import new_id
from mdt_desktop.records.base import Record
from mdt_desktop.store import audit_log, bulk, caseload_index, outbox
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import Database, refusal
from mdt_desktop.store.outbox import Operation

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

R = TypeVar("R", bound=Record)
_ENGINES: WeakKeyDictionary[Database, Engine] = WeakKeyDictionary()


class RecordNotValid(BadInput):
    """A record holds a value that its class does not allow; `fields` names the columns."""

    code = "record_not_valid"


class UnitOfWork:
    """One transaction on the writer connection; leaving the block commits it, an exception undoes it whole.

    `now` is an aware moment, stamped on everything written. `reason` goes into every audit entry. Whoever changes
    a record of a person must say whom it is `about`: the audit, the bucket and the caseload row follow from it.
    """

    def __init__(self, database: Database, actor: Actor, now: datetime, reason: str = "") -> None:
        self._database = database
        self._actor = actor
        self.now = now
        self._reason = reason
        self._people: list[str] = []
        self._acts: list[Act] = []
        self._kinds: set[str] = set()
        self._ids: set[str] = set()
        self._group: int | None = None
        self._made = 0

    def __enter__(self) -> Self:
        self._session = Session(engine_of(self._database), autoflush=False, expire_on_commit=False)
        try:
            self._session.connection()
        except BaseException as error:
            self._session.close()
            _refused(error)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._finish()
                self._session.commit()
            else:
                self._session.rollback()
                _refused(error)
        except BaseException as error_at_the_end:
            self._session.rollback()
            _refused(error_at_the_end)
            raise
        finally:
            self._session.close()

    @property
    def connection(self) -> "Connection":
        """The raw writer connection inside this transaction, for queries and bulk work."""
        return self._database.writer

    @property
    def actor(self) -> Actor:
        """Who does this work."""
        return self._actor

    @property
    def changed_kinds(self) -> frozenset[str]:
        """Table names of what was changed."""
        return frozenset(self._kinds)

    @property
    def changed_ids(self) -> frozenset[str]:
        """Ids of what was changed and of the people it is about."""
        return frozenset(self._ids)

    def new_id(self) -> str:
        """An id for a new record; within this work ids sort in the order they were made."""
        self._made += 1
        return new_id(self.now, self._made)

    def about(self, person_id: str) -> None:
        """Say which person this work is about."""
        if person_id not in self._people:
            self._people.append(person_id)

    def turn_to(self, person_id: str) -> None:
        """Write what is there so far, then go on with this person: one transaction for what came about several."""
        self.flush()
        self._people = [person_id, *(it for it in self._people if it != person_id)]

    def add(self, record: R) -> R:
        """Add a new record."""
        self._session.add(record)
        return record

    def get(self, kind: type[R], record_id: str) -> R:
        """The record of this kind and id; raises `NotFound`."""
        found = self._session.get(kind, record_id)
        if found is None:
            raise NotFound(kind=kind.__tablename__)
        return found

    def find(self, kind: type[R], **equal: Any) -> Sequence[R]:
        """Records of a kind whose columns equal the given values, oldest id first."""
        wanted = select(kind).filter_by(**equal).order_by(inspect(kind).columns["id"])
        return self._session.exec(wanted).all()

    def remove(self, record: Record) -> None:
        """Delete a record; its audit entry and operation stay."""
        self._session.delete(record)

    def flush(self) -> None:
        """Write what is there so far, so that raw queries of this unit see it."""
        operations = self._changes()
        self._session.flush()
        if operations:
            self._group = self._group or outbox.next_group(self.connection)
            operations = self._first_share(operations) + operations
            outbox.append(self.connection, self._actor, self.now, self._bucket(), self._group, operations)

    def act(self, action: str, kind: str, record_id: str, reason: str = "") -> None:
        """Record an act of the field by its own name (agree_lead, sign_part), beside the changes it made."""
        self._acts.append(Act(action, kind, record_id, self._person(), "", reason or self._reason))

    def bulk(self, kinds: set[str], ids: set[str] | None = None) -> None:
        """Declare what raw bulk statements changed, for the announcement."""
        self._kinds |= kinds
        self._ids |= ids or set()

    def _person(self) -> str | None:
        return self._people[0] if self._people else None

    def _finish(self) -> None:
        self.flush()
        if self._acts:
            audit_log.append(self.connection, self._actor, self.now, self._acts)
        if self._people:
            caseload_index.refresh(self.connection, self._people)
            self._ids.update(self._people)

    def _changes(self) -> list[Operation]:
        """The session's new, dirty and deleted records as operations, noted as acts as well."""
        operations = []
        session = self._session
        for record in (*session.new, *session.dirty, *session.deleted):
            operation = _operation(record, record in session.new, record in session.deleted)
            if operation is None:
                continue
            if operation.kind != "delete":
                _validate(record)
            operations.append(operation)
            self._kinds.add(operation.type)
            self._ids.add(operation.id)
            fields = ",".join(sorted(operation.values)) if operation.kind == "update" else ""
            self._acts.append(
                Act(operation.kind, operation.type, operation.id, self._person(), fields, self._reason)
            )
        return operations

    def _first_share(self, operations: Sequence[Operation]) -> list[Operation]:
        """The person and their scores, where this is the first thing about them that leaves the laptop."""
        person = self._person()
        if person is None or ("person", person) in {(it.type, it.id) for it in operations}:
            return []
        if outbox.was_shared(self.connection, "person", person):
            return []
        return [
            Operation(table, row["id"], "create", row)
            for table, column in (("person", "id"), ("risk_score", "person_id"))
            for row in bulk.whole_rows(self.connection, table, column, [person])
        ]

    def _bucket(self) -> str:
        """The locality of the person this is about; the home locality where it is about nobody."""
        person = self._person()
        row = person and self.connection.execute(
            "SELECT practice.locality_id FROM person JOIN practice ON practice.id = practice_id"
            " WHERE person.id = ?",
            (person,),
        ).fetchone()
        return str(row[0]) if row else self._actor.locality_id


def _refused(error: BaseException) -> None:
    """Raise the typed error where the store refused: a full disk is no fault of the program."""
    problem = refusal(error)
    if problem is not None:
        raise problem from error


def _operation(record: Record, new: bool, deleted: bool) -> Operation | None:
    type_ = str(type(record).__tablename__)
    if deleted:
        return Operation(type_, record.id, "delete", {})
    if new:
        return Operation(type_, record.id, "create", record.values())
    changed = {
        attribute.key: attribute.value
        for attribute in inspect(record).attrs
        if attribute.history.has_changes()
    }
    return Operation(type_, record.id, "update", changed) if changed else None


def _validate(record: Record) -> None:
    """Table classes do not validate when they are made or changed, so every record is checked before it is written."""
    try:
        type(record).model_validate(record.values())
    except ValidationError as error:
        fields = sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]})
        raise RecordNotValid(kind=type(record).__tablename__, fields=", ".join(fields)) from None


def engine_of(database: Database) -> Engine:
    """One SQLAlchemy engine over the database's own writer connection, kept as long as the database lives."""
    known = _ENGINES.get(database)
    if known is not None:
        return known
    writer = database.writer  # an engine that held the database would keep it, and itself, for ever
    engine = create_engine(
        "sqlite://",
        creator=lambda: writer,
        module=sqlcipher3.dbapi2,
        poolclass=StaticPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")

    _ENGINES[database] = engine
    return engine
