"""Proposes the lead professional by rule; reads only, so that a case can be shown without anything that writes."""

from dataclasses import dataclass

from mdt_desktop.domain.allocation import AgeRule, AllocationRule, choose, lead_rule
from mdt_desktop.domain.dates import age_on
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.access import Access
from mdt_desktop.services.rules import age_rule
from mdt_desktop.store.queries import cases, directory
from mdt_desktop.store.queries.directory import PractitionerSummary


@dataclass(frozen=True, slots=True)
class LeadProposal:
    """Who should lead by rule, and the facts of the sentence that says why; `age_rule` is the setting in force."""

    practitioner: PractitionerSummary
    discipline: Discipline
    rule: AllocationRule
    age_rule: AgeRule
    age: int
    tier: Tier
    primary_need: str


def propose(access: Access, case_id: str) -> LeadProposal:
    """The proposal by the rule of source document 003, 3d; raises `NotFound` or `NobodyToPropose`."""
    connection = access.database.reader
    case = cases.case(connection, case_id)
    person = cases.person(connection, case.person_id)
    rule_of_age = age_rule(connection)
    age = age_on(person.born, access.today())
    tier = case.tier or Tier.BELOW
    fired = lead_rule(age, tier, case.primary_need, rule_of_age)
    chosen = choose(
        fired,
        person.practice_id,
        person.locality_id,
        directory.candidates(connection, fired.discipline),
    )
    return LeadProposal(
        directory.practitioner(connection, chosen.practitioner_id),
        fired.discipline,
        fired.rule,
        rule_of_age,
        age,
        tier,
        case.primary_need.value,
    )
