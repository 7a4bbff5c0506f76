"""Questionnaires and their answers, as plain values.

Answers are stored one row each, `answer(assessment_id, link_id, position, value_json)`:

- `link_id` names the question, as in FHIR.
- `position` says in which row it was asked: one number for every repeating group around the question and one
  more if the question itself repeats, joined by dots; the empty text where nothing repeats. Numbers order the
  rows and nothing more: gaps are allowed and a row keeps its number when another is removed. A question of
  several choices uses the choice's place in the list as its number, so two people who tick different boxes
  never disagree.
- `value_json` is `answering.encode(value)`; `answering.decode(item, json)` brings the value back.

A text in place of a number or a date is what somebody typed and did not finish. It is kept,
`answering.problems` names it, and nothing counts it as an answer that can be used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from mdt_desktop.domain.errors import BadInput

Value: TypeAlias = str | bool | int | Decimal | date


class ItemType(StrEnum):
    """What an item asks for; the values are FHIR's codes."""

    GROUP = "group"
    DISPLAY = "display"
    STRING = "string"
    TEXT = "text"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"


class Part(StrEnum):
    """The part of a joint assessment that one contributor signs."""

    HEALTH = "health"
    FUNCTION = "function"
    SOCIAL = "social"
    HOME = "home"
    CARER = "carer"
    WHAT_MATTERS = "what_matters"


class Operator(StrEnum):
    """How a condition compares; the values are FHIR's codes."""

    EXISTS = "exists"
    EQUAL = "="
    NOT_EQUAL = "!="
    MORE = ">"
    LESS = "<"
    AT_LEAST = ">="
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its stable code, the words shown, its score where the instrument has one."""

    code: str
    text: str
    score: Decimal | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One reason to ask an item: the answer of another question compared with a value."""

    question: str
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a questionnaire; children are in reading order."""

    link_id: str
    text: str
    type: ItemType
    required: bool = False
    repeats: bool = False
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    initial: Value | None = None
    max_length: int | None = None
    minimum: Decimal | date | None = None
    maximum: Decimal | date | None = None
    unit: str = ""
    part: Part | None = None
    help: str = ""
    horizontal: bool = False
    lower_label: str = ""
    upper_label: str = ""
    items: tuple["Item", ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it can be answered (a group and a display text cannot)."""
        return self.type not in (ItemType.GROUP, ItemType.DISPLAY)

    @property
    def is_choice(self) -> bool:
        """Whether the answer is picked from a list."""
        return self.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE)

    def option(self, code: object) -> Option | None:
        """The option with this code, if there is one."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where an item stands: its ancestors from the outside in, and how many of them repeat."""

    item: Item
    ancestors: tuple[Item, ...]
    levels: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A whole form with its licence and source; items are in reading order."""

    id: str
    url: str
    version: str
    title: str
    items: tuple[Item, ...]
    description: str = ""
    licence: str = ""
    source: str = ""
    _placed: dict[str, _Placed] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        placed: dict[str, _Placed] = {}
        _place(self.items, (), placed)
        object.__setattr__(self, "_placed", placed)

    def item(self, link_id: str) -> Item:
        """The item with this link id; raises NoSuchQuestion."""
        return self._at(link_id).item

    def __contains__(self, link_id: str) -> bool:
        return link_id in self._placed

    def all_items(self) -> Iterator[Item]:
        """Every item in reading order, groups before what they hold."""
        return (placed.item for placed in self._placed.values())

    def ancestors(self, link_id: str) -> tuple[Item, ...]:
        """The groups (and questions) around an item, from the outside in."""
        return self._at(link_id).ancestors

    def levels(self, link_id: str) -> int:
        """How many repeating groups are around an item: the length of its row's position."""
        return self._at(link_id).levels

    def part_of(self, link_id: str) -> Part | None:
        """The part of the joint assessment an item belongs to: its own or the nearest one around it."""
        placed = self._at(link_id)
        return next((item.part for item in (placed.item, *reversed(placed.ancestors)) if item.part), None)

    def parts(self) -> tuple[Part, ...]:
        """The parts this questionnaire has, in reading order."""
        return tuple(dict.fromkeys(item.part for item in self.all_items() if item.part))

    def _at(self, link_id: str) -> _Placed:
        try:
            return self._placed[link_id]
        except KeyError:
            raise NoSuchQuestion(link_id=link_id) from None


def _place(items: tuple[Item, ...], ancestors: tuple[Item, ...], placed: dict[str, _Placed]) -> None:
    levels = sum(ancestor.repeats for ancestor in ancestors)
    for item in items:
        placed[item.link_id] = _Placed(item, ancestors, levels)
        _place(item.items, (*ancestors, item), placed)


class NoSuchQuestion(BadInput):
    """The questionnaire has no item with this link id."""

    code = "answer_no_such_question"


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers of one assessment, (link id, position) to value; a change makes a copy."""

    values: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    _by_question: dict[str, dict[str, Value]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_question: dict[str, dict[str, Value]] = {}
        for (link_id, position), value in self.values.items():
            by_question.setdefault(link_id, {})[position] = value
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "_by_question", by_question)

    def __len__(self) -> int:
        return len(self.values)

    def get(self, link_id: str, position: str = "") -> Value | None:
        """One answer, None where there is none."""
        return self.values.get((link_id, position))

    def of(self, link_id: str, prefix: str = "") -> tuple[tuple[str, Value], ...]:
        """(position, value) of a question within one row of the groups around it, in row order."""
        found = self._by_question.get(link_id, {})
        return tuple(sorted((pair for pair in found.items() if _within(pair[0], prefix)), key=_row_order))

    def changed(self, link_id: str, position: str, value: Value | None) -> "Answers":
        """A copy with one answer set, or taken away by None."""
        values = dict(self.values)
        if value is None:
            values.pop((link_id, position), None)
        else:
            values[(link_id, position)] = value
        return Answers(values)


class Spot(NamedTuple):
    """One place where an item is asked: the item and the position of the row it stands in."""

    item: Item
    position: str


def join_position(prefix: str, row: int) -> str:
    """The position of a row inside the row `prefix`."""
    return f"{prefix}.{row}" if prefix else str(row)


def position_order(position: str) -> tuple[int, ...]:
    """The row numbers of a position, to sort rows by."""
    return tuple(int(step) for step in position.split(".")) if position else ()


def _row_order(pair: tuple[str, Value]) -> tuple[int, ...]:
    return position_order(pair[0])


def _within(position: str, prefix: str) -> bool:
    return not prefix or position == prefix or position.startswith(prefix + ".")
