"""Who should lead: the whole truth table of the rule, and whom of a discipline it names."""

from datetime import date
from itertools import product

import pytest

from mdt_desktop.domain.allocation import (
    AgeRule,
    AllocationRule,
    Candidate,
    NobodyToPropose,
    OverrideNeedsReason,
    PrimaryNeed,
    choose,
    is_old_enough,
    lead_rule,
    require_override_reason,
)
from mdt_desktop.domain.dates import age_on
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.risk import Tier
from mdt_desktop.words import sentence

BORN = date(1951, 11, 23)
MEETING_DAYS = {
    "day before the 75th birthday": (date(2026, 11, 22), 74),
    "75th birthday": (date(2026, 11, 23), 75),
    "day after the 75th birthday": (date(2026, 11, 24), 75),
    "day before the 76th birthday": (date(2027, 11, 22), 75),
    "76th birthday": (date(2027, 11, 23), 76),
    "day after the 76th birthday": (date(2027, 11, 24), 76),
}
BY_NEED = {
    PrimaryNeed.NOT_RECORDED: (Discipline.GP, AllocationRule.NEED_NOT_RECORDED),
    PrimaryNeed.MEDICAL: (Discipline.GP, AllocationRule.PRIMARY_NEED),
    PrimaryNeed.NURSING: (Discipline.NURSE, AllocationRule.PRIMARY_NEED),
    PrimaryNeed.MOBILITY_AND_DAILY_LIVING: (Discipline.THERAPIST, AllocationRule.PRIMARY_NEED),
    PrimaryNeed.SOCIAL: (Discipline.SOCIAL_WORKER, AllocationRule.PRIMARY_NEED),
    PrimaryNeed.MENTAL_HEALTH: (Discipline.MENTAL_HEALTH, AllocationRule.PRIMARY_NEED),
    PrimaryNeed.HOSPITAL_CONDITION: (Discipline.SECONDARY_CARE, AllocationRule.PRIMARY_NEED),
}
OLD_ENOUGH_FROM = {AgeRule.OVER_75: 76, AgeRule.AGED_75_AND_OVER: 75}


def spoken(value: str) -> str:
    return value.replace("_", " ")


@pytest.mark.parametrize(
    ("on", "age"), MEETING_DAYS.values(), ids=MEETING_DAYS
)
def test_the_age_that_counts_is_the_one_on_the_day(on: date, age: int) -> None:
    assert age_on(BORN, on) == age


TABLE = [
    pytest.param(day, tier, need, rule, id=f"{day}, {spoken(tier)} risk, need {spoken(need)}, rule {spoken(rule)}")
    for day, tier, need, rule in product(MEETING_DAYS, Tier, PrimaryNeed, AgeRule)
]


@pytest.mark.parametrize(("day", "tier", "need", "age_rule"), TABLE)
def test_age_then_very_high_risk_then_need_decide(day: str, tier: Tier, need: PrimaryNeed, age_rule: AgeRule) -> None:
    age = MEETING_DAYS[day][1]
    fired = lead_rule(age, tier, need, age_rule)
    if age >= OLD_ENOUGH_FROM[age_rule]:
        assert (fired.discipline, fired.rule) == (Discipline.GP, AllocationRule.AGE)
    elif tier is Tier.VERY_HIGH:
        assert (fired.discipline, fired.rule) == (Discipline.GP, AllocationRule.VERY_HIGH_RISK)
    else:
        assert (fired.discipline, fired.rule) == BY_NEED[need]


def test_a_person_aged_75_is_not_over_75() -> None:
    assert not is_old_enough(75, AgeRule.OVER_75)


def test_a_person_aged_75_is_75_and_over() -> None:
    assert is_old_enough(75, AgeRule.AGED_75_AND_OVER)


def test_a_person_of_75_with_a_nursing_need_has_another_lead_under_each_rule() -> None:
    over = lead_rule(75, Tier.HIGH, PrimaryNeed.NURSING, AgeRule.OVER_75)
    and_over = lead_rule(75, Tier.HIGH, PrimaryNeed.NURSING, AgeRule.AGED_75_AND_OVER)
    assert (over.discipline, and_over.discipline) == (Discipline.NURSE, Discipline.GP)


NURSE_BY_NEED = lead_rule(40, Tier.HIGH, PrimaryNeed.NURSING, AgeRule.OVER_75)


def somebody(
    name: str,
    caseload: int = 0,
    discipline: Discipline = Discipline.NURSE,
    practice: str | None = None,
    locality: str | None = None,
) -> Candidate:
    return Candidate(f"id of {name}", name, discipline, practice, locality, caseload)


