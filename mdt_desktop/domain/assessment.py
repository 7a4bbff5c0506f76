"""A joint assessment: its parts, who signs them, and when it counts as done (DOMAIN A4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mdt_desktop.domain.answering import Problem, Progress, decode, problems, progress_of_sections
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import Answers, Item, Questionnaire, Value

_LONGEST_NAME = 60  # an instrument's introduction stands where other forms have the name of a part


class AssessmentStatus(StrEnum):
    """An assessment is written, completed, and may be amended afterwards, which reopens its signatures."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    AMENDED = "amended"


class PartStatus(StrEnum):
    """Where one contributor's part stands."""

    EMPTY = "empty"
    STARTED = "started"
    SIGNED = "signed"
    CHANGED_SINCE_SIGNED = "changed_since_signed"


class PartIsEmpty(NotAllowed):
    """A part without any answer cannot be signed."""

    code = "part_is_empty"


class PartHasProblems(NotAllowed):
    """A part with missing or wrong answers cannot be signed; `problems` counts them."""

    code = "part_has_problems"


class AssessmentIsEmpty(NotAllowed):
    """An assessment without any answer cannot be completed."""

    code = "assessment_is_empty"


class PartsNotSigned(NotAllowed):
    """Parts with answers are not signed and nobody has said why; `count` counts them."""

    code = "assessment_parts_not_signed"


@dataclass(frozen=True, slots=True)
class FormPart:
    """What one contributor signs: a top-level section. `key` is what a signature names."""

    key: str
    name: str
    section: str


@dataclass(frozen=True, slots=True)
class PartState:
    """Where a part stands: how much is answered, who signed it last, and who changed it last and when."""

    part: FormPart
    status: PartStatus
    progress: Progress
    signed_by: str = ""
    discipline: Discipline | None = None
    signed_at: datetime | None = None
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def wants_signature(self) -> bool:
        """Whether something stands in it that nobody has signed as it is now."""
        return self.status in (PartStatus.STARTED, PartStatus.CHANGED_SINCE_SIGNED)


def part_status(answered: int, signed: bool, changed_since: bool) -> PartStatus:
    """The state of a part from how many questions are answered, and whether it was signed and then changed."""
    if signed:
        return PartStatus.CHANGED_SINCE_SIGNED if changed_since else PartStatus.SIGNED
    return PartStatus.STARTED if answered else PartStatus.EMPTY


def form_parts(questionnaire: Questionnaire) -> tuple[FormPart, ...]:
    """The parts of a form in reading order: one for each top-level section."""
    return tuple(
        FormPart(part_key(section), _name(questionnaire, section), section.link_id) for section in questionnaire.items
    )


def part_key(section: Item) -> str:
    """What a signature calls a section: its contributor's part, or its link id where it is nobody's."""
    return section.part.value if section.part else section.link_id


def part_of(questionnaire: Questionnaire, link_id: str) -> str:
    """The key of the part a question stands in; empty for a question that this version does not have."""
    if link_id not in questionnaire:
        return ""
    around = questionnaire.ancestors(link_id)
    return part_key(around[0] if around else questionnaire.item(link_id))


def answers_of(questionnaire: Questionnaire, stored: Mapping[tuple[str, str], str | bool | int]) -> Answers:
    """Stored answers as values; one to a question that this version does not have stays as it was stored."""
    values: dict[tuple[str, str], Value] = {
        place: decode(questionnaire.item(place[0]), value) if place[0] in questionnaire else value
        for place, value in stored.items()
    }
    return Answers(values)


def part_progress(questionnaire: Questionnaire, answers: Answers) -> dict[str, Progress]:
    """How much is answered of each part, by the part's key."""
    counted = progress_of_sections(questionnaire, answers)
    return {part.key: counted[part.section] for part in form_parts(questionnaire)}


def part_problems(questionnaire: Questionnaire, answers: Answers, part: str) -> tuple[Problem, ...]:
    """What is to put right before a part can be signed, in reading order."""
    return tuple(it for it in problems(questionnaire, answers) if part_of(questionnaire, it.link_id) == part)


def require_signable(questionnaire: Questionnaire, answers: Answers, part: str) -> None:
    """Refuse to sign a part that is empty or has problems; raises `PartIsEmpty` or `PartHasProblems`."""
    progress = part_progress(questionnaire, answers).get(part)
    if progress is None or not progress.answered:
        raise PartIsEmpty(part=part)
    found = part_problems(questionnaire, answers, part)
    if found:
        raise PartHasProblems(part=part, problems=len(found))


def unsigned_parts(states: Iterable[PartState]) -> tuple[PartState, ...]:
    """The parts that keep an assessment from being complete: answered, and not signed as they are now."""
    return tuple(state for state in states if state.wants_signature)


def require_completable(states: Iterable[PartState], reason: str) -> None:
    """Refuse to complete an empty assessment, or one with unsigned parts where no reason is given for them.

    Raises `AssessmentIsEmpty` or `PartsNotSigned`. Parts in which nothing was answered are left out: not every
    contributor is needed for every person.
    """
    known = tuple(states)
    if all(state.status is PartStatus.EMPTY for state in known):
        raise AssessmentIsEmpty()
    unsigned = unsigned_parts(known)
    if unsigned and not reason.strip():
        raise PartsNotSigned(count=len(unsigned))


def _name(questionnaire: Questionnaire, section: Item) -> str:
    return section.text if len(section.text) <= _LONGEST_NAME else questionnaire.title
