"""Turns a meeting into its minutes, whole or for one organisation."""

from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.documents.meeting_paper import CaseBlock, DecisionLine, MinutesPaper
from mdt_desktop.domain.dates import cui_time, long_date, long_date_and_time
from mdt_desktop.domain.meeting import AttendanceState, ItemState, MeetingState
from mdt_desktop.domain.meeting_papers import MeetingPaperMark, PaperWanted
from mdt_desktop.services.access import Access
from mdt_desktop.services.meeting_closing import MeetingClosing, Minutes
from mdt_desktop.services.meeting_paper_parts import (
    HiddenNames,
    attendee,
    full_name,
    head_of,
    identity,
    is_open,
    of_state,
    others_hidden,
    quorum_of,
    task_line,
    there,
)
from mdt_desktop.services.meeting_paper_people import OnPaper
from mdt_desktop.store.queries import agenda_items, allocations, meeting_papers
from mdt_desktop.store.queries.agenda_items import AddendumSummary, DecisionSummary, ItemSummary
from mdt_desktop.store.queries.meetings import MeetingSummary
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


def minutes_of(access: Access, wanted: PaperWanted, on: OnPaper, printed_at: datetime, why: str) -> MinutesPaper:
    """The minutes of those who are on the paper; for one organisation without what is about nobody or about others."""
    connection = access.database.reader
    found = MeetingClosing(access).minutes(wanted.meeting_id)
    meeting = found.meeting
    told = _Told(connection, found, _hidden(connection, wanted, on))
    whole = not wanted.of
    noted = [it for it in on.items if it.state is ItemState.NOTED]
    rolls_over = [it for it in on.items if is_open(it)]
    sealed = meeting.state is MeetingState.SEALED and meeting.sealed_at is not None
    return MinutesPaper(
        head=head_of(access, meeting, wanted, printed_at, why, None if sealed else MeetingPaperMark.DRAFT),
        status=_status(meeting),
        organisation=meeting_papers.organisation_names(connection).get(wanted.of, ""),
        present=tuple(there(it, meeting) for it in of_state(found.attendance, AttendanceState.PRESENT)),
        apologies=tuple(attendee(it) for it in of_state(found.attendance, AttendanceState.APOLOGIES)),
        absent=tuple(attendee(it) for it in of_state(found.attendance, AttendanceState.ABSENT)),
        quorum=quorum_of(connection, meeting.id),
        cases=tuple(told.case(it) for it in on.items if it not in noted and told.has_words(it)),
        noted=tuple(told.case(it) for it in noted),
        rolls_over=tuple((full_name(it), _why_over(it)) for it in rolls_over),
        notes=tuple(it.words for it in found.notes if it.item_id is None and not it.replaced) if whole else (),
        improvements=tuple(task_line(it, told.hide) for it in found.tasks if it.case_id is None) if whole else (),
        addenda=tuple(_added(it, told.hide) for it in found.addenda if it.item_id is None) if whole else (),
        sealed=_sealed(meeting),
    )


def _hidden(connection: "Connection", wanted: PaperWanted, on: OnPaper) -> HiddenNames:
    """In the whole minutes nobody is hidden; in an organisation's everybody it has nothing to do with."""
    if not wanted.of:
        return HiddenNames(())
    kept = meeting_papers.practitioner_names(connection)
    return others_hidden(connection, wanted.meeting_id, frozenset(on.person_ids), kept)


def _status(meeting: MeetingSummary) -> str:
    if meeting.sealed_at is None:
        return words("meeting_paper.status_draft")
    return words("meeting_paper.status_sealed", day=long_date_and_time(meeting.sealed_at.astimezone()))


def _sealed(meeting: MeetingSummary) -> str:
    if meeting.sealed_at is None:
        return ""
    day = long_date_and_time(meeting.sealed_at.astimezone())
    return words("meeting_paper.sealed", name=meeting.sealed_by, day=day)


def _why_over(item: ItemSummary) -> str:
    return words("meeting_paper.rolls_over.not_reached" if item.began_at is None else "meeting_paper.rolls_over.begun")


def _added(addendum: AddendumSummary, hide: HiddenNames) -> str:
    day = long_date_and_time(addendum.written_at.astimezone())
    return words("meeting_paper.addendum", words=hide(addendum.words), name=addendum.written_by, day=day)


