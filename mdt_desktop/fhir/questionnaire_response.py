"""Answers as a FHIR R4 QuestionnaireResponse, and back again without loss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from mdt_desktop.domain.answering import enabled_items, rows_of
from mdt_desktop.domain.dates import UNKNOWN_DATE
from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.questionnaire import (
    Answers,
    Item,
    ItemType,
    Questionnaire,
    Value,
    join_position,
    position_order,
)

ROW_EXTENSION: Final = "https://mdt-desktop.example/fhir/StructureDefinition/answer-row"
_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "valueBoolean": (bool,),
    "valueInteger": (int,),
    "valueDecimal": (int, float),
    "valueString": (str,),
}
_MOST_ROWS: Final = 10_000
_STATUSES: Final = frozenset({"in-progress", "completed", "amended", "stopped", "entered-in-error"})


class ResponseUnreadable(BadInput):
    """The resource is not a QuestionnaireResponse to this questionnaire; `reason` says why."""

    code = "questionnaire_response_unreadable"


@dataclass(frozen=True, slots=True)
class Response:
    """What a QuestionnaireResponse says about itself, with its answers."""

    id: str
    status: str
    authored: datetime | None
    subject: str
    author: str
    answers: Answers


def to_response(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    response_id: str,
    status: str,
    authored: datetime,
    subject: str,
    author: str = "",
    with_hidden: bool = False,
) -> dict[str, object]:
    """A FHIR R4 QuestionnaireResponse of the answers that apply; references read `Patient/…`.

    `with_hidden` also keeps answers to questions that do not apply now, for our own exchange. A number
    or date not finished goes as text, so nothing typed is lost. Raises ResponseUnreadable for a status
    that FHIR does not know.
    """
    if status not in _STATUSES:
        raise ResponseUnreadable(reason=f"status {status}")
    response: dict[str, object] = {
        "resourceType": "QuestionnaireResponse",
        "id": response_id,
        "questionnaire": f"{questionnaire.url}|{questionnaire.version}",
        "status": status,
        "subject": {"reference": subject},
        "authored": authored.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    if author:
        response["author"] = {"reference": author}
    writer = _Writer(questionnaire, answers, with_hidden)
    items = writer.lines(questionnaire.items, "")
    if items:
        response["item"] = items
    return response


def from_response(questionnaire: Questionnaire, resource: object) -> Response:
    """Read a QuestionnaireResponse to this questionnaire (any version); raises ResponseUnreadable.

    Nothing of it is guessed: an answer of the wrong kind, in the wrong place or given twice refuses the whole.
    """
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "QuestionnaireResponse":
        raise ResponseUnreadable(reason="not a QuestionnaireResponse")
    if str(resource.get("questionnaire", "")).partition("|")[0] != questionnaire.url:
        raise ResponseUnreadable(reason="another questionnaire")
    if str(resource.get("status")) not in _STATUSES:
        raise ResponseUnreadable(reason="no known status")
    try:
        answers: dict[tuple[str, str], Value] = {}
        for place, value in _read_lines(questionnaire, resource.get("item", ()), ""):
            if place in answers:
                raise ResponseUnreadable(reason=f"{place[0]} is answered twice")
            answers[place] = value
        return Response(
            id=_text(resource.get("id", "")),
            status=_text(resource["status"]),
            authored=_moment(resource.get("authored")),
            subject=_text(resource.get("subject", {}).get("reference", "")),
            author=_text(resource.get("author", {}).get("reference", "")),
            answers=Answers(answers),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, StopIteration) as problem:
        raise ResponseUnreadable(reason=type(problem).__name__) from None


def _text(value: object) -> str:
    """A text that can be stored and sent; a half character, as a broken escape leaves it, raises ValueError."""
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    return value


def _moment(value: object) -> datetime | None:
    """An aware moment; one without a zone, such as a day alone, is taken as UTC."""
    if not value:
        return None
    found = datetime.fromisoformat(_text(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class _Writer:
    """Writes the lines of one response."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers, with_hidden: bool) -> None:
        self._questionnaire = questionnaire
        self._answers = answers
        self._shown = {(spot.item.link_id, spot.position) for spot in enabled_items(questionnaire, answers)}
        self._with_hidden = with_hidden

    def lines(self, items: tuple[Item, ...], prefix: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for item in items:
            if item.type is ItemType.GROUP and item.repeats:
                for row in rows_of(self._questionnaire, item, self._answers, prefix):
                    found += self._line(item, row)
            else:
                found += self._line(item, prefix)
        return found

    def _line(self, item: Item, prefix: str) -> list[dict[str, object]]:
        if not self._with_hidden and (item.link_id, prefix) not in self._shown:
            return []
        line: dict[str, object] = {"linkId": item.link_id, "text": item.text}
        if item.type is ItemType.GROUP and item.repeats:
            line["extension"] = [_row_extension(prefix)]
        given = self._answers.of(item.link_id, prefix) if item.is_question else ()
        if given:
            line["answer"] = [_answer(item, position, value) for position, value in given]
        children = self.lines(item.items, prefix)
        if children and given:
            # FHIR nests what is asked under an answer inside that answer.
            first = line["answer"]
            if isinstance(first, list):
                first[0]["item"] = children
        elif children:
            line["item"] = children
        return [line] if given or children else []


def _answer(item: Item, position: str, value: Value) -> dict[str, object]:
    answer: dict[str, object] = {}
    if item.repeats:
        answer["extension"] = [_row_extension(position)]
    option = item.option(value) if item.is_choice else None
    if option:
        answer["valueCoding"] = {"code": option.code, "display": option.text}
    elif isinstance(value, bool):
        answer["valueBoolean"] = value
    elif isinstance(value, int):
        answer["valueInteger"] = value
    elif isinstance(value, Decimal):
        # orjson writes no Decimal; 15 digits, the most that is accepted, survive the way through a float.
        answer["valueDecimal"] = float(value)
    elif isinstance(value, date):
        answer["valueDate"] = value.isoformat()
    elif item.type is ItemType.DATE and value == UNKNOWN_DATE:
        answer["_valueDate"] = {"extension": [{"url": _ABSENT, "valueCode": "unknown"}]}
    else:
        answer["valueString"] = value
    return answer


def _row_extension(position: str) -> dict[str, object]:
    return {"url": ROW_EXTENSION, "valueInteger": position_order(position)[-1]}


def _read_lines(
    questionnaire: Questionnaire, lines: list[Mapping[str, Any]], prefix: str
) -> Iterator[tuple[tuple[str, str], Value]]:
    counted: dict[str, int] = {}
    for line in lines:
        item = questionnaire.item(line["linkId"]) if line["linkId"] in questionnaire else None
        if item is None:
            raise ResponseUnreadable(reason=f"unknown question {line['linkId']}")
        place = prefix
        if item.type is ItemType.GROUP and item.repeats:
            place = join_position(prefix, _row(line, counted.get(item.link_id, 0)))
            counted[item.link_id] = counted.get(item.link_id, 0) + 1
        for number, answer in enumerate(line.get("answer", ())):
            value = _read_value(item, answer)
            row = _option_place(item, value) if item.is_choice else number
            position = join_position(place, _row(answer, row)) if item.repeats else place
            levels = questionnaire.levels(item.link_id) + item.repeats
            if not item.is_question or len(position_order(position)) != levels:
                raise ResponseUnreadable(reason=f"an answer to {item.link_id} in the wrong place")
            yield (item.link_id, position), value
            yield from _read_lines(questionnaire, answer.get("item", ()), place)
        yield from _read_lines(questionnaire, line.get("item", ()), place)


def _option_place(item: Item, value: Value) -> int:
    return next(
        (place for place, option in enumerate(item.options) if option.code == value), len(item.options)
    )


def _row(line: Mapping[str, Any], otherwise: int) -> int:
    for extension in line.get("extension", ()):
        if extension["url"] == ROW_EXTENSION:
            row = extension["valueInteger"]
            if type(row) is not int or not 0 <= row < _MOST_ROWS:
                raise ValueError
            return row
    return otherwise


def _read_value(item: Item, answer: Mapping[str, Any]) -> Value:
    if "_valueDate" in answer:
        return UNKNOWN_DATE
    name, value = next((name, value) for name, value in answer.items() if name.startswith("value"))
    if name == "valueCoding":
        return _text(value["code"])
    if name == "valueDate":
        return date.fromisoformat(_text(value))
    if name not in _KINDS or type(value) not in _KINDS[name]:
        raise ResponseUnreadable(reason=name)
    if name == "valueString":
        return _text(value)
    if name == "valueDecimal" or (name == "valueInteger" and item.type is ItemType.DECIMAL):
        number = Decimal(str(value))
        if not number.is_finite():
            raise ResponseUnreadable(reason=name)
        return number
    found: Value = value
    return found
