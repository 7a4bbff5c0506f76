"""When a plan may be agreed, what its scales allow, and what must be said before paper leaves."""

from dataclasses import replace
from datetime import date

import pytest

from mdt_desktop.domain.care_plan import (
    ABOUT_ME,
    AgreedWith,
    IStatementDomain,
    PlanFacts,
    PlanIsClosed,
    PlanNotReady,
    PlanStatus,
    ScaleOutOfRange,
    missing_to_agree,
    on_scale,
    require_draft,
    require_ready,
)
from mdt_desktop.domain.printing import PrintReason, Purpose, ReasonMissing, suggested_file_name
from mdt_desktop.words import sentence

TODAY = date(2026, 11, 23)
READY = PlanFacts(
    most_important="My garden",
    needs=1,
    goals=1,
    actions_without_owner=0,
    actions=1,
    contingency_plans=1,
    agreed_name="Mrs Rahima Sampleton",
    agreed_with=AgreedWith.PERSON,
    review_due=date(2027, 5, 1),
    reviewer=True,
    basis_to_share=True,
)


def test_a_plan_that_has_everything_lacks_nothing() -> None:
    assert missing_to_agree(READY, TODAY) == ()
    require_ready(READY, TODAY)


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        pytest.param({"most_important": "  "}, "most_important", id="what matters is blank"),
        pytest.param({"needs": 0}, "need", id="no need"),
        pytest.param({"goals": 0}, "goal", id="no goal"),
        pytest.param({"actions": 0}, "action", id="no action"),
        pytest.param({"actions_without_owner": 1}, "action_owner", id="an action that nobody owns"),
        pytest.param({"contingency_plans": 0}, "contingency", id="nothing for a crisis"),
        pytest.param({"agreed_with": None}, "agreed_with", id="not said with whom"),
        pytest.param({"agreed_name": " "}, "agreed_with", id="agreed with somebody without a name"),
        pytest.param({"review_due": None}, "review_due", id="no review date"),
        pytest.param({"review_due": TODAY}, "review_due", id="a review today is no review to come"),
        pytest.param({"reviewer": False}, "reviewer", id="nobody reviews"),
        pytest.param({"basis_to_share": False}, "basis_to_share", id="no basis to share"),
    ],
)
def test_a_plan_cannot_be_agreed_while_something_is_missing(changed: dict[str, object], missing: str) -> None:
    facts = replace(READY, **changed)  # type: ignore[arg-type]  # a table of field names
    assert missing_to_agree(facts, TODAY) == (f"plan_missing.{missing}",)
    with pytest.raises(PlanNotReady):
        require_ready(facts, TODAY)


def test_the_refusal_names_everything_that_is_missing_in_words() -> None:
    with pytest.raises(PlanNotReady) as refused:
        require_ready(replace(READY, needs=0, reviewer=False), TODAY)
    assert "a need, who reviews the plan" in sentence(refused.value)


@pytest.mark.parametrize("value", [None, 1, 10])
def test_importance_and_confidence_run_from_one_to_ten_or_are_not_said(value: int | None) -> None:
    assert on_scale(value) == value


@pytest.mark.parametrize("value", [0, 11, -1])
def test_other_numbers_are_refused(value: int) -> None:
    with pytest.raises(ScaleOutOfRange):
        on_scale(value)


@pytest.mark.parametrize("status", [PlanStatus.AGREED, PlanStatus.SUPERSEDED])
def test_only_a_draft_may_be_changed(status: PlanStatus) -> None:
    require_draft(PlanStatus.DRAFT)
    with pytest.raises(PlanIsClosed):
        require_draft(status)


def test_about_me_has_the_seven_parts_of_the_standard_and_goals_five_domains() -> None:
    assert len(ABOUT_ME) == 7
    assert len(IStatementDomain) == 5


@pytest.mark.parametrize("reason", [it for it in PrintReason if it is not PrintReason.FOR_THE_PERSON])
def test_every_reason_but_for_the_person_shares_the_plan(reason: PrintReason) -> None:
    assert Purpose(reason, "ward round").is_sharing
    assert not Purpose(PrintReason.FOR_THE_PERSON).is_sharing


def test_another_reason_needs_words() -> None:
    with pytest.raises(ReasonMissing):
        Purpose(PrintReason.OTHER, "  ")


def test_a_file_name_says_nothing_about_the_person() -> None:
    assert suggested_file_name(3, TODAY) == "care-plan-v3-2026-11-23.pdf"
