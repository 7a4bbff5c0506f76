"""The running order: who comes first, how long each takes, who fits; and that nobody is put off for ever."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.domain.agenda import AgendaReason
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.meeting import Lane
from mdt_desktop.domain.running_order import (
    Candidate,
    Slot,
    fitting,
    minutes_for,
    proposed_order,
    slots,
    weight,
    with_new_ones,
)

ROUTINE = Candidate("routine", Lane.DISCUSS, (AgendaReason.REVIEW_OVERDUE,))
CRISIS = Candidate("crisis", Lane.DISCUSS, (AgendaReason.CARER_CRISIS, AgendaReason.NO_PLAN))
NOTED = Candidate("noted", Lane.NOTE, (AgendaReason.ACTION_OVERDUE,))
candidates = st.builds(
    Candidate,
    id=st.uuids().map(str),
    lane=st.sampled_from((Lane.DISCUSS, Lane.NOTE)),
    reasons=st.lists(st.sampled_from(AgendaReason), min_size=1, max_size=4, unique=True).map(tuple),
    complexity=st.sampled_from(Complexity),
    open_safeguarding=st.booleans(),
    rolled_over=st.integers(0, 3),
    since=st.dates().map(str),
)


@pytest.mark.parametrize(
    ("lane", "complexity", "minutes"),
    [
        (Lane.DISCUSS, Complexity.NOT_RECORDED, 8),
        (Lane.DISCUSS, Complexity.MODERATE, 8),
        (Lane.DISCUSS, Complexity.COMPLEX, 12),
        (Lane.NOTE, Complexity.COMPLEX, 1),
    ],
)
def test_the_minutes_of_a_discussion(lane: Lane, complexity: Complexity, minutes: int) -> None:
    assert minutes_for(lane, complexity) == minutes


def test_the_most_pressing_come_first_and_noting_last() -> None:
    assert [it.id for it in proposed_order([NOTED, ROUTINE, CRISIS])] == ["crisis", "routine", "noted"]


def test_twice_rolled_over_goes_to_the_top() -> None:
    once, twice = replace(ROUTINE, id="once", rolled_over=1), replace(ROUTINE, id="twice", rolled_over=2)
    assert [it.id for it in proposed_order([CRISIS, once, twice])] == ["twice", "crisis", "once"]


def test_of_two_alike_the_one_who_waits_longer_comes_first() -> None:
    young, old = replace(ROUTINE, id="young", since="2026-11-01"), replace(ROUTINE, id="old", since="2026-03-01")
    assert [it.id for it in proposed_order([young, old])] == ["old", "young"]


def test_further_reasons_complexity_and_safeguarding_add_to_the_weight() -> None:
    alone = replace(CRISIS, reasons=(AgendaReason.CARER_CRISIS,))
    assert weight(alone) < weight(CRISIS) < weight(replace(CRISIS, complexity=Complexity.COMPLEX))
    assert weight(CRISIS) < weight(replace(CRISIS, open_safeguarding=True))


def test_a_shorter_one_fits_where_a_longer_one_did_not() -> None:
    order = [replace(CRISIS, minutes=50), replace(ROUTINE, id="long", minutes=12), replace(ROUTINE, minutes=8)]
    kept, waiting = fitting(order, 60)
    assert ([it.id for it in kept], [it.id for it in waiting]) == (["crisis", "routine"], ["long"])


@given(st.lists(candidates, max_size=40, unique_by=lambda it: it.id), st.integers(0, 240))
def test_nobody_is_lost_and_twice_rolled_over_is_never_put_off(listed: list[Candidate], minutes: int) -> None:
    order = proposed_order(listed)
    kept, waiting = fitting(order, minutes)
    assert sorted(it.id for it in kept + waiting) == sorted(it.id for it in listed)
    assert all(it.rolled_over < 2 for it in waiting)
    planned = sum(it.minutes for it in kept if it.lane is Lane.DISCUSS and it.rolled_over < 2)
    assert planned <= minutes


@pytest.mark.parametrize(
    ("kept", "proposed", "order"),
    [
        pytest.param([], ["a", "b"], ["a", "b"], id="nothing kept: the proposed order"),
        pytest.param(["b", "a"], ["a", "b"], ["b", "a"], id="nothing new: the order of the chair"),
        pytest.param(["c", "a"], ["a", "b", "c"], ["c", "a", "b"], id="behind who is before them in the proposal"),
        pytest.param(["a"], ["x", "a", "y"], ["x", "a", "y"], id="before everybody where nobody is before them"),
        pytest.param(["gone", "a"], ["a", "y"], ["gone", "a", "y"], id="who is no longer proposed stays in place"),
    ],
)
def test_new_people_stand_where_the_proposed_order_has_them(
    kept: list[str], proposed: list[str], order: list[str]
) -> None:
    assert with_new_ones(kept, proposed) == order


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_whoever_is_kept_stays_in_order_and_nobody_is_lost(kept: list[int], proposed: list[int]) -> None:
    found = with_new_ones([str(it) for it in kept], [str(it) for it in proposed])
    assert sorted(found) == sorted({*map(str, kept), *map(str, proposed)})
    assert [it for it in found if int(it) in kept] == [str(it) for it in kept]


def test_cases_begin_after_the_opening_and_the_actions_and_end_with_their_time() -> None:
    assert slots([20, 40, 1], 90) == [Slot(12, True), Slot(32, True), Slot(72, False)]
    assert slots([30, 1], 45) == [Slot(6, True), Slot(36, False)]
    assert slots([], 90) == []
