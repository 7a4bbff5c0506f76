"""Saving the list that is shown: what leaves is said first, the least is chosen, and a reason is asked for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from benchmarks.borough import empty, fill
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.exports import LEAST, ListColumn, ListKind, ListReason
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.settings import LaptopSettings
from mdt_desktop.ui.caseload.export_sheet import ExportSheet
from mdt_desktop.ui.caseload.page import CaseloadPage
from mdt_desktop.ui.new_file import NewFile
from tests.helpers.colleagues import a_colleague
from tests.helpers.window import Shell, a_shell, until_idle


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with empty(DataFolder(tmp_path_factory.mktemp("borough") / "data")) as found:
        fill(found.access, 300)
        yield found


@pytest.fixture
def shell(program: Program, qapp: object) -> Iterator[Shell]:
    with a_shell(program) as made:
        yield made


class Screen:
    """The caseload page in a window; answers for the system's own dialog with a path in `folder`, or with none."""

    def __init__(self, program: Program, shell: Shell, qtbot: QtBot, folder: Path) -> None:
        self.program, self.shell, self.qtbot, self.folder = program, shell, qtbot, folder
        self.wanted: NewFile | None = None
        self.name = ""
        shell.register(
            "caseload",
            lambda: CaseloadPage(
                program.services, shell.operations, shell.messages, LaptopSettings(), lambda: None
            ),
        )
        shell.window.show_page("caseload")
        page = shell.window.page
        assert isinstance(page, CaseloadPage)
        self.page = page
        self.settle()

    def settle(self) -> None:
        until_idle(self.qtbot, self.shell.operations)
        self.qtbot.waitUntil(lambda: not self.page.loader.waits and not self.page._soon.isActive())

    def open(self) -> ExportSheet:
        self.page.export.click()
        assert self.page.sheet is not None
        self.page.sheet._ask_file = self._answer
        self.settle()
        return self.page.sheet

    def _answer(self, wanted: NewFile, parent: QWidget, answer: Callable[[str], None]) -> None:
        self.wanted = wanted
        answer(str(self.folder / (self.name or wanted.name)) if self.name != "cancelled" else "")

    def audited(self) -> list[tuple[str | None, str, str]]:
        return self.program.access.database.reader.execute(
            "SELECT person_id, fields, reason FROM audit_entry WHERE action = 'export' ORDER BY seq"
        ).fetchall()


@pytest.fixture
def screen(program: Program, shell: Shell, qtbot: QtBot, tmp_path: Path) -> Screen:
    return Screen(program, shell, qtbot, tmp_path)


def test_the_sheet_says_who_leaves_and_only_the_least_is_chosen(screen: Screen) -> None:
    at_risk = screen.page.model.rowCount()
    sheet = screen.open()
    assert sheet.people.text() == f"{at_risk} people"
    assert {column for column, box in sheet.columns.items() if box.isChecked()} == set(LEAST)
    assert sheet.kind is ListKind.XLSX
    assert not any(radio.isChecked() for radio in sheet.reasons.values())
    assert screen.page.focusWidget() is sheet.columns[ListColumn.NAME]
    screen.page.export.click()
    assert screen.page.sheet is sheet, "a second press opened a second sheet"


def test_nothing_leaves_without_a_reason_or_without_a_column(screen: Screen) -> None:
    sheet, before = screen.open(), screen.audited()
    sheet.save.click()
    assert "Say why the list leaves" in sheet.problem.text()
    assert screen.page.focusWidget() is sheet.reasons[ListReason.FOR_THE_MEETING]
    sheet.reasons[ListReason.OTHER].click()
    sheet.save.click()
    assert screen.page.focusWidget() is sheet.more
    sheet.reasons[ListReason.FOR_THE_MEETING].click()
    for box in sheet.columns.values():
        box.setChecked(False)
    sheet.save.click()
    assert "at least one column" in sheet.problem.text()
    assert screen.wanted is None
    assert (list(screen.folder.iterdir()), screen.audited()) == ([], before)


