"""Risk tiers: percentiles, ties, cut-offs, and expected against actual counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt_desktop.domain.risk import (
    AT_RISK,
    BoundaryMove,
    CutOffs,
    CutOffsWrong,
    Tier,
    TierShares,
    TierSharesWrong,
    compare_counts,
    count_tiers,
    expected_counts,
    is_adult,
    ranks_of,
    tiers_by_cut_off,
    tiers_by_percentile,
)

TENTHS = TierShares(very_high=10, high=20, moderate=30)


def test_the_source_documents_borough_is_expected_to_have_1308_11769_and_39230_people() -> None:
    expected = expected_counts(261_536)
    assert [expected[tier] for tier in AT_RISK] == [1_308, 11_769, 39_230]
    assert sum(expected.values()) == 261_536


def test_expected_against_actual_says_how_many_more_or_fewer() -> None:
    actual = {Tier.VERY_HIGH: 1_662, Tier.HIGH: 11_871, Tier.MODERATE: 23_600}
    lines = compare_counts(261_536, actual)
    assert [line.difference for line in lines] == [354, 102, -15_630]
    assert [round(line.actual_share, 2) for line in lines] == [0.64, 4.54, 9.02]


def test_an_empty_list_has_nobody_in_any_tier() -> None:
    assert tiers_by_percentile([]).tiers == ()
    assert compare_counts(0, {})[0].actual_share == 0.0


def test_without_ties_the_tiers_have_exactly_the_wanted_sizes() -> None:
    placed = tiers_by_percentile([float(score) for score in range(1_000)])
    counts = count_tiers(placed.tiers)
    assert [counts[tier] for tier in Tier] == [5, 45, 150, 800]
    assert placed.moved == ()
    assert placed.tiers[999] is Tier.VERY_HIGH
    assert placed.ranks[999] == 1


@pytest.mark.parametrize(
    ("scores", "very_high", "move", "tied"),
    [
        pytest.param([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 1, BoundaryMove.NONE, 0, id="no tie"),
        pytest.param([9, 9, 7, 6, 5, 4, 3, 2, 1, 0], 2, BoundaryMove.WIDER, 2, id="both ends equally near: wider"),
        pytest.param([9, 9, 9, 6, 5, 4, 3, 2, 1, 0], 0, BoundaryMove.NARROWER, 3, id="the nearer end is above"),
        pytest.param([5] * 10, 0, BoundaryMove.NARROWER, 10, id="all equal"),
    ],
)
def test_a_boundary_through_equal_scores_moves_and_says_so(
    scores: list[float], very_high: int, move: BoundaryMove, tied: int
) -> None:
    placed = tiers_by_percentile(scores, TENTHS)
    first = placed.boundaries[0]
    assert count_tiers(placed.tiers)[Tier.VERY_HIGH] == very_high
    assert (first.wanted, first.placed, first.move, first.tied) == (1, very_high, move, tied)


def test_a_file_with_only_the_top_of_the_list_is_measured_against_the_whole_list() -> None:
    placed = tiers_by_percentile([float(score) for score in range(200)], list_size=1_000)
    counts = count_tiers(placed.tiers)
    assert [counts[tier] for tier in Tier] == [5, 45, 150, 0]


@given(st.lists(st.integers(0, 30).map(float), max_size=300))
def test_equal_scores_are_never_in_different_tiers_and_higher_scores_never_in_lower_ones(
    scores: list[float],
) -> None:
    placed = tiers_by_percentile(scores)
    order = list(Tier)
    tier_of: dict[float, Tier] = {}
    for score, tier in zip(scores, placed.tiers, strict=True):
        assert tier_of.setdefault(score, tier) is tier
    falling = [order.index(tier_of[score]) for score in sorted(tier_of, reverse=True)]
    assert falling == sorted(falling)


@given(st.lists(st.integers(0, 30).map(float), min_size=1, max_size=300))
def test_no_boundary_between_different_scores_is_nearer_to_the_wanted_one(scores: list[float]) -> None:
    falling = sorted(scores, reverse=True)
    gaps = [0, len(scores)] + [cut for cut in range(1, len(scores)) if falling[cut - 1] != falling[cut]]
    for boundary in tiers_by_percentile(scores).boundaries:
        assert abs(boundary.placed - boundary.wanted) == min(abs(gap - boundary.wanted) for gap in gaps)


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        (70, Tier.VERY_HIGH),
        (69.99, Tier.HIGH),
        (45, Tier.HIGH),
        (30, Tier.MODERATE),
        (29.9, Tier.BELOW),
        (-5, Tier.BELOW),
    ],
)
def test_a_score_at_the_cut_off_is_in_the_tier(score: float, tier: Tier) -> None:
    assert tiers_by_cut_off([score], CutOffs(70, 45, 30)).tiers == (tier,)


def test_cut_offs_must_fall() -> None:
    with pytest.raises(CutOffsWrong):
        CutOffs(30, 45, 70)


@pytest.mark.parametrize("shares", [(-1, 5, 15), (50, 40, 20), (float("nan"), 1, 1)])
def test_shares_that_cannot_be_shares_are_refused(shares: tuple[float, float, float]) -> None:
    with pytest.raises(TierSharesWrong):
        TierShares(*shares)


def test_equal_scores_share_a_rank() -> None:
    assert ranks_of([3.0, 9.0, 9.0, 1.0]) == (3, 1, 1, 4)


@pytest.mark.parametrize(
    ("on", "adult"), [(date(2026, 3, 13), False), (date(2026, 3, 14), True), (date(2030, 1, 1), True)]
)
def test_a_person_is_adult_from_the_eighteenth_birthday(on: date, adult: bool) -> None:
    assert is_adult(date(2008, 3, 14), on) is adult
