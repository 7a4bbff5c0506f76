"""What the columns of a record are to the standard: their kind of value, and what stands for an absent element."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, Enum, Float, Integer
from sqlmodel import SQLModel

from mdt_desktop import records
from mdt_desktop.records.base import Record, UtcDateTime

NOT_SHARED: Final = frozenset({"held_row"})
"""Records that stay on one laptop and so have no twin."""


class ValueKind(StrEnum):
    """What a column holds on the wire."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    MOMENT = "moment"
    WHOLE = "whole"
    DECIMAL = "decimal"
    YES_NO = "yes_no"


class Nothing(StrEnum):
    """There is no value to fall back on."""

    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column: `absent` is its value where no element carries it, NOTHING where the record needs one."""

    name: str
    kind: ValueKind
    codes: tuple[str, ...]
    absent: Any
    refers_to: str
    longest: int | None


@cache
def record_classes() -> Mapping[str, type[Record]]:
    """The class of every kind of record that has a FHIR twin, by the name that is on the wire."""
    found = {
        str(cls.__tablename__): cls
        for name in records.__all__
        if isinstance(cls := getattr(records, name), type) and issubclass(cls, Record) and cls is not Record
    }
    return {kind: cls for kind, cls in found.items() if kind not in NOT_SHARED}


AUDIT: Final = "audit_entry"
"""Entries of the audit: no record that is exchanged, but they have a twin as well."""


def class_of(kind: str) -> type[SQLModel]:
    """The class of a kind, that of the audit's entries among them. Raises KeyError for a kind without a twin."""
    return records.AuditEntry if kind == AUDIT else record_classes()[kind]


@cache
def columns_of(kind: str) -> Mapping[str, ColumnFacts]:
    """The columns of a kind of record by name, without its id. Raises KeyError for a kind without a twin."""
    cls = class_of(kind)
    table = SQLModel.metadata.tables[kind]
    return {column.name: _facts(cls, column) for column in table.columns if column.name != "id"}


def _facts(cls: type[SQLModel], column: "Column[Any]") -> ColumnFacts:
    key = next(iter(column.foreign_keys), None)
    return ColumnFacts(
        column.name,
        _kind(column),
        tuple(column.type.enums) if isinstance(column.type, Enum) else (),
        _absent(cls, column),
        key.column.table.name if key is not None else "",
        getattr(column.type, "length", None),
    )


def _kind(column: "Column[Any]") -> ValueKind:
    if isinstance(column.type, UtcDateTime):
        return ValueKind.MOMENT
    for sql, kind in (
        (Enum, ValueKind.CODE),
        (Date, ValueKind.DAY),
        (Boolean, ValueKind.YES_NO),
        (Integer, ValueKind.WHOLE),
        (Float, ValueKind.DECIMAL),
    ):
        if isinstance(column.type, sql):
            return kind
    return ValueKind.TEXT


def _absent(cls: type[SQLModel], column: "Column[Any]") -> Any:
    """FHIR knows no empty text: what may be empty and is not there is empty."""
    if column.nullable:
        return None
    field = cls.model_fields[column.name]
    if not field.is_required():
        default = field.default
        return default.value if isinstance(default, StrEnum) else default
    return Nothing.NOTHING
