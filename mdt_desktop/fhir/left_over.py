"""What a resource from outside says that its record does not keep: told to whoever brings it in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mdt_desktop.fhir.mapping import subject_of, to_fhir

_NOT_CONTENT: Final = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "language"})
_NAMES_ONLY: Final = frozenset({"system", "display", "userSelected", "use", "rank", "type"})
"""Elements that qualify a value beside them and tell nothing where that value is kept."""


def left_over(resource: Mapping[str, Any], kind: str, record_id: str, body: Mapping[str, Any]) -> list[str]:
    """The elements of a resource, as FHIRPath without positions, that `body` made of it does not hold; sorted.

    References count by where they stand, not by where they point: ids change on the way in.
    """
    kept = set(_leaves(to_fhir(kind, record_id, body, subject=subject_of(resource))))
    kept_paths = {path for path, _ in kept}
    lost = {
        path
        for path, value in _leaves(resource)
        if (path, value) not in kept and not (path.endswith(".reference") and path in kept_paths)
    }
    return sorted(f"{resource['resourceType']}.{path}" for path in lost)


def _leaves(resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in resource.items():
        if name not in _NOT_CONTENT:
            yield from _below(name, value)


def _below(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name not in _NAMES_ONLY:
                yield from _below(f"{path}.{name}", part)
    elif isinstance(value, list):
        for part in value:
            yield from _below(path, part)
    else:
        yield path, value
