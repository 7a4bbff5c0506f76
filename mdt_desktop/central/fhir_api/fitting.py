"""Whether a resource fits a parameter: tokens, texts, dates and references as R4 compares them (search.html)."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdt_desktop.central.fhir_api import moments
from mdt_desktop.central.fhir_api.errors import ParameterUnknown, ParameterWrong
from mdt_desktop.central.fhir_api.parameters import Parameter, unescaped

Test = Callable[[Mapping[str, Any]], bool]


class Kind(StrEnum):
    """How the values of a parameter are read."""

    TOKEN = "token"  # noqa: S105  # a kind of parameter, as R4 names it
    STRING = "string"
    DATE = "date"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter of a type: its kind, and the elements that it looks at; `target` is whom a reference points to."""

    kind: Kind
    paths: tuple[str, ...]
    target: str = ""


def elements(resource: Any, path: str) -> Iterator[Any]:
    """The values at a dotted path, through lists."""
    if isinstance(resource, list):
        for it in resource:
            yield from elements(it, path)
    elif not path:
        if resource is not None:
            yield resource
    elif isinstance(resource, Mapping):
        first, _, rest = path.partition(".")
        yield from elements(resource.get(first), rest)


def test_of(definition: Definition, parameter: Parameter, base: str) -> Test:
    """The test that a parameter is. Raises ParameterWrong, ParameterUnknown for a modifier that it does not have."""
    if parameter.modifier == "missing":
        return _missing(definition, parameter)
    if definition.kind is Kind.DATE:
        return _date(definition, parameter)
    makers = {Kind.TOKEN: _token, Kind.STRING: _string}
    one = makers.get(definition.kind)
    fits = one(parameter) if one else _reference(definition, parameter, base)
    if parameter.modifier == "not":
        return lambda resource: not any(fits(it) for path in definition.paths for it in elements(resource, path))
    return lambda resource: any(fits(it) for path in definition.paths for it in elements(resource, path))


def folded(text: str) -> str:
    """A text without case and accents, as texts are compared."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


def _missing(definition: Definition, parameter: Parameter) -> Test:
    wanted = parameter.values[0]
    if parameter.values[1:] or wanted not in ("true", "false"):
        raise ParameterWrong(name=parameter.said, wanted="true or false")
    present = wanted == "false"
    return lambda resource: present is any(True for path in definition.paths for _ in elements(resource, path))


def _require_modifier(parameter: Parameter, *known: str) -> None:
    if parameter.modifier and parameter.modifier not in known:
        raise ParameterUnknown(name=parameter.said[:100])


def _date(definition: Definition, parameter: Parameter) -> Test:
    _require_modifier(parameter)
    asked = [moments.asked(parameter.name, value) for value in parameter.values]

    def fits(resource: Mapping[str, Any]) -> bool:
        spans = [
            span for path in definition.paths for it in elements(resource, path) for span in moments.held_spans(it)
        ]
        return any(wanted.fits(span) for wanted in asked for span in spans)

    return fits


def _string(parameter: Parameter) -> Callable[[Any], bool]:
    _require_modifier(parameter, "exact", "contains")
    values = [unescaped(value) for value in parameter.values]
    if parameter.modifier == "exact":
        return lambda element: any(text in values for text in _texts(element))
    wanted = [folded(value) for value in values]
    if parameter.modifier == "contains":
        return lambda element: any(value in folded(text) for text in _texts(element) for value in wanted)
    return lambda element: any(folded(text).startswith(value) for text in _texts(element) for value in wanted)


_TEXTS = ("text", "family", "given", "prefix", "suffix", "line", "city", "district", "state", "postalCode", "country")


def _texts(element: Any) -> Iterator[str]:
    """The texts of an element: its own, or those of a name or an address, each word of given names by itself."""
    if isinstance(element, str):
        yield element
    elif isinstance(element, Mapping):
        for name in _TEXTS:
            for text in elements(element, name):
                if isinstance(text, str):
                    yield text
                    yield from text.split()[1:]


def _token(parameter: Parameter) -> Callable[[Any], bool]:
    _require_modifier(parameter, "not", "text")
    if parameter.modifier == "text":
        wanted = [folded(unescaped(value)) for value in parameter.values]
        return lambda element: any(folded(text).startswith(it) for text in _shown(element) for it in wanted)
    asked = [_token_value(value) for value in parameter.values]

    def fits(element: Any) -> bool:
        return any(
            (system is None or system == its_system) and (code in ("", its_code))
            for its_system, its_code in _codes(element)
            for system, code in asked
        )

    return fits


def _token_value(text: str) -> tuple[str | None, str]:
    """System and code; None for any system, the empty one for a code without a system."""
    system, bar, code = _split(text)
    return (system, code) if bar else (None, system)


def _split(text: str) -> tuple[str, str, str]:
    place = next((at for at, sign in enumerate(text) if sign == "|" and text[at - 1 : at] != "\\"), None)
    if place is None:
        return unescaped(text), "", ""
    return unescaped(text[:place]), "|", unescaped(text[place + 1 :])


def _codes(element: Any) -> Iterator[tuple[str, str]]:
    if isinstance(element, bool):
        yield "", "true" if element else "false"
    elif isinstance(element, str):
        yield "", element
    elif isinstance(element, Mapping):
        if "coding" in element:
            for coding in elements(element, "coding"):
                yield from _codes(coding)
        code = element.get("code", element.get("value"))
        if isinstance(code, str):
            yield str(element.get("system", "")), code


def _shown(element: Any) -> Iterator[str]:
    for path in ("text", "display", "coding.display", "type.text"):
        yield from (it for it in elements(element, path) if isinstance(it, str))


def _reference(definition: Definition, parameter: Parameter, base: str) -> Callable[[Any], bool]:
    target = parameter.modifier or definition.target
    if parameter.modifier and not parameter.modifier.isalpha():
        raise ParameterUnknown(name=parameter.said[:100])
    wanted = {literal_reference(unescaped(value), base, target) for value in parameter.values}

    def fits(element: Any) -> bool:
        text = element.get("reference") if isinstance(element, Mapping) else element
        if not isinstance(text, str):
            return False
        type_, _, id_ = text.rpartition("/")
        return (type_, id_) in wanted or ("", id_) in wanted

    return fits


def literal_reference(text: str, base: str, target: str = "") -> tuple[str, str]:
    """Type and id of a reference as it is written: with its type, without, or with this server's address."""
    plain = text.removeprefix(f"{base}/").partition("/_history/")[0]
    type_, _, id_ = plain.rpartition("/")
    return (type_ or target, id_)
