"""A thousand damaged questionnaires and as many answers: read or refused in words, with nothing half taken (R28)."""

import json
import random
import time
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdt_desktop.domain.answering import (
    decode,
    enabled_items,
    encode,
    missing_required,
    problems,
    progress_of_sections,
)
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.questionnaire import Answers, Questionnaire
from mdt_desktop.fhir.questionnaire import (
    MOST_IN_A_ROW,
    MOST_LEVELS,
    MOST_LINES,
    QuestionnaireContradictory,
    read_questionnaire,
    shipped_questionnaire,
    shipped_questionnaires,
)
from mdt_desktop.fhir.questionnaire_response import ResponseUnreadable, from_response, to_response
from mdt_desktop.paths import resources_dir
from mdt_desktop.words import sentence
from tests.helpers.mutations import injured_json, injured_text
from tests.unit.test_questionnaire_files import NOW, everything, response

ORDINARY, SOAK = 1_000, 20_000
MOST_SECONDS = 5.0
"""Of the processor, for one file."""

FILES = {name: (resources_dir() / "questionnaires" / f"{name}.json").read_bytes() for name in shipped_questionnaires()}
SMALL = ("ons4", "phq-9")


def damaged_questionnaire(number: int) -> bytes:
    """Bytes or values of a shipped one with one to four injuries; mostly the small ones, which every part of is in."""
    chance = random.Random(number)
    name = chance.choice(list(FILES) if number % 10 == 0 else SMALL)
    if number % 4 == 0:
        return injured_text(FILES[name], chance)
    value = injured_json(orjson.loads(FILES[name]), chance)
    return json.dumps(value).encode("utf-8", "surrogatepass")


def use(questionnaire: Questionnaire, answers: Answers) -> None:
    """All that the form asks of a questionnaire with answers."""
    enabled_items(questionnaire, answers)
    missing_required(questionnaire, answers)
    progress_of_sections(questionnaire, answers)
    assert all(sentence(it.error) for it in problems(questionnaire, answers))


def read_many(count: int) -> Counter[str]:
    """Read as many damaged questionnaires, and use those that are good; how each ended."""
    ended: Counter[str] = Counter()
    for number in range(count):
        content, start = damaged_questionnaire(number), time.thread_time()
        try:
            use(read_questionnaire(content, "damaged.json"), Answers())
            ended["read"] += 1
        except MdtError as refused:
            ended[type(refused).code] += 1
            told = sentence(refused)
            if len(told) < 20 or not told.isprintable():
                ended[f"told as {told!r}"] += 1
        assert time.thread_time() - start < MOST_SECONDS, f"questionnaire {number}"
    return ended


_REFUSALS = {"read", "questionnaire_unreadable", "questionnaire_malformed", "questionnaire_contradictory"}


def test_a_thousand_damaged_questionnaires_are_read_or_refused_in_words() -> None:
    ended = read_many(ORDINARY)
    assert set(ended) == _REFUSALS
    assert ended["read"] > 20


@pytest.mark.soak
@pytest.mark.timeout(7_200)
def test_very_many_damaged_questionnaires_are_read_or_refused_in_words() -> None:
    assert set(read_many(SOAK)) == _REFUSALS


def answer_many(count: int) -> Counter[str]:
    """Read as many damaged answers; what is taken can be used, stored, sent and read back without loss."""
    questionnaire = shipped_questionnaire("joint-assessment")
    whole = response(everything(), with_hidden=True)
    ended: Counter[str] = Counter()
    for number in range(count):
        damaged, start = injured_json(whole, random.Random(number)), time.thread_time()
        try:
            found = from_response(questionnaire, damaged)
        except ResponseUnreadable as refused:
            ended["refused"] += 1
            ended["untold"] += len(sentence(refused)) < 20
        else:
            ended["read"] += 1
            use(questionnaire, found.answers)
            for (link_id, _), value in found.answers.values.items():
                item = questionnaire.item(link_id)
                assert decode(item, json.loads(json.dumps(encode(value)))) is not None, number
            assert read_back(questionnaire, found.answers) == found.answers, number
        assert time.thread_time() - start < MOST_SECONDS, f"answers {number}"
    return ended


