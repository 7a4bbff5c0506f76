"""The papers of a meeting: which there are, why one leaves, whose part an organisation gets, what a file is called."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput, NotAllowed, NotFound
from mdt_desktop.domain.meeting import DecisionKind, ItemState


class MeetingPaperKind(StrEnum):
    """What can be put on paper of a meeting, before it and after it."""

    AGENDA = "agenda"
    AGENDA_INITIALS = "agenda_initials"
    CHASE_LIST = "chase_list"
    MINUTES = "minutes"
    ORGANISATION_MINUTES = "organisation_minutes"
    ACTION_SHEETS = "action_sheets"
    LETTER = "letter"


class MeetingPaperReason(StrEnum):
    """The reasons offered before a paper of a meeting is printed or saved."""

    FOR_THOSE_INVITED = "for_those_invited"
    FOR_THE_RECORD = "for_the_record"
    FOR_THE_ORGANISATION = "for_the_organisation"
    FOR_THE_OWNERS = "for_the_owners"
    FOR_THE_PERSON = "for_the_person"
    FOR_THE_CARER = "for_the_carer"
    OTHER = "other"


class MeetingPaperMark(StrEnum):
    """What stands on every page of a paper that is not to be taken for more than it is."""

    DRAFT = "draft"
    CANCELLED = "cancelled"


REASONS: dict[MeetingPaperKind, tuple[MeetingPaperReason, ...]] = {
    MeetingPaperKind.AGENDA: (MeetingPaperReason.FOR_THOSE_INVITED, MeetingPaperReason.OTHER),
    MeetingPaperKind.AGENDA_INITIALS: (MeetingPaperReason.FOR_THOSE_INVITED, MeetingPaperReason.OTHER),
    MeetingPaperKind.CHASE_LIST: (MeetingPaperReason.FOR_THOSE_INVITED, MeetingPaperReason.OTHER),
    MeetingPaperKind.MINUTES: (MeetingPaperReason.FOR_THE_RECORD, MeetingPaperReason.OTHER),
    MeetingPaperKind.ORGANISATION_MINUTES: (MeetingPaperReason.FOR_THE_ORGANISATION, MeetingPaperReason.OTHER),
    MeetingPaperKind.ACTION_SHEETS: (MeetingPaperReason.FOR_THE_OWNERS, MeetingPaperReason.OTHER),
    MeetingPaperKind.LETTER: (
        MeetingPaperReason.FOR_THE_PERSON, MeetingPaperReason.FOR_THE_CARER, MeetingPaperReason.OTHER,
    ),
}  # fmt: skip
"""What is offered for each paper; the first is what it is made for, and what a command takes without being told."""

WITHOUT_NAMES = frozenset({MeetingPaperKind.AGENDA_INITIALS, MeetingPaperKind.CHASE_LIST})
"""Papers that show initials only: they go to everybody who is invited, a day before (UX II.5, DOMAIN C3.1)."""

NEEDS_CHOICE = frozenset({MeetingPaperKind.ORGANISATION_MINUTES, MeetingPaperKind.LETTER})
"""Papers that are made for one organisation or one person, which must be named."""


class PaperReasonMissing(BadInput):
    """Another reason than those offered must be put in words."""

    code = "meeting_paper_reason_missing"


class NotOnThePapers(NotFound):
    """The meeting has nothing for this organisation, owner or person."""

    code = "not_on_the_papers"


class LetterTooEarly(NotAllowed):
    """A letter tells what was decided, so the person must have been discussed and the meeting sealed."""

    code = "letter_too_early"


class LetterToNobody(NotAllowed):
    """No letter is written to somebody who has died."""

    code = "letter_to_nobody"


@dataclass(frozen=True, slots=True)
class MeetingPaperPurpose:
    """Why a paper is made: one of the reasons, with words of one's own where it is another (or to say more)."""

    reason: MeetingPaperReason
    words: str = ""

    def __post_init__(self) -> None:
        """Raise `PaperReasonMissing` for another reason without words."""
        if self.reason is MeetingPaperReason.OTHER and not self.words.strip():
            raise PaperReasonMissing


@dataclass(frozen=True, slots=True)
class PaperWanted:
    """One paper of a meeting. `of` is the organisation, owner or agenda item it is for; empty where it is for all."""

    meeting_id: str
    kind: MeetingPaperKind
    of: str = ""


def shares_the_letter(purpose: MeetingPaperPurpose) -> bool:
    """Whether a letter goes to somebody else than the person, which needs a basis to share."""
    return purpose.reason is not MeetingPaperReason.FOR_THE_PERSON


@dataclass(frozen=True, slots=True)
class Involved:
    """Which organisations have to do with a person, each by its id; a practice counts as an organisation.

    `practice` is where they are registered, `lead` the lead's, `team` those of the care team now, `owners` those who
    have agreed to do something about them in this meeting.
    """

    may_share: bool
    practice: str
    lead: str
    team: frozenset[str]
    owners: frozenset[str]

    @property
    def organisations(self) -> frozenset[str]:
        """All of them."""
        return frozenset({self.practice, self.lead, *self.team, *self.owners}) - {""}


class PartOfMinutes(StrEnum):
    """Whether an organisation's minutes have a person's part, and why not."""

    GIVEN = "given"
    NOTHING_TO_DO = "nothing_to_do"
    NO_BASIS = "no_basis"


def part_for(organisation: str, involved: Involved) -> PartOfMinutes:
    """Whether an organisation gets a person's part of the minutes.

    Only where it has to do with them: the person is registered there, or somebody of it leads, is in the care team, or
    has agreed to do something in this meeting. Having sat in the same room is no need to know (Caldicott principle 4:
    access on a strict need-to-know basis; DOMAIN C8). And only where a basis to share is recorded (`consent.may_share`,
    DOMAIN A2.4 to A2.6); without one nobody is told by paper, whatever they have to do with the person.
    """
    if organisation not in involved.organisations:
        return PartOfMinutes.NOTHING_TO_DO
    return PartOfMinutes.GIVEN if involved.may_share else PartOfMinutes.NO_BASIS


def told_in_letter(kind: DecisionKind) -> bool:
    """Whether a decision may stand in a letter to the person.

    Not one about safeguarding: a letter lies on a kitchen table, where the person it warns of may read it. It is told
    by somebody, in another way.
    """
    return kind is not DecisionKind.SAFEGUARDING


DISCUSSED = (ItemState.DONE, ItemState.NOTED, ItemState.PARKED)
"""Somebody whose turn it was; the others were not reached, and are told nothing yet."""


def paper_name(kind: MeetingPaperKind, day: date, ending: str = "pdf") -> str:
    """`minutes-2026-11-26.pdf`: the meeting's day, and nothing about who is in it or for whom it is."""
    return f"{kind.value.replace('_', '-')}-{day.isoformat()}.{ending}"
