"""The case for whoever may not do everything: a restricted record, the glass, who gets what, and disabled buttons."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.sharing import SharingChoice
from mdt_desktop.ui.case.page import TABS
from mdt_desktop.ui.case.restricted import ClosedRecord
from mdt_desktop.ui.case.sharing_cards import RestrictionSheet
from mdt_desktop.ui.case.sharing_sheet import SharingSheet
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague, an_administrator_elsewhere, audited
from tests.ui.case.desk import CaseDesk

WHY = "The ambulance crew asks for her medicines."


@pytest.fixture
def person(program: Program, place: SmallPlace) -> str:
    an_administrator_elsewhere(program)
    return a_person_with_case(program, place, Stage.IDENTIFIED)[0]


def desk_of(program: Program, job: Role, qtbot: QtBot) -> CaseDesk:
    """The same store with somebody else at the keyboard."""
    services = a_colleague(program, job)
    services.access.notes.wake = lambda: None
    return CaseDesk(replace(program, services=services, access=services.access), qtbot)


@pytest.fixture
def nurse(program: Program, person: str, qtbot: QtBot) -> Iterator[CaseDesk]:
    desk = desk_of(program, Role.COMMUNITY_NURSE, qtbot)
    yield desk
    desk.close()


@pytest.fixture
def administrator(program: Program, person: str, qtbot: QtBot) -> Iterator[CaseDesk]:
    desk = desk_of(program, Role.MDT_ADMINISTRATOR, qtbot)
    yield desk
    desk.close()


def break_glass(desk: CaseDesk, reason: str = WHY) -> None:
    closed = desk.page.findChild(ClosedRecord)
    assert isinstance(closed, ClosedRecord)
    closed.reason.setPlainText(reason)
    desk.press("break_glass")


def test_a_restricted_record_shows_its_door_and_a_reason_of_a_sentence_opens_it(
    program: Program, nurse: CaseDesk, person: str
) -> None:
    program.services.restrictions.restrict(person, "Works at the surgery herself.")
    nurse.open(person)
    assert "This record is restricted" in nurse.words()
    assert nurse.page.case.view is None
    break_glass(nurse, "must")
    assert "short sentence" in nurse.words()
    assert audited(program, "break_glass") == []
    break_glass(nurse)
    assert nurse.page.case.view is not None
    assert nurse.page.glass.isVisible()
    assert WHY in nurse.page.glass.words.text()
    assert [reason for _, _, reason in audited(program, "break_glass")] == [WHY]


def test_the_glass_is_closed_by_hand_and_by_the_clock(
    program: Program, nurse: CaseDesk, person: str, clock: FrozenClock
) -> None:
    program.services.restrictions.restrict(person, "Works at the surgery herself.")
    nurse.open(person)
    break_glass(nurse)
    nurse.press("end_glass")
    assert "This record is restricted" in nurse.words()
    clock.advance(timedelta(minutes=1))
    break_glass(nurse)
    assert nurse.page.glass.isVisible()
    clock.advance(timedelta(hours=4))
    nurse.page.glass.look()
    nurse.settle()
    assert not nurse.page.glass.isVisible()
    assert "This record is restricted" in nurse.words()


def test_whoever_may_not_break_the_glass_reads_why_and_finds_no_button(
    program: Program, administrator: CaseDesk, person: str
) -> None:
    program.services.restrictions.restrict(person, "Works at the surgery herself.")
    administrator.open(person)
    assert not administrator.has("break_glass")
    assert "You work here as: Administrator" in administrator.words()


def test_a_navigator_restricts_a_record_with_a_reason_and_is_warned_that_it_shuts_them_out(
    program: Program, desk: CaseDesk, person: str
) -> None:
    desk.open(person, "consent")
    desk.press("restrict")
    sheet = desk.page.case.sheet
    assert isinstance(sheet, RestrictionSheet)
    sheet.save.click()
    desk.settle()
    assert desk.page.case.sheet is sheet, "without a reason nothing is restricted"
    sheet.reason.setPlainText("Works at the surgery herself.")
    sheet.save.click()
    desk.settle()
    assert "This record is restricted" in desk.words()
    assert len(audited(program, "restrict")) == 1


def test_a_nurse_is_told_who_restricts_a_record(nurse: CaseDesk, person: str) -> None:
    nurse.open(person, "consent")
    button = nurse.button("restrict")
    assert not button.isEnabled()
    assert "You work here as: Clinician" in button.toolTip()


def test_an_administrator_reads_the_case_and_neither_sees_the_assessment_nor_adds_people(
    administrator: CaseDesk, person: str
) -> None:
    page = administrator.open(person)
    place = list(TABS).index("assessment")
    assert not page.tabs.isTabEnabled(place)
    assert "You work here as: Administrator" in page.tabs.tabToolTip(place)
    page.show_tab("people")
    administrator.settle()
    for name in ("add_contact", "add_flag"):
        button = administrator.button(name)
        assert not button.isEnabled()
        assert "You work here as: Administrator" in button.toolTip()


def test_what_is_chosen_in_the_grid_is_recorded_by_its_button_and_not_before(
    program: Program, desk: CaseDesk, person: str
) -> None:
    desk.open(person, "consent")
    desk.press("open_sharing")
    sheet = desk.page.case.sheet
    assert isinstance(sheet, SharingSheet)
    assert not sheet.save.isEnabled()
    grid = sheet.grid
    grid.setFocus()
    grid.setCurrentIndex(grid.grid.index(0, 0))
    row, part = grid.grid.row(0), next(iter(grid.grid.row(0).cells))
    wanted = Qt.Key.Key_N if row.cells[part].choice is SharingChoice.SHARE else Qt.Key.Key_S
    QTest.keyClick(grid, wanted)
    assert len(grid.grid.changes) == 1
    assert sheet.save.text() == "Record 1 change"
    before = len(program.services.sharing.table(person).history)
    sheet.save.click()
    desk.settle()
    assert desk.page.case.sheet is None
    assert len(program.services.sharing.table(person).history) == before + 1


def test_an_administrator_reads_the_grid_and_changes_nothing_in_it(administrator: CaseDesk, person: str) -> None:
    administrator.open(person, "consent")
    administrator.press("open_sharing")
    sheet = administrator.page.case.sheet
    assert isinstance(sheet, SharingSheet)
    sheet.grid.setFocus()
    sheet.grid.setCurrentIndex(sheet.grid.grid.index(0, 0))
    QTest.keyClick(sheet.grid, Qt.Key.Key_S)
    QTest.keyClick(sheet.grid, Qt.Key.Key_N)
    assert not sheet.grid.grid.changes
    assert not sheet.save.isEnabled()
    for button in sheet.choices.values():
        assert not button.isEnabled()
        assert "You work here as: Administrator" in button.toolTip()
