"""What of a search the database or a glance at a body can settle, before anything is made a resource and tested."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection

from mdt_desktop.central.feed import Held
from mdt_desktop.central.fhir_api import catalogue, fitting, found, moments
from mdt_desktop.central.fhir_api.fitting import Kind
from mdt_desktop.central.fhir_api.parameters import Parameter, unescaped
from mdt_desktop.fhir.twins_person import NHS_NUMBER_SYSTEM

Glance = Callable[[Held], bool]
"""Whether a record could fit at all, told from its body alone; never no for one that does."""


class Narrowing:
    """What of the parameters the database can look up by an index; the others are left to the tests."""

    def __init__(self, type_: str, base: str) -> None:
        self._type, self._base = type_, base
        self._numbers: list[list[str]] = []
        self._people: list[set[str]] = []
        self.ids: frozenset[str] | None = None
        self.times: list[moments.Asked] = []
        self.glances: list[Glance] = []

    def take(self, parameter: Parameter, kind: Kind) -> None:
        """Note a parameter whose test is made anyway."""
        if kind is Kind.STRING and parameter.modifier in ("", "contains", "exact"):
            self.glances.append(_has_text([_as_words(unescaped(value)) for value in parameter.values]))
        elif (self._type, parameter.name, parameter.modifier) == ("Patient", "birthdate", ""):
            self.glances.append(_born([moments.asked(parameter.name, value) for value in parameter.values]))
        if parameter.name == "_id" and not parameter.modifier:
            ids = frozenset(unescaped(value) for value in parameter.values)
            self.ids = ids if self.ids is None else self.ids & ids
        elif parameter.name == "_lastUpdated" and not parameter.modifier and len(parameter.values) == 1:
            self.times.append(moments.asked(parameter.name, parameter.values[0]))
        elif parameter.name == "identifier" and self._type == "Patient" and not parameter.modifier:
            if not any(value.endswith("|") for value in parameter.values):
                self.take_numbers(parameter)
        elif parameter.name in catalogue.person_parameters(self._type) and parameter.modifier in ("", "Patient"):
            pointed = {
                fitting.literal_reference(unescaped(value), self._base, "Patient") for value in parameter.values
            }
            self._people.append({id_ for type_, id_ in pointed if type_ == "Patient"})

    def take_numbers(self, parameter: Parameter) -> None:
        """Note NHS numbers: somebody who has one of them."""
        numbers = []
        for value in parameter.values:
            system, bar, number = value.partition("|")
            if not bar:
                number = system
            if number and (not bar or unescaped(system) == NHS_NUMBER_SYSTEM):
                numbers.append(unescaped(number))
        self._numbers.append(numbers)

    def people(self, connection: Connection, buckets: Collection[str]) -> set[str] | None:
        """The people that all of these parameters leave; None where they say nothing of people."""
        left = [set(it) for it in self._people]
        for numbers in self._numbers:
            left.append({id_ for it in numbers for id_ in found.people_numbered(connection, buckets, it)})
        return set.intersection(*left) if left else None


def _has_text(wanted: Sequence[str]) -> Glance:
    def could(held: Held) -> bool:
        text = _as_words("\n".join(value for value in held.body.values() if isinstance(value, str)))
        return any(it in text for it in wanted)

    return could


def _born(asked: Sequence[moments.Asked]) -> Glance:
    return lambda held: any(it.fits(span) for it in asked for span in moments.held_spans(held.body.get("born")))


def _as_words(text: str) -> str:
    """Folded, with one space between words: what a resource cannot hold of a text has become a space in it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in fitting.folded(text)).split())