CHOICES = {
    "own practice before locality, whatever the caseload": (
        [somebody("Far", 0, locality="here"), somebody("Near", 9, practice="own")],
        "Near",
    ),
    "locality before borough": ([somebody("Borough", 0), somebody("Local", 9, locality="here")], "Local"),
    "smallest caseload among equals": (
        [somebody("Busy", 5, locality="here"), somebody("Free", 1, locality="here")],
        "Free",
    ),
    "name decides where caseloads are equal": (
        [somebody("Zoe", 1, locality="here"), somebody("Amy", 1, locality="here")],
        "Amy",
    ),
    "another locality's team is not asked": (
        [somebody("There", 0, locality="there"), somebody("Borough", 9)],
        "Borough",
    ),
    "another practice's nurse is not asked": (
        [somebody("Theirs", 0, practice="other"), somebody("Local", 9, locality="here")],
        "Local",
    ),
    "another discipline is not asked": (
        [somebody("Doctor", 0, Discipline.GP, practice="own"), somebody("Local", 9, locality="here")],
        "Local",
    ),
}


@pytest.mark.parametrize(("candidates", "name"), CHOICES.values(), ids=CHOICES)
def test_the_nearest_with_the_smallest_caseload_is_named(candidates: list[Candidate], name: str) -> None:
    assert choose(NURSE_BY_NEED, "own", "here", candidates).name == name


def test_a_gp_is_only_proposed_from_the_persons_own_practice() -> None:
    others = [
        somebody("Theirs", 0, Discipline.GP, practice="other"),
        somebody("Borough", 0, Discipline.GP),
        somebody("Local", 0, Discipline.GP, locality="here"),
    ]
    with pytest.raises(NobodyToPropose) as refused:
        choose(lead_rule(40, Tier.VERY_HIGH, PrimaryNeed.NURSING, AgeRule.OVER_75), "own", "here", others)
    assert sentence(refused.value) == (
        "By rule a GP should lead, because the person is at very high risk, but no GP works for the person's practice."
        " Choose a lead yourself, or add somebody to the directory."
    )


BECAUSE = {
    "over 75": (80, PrimaryNeed.NURSING, AgeRule.OVER_75, "a GP should lead, because the person is over 75"),
    "75 or over": (75, PrimaryNeed.NURSING, AgeRule.AGED_75_AND_OVER, "because the person is 75 or over"),
    "need": (40, PrimaryNeed.NURSING, AgeRule.OVER_75, "a nurse should lead, because the primary health need is"),
    "no need": (40, PrimaryNeed.NOT_RECORDED, AgeRule.OVER_75, "because no primary health need is recorded yet"),
    "near": (40, PrimaryNeed.SOCIAL, AgeRule.OVER_75, "no social worker works for the practice, the locality or the"),
}


@pytest.mark.parametrize(("age", "need", "age_rule", "told"), BECAUSE.values(), ids=BECAUSE)
def test_where_nobody_can_be_proposed_the_sentence_says_which_rule_fired(
    age: int, need: PrimaryNeed, age_rule: AgeRule, told: str
) -> None:
    with pytest.raises(NobodyToPropose) as refused:
        choose(lead_rule(age, Tier.HIGH, need, age_rule), "own", "here", [])
    assert told in sentence(refused.value)


def test_two_people_of_one_name_are_told_apart_by_their_id() -> None:
    first = Candidate("1", "Sam Sample", Discipline.NURSE, None, "here", 2)
    second = Candidate("2", "Sam Sample", Discipline.NURSE, None, "here", 2)
    assert choose(NURSE_BY_NEED, None, "here", [second, first]) is first


@pytest.mark.parametrize(
    ("proposed", "chosen", "reason", "refused"),
    [
        pytest.param("a", "a", "", False, id="as proposed, no reason"),
        pytest.param("a", "b", "She asked for him", False, id="somebody else, with a reason"),
        pytest.param("a", "b", "", True, id="somebody else, no reason"),
        pytest.param("a", "b", "  \n", True, id="somebody else, a blank reason"),
        pytest.param(None, "b", "", True, id="nobody proposed, no reason"),
        pytest.param(None, "b", "Only one left", False, id="nobody proposed, with a reason"),
    ],
)
def test_whoever_the_rule_does_not_propose_needs_a_reason(
    proposed: str | None, chosen: str, reason: str, refused: bool
) -> None:
    if refused:
        with pytest.raises(OverrideNeedsReason):
            require_override_reason(proposed, chosen, reason)
    else:
        require_override_reason(proposed, chosen, reason)