def read_back(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """The answers after they were sent and read again."""
    sent = to_response(
        questionnaire, answers, response_id="r", status="completed", authored=NOW, subject="Patient/p", with_hidden=True
    )
    return from_response(questionnaire, orjson.loads(orjson.dumps(sent))).answers


def test_a_thousand_damaged_answers_are_read_without_loss_or_refused_in_words() -> None:
    ended = answer_many(ORDINARY)
    assert ended["read"] > 100
    assert ended["refused"] > 400
    assert ended["untold"] == 0


@pytest.mark.soak
@pytest.mark.timeout(7_200)
def test_very_many_damaged_answers_are_read_without_loss_or_refused_in_words() -> None:
    assert answer_many(SOAK)["untold"] == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200)
@given(content=st.one_of(st.binary(max_size=500), _JSON.map(lambda value: json.dumps(value).encode())))
def test_any_bytes_are_no_questionnaire_and_told_so(content: bytes) -> None:
    with pytest.raises(MdtError) as refused:
        read_questionnaire(content, "any.json")
    assert sentence(refused.value)


@settings(max_examples=200)
@given(top=_JSON, item=_JSON, answer=_JSON, kind=st.sampled_from(["String", "Date", "Integer", "Decimal", "Coding"]))
def test_any_values_in_a_response_are_read_or_refused(top: Any, item: Any, answer: Any, kind: str) -> None:
    questionnaire = shipped_questionnaire("joint-assessment")
    lines = [{"linkId": "mt-important", "answer": [{f"value{kind}": answer}]}, item]
    for damaged in (top, response(everything()) | {"item": lines}, response(everything()) | {"authored": item}):
        try:
            use(questionnaire, from_response(questionnaire, damaged).answers)
        except ResponseUnreadable as refused:
            told = sentence(refused)
            if not told:
                pytest.fail("refused without words")


def a_form(items: list[dict[str, Any]]) -> bytes:
    base = {key: value for key, value in orjson.loads(FILES["phq-9"]).items() if key != "item"}
    return json.dumps(base | {"item": items}).encode()


def nested(levels: int) -> list[dict[str, Any]]:
    item: dict[str, Any] = {"linkId": "q", "text": "q", "type": "string"}
    for number in range(levels - 1):
        item = {"linkId": f"g{number}", "text": "g", "type": "group", "item": [item]}
    return [item]


def in_a_row(count: int, *, backwards: bool) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [{"linkId": "q0", "text": "q", "type": "boolean"}]
    items += [
        {
            "linkId": f"q{number}", "text": "q", "type": "boolean",
            "enableWhen": [{"question": f"q{number - 1}", "operator": "=", "answerBoolean": True}],
        }
        for number in range(1, count)
    ]  # fmt: skip
    return items[::-1] if backwards else items


def flat(count: int) -> list[dict[str, Any]]:
    return [{"linkId": f"q{number}", "text": "q", "type": "string"} for number in range(count)]


@pytest.mark.parametrize(
    ("fits", "too_large"),
    [
        pytest.param(nested(MOST_LEVELS), nested(MOST_LEVELS + 1), id="levels"),
        pytest.param(nested(2), nested(300), id="three hundred levels"),
        pytest.param(
            in_a_row(MOST_IN_A_ROW, backwards=True), in_a_row(MOST_IN_A_ROW + 1, backwards=True), id="in a row"
        ),
        pytest.param(in_a_row(2, backwards=False), in_a_row(3_000, backwards=False), id="three thousand in a row"),
        pytest.param(in_a_row(2, backwards=True), in_a_row(3_000, backwards=True), id="three thousand, last first"),
        pytest.param(flat(MOST_LINES), flat(MOST_LINES + 1), id="lines"),
    ],
)
def test_a_questionnaire_larger_than_any_form_is_refused_before_it_is_followed(
    fits: list[dict[str, Any]], too_large: list[dict[str, Any]]
) -> None:
    use(read_questionnaire(a_form(fits)), Answers())
    with pytest.raises(QuestionnaireContradictory) as refused:
        read_questionnaire(a_form(too_large))
    assert "more than" in sentence(refused.value)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([{"valueString": ["a"]}], id="a list where a text should be"),
        pytest.param([{"valueString": "a \ud83d half"}], id="half a character"),
        pytest.param([{"valueDecimal": float("nan")}], id="not a number"),
        pytest.param([{"valueString": "one"}, {"valueString": "two"}], id="two answers where one fits"),
    ],
)
def test_an_answer_that_could_not_be_kept_as_it_came_refuses_the_whole(answer: list[dict[str, Any]]) -> None:
    damaged = response(everything()) | {"item": [{"linkId": "mt-important", "answer": answer}]}
    with pytest.raises(ResponseUnreadable):
        from_response(shipped_questionnaire("joint-assessment"), damaged)
