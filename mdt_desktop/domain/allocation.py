"""Who should lead: the allocation rule of source document 003, section 3d, and the proposal of a named person."""

from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.risk import Tier


class AgeRule(StrEnum):
    """Source document 003 says "over 75"; the GP contract says "75 and over". The setting decides (DOMAIN E1)."""

    OVER_75 = "over_75"
    AGED_75_AND_OVER = "aged_75_and_over"


class PrimaryNeed(StrEnum):
    """The person's primary health need, which decides the discipline where age and tier do not."""

    NOT_RECORDED = "not_recorded"
    MEDICAL = "medical"
    NURSING = "nursing"
    MOBILITY_AND_DAILY_LIVING = "mobility_and_daily_living"
    SOCIAL = "social"
    MENTAL_HEALTH = "mental_health"
    HOSPITAL_CONDITION = "hospital_condition"


class AllocationRule(StrEnum):
    """Which rule fired."""

    AGE = "age"
    VERY_HIGH_RISK = "very_high_risk"
    PRIMARY_NEED = "primary_need"
    NEED_NOT_RECORDED = "need_not_recorded"


class LeadBecause(StrEnum):
    """What made the rule fire, as the end of a sentence that begins "a GP should lead, because …"."""

    OVER_75 = "over_75"
    AGED_75_AND_OVER = "aged_75_and_over"
    VERY_HIGH_RISK = "very_high_risk"
    NOT_RECORDED = "not_recorded"
    MEDICAL = "medical"
    NURSING = "nursing"
    MOBILITY_AND_DAILY_LIVING = "mobility_and_daily_living"
    SOCIAL = "social"
    MENTAL_HEALTH = "mental_health"
    HOSPITAL_CONDITION = "hospital_condition"


class LookedIn(StrEnum):
    """Where a lead was looked for."""

    PRACTICE = "practice"
    NEARBY = "nearby"


class AllocationStatus(StrEnum):
    """A lead is proposed by rule, agreed by people, and one day ended by the next."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ENDED = "ended"


class OverrideNeedsReason(NotAllowed):
    """Another lead than the rule proposes was chosen without saying why."""

    code = "override_needs_reason"


class NobodyToPropose(NotAllowed):
    """No active practitioner of the discipline works where one was looked for.

    Values: `discipline`, `rule`, `because` (what made the rule fire) and `looked_in`.
    """

    code = "nobody_to_propose"


_DISCIPLINE_FOR: dict[PrimaryNeed, Discipline] = {
    PrimaryNeed.MEDICAL: Discipline.GP,
    PrimaryNeed.NURSING: Discipline.NURSE,
    PrimaryNeed.MOBILITY_AND_DAILY_LIVING: Discipline.THERAPIST,
    PrimaryNeed.SOCIAL: Discipline.SOCIAL_WORKER,
    PrimaryNeed.MENTAL_HEALTH: Discipline.MENTAL_HEALTH,
    PrimaryNeed.HOSPITAL_CONDITION: Discipline.SECONDARY_CARE,
}


@dataclass(frozen=True, slots=True)
class LeadRule:
    """The discipline that should lead, the rule that says so, and what made it fire."""

    discipline: Discipline
    rule: AllocationRule
    because: LeadBecause


@dataclass(frozen=True, slots=True)
class Candidate:
    """A practitioner who could lead; `caseload` counts the people they lead now."""

    practitioner_id: str
    name: str
    discipline: Discipline
    practice_id: str | None
    locality_id: str | None
    caseload: int


def is_old_enough(age: int, age_rule: AgeRule) -> bool:
    """Whether the age rule gives the GP: "over 75" begins at the 76th birthday, "75 and over" at the 75th.

    "Aged over 75" is read in whole years, as ages are on a form: a person who is 75 is not over 75.
    """
    return age > 75 if age_rule is AgeRule.OVER_75 else age >= 75


def lead_rule(age: int, tier: Tier, need: PrimaryNeed, age_rule: AgeRule) -> LeadRule:
    """The GP for people over 75 and for very high risk at any age; otherwise by primary health need.

    Source document 003, 3d. Where no need is recorded the GP, who holds the list, is proposed until one is.
    """
    if is_old_enough(age, age_rule):
        return LeadRule(Discipline.GP, AllocationRule.AGE, LeadBecause(age_rule.value))
    if tier is Tier.VERY_HIGH:
        return LeadRule(Discipline.GP, AllocationRule.VERY_HIGH_RISK, LeadBecause.VERY_HIGH_RISK)
    if need is PrimaryNeed.NOT_RECORDED:
        return LeadRule(Discipline.GP, AllocationRule.NEED_NOT_RECORDED, LeadBecause.NOT_RECORDED)
    return LeadRule(_DISCIPLINE_FOR[need], AllocationRule.PRIMARY_NEED, LeadBecause(need.value))


def choose(
    fired: LeadRule, practice_id: str | None, locality_id: str | None, candidates: list[Candidate]
) -> Candidate:
    """The candidate nearest to the person with the smallest caseload; raise `NobodyToPropose` if there is none.

    Nearest: the person's own practice, then the locality, then a borough-wide service. A GP is proposed only
    from the person's own practice, because only that practice is accountable for its list.
    """
    ranked = sorted(
        (nearness, candidate.caseload, candidate.name, candidate.practitioner_id, candidate)
        for candidate in candidates
        if candidate.discipline is fired.discipline
        and (nearness := _nearness(candidate, practice_id, locality_id)) is not None
    )
    if not ranked:
        looked_in = LookedIn.PRACTICE if fired.discipline is Discipline.GP else LookedIn.NEARBY
        raise NobodyToPropose(
            discipline=fired.discipline, rule=fired.rule, because=fired.because, looked_in=looked_in
        )
    return ranked[0][-1]


def _nearness(candidate: Candidate, practice_id: str | None, locality_id: str | None) -> int | None:
    if candidate.practice_id is not None:
        return 0 if candidate.practice_id == practice_id else None
    if candidate.discipline is Discipline.GP:
        return None
    if candidate.locality_id is not None:
        return 1 if candidate.locality_id == locality_id else None
    return 2


def require_override_reason(proposed_id: str | None, chosen_id: str, reason: str) -> None:
    """Raise `OverrideNeedsReason` where somebody else than the proposed person is chosen without a reason."""
    if chosen_id != proposed_id and not reason.strip():
        raise OverrideNeedsReason()
