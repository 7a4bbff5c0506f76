"""What may go to whom: consent's defaults, decisions over them, and what a later no takes back."""

from datetime import date

import pytest

from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.domain.organisations import OrganisationKind
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.sharing import (
    BASES,
    ConsentScope,
    ConsentTerms,
    Recipient,
    RecipientKind,
    SharedPart,
    SharingBasis,
    SharingBasisUnfit,
    SharingChoice,
    SharingDecision,
    SharingGroup,
    SharingMatrix,
    Source,
    group_of,
    require_fitting,
    seen_as_shared,
    whole_group,
)

OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 2)
PLAN_PARTS = {"about_me", "needs", "contingency", "people", "health"}
HOME_CARE = Recipient(RecipientKind.ORGANISATION, "home-care-1", SharingGroup.HOME_CARE)
SON = Recipient(RecipientKind.CONTACT, "son", SharingGroup.FAMILY)


def given(*groups: str, scopes: tuple[str, ...] = ("plan",)) -> ConsentTerms:
    return ConsentTerms(
        ConsentStatus.GIVEN,
        ConsentBasis.SIGNED,
        OCTOBER,
        "Sam Specimen",
        frozenset(map(SharingGroup, groups)),
        frozenset(map(ConsentScope, scopes)),
        "consent-1",
    )


def decided(
    recipient: Recipient,
    part: SharedPart,
    choice: SharingChoice,
    basis: SharingBasis,
    on: date = NOVEMBER,
    order: str = "decision-1",
) -> SharingDecision:
    return SharingDecision(recipient.key, part, choice, basis, on, "Sam Specimen", order)


def shared(matrix: SharingMatrix, recipient: Recipient) -> set[str]:
    return {part.value for part in matrix.shared_with(recipient)}


def test_without_consent_everything_is_to_be_asked_first() -> None:
    matrix = SharingMatrix(ConsentTerms(), ())
    cells = matrix.choices(HOME_CARE)
    assert {(it.choice, it.source) for it in cells.values()} == {(SharingChoice.ASK_FIRST, Source.NO_CONSENT)}
    assert not matrix.shares_anything


@pytest.mark.parametrize("status", [ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN], ids=lambda it: it.value)
def test_after_a_no_nothing_is_shared_with_anybody(status: ConsentStatus) -> None:
    matrix = SharingMatrix(ConsentTerms(status, None, NOVEMBER), ())
    choices = {it.choice for group in SharingGroup for it in matrix.choices(whole_group(group)).values()}
    assert choices == {SharingChoice.DO_NOT_SHARE}


def test_consent_shares_what_it_names_with_whom_it_names() -> None:
    matrix = SharingMatrix(given("home_care"), ())
    assert shared(matrix, HOME_CARE) == PLAN_PARTS
    assert shared(matrix, SON) == set()
    assert matrix.cell(SON, SharedPart.NEEDS).choice is SharingChoice.ASK_FIRST


def test_the_team_at_its_meeting_gets_what_consent_names_whoever_else_is_named() -> None:
    matrix = SharingMatrix(given(scopes=("plan", "assessment", "risk")), ())
    assert shared(matrix, whole_group(SharingGroup.MEETING)) == PLAN_PARTS | {"social_care", "risk"}


def test_consent_that_names_nothing_by_a_key_shares_nothing_by_itself() -> None:
    assert shared(SharingMatrix(given("home_care", scopes=()), ()), HOME_CARE) == set()


@pytest.mark.parametrize("part", [SharedPart.MENTAL_HEALTH, SharedPart.CARER], ids=lambda it: it.value)
def test_mental_health_and_what_the_carer_said_are_always_asked_for(part: SharedPart) -> None:
    everything = given(*(group.value for group in SharingGroup), scopes=tuple(it.value for it in ConsentScope))
    matrix = SharingMatrix(everything, ())
    assert {matrix.cell(whole_group(group), part).choice for group in SharingGroup} == {SharingChoice.ASK_FIRST}


def test_social_care_and_money_go_to_the_council_only() -> None:
    matrix = SharingMatrix(given("gp", "social_care", scopes=("assessment",)), ())
    assert SharedPart.SOCIAL_CARE in matrix.shared_with(whole_group(SharingGroup.SOCIAL_CARE))
    assert SharedPart.SOCIAL_CARE not in matrix.shared_with(whole_group(SharingGroup.GP))


