"""Whether a person can be discussed well: what should be there two working days before a meeting (DOMAIN D5)."""

from dataclasses import dataclass
from enum import StrEnum


class ReadinessPart(StrEnum):
    """What makes a discussion worth its minutes."""

    PERSONS_VIEW = "persons_view"
    CARERS_VIEW = "carers_view"
    SOMEBODY_WHO_KNOWS = "somebody_who_knows"
    CONSENT = "consent"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What is known before the meeting. `somebody_comes`: a member of the person's team is expected and has not sent
    apologies. `asked`: the practitioner who is to bring what is missing, the lead where there is one."""

    persons_view: bool
    has_carer: bool
    carers_view: bool
    somebody_comes: bool
    may_share: bool
    question: bool


def missing_parts(facts: ReadinessFacts) -> tuple[ReadinessPart, ...]:
    """What is not there yet; empty where the person can be discussed. Without a carer no carer's view is missing."""
    there = {
        ReadinessPart.PERSONS_VIEW: facts.persons_view,
        ReadinessPart.CARERS_VIEW: facts.carers_view or not facts.has_carer,
        ReadinessPart.SOMEBODY_WHO_KNOWS: facts.somebody_comes,
        ReadinessPart.CONSENT: facts.may_share,
        ReadinessPart.QUESTION: facts.question,
    }
    return tuple(part for part, is_there in there.items() if not is_there)
