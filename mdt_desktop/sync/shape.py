"""What the records look like to the exchange: columns and their plain values, what points to what, and to whom."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Boolean, Table
from sqlmodel import SQLModel

from mdt_desktop import records
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.records.base import UtcDateTime
from mdt_desktop.sync.rules import RULES

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

CONFLICT = str(records.Conflict.__tablename__)
DIRECTORY = frozenset({"locality", "practice", "organisation", "practitioner", "role_held"})
"""Workplaces and staff: they name nobody who is cared for and stay when a bucket has to leave."""


class ValueUnusable(Exception):
    """A value from outside that its column cannot hold."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that points to a record of another type."""

    column: str
    type: str
    needed: bool


@cache
def table_of(type_: str) -> Table | None:
    """The table of a type that is exchanged; None for a type this program does not know."""
    return SQLModel.metadata.tables[type_] if type_ in RULES or type_ == CONFLICT else None


@cache
def references(type_: str) -> tuple[Reference, ...]:
    """What records of a type point to."""
    table = table_of(type_)
    if table is None:
        return ()
    return tuple(
        Reference(column.name, key.column.table.name, not column.nullable)
        for column in table.columns
        for key in column.foreign_keys
    )


@cache
def referring(type_: str) -> tuple[tuple[str, Reference], ...]:
    """What points to records of a type."""
    return tuple((other, it) for other in RULES for it in references(other) if it.type == type_)


def plain(type_: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values in the one form in which they are compared; columns this program does not know stay as they are.

    Raises ValueUnusable.
    """
    table = table_of(type_)
    if table is None:
        return dict(values)
    kinds = _kinds(type_)
    return {
        name: value if value is None or name not in kinds else _plain(kinds[name], value)
        for name, value in values.items()
    }


@cache
def _kinds(type_: str) -> Mapping[str, type]:
    """What the columns of a table hold, as far as values are compared by it."""
    table = SQLModel.metadata.tables[type_]
    return {
        column.name: next((it for it in (Boolean, UtcDateTime) if isinstance(column.type, it)), object)
        for column in table.columns
    }


def _plain(kind: type, value: Any) -> Any:
    if isinstance(value, dict | list):
        raise ValueUnusable
    if kind is Boolean:
        return bool(value)
    if kind is UtcDateTime:
        try:
            moment = datetime.fromisoformat(value)
            return moment_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        except (TypeError, ValueError) as error:
            raise ValueUnusable from error
    return value


def row_of(connection: "Connection", type_: str, id_: str) -> dict[str, Any] | None:
    """A record as this laptop has it, in plain values."""
    found = connection.execute(f'SELECT * FROM "{type_}" WHERE id = ?', (id_,))
    row = found.fetchone()
    if row is None:
        return None
    return plain(type_, dict(zip((about[0] for about in found.description or ()), row, strict=True)))


def write_row(connection: "Connection", type_: str, id_: str, values: Mapping[str, Any]) -> None:
    """Write the columns that the table has; a new row takes its missing ones from the column's own default.

    Raises KeyError for a type this program does not know, and IntegrityError where a constraint is broken.
    """
    if row_exists(connection, type_, id_):
        update_row(connection, type_, id_, values)
    else:
        insert_row(connection, type_, id_, values)


def update_row(connection: "Connection", type_: str, id_: str, values: Mapping[str, Any]) -> bool:
    """As `write_row` for a row that is there; says whether it was."""
    known = _of_table(type_, values)
    if not known:
        return row_exists(connection, type_, id_)
    columns = ", ".join(f'"{name}" = ?' for name in known)
    done = connection.execute(f'UPDATE "{type_}" SET {columns} WHERE id = ?', [*known.values(), id_])
    return bool(done.rowcount)


def insert_row(connection: "Connection", type_: str, id_: str, values: Mapping[str, Any]) -> None:
    """As `write_row` for a row that is not there; IntegrityError where it is."""
    connection.execute(*insertion(type_, id_, values))


def insertion(type_: str, id_: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The statement that adds a row, and its values: rows of one statement can be added together."""
    filled = {**_defaults(type_), **_of_table(type_, values), "id": id_}
    return _insertion(type_, tuple(filled)), list(filled.values())


def _of_table(type_: str, values: Mapping[str, Any]) -> dict[str, Any]:
    names = _columns(type_)
    return {name: value for name, value in values.items() if name in names}


@cache
def _columns(type_: str) -> frozenset[str]:
    """The columns of a table but for its key. Raises KeyError for a type this program does not know."""
    return frozenset(column.name for column in SQLModel.metadata.tables[type_].columns) - {"id"}


@cache
def place_of(type_: str) -> int:
    """Where a type stands when what is referred to comes first: rows added in that order find their parents."""
    return [table.name for table in SQLModel.metadata.sorted_tables].index(type_)


@lru_cache(256)
def _insertion(type_: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{type_}" ({names}) VALUES ({", ".join("?" * len(columns))})'


@cache
def _defaults(type_: str) -> Mapping[str, Any]:
    """What a column holds that an older central store has never heard of."""
    table, found = SQLModel.metadata.tables[type_], {}
    for column in table.columns:
        value = getattr(column.default, "arg", None)
        if value is not None and not callable(value):
            found[column.name] = getattr(value, "value", value)
    return found


def row_exists(connection: "Connection", type_: str, id_: str) -> bool:
    """Whether this laptop has the record."""
    return connection.execute(f'SELECT 1 FROM "{type_}" WHERE id = ?', (id_,)).fetchone() is not None


def missing_parent(connection: "Connection", type_: str, values: Mapping[str, Any]) -> bool:
    """Whether something that a record points to is not here."""
    return any(
        values.get(it.column) is not None and not row_exists(connection, it.type, str(values[it.column]))
        for it in references(type_)
    )


@cache
def _way_to_person(type_: str) -> str | None:
    """The SQL that finds whom records of a type are about, by their ids as JSON; None where that is nobody."""
    paths: deque[tuple[str, str]] = deque([(type_, f'"{type_}" AS t0')])
    seen, depth = {type_}, 0
    if type_ == "person":
        return "SELECT id FROM person WHERE id IN (SELECT value FROM json_each(?))"
    while paths:
        now, joined = paths.popleft()
        depth = joined.count(" JOIN ")
        if now in DIRECTORY:
            continue
        for it in references(now):
            if it.type == "person":
                return (
                    f'SELECT DISTINCT t{depth}."{it.column}" FROM {joined}'
                    " WHERE t0.id IN (SELECT value FROM json_each(?))"
                )
            if it.type not in seen:
                seen.add(it.type)
                step = f' JOIN "{it.type}" AS t{depth + 1} ON t{depth + 1}.id = t{depth}."{it.column}"'
                paths.append((it.type, joined + step))
    return None


def people_of(connection: "Connection", type_: str, ids: Iterable[str]) -> set[str]:
    """The people whom some records of a type are about."""
    way = _way_to_person(type_)
    if way is None:
        return set()
    rows = connection.execute(way, (orjson.dumps(list(ids)).decode(),))
    return {str(row[0]) for row in rows if row[0] is not None}