def test_a_decision_about_one_stands_over_that_about_their_group_and_both_over_consent() -> None:
    group = whole_group(SharingGroup.HOME_CARE)
    needs = SharedPart.NEEDS
    about_group = decided(group, needs, SharingChoice.DO_NOT_SHARE, SharingBasis.OBJECTION)
    about_one = decided(HOME_CARE, needs, SharingChoice.SHARE, SharingBasis.SPOKEN)
    other = Recipient(RecipientKind.ORGANISATION, "home-care-2", SharingGroup.HOME_CARE)
    matrix = SharingMatrix(given("home_care"), [about_group, about_one])
    assert matrix.cell(HOME_CARE, needs).source is Source.DECIDED
    assert matrix.cell(HOME_CARE, needs).choice is SharingChoice.SHARE
    assert matrix.cell(other, needs).source is Source.GROUP
    assert matrix.cell(other, needs).choice is SharingChoice.DO_NOT_SHARE
    assert matrix.cell(other, SharedPart.ABOUT_ME).source is Source.CONSENT


def test_of_two_decisions_the_later_day_counts_and_on_one_day_what_was_recorded_later() -> None:
    yes = decided(SON, SharedPart.NEEDS, SharingChoice.SHARE, SharingBasis.SPOKEN, NOVEMBER)
    older = decided(SON, SharedPart.NEEDS, SharingChoice.DO_NOT_SHARE, SharingBasis.OBJECTION, OCTOBER)
    same_day = decided(SON, SharedPart.NEEDS, SharingChoice.DO_NOT_SHARE, SharingBasis.OBJECTION, NOVEMBER)
    assert SharingMatrix(given(), [yes, older]).cell(SON, SharedPart.NEEDS).choice is SharingChoice.SHARE
    assert SharingMatrix(given(), [yes, same_day]).cell(SON, SharedPart.NEEDS).choice is SharingChoice.DO_NOT_SHARE


@pytest.mark.parametrize(
    ("basis", "on", "order", "stays"),
    [
        pytest.param(SharingBasis.SPOKEN, OCTOBER, "a", False, id="a yes of the person before it goes"),
        pytest.param(SharingBasis.SPOKEN, NOVEMBER, "a", False, id="of the same day, recorded before it, too"),
        pytest.param(SharingBasis.SPOKEN, NOVEMBER, "z", True, id="of the same day, recorded after it, stays"),
        pytest.param(SharingBasis.SPOKEN, date(2026, 11, 9), "a", True, id="an exception made afterwards stays"),
        pytest.param(SharingBasis.DUTY_TO_SHARE, OCTOBER, "a", True, id="what never rested on their yes stays"),
        pytest.param(SharingBasis.BEST_INTERESTS, OCTOBER, "a", True, id="and so do best interests"),
    ],
)
def test_when_consent_is_withdrawn(basis: SharingBasis, on: date, order: str, stays: bool) -> None:
    withdrawn = ConsentTerms(ConsentStatus.WITHDRAWN, None, NOVEMBER, order="m")
    yes = decided(SON, SharedPart.CONTINGENCY, SharingChoice.SHARE, basis, on, order)
    matrix = SharingMatrix(withdrawn, [yes])
    assert (shared(matrix, SON) == {"contingency"}) is stays
    assert matrix.shares_anything is stays


def test_a_no_is_not_taken_back_by_a_later_general_yes() -> None:
    no = decided(SON, SharedPart.HEALTH, SharingChoice.DO_NOT_SHARE, SharingBasis.OBJECTION, date(2026, 9, 1))
    assert shared(SharingMatrix(given("family"), [no]), SON) == PLAN_PARTS - {"health"}


def test_somebody_who_must_not_be_contacted_gets_nothing_unless_it_is_decided_for_them() -> None:
    brother = Recipient(RecipientKind.CONTACT, "brother", SharingGroup.FAMILY, reachable=False)
    assert SharingMatrix(given("family"), ()).cell(brother, SharedPart.NEEDS).source is Source.CONTACT
    yes = decided(brother, SharedPart.NEEDS, SharingChoice.SHARE, SharingBasis.SPOKEN)
    assert shared(SharingMatrix(given("family"), [yes]), brother) == {"needs"}


@pytest.mark.parametrize("choice", list(SharingChoice), ids=lambda it: it.value)
def test_each_choice_stands_on_its_own_grounds_only(choice: SharingChoice) -> None:
    for basis in SharingBasis:
        if basis in BASES[choice]:
            require_fitting(choice, basis)
        else:
            with pytest.raises(SharingBasisUnfit):
                require_fitting(choice, basis)


def test_every_kind_of_organisation_has_a_group() -> None:
    assert group_of(OrganisationKind.VOLUNTARY) is SharingGroup.VOLUNTARY
    assert group_of(OrganisationKind.COMMISSIONER) is SharingGroup.OTHER
    assert {group_of(kind) for kind in OrganisationKind} <= set(SharingGroup)


def test_what_a_partner_sees_follows_from_the_parts_they_are_given() -> None:
    assert seen_as_shared(frozenset()) == frozenset()
    risk_only = seen_as_shared(frozenset({SharedPart.RISK}))
    assert Permission.SEE_RISK in risk_only
    assert Permission.SEE_PLAN not in risk_only
    assert Permission.SEE_CASE in risk_only
