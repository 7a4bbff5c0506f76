"""Every kind of record and its FHIR R4 twin, there and back without loss: the contract for all that speaks FHIR.

Bodies are those of the exchange: a record's columns by name as JSON, without its id. Everything of our own is named
under `elements.BASE`: extensions for what R4 has no element for, codes, and the tag that tells kinds apart which share
a type of resource.
"""

from collections.abc import Mapping
from typing import Any, Final

from mdt_desktop.fhir import element_path, forms
from mdt_desktop.fhir.elements import BASE, Body, Resource
from mdt_desktop.fhir.errors import ElementWrong, ResourceTypeUnknown
from mdt_desktop.fhir.twin import KIND_SYSTEM, Twin, profile_of
from mdt_desktop.fhir.twins_assessment import ASSESSMENT
from mdt_desktop.fhir.twins_case import CASE
from mdt_desktop.fhir.twins_directory import DIRECTORY
from mdt_desktop.fhir.twins_meeting import MEETING
from mdt_desktop.fhir.twins_papers import PAPERS
from mdt_desktop.fhir.twins_person import PERSON
from mdt_desktop.fhir.twins_plan import PLAN
from mdt_desktop.fhir.twins_risk import RISK
from mdt_desktop.fhir.twins_sharing import SHARING
from mdt_desktop.fhir.twins_tasks import TASKS

TWINS: Final[tuple[Twin, ...]] = (
    *DIRECTORY, *PERSON, *CASE, *PAPERS, *ASSESSMENT, *TASKS, *PLAN, *MEETING, *RISK, *SHARING
)  # fmt: skip
SUBJECT_SYSTEM: Final = f"{BASE}/id/subject-of"
"""Names the person by a record of theirs, where who writes does not know them by their own id."""

RESOURCE_OF: Final[Mapping[str, str]] = {twin.kind: twin.resource_type for twin in reversed(TWINS)}
"""The type of resource of each kind of record; an alert about an allergy is an AllergyIntolerance (`twin_for`)."""
KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    type_: tuple(twin.kind for twin in TWINS if twin.resource_type == type_)
    for type_ in {twin.resource_type: None for twin in TWINS}
}
"""The kinds that each type of resource stands for; the first is that of a resource that does not say."""


def twin_for(kind: str, body: Mapping[str, Any]) -> Twin:
    """How this record stands in FHIR. Raises KeyError for a kind without a twin."""
    for twin in TWINS:
        if twin.kind == kind and twin.when(body):
            return twin
    raise KeyError(kind)


def to_fhir(
    kind: str,
    record_id: str,
    body: Mapping[str, Any],
    *,
    version: int | None = None,
    updated_at: str | None = None,
    subject: str | None = None,
) -> Resource:
    """The resource of a record: id, meta (version, moment, UK Core profile, our tag) and every column.

    `subject` is the id of the person whom a record is about that does not name them itself, such as a care plan; where
    it is not given, R4's mandatory subject names them by the record. Raises KeyError for a kind without a twin.
    """
    twin = twin_for(kind, body)
    resource = twin.write(body)
    if twin.subject:
        element_path.write(resource, twin.subject, _subject(record_id, subject))
    meta: dict[str, Any] = {"tag": [{"system": KIND_SYSTEM, "code": kind}]}
    profile = profile_of(twin.resource_type)
    if profile is not None:
        meta["profile"] = [profile]
    if version is not None:
        meta["versionId"] = str(version)
    if updated_at is not None:
        meta["lastUpdated"] = updated_at
    return {"resourceType": twin.resource_type, "id": record_id, "meta": meta, **resource}


def _subject(record_id: str, subject: str | None) -> dict[str, Any]:
    if subject is not None:
        return {"reference": f"Patient/{subject}"}
    return {"type": "Patient", "identifier": {"system": SUBJECT_SYSTEM, "value": record_id}}


def from_fhir(resource: Any, *, known: Mapping[str, Any] | None = None) -> tuple[str, str, Body]:
    """Kind, id (empty where it has none) and body of a resource.

    `known` are columns that the caller knows where the resource is silent: the case of a person, who records it and
    when. Raises `ResourceUnusable` with the FHIRPath expression of what is wrong; nothing is guessed.
    """
    kind = kind_of(resource)
    twin = next(it for it in TWINS if it.kind == kind and it.resource_type == resource["resourceType"])
    record_id = resource.get("id", "")
    if not isinstance(record_id, str):
        raise ElementWrong(path=f"{twin.resource_type}.id", wanted="text")
    return kind, record_id, twin.read(resource, known or {})


def kind_of(resource: Any) -> str:
    """The kind of record that a resource stands for: by our tag, else the first of its type.

    Raises ResourceTypeUnknown, or ElementWrong for a tag of a kind that this type never stands for.
    """
    type_ = resource.get("resourceType") if isinstance(resource, Mapping) else None
    if not isinstance(type_, str) or type_ not in KINDS_OF:
        raise ResourceTypeUnknown(path=str(type_ or "Resource")[:100], type=str(type_ or "resource")[:100])
    kinds = KINDS_OF[type_]
    tagged = element_path.read(resource, f"meta.tag[system={KIND_SYSTEM}].code")
    if tagged is None:
        return kinds[0]
    if tagged not in kinds:
        raise ElementWrong(path=f"{type_}.meta.tag.code", wanted=f"one of {', '.join(kinds)}")
    return str(tagged)


def subject_of(resource: Mapping[str, Any]) -> str | None:
    """The id of the Patient whom a resource is about, where it names one. Raises ResourceUnusable."""
    for path in ("subject", "patient", "for"):
        reference = element_path.read(resource, f"{path}.reference")
        if reference is not None:
            said = element_path.expression(str(resource["resourceType"]), f"{path}.reference")
            type_, id_ = forms.parts_of_reference(forms.TEXT.read(reference, said))
            return id_ if type_ in ("Patient", "") and id_ else None
    return None
