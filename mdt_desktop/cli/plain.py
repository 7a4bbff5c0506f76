"""Turns summaries into what JSON knows: names and values as they are in the program, dates in ISO form."""

from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path

_MOMENT_AND_DAY = (datetime, date)


def plain(value: object) -> object:
    """`value` as dicts, lists, text, numbers, booleans and None.

    An enum is its value, a date or moment its ISO text, a dataclass a dict of its fields, a set a sorted list.
    """
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, _MOMENT_AND_DAY):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(item) for name, item in value.items()}
    if isinstance(value, Set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
