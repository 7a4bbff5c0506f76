"""Sentences about a case that several pages say: how many people, how many days, why the rule proposes a lead."""

from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.services.case_file import LeadProposal
from mdt_desktop.words import words


def proposal_reason(proposal: LeadProposal) -> str:
    """Which rule fired, in one sentence."""
    return words(
        f"allocation_reason.{proposal.rule.value}",
        age=proposal.age,
        age_rule=proposal.age_rule,
        discipline=proposal.discipline,
        primary_need=PrimaryNeed(proposal.primary_need),
    )


def days_words(days: int) -> str:
    """How long ago or ahead, in days."""
    if days == 0:
        return words("case.days.today")
    if days < 0:
        return words("case.days.late_one") if days == -1 else words("case.days.late", days=-days)
    return words("case.days.in_one") if days == 1 else words("case.days.in", days=days)
