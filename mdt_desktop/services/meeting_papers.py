"""Makes the papers of a meeting; they leave only with a reason and with an audit entry for everybody on them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mdt_desktop.documents import meeting_actions, meeting_agenda, meeting_letter, meeting_minutes, preview
from mdt_desktop.documents.meeting_paper import ActionSheetsPaper, AgendaPaper, ChasePaper, LetterPaper, MinutesPaper
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.domain.consent import require_basis_to_share
from mdt_desktop.domain.dates import cui_date, read_date
from mdt_desktop.domain.errors import BadInput, NotFound
from mdt_desktop.domain.meeting import MeetingState
from mdt_desktop.domain.meeting_papers import (
    NEEDS_CHOICE,
    REASONS,
    WITHOUT_NAMES,
    MeetingPaperKind,
    MeetingPaperPurpose,
    MeetingPaperReason,
    NotOnThePapers,
    PaperWanted,
    paper_name,
    shares_the_letter,
)
from mdt_desktop.domain.people import name_for_the_person
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.closed_records import open_ones
from mdt_desktop.services.meeting_action_sheets import action_sheets_of
from mdt_desktop.services.meeting_agenda_paper import agenda_of, chase_list_of
from mdt_desktop.services.meeting_letter_paper import letter_of
from mdt_desktop.services.meeting_minutes_paper import minutes_of
from mdt_desktop.services.meeting_paper_people import Choice, OnPaper, choices, on_paper
from mdt_desktop.services.paper_desk import PaperDesk
from mdt_desktop.services.rights import Rights, RightsReading
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import cases, consents, meeting_papers, meetings
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = ["Choice", "MeetingPaper", "MeetingPaperContents", "MeetingPapers", "RasterPage", "SavedMeetingPaper"]

Document: TypeAlias = AgendaPaper | ChasePaper | MinutesPaper | ActionSheetsPaper | LetterPaper


class SeveralMeetings(BadInput):
    """More than one meeting was that day. Values: `day`, and the ids in `meetings`."""

    code = "several_meetings"


_TYPED = frozenset({MeetingPaperKind.ORGANISATION_MINUTES, MeetingPaperKind.LETTER, MeetingPaperKind.ACTION_SHEETS})


@dataclass(frozen=True, slots=True)
class MeetingPaper:
    """A paper with what is to be known about it: who it names, what a password may not be made of, and notes."""

    wanted: PaperWanted
    document: Document
    people: tuple[str, ...]
    known: tuple[str, ...]
    notes: tuple[str, ...]
    hints: tuple[str, ...]
    may_be_shared: bool


@dataclass(frozen=True, slots=True)
class MeetingPaperContents:
    """What would leave: which paper in how many pages, who is on it, what to look at, and the reasons on offer."""

    kind: MeetingPaperKind
    people: tuple[str, ...]
    pages: int
    notes: tuple[str, ...]
    hints: tuple[str, ...]
    reasons: tuple[MeetingPaperReason, ...]
    barred: frozenset[MeetingPaperReason]
    file_name: str
    offers_password: bool


@dataclass(frozen=True, slots=True)
class SavedMeetingPaper:
    """What was saved as a file."""

    kind: MeetingPaperKind
    meeting_id: str
    people: int
    pages: int
    path: Path
    protected: bool


class MeetingPapers(PaperDesk):
    """The verbs of a meeting's papers.

    Those that read the store run on the reader, `record_…` and `save…` on the writer; `pdf`, `page`, `protected` and
    `contents` touch no store and belong in the pool.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    # What is meant

    def find(self, id_or_day: str) -> str:
        """The id of a meeting, given that or its day (`2026-11-26`, `26/11/2026`, `26-Nov-2026`).

        Raises `NotFound`, and `SeveralMeetings` where the day has more than one that was not cancelled.
        """
        connection, given = self._access.database.reader, id_or_day.strip()
        try:
            return meetings.meeting(connection, given).id
        except NotFound:
            day = _day_in(given, self._access.today())
        found = meeting_papers.held_on(connection, day) if day is not None else []
        if len(found) > 1:
            raise SeveralMeetings(day=cui_date(day), meetings=", ".join(found))
        if not found:
            raise NotFound(kind="meeting")
        return found[0]

    def choice(self, meeting_id: str, kind: MeetingPaperKind, name_or_id: str) -> Choice:
        """The organisation, owner or person that is meant, by id or by name. Raises `NotOnThePapers`."""
        wanted = name_or_id.strip().casefold()
        found = [it for it in self.choices(meeting_id, kind) if wanted in (it.id.casefold(), it.name.casefold())]
        if len(found) != 1:
            raise NotOnThePapers(given=name_or_id.strip())
        return found[0]

    # The paper

    def choices(self, meeting_id: str, kind: MeetingPaperKind) -> tuple[Choice, ...]:
        """The organisations, owners or people that such a paper can be made for; raises `NotFound`."""
        connection = self._access.database.reader
        meetings.meeting(connection, meeting_id)
        return choices(connection, meeting_id, kind)

    def paper_about(
        self, wanted: PaperWanted, now: datetime | None = None, purpose: MeetingPaperPurpose | None = None
    ) -> MeetingPaper:
        """What stands on the paper at `now` (the present moment unless given).

        Without a purpose it is for the screen only. Raises `NotFound`, `NotOnThePapers`, `LetterTooEarly`,
        `LetterToNobody`, and `NoBasisToShare` for a letter to somebody else than the person.
        """
        self._access.require(Permission.SEE_MEETINGS)
        access, connection = self._access, self._access.database.reader
        meeting = meetings.meeting(connection, wanted.meeting_id)
        on = self._require(connection, wanted, purpose)
        printed_at = (now or access.clock()).astimezone()
        why = in_words(purpose) if purpose else ""
        notes: list[str] = []
        hints: list[str] = []
        document: Document
        if wanted.kind is MeetingPaperKind.LETTER:
            # To the person a letter does not say why it was made.
            copied_for = why if purpose is not None and shares_the_letter(purpose) else ""
            letter = letter_of(access, wanted, on, printed_at, copied_for)
            document, notes, hints = letter.paper, [*letter.notes], [*letter.hints]
        else:
            document = _MAKERS[wanted.kind](access, wanted, on, printed_at, why)
        if meeting.state is not MeetingState.SEALED and isinstance(document, MinutesPaper):
            notes.append(words("meeting_printing.note.draft"))
        if on.without_basis:
            key = "meeting_printing.note.left_out_one" if on.without_basis == 1 else "meeting_printing.note.left_out"
            notes.append(words(key, count=on.without_basis))
        if wanted.kind is MeetingPaperKind.AGENDA_INITIALS:
            hints.append(words("meeting_printing.note.words"))
        elif wanted.kind in _TYPED and on.person_ids:
            hints.append(words("meeting_printing.note.typed"))
        people = [cases.person(connection, it) for it in on.person_ids]
        known = [
            text
            for it in people
            for text in (it.given_names, it.family_name, it.preferred_name, it.nhs_number, f"{it.born:%d%m%Y}")
            if text
        ]
        names = tuple(name_for_the_person(it.family_name, it.given_names, it.title) for it in people)
        may_share = all(consents.in_force(connection, it.id).may_share for it in people)
        return MeetingPaper(wanted, document, names, tuple(known), tuple(notes), tuple(hints), may_share)

    @staticmethod
    def pdf(paper: MeetingPaper) -> bytes:
        """The paper as a PDF in memory."""
        document = paper.document
        if isinstance(document, AgendaPaper):
            return meeting_agenda.render_agenda(document)
        if isinstance(document, ChasePaper):
            return meeting_agenda.render_chase_list(document)
        if isinstance(document, MinutesPaper):
            return meeting_minutes.render_minutes(document)
        if isinstance(document, ActionSheetsPaper):
            return meeting_actions.render_action_sheets(document)
        return meeting_letter.render_letter(document)

    def known_words(self, paper: MeetingPaper) -> tuple[str, ...]:
        return tuple(word for text in paper.known for word in text.split())

    @staticmethod
    def contents(paper: MeetingPaper, pdf: bytes, _may_be_shared: bool = True) -> MeetingPaperContents:
        """What leaves with this paper, to be shown before it does."""
        kind, head = paper.wanted.kind, paper.document.head
        is_barred = kind is MeetingPaperKind.LETTER and not paper.may_be_shared
        barred = frozenset(REASONS[kind]) - {MeetingPaperReason.FOR_THE_PERSON} if is_barred else frozenset()
        return MeetingPaperContents(
            kind,
            paper.people,
            preview.page_count(pdf),
            paper.notes,
            paper.hints,
            REASONS[kind],
            barred,
            paper_name(kind, head.meeting.day),
            kind not in WITHOUT_NAMES and bool(paper.people),
        )

    def may_be_shared(self, _: PaperWanted) -> bool:
        """A paper may leave: what must not be told is left out of it, and a letter is barred by its reason."""
        return True

    def rights(self, _: PaperWanted) -> Rights:
        """What the user may do with the papers of meetings."""
        return RightsReading(self._access).mine()

    # Leaving

    def record_preview(self, wanted: PaperWanted) -> Changes:
        """Record that a paper was looked at, for everybody on it."""
        return self._record("preview", wanted, None, words(_paper_words(wanted)))

    def record_print(self, wanted: PaperWanted, purpose: MeetingPaperPurpose, *, cancelled: bool = False) -> Changes:
        """Record a print, before it goes to the printer, or one that was cancelled in the system's own dialog.

        Raises as `paper_about`.
        """
        return self._record("print", wanted, None if cancelled else purpose, _reason(wanted, purpose, cancelled))

    def record_export(self, wanted: PaperWanted, purpose: MeetingPaperPurpose, *, cancelled: bool = False) -> Changes:
        """Record that a file was saved elsewhere, or that saving one was cancelled; raises as `record_print`."""
        return self._record("export", wanted, None if cancelled else purpose, _reason(wanted, purpose, cancelled))

    def save_pdf(
        self, wanted: PaperWanted, pdf: bytes, path: Path, purpose: MeetingPaperPurpose, *, has_password: bool = False
    ) -> Changes:
        """Save a finished PDF as a new file with its audit entries: neither stays without the other.

        Raises as `paper_about`, and `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten),
        `PaperNotSaved`.
        """
        reason = _reason(wanted, purpose, False)
        if has_password:
            reason = words("meeting_printing.with_password", reason=reason)
        return self._record("export", wanted, purpose, reason, (pdf, path))

    def save(
        self, wanted: PaperWanted, path: Path, purpose: MeetingPaperPurpose, password: str | None = None
    ) -> SavedMeetingPaper:
        """All at once, for a command; with a password the file opens with it only. Raises as the single steps."""
        paper = self.paper_about(wanted, None, purpose)
        pdf = self.pdf(paper)
        pages = preview.page_count(pdf)
        if password is not None:
            pdf = self.protected(paper, pdf, password)
        self.save_pdf(wanted, pdf, path, purpose, has_password=password is not None)
        return SavedMeetingPaper(wanted.kind, wanted.meeting_id, len(paper.people), pages, path, password is not None)

    def _record(
        self,
        action: str,
        wanted: PaperWanted,
        leaves_for: MeetingPaperPurpose | None,
        reason: str,
        file: tuple[bytes, Path] | None = None,
    ) -> Changes:
        people: tuple[str, ...] = ()
        if leaves_for is not None:
            self._access.require(_PERMISSION[action])

        def acts(connection: "Connection") -> list[Act]:
            nonlocal people
            people = self._require(connection, wanted, leaves_for).person_ids
            # An entry for each person: only so can somebody be told later that they were on a paper that was lost.
            return [
                Act(action, "meeting_paper", wanted.meeting_id, person, wanted.kind.value, reason)
                for person in (None, *people)
            ]

        record_leaving(self._access, acts, file)
        return Changes(frozenset({"audit_entry"}), frozenset({wanted.meeting_id, *people}))

    def _require(self, connection: "Connection", wanted: PaperWanted, purpose: MeetingPaperPurpose | None) -> OnPaper:
        """Who is on the paper, once it may be made at all."""
        if wanted.kind in NEEDS_CHOICE and not wanted.of:
            raise NotOnThePapers(given="")
        found = on_paper(connection, wanted)
        on = OnPaper(
            tuple(open_ones(self._access, connection, found.items)),
            tuple(open_ones(self._access, connection, found.tasks)),
            found.without_basis,
        )
        if wanted.kind is MeetingPaperKind.LETTER and purpose is not None and shares_the_letter(purpose):
            consent = consents.in_force(connection, on.items[0].person_id)
            require_basis_to_share(consent.status, consent.basis)
        return on


