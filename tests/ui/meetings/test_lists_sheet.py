"""Decisions and actions that leave as a file: what leaves is said first, the least is chosen, a reason is asked for."""

from collections.abc import Callable
from pathlib import Path

import icalendar
import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mdt_desktop.domain.exports import ListReason
from mdt_desktop.domain.meeting_exports import LEAST, MeetingColumn, MeetingFileKind, MeetingList
from mdt_desktop.domain.organisations import Role
from mdt_desktop.ui.drafting import DraftPlace
from mdt_desktop.ui.meetings.lists_sheet import MeetingListsSheet
from mdt_desktop.ui.meetings.page import MeetingsPage
from mdt_desktop.ui.meetings.sheets import ReasonSheet
from mdt_desktop.ui.new_file import NewFile
from mdt_desktop.words import words
from tests.helpers.colleagues import a_colleague
from tests.helpers.meeting_desk import MeetingDesk

DECISIONS, ACTIONS = MeetingList.DECISIONS, MeetingList.ACTIONS


class Lists:
    """The sheet over last week's meeting; answers for the system's own dialog with a path in `folder`, or with none."""

    def __init__(self, desk: MeetingDesk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        self.wanted: NewFile | None = None
        self.name = ""
        folder.mkdir()

    def open(self, meeting_id: str = "") -> MeetingListsSheet:
        """From the menu of papers; another meeting than a sealed one by the wish itself."""
        page: MeetingsPage = self.desk.go("meetings", meeting_id=self.desk.made.held)
        if meeting_id:
            page.lists_requested.emit(meeting_id)
        else:
            menu = page.reading.papers.papers
            next(action for action in menu.actions() if action.objectName() == "lists").trigger()
        self.desk.settle()
        sheet = page.sheets.sheet
        assert isinstance(sheet, MeetingListsSheet)
        sheet._ask_file = self._answer
        return sheet

    def _answer(self, wanted: NewFile, parent: QWidget, answer: Callable[[str], None]) -> None:
        self.wanted = wanted
        answer("" if self.name == "cancelled" else str(self.folder / (self.name or wanted.name)))

    def press(self, widget: QWidget) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        # The box or ring itself: the words beside it may be shorter than the widget is wide.
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(8, widget.height() // 2))
        self.desk.settle()

    def audited(self) -> list[tuple[str | None, str, str, str]]:
        return self.desk.made.program.access.database.reader.execute(
            "SELECT person_id, kind, fields, reason FROM audit_entry WHERE action = 'export' ORDER BY seq"
        ).fetchall()

    def left(self) -> list[str]:
        return sorted(it.name for it in self.folder.iterdir())


@pytest.fixture
def lists(desk: MeetingDesk, tmp_path: Path) -> Lists:
    return Lists(desk, tmp_path / "files")


def test_the_sheet_says_how_much_leaves_and_only_the_least_is_chosen(lists: Lists) -> None:
    sheet = lists.open()
    assert (sheet.which, sheet.kind) == (DECISIONS, MeetingFileKind.XLSX)
    assert sheet.people.text() == "One decision about one person"
    assert sheet.meeting.text() == "North East weekly MDT, Thu 19-Nov-2026"
    assert not any(radio.isChecked() for radio in sheet.reasons.values())
    for which, boxes in sheet.columns.items():
        assert {column for column, box in boxes.items() if box.isChecked()} == set(LEAST[which])
    assert lists.desk.focused() is sheet.lists[DECISIONS]
    assert not sheet.kinds[MeetingFileKind.ICS].isEnabled()
    assert sheet.columns[DECISIONS][MeetingColumn.DECISION].isVisible()
    assert not sheet.columns[ACTIONS][MeetingColumn.ACTION].isVisible()


def test_actions_have_columns_of_their_own_and_a_calendar_has_none_to_choose(lists: Lists) -> None:
    sheet = lists.open()
    lists.press(sheet.lists[ACTIONS])
    assert sheet.people.text() == "One action about one person"
    assert sheet.told_of.text() == "What the file tells of each action"
    assert sheet.columns[ACTIONS][MeetingColumn.ACTION].isVisible()
    lists.press(sheet.kinds[MeetingFileKind.ICS])
    assert not sheet.columns[ACTIONS][MeetingColumn.ACTION].isVisible()
    assert "initials" in sheet.columns_help.text()
    lists.press(sheet.lists[DECISIONS])
    assert sheet.kind is MeetingFileKind.XLSX, "decisions were to leave as a calendar"


def test_nothing_leaves_without_a_reason_or_without_a_column(lists: Lists) -> None:
    sheet, before = lists.open(), lists.audited()
    lists.press(sheet.save)
    assert "Say why the list leaves" in sheet.problem.text()
    assert lists.desk.focused() is sheet.reasons[ListReason.FOR_THE_MEETING]
    sheet.reasons[ListReason.OTHER].click()
    lists.press(sheet.save)
    assert lists.desk.focused() is sheet.more
    for box in sheet.columns[DECISIONS].values():
        box.setChecked(False)
    lists.press(sheet.save)
    assert "at least one column" in sheet.problem.text()
    assert lists.desk.focused() is sheet.columns[DECISIONS][LEAST[DECISIONS][0]]
    assert lists.wanted is None
    assert (lists.left(), lists.audited()) == ([], before)


def test_actions_leave_as_a_workbook_with_the_chosen_columns_and_their_reason(lists: Lists) -> None:
    sheet, before = lists.open(), len(lists.audited())
    lists.press(sheet.lists[ACTIONS])
    lists.press(sheet.columns[ACTIONS][MeetingColumn.NHS_NUMBER])
    lists.press(sheet.reasons[ListReason.TO_CHECK])
    sheet.more.setText("the council's list")
    lists.press(sheet.save)
    assert lists.left() == ["actions-2026-11-19.xlsx"]
    found = openpyxl.load_workbook(lists.folder / "actions-2026-11-19.xlsx").worksheets[0]
    assert list(found.iter_rows(values_only=True)) == [
        ("Name", "What is to be done", "Who", "By", "How far"),
        ("LANTERN, Wilma", "Order a rail for the back door", "Sue Sample", "24-Nov-2026", "Open"),
    ]
    person = lists.desk.made.people[0]
    told = "To check against another record: the council's list (1 lines as XLSX)"
    assert lists.audited()[before:] == [
        (None, "actions", "name,action,owner,due,status", told),
        (person, "actions", "name,action,owner,due,status", told),
    ]
    assert lists.desk.telling.told[-1] == "One action about one person saved in actions-2026-11-19.xlsx"
    assert lists.desk.meetings.sheets.sheet is None
    assert lists.desk.drafts.find(DraftPlace("meetings", f"lists:{lists.desk.made.held}")) is None


def test_actions_leave_as_a_calendar_without_a_name_or_what_is_to_be_done(lists: Lists) -> None:
    sheet = lists.open()
    lists.press(sheet.lists[ACTIONS])
    lists.press(sheet.kinds[MeetingFileKind.ICS])
    lists.press(sheet.reasons[ListReason.FOR_THE_MEETING])
    lists.press(sheet.save)
    assert lists.wanted is not None
    assert (lists.wanted.name, lists.wanted.kinds) == ("actions-2026-11-19.ics", "Calendar files (*.ics)")
    content = (lists.folder / lists.wanted.name).read_bytes()
    (task,) = icalendar.Calendar.from_ical(content).walk("VTODO")
    assert str(task["summary"]) == "Action from the meeting: WL"
    assert b"Lantern" not in content
    assert b"rail" not in content
    assert [it[1:3] for it in lists.audited()[-2:]] == [("actions", "ics")] * 2


def test_a_list_that_is_cancelled_in_the_systems_dialog_is_in_the_audit_and_can_be_saved_again(lists: Lists) -> None:
    sheet = lists.open()
    lists.press(sheet.kinds[MeetingFileKind.CSV])
    lists.press(sheet.reasons[ListReason.TO_CHECK])
    lists.name = "cancelled"
    lists.press(sheet.save)
    assert "cancelled, nothing left the program" in lists.audited()[-1][3]
    assert lists.left() == []
    lists.name = "again.csv"
    lists.press(sheet.save)
    heading = (lists.folder / "again.csv").read_bytes()
    assert heading.startswith(b'\xef\xbb\xbf"Meeting","Initials","Type","Decision","Agreed"')
    assert b"LANTERN" not in heading.upper()


def test_a_file_that_is_there_is_told_at_the_sheet_and_nothing_is_lost(lists: Lists) -> None:
    (lists.folder / "mine.xlsx").write_text("mine")
    sheet, before = lists.open(), lists.audited()
    lists.press(sheet.reasons[ListReason.TO_CHECK])
    lists.name = "mine.xlsx"
    lists.press(sheet.save)
    assert "already a file called mine.xlsx" in sheet.problem.text()
    assert (lists.folder / "mine.xlsx").read_text() == "mine"
    assert lists.audited() == before
    assert sheet.reasons[ListReason.TO_CHECK].isChecked()
    assert sheet.save.isEnabled()


def test_a_meeting_without_decisions_or_actions_has_nothing_to_save(lists: Lists) -> None:
    sheet = lists.open(lists.desk.made.planned)
    assert sheet.people.text() == "0 decisions"
    assert "so there is nothing to save" in sheet.problem.text()
    assert not sheet.save.isEnabled()
    assert not any(radio.isEnabled() for radio in sheet.lists.values())


def test_a_meeting_that_is_not_there_is_told_at_the_sheet(lists: Lists) -> None:
    sheet = lists.open("01890000-0000-7000-8000-000000000000")
    assert sheet.problem.text()
    assert not sheet.save.isEnabled()


def test_whoever_may_not_export_sees_why_and_saves_nothing(lists: Lists) -> None:
    partner = a_colleague(lists.desk.made.program, Role.VOLUNTEER, "Vera Volunteer")
    page: MeetingsPage = lists.desk.go("meetings", meeting_id=lists.desk.made.held)
    sheet = MeetingListsSheet(
        page, lists.desk.made.held, partner, lists.desk.shell.operations, lists.desk.shell.messages
    )
    page.sheets.show(sheet, sheet.first())
    lists.desk.settle()
    assert not sheet.save.isEnabled()
    assert "You work here as" in sheet.problem.text()
    lists.desk.meetings.sheets.close()


def test_half_typed_words_of_a_reason_are_there_again_and_the_reason_is_chosen_anew(lists: Lists) -> None:
    sheet = lists.open()
    place = DraftPlace("meetings", f"lists:{lists.desk.made.held}")
    lists.press(sheet.reasons[ListReason.OTHER])
    sheet.more.setFocus()
    lists.desk.type("For the aud")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    lists.desk.settle()
    assert lists.desk.meetings.sheets.sheet is None
    assert lists.desk.telling.asked == [], "words that are kept were asked about"
    assert lists.desk.telling.told[-1] == words("lock.draft.kept")
    found = lists.desk.drafts.find(place)
    assert found is not None
    again = lists.open()
    assert again.more.text() == "For the aud"
    assert not any(radio.isChecked() for radio in again.reasons.values())


def test_the_list_waits_until_what_is_typed_in_another_sheet_may_be_lost(lists: Lists) -> None:
    page: MeetingsPage = lists.desk.go("meetings", meeting_id=lists.desk.made.held)
    other = ReasonSheet("Why", "Do it", "Why?", page, lambda _: None)
    page.sheets.show(other, other.reason)
    lists.desk.type("because")
    page.lists_requested.emit(lists.desk.made.held)
    lists.desk.settle()
    assert page.sheets.sheet is other
    lists.desk.telling.answer = "discard"
    assert isinstance(lists.open(lists.desk.made.held), MeetingListsSheet)
