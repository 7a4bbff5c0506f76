"""Where the columns of a record stand in its FHIR twin: the entries of the mapping tables."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

from mdt_desktop.fhir import element_path, forms
from mdt_desktop.fhir.columns import ColumnFacts, ValueKind
from mdt_desktop.fhir.errors import ElementWrong
from mdt_desktop.fhir.forms import Form

Body: TypeAlias = dict[str, Any]
Resource: TypeAlias = dict[str, Any]

BASE: Final = "https://mdt-desktop.example/fhir"
"""Where everything of our own is named: extensions under StructureDefinition, codes under CodeSystem."""
EXTENSION: Final = f"{BASE}/StructureDefinition"
CODES: Final = f"{BASE}/CodeSystem"
ABSENT: Final = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}
"""What stands in an element that FHIR wants and nobody filled in."""


class Element(Protocol):
    """One entry: the columns it carries, and its way there and back."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it carries."""

    def place(self, column: str) -> str:
        """The path at which a column stands, for telling what is wrong."""

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        """Put the columns of a body into the resource; what is empty is left out."""

    def read(self, resource: Mapping[str, Any]) -> Body:
        """The columns that the resource has. Raises ResourceUnusable."""


@dataclass(frozen=True, slots=True)
class At:
    """One column at one path; `also` are other paths at which it is read where the first has nothing."""

    column: str
    path: str
    form: Form = forms.TEXT
    also: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def place(self, column: str) -> str:
        return self.path

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        value = body.get(self.column)
        if value is None:
            return
        written = self.form.write(value)
        if written is not None:
            element_path.write(resource, self.path, written)

    def read(self, resource: Mapping[str, Any]) -> Body:
        for path in (self.path, *self.also):
            value = element_path.read(resource, path)
            if value is not None:
                said = element_path.expression(str(resource["resourceType"]), path)
                return {self.column: self.form.read(value, said)}
        return {}


@dataclass(frozen=True, slots=True)
class Finer:
    """A column whose values are finer than the standard's codes: the code at `path`, our own at `detail`.

    Where both are there and disagree, somebody changed the standard's code without knowing ours: theirs counts.
    """

    column: str
    path: str
    detail: str
    table: Mapping[Any, str]
    also: Mapping[str, Any] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def place(self, column: str) -> str:
        return self.path

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        value = body.get(self.column)
        if value in self.table:
            element_path.write(resource, self.path, self.table[value])
            element_path.write(resource, self.detail, value)

    def read(self, resource: Mapping[str, Any]) -> Body:
        coarse, fine = element_path.read(resource, self.path), element_path.read(resource, self.detail)
        if isinstance(fine, str) and fine in self.table and coarse in (None, self.table[fine]):
            return {self.column: fine}
        if coarse is None:
            return {}
        said = element_path.expression(str(resource["resourceType"]), self.path)
        return {self.column: forms.codes(self.table, self.also).read(coarse, said)}


@dataclass(frozen=True, slots=True)
class Derived:
    """An element that only follows from the record, for those who read the standard: never read back."""

    path: str
    value: Callable[[Mapping[str, Any]], Any]

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def place(self, column: str) -> str:
        return self.path

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        value = self.value(body)
        if value is not None:
            element_path.write(resource, self.path, value)

    def read(self, resource: Mapping[str, Any]) -> Body:
        return {}


@dataclass(frozen=True, slots=True)
class Always:
    """A column that has one value only in this type of resource, such as the kind of alert that an allergy is."""

    column: str
    value: Any

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def place(self, column: str) -> str:
        return "id"

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        """The type of the resource says it."""

    def read(self, resource: Mapping[str, Any]) -> Body:
        return {self.column: self.value}


@dataclass(frozen=True, slots=True)
class Only:
    """No column: what a resource must say at `path` to be one of this kind, so that nothing else is taken for it."""

    path: str
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def place(self, column: str) -> str:
        return self.path

    def write(self, body: Mapping[str, Any], resource: Resource) -> None:
        """What the table's row holds fixed says it."""

    def read(self, resource: Mapping[str, Any]) -> Body:
        if element_path.read(resource, self.path) not in self.values:
            said = element_path.expression(str(resource["resourceType"]), self.path)
            raise ElementWrong(path=said, wanted=" or ".join(self.values))
        return {}


_CARRIED: Final[Mapping[ValueKind, tuple[str, Form]]] = {
    ValueKind.TEXT: ("valueString", forms.TEXT),
    ValueKind.DAY: ("valueDate", forms.DAY),
    ValueKind.MOMENT: ("valueDateTime", forms.MOMENT),
    ValueKind.WHOLE: ("valueInteger", forms.WHOLE),
    ValueKind.DECIMAL: ("valueDecimal", forms.DECIMAL),
    ValueKind.YES_NO: ("valueBoolean", forms.YES_NO),
}


def extension_url(kind: str, column: str) -> str:
    """The address of the extension that carries a column for which R4 has no element."""
    return f"{EXTENSION}/{kind}-{column}".replace("_", "-")


def carried(kind: str, facts: ColumnFacts, target: str = "") -> At:
    """A column that R4 has no element for, as an extension of our own; `target` is what it refers to."""
    holder = f"extension[url={extension_url(kind, facts.name)}]"
    if target:
        return At(facts.name, f"{holder}.valueReference.reference", forms.reference_to(target))
    if facts.kind is ValueKind.CODE:
        return At(facts.name, f"{holder}.valueCode", forms.own_codes(facts.codes))
    element, form = _CARRIED[facts.kind]
    return At(facts.name, f"{holder}.{element}", form)


def ours(name: str) -> str:
    """The address of a code system of our own."""
    return f"{CODES}/{name}"


def coded(column: str, holder: str, kind: type[StrEnum], form: Form | None = None) -> At:
    """A column that holds one of our own terms, as a Coding of our own system in the CodeableConcept `holder`."""
    path = f"{holder}.coding[system={ours(_dashed(kind.__name__))}].code"
    return At(column, path, form or forms.own_codes(tuple(member.value for member in kind)))


def _dashed(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def refers(column: str, path: str, resource_type: str) -> At:
    """A column that points to another record, as a literal reference in the element `path`."""
    return At(column, f"{path}.reference", forms.reference_to(resource_type))


def concept(system: str, code: str) -> dict[str, Any]:
    """A CodeableConcept of one Coding."""
    return {"coding": [{"system": system, "code": code}]}


def own_concept(system: str, code: str) -> dict[str, Any]:
    """A CodeableConcept of our own."""
    return concept(ours(system), code)
