"""PHQ-9 and ONS4: words first, nothing scored that is not complete, safety before all."""

import pytest

from mdt_desktop.domain.questionnaire import Answers, Value
from mdt_desktop.domain.scoring import (
    PHQ9_ITEMS,
    Ons4Band,
    Ons4Question,
    Phq9Band,
    ons4_band,
    phq9_band,
    score_ons4,
    score_phq9,
)
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.words import words

CODES = ("not-at-all", "several-days", "more-than-half", "nearly-every-day")


def phq9(*scores: int | None) -> Answers:
    given: dict[tuple[str, str], Value] = {
        (item, ""): CODES[score] for item, score in zip(PHQ9_ITEMS, scores, strict=False) if score is not None
    }
    return Answers(given)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        pytest.param(0, Phq9Band.MINIMAL, id="0 none"),
        pytest.param(4, Phq9Band.MINIMAL, id="4 still minimal"),
        pytest.param(5, Phq9Band.MILD, id="5 mild"),
        pytest.param(9, Phq9Band.MILD, id="9 still mild"),
        pytest.param(10, Phq9Band.MODERATE, id="10 moderate"),
        pytest.param(14, Phq9Band.MODERATE, id="14 still moderate"),
        pytest.param(15, Phq9Band.MODERATELY_SEVERE, id="15 moderately severe"),
        pytest.param(19, Phq9Band.MODERATELY_SEVERE, id="19 still moderately severe"),
        pytest.param(20, Phq9Band.SEVERE, id="20 severe"),
        pytest.param(27, Phq9Band.SEVERE, id="27 the most there is"),
    ],
)
def test_the_phq9_band_of(total: int, band: Phq9Band) -> None:
    assert phq9_band(total) is band


def test_a_whole_phq9_says_its_band_in_words_and_then_the_number() -> None:
    result = score_phq9(shipped_questionnaire("phq-9"), phq9(2, 2, 2, 2, 2, 1, 1, 0, 0))
    assert (result.total, result.band, result.self_harm_thoughts) == (12, Phq9Band.MODERATE, False)
    (finding,) = result.findings
    assert words(finding.key, **finding.values) == "Moderate depression symptoms (12 of 27)"


def test_a_phq9_with_one_answer_missing_is_not_scored_and_says_so() -> None:
    result = score_phq9(shipped_questionnaire("phq-9"), phq9(3, 3, 3, 3, 3, 3, 3, 3))
    assert (result.answered, result.total, result.band) == (8, None, None)
    (finding,) = result.findings
    assert words(finding.key, **finding.values) == "Not scored: 8 of 9 questions answered."


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_any_thought_of_self_harm_raises_the_safety_prompt_even_when_nothing_else_is_answered(answer: int) -> None:
    result = score_phq9(shipped_questionnaire("phq-9"), phq9(*[None] * 8, answer))
    assert result.self_harm_thoughts
    assert result.findings[0].key == "phq9.safety_prompt"


def test_no_thought_of_self_harm_raises_no_safety_prompt_at_the_highest_total() -> None:
    assert not score_phq9(shipped_questionnaire("phq-9"), phq9(*[3] * 8, 0)).self_harm_thoughts


def test_how_difficult_life_is_does_not_count_into_the_total() -> None:
    answers = phq9(*[0] * 9).changed("phq9-difficulty", "", "extremely")
    assert score_phq9(shipped_questionnaire("phq-9"), answers).total == 0


def test_an_answer_that_is_no_choice_is_not_scored() -> None:
    answers = phq9(*[0] * 9).changed("phq9-1", "", "now and then")
    assert score_phq9(shipped_questionnaire("phq-9"), answers).total is None


@pytest.mark.parametrize("question", [Ons4Question.SATISFIED, Ons4Question.WORTHWHILE, Ons4Question.HAPPY])
@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, "low"),
        (4, "low"),
        (5, "medium"),
        (6, "medium"),
        (7, "high"),
        (8, "high"),
        (9, "very_high"),
        (10, "very_high"),
    ],
)
def test_the_ons4_band_of_the_three_good_feelings(question: Ons4Question, score: int, band: str) -> None:
    assert ons4_band(question, score) == band


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "very_low"), (1, "very_low"), (2, "low"), (3, "low"), (4, "medium"), (5, "medium"), (6, "high"), (10, "high")],
)
def test_the_ons4_band_of_anxiety_has_thresholds_of_its_own(score: int, band: str) -> None:
    assert ons4_band(Ons4Question.ANXIOUS, score) == band


def test_ons4_gives_four_findings_and_no_average() -> None:
    answers = Answers({("satisfied", ""): "8", ("happy", ""): "3", ("anxious", ""): "6"})
    result = score_ons4(shipped_questionnaire("ons4"), answers)
    assert [answer.band for answer in result.answers] == [Ons4Band.HIGH, None, Ons4Band.LOW, Ons4Band.HIGH]
    assert [words(finding.key, **finding.values) for finding in result.findings] == [
        "High satisfaction with life (8 of 10)",
        "Feeling that life is worthwhile: not answered",
        "Low happiness yesterday (3 of 10)",
        "High anxiety yesterday (6 of 10)",
    ]
    assert not {"total", "mean", "average", "score"} & set(dir(result))
