"""The one short form in which the mapping tables say where a value stands in a resource.

`name[use=official].family` is the family of the entry of the list `name` whose `use` is official; `line[]` the first
entry of a list. Writing makes what is missing on the way; reading never guesses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mdt_desktop.fhir.errors import ElementWrong

_STEP = re.compile(r"(?P<name>\w+)(?P<list>\[(?P<where>[^\]]*)\])?(?:\.|$)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: an element by name; in a list, the entry that has all of `where`."""

    name: str
    is_list: bool
    where: tuple[tuple[str, str], ...]

    def said(self) -> str:
        """The step as FHIRPath has it."""
        told = " and ".join(f"{key}='{value}'" for key, value in self.where)
        return f"{self.name}.where({told})" if told else self.name


@cache
def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path. Raises ValueError for a path that is not written right."""
    found, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ValueError(path)
        pairs = [part.split("=", 1) for part in (match["where"] or "").split(",") if part]
        found.append(Step(match["name"], match["list"] is not None, tuple((key, value) for key, value in pairs)))
        at = match.end()
    return tuple(found)


def expression(resource_type: str, path: str) -> str:
    """A path as a FHIRPath expression of a resource."""
    return ".".join([resource_type, *(step.said() for step in steps_of(path))])


def read(resource: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None where it is not there. Raises ElementWrong where the way there is of another shape."""
    now: Any = resource
    for number, step in enumerate(steps_of(path)):
        if not isinstance(now, Mapping):
            raise ElementWrong(path=_said(resource, path, number), wanted="an object")
        now = now.get(step.name)
        if now is None:
            return None
        if step.is_list:
            if not isinstance(now, list):
                raise ElementWrong(path=f"{_said(resource, path, number)}.{step.name}", wanted="a list")
            now = next(_matching(now, step), None)
            if now is None:
                return None
    return now


def entries(holder: Mapping[str, Any], name: str, said: str) -> list[Mapping[str, Any]]:
    """The entries of a list of objects, empty where it is not there. Raises ElementWrong for anything else."""
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise ElementWrong(path=f"{said}.{name}", wanted="a list of objects")
    return found


def write(resource: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path, making objects and entries of lists on the way there."""
    now: Any = resource
    *ways, last = steps_of(path)
    for step in ways:
        now = _entry(now, step) if step.is_list else now.setdefault(step.name, {})
    if last.is_list:
        now.setdefault(last.name, []).append(value)
    else:
        now[last.name] = value


def _entry(holder: dict[str, Any], step: Step) -> dict[str, Any]:
    entries: list[dict[str, Any]] = holder.setdefault(step.name, [])
    found = next(_matching(entries, step), None)
    if found is None:
        found = dict(step.where)
        entries.append(found)
    return found


def _matching(entries: list[Any], step: Step) -> Iterator[Any]:
    for entry in entries:
        if all(isinstance(entry, Mapping) and entry.get(key) == value for key, value in step.where):
            yield entry


def _said(resource: Mapping[str, Any], path: str, steps: int) -> str:
    parts = [str(resource.get("resourceType", "Resource")), *(step.said() for step in steps_of(path)[:steps])]
    return ".".join(parts)
