"""The words of the assessment page: who it is about, when, and how each part stands."""

from datetime import datetime

from mdt_desktop.domain.assessment import AssessmentStatus, PartState, PartStatus
from mdt_desktop.domain.dates import cui_date, cui_time
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import Part
from mdt_desktop.services.assessment_reading import AssessmentSummary, OpenAssessment
from mdt_desktop.words import label, words

_PARTS = {part.value for part in Part}


def day_of(moment: datetime) -> str:
    """The day of a moment where the laptop is, `14-Aug-2026`."""
    return cui_date(moment.astimezone().date())


def at(moment: datetime) -> str:
    """Day and time of a moment where the laptop is."""
    return words("assessment.at", day=day_of(moment), time=cui_time(moment.astimezone()))


def head_line(view: OpenAssessment) -> str:
    """Beside the title: when it was begun or completed, and how much is answered."""
    summary = view.summary
    if summary.status is AssessmentStatus.COMPLETED and summary.completed_at is not None:
        first = words("assessment.completed", day=day_of(summary.completed_at))
    elif summary.status is AssessmentStatus.AMENDED and summary.last_answered_at is not None:
        first = words("assessment.amended", day=day_of(summary.last_answered_at))
    else:
        first = words("assessment.begun", day=day_of(summary.started_at), name=summary.started_by)
    return first


def count_line(parts: tuple[PartState, ...]) -> str:
    """How much of the whole form is answered."""
    answered = sum(state.progress.answered for state in parts)
    return words("assessment.count", answered=answered, asked=sum(state.progress.asked for state in parts))


def part_line(state: PartState) -> str:
    """One line under the name of a part: not started, not signed, or by whom and since when."""
    if state.status is PartStatus.EMPTY:
        return words("assessment.part.empty")
    if state.status is PartStatus.STARTED or state.discipline is None or state.signed_at is None:
        return words("assessment.part.not_signed")
    if state.status is PartStatus.CHANGED_SINCE_SIGNED:
        return words("assessment.part.changed", name=state.signed_by)
    signed = words("assessment.part.signed", name=state.signed_by, discipline=state.discipline)
    return f"{signed}\n{at(state.signed_at)}"


def part_sentence(state: PartState) -> str:
    """The same in a whole sentence, for the bar that signs."""
    if state.status is PartStatus.EMPTY:
        return words("assessment.state.empty")
    if state.status is PartStatus.STARTED or state.discipline is None or state.signed_at is None:
        return words("assessment.state.not_signed")
    if state.status is PartStatus.SIGNED or state.changed_at is None:
        return words(
            "assessment.state.signed", name=state.signed_by, discipline=state.discipline, at=at(state.signed_at)
        )
    return words(
        "assessment.state.changed",
        name=state.signed_by,
        discipline=state.discipline,
        signed_at=at(state.signed_at),
        changed_by=state.changed_by,
        changed_at=at(state.changed_at),
    )


def sign_words(state: PartState, only_one: bool) -> str:
    """The verb of the button that signs a part."""
    if only_one:
        return words("assessment.sign.other")
    if state.part.key in _PARTS:
        return words(f"assessment.sign.{state.part.key}")
    return words("assessment.sign.named", part=state.part.name)


def disciplines() -> list[tuple[Discipline, str]]:
    """Every discipline with its word, for choosing."""
    return [(discipline, label(discipline)) for discipline in Discipline]


def in_hand_line(summary: AssessmentSummary) -> str:
    """How far an open assessment is."""
    day = day_of(summary.started_at)
    if not summary.answers or summary.last_answered_at is None:
        return words("assessment.shelf.in_hand_empty", day=day)
    changed = day_of(summary.last_answered_at)
    return words("assessment.shelf.in_hand", day=day, answers=summary.answers, changed=changed)
