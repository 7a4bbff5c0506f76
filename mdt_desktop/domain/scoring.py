"""What PHQ-9 and ONS4 answers mean: words first, number second, nothing scored that is not complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mdt_desktop.domain.questionnaire import Answers, Questionnaire, Value

PHQ9_ID: Final = "phq-9"
PHQ9_ITEMS: Final = tuple(f"phq9-{number}" for number in range(1, 10))
PHQ9_SELF_HARM: Final = "phq9-9"
PHQ9_MAXIMUM: Final = 27
ONS4_ID: Final = "ons4"
ONS4_MAXIMUM: Final = 10


class Phq9Band(StrEnum):
    """Severity bands of the PHQ-9 total (5, 10, 15, 20)."""

    MINIMAL = "minimal"
    MILD = "mild"
    MODERATE = "moderate"
    MODERATELY_SEVERE = "moderately_severe"
    SEVERE = "severe"


class Ons4Question(StrEnum):
    """The four questions; the values are the link ids."""

    SATISFIED = "satisfied"
    WORTHWHILE = "worthwhile"
    HAPPY = "happy"
    ANXIOUS = "anxious"


class Ons4Band(StrEnum):
    """Bands of one ONS4 answer; anxiety has no "very high", the other three no "very low"."""

    VERY_LOW = "very_low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence for the reader: the key of its words under `labels` and the values they need.

    Shown as `words(finding.key, **finding.values)`; the words put the interpretation before the number.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Phq9Result:
    """What a PHQ-9 says; `total` and `band` are None until all nine are answered (0 to 27)."""

    answered: int
    total: int | None
    band: Phq9Band | None
    self_harm_thoughts: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The safety prompt first, then the band with its number or how much is still missing."""
        found = [Finding("phq9.safety_prompt")] if self.self_harm_thoughts else []
        if self.band is None:
            found.append(Finding("phq9.incomplete", {"answered": self.answered, "asked": len(PHQ9_ITEMS)}))
        else:
            found.append(Finding(f"phq9_band.{self.band}", {"total": self.total, "maximum": PHQ9_MAXIMUM}))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Ons4Answer:
    """One ONS4 answer with its band; both None when it was not given."""

    question: Ons4Question
    score: int | None
    band: Ons4Band | None

    @property
    def finding(self) -> Finding:
        """The band in words, then the number; or that it was not answered."""
        if self.band is None:
            return Finding(f"ons4.{self.question}.not_answered")
        return Finding(f"ons4.{self.question}.{self.band}", {"score": self.score, "maximum": ONS4_MAXIMUM})


@dataclass(frozen=True, slots=True)
class Ons4Result:
    """The four answers beside each other; there is no total and no average (ONS asks for none)."""

    answers: tuple[Ons4Answer, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding a question, in the order asked."""
        return tuple(answer.finding for answer in self.answers)


def phq9_band(total: int) -> Phq9Band:
    """The severity band of a whole PHQ-9 total (Kroenke, Spitzer and Williams 2001)."""
    bands = (
        (20, Phq9Band.SEVERE),
        (15, Phq9Band.MODERATELY_SEVERE),
        (10, Phq9Band.MODERATE),
        (5, Phq9Band.MILD),
    )
    return next((band for least, band in bands if total >= least), Phq9Band.MINIMAL)


def ons4_band(question: Ons4Question, score: int) -> Ons4Band:
    """The ONS threshold band of one answer from 0 to 10; anxiety has its own thresholds."""
    if question is Ons4Question.ANXIOUS:
        bands = ((6, Ons4Band.HIGH), (4, Ons4Band.MEDIUM), (2, Ons4Band.LOW))
        lowest = Ons4Band.VERY_LOW
    else:
        bands = ((9, Ons4Band.VERY_HIGH), (7, Ons4Band.HIGH), (5, Ons4Band.MEDIUM))
        lowest = Ons4Band.LOW
    return next((band for least, band in bands if score >= least), lowest)


def score_phq9(questionnaire: Questionnaire, answers: Answers) -> Phq9Result:
    """The total and band of a whole PHQ-9; item 9 above "not at all" always raises the safety prompt."""
    scores = {link_id: _score(questionnaire, link_id, answers.get(link_id)) for link_id in PHQ9_ITEMS}
    given = [score for score in scores.values() if score is not None]
    total = sum(given) if len(given) == len(PHQ9_ITEMS) else None
    return Phq9Result(
        answered=len(given),
        total=total,
        band=None if total is None else phq9_band(total),
        self_harm_thoughts=(scores[PHQ9_SELF_HARM] or 0) > 0,
    )


def score_ons4(questionnaire: Questionnaire, answers: Answers) -> Ons4Result:
    """Each of the four answers with its own band."""
    read = []
    for question in Ons4Question:
        score = _score(questionnaire, question.value, answers.get(question.value))
        read.append(Ons4Answer(question, score, None if score is None else ons4_band(question, score)))
    return Ons4Result(tuple(read))


def _score(questionnaire: Questionnaire, link_id: str, value: Value | None) -> int | None:
    option = questionnaire.item(link_id).option(value)
    score: Decimal | None = option.score if option else None
    return None if score is None else int(score)
