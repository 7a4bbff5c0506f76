"""Which decision on which basis allows a plan to be shared: the whole table."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations, product

import pytest

from mdt_desktop.domain.consent import (
    MOST_CAUTIOUS_FIRST,
    ConsentBasis,
    ConsentNeedsBasis,
    ConsentStatus,
    NoBasisToShare,
    bases_for,
    may_share,
    require_basis_to_share,
    require_consistent,
    standing,
)

LAWFUL = {
    ("given", "signed"),
    ("given", "spoken"),
    ("given", "attorney_or_deputy"),
    ("lacks_capacity", "best_interests"),
    ("lacks_capacity", "attorney_or_deputy"),
}
BASES: tuple[ConsentBasis | None, ...] = (None, *ConsentBasis)
TABLE = [
    pytest.param(status, basis, id=f"{status.value}, {basis.value if basis else 'no basis'}".replace("_", " "))
    for status, basis in product(ConsentStatus, BASES)
]


@pytest.mark.parametrize(("status", "basis"), TABLE)
def test_a_plan_is_shared_only_on_a_lawful_basis(status: ConsentStatus, basis: ConsentBasis | None) -> None:
    lawful = (status.value, basis.value if basis else "") in LAWFUL
    assert may_share(status, basis) is lawful
    if lawful:
        require_basis_to_share(status, basis)
    else:
        with pytest.raises(NoBasisToShare):
            require_basis_to_share(status, basis)


@pytest.mark.parametrize(("status", "basis"), TABLE)
def test_only_a_decision_that_would_allow_sharing_must_name_a_fitting_basis(
    status: ConsentStatus, basis: ConsentBasis | None
) -> None:
    allows = status in (ConsentStatus.GIVEN, ConsentStatus.LACKS_CAPACITY)
    if allows and (status.value, basis.value if basis else "") not in LAWFUL:
        with pytest.raises(ConsentNeedsBasis):
            require_consistent(status, basis)
    else:
        require_consistent(status, basis)


@pytest.mark.parametrize("status", list(ConsentStatus), ids=lambda it: it.value)
def test_the_form_offers_exactly_the_bases_that_fit(status: ConsentStatus) -> None:
    assert {(status.value, basis.value) for basis in bases_for(status)} == {
        pair for pair in LAWFUL if pair[0] == status.value
    }


def test_best_interests_never_stand_for_a_person_who_decides_themselves() -> None:
    assert not may_share(ConsentStatus.GIVEN, ConsentBasis.BEST_INTERESTS)


@dataclass(frozen=True)
class Decision:
    """As recorded on a day of November by somebody who saw some of the others."""

    id: str
    status: ConsentStatus
    day: int
    knew: frozenset[str] = frozenset()

    @property
    def decided_on(self) -> date:
        return date(2026, 11, self.day)


def stand(*decisions: Decision) -> list[str]:
    """Who stands, the one in force first, in whatever order they are read."""
    answers = {tuple(it.id for it in standing(order)) for order in permutations(decisions)}
    assert len(answers) == 1
    return list(answers.pop())


GIVEN, WITHDRAWN, REFUSED = ConsentStatus.GIVEN, ConsentStatus.WITHDRAWN, ConsentStatus.REFUSED


def test_every_status_has_its_place_in_the_order_of_caution() -> None:
    assert sorted(MOST_CAUTIOUS_FIRST) == sorted(ConsentStatus)
    assert MOST_CAUTIOUS_FIRST[-1] is GIVEN


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        pytest.param([("a", GIVEN, 1, ""), ("b", WITHDRAWN, 2, "a")], ["b"], id="a later one that knew the earlier"),
        pytest.param([("a", WITHDRAWN, 1, ""), ("b", GIVEN, 2, "a")], ["b"], id="given again by who knew"),
        pytest.param([("a", WITHDRAWN, 9, ""), ("b", GIVEN, 2, "a")], ["a"], id="an old one that is recorded late"),
        pytest.param([("b", WITHDRAWN, 2, ""), ("a", GIVEN, 2, "b")], ["a"], id="of one day, the one that knew"),
        pytest.param([("a", WITHDRAWN, 1, ""), ("b", GIVEN, 9, "")], ["a", "b"], id="stale given after withdrawn"),
        pytest.param([("a", GIVEN, 1, ""), ("b", GIVEN, 9, "")], ["b", "a"], id="equally cautious, the later"),
        pytest.param(
            [("a", GIVEN, 1, ""), ("b", WITHDRAWN, 3, "a"), ("c", GIVEN, 5, "a")], ["b", "c"], id="both knew the first"
        ),
        pytest.param(
            [("a", GIVEN, 1, ""), ("b", WITHDRAWN, 3, "a"), ("c", GIVEN, 5, "a"), ("d", GIVEN, 6, "abc")],
            ["d"],
            id="somebody saw both and recorded what holds",
        ),
        pytest.param(
            [("a", REFUSED, 1, ""), ("b", WITHDRAWN, 3, ""), ("c", GIVEN, 5, "b")], ["a", "c"], id="one is unseen still"
        ),
    ],
)
def test_of_two_decisions_that_knew_nothing_of_each_other_the_more_cautious_is_in_force(
    decisions: list[tuple[str, ConsentStatus, int, str]], expected: list[str]
) -> None:
    assert stand(*(Decision(id_, status, day, frozenset(knew)) for id_, status, day, knew in decisions)) == expected
