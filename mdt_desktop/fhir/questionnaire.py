"""FHIR R4 Questionnaire files read into the program's own questionnaires, or refused with a typed error."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import jsonschema_rs
import orjson

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.questionnaire import (
    Condition,
    Item,
    ItemType,
    Operator,
    Option,
    Part,
    Questionnaire,
    Value,
)
from mdt_desktop.paths import resources_dir

# What orjson returns is only known to be JSON; the schema proves its shape before anything is read from it.
Json: TypeAlias = Mapping[str, Any]

PART_EXTENSION: Final = "https://mdt-desktop.example/fhir/StructureDefinition/assessment-part"
SOURCE_EXTENSION: Final = "https://mdt-desktop.example/fhir/StructureDefinition/questionnaire-source"
_FHIR: Final = "http://hl7.org/fhir/StructureDefinition/"
_SCORES: Final = (f"{_FHIR}ordinalValue", f"{_FHIR}itemWeight")
_EXCLUSIVE: Final = f"{_FHIR}questionnaire-optionExclusive"
_ORIENTATION: Final = f"{_FHIR}questionnaire-choiceOrientation"
_CONTROL: Final = f"{_FHIR}questionnaire-itemControl"
_UNIT: Final = f"{_FHIR}questionnaire-unit"
MOST_LEVELS: Final = 20
MOST_LINES: Final = 5_000
MOST_IN_A_ROW: Final = 100
"""Far beyond any form; what is larger is damaged or meant to do damage."""

_WORDS_BESIDE: Final = frozenset({"help", "lower", "upper"})


class QuestionnaireUnreadable(BadInput):
    """The file is missing or is no JSON."""

    code = "questionnaire_unreadable"


class QuestionnaireMalformed(BadInput):
    """The JSON is not a Questionnaire of the supported kind; `path` says where, `reason` why."""

    code = "questionnaire_malformed"


class QuestionnaireContradictory(BadInput):
    """Each line is well formed but they do not fit together; `link_id` says where, `reason` why."""

    code = "questionnaire_contradictory"


class NoSuchQuestionnaire(BadInput):
    """No questionnaire of this name is shipped."""

    code = "questionnaire_not_found"


def shipped_questionnaires() -> tuple[str, ...]:
    """The names of the questionnaires that come with the program."""
    return tuple(sorted(path.stem for path in (resources_dir() / "questionnaires").glob("*.json")))


@cache
def shipped_questionnaire(name: str) -> Questionnaire:
    """One questionnaire that comes with the program, read once; raises NoSuchQuestionnaire."""
    if name not in shipped_questionnaires():
        raise NoSuchQuestionnaire(name=name)
    return load_questionnaire(resources_dir() / "questionnaires" / f"{name}.json")


def load_questionnaire(path: Path) -> Questionnaire:
    """Read and check one file; raises QuestionnaireUnreadable, QuestionnaireMalformed or …Contradictory."""
    try:
        content = path.read_bytes()
    except OSError:
        raise QuestionnaireUnreadable(file=path.name) from None
    return read_questionnaire(content, path.name)


def read_questionnaire(content: bytes, file: str = "") -> Questionnaire:
    """Read and check the bytes of a FHIR R4 Questionnaire; `file` is named in errors."""
    try:
        resource = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise QuestionnaireUnreadable(file=file) from None
    error = next(_validator().iter_errors(resource), None)
    if error is not None:
        path = "/".join(str(step) for step in error.instance_path) or "top"
        # It quotes what the file holds, which may be signs that hide or turn the words around them.
        reason = "".join(sign if sign.isprintable() else "?" for sign in error.message[:200])
        raise QuestionnaireMalformed(file=file, path=path, reason=reason)
    _check_size(resource, file)
    questionnaire = Questionnaire(
        id=resource["id"],
        url=resource["url"],
        version=resource["version"],
        title=resource["title"],
        items=_items(resource["item"], file),
        description=resource.get("description", ""),
        licence=resource["copyright"],
        source=_extension(resource, SOURCE_EXTENSION) or "",
    )
    _check(questionnaire, resource, file)
    return questionnaire


@cache
def _validator() -> jsonschema_rs.Draft7Validator:
    schema = orjson.loads((resources_dir() / "schemas" / "questionnaire.json").read_bytes())
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def _items(lines: Sequence[Json], file: str) -> tuple[Item, ...]:
    return tuple(_item(line, file) for line in lines if _control(line) not in _WORDS_BESIDE)


def _item(line: Json, file: str) -> Item:
    beside = {_control(child): child["text"] for child in line.get("item", ())}
    item_type = ItemType(line["type"])
    return Item(
        link_id=line["linkId"],
        text=line["text"],
        type=item_type,
        required=line.get("required", False),
        repeats=line.get("repeats", False),
        options=tuple(_option(option) for option in line.get("answerOption", ())),
        conditions=tuple(_condition(condition) for condition in line.get("enableWhen", ())),
        any_condition=line.get("enableBehavior") == "any",
        initial=_value(line["initial"][0], "value") if "initial" in line else None,
        max_length=line.get("maxLength"),
        minimum=_limit(line, "minValue"),
        maximum=_limit(line, "maxValue"),
        unit=(_extension(line, _UNIT) or {}).get("display", ""),
        part=_part(line, file),
        help=beside.get("help", ""),
        horizontal=_extension(line, _ORIENTATION) == "horizontal",
        lower_label=beside.get("lower", ""),
        upper_label=beside.get("upper", ""),
        items=_items(line.get("item", ()), file),
    )


def _option(line: Json) -> Option:
    coding = line["valueCoding"]
    score = next(
        (_extension(place, url) for place in (line, coding) for url in _SCORES if _has(place, url)), None
    )
    return Option(
        code=coding["code"],
        text=coding["display"],
        score=None if score is None else Decimal(str(score)),
        exclusive=bool(_extension(line, _EXCLUSIVE)),
    )


def _condition(line: Json) -> Condition:
    return Condition(line["question"], Operator(line["operator"]), _value(line, "answer"))


def _value(line: Json, start: str) -> Value:
    """The one `valueX` or `answerX` of a line."""
    name, value = next((name, value) for name, value in line.items() if name.startswith(start))
    kind = name.removeprefix(start)
    if kind == "Coding":
        return str(value["code"])
    if kind == "Date":
        return date.fromisoformat(value)
    if kind == "Decimal":
        return Decimal(str(value))
    found: Value = value
    return found


def _limit(line: Json, name: str) -> Decimal | date | None:
    value = _extension(line, _FHIR + name)
    if value is None:
        return None
    return date.fromisoformat(value) if isinstance(value, str) else Decimal(str(value))


def _part(line: Json, file: str) -> Part | None:
    code = _extension(line, PART_EXTENSION)
    if code is None:
        return None
    try:
        return Part(code)
    except ValueError:
        raise QuestionnaireContradictory(file=file, link_id=line["linkId"], reason="unknown part") from None


def _control(line: Json) -> str:
    concept = _extension(line, _CONTROL)
    return str(concept["coding"][0]["code"]) if concept else ""


def _has(line: Json, url: str) -> bool:
    return any(extension["url"] == url for extension in line.get("extension", ()))


def _extension(line: Json, url: str) -> Any:
    for extension in line.get("extension", ()):
        if extension["url"] == url:
            return next(value for name, value in extension.items() if name != "url")
    return None


def _check_size(resource: Json, file: str) -> None:
    """Refuse what is nested or long beyond any real form, before anything follows its lines into the depth."""
    lines = [(line, 1) for line in resource["item"]]
    for seen, (line, level) in enumerate(lines):
        if level > MOST_LEVELS or seen >= MOST_LINES:
            reason = f"there are more than {MOST_LEVELS} levels or {MOST_LINES} lines"
            raise QuestionnaireContradictory(file=file, link_id=line["linkId"], reason=reason)
        lines += [(inner, level + 1) for inner in line.get("item", ())]


def _check(questionnaire: Questionnaire, resource: Json, file: str) -> None:
    """What a schema cannot see: unique ids, conditions that point somewhere and never in a circle."""
    seen: set[str] = set()
    for link_id in _link_ids(resource["item"]):
        if link_id in seen:
            raise QuestionnaireContradictory(file=file, link_id=link_id, reason="the link id is used twice")
        seen.add(link_id)
    for item in questionnaire.all_items():
        for condition in item.conditions:
            _check_condition(questionnaire, item, condition, file)
        codes = [option.code for option in item.options]
        if len(set(codes)) != len(codes):
            raise QuestionnaireContradictory(
                file=file, link_id=item.link_id, reason="a choice has the same code as another"
            )
        if item.initial is not None and item.type is ItemType.CHOICE and not item.option(item.initial):
            raise QuestionnaireContradictory(
                file=file, link_id=item.link_id, reason="the first answer is not one of the choices"
            )
    _check_circles(questionnaire, file)


def _check_condition(questionnaire: Questionnaire, item: Item, condition: Condition, file: str) -> None:
    if condition.question not in questionnaire:
        reason = f"it depends on {condition.question}, which is not there"
    elif not questionnaire.item(condition.question).is_question:
        reason = f"it depends on {condition.question}, which has no answer"
    elif (
        questionnaire.item(condition.question).type is ItemType.CHOICE
        and condition.operator is not Operator.EXISTS
        and not questionnaire.item(condition.question).option(condition.value)
    ):
        reason = f"it depends on an answer that {condition.question} does not offer"
    else:
        return
    raise QuestionnaireContradictory(file=file, link_id=item.link_id, reason=reason)


def _check_circles(questionnaire: Questionnaire, file: str) -> None:
    """No line may depend on itself, nor on so many others in a row that following them would never end."""
    depth: dict[str, int] = {}
    for item in questionnaire.all_items():
        way = [(item.link_id, iter(_needs(questionnaire, item.link_id)))]
        on_the_way = {item.link_id}
        while way:
            link_id, needs = way[-1]
            need = next(needs, None)
            if need is None:
                known = [depth[it] for it in _needs(questionnaire, link_id)]
                depth[link_id] = 1 + max(known, default=0)
                if depth[link_id] > MOST_IN_A_ROW:
                    reason = f"it depends on more than {MOST_IN_A_ROW} others in a row"
                    raise QuestionnaireContradictory(file=file, link_id=link_id, reason=reason)
                on_the_way.remove(link_id)
                way.pop()
            elif need in on_the_way:
                raise QuestionnaireContradictory(file=file, link_id=need, reason="its conditions go in a circle")
            elif need not in depth:
                on_the_way.add(need)
                way.append((need, iter(_needs(questionnaire, need))))


def _needs(questionnaire: Questionnaire, link_id: str) -> list[str]:
    """What must be known before it is known whether a line applies."""
    conditions = questionnaire.item(link_id).conditions
    return [*(it.link_id for it in questionnaire.ancestors(link_id)), *(it.question for it in conditions)]


def _link_ids(lines: Sequence[Json]) -> Iterator[str]:
    for line in lines:
        yield line["linkId"]
        yield from _link_ids(line.get("item", ()))
