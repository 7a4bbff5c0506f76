"""The rules of filling in a questionnaire: what applies, what is missing, what an answer may be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from mdt_desktop.domain.dates import UNKNOWN_DATE, cui_date, read_date
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.questionnaire import (
    Answers,
    Condition,
    Item,
    ItemType,
    Operator,
    Part,
    Questionnaire,
    Spot,
    Value,
    join_position,
    position_order,
)

JsonValue: TypeAlias = str | bool | int


class AnswerRequired(BadInput):
    """A required question has no answer."""

    code = "answer_required"


class AnswerNotWholeNumber(BadInput):
    """The answer is not a whole number."""

    code = "answer_not_whole_number"


class AnswerNotANumber(BadInput):
    """The answer is not a number."""

    code = "answer_not_a_number"


class AnswerTooSmall(BadInput):
    """The answer lies below the least that is allowed."""

    code = "answer_too_small"


class AnswerTooBig(BadInput):
    """The answer lies above the most that is allowed."""

    code = "answer_too_big"


class AnswerTooLong(BadInput):
    """The text is longer than allowed."""

    code = "answer_too_long"


class AnswerNotAnOption(BadInput):
    """The answer is not one of the choices."""

    code = "answer_not_an_option"


class AnswerNotYesOrNo(BadInput):
    """The answer is neither yes nor no."""

    code = "answer_not_yes_or_no"


class AnswerNotText(BadInput):
    """The answer to a text question is not text."""

    code = "answer_not_text"


class AnswerNotADate(BadInput):
    """The answer is not a finished date."""

    code = "answer_not_a_date"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: where it is, and the error whose code and values make the sentence."""

    link_id: str
    position: str
    error: BadInput

    @property
    def code(self) -> str:
        """The stable code of what is wrong."""
        return self.error.code


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the questions that apply have an answer."""

    answered: int
    asked: int


def rows_of(questionnaire: Questionnaire, group: Item, answers: Answers, prefix: str = "") -> tuple[str, ...]:
    """Positions of the rows of a repeating group that hold answers; the first row where it is required."""
    depth = questionnaire.levels(group.link_id)
    rows = {
        ".".join(position.split(".")[: depth + 1])
        for item in _inside(group)
        for position, _value in answers.of(item.link_id, prefix)
    }
    if not rows and group.required:
        rows = {join_position(prefix, 0)}
    return tuple(sorted(rows, key=position_order))


def enabled_items(questionnaire: Questionnaire, answers: Answers) -> tuple[Spot, ...]:
    """Every item that applies, in reading order, a repeating group once for each of its rows.

    An item applies when all around it applies and its own conditions hold; the answer of a question that does
    not apply counts as absent (FHIR R4 Questionnaire.item.enableWhen).
    """
    return tuple(Reading(questionnaire, answers).walk(questionnaire.items, ""))


def applicable(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """Only the answers whose questions apply: what is printed, scored and counted."""
    places = [spot for spot in enabled_items(questionnaire, answers) if spot.item.is_question]
    return Answers(
        {
            (item.link_id, place): value
            for item, position in places
            for place, value in answers.of(item.link_id, position)
        }
    )


def missing_required(questionnaire: Questionnaire, answers: Answers, part: Part | None = None) -> tuple[Spot, ...]:
    """Required questions that apply and have no answer, of the whole form or of one part."""
    return tuple(
        spot
        for spot in _spots(questionnaire, answers, part)
        if spot.item.is_question and spot.item.required and not answers.of(*_key(spot))
    )


def problems(questionnaire: Questionnaire, answers: Answers, part: Part | None = None) -> tuple[Problem, ...]:
    """Everything to put right before the form (or one part) can be signed, in reading order."""
    found: list[Problem] = []
    for item, position in _spots(questionnaire, answers, part):
        if not item.is_question:
            continue
        given = answers.of(item.link_id, position)
        if item.required and not given:
            found.append(Problem(item.link_id, position, AnswerRequired(question=item.text)))
        for place, value in given:
            error = _fault(item, value)
            if error:
                found.append(Problem(item.link_id, place, error))
    return tuple(found)


def progress(questionnaire: Questionnaire, answers: Answers, link_id: str | None = None) -> Progress:
    """Questions answered of those that apply, in the whole form or inside one of its top-level items."""
    counted = progress_of_sections(questionnaire, answers)
    if link_id is not None:
        return counted.get(link_id, Progress(0, 0))
    return Progress(
        sum(section.answered for section in counted.values()), sum(section.asked for section in counted.values())
    )


def progress_of_sections(questionnaire: Questionnaire, answers: Answers) -> dict[str, Progress]:
    """The progress of every top-level item by its link id, in one pass."""
    counted = {item.link_id: Progress(0, 0) for item in questionnaire.items}
    for item, position in enabled_items(questionnaire, answers):
        if item.is_question:
            around = questionnaire.ancestors(item.link_id)
            section = around[0].link_id if around else item.link_id
            so_far = counted[section]
            answered = bool(answers.of(item.link_id, position))
            counted[section] = Progress(so_far.answered + answered, so_far.asked + 1)
    return counted


def accept(item: Item, raw: object, today: date) -> Value | None:
    """The value that something typed or chosen stands for, None for nothing; raises BadInput with the reason.

    `today` is what date shortcuts such as `+3m` count from.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    value: Value
    if item.type is ItemType.DATE and isinstance(raw, str):
        value = read_date(raw, today)
    elif item.type is ItemType.INTEGER and isinstance(raw, str):
        value = _whole_number(item, raw)
    elif item.type is ItemType.DECIMAL and isinstance(raw, str | int | float) and not isinstance(raw, bool):
        value = _number(item, str(raw))
    elif isinstance(raw, str | bool | int | Decimal | date):
        value = raw
    else:
        raise AnswerNotText(question=item.text)
    error = _fault(item, value)
    if error:
        raise error
    return value


