"""The forms in which single values stand in FHIR, each with its way there and back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.fhir.errors import CodeUnknown, ElementWrong, ReferenceWrong

_NOT_IN_STRING: Final = re.compile("[^ \r\n\t\\S]|[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\ud800-\udfff]")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_CODE: Final = re.compile(r"[!-~]+( [!-~]+)*")
_ENGLAND: Final = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written, and read with the expression of where it stood; reading raises `ResourceUnusable`."""

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]


def _same(value: Any) -> Any:
    return value


def _write_text(value: Any) -> str | None:
    """What FHIR takes for a string; signs that it does not take become spaces, and nothing but space is nothing."""
    text = _NOT_IN_STRING.sub(" ", str(value))
    return text if text.strip() else None


def _read_text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ElementWrong(path=path, wanted="text")
    return value


def _read_day(value: Any, path: str) -> str:
    """A whole day; of a moment, the day that it was in England."""
    text = _read_text(value, path)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        if "T" in text:
            return _aware(text).astimezone(_ENGLAND).date().isoformat()
    except (ValueError, OverflowError):
        pass
    raise ElementWrong(path=path, wanted="a whole day such as 2026-11-23")


def _read_moment(value: Any, path: str) -> str:
    """A moment; a whole day is taken from its beginning."""
    text = _read_text(value, path)
    try:
        if _DAY.match(text):
            return moment_text(_aware(text))
    except (ValueError, OverflowError):
        pass
    raise ElementWrong(path=path, wanted="a moment such as 2026-11-23T09:00:00Z")


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_whole(value: Any, path: str) -> int:
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise ElementWrong(path=path, wanted="a whole number")
    return value


def _read_decimal(value: Any, path: str) -> float:
    if type(value) not in (int, float):
        raise ElementWrong(path=path, wanted="a number")
    return float(value)


def _read_yes_no(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise ElementWrong(path=path, wanted="true or false")
    return value


def _read_words(value: Any, path: str) -> str:
    if not isinstance(value, list):
        raise ElementWrong(path=path, wanted="a list")
    return " ".join(_read_text(part, path) for part in value)


TEXT: Final = Form(_write_text, _read_text)
DAY: Final = Form(_same, _read_day)
MOMENT: Final = Form(_same, _read_moment)
WHOLE: Final = Form(_same, _read_whole)
DECIMAL: Final = Form(_same, _read_decimal)
YES_NO: Final = Form(bool, _read_yes_no)
CODE: Final = Form(lambda value: value if _CODE.fullmatch(str(value)) else None, _read_text)
"""A text that is a code of some system; one that FHIR does not take for a code is left out."""
WORDS: Final = Form(lambda value: (_write_text(value) or "").split() or None, _read_words)
"""A text as a list of its words, as the given names of a HumanName stand."""


def codes(table: Mapping[Any, Any], also: Mapping[Any, Any] | None = None) -> Form:
    """Values as the standard's codes; `also` are codes that are only read."""
    back = {**(also or {}), **{code: value for value, code in reversed(list(table.items()))}}

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, str | bool) or value not in back:
            raise CodeUnknown(path=path, found=str(value)[:100])
        return back[value]

    return Form(lambda value: table.get(value), read)


def own_codes(values: tuple[str, ...]) -> Form:
    """Values that stand as they are."""
    return codes({value: value for value in values})


def reference_to(resource_type: str) -> Form:
    """An id as a literal reference to a resource of this type, and back from a relative, absolute or urn reference."""

    def read(value: Any, path: str) -> str:
        type_, id_ = parts_of_reference(_read_text(value, path))
        if not id_ or type_ not in (resource_type, ""):
            raise ReferenceWrong(path=path, wanted=resource_type)
        return id_

    def write(value: Any) -> str | None:
        return f"{resource_type}/{value}" if _ID.fullmatch(str(value)) else None

    return Form(write, read)


def parts_of_reference(text: str) -> tuple[str, str]:
    """Type and id of a literal reference; an empty type for a `urn:uuid:`, nothing at all for what is neither."""
    if text.startswith("urn:"):
        return "", text.rpartition(":")[2]
    parts = text.partition("/_history/")[0].rstrip("/").split("/")
    return (parts[-2], parts[-1]) if len(parts) > 1 else ("", "")
