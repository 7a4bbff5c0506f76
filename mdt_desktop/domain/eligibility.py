"""What the Care Act evidence indicates for an adult and for a carer; the decision stays with the council.

Source: Care and Support (Eligibility Criteria) Regulations 2014, regulations 2 and 3. The answers are those
of the questionnaire `care-act-evidence`, whose link ids are named here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.domain.scoring import Finding

CARE_ACT_ID: Final = "care-act-evidence"
ADULT_CAUSE: Final = "adult-needs-arise"
ADULT_WELLBEING: Final = "adult-wellbeing"
CARER_CAUSE: Final = "carer-needs-arise"
CARER_HEALTH: Final = "carer-health"
CARER_WELLBEING: Final = "carer-wellbeing"
MANAGES: Final = "manages"
DOES_NOT_APPLY: Final = "does-not-apply"
NO_IMPACT: Final = "none"
ADULT_OUTCOMES_NEEDED: Final = 2


class AdultOutcome(StrEnum):
    """The ten outcomes of an adult (regulation 2(2)); their link ids are `adult-<value>`."""

    NUTRITION = "nutrition"
    HYGIENE = "hygiene"
    TOILET = "toilet"
    CLOTHING = "clothing"
    HOME_SAFELY = "home-safely"
    HABITABLE_HOME = "habitable-home"
    RELATIONSHIPS = "relationships"
    WORK = "work"
    COMMUNITY = "community"
    CHILD = "child"


class CarerOutcome(StrEnum):
    """The eight outcomes of a carer (regulation 3(2)); their link ids are `carer-<value>`."""

    CHILD = "child"
    OTHERS = "others"
    HABITABLE_HOME = "habitable-home"
    NUTRITION = "nutrition"
    RELATIONSHIPS = "relationships"
    WORK = "work"
    COMMUNITY = "community"
    RECREATION = "recreation"


class Wellbeing(StrEnum):
    """The nine areas of wellbeing (Care Act 2014, section 1(2))."""

    DIGNITY = "dignity"
    HEALTH = "health"
    PROTECTION = "protection"
    CONTROL = "control"
    PARTICIPATION = "participation"
    SOCIAL_ECONOMIC = "social-economic"
    RELATIONSHIPS = "relationships"
    ACCOMMODATION = "accommodation"
    CONTRIBUTION = "contribution"


class Indication(StrEnum):
    """What the recorded evidence points to; never a decision."""

    INDICATES = "indicates"
    DOES_NOT_INDICATE = "does_not_indicate"
    NOT_ENOUGH_RECORDED = "not_enough_recorded"


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """What the evidence indicates, and why.

    `unable` and `not_recorded` are outcome values, `without_evidence` those of `unable` that have no written
    evidence, `wellbeing` the areas affected. `findings` are the reasons, ready for words.
    """

    indication: Indication
    unable: tuple[str, ...]
    not_recorded: tuple[str, ...]
    without_evidence: tuple[str, ...]
    wellbeing: tuple[str, ...]
    findings: tuple[Finding, ...]


def adult_test(answers: Answers) -> EvidenceResult:
    """Needs from impairment or illness, two of ten outcomes not achieved, impact on wellbeing."""
    unable, not_recorded = _outcomes(answers, "adult", AdultOutcome)
    if len(unable) >= ADULT_OUTCOMES_NEEDED:
        outcomes: bool | None = True
    elif len(unable) + len(not_recorded) < ADULT_OUTCOMES_NEEDED:
        outcomes = False
    else:
        outcomes = None
    count = {"unable": len(unable), "needed": ADULT_OUTCOMES_NEEDED, "not_recorded": len(not_recorded)}
    middle = Finding(f"care_act.adult.outcomes.{_word(outcomes)}", count)
    return _result(answers, "adult", outcomes, middle, unable, not_recorded)


def carer_test(answers: Answers) -> EvidenceResult:
    """Needs from necessary care, health at risk or one of eight outcomes, impact on wellbeing."""
    unable, not_recorded = _outcomes(answers, "carer", CarerOutcome)
    health = _yes_or_no(answers, CARER_HEALTH)
    if health or unable:
        outcomes: bool | None = True
    else:
        outcomes = False if health is False and not not_recorded else None
    values = {"unable": len(unable), "not_recorded": len(not_recorded)}
    middle = Finding(
        "care_act.carer.health.yes" if health else f"care_act.carer.outcomes.{_word(outcomes)}", values
    )
    return _result(answers, "carer", outcomes, middle, unable, not_recorded)


def _result(
    answers: Answers,
    who: str,
    outcomes: bool | None,
    middle: Finding,
    unable: tuple[str, ...],
    not_recorded: tuple[str, ...],
) -> EvidenceResult:
    cause = _yes_or_no(answers, ADULT_CAUSE if who == "adult" else CARER_CAUSE)
    wellbeing = _picked(answers, ADULT_WELLBEING if who == "adult" else CARER_WELLBEING)
    areas = tuple(area.value for area in Wellbeing if area.value in wellbeing)
    impact = True if areas else (False if NO_IMPACT in wellbeing else None)
    without_evidence = tuple(name for name in unable if not answers.of(f"{who}-{name}-evidence"))
    findings = [
        Finding(f"care_act.{who}.cause.{_word(cause)}"),
        middle,
        Finding(f"care_act.{who}.wellbeing.{_word(impact)}", {"areas": len(areas)}),
    ]
    if without_evidence:
        findings.append(Finding("care_act.without_evidence", {"count": len(without_evidence)}))
    return EvidenceResult(
        indication=_indication((cause, outcomes, impact)),
        unable=unable,
        not_recorded=not_recorded,
        without_evidence=without_evidence,
        wellbeing=areas,
        findings=tuple(findings),
    )


def _indication(conditions: tuple[bool | None, ...]) -> Indication:
    """One condition that fails settles it; otherwise all three must be recorded."""
    if False in conditions:
        return Indication.DOES_NOT_INDICATE
    return Indication.NOT_ENOUGH_RECORDED if None in conditions else Indication.INDICATES


def _outcomes(
    answers: Answers, who: str, outcomes: Iterable[StrEnum]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    unable: list[str] = []
    not_recorded: list[str] = []
    for outcome in outcomes:
        picked = _picked(answers, f"{who}-{outcome.value}")
        if picked - {MANAGES, DOES_NOT_APPLY}:
            unable.append(outcome.value)
        elif not picked:
            not_recorded.append(outcome.value)
    return tuple(unable), tuple(not_recorded)


def _picked(answers: Answers, link_id: str) -> frozenset[str]:
    return frozenset(str(value) for _position, value in answers.of(link_id))


def _yes_or_no(answers: Answers, link_id: str) -> bool | None:
    value = answers.get(link_id)
    return value if isinstance(value, bool) else None


def _word(answer: bool | None) -> str:
    if answer is None:
        return "not_recorded"
    return "yes" if answer else "no"
