"""The Care Act evidence table indicates; it never decides."""

from collections.abc import Mapping

import pytest

from mdt_desktop.domain.eligibility import (
    AdultOutcome,
    CarerOutcome,
    Indication,
    Wellbeing,
    adult_test,
    carer_test,
)
from mdt_desktop.domain.questionnaire import Answers, Value
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.words import label, vocabulary, words

TABLE = shipped_questionnaire("care-act-evidence")


def evidence(
    who: str,
    *,
    cause: bool | None = True,
    wellbeing: str | None = "dignity",
    health: bool | None = None,
    otherwise: str | None = "manages",
    **outcomes: str | None,
) -> Answers:
    """Answers to one half of the table; `otherwise` is ticked for every outcome not named."""
    given: dict[tuple[str, str], Value] = {}
    if cause is not None:
        given[(f"{who}-needs-arise", "")] = cause
    if health is not None:
        given[("carer-health", "")] = health
    ticks: Mapping[str, str | None] = {name.replace("_", "-"): tick for name, tick in outcomes.items()}
    for outcome in AdultOutcome if who == "adult" else CarerOutcome:
        tick = ticks.get(outcome.value, otherwise)
        if tick:
            given[(f"{who}-{outcome.value}", _row(f"{who}-{outcome.value}", tick))] = tick
    if wellbeing:
        given[(f"{who}-wellbeing", _row(f"{who}-wellbeing", wellbeing))] = wellbeing
    return Answers(given)


def _row(link_id: str, code: str) -> str:
    return str([option.code for option in TABLE.item(link_id).options].index(code))


YES, NO, OPEN = Indication.INDICATES, Indication.DOES_NOT_INDICATE, Indication.NOT_ENOUGH_RECORDED


@pytest.mark.parametrize(
    ("answers", "indication"),
    [
        pytest.param(evidence("adult", nutrition="help", toilet="help"), YES, id="two outcomes with help"),
        pytest.param(evidence("adult", nutrition="slow", toilet="danger"), YES, id="slow and dangerous count too"),
        pytest.param(evidence("adult", nutrition="distress", work="help"), YES, id="distress counts, no order of rank"),
        pytest.param(evidence("adult", nutrition="help"), NO, id="one outcome is not enough"),
        pytest.param(evidence("adult"), NO, id="manages all"),
        pytest.param(evidence("adult", nutrition="help", child="does-not-apply"), NO, id="no child is not a need"),
        pytest.param(evidence("adult", nutrition="help", toilet=None), OPEN, id="one unable, one not recorded"),
        pytest.param(evidence("adult", toilet=None), NO, id="one not recorded could not make two"),
        pytest.param(evidence("adult", otherwise=None), OPEN, id="nothing recorded of the outcomes"),
        pytest.param(evidence("adult", otherwise=None, nutrition="help", toilet="help"), YES, id="two are enough"),
        pytest.param(
            evidence("adult", cause=False, nutrition="help", toilet="help"), NO, id="no impairment or illness"
        ),
        pytest.param(evidence("adult", cause=None, nutrition="help", toilet="help"), OPEN, id="cause not recorded"),
        pytest.param(
            evidence("adult", wellbeing="none", nutrition="help", toilet="help"), NO, id="wellbeing not affected"
        ),
        pytest.param(
            evidence("adult", wellbeing=None, nutrition="help", toilet="help"), OPEN, id="wellbeing not recorded"
        ),
        pytest.param(
            evidence("adult", cause=False, wellbeing=None, otherwise=None), NO, id="one failed condition settles it"
        ),
        pytest.param(Answers(), OPEN, id="empty table"),
    ],
)
def test_an_adult(answers: Answers, indication: Indication) -> None:
    assert adult_test(answers).indication is indication


@pytest.mark.parametrize(
    ("answers", "indication"),
    [
        pytest.param(evidence("carer", recreation="help"), YES, id="one outcome is enough"),
        pytest.param(evidence("carer", health=True), YES, id="health at risk is enough"),
        pytest.param(evidence("carer", health=True, otherwise=None), YES, id="health at risk, outcomes not looked at"),
        pytest.param(evidence("carer", health=False), NO, id="well and manages all"),
        pytest.param(evidence("carer"), OPEN, id="manages all, health not recorded"),
        pytest.param(evidence("carer", health=False, work=None), OPEN, id="one outcome not recorded"),
        pytest.param(evidence("carer", cause=False, health=True), NO, id="care is not necessary"),
        pytest.param(evidence("carer", cause=None, health=True), OPEN, id="cause not recorded"),
        pytest.param(evidence("carer", wellbeing="none", health=True), NO, id="wellbeing not affected"),
        pytest.param(evidence("carer", health=False, others="does-not-apply"), NO, id="cares for nobody else"),
        pytest.param(Answers(), OPEN, id="no carer looked at"),
    ],
)
def test_a_carer(answers: Answers, indication: Indication) -> None:
    assert carer_test(answers).indication is indication


def test_the_reasons_say_what_was_found_in_words() -> None:
    result = adult_test(evidence("adult", nutrition="help", toilet="slow"))
    assert result.unable == ("nutrition", "toilet")
    assert [words(finding.key, **finding.values) for finding in result.findings] == [
        "The needs come from an impairment or illness.",
        "Not able to achieve 2 of the ten outcomes; 2 are enough.",
        "Wellbeing is significantly affected: 1 of nine areas.",
        "Outcomes marked as not achieved without written evidence: 2.",
    ]


def test_written_evidence_is_asked_for_only_where_it_is_missing() -> None:
    answers = evidence("adult", nutrition="help", toilet="help").changed(
        "adult-nutrition-evidence", "", "“My daughter leaves a meal each day.” Seen 20-Nov-2026."
    )
    assert adult_test(answers).without_evidence == ("toilet",)


def test_a_carer_who_takes_longer_is_not_asked_about_because_the_regulations_do_not_count_it() -> None:
    assert TABLE.item("adult-nutrition").option("slow")
    assert not TABLE.item("carer-nutrition").option("slow")


def test_the_table_has_the_ten_the_eight_and_the_nine() -> None:
    assert (len(AdultOutcome), len(CarerOutcome), len(Wellbeing)) == (10, 8, 9)
    for who, outcomes in (("adult", AdultOutcome), ("carer", CarerOutcome)):
        for outcome in outcomes:
            assert f"{who}-{outcome.value}" in TABLE
            assert f"{who}-{outcome.value}-evidence" in TABLE
        codes = [option.code for option in TABLE.item(f"{who}-wellbeing").options]
        assert codes == [*(area.value for area in Wellbeing), "none"]


def test_no_sentence_says_that_somebody_is_eligible() -> None:
    shown = [text for key, text in vocabulary().labels.items() if key.startswith(("care_act.", "indication."))]
    shown += [item.text + item.help + "".join(option.text for option in item.options) for item in TABLE.all_items()]
    assert len(shown) > 40
    assert not [text for text in shown if "eligib" in text.lower()]
    assert "indicates" in label(Indication.INDICATES)