_PERMISSION = {"print": Permission.PRINT, "export": Permission.EXPORT}

_MAKERS: dict[MeetingPaperKind, Callable[[Access, PaperWanted, OnPaper, datetime, str], Document]] = {
    MeetingPaperKind.AGENDA: agenda_of,
    MeetingPaperKind.AGENDA_INITIALS: agenda_of,
    MeetingPaperKind.CHASE_LIST: chase_list_of,
    MeetingPaperKind.MINUTES: minutes_of,
    MeetingPaperKind.ORGANISATION_MINUTES: minutes_of,
    MeetingPaperKind.ACTION_SHEETS: action_sheets_of,
}


def _day_in(typed: str, today: date) -> date | None:
    try:
        day = read_date(typed, today)
    except BadInput:
        return None
    return day if isinstance(day, date) else None


def in_words(purpose: MeetingPaperPurpose) -> str:
    """Why, as paper and audit say it: the offered reason, with the words that were added."""
    own = purpose.words.strip()
    if purpose.reason is MeetingPaperReason.OTHER:
        return own
    return ": ".join(part for part in (label(purpose.reason), own) if part)


def _paper_words(wanted: PaperWanted) -> str:
    return f"meeting_paper_kind.{wanted.kind.value}"


def _reason(wanted: PaperWanted, purpose: MeetingPaperPurpose, cancelled: bool) -> str:
    told = words("meeting_printing.audit", paper=words(_paper_words(wanted)), reason=in_words(purpose))
    return words("meeting_printing.cancelled", reason=told) if cancelled else told
