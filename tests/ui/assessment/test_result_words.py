"""What the panel beside a form says: the words first, the number second, never a decision."""

from datetime import UTC, datetime, timedelta

from mdt_desktop.domain.assessment import AssessmentStatus
from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.services.assessment_reading import AssessmentSummary, Earlier
from mdt_desktop.ui.assessment.results import LineKind, results_of

JOINT = shipped_questionnaire("joint-assessment")
PHQ9 = shipped_questionnaire("phq-9")
ONS4 = shipped_questionnaire("ons4")
CARE_ACT = shipped_questionnaire("care-act-evidence")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHOICES = ("not-at-all", "several-days", "more-than-half", "nearly-every-day")


def phq9(*scores: int | None) -> Answers:
    return Answers(
        {(f"phq9-{place}", ""): CHOICES[score] for place, score in enumerate(scores, start=1) if score is not None}
    )


def ons4(**scores: int) -> Answers:
    return Answers({(name, ""): str(score) for name, score in scores.items()})


def earlier(answers: Answers, days: int = 40) -> Earlier:
    at = NOW - timedelta(days=days)
    return Earlier(
        AssessmentSummary("a", "c", "q", "1", AssessmentStatus.COMPLETED, at, "Sam", at, "", len(answers), at), answers
    )


def test_the_phq9_panel_puts_the_safety_prompt_above_the_words_and_the_words_before_the_number() -> None:
    content = results_of(PHQ9, phq9(1, 1, 1, 1, 1, 1, 1, 1, 1), [earlier(phq9(*(2,) * 9))], "phq9")
    assert content is not None
    assert "self-harm" in content.safety
    assert content.blocks[0].headline == "Mild depression symptoms (9 of 27)"
    assert content.blocks[0].lines[0].words.startswith("Better: from moderately severe symptoms")
    assert content.blocks[1].lines[0].words.endswith("Moderately severe depression symptoms (18 of 27)")


def test_a_partial_phq9_states_how_much_is_missing_and_still_prompts() -> None:
    content = results_of(PHQ9, phq9(1, None, None, None, None, None, None, None, 2), [], "phq9")
    assert content is not None
    assert content.blocks[0].headline == "Not scored: 2 of 9 questions answered."
    assert content.safety


def test_the_ons4_panel_reads_each_answer_and_gives_no_total() -> None:
    content = results_of(ONS4, ons4(satisfied=4, happy=9), [], "ons4")
    assert content is not None
    said = [line.words for line in content.blocks[0].lines if line.kind is LineKind.STRONG]
    assert said == ["Low satisfaction with life (4 of 10)", "Very high happiness yesterday (9 of 10)"]
    assert "never added up" in content.note


def test_the_care_act_panel_gives_reasons_outcomes_and_wellbeing_and_leaves_the_decision_to_the_council() -> None:
    answers = Answers(
        {
            ("adult-needs-arise", ""): True,
            ("adult-nutrition", "1"): "help",
            ("adult-hygiene", "4"): "slow",
            ("adult-wellbeing", "0"): "dignity",
        }
    )
    content = results_of(CARE_ACT, answers, [], "adult")
    assert content is not None
    (person,) = content.blocks
    assert person.headline == "The evidence indicates needs that meet the test"
    said = [line.words for line in person.lines]
    assert "Not able to achieve (2)" in said
    assert "Managing and maintaining nutrition" in said
    assert "Dignity" in said
    assert content.note.endswith("The decision stays with the council.")


def test_the_carer_comes_first_on_the_carers_page_and_only_when_begun_on_the_persons() -> None:
    answers = Answers({("carer-needs-arise", ""): True})
    on_carer = results_of(CARE_ACT, answers, [], "carer")
    on_adult = results_of(CARE_ACT, Answers(), [], "adult")
    assert on_carer is not None
    assert on_adult is not None
    assert [block.title for block in on_carer.blocks] == ["The carer"]
    assert [block.headline for block in on_adult.blocks] == ["Not enough is recorded to say"]


def test_the_joint_assessment_is_read_by_no_rule() -> None:
    assert results_of(JOINT, Answers(), [], "health") is None
