"""What the page of the exchange shows, as frozen values; loads nothing, so that a page may name them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mdt_desktop.store.queries.exchange import RunLine as RunLine
from mdt_desktop.store.queries.exchange import SyncStatus as SyncStatus


class EditorKind(StrEnum):
    """With what a value of a field is given."""

    NONE = "none"
    TEXT = "text"
    PARAGRAPHS = "paragraphs"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class FieldEditor:
    """How a value of a field is given: `choices` are keys with their words, `may_be_empty` that nothing is a value."""

    kind: EditorKind
    choices: tuple[tuple[str, str], ...] = ()
    may_be_empty: bool = True
    longest: int = 0


@dataclass(frozen=True, slots=True)
class SideView:
    """What one of the two said: the value, who in which role, on which laptop, when by the central store's clock.

    `clock` is a sentence where the laptop's own clock said another time; else empty.
    """

    value: str
    by: str
    role: str
    laptop: str
    when: str
    clock: str


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One conflict in words. `person` is empty for a record about nobody; `third` is how another value is given."""

    id: str
    type: str
    record_id: str
    person_id: str
    person: str
    record: str
    field: str
    before: str
    mine: SideView
    theirs: SideView
    rule: str
    in_force: str
    raw_in_force: Any
    effect: str
    asked: str
    asks_me: bool
    is_mine: bool
    third: FieldEditor
    reads_over: bool


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """Two records with one NHS number: (field, mine, theirs) for each field that either has filled in."""

    mine_id: str
    nhs_number: str
    mine: str
    theirs: str
    rows: tuple[tuple[str, str, str], ...]
    is_here: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is to be decided: those that ask the user first, then the oldest."""

    conflicts: tuple[ConflictView, ...]
    duplicates: tuple[DuplicateView, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """What waits to be sent of one person, or of nobody: how many changes of which kinds."""

    person_id: str
    person: str
    count: int
    kinds: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A group of changes that was refused: of whom, what, why in a sentence."""

    group_no: int
    person_id: str
    person: str
    what: str
    why: str
    count: int
    when: str
    is_duplicate: bool


@dataclass(frozen=True, slots=True)
class PutByLine:
    """Changes of a locality that had to leave before they were sent: only how many, and since when."""

    bucket: str
    locality: str
    count: int
    when: str


@dataclass(frozen=True, slots=True)
class HandedOverView:
    """What another team handed over: (field, their value, the value here) for each field that would change."""

    id: str
    person_id: str
    person: str
    what: str
    by: str
    when: str
    lines: tuple[tuple[str, str, str], ...]
    can_take: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on its way or stuck."""

    waiting: tuple[WaitingLine, ...]
    refused: tuple[RefusedLine, ...]
    put_by: tuple[PutByLine, ...]
    of_others: int