class _Told:
    """What the minutes tell of one person after the other."""

    def __init__(self, connection: "Connection", found: Minutes, hide: HiddenNames) -> None:
        self._connection, self._found, self.hide = connection, found, hide
        self._present = {it.practitioner_id: it.name for it in of_state(found.attendance, AttendanceState.PRESENT)}

    def has_words(self, item: ItemSummary) -> bool:
        """Whether there is anything to tell: somebody whose turn did not come only goes to the next meeting."""
        found = self._found
        written: set[str | None] = {it.item_id for it in found.notes} | {it.item_id for it in found.decisions}
        written |= {it.item_id for it in found.tasks} | {it.item_id for it in found.addenda}
        return not is_open(item) or item.began_at is not None or item.id in written

    def case(self, item: ItemSummary) -> CaseBlock:
        """One person's part."""
        found, hide = self._found, self.hide
        decided = [it for it in found.decisions if it.item_id == item.id]
        return CaseBlock(
            name=full_name(item),
            identity=identity(item),
            outcome=_outcome(item),
            persons_view=hide(item.persons_view),
            facts=tuple((name, hide(text)) for name, text in self._facts(item) if text),
            notes=tuple(hide(it.words) for it in found.notes if it.item_id == item.id and not it.replaced),
            decisions=tuple(self._decision(it) for it in decided),
            tasks=tuple(
                task_line(it, hide)
                for it in found.tasks
                if it.item_id == item.id and it.decision_id not in {decision.id for decision in decided}
            ),
            addenda=tuple(_added(it, hide) for it in found.addenda if it.item_id == item.id),
        )

    def _facts(self, item: ItemSummary) -> list[tuple[str, str]]:
        why_not = item.persons_view_why_not if not item.persons_view else ""
        challenge = label(f"meeting.challenge.{item.challenge}") if item.challenge is not None else ""
        return [
            (words("meeting_paper.why_discussed"), ", ".join(label(it) for it in item.reasons)),
            (words("meeting_paper.question"), item.question),
            (
                words("meeting_paper.view_not_known"),
                words("meeting_paper.view_not_known_why", why=why_not) if why_not else "",
            ),
            (words("meeting_paper.carers_view"), item.carers_view),
            (words("meeting_paper.quorum"), _quorum(item)),
            (words("meeting_paper.present_for_them"), self._there_for(item)),
            (challenge, item.challenge_answer if challenge else ""),
            (words("meeting_paper.lead_agreed"), self._lead(item)),
            (words("meeting_paper.parked"), _parked(item)),
        ]

    def _there_for(self, item: ItemSummary) -> str:
        """Who was there for this person, where it was not everybody who came."""
        ids = agenda_items.present_at(self._connection, item.id)
        if not ids or ids == frozenset(self._present):
            return ""
        names = {it.practitioner_id: it.name for it in self._found.attendance}
        return ", ".join(sorted(names[it] for it in ids if it in names))

    def _lead(self, item: ItemSummary) -> str:
        """The lead that was agreed while the meeting was held, by the rule or for another reason."""
        meeting = self._found.meeting
        if meeting.began_at is None:
            return ""
        for it in allocations.allocations(self._connection, item.case_id):
            agreed_at = it.agreed_at
            if agreed_at is None or agreed_at < meeting.began_at:
                continue
            if meeting.sealed_at is not None and agreed_at > meeting.sealed_at:
                continue
            named = {"name": it.name, "works_for": it.works_for}
            if it.override_reason and it.proposed_name:
                return words(
                    "meeting_paper.lead_instead", **named, proposed=it.proposed_name, reason=it.override_reason
                )
            if it.override_reason:
                return words("meeting_paper.lead_chosen", **named, reason=it.override_reason)
            return words("meeting_paper.lead_by_rule", **named, rule=it.rule)
        return ""

    def _decision(self, decision: DecisionSummary) -> DecisionLine:
        notes = []
        if not decision.is_agreed:
            notes.append(words("meeting_paper.decision.not_agreed"))
        if decision.changes_id is not None:
            reason = self.hide(decision.change_reason)
            notes.append(words("meeting_paper.decision.changes", reason=reason))
        if decision.changed:
            notes.append(words("meeting_paper.decision.changed"))
        recorded = f"{cui_time(decision.decided_at.astimezone())}, {decision.recorded_by}"
        tasks = tuple(task_line(it, self.hide) for it in self._found.tasks if it.decision_id == decision.id)
        return DecisionLine(self.hide(decision.words), label(decision.kind), recorded, tuple(notes), tasks)


def _outcome(item: ItemSummary) -> str:
    """What the discussion came to, and that enough of the right people were there."""
    outcome = words("meeting_paper.outcome", outcome=item.outcome) if item.outcome else ""
    return "  ·  ".join(part for part in (outcome, words("meeting_paper.quorate") if item.quorate else "") if part)


def _quorum(item: ItemSummary) -> str:
    if item.quorate is None or item.quorate:
        return ""
    parts = ", ".join(label(part) for part in item.missing_for_quorum)
    return words("meeting_paper.quorum_missing", parts=parts)


def _parked(item: ItemSummary) -> str:
    if not item.parked_with:
        return ""
    if item.parked_until is None:
        return words("meeting_paper.parked_open", name=item.parked_with)
    return words("meeting_paper.parked_with", name=item.parked_with, day=long_date(item.parked_until))
