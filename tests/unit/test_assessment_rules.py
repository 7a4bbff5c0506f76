"""The rules of an assessment: its parts, signing, completing, and what changed since last time."""

from datetime import date

import pytest

from mdt_desktop.domain.answering import Progress
from mdt_desktop.domain.assessment import (
    AssessmentIsEmpty,
    FormPart,
    PartHasProblems,
    PartIsEmpty,
    PartsNotSigned,
    PartState,
    PartStatus,
    answers_of,
    form_parts,
    part_of,
    part_problems,
    part_status,
    require_completable,
    require_signable,
    unsigned_parts,
)
from mdt_desktop.domain.assessment_change import ons4_change, phq9_change
from mdt_desktop.domain.questionnaire import Answers, Part
from mdt_desktop.domain.scoring import score_ons4, score_phq9
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.services.assessment_reading import OFFERED
from mdt_desktop.words import vocabulary, words

JOINT = shipped_questionnaire("joint-assessment")
PHQ9 = shipped_questionnaire("phq-9")
ONS4 = shipped_questionnaire("ons4")
CHOICES = ("not-at-all", "several-days", "more-than-half", "nearly-every-day")


def phq9(*scores: int | None) -> Answers:
    return Answers(
        {(f"phq9-{place}", ""): CHOICES[score] for place, score in enumerate(scores, start=1) if score is not None}
    )


def ons4(**scores: int) -> Answers:
    return Answers({(name, ""): str(score) for name, score in scores.items()})


def a_part(status: PartStatus, name: str = "Health") -> PartState:
    return PartState(FormPart(name.lower(), name, name.lower()), status, Progress(0, 5))


@pytest.mark.parametrize(
    ("answered", "signed", "changed", "expected"),
    [
        pytest.param(0, False, False, PartStatus.EMPTY, id="nothing answered"),
        pytest.param(1, False, False, PartStatus.STARTED, id="answered, not signed"),
        pytest.param(1, True, False, PartStatus.SIGNED, id="signed"),
        pytest.param(1, True, True, PartStatus.CHANGED_SINCE_SIGNED, id="signed and then changed"),
        pytest.param(0, True, True, PartStatus.CHANGED_SINCE_SIGNED, id="signed and then emptied"),
    ],
)
def test_a_part_stands_where_its_answers_and_its_signature_say(
    answered: int, signed: bool, changed: bool, expected: PartStatus
) -> None:
    assert part_status(answered, signed, changed) is expected


def test_the_joint_assessment_has_one_part_for_each_contributor() -> None:
    assert [part.key for part in form_parts(JOINT)] == [part.value for part in JOINT.parts()]
    assert {part.key for part in form_parts(JOINT)} == {part.value for part in Part}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("care-act-evidence", [("adult", "The person"), ("carer", "The carer")], id="care act"),
        pytest.param("phq-9", [("phq9", "PHQ-9, mood over the last two weeks")], id="a long introduction is no name"),
        pytest.param("ons4", [("ons4", "ONS4, personal wellbeing")], id="ons4"),
    ],
)
def test_a_form_without_contributors_is_signed_by_its_sections(name: str, expected: list[tuple[str, str]]) -> None:
    assert [(part.key, part.name) for part in form_parts(shipped_questionnaire(name))] == expected


@pytest.mark.parametrize(
    ("link_id", "part"),
    [
        pytest.param("he-summary", "health", id="a question"),
        pytest.param("he-condition-name", "health", id="a question in rows"),
        pytest.param("health", "health", id="the section itself"),
        pytest.param("gone-in-this-version", "", id="a question this version does not have"),
    ],
)
def test_a_question_belongs_to_the_part_it_stands_in(link_id: str, part: str) -> None:
    assert part_of(JOINT, link_id) == part


def test_a_stored_answer_to_a_question_of_another_version_is_kept_as_it_is() -> None:
    answers = answers_of(JOINT, {("gone", ""): "2026-01-02", ("mt-date", ""): "2026-01-02"})
    assert answers.get("gone") == "2026-01-02"
    assert answers.get("mt-date") == date(2026, 1, 2)


def test_an_empty_part_cannot_be_signed() -> None:
    with pytest.raises(PartIsEmpty):
        require_signable(JOINT, Answers(), "health")


def test_a_part_that_the_form_does_not_have_cannot_be_signed() -> None:
    with pytest.raises(PartIsEmpty):
        require_signable(JOINT, Answers({("he-summary", ""): "Stable"}), "attic")


