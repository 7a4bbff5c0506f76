"""Risk tiers: a practice's list divided by percentile, by the file's own tiers or by cut-off scores."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput

ADULT_AGE = 18
"""Years. The source asks for the "proportion of the adult population" at each tier."""


class Tier(StrEnum):
    """How high a person's risk of an emergency admission is; `below` is everybody under the three tiers."""

    VERY_HIGH = "very_high"
    HIGH = "high"
    MODERATE = "moderate"
    BELOW = "below"


AT_RISK = (Tier.VERY_HIGH, Tier.HIGH, Tier.MODERATE)
"""The three named tiers, highest first."""


class TierApproach(StrEnum):
    """How the tiers of a run were decided; kept with the run."""

    PERCENTILE = "percentile"
    FILE_TIER = "file_tier"
    CUT_OFF = "cut_off"


class Denominator(StrEnum):
    """Of whom the percentages are taken: the source mixes the registered list and the adult population."""

    REGISTERED = "registered"
    ADULT = "adult"


class BoundaryMove(StrEnum):
    """Which way a tier's boundary moved so that people with equal scores stay together."""

    NONE = "none"
    WIDER = "wider"
    NARROWER = "narrower"


class TierSharesWrong(BadInput):
    """Percentages must be 0 or more and come to 100 or less in all."""

    code = "risk_shares_wrong"


class CutOffsWrong(BadInput):
    """The cut-off scores must fall from very high to moderate."""

    code = "risk_cut_offs_wrong"


class TierMissing(BadInput):
    """The approach needs a score or tier that some people do not have."""

    code = "risk_scale_missing"


@dataclass(frozen=True, slots=True)
class TierShares:
    """Per cent of the list in each tier; the defaults are the source document's 0.5 / 4.5 / 15."""

    very_high: float = 0.5
    high: float = 4.5
    moderate: float = 15.0

    def __post_init__(self) -> None:
        """Refuse shares that cannot be shares."""
        shares = (self.very_high, self.high, self.moderate)
        # Written so that not-a-number fails as well.
        if not (all(share >= 0 for share in shares) and sum(shares) <= 100):
            raise TierSharesWrong(very_high=self.very_high, high=self.high, moderate=self.moderate)

    def of(self, tier: Tier) -> Decimal:
        """The share of one tier in per cent, exact."""
        high = (self.very_high, self.high, self.moderate)
        shares = {name: Decimal(str(share)) for name, share in zip(AT_RISK, high, strict=True)}
        return shares.get(tier, 100 - sum(shares.values(), Decimal(0)))


DEFAULT_SHARES = TierShares()


@dataclass(frozen=True, slots=True)
class CutOffs:
    """The lowest score of each tier; a person with exactly the cut-off score is in the tier."""

    very_high: float
    high: float
    moderate: float

    def __post_init__(self) -> None:
        """Refuse cut-offs that do not fall."""
        if not self.very_high > self.high > self.moderate:
            raise CutOffsWrong(very_high=self.very_high, high=self.high, moderate=self.moderate)


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a tier ends: how many people were wanted in it and above it, how many are, and why."""

    tier: Tier
    wanted: int
    placed: int
    lowest_score: float | None
    tied: int
    """People who share the score the wanted line would have cut through; 0 when it cut through nobody."""
    move: BoundaryMove


@dataclass(frozen=True, slots=True)
class Placement:
    """Tiers in the order of the scores given, everybody's rank, and the boundaries (percentile only)."""

    tiers: tuple[Tier, ...]
    ranks: tuple[int, ...]
    boundaries: tuple[Boundary, ...] = ()

    @property
    def moved(self) -> tuple[Boundary, ...]:
        """The boundaries that ties moved: what the preview has to tell."""
        return tuple(boundary for boundary in self.boundaries if boundary.move is not BoundaryMove.NONE)


@dataclass(frozen=True, slots=True)
class TierCount:
    """One line of the table "expected against actual"; shares are per cent of the list."""

    tier: Tier
    expected: int
    actual: int
    expected_share: float
    actual_share: float

    @property
    def difference(self) -> int:
        """People more (or fewer, below 0) than the percentage leads one to expect."""
        return self.actual - self.expected


def _part(list_size: int, per_cent: Decimal) -> int:
    return int((list_size * per_cent / 100).to_integral_value(ROUND_HALF_UP))


