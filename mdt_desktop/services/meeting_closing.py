"""Closes a meeting: what is read back, sealing it, and addenda afterwards."""

from dataclasses import dataclass
from datetime import date

from mdt_desktop.domain.errors import BadInput, NotAllowed
from mdt_desktop.domain.meeting import (
    OPEN_ITEM,
    AttendanceState,
    ItemState,
    MeetingState,
    require_under_way,
)
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.tasks import UNFINISHED
from mdt_desktop.records import Addendum, AgendaItem, Attendance, Case, Meeting
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import open_ones
from mdt_desktop.services.unsettled import require_meeting_settled
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import agenda_items, meetings, tasks
from mdt_desktop.store.queries.agenda_items import AddendumSummary, DecisionSummary, ItemSummary, NoteSummary
from mdt_desktop.store.queries.meetings import AttendanceSummary, MeetingSummary
from mdt_desktop.store.queries.tasks import TaskSummary

__all__ = ["AddendumSummary", "MeetingClosing", "Minutes", "NotSealedYet", "ReadBack"]


class NotSealedYet(NotAllowed):
    """An addendum belongs to a sealed meeting."""

    code = "not_sealed_yet"


class AddendumNeedsWords(BadInput):
    """An addendum says what is to be put right."""

    code = "addendum_needs_words"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Everything of one meeting, as the minutes tell it; in the order of the agenda."""

    meeting: MeetingSummary
    attendance: tuple[AttendanceSummary, ...]
    items: tuple[ItemSummary, ...]
    notes: tuple[NoteSummary, ...]
    decisions: tuple[DecisionSummary, ...]
    tasks: tuple[TaskSummary, ...]
    addenda: tuple[AddendumSummary, ...]


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What is read back before sealing: decisions and actions, what rolls over (`under_way` was begun and not
    finished), what has no owner or no day."""

    minutes: Minutes
    rolls_over: tuple[ItemSummary, ...]
    under_way: tuple[ItemSummary, ...]
    without_day: tuple[TaskSummary, ...]
    refused: tuple[TaskSummary, ...]
    not_agreed: tuple[DecisionSummary, ...]


class MeetingClosing:
    """The verbs of the end of a meeting."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def minutes(self, meeting_id: str) -> Minutes:
        """Everything of one meeting, but of people whose restricted record is shut to the user."""
        access = self._access
        access.require(Permission.SEE_MEETINGS)
        connection = access.database.reader
        items = open_ones(access, connection, agenda_items.items(connection, meeting_id))
        told = {None, *(it.id for it in items)}  # notes on the meeting itself belong to nobody
        return Minutes(
            meetings.meeting(connection, meeting_id),
            tuple(meetings.attendance(connection, meeting_id)),
            tuple(items),
            tuple(it for it in agenda_items.notes_of_meeting(connection, meeting_id) if it.item_id in told),
            tuple(it for it in agenda_items.decisions_of_meeting(connection, meeting_id) if it.item_id in told),
            tuple(open_ones(access, connection, tasks.of_meeting(connection, meeting_id))),
            tuple(agenda_items.addenda(connection, meeting_id)),
        )

    def read_back(self, meeting_id: str) -> ReadBack:
        """What is read aloud before everybody leaves."""
        minutes = self.minutes(meeting_id)
        return ReadBack(
            minutes,
            tuple(it for it in minutes.items if it.state is ItemState.WAITING),
            tuple(it for it in minutes.items if it.state is ItemState.UNDER_WAY),
            tuple(it for it in minutes.tasks if it.due is None and it.status in UNFINISHED),
            tuple(it for it in minutes.tasks if it.status == "refused"),
            tuple(it for it in minutes.decisions if not it.is_agreed),
        )

    def seal(self, meeting_id: str, next_day: date | None = None) -> Changes:
        """Seal the meeting: who was not reached or not finished is rolled over, with what was decided about them; who
        was expected and did not come is absent.

        Raises `MeetingSealed`, `MeetingNotUnderWay`, and `NotSettled` while something that the seal would close waits
        to be decided (SYNC 5.9).
        """
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            require_under_way(meeting.state)
            require_meeting_settled(work.connection, meeting_id)
            for item in work.find(AgendaItem, meeting_id=meeting_id):
                if item.state in OPEN_ITEM:
                    if item.state is ItemState.UNDER_WAY and item.began_at is not None and item.ended_at is None:
                        item.seconds += max(0, int((work.now - item.began_at).total_seconds()))
                    item.state, item.ended_at = ItemState.ROLLED_OVER, item.ended_at or work.now
            for attendance in work.find(Attendance, meeting_id=meeting_id, state=AttendanceState.EXPECTED):
                attendance.state = AttendanceState.ABSENT
            meeting.state, meeting.current_item_id = MeetingState.SEALED, None
            meeting.ended_at = meeting.ended_at or work.now
            meeting.sealed_at, meeting.sealed_by = work.now, self._access.actor.name
            meeting.next_day = next_day
            work.act("seal", "meeting", meeting_id)
        return changes_of(work)

    def add(self, meeting_id: str, words: str, item_id: str | None = None) -> Changes:
        """Put something right after sealing; the sealed words stay. Raises `NotSealedYet`, `AddendumNeedsWords`."""
        if not words.strip():
            raise AddendumNeedsWords
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            if work.get(Meeting, meeting_id).state is not MeetingState.SEALED:
                raise NotSealedYet
            if item_id is not None:
                work.about(work.get(Case, work.get(AgendaItem, item_id).case_id).person_id)
            addendum = work.add(
                Addendum(
                    id=work.new_id(), meeting_id=meeting_id, item_id=item_id, words=words.strip(),
                    written_at=work.now, written_by=self._access.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, addendum.id)
