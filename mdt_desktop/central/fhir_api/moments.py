"""Dates of a search: a value stands for a span of time, as precise as it is written (R4 search.html, date)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mdt_desktop.central.fhir_api.errors import ParameterWrong

_ENGLAND = ZoneInfo("Europe/London")
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<part>\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to just before another."""

    start: datetime
    end: datetime


def span_of(text: str) -> Span:
    """The span that a date, a time or a part of either stands for; without a zone it is England's.

    Raises ValueError.
    """
    match = _FORM.fullmatch(text.replace(" ", "+"))
    if match is None:
        raise ValueError(text)
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    if match["hour"] is None:
        start = datetime(year, month, day, tzinfo=_ENGLAND)
        if match["day"]:
            end = start + timedelta(days=1)
        elif match["month"]:
            end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=_ENGLAND)
        else:
            end = datetime(year + 1, 1, 1, tzinfo=_ENGLAND)
        return Span(start.astimezone(UTC), end.astimezone(UTC))
    zone = match["zone"] or ""
    second, part = match["second"] or "00", match["part"] or ""
    written = f"{match['year']}-{match['month']}-{match['day']}T{match['hour']}:{match['minute']}:{second}{part[:7]}"
    moment = datetime.fromisoformat(written + zone)
    if not zone:
        moment = moment.replace(tzinfo=_ENGLAND)
    length = timedelta(milliseconds=1) if part else timedelta(seconds=1 if match["second"] else 60)
    return Span(moment.astimezone(UTC), moment.astimezone(UTC) + length)


@dataclass(frozen=True, slots=True)
class Asked:
    """A prefix and the span that it is about."""

    prefix: str
    span: Span

    def fits(self, held: Span) -> bool:
        """Whether what a resource holds is as asked."""
        wanted = self.span
        if self.prefix in ("eq", "ne"):
            inside = wanted.start <= held.start and held.end <= wanted.end
            return inside is (self.prefix == "eq")
        if self.prefix == "ap":
            return held.start < wanted.end and wanted.start < held.end
        return {
            "gt": held.end > wanted.end,
            "lt": held.start < wanted.start,
            "ge": held.end >= wanted.end or held.start >= wanted.start,
            "le": held.start <= wanted.start or held.end <= wanted.end,
            "sa": held.start >= wanted.end,
            "eb": held.end <= wanted.start,
        }[self.prefix]


def asked(name: str, text: str) -> Asked:
    """A value of a date parameter. Raises ParameterWrong."""
    prefix = text[:2] if text[:2] in _PREFIXES else "eq"
    try:
        span = span_of(text.removeprefix(prefix) if text[:2] in _PREFIXES else text)
        if prefix == "ap":
            # About: a tenth of the time between then and now is more than anybody means; a week either way.
            span = Span(span.start - timedelta(days=7), span.end + timedelta(days=7))
    except (ValueError, OverflowError) as problem:
        raise ParameterWrong(name=name, wanted="a date such as ge2026-11-23") from problem
    return Asked(prefix, span)


def held_spans(element: Any) -> list[Span]:
    """The spans that an element of a resource stands for: a date, a moment, or a Period open on either side."""
    if isinstance(element, str):
        return _spans(element)
    if isinstance(element, Mapping) and ("start" in element or "end" in element):
        starts, ends = _spans(element.get("start")), _spans(element.get("end"))
        return [Span(starts[0].start if starts else EVER, ends[0].end if ends else NEVER)]
    return []


def _spans(text: Any) -> list[Span]:
    try:
        return [span_of(text)] if isinstance(text, str) else []
    except (ValueError, OverflowError):
        return []
