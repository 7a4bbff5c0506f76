"""Bundles: resources put together for somebody else, and those of somebody else taken apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.fhir.elements import BASE, Resource
from mdt_desktop.fhir.validation import SchemaFault, faults_of

MOST_ENTRIES: Final = 50_000
_INVENTED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
_RESTRICTED: Final = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


class BundleUnusable(BadInput):
    """What was given is no R4 Bundle, or holds what is not valid R4. Value: `reason`."""

    code = "fhir_bundle_unusable"


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One resource of a Bundle and the address under which others refer to it; empty where it has none."""

    number: int
    full_url: str
    resource: Mapping[str, Any]

    @property
    def type(self) -> str:
        """The type of resource."""
        return str(self.resource["resourceType"])

    @property
    def id(self) -> str:
        """The resource's own id, empty where it has none."""
        return str(self.resource.get("id", ""))

    @property
    def said(self) -> str:
        """Type and id, to name it in a report."""
        return f"{self.type}/{self.id}" if self.id else f"{self.type} (entry {self.number})"


def collection(
    resources: Iterable[Resource], *, bundle_id: str, made_at: str, invented: bool = False, restricted: bool = False
) -> Resource:
    """A Bundle of type collection; relative references hold between its entries. `made_at` is an ISO moment.

    `invented` tags it as test data, `restricted` as about somebody whose record is restricted.
    """
    bundle: Resource = {"resourceType": "Bundle", "id": bundle_id, "type": "collection", "timestamp": made_at}
    meta: dict[str, Any] = {}
    if invented:
        meta["tag"] = [_INVENTED]
    if restricted:
        meta["security"] = [_RESTRICTED]
    if meta:
        bundle["meta"] = meta
    bundle["entry"] = [
        {"fullUrl": f"{BASE}/{it['resourceType']}/{it['id']}", "resource": it} for it in resources
    ]
    return bundle


def entries_of(document: Any) -> list[BundleEntry]:
    """The resources of a Bundle of any type; a single resource counts as a Bundle of one.

    Every one is held against the R4 schema first. Raises BundleUnusable, which names the first fault.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("resourceType"), str):
        raise BundleUnusable(reason="it is no FHIR resource")
    if document["resourceType"] != "Bundle":
        _require_valid(document, "")
        return [BundleEntry(1, "", document)]
    if not isinstance(document.get("type"), str):
        raise BundleUnusable(reason="Bundle.type is missing")
    entries = document.get("entry", [])
    if not isinstance(entries, Sequence) or isinstance(entries, str) or len(entries) > MOST_ENTRIES:
        raise BundleUnusable(reason="Bundle.entry is no list, or too long")
    _require_valid({**document, "entry": []} if entries else document, "")
    return list(_read(entries))


def _read(entries: Sequence[Any]) -> Iterator[BundleEntry]:
    for number, entry in enumerate(entries, 1):
        place = f"Bundle.entry[{number - 1}]"
        if not isinstance(entry, Mapping):
            raise BundleUnusable(reason=f"{place} is no object")
        resource, full_url = entry.get("resource"), entry.get("fullUrl", "")
        if resource is None:
            continue  # an entry without a resource asks or answers, and holds nothing
        if not isinstance(resource, Mapping) or not isinstance(full_url, str):
            raise BundleUnusable(reason=f"{place}.resource is no resource")
        _require_valid(resource, f"{place}: ")
        yield BundleEntry(number, full_url, resource)


def _require_valid(resource: Mapping[str, Any], place: str) -> None:
    faults: list[SchemaFault] = faults_of(resource)
    if faults:
        raise BundleUnusable(reason=f"{place}{faults[0].path}: {faults[0].message}")