def expected_counts(list_size: int, shares: TierShares = DEFAULT_SHARES) -> dict[Tier, int]:
    """People each tier should have in a list of `list_size`, to the nearest person (halves up)."""
    named = {tier: _part(list_size, shares.of(tier)) for tier in AT_RISK}
    return {**named, Tier.BELOW: list_size - sum(named.values())}


def compare_counts(
    list_size: int, actual: dict[Tier, int], shares: TierShares = DEFAULT_SHARES
) -> tuple[TierCount, ...]:
    """The three named tiers expected against actual, highest first."""
    expected = expected_counts(list_size, shares)
    return tuple(
        TierCount(
            tier=tier,
            expected=expected[tier],
            actual=actual.get(tier, 0),
            expected_share=float(shares.of(tier)),
            actual_share=100 * actual.get(tier, 0) / list_size if list_size else 0.0,
        )
        for tier in AT_RISK
    )


def count_tiers(tiers: Iterable[Tier]) -> dict[Tier, int]:
    """How many of each tier, all four present."""
    counted = Counter(tiers)
    return {tier: counted[tier] for tier in Tier}


def ranks_of(scores: Sequence[float]) -> tuple[int, ...]:
    """Everybody's rank, 1 for the highest score; equal scores share a rank (1, 1, 3)."""
    first_place: dict[float, int] = {}
    for place, score in enumerate(sorted(scores, reverse=True), start=1):
        first_place.setdefault(score, place)
    return tuple(first_place[score] for score in scores)


def _boundary(tier: Tier, falling: Sequence[float], wanted: int) -> Boundary:
    """The gap between different scores that is nearest to `wanted`; of two equally near ones, the wider."""
    wanted_here = min(wanted, len(falling))
    placed, tied = wanted_here, 0
    if 0 < wanted_here < len(falling) and falling[wanted_here - 1] == falling[wanted_here]:
        score = falling[wanted_here]
        start = wanted_here
        while start > 0 and falling[start - 1] == score:
            start -= 1
        end = wanted_here
        while end < len(falling) and falling[end] == score:
            end += 1
        tied = end - start
        placed = end if end - wanted_here <= wanted_here - start else start
    move = BoundaryMove.NONE
    if tied:
        move = BoundaryMove.WIDER if placed > wanted_here else BoundaryMove.NARROWER
    return Boundary(tier, wanted, placed, falling[placed - 1] if placed else None, tied, move)


def tiers_by_percentile(
    scores: Sequence[float], shares: TierShares = DEFAULT_SHARES, *, list_size: int | None = None
) -> Placement:
    """Divide a practice's list by percentile; a higher score is a higher risk.

    People with an equal score never land in different tiers. Where a boundary would cut through a group
    of equal scores it moves to the nearer end of that group; where both ends are equally near it takes the
    whole group into the higher tier, so that nobody is left out by chance. Each boundary says what it did.

    `list_size` is the practice's whole list when the file carries only its top part; a number smaller than
    the people scored is taken as the number of people scored.
    """
    size = max(len(scores), list_size or 0)
    falling = sorted(scores, reverse=True)
    boundaries: list[Boundary] = []
    share = Decimal(0)
    for tier in AT_RISK:
        share += shares.of(tier)
        boundaries.append(_boundary(tier, falling, _part(size, share)))
    tier_of: dict[float, Tier] = {}
    start = 0
    for boundary in boundaries:
        for score in falling[start : boundary.placed]:
            tier_of[score] = boundary.tier
        start = max(start, boundary.placed)
    return Placement(tuple(tier_of.get(score, Tier.BELOW) for score in scores), ranks_of(scores), tuple(boundaries))


def tiers_by_cut_off(scores: Sequence[float], cut_offs: CutOffs) -> Placement:
    """Divide by fixed scores: at the cut-off or above it is in the tier."""

    def tier(score: float) -> Tier:
        if score >= cut_offs.very_high:
            return Tier.VERY_HIGH
        if score >= cut_offs.high:
            return Tier.HIGH
        return Tier.MODERATE if score >= cut_offs.moderate else Tier.BELOW

    return Placement(tuple(tier(score) for score in scores), ranks_of(scores))


def is_adult(born: date, on: date) -> bool:
    """Whether somebody is 18 or older on a day; a birthday on 29 February is kept on 1 March."""
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) >= ADULT_AGE
