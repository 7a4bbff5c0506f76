"""Which decision on which basis allows a plan to be shared: the whole table."""

from itertools import product

import pytest

from mdt_desktop.domain.consent import (
    ConsentBasis,
    ConsentNeedsBasis,
    ConsentStatus,
    NoBasisToShare,
    bases_for,
    may_share,
    require_basis_to_share,
    require_consistent,
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