def test_the_list_on_the_screen_leaves_with_its_filter_its_columns_and_its_reason(screen: Screen) -> None:
    query = CaseloadQuery(CaseloadFilter(has_plan=True))
    screen.page.show_query(query)
    screen.settle()
    names = [row.family_name for row in screen.program.services.caseload.page(query, 0, 300).rows]
    sheet, before = screen.open(), len(screen.audited())
    sheet.columns[ListColumn.BORN].click()
    sheet.columns[ListColumn.TIER].click()
    sheet.reasons[ListReason.FOR_VISITS].click()
    sheet.more.setText("Tuesday")
    with screen.qtbot.waitSignal(sheet.saved, timeout=10_000) as saved:
        sheet.save.click()
    assert screen.wanted is not None
    assert screen.wanted.name == "caseload-2026-11-23.xlsx"
    assert saved.args == [str(screen.folder / screen.wanted.name)]
    found = openpyxl.load_workbook(screen.folder / screen.wanted.name).worksheets[0]
    heading, *rows = found.iter_rows(values_only=True)
    assert heading == ("Name", "NHS number", "Date of birth", "Lead professional", "Waiting for")
    assert [str(row[0]).partition(",")[0] for row in rows] == [name.upper() for name in names]
    new = screen.audited()[before:]
    assert len(new) == len(names) + 1
    assert new[0][1:] == (
        "name,nhs_number,born,lead,next_step",
        f"To plan visits or calls: Tuesday ({len(names)} people as XLSX)",
    )
    assert screen.page.sheet is None
    assert f"{len(names)} people saved in {screen.wanted.name}" in " ".join(screen.shell.window.shown_notices())


def test_a_list_that_is_cancelled_in_the_systems_dialog_is_in_the_audit_and_can_be_saved_again(screen: Screen) -> None:
    sheet = screen.open()
    sheet.kinds[ListKind.CSV].click()
    sheet.reasons[ListReason.TO_CHECK].click()
    screen.name = "cancelled"
    sheet.save.click()
    screen.settle()
    assert screen.wanted is not None
    assert screen.wanted.name.endswith(".csv")
    assert "cancelled, nothing left the program" in screen.audited()[-1][2]
    assert list(screen.folder.iterdir()) == []
    assert sheet.save.isEnabled()
    screen.name = "again.csv"
    with screen.qtbot.waitSignal(sheet.saved, timeout=10_000):
        sheet.save.click()
    assert (screen.folder / "again.csv").read_bytes().startswith(b"\xef\xbb\xbf\"Name\"")


def test_a_file_that_is_there_is_told_at_the_sheet_and_nothing_is_lost(screen: Screen) -> None:
    (screen.folder / "mine.xlsx").write_text("mine")
    sheet, before = screen.open(), screen.audited()
    sheet.reasons[ListReason.TO_CHECK].click()
    screen.name = "mine.xlsx"
    sheet.save.click()
    screen.settle()
    assert "already a file called mine.xlsx" in sheet.problem.text()
    assert (screen.folder / "mine.xlsx").read_text() == "mine"
    assert screen.audited() == before
    assert sheet.reasons[ListReason.TO_CHECK].isChecked()
    assert sheet.save.isEnabled()


def test_an_empty_list_cannot_be_saved(screen: Screen) -> None:
    screen.page.show_query(CaseloadQuery(CaseloadFilter(text="nobody of that name")))
    screen.settle()
    sheet = screen.open()
    assert sheet.people.text() == "0 people"
    assert not sheet.save.isEnabled()
    assert "Nobody is in this list" in sheet.problem.text()


def test_escape_leaves_the_sheet_and_the_list_is_there_again(screen: Screen) -> None:
    sheet = screen.open()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert screen.page.sheet is None
    assert list(screen.folder.iterdir()) == []


def test_the_list_can_be_saved_from_the_palette(screen: Screen) -> None:
    commands = screen.shell.window.commands
    assert "caseload.export" in [command.id for command in commands.offered()]
    assert commands.run("caseload.export")
    assert screen.page.sheet is not None


def test_whoever_may_not_export_sees_why_and_saves_nothing(screen: Screen) -> None:
    partner = a_colleague(screen.program, Role.VOLUNTEER, "Vera Volunteer")
    sheet = ExportSheet(
        screen.page, CaseloadQuery(CaseloadFilter()), "", partner, screen.shell.operations, screen.shell.messages
    )
    sheet.open_sheet()
    screen.settle()
    assert not sheet.save.isEnabled()
    assert "You work here as" in sheet.save.toolTip()
    sheet.leave()
