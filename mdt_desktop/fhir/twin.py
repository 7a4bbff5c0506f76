"""One kind of record and its FHIR twin: the table's row, and the way there and back without loss."""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pydantic import ValidationError

from mdt_desktop.fhir import element_path
from mdt_desktop.fhir.columns import Nothing, class_of, columns_of
from mdt_desktop.fhir.elements import CODES, EXTENSION, Body, Element, Resource, carried
from mdt_desktop.fhir.errors import ElementMissing, ElementRefused, ElementWrong

KIND_SYSTEM: Final = f"{CODES}/record-kind"
EXACT: Final = f"{EXTENSION}/exact-value"
"""Carries what an element could not say exactly: the column, its value as JSON, and what the element says instead."""
_ANY_ID: Final = "0" * 36
"""Limits are asked of the columns; what an id may be is asked where records are written."""
_UK_CORE: Final = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"
_PROFILED: Final = frozenset(
    {
        "AllergyIntolerance", "Appointment", "AuditEvent", "CarePlan", "CareTeam", "Communication", "Condition",
        "Consent", "Encounter", "EpisodeOfCare", "Flag", "Observation", "Organization", "Patient", "Practitioner",
        "PractitionerRole", "Provenance", "QuestionnaireResponse", "RelatedPerson", "ServiceRequest", "Task",
    }
)  # fmt: skip


def profile_of(resource_type: str) -> str | None:
    """The UK Core profile of a type of resource, where there is one."""
    return f"{_UK_CORE}{resource_type}" if resource_type in _PROFILED else None


@dataclass(frozen=True)
class Twin:
    """How one kind of record stands in FHIR.

    `fixed` is what every resource of the kind holds, `carries` are columns that travel as extensions of our own,
    `wanted` what stands in an element that R4 demands and the record left empty, `subject` the element that names the
    person where the record does not itself, `when` tells which bodies of the kind stand as this resource.
    """

    kind: str
    resource_type: str
    elements: tuple[Element, ...]
    carries: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    wanted: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    when: Callable[[Mapping[str, Any]], bool] = lambda _body: True

    @cached_property
    def all_elements(self) -> tuple[Element, ...]:
        """The entries of the table, those of the extensions included."""
        columns = columns_of(self.kind)
        rest = (carried(self.kind, columns[name], _target(columns[name].refers_to)) for name in self.carries.split())
        return (*self.elements, *rest)

    def write(self, body: Mapping[str, Any]) -> Resource:
        """The resource of a body, without id and meta."""
        resource: Resource = {"resourceType": self.resource_type, **copy.deepcopy(dict(self.fixed))}
        elements = self.all_elements
        for element in elements:
            element.write(body, resource)
        for path, value in self.wanted.items():
            if element_path.read(resource, path) is None:
                element_path.write(resource, path, copy.deepcopy(value))
        self._write_exact(body, resource, elements)
        return resource

    def _write_exact(self, body: Mapping[str, Any], resource: Resource, elements: tuple[Element, ...]) -> None:
        told = self._read(resource, elements)
        exact = []
        for column, value in body.items():
            known = column in told or column in columns_of(self.kind)
            says = told.get(column, self._absent(column)) if known else None
            if column != "id" and (not known or says != value or isinstance(says, bool) != isinstance(value, bool)):
                parts = [{"url": "column", "valueString": column}, {"url": "value", "valueString": json.dumps(value)}]
                if known and not isinstance(says, Nothing):
                    parts.append({"url": "instead-of", "valueString": json.dumps(says)})
                exact.append({"url": EXACT, "extension": parts})
        if exact:
            resource.setdefault("extension", []).extend(exact)

    def read(self, resource: Mapping[str, Any], known: Mapping[str, Any]) -> Body:
        """The body of a resource; `known` are columns that the caller knows where the resource is silent.

        Raises ElementMissing, ElementWrong, CodeUnknown and ReferenceWrong.
        """
        told = self._read(resource, self.all_elements)
        body: Body = {}
        for column in columns_of(self.kind):
            value = told.get(column, known.get(column, self._absent(column)))
            if isinstance(value, Nothing):
                raise ElementMissing(path=self.expression(column))
            body[column] = value
        self._check(body)
        extra = {column: value for column, value in told.items() if column not in body}
        return body | extra

    def _check(self, body: Body) -> None:
        """Raise ElementRefused for a value that the record's own limits forbid."""
        try:
            class_of(self.kind).model_validate({**body, "id": _ANY_ID})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            column = str(first["loc"][0]) if first["loc"] else ""
            raise ElementRefused(path=self.expression(column), reason=first["msg"]) from None

    def _read(self, resource: Mapping[str, Any], elements: tuple[Element, ...]) -> Body:
        told: Body = {}
        for element in elements:
            told |= element.read(resource)
        return told | self._read_exact(resource, told)

    def _read_exact(self, resource: Mapping[str, Any], told: Body) -> Body:
        """Exact values, as long as the element beside them still says what it said when they were written."""
        found: Body = {}
        for extension in element_path.entries(resource, "extension", self.resource_type):
            if extension.get("url") != EXACT:
                continue
            try:
                parts = {part["url"]: part["valueString"] for part in extension["extension"]}
                column, value = str(parts["column"]), json.loads(parts["value"])
                says = json.loads(parts["instead-of"]) if "instead-of" in parts else None
            except (KeyError, TypeError, ValueError, RecursionError) as error:
                said = f"{self.resource_type}.extension.where(url='{EXACT}')"
                raise ElementWrong(path=said, wanted="a column and its value as JSON") from error
            stands = told.get(column, self._absent(column)) == says if "instead-of" in parts else column not in told
            if stands and column != "id":
                found[column] = value
        return found

    def _absent(self, column: str) -> Any:
        facts = columns_of(self.kind).get(column)
        return facts.absent if facts else None

    def expression(self, column: str) -> str:
        """Where a column stands, as a FHIRPath expression."""
        for element in self.all_elements:
            if column in element.columns:
                return element_path.expression(self.resource_type, element.place(column))
        return self.resource_type

    def mapped(self) -> frozenset[str]:
        """The columns that an element carries."""
        return frozenset(column for element in self.all_elements for column in element.columns)


_TARGETS: Final = {
    "person": "Patient", "practitioner": "Practitioner", "locality": "Organization", "practice": "Organization",
    "organisation": "Organization", "person_case": "EpisodeOfCare", "care_plan": "CarePlan", "need": "Condition",
    "goal": "Goal", "contingency_plan": "CarePlan", "meeting": "Appointment", "meeting_series": "Appointment",
    "agenda_item": "Encounter", "decision": "ClinicalImpression", "meeting_note": "Communication", "task": "Task",
    "stratification_run": "RiskAssessment", "assessment": "QuestionnaireResponse", "case_note": "Communication",
}  # fmt: skip


def _target(kind: str) -> str:
    """What a column that points to a kind of record refers to; the tests hold it against the tables."""
    return _TARGETS[kind] if kind else ""
