"""Decisions and actions of a meeting as a list, actions as a calendar: what would leave, and the leaving with audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

from mdt_desktop.documents.calendar import CalendarAction, actions_calendar
from mdt_desktop.documents.tables import csv_bytes, workbook_bytes
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.exports import ListKind, ListPurpose
from mdt_desktop.domain.meeting_exports import (
    MeetingColumn,
    MeetingFileKind,
    MeetingList,
    MeetingListEmpty,
    in_order,
    suggested_name,
)
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.domain.tasks import CLOSED
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes
from mdt_desktop.services.exports import in_words
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import agenda_items, meetings, tasks
from mdt_desktop.store.queries.agenda_items import DecisionSummary, ItemSummary
from mdt_desktop.store.queries.tasks import TaskSummary
from mdt_desktop.words import label, words

__all__ = ["LeavingMeetingList", "MeetingExports", "SavedMeetingList"]


@dataclass(frozen=True, slots=True)
class LeavingMeetingList:
    """Everything that would leave: a row of text for each decision or action, or the actions for a calendar.

    `person_ids` has each person once; `columns` is empty for a calendar, which tells initials, owner and day.
    """

    meeting_id: str
    meeting_day: date
    which: MeetingList
    columns: tuple[MeetingColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    entries: tuple[CalendarAction, ...]
    person_ids: tuple[str, ...]
    made_at: datetime

    @property
    def count(self) -> int:
        """How many decisions or actions."""
        return len(self.rows) or len(self.entries)

    def file_name(self, kind: MeetingFileKind) -> str:
        """The name proposed for a file of it, without anything about a person."""
        return suggested_name(self.which, kind, self.meeting_day)


@dataclass(frozen=True, slots=True)
class SavedMeetingList:
    """What was saved as a file."""

    path: Path
    which: MeetingList
    kind: MeetingFileKind
    rows: int
    people: int
    columns: tuple[MeetingColumn, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A decision or an action, and whom it is about."""

    day: date
    item: ItemSummary | TaskSummary
    decision: DecisionSummary | None = None
    task: TaskSummary | None = None


Cell: TypeAlias = Callable[[_Row], str]


