"""`_include`: what the matches of a search refer to, once each, as far as the caller reaches (R4 search.html)."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api import catalogue, found, resources
from mdt_desktop.central.fhir_api.asking import Asking
from mdt_desktop.central.fhir_api.errors import ParameterUnknown, ParameterWrong
from mdt_desktop.central.fhir_api.fitting import Kind, elements
from mdt_desktop.central.fhir_api.parameters import Parameter
from mdt_desktop.central.fhir_api.scopes import Act
from mdt_desktop.fhir.mapping import KINDS_OF

_FORM = re.compile(r"(?P<source>[A-Za-z]+):(?P<parameter>\*|[a-z-]+)(?::(?P<target>[A-Za-z]+))?")


@dataclass(frozen=True, slots=True)
class Include:
    """The elements whose references are followed, and the only type that is wanted; empty for every type."""

    paths: tuple[str, ...]
    target: str


def read(type_: str, parameter: Parameter) -> Iterable[Include]:
    """The includes that a parameter asks for. Raises ParameterWrong for one that this type does not have."""
    if parameter.modifier:
        raise ParameterUnknown(name=parameter.said[:100])
    for value in parameter.values:
        match = _FORM.fullmatch(value)
        known = offered(type_)
        if match is None or match["source"] != type_ or match["parameter"] not in (*known, "*"):
            wanted = ", ".join(f"{type_}:{name}" for name in known) or "nothing here"
            raise ParameterWrong(name="_include", wanted=f"one of {wanted}")
        names = known if match["parameter"] == "*" else (match["parameter"],)
        for name in names:
            yield Include(catalogue.definitions(type_)[name].paths, match["target"] or "")


def offered(type_: str) -> tuple[str, ...]:
    """The reference parameters of a type."""
    return tuple(name for name, it in catalogue.definitions(type_).items() if it.kind is Kind.REFERENCE)


def included(
    connection: Connection,
    asked: Asking,
    buckets: Collection[str],
    matches: Sequence[Held],
    shown: Sequence[Mapping[str, Any]],
    includes: Sequence[Include],
) -> list[tuple[Held, dict[str, Any]]]:
    """What is included beside the matches. What another locality holds is left out as if it were nowhere."""
    wanted: set[tuple[str, str]] = set()
    for include in includes:
        for resource in shown:
            wanted |= referred(resource, include.paths, include.target)
    return pointed_to(connection, asked, buckets, wanted, {(it.type, it.id) for it in matches})


def referred(resource: Mapping[str, Any], paths: Iterable[str], target: str = "") -> set[tuple[str, str]]:
    """Type and id of the references at some elements."""
    found_: set[tuple[str, str]] = set()
    for path in paths:
        for element in elements(resource, path):
            text = element.get("reference") if isinstance(element, Mapping) else None
            type_, _, id_ = text.partition("/") if isinstance(text, str) else ("", "", "")
            if id_ and target in ("", type_):
                found_.add((type_, id_))
    return found_


def pointed_to(
    connection: Connection,
    asked: Asking,
    buckets: Collection[str],
    wanted: Iterable[tuple[str, str]],
    but: Collection[found.Name],
) -> list[tuple[Held, dict[str, Any]]]:
    """The live records behind some references that the token may read, but for those told already."""
    names = {
        (kind, id_)
        for type_, id_ in wanted
        if asked.scopes.allow(Act.READ, type_)
        for kind in KINDS_OF.get(type_, ())
        if (kind, id_) not in but
    }
    return resources.told(connection, buckets, found.live(connection, buckets, names))
