"""The meeting while it is held: who is discussed, what is said, decided and agreed, who is there, and the pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.cases import Complexity
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting import (
    OPEN_ITEM,
    AttendanceMode,
    AttendanceState,
    DecisionKind,
    ItemState,
    Lane,
    MeetingState,
    NothingDecided,
    NotQuorate,
    Outcome,
    ParkNeedsOwner,
    PersonsView,
    challenge_for,
    removal_is_suggested,
    require_closable,
    require_not_sealed,
    require_reason_for_change,
    require_under_way,
    starts,
)
from mdt_desktop.domain.pace import Pace, cases_end, meeting_pace, offer, shortened
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.quorum import Present, QuorumPart, missing_for_quorum
from mdt_desktop.records import (
    AgendaItem,
    Attendance,
    Case,
    Decision,
    ItemPresence,
    MdtReferral,
    Meeting,
    MeetingNote,
    Practitioner,
    Task,
    TaskStep,
)
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.closed_records import open_ones
from mdt_desktop.services.tasks import NewTask, add_task
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import agenda_items, meetings, tasks
from mdt_desktop.store.queries.agenda_items import DecisionSummary, ItemSummary, NoteSummary, PastDiscussion
from mdt_desktop.store.queries.meetings import AttendanceSummary, MeetingSummary
from mdt_desktop.store.queries.tasks import TaskSummary
from mdt_desktop.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "AttendanceSummary",
    "DecisionSummary",
    "Discussion",
    "ItemSummary",
    "MeetingRoom",
    "NewTask",
    "NoteSummary",
    "PastDiscussion",
    "Room",
    "TaskSummary",
]


@dataclass(frozen=True, slots=True)
class Room:
    """The meeting at a glance: what the cockpit's edges show."""

    meeting: MeetingSummary
    items: tuple[ItemSummary, ...]
    attendance: tuple[AttendanceSummary, ...]
    tasks_due: tuple[TaskSummary, ...]

    @property
    def current(self) -> ItemSummary | None:
        """Who is being discussed."""
        return next((it for it in self.items if it.id == self.meeting.current_item_id), None)

    def pace(self, now: datetime) -> Pace | None:
        """Time left against what is left; None while the meeting is not under way."""
        left = self._left(now)
        if left is None:
            return None
        return meeting_pace(left, [max(0, it.minutes * 60 - elapsed(it, now)) for it in self._to_discuss()])

    def offers(self, now: datetime) -> dict[str, int]:
        """Seconds that each discussion may take in all so that the meeting ends as planned, by the item's id.

        The chair follows it: what is shortened is wound up sooner, and who has none is parked or rolls over. Of the
        person who is discussed it is settled when the meeting turns to them. Empty while the meeting is not under way.
        """
        left = self._left(now)
        if left is None:
            return {}
        listed, current = self._to_discuss(), self.current
        others = [it for it in listed if current is None or it.id != current.id]
        wants = [max(0, it.minutes * 60 - it.seconds) for it in others]
        if current is None or current not in listed:
            given = shortened(left, wants)
        else:
            since, want = elapsed(current, now) - current.seconds, max(0, current.minutes * 60 - current.seconds)
            found = offer(left, since, want, wants)
            others, given = [current, *others], [found.current, *found.waiting]
        return {it.id: it.seconds + more if more else 0 for it, more in zip(others, given, strict=True)}

    def _left(self, now: datetime) -> int | None:
        meeting, began = self.meeting, self.meeting.began_at
        if meeting.state is not MeetingState.UNDER_WAY or began is None:
            return None
        end = cases_end(began, starts(meeting.day, meeting.starts_at), meeting.length_minutes)
        return int((end - now).total_seconds())

    def _to_discuss(self) -> list[ItemSummary]:
        return [it for it in self.items if it.lane is Lane.DISCUSS and it.state in OPEN_ITEM]


def elapsed(item: ItemSummary, now: datetime) -> int:
    """Seconds that a person has been discussed so far, over all the times the item was open."""
    running = int((now - item.began_at).total_seconds()) if _is_running(item) and item.began_at else 0
    return item.seconds + max(0, running)


def _is_running(item: ItemSummary) -> bool:
    return item.state is ItemState.UNDER_WAY and item.ended_at is None


