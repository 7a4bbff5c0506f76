"""The lead professional on the case: proposed with a reason, agreed, or somebody else with a reason."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity
from mdt_desktop.ui.case.lead_choice import LeadChoice
from tests.helpers.borough import SmallPlace, a_person, a_person_with_case
from tests.ui.case.desk import CaseDesk, overview, the_overview


def test_the_proposal_says_who_and_why_in_a_sentence(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    desk.open(a_person_with_case(program, place)[0])
    said = desk.words()
    assert "Dr Ann Placeholder" in said
    assert "A GP, because the person is 86: the rule for people over 75 (from the 76th birthday) applies." in said
    assert "Dr Ann Placeholder works for the person's own practice and leads nobody now." in said
    assert "Age rule: a GP leads for people over 75 (from the 76th birthday)." in said
    desk.press("age_rule_settings")
    assert desk.wishes == [("age_rule",)]


def test_agreeing_the_proposed_lead_is_one_press(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    desk.open(person)
    desk.press("agree_lead")
    lead = overview(program, person).lead
    assert lead is not None
    assert lead.practitioner_id == place.gp
    assert not desk.has("agree_lead")
    assert desk.answering.notices == ["Dr Ann Placeholder leads now"]


def test_choosing_somebody_else_needs_a_reason_at_its_place(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person)
    desk.press("choose_lead")
    sheet = page.case.sheet
    assert isinstance(sheet, LeadChoice)
    assert sheet.who.chosen is not None
    assert sheet.who.chosen.id == place.gp
    assert not sheet.reason_field.isVisible()
    sheet.who.search.setText("nurse nia")
    assert sheet.who.model.rowCount() == 1
    QTest.keyClick(sheet.who.search, Qt.Key.Key_Down)
    desk.press("sheet_save")
    assert "Say why this person should lead." in desk.words()
    sheet.reason.setPlainText("She visits every week")
    desk.press("sheet_save")
    lead = overview(program, person).lead
    assert lead is not None
    assert (lead.practitioner_id, lead.override_reason) == (place.nurse, "She visits every week")
    assert "Chosen instead of Dr Ann Placeholder: She visits every week" in desk.words()


def test_where_nobody_can_be_proposed_the_reason_is_told(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person = a_person(program, place, born=date(1980, 1, 1))
    case = program.services.cases.open(person).made
    program.services.cases.describe(case, PrimaryNeed.MENTAL_HEALTH, Complexity.NOT_RECORDED)
    desk.open(person)
    told = "By rule a mental health professional should lead, because the primary health need is mental health"
    assert told in desk.words()


def test_the_primary_need_is_changed_in_place_and_can_be_taken_back(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person = a_person(program, place, born=date(1980, 1, 1))
    program.services.cases.open(person)
    page = desk.open(person)
    lead = the_overview(page).lead
    lead.need.setCurrentIndex(lead.need.findData("nursing"))
    lead.need.activated.emit(lead.need.currentIndex())
    desk.settle()
    assert "Nia Sample" in lead.name.text()
    desk.messages.undo_last()
    desk.settle()
    case = overview(program, person).case
    assert case is not None
    assert case.primary_need is PrimaryNeed.NOT_RECORDED
