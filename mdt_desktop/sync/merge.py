"""Three-way merge of one record: what stood before, what was changed here, what the central store has now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

import orjson

from mdt_desktop.sync.rules import EARLIER_FIRST, LATER_FIRST, NEVER, RULES, FieldKind, Rule

Values = Mapping[str, Any]
"""Columns by name as an operation holds them: texts, numbers, truth values and None."""

_ABSENT: Any = object()


class AppliedRule(StrEnum):
    """What the program did where two changes met; `JOINED` is to be read over, the others are to be decided."""

    IDENTITY = "identity"
    PLAIN = "plain"
    STATUS = "status"
    CAUTION = "caution"
    EARLIER = "earlier"
    TEXT = "text"
    JOINED = "joined"
    DELETED_THERE = "deleted_there"
    DELETED_HERE = "deleted_here"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One column that both changed: the three values, the rule, and the value that is in force until it is decided."""

    column: str
    base: Any
    mine: Any
    theirs: Any
    rule: AppliedRule
    in_force: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged record: `values` for every column the central store or this laptop knows, `to_send` what it must hear.

    `mine_more` are this laptop's stamps that gave way; they belong to its value of a dispute.
    """

    values: dict[str, Any]
    to_send: dict[str, Any]
    disputes: tuple[Dispute, ...] = ()
    mine_more: dict[str, Any] = field(default_factory=dict)


def merged(type_: str, base: Values, mine: Values, theirs: Values) -> Merged:
    """Merge the columns changed here (`mine`) into the record as the central store has it (`theirs`).

    `base` is what it had when they were changed; empty for a record made here that is there already.
    """
    values, to_send, disputes, more = dict(theirs), {}, [], {}
    for column, here in mine.items():
        there, before = theirs.get(column, _ABSENT), base.get(column, _ABSENT)
        if here == there:
            continue
        if there is _ABSENT or (before is not _ABSENT and there == before):
            values[column] = to_send[column] = here
            continue
        if before is not _ABSENT and here == before:
            continue
        rule = RULES[type_][column]
        old = None if before is _ABSENT else before
        chosen, applied = _chosen(rule, old, here, there)
        values[column] = chosen
        if chosen != there:
            to_send[column] = chosen
        if applied is not None:
            disputes.append(Dispute(column, old, here, there, applied, chosen))
        elif rule.kind is FieldKind.TRACE:
            more[column] = here
    if all(RULES[type_][column].kind is FieldKind.TRACE for column in to_send) and disputes:
        # A stamp alone says nothing: it goes with the value that gave way.
        more |= to_send
        for column in to_send:
            values[column] = theirs.get(column)
        to_send = {}
    return Merged(values, to_send, tuple(disputes), more)


def _chosen(rule: Rule, base: Any, mine: Any, theirs: Any) -> tuple[Any, AppliedRule | None]:
    """The value in force where both changed a column to different values, and the rule where there is a dispute."""
    match rule.kind:
        case FieldKind.FIXED | FieldKind.PLACE | FieldKind.ONCE | FieldKind.TRACE:
            return theirs, None
        case FieldKind.SET:
            return merged_keys(base or "", mine or "", theirs or ""), None
        case FieldKind.CAUTION:
            return most_cautious(rule.order, mine, theirs), AppliedRule.CAUTION
        case FieldKind.EARLIER:
            return earlier(mine, theirs), AppliedRule.EARLIER
        case FieldKind.TEXT:
            joined = joined_paragraphs(base or "", mine or "", theirs or "")
            return (theirs, AppliedRule.TEXT) if joined is None else (joined, AppliedRule.JOINED)
        case FieldKind.ANSWER:
            return _chosen_answer(base, mine, theirs)
        case _:
            return theirs, AppliedRule(rule.kind.value)


def _chosen_answer(base: Any, mine: Any, theirs: Any) -> tuple[Any, AppliedRule | None]:
    """As `_chosen` for answers that stand as JSON; one that was taken away, a number or a choice is a single value."""
    before, here, there = (_text_in(value) for value in (base, mine, theirs))
    if here is None or there is None or not any("\n" in (text or "") for text in (before, here, there)):
        return theirs, AppliedRule.PLAIN
    joined = joined_paragraphs(before or "", here, there)
    return (theirs, AppliedRule.TEXT) if joined is None else (orjson.dumps(joined).decode(), AppliedRule.JOINED)


def _text_in(value: Any) -> str | None:
    """The text that JSON says; None for anything else, and for what is no JSON."""
    try:
        said = orjson.loads(value) if isinstance(value, str) else None
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, str) else None


def most_cautious(order: Sequence[str], mine: Any, theirs: Any) -> Any:
    """The more cautious of two values; a value that the order does not know counts as the most cautious of all."""
    return min((theirs, mine), key=lambda value: _caution(order, value))


def _caution(order: Sequence[str], value: Any) -> tuple[int, tuple[int, ...]]:
    days = LATER_FIRST if LATER_FIRST in order else EARLIER_FIRST if EARLIER_FIRST in order else None
    if days is not None:
        if value is None:
            return order.index(NEVER), ()
        text = tuple(map(ord, str(value)))
        return order.index(days), text if days == EARLIER_FIRST else tuple(-sign for sign in text)
    word = str(value).lower() if isinstance(value, bool) else value
    return (order.index(word) if word in order else -1), ()


def earlier(mine: str | None, theirs: str | None) -> str | None:
    """The earlier of two ISO days; a day comes before none."""
    given = [day for day in (mine, theirs) if day]
    return min(given) if given else None


def merged_keys(base: str, mine: str, theirs: str) -> str:
    """Keys with commas between: theirs and what was added here, without what was taken away here."""
    before, here, there = (_keys(text) for text in (base, mine, theirs))
    added = [key for key in here if key not in before and key not in there]
    removed = {key for key in before if key not in here}
    return ",".join([key for key in there if key not in removed] + added)


def _keys(text: str) -> list[str]:
    return list(dict.fromkeys(key.strip() for key in text.split(",") if key.strip()))


def joined_paragraphs(base: str, mine: str, theirs: str) -> str | None:
    """Both texts' changes in one, where they are in different paragraphs; None where they touch the same place."""
    old, here, there = (text.split("\n") for text in (base, mine, theirs))
    ours, others = _changes(old, here), _changes(old, there)
    if any(_touch(one, other) for one in ours for other in others):
        return None
    lines = list(old)
    for start, end, new in sorted(ours + others, key=lambda change: change[:2], reverse=True):
        lines[start:end] = new
    return "\n".join(lines)


_Change = tuple[int, int, list[str]]


def _changes(old: list[str], new: list[str]) -> list[_Change]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(a, b, new[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _touch(one: _Change, other: _Change) -> bool:
    """Whether two changes of the same lines overlap or meet, so that their order or sense would be a guess."""
    return one[0] <= other[1] and other[0] <= one[1]