@dataclass(frozen=True, slots=True)
class Discussion:
    """Everything the cockpit shows about the person being discussed, beside what the case file tells."""

    item: ItemSummary
    notes: tuple[NoteSummary, ...]
    decisions: tuple[DecisionSummary, ...]
    tasks: tuple[TaskSummary, ...]
    earlier: tuple[PastDiscussion, ...]
    in_force: tuple[DecisionSummary, ...]
    open_tasks: tuple[TaskSummary, ...]
    missing_for_quorum: tuple[QuorumPart, ...]
    knows: frozenset[str]
    suggests_removal: bool


class MeetingRoom:
    """The verbs of the meeting; each is saved at once, so that a crash resumes at the same person."""

    def __init__(self, access: Access) -> None:
        self._access = access

    # Questions

    def room(self, meeting_id: str) -> Room:
        """The meeting at a glance."""
        self._access.require(Permission.SEE_MEETINGS)
        connection = self._access.database.reader
        meeting = meetings.meeting(connection, meeting_id)
        return Room(
            meeting,
            tuple(open_ones(self._access, connection, agenda_items.items(connection, meeting_id))),
            tuple(meetings.attendance(connection, meeting_id)),
            tuple(open_ones(self._access, connection, tasks.due_by(connection, meeting.locality_id, meeting.day))),
        )

    def discussion(self, item_id: str) -> Discussion:
        """Everything about one person's discussion."""
        self._access.require(Permission.SEE_CASE, item_id)
        connection = self._access.database.reader
        item = agenda_items.item(connection, item_id)
        earlier = agenda_items.past_discussions(connection, item.case_id, item.meeting_id)
        return Discussion(
            item,
            tuple(agenda_items.notes(connection, item_id)),
            tuple(agenda_items.decisions(connection, item_id)),
            tuple(tasks.of_item(connection, item_id)),
            tuple(earlier),
            tuple(it for it in agenda_items.decisions_in_force(connection, item.case_id) if it.item_id != item_id),
            tuple(it for it in tasks.open_of_case(connection, item.case_id) if it.item_id != item_id),
            _missing(connection, item.meeting_id, item.case_id),
            agenda_items.who_knows(connection, item.case_id),
            removal_is_suggested(tuple(it.outcome for it in earlier if it.outcome is not None)),
        )

    # The meeting as a whole

    def begin(self, meeting_id: str) -> Changes:
        """Begin a planned meeting; one that is under way goes on. Raises `MeetingSealed`."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            meeting = work.get(Meeting, meeting_id)
            require_not_sealed(meeting.state)
            if meeting.state is MeetingState.PLANNED:
                meeting.state, meeting.began_at = MeetingState.UNDER_WAY, work.now
                work.act("begin", "meeting", meeting_id)
        return changes_of(work)

    def attend(self, attendance_id: str, state: AttendanceState, mode: AttendanceMode | None = None) -> Changes:
        """Say that somebody came, sent apologies or did not come; who left earlier can come again."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            attendance = work.get(Attendance, attendance_id)
            require_not_sealed(work.get(Meeting, attendance.meeting_id).state)
            if mode is not None:
                attendance.mode = mode
            if state is AttendanceState.PRESENT and attendance.joined_at is None:
                attendance.joined_at = work.now
            attendance.state, attendance.left_at = state, None
        return changes_of(work)

    def leave(self, attendance_id: str) -> Changes:
        """Say that somebody left; they no longer count for the quorum of the next person."""
        with permitted(self._access, Permission.KEEP_MEETINGS) as work:
            attendance = work.get(Attendance, attendance_id)
            require_not_sealed(work.get(Meeting, attendance.meeting_id).state)
            attendance.left_at = work.now
        return changes_of(work)

    # One person

    def open(self, item_id: str) -> Changes:
        """Turn to a person: the clock of the one before stops, theirs goes on. Raises `MeetingNotUnderWay`."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            self._stop_clock(work, meeting, item_id)
            meeting.current_item_id = item_id
            if item.state is ItemState.WAITING:
                item.state = ItemState.UNDER_WAY
            if item.state is ItemState.UNDER_WAY and (item.began_at is None or item.ended_at is not None):
                item.began_at, item.ended_at = work.now, None
            if item.challenge is None and work.get(Case, item.case_id).complexity is Complexity.COMPLEX:
                asked = sum(it.challenge is not None for it in work.find(AgendaItem, case_id=item.case_id))
                item.challenge = challenge_for(item.case_id, asked)
        return changes_of(work)

    def pause(self, item_id: str) -> Changes:
        """Stop a person's clock, or let it go on where it stands. Raises `MeetingNotUnderWay`."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, _ = self._item(work, item_id)
            if item.state is ItemState.UNDER_WAY and item.began_at is not None:
                if item.ended_at is None:
                    item.seconds += max(0, int((work.now - item.began_at).total_seconds()))
                    item.ended_at = work.now
                else:
                    item.began_at, item.ended_at = work.now, None
        return changes_of(work)

    def note(self, item_id: str, words: str, replaces_id: str | None = None) -> Changes:
        """Write down what was said; with `replaces_id` a correction of an earlier note."""
        if not words.strip():
            return Changes()
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            if replaces_id is not None:
                work.get(MeetingNote, replaces_id)
            note = work.add(
                MeetingNote(
                    id=work.new_id(), meeting_id=meeting.id, item_id=item.id, words=words.strip(),
                    replaces_id=replaces_id, written_at=work.now, written_by=self._access.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, note.id)

    def decide(
        self,
        item_id: str,
        words: str,
        kind: DecisionKind = DecisionKind.OTHER,
        *,
        changes_id: str | None = None,
        change_reason: str = "",
        task: NewTask | None = None,
    ) -> Changes:
        """Record a decision, agreed where the meeting is quorate for this person, with its first action if it has one.

        Raises `NothingDecided`, `ChangeNeedsReason`, `TaskNeedsWords`, `TaskNeedsOwner`, `MeetingNotUnderWay`.
        """
        if not words.strip():
            raise NothingDecided
        require_reason_for_change(changes_id is not None, change_reason)
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            if changes_id is not None:
                work.get(Decision, changes_id)
            missing = _missing(work.connection, meeting.id, item.case_id)
            decision = work.add(
                Decision(
                    id=work.new_id(), item_id=item.id, kind=kind, words=words.strip(), changes_id=changes_id,
                    change_reason=change_reason.strip(), is_agreed=not missing, decided_at=work.now,
                    recorded_by=self._access.actor.name,
                )
            )  # fmt: skip
            if task is not None:
                add_task(work, task, case_id=item.case_id, item=item, decision_id=decision.id)
            work.act("decide", "decision", decision.id, change_reason.strip())
        return changes_of(work, decision.id)

    def agree_to(self, item_id: str, task: NewTask, decision_id: str | None = None) -> Changes:
        """Agree an action about a person. Raises as `add_task`."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, _ = self._item(work, item_id)
            made = add_task(work, task, case_id=item.case_id, item=item, decision_id=decision_id)
        return changes_of(work, made.id)

    def take_back(self, record_id: str) -> Changes:
        """Undo a note, a decision with its actions, or an action while its meeting is held; the audit keeps that.

        Raises `NotFound` for a record that is none of these, `MeetingSealed`, `MeetingNotUnderWay`.
        """
        with permitted(self._access, Permission.DISCUSS, record_id) as work:
            found: list[Decision | Task | MeetingNote] = [
                *work.find(Decision, id=record_id), *work.find(Task, id=record_id),
                *work.find(MeetingNote, id=record_id),
            ]  # fmt: skip
            record = found[0] if found else None
            if record is None or record.item_id is None:
                raise NotFound(kind="decision")
            self._item(work, record.item_id)
            tasks_too = work.find(Task, decision_id=record_id) if isinstance(record, Decision) else []
            for task in [record] if isinstance(record, Task) else tasks_too:
                for step in work.find(TaskStep, task_id=task.id):
                    work.remove(step)
                work.remove(task)
            if not isinstance(record, Task):
                work.flush()
                work.remove(record)
        return changes_of(work)

    def require_quorate(self, item_id: str) -> None:
        """Raise `NotQuorate` where the meeting may discuss a person and not agree, as a lead is agreed."""
        connection = self._access.database.reader
        item = agenda_items.item(connection, item_id)
        missing = _missing(connection, item.meeting_id, item.case_id)
        if missing:
            raise NotQuorate(missing=tuple(f"quorum_part.{part.value}" for part in missing))

    def close_item(self, item_id: str, outcome: Outcome) -> Changes:
        """Finish a person with what it came to. Raises `NoPersonsView`, `MeetingNotUnderWay`."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            require_closable(PersonsView(item.persons_view, item.persons_view_why_not))
            self._finish(work, meeting, item, ItemState.DONE)
            item.outcome = outcome
            for referral in work.find(MdtReferral, case_id=item.case_id, item_id=None):
                referral.item_id = item.id
        return changes_of(work)

    def note_only(self, item_id: str, words: str) -> Changes:
        """Note a person whose lane allows it: one key writes a dated note "no change". Raises `MeetingNotUnderWay`."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            if item.lane is not Lane.NOTE:
                require_closable(PersonsView(item.persons_view, item.persons_view_why_not))
            work.add(
                MeetingNote(
                    id=work.new_id(), meeting_id=meeting.id, item_id=item.id, words=words.strip(),
                    written_at=work.now, written_by=self._access.actor.name,
                )
            )  # fmt: skip
            self._finish(work, meeting, item, ItemState.NOTED)
            item.outcome = Outcome.NO_CHANGE
        return changes_of(work)

    def park(self, item_id: str, owner_id: str, until: date, what: str) -> Changes:
        """Park a person with somebody who sees to it by a day. Raises `ParkNeedsOwner`, `MeetingNotUnderWay`."""
        if not owner_id or not what.strip():
            raise ParkNeedsOwner
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, meeting = self._item(work, item_id)
            work.get(Practitioner, owner_id)
            self._finish(work, meeting, item, ItemState.PARKED)
            item.outcome = Outcome.DEFERRED
            item.parked_with_id, item.parked_until = owner_id, until
            add_task(work, NewTask(what.strip(), owner_id=owner_id, due=until), case_id=item.case_id, item=item)
        return changes_of(work)

    def reopen(self, item_id: str) -> Changes:
        """Take up a finished person again while the meeting is held."""
        with permitted(self._access, Permission.DISCUSS, item_id) as work:
            item, _ = self._item(work, item_id)
            item.state, item.outcome = ItemState.WAITING, None
            item.parked_with_id = item.parked_until = None
        return changes_of(work)

    def _item(self, work: UnitOfWork, item_id: str) -> tuple[AgendaItem, Meeting]:
        item = work.get(AgendaItem, item_id)
        meeting = work.get(Meeting, item.meeting_id)
        work.about(work.get(Case, item.case_id).person_id)
        require_under_way(meeting.state)
        return item, meeting

    def _stop_clock(self, work: UnitOfWork, meeting: Meeting, next_id: str) -> None:
        """The person before keeps the seconds they had; they stay under way until somebody finishes them."""
        if meeting.current_item_id in (None, next_id):
            return
        before = work.get(AgendaItem, meeting.current_item_id)
        if before.state is ItemState.UNDER_WAY and before.began_at is not None and before.ended_at is None:
            before.seconds += max(0, int((work.now - before.began_at).total_seconds()))
            before.ended_at = work.now

    def _finish(self, work: UnitOfWork, meeting: Meeting, item: AgendaItem, state: ItemState) -> None:
        if item.state is ItemState.UNDER_WAY and item.began_at is not None and item.ended_at is None:
            item.seconds += max(0, int((work.now - item.began_at).total_seconds()))
        item.state, item.ended_at = state, work.now
        missing = _missing(work.connection, meeting.id, item.case_id)
        item.quorate, item.missing_for_quorum = not missing, ",".join(missing)
        there = {it.practitioner_id for it in work.find(ItemPresence, item_id=item.id)}
        for attendance in work.find(Attendance, meeting_id=meeting.id, state=AttendanceState.PRESENT):
            if attendance.left_at is None and attendance.practitioner_id not in there:
                work.add(
                    ItemPresence(id=work.new_id(), item_id=item.id, practitioner_id=attendance.practitioner_id)
                )


def _missing(connection: "Connection", meeting_id: str, case_id: str) -> tuple[QuorumPart, ...]:
    """What is missing for a quorum about a person, of those who are there now."""
    chair_id = meetings.meeting(connection, meeting_id).chair_id
    knows = agenda_items.who_knows(connection, case_id)
    present = [
        Present(it.practitioner_id, it.discipline, it.practitioner_id == chair_id, it.practitioner_id in knows)
        for it in meetings.attendance(connection, meeting_id)
        if it.state is AttendanceState.PRESENT and it.left_at is None
    ]
    return missing_for_quorum(meetings.quorum_of(connection, meeting_id), present)


def next_open(items: Sequence[ItemSummary], current_id: str | None, step: int = 1) -> ItemSummary | None:
    """The next (or with -1 the last) person that is not finished, from the current one on, round the end."""
    listed = [it for it in items if it.state is not ItemState.REMOVED]
    at = next((number for number, it in enumerate(listed) if it.id == current_id), -1 if step > 0 else 0)
    for distance in range(1, len(listed) + 1):
        candidate = listed[(at + step * distance) % len(listed)]
        if candidate.state in OPEN_ITEM and candidate.id != current_id:
            return candidate
    return None
