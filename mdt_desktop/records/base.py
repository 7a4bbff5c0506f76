"""The base of all records and the column types that keep the schema honest."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Enum, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from mdt_desktop.domain.dates import moment_text

SCHEMA = 5
"""The schema number that outgoing operations carry (SYNC 5.12): that of the newest revision in `db/local/versions`.

A revision changes what a record may hold, so the number of one is the number of the other; a central store learns
from it which columns an operation can know.
"""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as ISO 8601 text in UTC with milliseconds, so that text order is time order."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def choice(kind: type[StrEnum]) -> Enum:
    """A column that holds one member of an enumeration by its value, with a CHECK on it."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


class Record(SQLModel):
    """One thing of one kind with a UUIDv7 key; no nested lists, no lazy loading."""

    id: str = Field(primary_key=True, min_length=36, max_length=36)

    def values(self) -> dict[str, Any]:
        """Column names and values, as an outgoing operation carries them."""
        return {name: getattr(self, name) for name in type(self).model_fields}