class MeetingExports:
    """The verbs of a meeting's lists that leave.

    `decisions`, `actions` and `calendar` read the store, `save` and `record_cancelled` write to it; `content` touches
    no store and belongs in the pool.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def decisions(self, meeting_id: str, columns: frozenset[MeetingColumn]) -> LeavingMeetingList:
        """Everything decided. Raises `MeetingListColumnsMissing`, `MeetingListEmpty`, `NotFound`."""
        self._access.require(Permission.EXPORT)
        connection = self._access.database.reader
        day = meetings.meeting(connection, meeting_id).day
        items = {it.id: it for it in agenda_items.items(connection, meeting_id)}
        order = list(items)
        found = sorted(
            agenda_items.decisions_of_meeting(connection, meeting_id), key=lambda it: order.index(it.item_id)
        )
        rows = [_Row(day, items[it.item_id], decision=it) for it in found]
        return self._leaving(meeting_id, day, MeetingList.DECISIONS, columns, rows)

    def actions(self, meeting_id: str, columns: frozenset[MeetingColumn]) -> LeavingMeetingList:
        """Everything agreed to be done. Raises as `decisions`."""
        self._access.require(Permission.EXPORT)
        connection = self._access.database.reader
        day = meetings.meeting(connection, meeting_id).day
        rows = [_Row(day, it, task=it) for it in tasks.of_meeting(connection, meeting_id)]
        return self._leaving(meeting_id, day, MeetingList.ACTIONS, columns, rows)

    def calendar(self, meeting_id: str, owner_id: str | None = None) -> LeavingMeetingList:
        """The actions, of one owner or of all, with initials, owner and day and nothing of what is to be done.

        Raises `MeetingListEmpty`, `NotFound`.
        """
        self._access.require(Permission.EXPORT)
        connection = self._access.database.reader
        day = meetings.meeting(connection, meeting_id).day
        found = [it for it in tasks.of_meeting(connection, meeting_id) if it.status != "refused"]
        found = [it for it in found if owner_id is None or it.owner_id == owner_id]
        if not found:
            raise MeetingListEmpty
        entries = tuple(_entry(it, day) for it in found)
        return LeavingMeetingList(
            meeting_id, day, MeetingList.ACTIONS, (), (), entries, _people(found), self._made_at()
        )

    @staticmethod
    def content(leaving: LeavingMeetingList, kind: MeetingFileKind) -> bytes:
        """The bytes of the file, made in memory."""
        if kind is MeetingFileKind.ICS:
            return actions_calendar(leaving.entries, leaving.made_at)
        table = [tuple(label(column) for column in leaving.columns), *leaving.rows]
        if kind.as_list is ListKind.CSV:
            return csv_bytes(table)
        return workbook_bytes(words(f"meeting_list.{leaving.which.value}"), table, leaving.made_at)

    def save(
        self, leaving: LeavingMeetingList, content: bytes, path: Path, kind: MeetingFileKind, purpose: ListPurpose
    ) -> Changes:
        """Write a new file with its audit entries, one for the list and one for each person: neither without the other.

        Raises `NotPermitted`, `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten), `PaperNotSaved`.
        """
        told = words("meeting_exports.audit", reason=in_words(purpose), rows=leaving.count, kind=kind.value.upper())
        fields = ",".join(leaving.columns) or kind.value
        acts = [Act("export", leaving.which.value, leaving.meeting_id, None, fields, told)]
        acts += [Act("export", leaving.which.value, leaving.meeting_id, it, fields, told) for it in leaving.person_ids]
        self._access.require(Permission.EXPORT)
        record_leaving(self._access, lambda _: acts, (content, path))
        return Changes(frozenset({"audit_entry"}), frozenset({leaving.meeting_id, *leaving.person_ids}))

    def record_cancelled(self, leaving: LeavingMeetingList, purpose: ListPurpose) -> Changes:
        """Record that a list was about to leave and did not."""
        told = words("meeting_exports.cancelled", reason=in_words(purpose), rows=leaving.count)
        record_leaving(self._access, lambda _: [Act("export", leaving.which.value, leaving.meeting_id, reason=told)])
        return Changes(frozenset({"audit_entry"}))

    def save_list(
        self,
        leaving: LeavingMeetingList,
        path: Path,
        kind: MeetingFileKind,
        purpose: ListPurpose,
    ) -> SavedMeetingList:
        """What a command does once it has said what leaves. Raises as `save`."""
        self.save(leaving, self.content(leaving, kind), path, kind, purpose)
        return SavedMeetingList(path, leaving.which, kind, leaving.count, len(leaving.person_ids), leaving.columns)

    def _leaving(
        self, meeting_id: str, day: date, which: MeetingList, columns: frozenset[MeetingColumn], rows: list[_Row]
    ) -> LeavingMeetingList:
        chosen = in_order(which, columns)
        if not rows:
            raise MeetingListEmpty
        cells = tuple(tuple(_CELLS[column](row) for column in chosen) for row in rows)
        return LeavingMeetingList(
            meeting_id, day, which, chosen, cells, (), _people([row.item for row in rows]), self._made_at()
        )

    def _made_at(self) -> datetime:
        return self._access.clock().astimezone()


def _people(found: list[TaskSummary] | list[ItemSummary | TaskSummary]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(it.person_id for it in found if it.person_id))


def _initials(it: ItemSummary | TaskSummary) -> str:
    return f"{it.given_names[:1]}{it.family_name[:1]}".upper()


def _entry(task: TaskSummary, day: date) -> CalendarAction:
    """Whom it is about by initials, who does it, and when; what is to be done stands on their action sheet."""
    who = _initials(task)
    summary = words("meeting_exports.entry", who=who) if who else words("meeting_exports.entry_nobody")
    notes = words("meeting_exports.entry_notes", day=cui_date(day), reference=task.id[-8:])
    return CalendarAction(task.id, summary, task.due, task.owner, notes, task.status in CLOSED)


def _name(row: _Row) -> str:
    it = row.item
    return name_on_screen(it.family_name, it.given_names, it.title) if it.family_name else ""


def _of_decision(cell: Callable[[DecisionSummary], str]) -> Cell:
    return lambda row: cell(row.decision) if row.decision is not None else ""


def _of_task(cell: Callable[[TaskSummary], str]) -> Cell:
    return lambda row: cell(row.task) if row.task is not None else ""


_CELLS: Mapping[MeetingColumn, Cell] = {
    MeetingColumn.DAY: lambda row: cui_date(row.day),
    MeetingColumn.INITIALS: lambda row: _initials(row.item),
    MeetingColumn.NAME: _name,
    MeetingColumn.NHS_NUMBER: lambda row: spaced_nhs_number(row.item.nhs_number),
    MeetingColumn.KIND: _of_decision(lambda it: label(it.kind)),
    MeetingColumn.DECISION: _of_decision(lambda it: it.words),
    MeetingColumn.AGREED: _of_decision(lambda it: words("exports.yes") if it.is_agreed else words("exports.no")),
    MeetingColumn.CHANGE_REASON: _of_decision(lambda it: it.change_reason),
    MeetingColumn.ACTION: _of_task(lambda it: it.what),
    MeetingColumn.OWNER: _of_task(lambda it: it.owner),
    MeetingColumn.ORGANISATION: _of_task(lambda it: it.organisation),
    MeetingColumn.DUE: _of_task(lambda it: cui_date(it.due) if it.due else ""),
    MeetingColumn.STATUS: _of_task(lambda it: label(it.status)),
    MeetingColumn.STATUS_REASON: _of_task(lambda it: it.status_reason),
}
