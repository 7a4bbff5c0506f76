"""Whether enough of the right people are present to agree something about a person (DOMAIN C3.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mdt_desktop.domain.organisations import Discipline

HEALTH = frozenset(
    {Discipline.GP, Discipline.NURSE, Discipline.THERAPIST, Discipline.MENTAL_HEALTH, Discipline.SECONDARY_CARE}
)
SOCIAL_CARE = frozenset({Discipline.SOCIAL_WORKER})


class QuorumPart(StrEnum):
    """What a quorum is made of."""

    CHAIR = "chair"
    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    KNOWS_PERSON = "knows_person"


@dataclass(frozen=True, slots=True)
class QuorumRule:
    """How many of each part are needed; by default the chair, one of each side, and somebody who knows the person."""

    chair: bool = True
    health: int = 1
    social_care: int = 1
    knows_person: bool = True


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in the meeting at this moment."""

    practitioner_id: str
    discipline: Discipline
    is_chair: bool = False
    knows_person: bool = False


def missing_for_quorum(rule: QuorumRule, present: Iterable[Present]) -> tuple[QuorumPart, ...]:
    """What is missing; empty where the meeting may agree. One person may be several parts, and counts once in each."""
    people = tuple(present)
    have = {
        QuorumPart.CHAIR: (int(rule.chair), sum(it.is_chair for it in people)),
        QuorumPart.HEALTH: (rule.health, sum(it.discipline in HEALTH for it in people)),
        QuorumPart.SOCIAL_CARE: (rule.social_care, sum(it.discipline in SOCIAL_CARE for it in people)),
        QuorumPart.KNOWS_PERSON: (int(rule.knows_person), sum(it.knows_person for it in people)),
    }
    return tuple(part for part, (needed, there) in have.items() if there < needed)
