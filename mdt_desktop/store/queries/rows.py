"""Makes a frozen summary of a database row: columns in the order of its fields, some converted."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, TypeVar

T = TypeVar("T")

day: Callable[[str], date] = date.fromisoformat
"""An ISO date as a date."""

moment: Callable[[str], datetime] = datetime.fromisoformat
"""A stored moment as an aware time."""


def as_stored(when: datetime) -> str:
    """An aware moment as the store keeps it, in UTC with milliseconds, so that text order is time order."""
    utc = when.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


_PLACES: dict[type[Any], dict[str, int]] = {}


def _places(summary: type[Any]) -> dict[str, int]:
    known = _PLACES.get(summary)
    if known is None:
        known = _PLACES[summary] = {field.name: place for place, field in enumerate(fields(summary))}
    return known


def made(summary: type[T], row: Sequence[Any], /, *more: Any, **converted: Callable[[Any], Any]) -> T:
    """A `summary` from a row and further values, its named fields converted; NULL stays None and is not converted."""
    values = [*row, *more]
    places: dict[str, int] = _places(summary)
    for name, convert in converted.items():
        place = places[name]
        if values[place] is not None:
            values[place] = convert(values[place])
    return summary(*values)
