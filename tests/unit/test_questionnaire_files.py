"""The FHIR files: those that are shipped, those that are refused, and answers that go out and come back."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from mdt_desktop.domain.answering import problems
from mdt_desktop.domain.questionnaire import Answers, ItemType, Part
from mdt_desktop.fhir.questionnaire import (
    NoSuchQuestionnaire,
    QuestionnaireContradictory,
    QuestionnaireMalformed,
    QuestionnaireUnreadable,
    load_questionnaire,
    read_questionnaire,
    shipped_questionnaire,
    shipped_questionnaires,
)
from mdt_desktop.fhir.questionnaire_response import ResponseUnreadable, from_response, to_response
from mdt_desktop.words import sentence

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def small() -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "id": "small",
        "url": "https://example.org/small",
        "version": "1",
        "title": "Small",
        "status": "active",
        "copyright": "None",
        "item": [
            {"linkId": "a", "text": "A", "type": "boolean"},
            {
                "linkId": "b",
                "text": "B",
                "type": "choice",
                "answerOption": [{"valueCoding": {"code": "x", "display": "X"}}],
                "enableWhen": [{"question": "a", "operator": "=", "answerBoolean": True}],
            },
        ],
    }


def test_four_questionnaires_are_shipped() -> None:
    assert shipped_questionnaires() == ("care-act-evidence", "joint-assessment", "ons4", "phq-9")


@pytest.mark.parametrize("name", shipped_questionnaires())
def test_a_shipped_questionnaire_names_its_licence_and_source(name: str) -> None:
    questionnaire = shipped_questionnaire(name)
    assert questionnaire.id == name
    assert questionnaire.licence
    assert questionnaire.source


def test_the_joint_assessment_has_the_six_parts_and_begins_with_what_matters() -> None:
    questionnaire = shipped_questionnaire("joint-assessment")
    assert questionnaire.parts() == (
        Part.WHAT_MATTERS,
        Part.HEALTH,
        Part.FUNCTION,
        Part.SOCIAL,
        Part.HOME,
        Part.CARER,
    )
    assert sum(item.is_question for item in questionnaire.all_items()) > 120
    assert questionnaire.part_of("ca-hours") is Part.CARER
    assert {item.type for item in questionnaire.all_items()} == set(ItemType) - {ItemType.DISPLAY}


def test_an_empty_joint_assessment_asks_for_little_before_it_is_signed() -> None:
    missing = [problem.link_id for problem in problems(shipped_questionnaire("joint-assessment"), Answers())]
    assert missing == ["mt-important", "he-allergy", "he-falls-count", "so-lives", "ca-has"]


def test_the_phq9_choices_score_nought_to_three() -> None:
    for number in range(1, 10):
        options = shipped_questionnaire("phq-9").item(f"phq9-{number}").options
        assert [option.score for option in options] == [0, 1, 2, 3]


def without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda resource: resource.pop(key)


def with_item(**more: object) -> Callable[[dict[str, Any]], object]:
    return lambda resource: resource["item"][0].update(more)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(without("copyright"), id="no licence line"),
        pytest.param(without("item"), id="no items"),
        pytest.param(with_item(type="attachment"), id="a type that is not supported"),
        pytest.param(with_item(text=" "), id="a question without words"),
        pytest.param(with_item(linkId="a b"), id="a link id with a blank"),
        pytest.param(with_item(type="choice"), id="a choice without choices"),
        pytest.param(with_item(type="group"), id="a group with nothing in it"),
        pytest.param(with_item(colour="red"), id="a field that FHIR does not know"),
        pytest.param(with_item(enableWhen=[{"question": "b", "operator": "="}]), id="a condition without a value"),
        pytest.param(
            with_item(enableWhen=[{"question": "b", "operator": "exists", "answerString": "x"}]),
            id="exists, not yes or no",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(spoil: Callable[[dict[str, Any]], object]) -> None:
    resource = small()
    spoil(resource)
    with pytest.raises(QuestionnaireMalformed) as caught:
        read_questionnaire(orjson.dumps(resource), "small.json")
    assert "small.json" in sentence(caught.value)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(with_item(linkId="b"), "the link id is used twice", id="same link id twice"),
        pytest.param(with_item(linkId="z"), "it depends on a, which is not there", id="condition on nothing"),
        pytest.param(
            with_item(enableWhen=[{"question": "b", "operator": "=", "answerCoding": {"code": "x"}}]),
            "its conditions go in a circle",
            id="a hangs on b and b on a",
        ),
        pytest.param(
            with_item(enableWhen=[{"question": "b", "operator": "=", "answerCoding": {"code": "y"}}]),
            "it depends on an answer that b does not offer",
            id="condition on a choice that is not offered",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(spoil: Callable[[dict[str, Any]], object], reason: str) -> None:
    resource = small()
    spoil(resource)
    with pytest.raises(QuestionnaireContradictory) as caught:
        read_questionnaire(orjson.dumps(resource))
    assert caught.value.values["reason"] == reason


def test_a_file_that_is_missing_or_no_json_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireUnreadable):
        load_questionnaire(tmp_path / "none.json")
    with pytest.raises(QuestionnaireUnreadable):
        read_questionnaire(b"{not json")
    with pytest.raises(NoSuchQuestionnaire):
        shipped_questionnaire("../phq-9")


def everything() -> Answers:
    return Answers(
        {
            ("mt-important", ""): "I want to get to the mosque on Fridays again.",
            ("mt-priority-what", "0"): "Walk to the shop",
            ("mt-priority-importance", "0"): 8,
            ("mt-priority-what", "3"): "See my sister",
            ("mt-written-by", ""): "My neighbour",
            ("mt-date", ""): date(2026, 11, 20),
            ("he-medicines-review", ""): "unknown",
            ("he-weight", ""): Decimal("61.5"),
            ("he-height", ""): "16x",
            ("he-allergy", ""): False,
            ("he-skin-state", "1"): "red",
            ("he-skin-state", "4"): "leg",
            ("he-format", "0"): "standard",
            ("he-format", "8"): "By text message",
            ("ca-has", ""): True,
            ("ca-name", "1"): "Invented Carer",
            ("ca-does", "1.2"): "meals",
        }
    )


def response(answers: Answers, **more: Any) -> dict[str, Any]:
    questionnaire = shipped_questionnaire("joint-assessment")
    made = to_response(
        questionnaire, answers, response_id="r1", status="in-progress", authored=NOW, subject="Patient/p1", **more
    )
    return dict(orjson.loads(orjson.dumps(made)))


def test_answers_go_out_as_fhir_and_come_back_the_same() -> None:
    read = from_response(shipped_questionnaire("joint-assessment"), response(everything(), author="Practitioner/n1"))
    assert read.answers == everything()
    assert (read.id, read.status, read.subject, read.author, read.authored) == (
        "r1",
        "in-progress",
        "Patient/p1",
        "Practitioner/n1",
        NOW,
    )


def test_the_response_is_shaped_as_fhir_has_it() -> None:
    made = response(everything())
    assert made["questionnaire"] == "https://mdt-desktop.example/fhir/Questionnaire/joint-assessment|1.0.0"
    assert made["authored"] == "2026-11-23T09:00:00Z"
    important = made["item"][0]["item"][0]
    assert (important["linkId"], list(important["answer"][0])) == ("mt-important", ["valueString"])


def test_answers_that_do_not_apply_stay_out_unless_they_are_asked_for() -> None:
    answers = Answers({("he-allergy", ""): False, ("he-allergy-what", "0"): "Penicillin"})
    questionnaire = shipped_questionnaire("joint-assessment")
    assert from_response(questionnaire, response(answers)).answers == Answers({("he-allergy", ""): False})
    assert from_response(questionnaire, response(answers, with_hidden=True)).answers == answers


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"resourceType": "Patient"}, id="a patient"),
        pytest.param({"questionnaire": "https://example.org/other|1"}, id="answers to something else"),
        pytest.param({"item": [{"linkId": "no-such"}]}, id="an unknown question"),
        pytest.param({"item": [{"text": "x"}]}, id="no link id"),
        pytest.param({"item": "x"}, id="items that are words"),
        pytest.param({"item": [{"linkId": "mt-date", "answer": [{"valueDate": "soon"}]}]}, id="a date that is none"),
        pytest.param({"item": [{"linkId": "mt-date", "answer": [{"valueAttachment": {}}]}]}, id="an attachment"),
        pytest.param({"authored": "yesterday"}, id="no time"),
    ],
)
def test_a_response_that_does_not_fit_is_refused(spoil: dict[str, object]) -> None:
    with pytest.raises(ResponseUnreadable):
        from_response(shipped_questionnaire("joint-assessment"), response(everything()) | spoil)


def test_a_status_that_fhir_does_not_know_is_refused() -> None:
    with pytest.raises(ResponseUnreadable):
        to_response(
            shipped_questionnaire("ons4"), Answers(), response_id="r", status="done", authored=NOW, subject="Patient/p"
        )