def draft(item: Item, raw: str, today: date) -> Value | None:
    """What to keep while somebody types: the value where the text already is one, else the text itself."""
    try:
        return accept(item, raw, today)
    except (AnswerTooSmall, AnswerTooBig):
        # The number or date is whole; that it lies outside the limits is for `problems` to say.
        return decode(item, raw.strip()) if item.type is not ItemType.INTEGER else _whole_number(item, raw)
    except BadInput:
        return raw


def encode(value: Value) -> JsonValue:
    """The value as JSON keeps it: dates as `2026-11-23`, decimals as text so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def decode(item: Item, stored: JsonValue) -> Value:
    """The value of a stored answer; an unfinished number or date stays the text that was typed."""
    if not isinstance(stored, str):
        return stored
    try:
        if item.type is ItemType.DATE:
            return date.fromisoformat(stored)
        if item.type is ItemType.DECIMAL:
            return _number(item, stored)
    except (ValueError, AnswerNotANumber):
        return stored
    return stored


def _whole_number(item: Item, raw: str) -> int:
    text = raw.strip().replace(",", "")
    digits = text[1:] if text[:1] in "+-" else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise AnswerNotWholeNumber(question=item.text, typed=raw)
    return int(text)


def _number(item: Item, raw: str) -> Decimal:
    try:
        number = Decimal(raw.strip().replace(",", ""))
    except InvalidOperation:
        raise AnswerNotANumber(question=item.text, typed=raw) from None
    if not number.is_finite() or abs(number.adjusted()) > 15 or len(number.as_tuple().digits) > 15:
        raise AnswerNotANumber(question=item.text, typed=raw)
    return number


def _fault(item: Item, value: Value) -> BadInput | None:
    if item.type in (ItemType.STRING, ItemType.TEXT):
        return _text_fault(item, value)
    if item.type is ItemType.CHOICE:
        return None if item.option(value) else AnswerNotAnOption(question=item.text)
    if item.type is ItemType.OPEN_CHOICE:
        return _text_fault(item, value)
    if item.type is ItemType.BOOLEAN:
        return None if isinstance(value, bool) else AnswerNotYesOrNo(question=item.text)
    if item.type is ItemType.DATE:
        if value == UNKNOWN_DATE:
            return None
        return _range_fault(item, value) if isinstance(value, date) else AnswerNotADate(question=item.text)
    if item.type is ItemType.INTEGER and (isinstance(value, bool) or not isinstance(value, int)):
        return AnswerNotWholeNumber(question=item.text, typed=str(value))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return AnswerNotANumber(question=item.text, typed=str(value))
    return _range_fault(item, value)


def _text_fault(item: Item, value: Value) -> BadInput | None:
    if not isinstance(value, str):
        return AnswerNotText(question=item.text)
    if item.max_length is not None and len(value) > item.max_length:
        return AnswerTooLong(question=item.text, maximum=item.max_length, length=len(value))
    return None


def _range_fault(item: Item, value: Value) -> BadInput | None:
    if item.minimum is not None and _compare(value, item.minimum, Operator.LESS):
        return AnswerTooSmall(question=item.text, minimum=_shown(item.minimum))
    if item.maximum is not None and _compare(value, item.maximum, Operator.MORE):
        return AnswerTooBig(question=item.text, maximum=_shown(item.maximum))
    return None


def _shown(limit: Decimal | date) -> str:
    return cui_date(limit) if isinstance(limit, date) else f"{limit:,f}"


def _compare(left: Value, right: Value, operator: Operator) -> bool:
    if operator is Operator.EQUAL:
        return left == right and isinstance(left, bool) == isinstance(right, bool)
    if operator is Operator.NOT_EQUAL:
        return not _compare(left, right, Operator.EQUAL)
    order = _order(left, right)
    if order is None:
        return False
    return {
        Operator.MORE: order > 0,
        Operator.LESS: order < 0,
        Operator.AT_LEAST: order >= 0,
        Operator.AT_MOST: order <= 0,
    }[operator]


def _order(left: Value, right: Value) -> int | None:
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    if isinstance(left, bool | str | date) or isinstance(right, bool | str | date):
        return None
    return (left > right) - (left < right)


class Reading:
    """One pass over a questionnaire with one set of answers; remembers what it found to apply."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers) -> None:
        self._questionnaire = questionnaire
        self._answers = answers
        self._known: dict[tuple[str, str], bool] = {}

    def walk(self, items: Iterable[Item], prefix: str) -> Iterator[Spot]:
        """The items that apply within the row `prefix`, in reading order."""
        for item in items:
            if not self.applies(item, prefix):
                continue
            if item.type is ItemType.GROUP and item.repeats:
                for row in rows_of(self._questionnaire, item, self._answers, prefix):
                    yield Spot(item, row)
                    yield from self.walk(item.items, row)
            else:
                yield Spot(item, prefix)
                yield from self.walk(item.items, prefix)

    def applies(self, item: Item, prefix: str) -> bool:
        """Whether the item's own conditions hold in the row `prefix`; what is around it is not looked at."""
        known = self._known.get((item.link_id, prefix))
        if known is None:
            held = [self._holds(condition, prefix) for condition in item.conditions]
            known = not held or (any(held) if item.any_condition else all(held))
            self._known[(item.link_id, prefix)] = known
        return known

    def _applies_with_all_around(self, link_id: str, prefix: str) -> bool:
        around = (*self._questionnaire.ancestors(link_id), self._questionnaire.item(link_id))
        return all(
            self.applies(item, _shared_prefix(prefix, self._questionnaire.levels(item.link_id))) for item in around
        )

    def _holds(self, condition: Condition, prefix: str) -> bool:
        shared = _shared_prefix(prefix, self._questionnaire.levels(condition.question))
        given = [
            value
            for position, value in self._answers.of(condition.question, shared)
            if self._applies_with_all_around(condition.question, position)
        ]
        if condition.operator is Operator.EXISTS:
            return bool(given) is condition.value
        return any(_compare(value, condition.value, condition.operator) for value in given)


def _spots(questionnaire: Questionnaire, answers: Answers, part: Part | None) -> Iterator[Spot]:
    for spot in enabled_items(questionnaire, answers):
        if part is None or questionnaire.part_of(spot.item.link_id) is part:
            yield spot


def _key(spot: Spot) -> tuple[str, str]:
    return spot.item.link_id, spot.position


def _inside(group: Item) -> Iterator[Item]:
    for item in group.items:
        yield item
        yield from _inside(item)


def _shared_prefix(prefix: str, levels: int) -> str:
    return ".".join(prefix.split(".")[:levels]) if prefix else ""
