"""Who looked at a person's record, from the history tab: read in plain words, and led to paper."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import AccessRole, Standing
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui.case.who_looked import WhoLookedSheet
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.helpers.colleagues import a_colleague, audited
from tests.ui.case.desk import CaseDesk


@pytest.fixture
def person(program: Program, place: SmallPlace) -> str:
    person_id, _ = a_person_with_case(program, place, Stage.IDENTIFIED)
    for _ in range(2):
        a_colleague(program, Role.COMMUNITY_NURSE, "Nora Nurse").case_file.viewed(person_id)
    return person_id


def the_sheet(desk: CaseDesk, person: str) -> WhoLookedSheet:
    page = desk.open(person, "history")
    desk.press("who_looked")
    sheet = page.case.sheet
    assert isinstance(sheet, WhoLookedSheet)
    return sheet


def test_it_says_who_opened_the_record_and_how_often_and_looking_is_recorded(
    desk: CaseDesk, program: Program, person: str
) -> None:
    sheet = the_sheet(desk, person)
    read = "\n".join(it.text() for it in sheet.findChildren(QLabel) if it.isVisible())
    assert "Nora Nurse" in read
    assert "Opened your record" in read
    assert person not in read
    assert len(audited(program, "who_looked")) == 1


def test_its_button_leads_to_the_paper_of_this_person(desk: CaseDesk, person: str) -> None:
    wanted: list[str] = []
    desk.page.print_looked_requested.connect(wanted.append)
    sheet = the_sheet(desk, person)
    sheet.save.click()
    assert wanted == [person]


def test_nothing_is_typed_there_so_closing_asks_nothing(desk: CaseDesk, person: str) -> None:
    sheet = the_sheet(desk, person)
    sheet.leave_button.click()
    desk.settle()
    assert desk.answering.asked == []
    assert desk.page.case.sheet is None


def test_whoever_may_not_print_reads_it_and_is_told_why_it_does_not_leave(desk: CaseDesk, person: str) -> None:
    page = desk.open(person, "history")
    view = page.case.view
    assert view is not None
    partner = Rights(Standing(frozenset({AccessRole.VOLUNTARY_PARTNER})))
    sheet = WhoLookedSheet(page.case, replace(view, overview=replace(view.overview, rights=partner)))
    page.case.open_sheet(sheet, sheet.leave_button)
    desk.settle()
    assert not sheet.save.isEnabled()
    assert "Print" in sheet.save.toolTip() or "print" in sheet.save.toolTip()
    assert sheet.leave_button.isEnabled()
