"""The sheet before decisions or actions of a meeting leave: how many, what of them, as which file, and why."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.exports import ListColumnsMissing
from mdt_desktop.domain.meeting_exports import (
    COLUMNS,
    LEAST,
    MeetingColumn,
    MeetingFileKind,
    MeetingList,
    MeetingListEmpty,
)
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui.drafting import DraftPlace, DraftShelf
from mdt_desktop.ui.leaving_sheet import Errand, LeavingSheet, checked, column_boxes, together
from mdt_desktop.ui.meetings.view import day_words, meeting_name
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.new_file import AskFile, NewFile, ask_new_file
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.bootstrap import Services
    from mdt_desktop.services.meeting_exports import LeavingMeetingList

Columns = frozenset[MeetingColumn] | None
"""What a list tells of each line; None for the calendar, in which nothing can be chosen."""


@dataclass(frozen=True, slots=True)
class WhatThereIs:
    """What of a meeting could leave, the calendar by itself; a list that is empty is not there."""

    meeting: str
    rights: Rights
    lists: "Mapping[MeetingList, LeavingMeetingList]"
    calendar: "LeavingMeetingList | None"

    def of(self, which: MeetingList, kind: MeetingFileKind) -> "LeavingMeetingList | None":
        """What would leave as this kind of file, with the least of columns."""
        return self.calendar if kind is MeetingFileKind.ICS else self.lists.get(which)


class MeetingListsSheet(LeavingSheet["LeavingMeetingList"]):
    """Decisions or actions of one meeting. What is half-typed of the reason is kept in `drafts`."""

    def __init__(
        self,
        host: QWidget,
        meeting_id: str,
        services: "Services",
        operations: Operations,
        messages: Messages,
        ask_file: AskFile = ask_new_file,
        drafts: DraftShelf | None = None,
    ) -> None:
        super().__init__(words("meeting_lists.title"), host, operations, messages, ask_file)
        self.setObjectName("meeting_lists_sheet")
        self._meeting_id, self._services = meeting_id, services
        self.found: WhatThereIs | None = None
        self._add_what()
        self.kinds = self.add_kinds(MeetingFileKind, MeetingFileKind.XLSX)
        self._add_columns()
        self.add_reasons()
        self.finish_form()
        for radio in (*self.lists.values(), *self.kinds.values()):
            radio.toggled.connect(lambda on: self._show_choice() if on else None)
        if drafts is not None:
            self.keep_drafts(drafts, DraftPlace("meetings", f"lists:{meeting_id}"))
            self.put_by.connect(lambda place: drafts.tell_kept(messages, place))
        self._show_choice()
        operations.run_query(
            lambda: what_there_is(services, meeting_id), self._on_found, self._on_not_found, owner=self
        )

    # Building

    def _add_what(self) -> None:
        self.add(words_label(words("exports.what_leaves"), "section"))
        self.lists = self.choice({which: label(which) for which in MeetingList}, words("exports.what_leaves"))
        self.lists[MeetingList.DECISIONS].setChecked(True)
        self.people = words_label(words("exports.counting"), "strong", wraps=True)
        self.people.setObjectName("export_people")
        self.add(self.people)
        self.meeting = words_label("", "muted", wraps=True)
        self.add(self.meeting)

    def _add_columns(self) -> None:
        self.told_of = self.begin("")
        self.columns_help = words_label("", "help", wraps=True)
        self.add(self.columns_help)
        self.columns = {
            which: column_boxes(COLUMNS[which], LEAST[which], words(f"meeting_lists.columns.{which.value}"))
            for which in MeetingList
        }
        self._grids = {which: together(list(boxes.values()), 2) for which, boxes in self.columns.items()}
        for grid in self._grids.values():
            self.add(grid)

    # What is chosen

    @property
    def which(self) -> MeetingList:
        """Decisions or actions."""
        return next(which for which, radio in self.lists.items() if radio.isChecked())

    @property
    def kind(self) -> MeetingFileKind:
        """The kind of file."""
        return next(kind for kind, radio in self.kinds.items() if radio.isChecked())

    def first(self) -> QWidget:
        """Where the choice begins."""
        return self.lists[self.which]

    def _show_choice(self) -> None:
        """Show what the chosen list has to choose from, and how much of it would leave."""
        which, calendar = self.which, self.kinds[MeetingFileKind.ICS]
        may_be_calendar = which is MeetingList.ACTIONS
        if not may_be_calendar and calendar.isChecked():
            self.kinds[MeetingFileKind.XLSX].setChecked(True)
        calendar.setEnabled(may_be_calendar)
        is_calendar = calendar.isChecked()
        self.told_of.setText(words(f"meeting_lists.columns.{which.value}"))
        self.columns_help.setText(words("meeting_lists.calendar_tells" if is_calendar else "exports.columns_help"))
        for key, grid in self._grids.items():
            grid.setVisible(key is which and not is_calendar)
        found = self.found
        if found is None:
            return
        leaving = found.of(which, self.kind)
        self.people.setText(lines_words(which, leaving))
        self.show_problem("")
        permit(self.save, found.rights, Permission.EXPORT, also=leaving is not None)

    def _on_found(self, found: WhatThereIs) -> None:
        self.found = found
        self.meeting.setText(found.meeting)
        for which, radio in self.lists.items():
            radio.setEnabled(which in found.lists)
        if found.lists and self.which not in found.lists:
            chosen = next(iter(found.lists))
            had_focus = self.lists[self.which].hasFocus()
            self.lists[chosen].setChecked(True)
            if had_focus:
                self.lists[chosen].setFocus()
        self._show_choice()
        if not found.lists:
            self.show_problem(words("meeting_lists.nothing"))
            self.save.setEnabled(False)

    def _on_not_found(self, problem: Exception) -> None:
        self.people.setText("")
        self.refuse(problem)
        self.save.setEnabled(False)

    # Leaving

    def errand(self) -> "Errand[LeavingMeetingList]":
        """What was chosen. Raises `ListColumnsMissing`, `ListReasonMissing`."""
        services, meeting_id, which, kind = self._services, self._meeting_id, self.which, self.kind
        columns: Columns = None if kind is MeetingFileKind.ICS else checked(self.columns[which])
        purpose = self.purpose()
        found = self.found.of(which, kind) if self.found is not None else None
        if found is None:
            raise MeetingListEmpty
        shown = found
        return Errand(
            NewFile(shown.file_name(kind), words("exports.save_title"), words(f"exports.files.{kind.value}")),
            lambda: read_list(services, meeting_id, which, columns),
            lambda leaving: services.meeting_exports.content(leaving, kind),
            lambda leaving, content, path: services.meeting_exports.save(leaving, content, path, kind, purpose),
            lambda: services.meeting_exports.record_cancelled(shown, purpose),
            lambda leaving, name: words("meeting_lists.saved", lines=lines_words(which, leaving), name=name),
        )

    def wrong(self, problem: MdtError) -> QWidget:
        if isinstance(problem, ListColumnsMissing):
            return self.columns[self.which][LEAST[self.which][0]]
        return super().wrong(problem)


def what_there_is(services: "Services", meeting_id: str) -> WhatThereIs:
    """How much of each list a meeting has, and what the user may do. For the reader's thread. Raises `NotFound`."""
    meeting = services.meetings.meeting(meeting_id)
    lists: dict[MeetingList, LeavingMeetingList] = {}
    calendar: LeavingMeetingList | None = None
    for which in MeetingList:
        with suppress(MeetingListEmpty):
            lists[which] = read_list(services, meeting_id, which, frozenset(LEAST[which]))
    with suppress(MeetingListEmpty):
        calendar = read_list(services, meeting_id, MeetingList.ACTIONS, None)
    name = words("meeting_lists.of", name=meeting_name(meeting), day=day_words(meeting.day))
    return WhatThereIs(name, services.rights.mine(), lists, calendar)


def read_list(services: "Services", meeting_id: str, which: MeetingList, columns: Columns) -> "LeavingMeetingList":
    """Everything that would leave. For the reader's thread. Raises `MeetingListEmpty`, `NotFound`."""
    exports = services.meeting_exports
    if columns is None:
        return exports.calendar(meeting_id)
    if which is MeetingList.ACTIONS:
        return exports.actions(meeting_id, columns)
    return exports.decisions(meeting_id, columns)


def lines_words(which: MeetingList, leaving: "LeavingMeetingList | None") -> str:
    """How many decisions or actions, and about how many people."""
    count = leaving.count if leaving is not None else 0
    lines = words(f"meeting_lists.{which.value}{'_one' if count == 1 else ''}", count=count)
    people = len(leaving.person_ids) if leaving is not None else 0
    if not people:
        return lines
    return words("meeting_lists.about_one" if people == 1 else "meeting_lists.about", lines=lines, people=people)
