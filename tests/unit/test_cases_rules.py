"""The stages of a case: which moves there are, which need a reason, and which must wait for something."""

from itertools import product

import pytest

from mdt_desktop.domain.cases import (
    CaseFacts,
    MoveNeedsReason,
    MoveNotAllowed,
    MoveNotReady,
    Stage,
    missing_for,
    moves_from,
    needs_reason,
    require_move,
)

ALL_THERE = CaseFacts(True, True, True, True, True)
NOTHING = CaseFacts(False, False, False, False, False)
ALLOWED = {
    "identified": "invited consented declined stepped_down",
    "invited": "consented declined stepped_down",
    "consented": "assessing declined stepped_down",
    "assessing": "planning declined stepped_down",
    "planning": "active assessing declined stepped_down",
    "active": "review declined stepped_down",
    "review": "active assessing planning declined stepped_down",
    "stepped_down": "identified",
    "declined": "identified invited",
}
MOVES = [
    pytest.param(Stage(start), Stage(to), Stage(to).value in ALLOWED[start].split(), id=f"{start} to {to}")
    for start, to in product(ALLOWED, ALLOWED)
]


@pytest.mark.parametrize(("start", "to", "allowed"), MOVES)
def test_a_case_goes_only_where_the_field_lets_it(start: Stage, to: Stage, allowed: bool) -> None:
    if allowed:
        require_move(start, to, "a reason", ALL_THERE)
    else:
        with pytest.raises(MoveNotAllowed):
            require_move(start, to, "a reason", ALL_THERE)


@pytest.mark.parametrize("start", list(Stage), ids=lambda stage: stage.value)
def test_the_ordinary_next_stage_is_offered_first_and_leaving_last(start: Stage) -> None:
    offered = [stage.value for stage in moves_from(start)]
    assert offered == ALLOWED[start.value].split()


REASONS = [
    pytest.param(Stage(start), Stage(to), id=f"{start} to {to}")
    for start, goals in ALLOWED.items()
    for to in goals.split()
    if {start, to} & {"declined", "stepped_down"} or (start, to) == ("planning", "assessing")
]


@pytest.mark.parametrize(("start", "to"), REASONS)
def test_leaving_coming_back_and_going_backwards_say_why(start: Stage, to: Stage) -> None:
    assert needs_reason(start, to)
    with pytest.raises(MoveNeedsReason):
        require_move(start, to, "   ", ALL_THERE)


def test_going_forward_needs_no_reason() -> None:
    require_move(Stage.IDENTIFIED, Stage.INVITED, "", NOTHING)


NEEDS = {
    "consented without a basis to share": (Stage.CONSENTED, {"basis_to_share": False}, ("missing.consent",)),
    "assessing without a basis to share": (Stage.ASSESSING, {"basis_to_share": False}, ("missing.consent",)),
    "planning without a signed part": (
        Stage.PLANNING,
        {"assessment_signed": False},
        ("missing.signed_assessment",),
    ),
    "active without an agreed plan": (Stage.ACTIVE, {"plan_agreed": False}, ("missing.agreed_plan",)),
    "active without an agreed lead": (Stage.ACTIVE, {"lead_agreed": False}, ("missing.agreed_lead",)),
    "active without either": (
        Stage.ACTIVE,
        {"plan_agreed": False, "lead_agreed": False},
        ("missing.agreed_plan", "missing.agreed_lead"),
    ),
}


@pytest.mark.parametrize(("to", "lacks", "missing"), NEEDS.values(), ids=NEEDS)
def test_a_stage_waits_for_what_it_needs(to: Stage, lacks: dict[str, bool], missing: tuple[str, ...]) -> None:
    there = {"basis_to_share": True, "assessment_started": True, "assessment_signed": True, "plan_agreed": True}
    facts = CaseFacts(**{**there, "lead_agreed": True, **lacks})
    start = next(stage for stage in Stage if to in moves_from(stage))
    assert missing_for(to, facts) == missing
    with pytest.raises(MoveNotReady) as refused:
        require_move(start, to, "", facts)
    assert refused.value.values["missing"] == missing


FREE = (Stage.DECLINED, Stage.STEPPED_DOWN, Stage.INVITED, Stage.REVIEW)


@pytest.mark.parametrize("to", FREE, ids=lambda stage: stage.value)
def test_leaving_inviting_and_reviewing_wait_for_nothing(to: Stage) -> None:
    assert missing_for(to, NOTHING) == ()
