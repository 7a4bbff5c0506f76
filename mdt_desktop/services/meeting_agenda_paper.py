"""Turns an agenda into its paper, with names or with initials only, and into the list of what is still missing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mdt_desktop.documents.meeting_paper import AgendaLine, AgendaPaper, ChaseBlock, ChaseLine, ChasePaper
from mdt_desktop.domain.meeting import (
    ACTIONS_MINUTES,
    CLOSING_MINUTES,
    OPENING_MINUTES,
    AttendanceState,
    Lane,
)
from mdt_desktop.domain.meeting_papers import MeetingPaperKind, PaperWanted
from mdt_desktop.services.access import Access
from mdt_desktop.services.agendas import Agendas, Readiness
from mdt_desktop.services.meeting_paper_parts import (
    HiddenNames,
    aged,
    attendee,
    full_name,
    head_of,
    identity,
    named,
    of_state,
    quorum_of,
)
from mdt_desktop.services.meeting_paper_people import OnPaper
from mdt_desktop.store.queries import meetings
from mdt_desktop.store.queries.agenda_items import ItemSummary
from mdt_desktop.store.queries.meetings import MeetingSummary
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    pass

_EXPECTED = (AttendanceState.EXPECTED, AttendanceState.PRESENT)


def agenda_of(access: Access, wanted: PaperWanted, on: OnPaper, printed_at: datetime, why: str) -> AgendaPaper:
    """The agenda as it stands now."""
    connection = access.database.reader
    meeting = meetings.meeting(connection, wanted.meeting_id)
    attendance = meetings.attendance(connection, wanted.meeting_id)
    initials = wanted.kind is MeetingPaperKind.AGENDA_INITIALS
    hide = HiddenNames([named(connection, it) for it in on.items] if initials else ())
    missing = {it.item.id: it for it in Agendas(access).readiness(wanted.meeting_id)}
    start = datetime.strptime(meeting.starts_at, "%H:%M")  # noqa: DTZ007  # a time of day
    at = start + timedelta(minutes=OPENING_MINUTES + ACTIONS_MINUTES)
    discussed = []
    for item in on.items:
        if item.lane is Lane.DISCUSS:
            discussed.append(_line(item, meeting, initials, hide, missing.get(item.id), f"{at:%H:%M}"))
            at += timedelta(minutes=item.minutes)
    closing = max(at, start + timedelta(minutes=meeting.length_minutes - CLOSING_MINUTES))
    noted = [_line(it, meeting, initials, hide, None, "") for it in on.items if it.lane is Lane.NOTE]
    return AgendaPaper(
        head=head_of(access, meeting, wanted, printed_at, why),
        initials_only=initials,
        expected=tuple(attendee(it) for it in of_state(attendance, *_EXPECTED)),
        apologies=tuple(attendee(it) for it in of_state(attendance, AttendanceState.APOLOGIES)),
        quorum=quorum_of(connection, wanted.meeting_id),
        purpose=meeting.purpose,
        to_discuss=tuple(discussed),
        to_note=tuple(noted),
        before=(
            _together("opening", start, OPENING_MINUTES),
            _together("actions", start + timedelta(minutes=OPENING_MINUTES), ACTIONS_MINUTES),
        ),
        after=(_together("closing", closing, CLOSING_MINUTES),),
    )


def _line(
    item: ItemSummary,
    meeting: MeetingSummary,
    initials: bool,
    hide: HiddenNames,
    readiness: Readiness | None,
    at: str,
) -> AgendaLine:
    return AgendaLine(
        who=item.initials if initials else full_name(item),
        identity=aged(item, meeting) if initials else identity(item, "\n"),
        at=at,
        minutes=item.minutes,
        lead=item.lead_name,
        reasons=tuple(label(reason) for reason in item.reasons),
        question=hide(item.question),
        missing=_missing(readiness) if readiness else (),
        rolled_over=item.rolled_over,
    )


def _missing(readiness: Readiness) -> tuple[str, ...]:
    return tuple(words(f"meeting_paper.missing.{part.value}") for part in readiness.missing)


def _together(part: str, at: datetime, minutes: int) -> AgendaLine:
    """What everybody does together, at its time."""
    return AgendaLine(
        who=words(f"meeting_paper.time.{part}"),
        at=f"{at:%H:%M}",
        minutes=minutes,
        question=words(f"meeting_paper.time.{part}_more"),
        is_person=False,
    )


def chase_list_of(access: Access, wanted: PaperWanted, on: OnPaper, printed_at: datetime, why: str) -> ChasePaper:
    """What is missing to discuss everybody well, by the organisation whose lead is to be asked."""
    connection = access.database.reader
    meeting = meetings.meeting(connection, wanted.meeting_id)
    listed = {it.id for it in on.items}
    found = [it for it in Agendas(access).readiness(wanted.meeting_id) if it.item.id in listed]
    chased = [it for it in found if it.missing]
    names = sorted({it.ask_works_for for it in chased}, key=lambda name: (not name, name.casefold()))
    return ChasePaper(
        head=head_of(access, meeting, wanted, printed_at, why),
        blocks=tuple(
            ChaseBlock(name, _chase_lines(meeting, [it for it in chased if it.ask_works_for == name])) for name in names
        ),
        ready=len(found) - len(chased),
        of=len(found),
    )


def _chase_lines(meeting: MeetingSummary, found: Sequence[Readiness]) -> tuple[ChaseLine, ...]:
    return tuple(
        ChaseLine(f"{it.item.initials}, {aged(it.item, meeting).lower()}", _missing(it), it.ask_name) for it in found
    )
