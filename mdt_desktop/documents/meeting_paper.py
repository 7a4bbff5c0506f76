"""What the printed papers of a meeting are made from: plain frozen values, in the words that stand on the page."""

from dataclasses import dataclass
from datetime import date, datetime

from mdt_desktop.domain.meeting_papers import MeetingPaperMark


@dataclass(frozen=True, slots=True)
class MeetingBlock:
    """Which meeting it is. `starts_at` is the planned `HH:MM`; `held` says from when to when it was, in words."""

    name: str
    day: date
    starts_at: str
    length_minutes: int
    place: str = ""
    link: str = ""
    chair: str = ""
    locality: str = ""
    held: str = ""
    next_day: date | None = None


@dataclass(frozen=True, slots=True)
class PaperHead:
    """What every paper of a meeting has: which meeting, who printed it, when (local time) and why, and its marks.

    `names_people` says whether it must be destroyed as confidential waste. The same value gives the same PDF.
    """

    meeting: MeetingBlock
    printed_by: str
    printed_at: datetime
    printed_why: str = ""
    issuer: str = ""
    demo: bool = False
    mark: MeetingPaperMark | None = None
    names_people: bool = True


@dataclass(frozen=True, slots=True)
class AttendeeLine:
    """Somebody of the meeting: job and organisation, and how or for how long they were there."""

    name: str
    job: str = ""
    organisation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One person on an agenda. `who` is the name or the initials, `identity` what makes sure it is them."""

    who: str
    identity: str = ""
    at: str = ""
    minutes: int = 0
    lead: str = ""
    reasons: tuple[str, ...] = ()
    question: str = ""
    missing: tuple[str, ...] = ()
    rolled_over: int = 0
    is_person: bool = True
    """Not so for what everybody does together, such as the welcome: `who` says what, `question` more about it."""


@dataclass(frozen=True, slots=True)
class AgendaPaper:
    """The agenda; `initials_only` says so at its head."""

    head: PaperHead
    initials_only: bool = False
    expected: tuple[AttendeeLine, ...] = ()
    apologies: tuple[AttendeeLine, ...] = ()
    quorum: str = ""
    purpose: str = ""
    to_discuss: tuple[AgendaLine, ...] = ()
    to_note: tuple[AgendaLine, ...] = ()
    before: tuple[AgendaLine, ...] = ()
    after: tuple[AgendaLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ChaseLine:
    """What is missing of one person, and whom to ask."""

    who: str
    missing: tuple[str, ...]
    ask: str = ""


@dataclass(frozen=True, slots=True)
class ChaseBlock:
    """What one organisation is asked for; the name is empty where nobody leads yet."""

    organisation: str
    lines: tuple[ChaseLine, ...]


@dataclass(frozen=True, slots=True)
class ChasePaper:
    """The chase list, by organisation; `ready` counts those of whom nothing is missing."""

    head: PaperHead
    blocks: tuple[ChaseBlock, ...] = ()
    ready: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class TaskLine:
    """Something to be done, by whom and by when; `about` names the person where the paper is not about them alone."""

    what: str
    who: str = ""
    organisation: str = ""
    due: str = ""
    note: str = ""
    about: str = ""
    identity: str = ""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision, its type, who wrote it down when, what is to be said of it, and the actions that carry it out."""

    words: str
    kind: str = ""
    recorded: str = ""
    notes: tuple[str, ...] = ()
    tasks: tuple[TaskLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseBlock:
    """What was said, decided and agreed about one person."""

    name: str
    identity: str = ""
    outcome: str = ""
    persons_view: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Label and text of question, carer's view, quorum, who was there, and whatever else has words."""
    notes: tuple[str, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    """The actions that carry out no decision."""
    addenda: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MinutesPaper:
    """The minutes. `organisation` is for whom they are; empty for the whole. `status` says whether they are sealed."""

    head: PaperHead
    status: str = ""
    organisation: str = ""
    present: tuple[AttendeeLine, ...] = ()
    apologies: tuple[AttendeeLine, ...] = ()
    absent: tuple[AttendeeLine, ...] = ()
    quorum: str = ""
    cases: tuple[CaseBlock, ...] = ()
    noted: tuple[CaseBlock, ...] = ()
    rolls_over: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    improvements: tuple[TaskLine, ...] = ()
    addenda: tuple[str, ...] = ()
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class OwnerSheet:
    """What one owner has to do."""

    owner: str
    job: str = ""
    organisation: str = ""
    tasks: tuple[TaskLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionSheetsPaper:
    """A page for each owner, with boxes for what became of each action; `answer_to` is who wants them back."""

    head: PaperHead
    sheets: tuple[OwnerSheet, ...] = ()
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """The letter to a person: `greeting` as one writes it, `from_place` who writes.

    `decided` and `talked_about` are sentences; `next_steps` pairs of who and what, with when in it.
    """

    head: PaperHead
    name: str
    nhs_number: str = ""
    address: str = ""
    greeting: str = ""
    from_place: tuple[str, ...] = ()
    persons_view: str = ""
    view_missing: str = ""
    decided: tuple[str, ...] = ()
    nothing: str = ""
    """What stands in the place of decisions and actions where there are none."""
    talked_about: tuple[str, ...] = ()
    next_steps: tuple[tuple[str, str], ...] = ()
    present: tuple[str, ...] = ()
    call_name: str = ""
    call_job: str = ""
    call_telephone: str = ""
    call_is_lead: bool = True
    corrections: tuple[str, ...] = ()
    next_time: str = ""
    signed_by: str = ""
    signed_job: str = ""
