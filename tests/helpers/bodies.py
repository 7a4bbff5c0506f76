"""Bodies of every kind of record, made from the record's own columns and limits, nasty texts among them."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import strategies as st

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.fhir.columns import ColumnFacts, ValueKind, class_of, columns_of

NHS_NUMBERS = ("9434765919", "9990000018", "9000000009")
_NASTY = ("\u00a0", " ", "a  b", "a\x0bb", "\ufeffx", "x\u2028y", "\t", "\n \n", "Ünal\r\n‘quoted’", "\x00", "a b|c")
_TEXT = st.one_of(st.sampled_from(_NASTY), st.text(st.characters(codec="utf-8"), max_size=30))
_IDS = st.uuids().map(str)
_EARLIEST = datetime(1850, 1, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 350 * 365 * 86_400_000).map(lambda it: moment_text(_EARLIEST + timedelta(milliseconds=it)))
_DAYS = st.dates(date(1850, 1, 1), date(2199, 12, 31)).map(date.isoformat)
_JSON = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False), _TEXT
).map(json.dumps)


def bodies(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of a kind, each column within the limits of its record."""
    return st.fixed_dictionaries({name: _column(kind, facts) for name, facts in columns_of(kind).items()})


def _column(kind: str, facts: ColumnFacts) -> st.SearchStrategy[Any]:
    value = _value(kind, facts)
    return st.one_of(st.none(), value) if facts.absent is None else value


def _value(kind: str, facts: ColumnFacts) -> st.SearchStrategy[Any]:
    field = class_of(kind).model_fields[facts.name]
    limits = {type(it): it for it in field.metadata}
    if facts.name == "nhs_number":
        return st.sampled_from(NHS_NUMBERS)
    if facts.name == "starts_at":
        return st.times().map(lambda it: f"{it:%H:%M}")
    if facts.name == "value_json":
        return _JSON
    if facts.refers_to:
        return _IDS
    if facts.kind is ValueKind.CODE:
        return st.sampled_from(facts.codes)
    if facts.kind is ValueKind.TEXT:
        least, most = limits.get(MinLen, MinLen(0)).min_length, limits.get(MaxLen, MaxLen(30)).max_length
        return _TEXT.map(lambda text: text[:most].ljust(least, "x"))
    if facts.kind is ValueKind.WHOLE:
        return st.integers(limits.get(Ge, Ge(0)).ge, limits.get(Le, Le(10**6)).le)
    if facts.kind is ValueKind.DECIMAL:
        return st.floats(limits.get(Ge, Ge(0)).ge, limits.get(Le, Le(1000)).le, allow_nan=False)
    return {ValueKind.DAY: _DAYS, ValueKind.MOMENT: _MOMENTS, ValueKind.YES_NO: st.booleans()}[facts.kind]
