"""Why somebody is on an agenda, why not, in which lane: a line a case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mdt_desktop.domain.agenda import (
    AgendaReason,
    CaseFacts,
    LeftOut,
    MustBeDiscussed,
    NotJustNoted,
    lane,
    left_out,
    not_just_noted,
    reasons,
    require_lane,
)
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.meeting import Lane
from mdt_desktop.domain.risk import Tier
from mdt_desktop.domain.running_order import Candidate, weight

ON = date(2026, 11, 26)
LAST = date(2026, 11, 5)
QUIET = CaseFacts(
    Stage.ACTIVE, Tier.HIGH, Tier.HIGH, has_lead=True, has_plan=True, review_due=ON + timedelta(days=60),
    discussed_on=LAST,
)  # fmt: skip
"""Somebody known and well looked after, of whom there is nothing new."""


def days_ago(days: int) -> date:
    return ON - timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param({}, (), id="nothing new"),
        pytest.param({"carer_crisis_on": days_ago(3)}, ("carer_crisis",), id="carer crisis since the last meeting"),
        pytest.param({"carer_crisis_on": LAST}, (), id="carer crisis that the last meeting discussed"),
        pytest.param({"carer_crisis_on": days_ago(29), "discussed_on": None}, (), id="carer crisis long ago"),
        pytest.param({"contingency_on": days_ago(1)}, ("contingency_triggered",), id="contingency plan needed"),
        pytest.param({"handover_since": days_ago(2)}, ("handover_not_understood",), id="handover not understood"),
        pytest.param({"discharged_on": days_ago(14)}, ("discharged",), id="home for fourteen days"),
        pytest.param({"discharged_on": days_ago(15)}, (), id="home for fifteen days"),
        pytest.param({"discharged_on": ON + timedelta(days=1)}, (), id="to come home tomorrow"),
        pytest.param({"rolled_over": 1}, ("rolled_over",), id="rolled over"),
        pytest.param({"referred_on": days_ago(90)}, ("referred",), id="referred and not discussed yet"),
        pytest.param(
            {"tier": Tier.VERY_HIGH, "tier_before": None, "discussed_on": None}, ("new_very_high",), id="new, very high"
        ),
        pytest.param({"tier_before": None, "discussed_on": None}, ("new_high",), id="new, high"),
        pytest.param({"tier_before": None}, (), id="new in the runs but discussed before"),
        pytest.param({"tier": Tier.VERY_HIGH}, ("tier_rose",), id="from high to very high"),
        pytest.param({"tier_before": Tier.BELOW}, ("tier_rose",), id="from below to high"),
        pytest.param({"tier_before": Tier.VERY_HIGH}, (), id="risk has fallen"),
        pytest.param({"tier": None}, (), id="no longer on the practice's list"),
        pytest.param({"review_due": ON}, (), id="review due on the day"),
        pytest.param({"review_due": days_ago(1)}, ("review_overdue",), id="review a day late"),
        pytest.param({"overdue_actions": 2}, ("action_overdue",), id="actions late"),
        pytest.param({"has_lead": False}, ("no_lead",), id="high risk without a lead"),
        pytest.param({"has_plan": False}, ("no_plan",), id="high risk without a plan"),
        pytest.param(
            {"has_lead": False, "has_plan": False, "tier": Tier.MODERATE, "tier_before": Tier.MODERATE}, (),
            id="moderate risk is held on the register",
        ),
        pytest.param(
            {"rolled_over": 2, "discharged_on": days_ago(4), "overdue_actions": 1},
            ("discharged", "rolled_over", "action_overdue"),
            id="several, the most pressing first",
        ),
    ],
)  # fmt: skip
def test_somebody_is_on_the_agenda_because(facts: dict[str, object], found: tuple[str, ...]) -> None:
    assert reasons(replace(QUIET, **facts), ON) == found  # type: ignore[arg-type]  # the fields of the table


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        pytest.param({"died": True, "discharged_on": days_ago(1)}, LeftOut.DIED, id="has died"),
        pytest.param({"stage": Stage.DECLINED, "overdue_actions": 1}, LeftOut.DECLINED, id="declined"),
        pytest.param({"stage": Stage.STEPPED_DOWN, "review_due": LAST}, LeftOut.STEPPED_DOWN, id="stepped down"),
        pytest.param({"stage": Stage.STEPPED_DOWN, "discharged_on": days_ago(1)}, None, id="stepped down, home"),
        pytest.param({"on_other_agenda": True, "rolled_over": 1}, LeftOut.ON_ANOTHER_AGENDA, id="on another agenda"),
        pytest.param({}, LeftOut.NOTHING_NEW, id="nothing new"),
        pytest.param({"overdue_actions": 1}, None, id="something new"),
    ],
)
def test_somebody_is_left_out_because(facts: dict[str, object], why: LeftOut | None) -> None:
    assert left_out(replace(QUIET, **facts), ON) is why  # type: ignore[arg-type]  # the fields of the table


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        pytest.param({}, None, id="known, seen lately"),
        pytest.param({"discussed_on": None}, NotJustNoted.NEW, id="never discussed"),
        pytest.param({"open_safeguarding": True}, NotJustNoted.SAFEGUARDING, id="open safeguarding"),
        pytest.param({"discussed_on": ON - timedelta(weeks=12)}, None, id="twelve weeks ago"),
        pytest.param({"discussed_on": ON - timedelta(weeks=12, days=1)}, NotJustNoted.UNSEEN, id="longer ago"),
    ],
)
def test_somebody_cannot_only_be_noted_because(facts: dict[str, object], why: NotJustNoted | None) -> None:
    case = replace(QUIET, overdue_actions=1, **facts)  # type: ignore[arg-type]  # the fields of the table
    assert not_just_noted(case, ON) is why
    assert lane(case, ON) is (Lane.NOTE if why is None else Lane.DISCUSS)
    if why is not None:
        with pytest.raises(MustBeDiscussed) as refused:
            require_lane(Lane.NOTE, case, ON)
        assert refused.value.values == {"why": why}
    require_lane(Lane.DISCUSS, case, ON)


def test_what_is_more_than_routine_is_discussed() -> None:
    assert lane(replace(QUIET, overdue_actions=1, review_due=LAST), ON) is Lane.NOTE
    assert lane(replace(QUIET, overdue_actions=1, discharged_on=days_ago(2)), ON) is Lane.DISCUSS
    assert lane(QUIET, ON) is Lane.LEFT_OUT


def test_the_weeks_unseen_are_a_setting() -> None:
    case = replace(QUIET, overdue_actions=1, discussed_on=ON - timedelta(weeks=5))
    assert not_just_noted(case, ON, 4) is NotJustNoted.UNSEEN
    assert not_just_noted(case, ON, 6) is None


def test_every_reason_has_a_weight() -> None:
    assert all(weight(Candidate("x", Lane.DISCUSS, (reason,))) > 0 for reason in AgendaReason)
