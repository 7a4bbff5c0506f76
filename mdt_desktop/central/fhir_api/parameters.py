"""Reads the parameters of a request: each known by name, its modifier and its values; an unknown one is refused."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from mdt_desktop.central.fhir_api.errors import FormatNotTaken, ParameterUnknown, ParameterWrong

MOST_VALUES, MOST_PARAMETERS = 200, 100
_ALTERNATIVES = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([,|$\\])")
FORMAT = "_format"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; any of its values may fit (R4 search.html: comma is or, repeating is and)."""

    name: str
    modifier: str
    values: tuple[str, ...]

    @property
    def said(self) -> str:
        """The name as it was written."""
        return f"{self.name}:{self.modifier}" if self.modifier else self.name


def query_of(request: Request) -> Pairs:
    """The parameters of the address, in their order. Raises ParameterWrong for text that is not UTF-8."""
    return pairs_in(request.url.query)


def form_of(request: Request, content: bytes) -> Pairs:
    """The parameters in the body of a `_search`. Raises FormatNotTaken, ParameterWrong."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if content and kind != "application/x-www-form-urlencoded":
        raise FormatNotTaken
    return pairs_in(content.decode("ascii", "replace"))


def pairs_in(query: str) -> Pairs:
    """The names and values of a query. Raises ParameterWrong."""
    try:
        found = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as problem:
        raise ParameterWrong(name="query", wanted="UTF-8 text, percent-encoded") from problem
    if any("\x00" in name or "\x00" in value for name, value in found):
        raise ParameterWrong(name="query", wanted="text without NUL")
    return found


def format_in(pairs: Pairs) -> tuple[str | None, Pairs]:
    """The value of `_format`, and the other parameters."""
    wanted = [value for name, value in pairs if name == FORMAT]
    return (wanted[-1] if wanted else None), [pair for pair in pairs if pair[0] != FORMAT]


def read(pairs: Pairs) -> list[Parameter]:
    """The parameters of a search; one with no value at all counts as not given. Raises ParameterWrong."""
    found = []
    for written, text in pairs:
        if not text:
            continue
        name, _, modifier = written.partition(":")
        values = tuple(value for value in _ALTERNATIVES.split(text) if value)
        if len(values) > MOST_VALUES:
            raise ParameterWrong(name=written[:100], wanted=f"at most {MOST_VALUES} values")
        if values:
            found.append(Parameter(name, modifier, values))
    return found


def unescaped(text: str) -> str:
    r"""A value, or a part of one, without the backslashes before `,`, `|`, `$` and `\`."""
    return _ESCAPED.sub(r"\1", text)


def require_known(pairs: Pairs, known: Iterable[str]) -> Mapping[str, str]:
    """Single parameters by name, for what is no search. Raises ParameterUnknown, ParameterWrong for one given twice."""
    allowed, found = frozenset(known), dict[str, str]()
    for name, value in pairs:
        if name not in allowed:
            raise ParameterUnknown(name=name[:100])
        if name in found:
            raise ParameterWrong(name=name, wanted="given once")
        found[name] = value
    return found


def count_in(text: str | None, standard: int, most: int) -> int:
    """The wished size of a page within the limits. Raises ParameterWrong."""
    if text is None:
        return standard
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ParameterWrong(name="_count", wanted="a whole number")
    return min(int(text), most)
