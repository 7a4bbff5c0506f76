"""Proposing and agreeing the lead professional, in a real store."""

from datetime import date, timedelta

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import (
    AgeRule,
    AllocationRule,
    AllocationStatus,
    LeadBecause,
    LookedIn,
    NobodyToPropose,
    OverrideNeedsReason,
    PrimaryNeed,
)
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.records import Practitioner
from mdt_desktop.services.allocations import NotWorkingHere
from tests.helpers.borough import SmallPlace, a_person, risk_runs
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import work_on


def a_case(program: Program, place: SmallPlace, born: date, need: PrimaryNeed = PrimaryNeed.NOT_RECORDED) -> str:
    case = program.services.cases.open(a_person(program, place, born=born, nhs_number=None)).made
    program.services.cases.describe(case, need, Complexity.NOT_RECORDED)
    return case


def test_the_gp_of_the_persons_own_practice_is_proposed_over_75(program: Program, place: SmallPlace) -> None:
    proposal = program.services.allocations.propose(a_case(program, place, date(1940, 8, 14)))
    assert (proposal.practitioner.id, proposal.rule, proposal.age) == (place.gp, AllocationRule.AGE, 86)


@pytest.mark.parametrize(
    ("rule", "discipline"),
    [
        pytest.param(AgeRule.OVER_75, Discipline.NURSE, id="over 75: still the nurse at 75"),
        pytest.param(AgeRule.AGED_75_AND_OVER, Discipline.GP, id="75 and over: the GP at 75"),
    ],
)
def test_the_age_rule_decides_at_75(program: Program, place: SmallPlace, rule: AgeRule, discipline: Discipline) -> None:
    program.services.rules.set_age_rule(rule)
    proposal = program.services.allocations.propose(a_case(program, place, date(1951, 11, 23), PrimaryNeed.NURSING))
    assert (proposal.age, proposal.discipline, proposal.age_rule) == (75, discipline, rule)


def test_the_proposal_changes_on_the_76th_birthday(program: Program, place: SmallPlace, clock: FrozenClock) -> None:
    case = a_case(program, place, date(1950, 11, 24), PrimaryNeed.NURSING)
    before = program.services.allocations.propose(case).discipline
    clock.advance(timedelta(days=1))
    assert (before, program.services.allocations.propose(case).discipline) == (Discipline.NURSE, Discipline.GP)


def test_very_high_risk_of_the_latest_run_gives_the_gp_at_any_age(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place, born=date(1980, 1, 1))
    case = program.services.cases.open(person).made
    program.services.cases.describe(case, PrimaryNeed.NURSING, Complexity.COMPLEX)
    risk_runs(program, place, person)
    assert program.services.allocations.propose(case).rule is AllocationRule.VERY_HIGH_RISK


def test_a_tier_of_an_older_run_does_not_count(program: Program, place: SmallPlace) -> None:
    person = a_person(program, place, born=date(1980, 1, 1))
    case = program.services.cases.open(person).made
    risk_runs(program, place, person, (87.0, 86.0, 85.0, 84.0, 83.0, 61.0))
    assert program.services.allocations.propose(case).rule is AllocationRule.NEED_NOT_RECORDED


def test_whoever_leads_fewest_is_proposed_next(program: Program, place: SmallPlace) -> None:
    allocations = program.services.allocations
    first = a_case(program, place, date(1940, 8, 14))
    allocations.agree(first, place.gp, allocations.propose(first))
    assert allocations.propose(a_case(program, place, date(1941, 8, 14))).practitioner.id == place.second_gp


def test_nobody_is_proposed_where_no_such_discipline_works(program: Program, place: SmallPlace) -> None:
    case = a_case(program, place, date(1980, 1, 1), PrimaryNeed.MENTAL_HEALTH)
    with pytest.raises(NobodyToPropose) as refused:
        program.services.allocations.propose(case)
    assert refused.value.values == {
        "discipline": Discipline.MENTAL_HEALTH,
        "rule": AllocationRule.PRIMARY_NEED,
        "because": LeadBecause.MENTAL_HEALTH,
        "looked_in": LookedIn.NEARBY,
    }


def test_an_agreed_lead_is_in_force_and_in_the_team(program: Program, place: SmallPlace) -> None:
    case = a_case(program, place, date(1940, 8, 14))
    proposal = program.services.allocations.propose(case)
    program.services.allocations.agree(case, proposal.practitioner.id, proposal)
    overview = program.services.case_file.overview(program.services.case_file.find(case))
    assert overview.lead is not None
    assert (overview.lead.practitioner_id, overview.lead.rule, overview.lead.agreed_by) == (
        place.gp,
        AllocationRule.AGE,
        "Pat Sample",
    )
    assert [it.practitioner_id for it in overview.team] == [place.gp]


def test_another_lead_needs_a_reason_and_ends_the_one_before(program: Program, place: SmallPlace) -> None:
    case = a_case(program, place, date(1940, 8, 14))
    allocations = program.services.allocations
    proposal = allocations.propose(case)
    allocations.agree(case, place.gp, proposal)
    with pytest.raises(OverrideNeedsReason):
        allocations.agree(case, place.nurse, proposal, "  ")
    allocations.agree(case, place.nurse, proposal, "She knows her best")
    leads = program.services.case_file.leads(case)
    assert [(it.practitioner_id, it.status) for it in leads] == [
        (place.nurse, AllocationStatus.AGREED),
        (place.gp, AllocationStatus.ENDED),
    ]
    assert (leads[0].override_reason, leads[0].proposed_name) == ("She knows her best", "Dr Ann Placeholder")
    assert leads[1].ended_at is not None


def test_somebody_who_has_left_cannot_lead(program: Program, place: SmallPlace) -> None:
    case = a_case(program, place, date(1940, 8, 14))
    with work_on(program) as work:
        work.get(Practitioner, place.gp).active = False
    with pytest.raises(NotWorkingHere):
        program.services.allocations.agree(case, place.gp, None, "He asked for it")
    assert program.services.allocations.propose(case).practitioner.id == place.second_gp


def test_a_lead_of_no_case_is_refused(program: Program, place: SmallPlace) -> None:
    with pytest.raises(NotFound):
        program.services.allocations.agree("no case", place.gp, None, "a reason")


def test_an_agreed_lead_joins_the_team_only_once(program: Program, place: SmallPlace) -> None:
    case = a_case(program, place, date(1940, 8, 14))
    program.services.cases.join_team(case, place.gp, "")
    program.services.allocations.agree(case, place.gp, program.services.allocations.propose(case))
    person = program.services.case_file.find(case)
    assert len(program.services.case_file.overview(person).team) == 1