def test_a_part_with_a_missing_required_answer_cannot_be_signed() -> None:
    answers = Answers({("mt-worries", ""): "Falling"})
    with pytest.raises(PartHasProblems) as refused:
        require_signable(JOINT, answers, "what_matters")
    assert refused.value.values["problems"] == 1


def test_problems_of_other_parts_do_not_keep_a_part_from_being_signed() -> None:
    answers = Answers({("mt-important", ""): "Fridays at the mosque", ("ho-summary", ""): "Fine"})
    assert part_problems(JOINT, answers, "what_matters") == ()
    require_signable(JOINT, answers, "what_matters")
    assert {problem.link_id for problem in part_problems(JOINT, answers, "health")} == {"he-allergy", "he-falls-count"}


def test_only_what_is_answered_and_not_signed_as_it_stands_is_asked_for() -> None:
    states = [a_part(status, status.value) for status in PartStatus]
    assert [state.part.name for state in unsigned_parts(states)] == ["started", "changed_since_signed"]


def test_an_assessment_without_answers_cannot_be_completed() -> None:
    with pytest.raises(AssessmentIsEmpty):
        require_completable([a_part(PartStatus.EMPTY)], "whatever the reason")


@pytest.mark.parametrize("reason", ["", "  \n"], ids=["no reason", "only spaces"])
def test_an_unsigned_part_without_a_reason_keeps_it_open(reason: str) -> None:
    with pytest.raises(PartsNotSigned):
        require_completable([a_part(PartStatus.SIGNED), a_part(PartStatus.STARTED)], reason)


def test_a_reason_or_all_signatures_let_it_be_completed() -> None:
    require_completable([a_part(PartStatus.SIGNED), a_part(PartStatus.STARTED)], "Signs next week")
    require_completable([a_part(PartStatus.SIGNED), a_part(PartStatus.EMPTY)], "")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param((2,) * 9, (1,) * 9, "Better: from moderately severe symptoms on 14-Oct-2026", id="lower band"),
        pytest.param((1,) * 9, (2,) * 9, "Worse: from mild symptoms on 14-Oct-2026", id="higher band"),
        pytest.param((1,) * 9, (1,) * 8 + (0,), "Still mild symptoms, lower by 1", id="lower, same band"),
        pytest.param((1,) * 8 + (0,), (1,) * 9, "Still mild symptoms, higher by 1", id="higher, same band"),
        pytest.param((1,) * 9, (1,) * 9, "As on 14-Oct-2026: mild symptoms (9 of 27)", id="the same"),
    ],
)
def test_phq9_says_first_whether_the_band_changed(before: tuple[int, ...], now: tuple[int, ...], expected: str) -> None:
    change = phq9_change(score_phq9(PHQ9, phq9(*before)), score_phq9(PHQ9, phq9(*now)), "14-Oct-2026")
    assert change is not None
    assert words(change.key, **change.values).startswith(expected)


def test_a_partial_phq9_is_compared_with_nothing() -> None:
    whole, partial = score_phq9(PHQ9, phq9(*(1,) * 9)), score_phq9(PHQ9, phq9(1, 1))
    assert phq9_change(whole, partial, "") is None
    assert phq9_change(partial, whole, "") is None


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(4, 7, "Higher than on 14-Oct-2026: low (4).", id="higher"),
        pytest.param(7, 4, "Lower than on 14-Oct-2026: high (7).", id="lower"),
        pytest.param(5, 5, "As on 14-Oct-2026: medium (5).", id="the same"),
    ],
)
def test_each_ons4_question_is_compared_with_itself(before: int, now: int, expected: str) -> None:
    first, second = (score_ons4(ONS4, ons4(satisfied=score)).answers[0] for score in (before, now))
    change = ons4_change(first, second, "14-Oct-2026")
    assert change is not None
    assert words(change.key, **change.values) == expected


def test_an_ons4_question_not_answered_before_is_not_compared() -> None:
    none, given = score_ons4(ONS4, Answers()).answers[0], score_ons4(ONS4, ons4(satisfied=3)).answers[0]
    assert ons4_change(none, given, "") is None
    assert ons4_change(given, none, "") is None


def test_no_words_of_the_program_call_anybody_eligible() -> None:
    found = [key for key, text in vocabulary().labels.items() if "eligib" in text.lower()]
    assert found == []


@pytest.mark.parametrize("name", OFFERED)
def test_every_form_that_is_offered_says_what_it_is_for_and_its_licence(name: str) -> None:
    assert words(f"assessment.kind.{name}")
    assert shipped_questionnaire(name).licence
