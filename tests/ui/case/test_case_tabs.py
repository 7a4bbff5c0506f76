"""The tabs of the case page on a real store: lead, consent, people, risk, assessment, plan and history."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.modeltest import ModelTester

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import PrimaryNeed
from mdt_desktop.domain.cases import Complexity, Stage
from mdt_desktop.domain.consent import ConsentStatus
from mdt_desktop.ui.case.history import HistoryTab
from mdt_desktop.ui.case.lead_choice import LeadChoice
from mdt_desktop.ui.case.page import TABS
from mdt_desktop.ui.case.people_sheets import ContactSheet, FlagSheet
from mdt_desktop.ui.case.risk import RiskTab
from mdt_desktop.ui.case.view import load
from tests.helpers.borough import (
    SmallPlace,
    a_decision,
    a_person,
    a_person_with_case,
    people_around,
    risk_runs,
)
from tests.ui.case.desk import CaseDesk, overview, the_consent, the_overview

# Lead


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


# Consent


def test_consent_is_recorded_with_everything_it_needs(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.GIVEN].setChecked(True)
    assert form.decided_by.text() == "Mrs Amina Example"
    form.decided_by.clear()
    desk.press("record_consent")
    said = desk.words()
    for error in (
        "Please choose the basis", "with whom information may be shared", "Say what may be shared.", "Say who decided",
    ):  # fmt: skip
        assert error in said
    form.decided_by.setText("Mrs Amina Example")
    form.bases[next(it for it in form.bases if it.value == "spoken")].setChecked(True)
    form.shared_with.choose(frozenset({"gp", "social_care"}))
    form.with_others.setText("Mrs Neighbour")
    form.shared_what.choose(frozenset({"plan"}))
    form.day.edit.setText("2/11/2026")
    form.day.edit.textEdited.emit("2/11/2026")
    desk.press("record_consent")
    kept = overview(program, person).consent
    assert (kept.may_share, kept.shared_with) == (True, "GP practice, Adult social care, Mrs Neighbour")
    assert (kept.decided_by, kept.decided_on) == ("Mrs Amina Example", date(2026, 11, 2))
    assert not form.dirty
    assert "The plan may be shared with those named here." in desk.words()


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (ConsentStatus.GIVEN, {"signed", "spoken", "attorney_or_deputy"}),
        (ConsentStatus.LACKS_CAPACITY, {"best_interests", "attorney_or_deputy"}),
        (ConsentStatus.REFUSED, set()),
        (ConsentStatus.WITHDRAWN, set()),
    ],
    ids=lambda it: it.value if isinstance(it, ConsentStatus) else "",
)
def test_only_bases_that_fit_the_decision_are_offered(
    desk: CaseDesk, program: Program, place: SmallPlace, status: ConsentStatus, offered: set[str]
) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "consent")
    form = the_consent(page).form
    form.radios[status].setChecked(True)
    assert {basis.value for basis, radio in form.bases.items() if radio.isVisible()} == offered


def test_a_date_to_come_is_refused_and_nothing_typed_is_lost(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.REFUSED].setChecked(True)
    form.evidence.setText("Said so on the telephone")
    form.day.edit.setText("+3m")
    form.day.edit.textEdited.emit("+3m")
    desk.press("record_consent")
    assert "Error: The decision cannot be dated in the future." in desk.words()
    assert (form.evidence.text(), form.status) == ("Said so on the telephone", ConsentStatus.REFUSED)
    assert overview(program, person).consent.status is ConsentStatus.NOT_ASKED


def test_what_is_being_typed_survives_a_change_made_elsewhere(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.GIVEN].setChecked(True)
    form.evidence.setText("half a sent")
    desk.command(lambda: program.services.consents.record(person, a_decision()))
    assert "Signed consent" in the_consent(page).facts.text()
    assert (form.status, form.evidence.text()) == (ConsentStatus.GIVEN, "half a sent")


def test_a_page_with_something_typed_is_left_without_a_question_and_keeps_it(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person = a_person_with_case(program, place)[0]
    page = desk.open(person, "consent")
    the_consent(page).form.evidence.setText("Form in the file")
    assert page.can_leave(lambda: None)
    assert page.dirty
    desk.open(person)
    assert the_consent(page).form.evidence.text() == "Form in the file"
    assert desk.answering.asked == []


def test_another_person_never_inherits_what_was_typed(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "consent")
    the_consent(page).form.evidence.setText("of the first person")
    other = a_person(program, place, nhs_number=None)
    desk.open(other, "consent")
    assert the_consent(page).form.evidence.text() == ""


# People


def test_a_contact_is_added_and_its_removal_taken_back(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "people")
    desk.press("add_contact", page.tab("people"))
    sheet = page.case.sheet
    assert isinstance(sheet, ContactSheet)
    desk.press("sheet_save")
    assert "Give the name." in desk.words()
    sheet.name.setText("Yusuf Example")
    sheet.relationship.setText("Son")
    sheet.may.setChecked(False)
    desk.press("sheet_save")
    assert "Yusuf Example" in desk.words()
    assert "Do not contact" in desk.words()
    desk.press("remove_contact")
    assert overview(program, person).contacts == ()
    desk.messages.undo_last()
    desk.settle()
    kept = overview(program, person).contacts[0]
    assert (kept.name, kept.relationship, kept.may_be_contacted) == ("Yusuf Example", "Son", False)


def test_an_alert_appears_in_the_banner_and_goes_when_it_is_ended(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "people")
    desk.press("add_flag")
    sheet = page.case.sheet
    assert isinstance(sheet, FlagSheet)
    desk.press("sheet_save")
    assert "Say what the alert is about." in desk.words()
    sheet.text.setText("Penicillin")
    desk.press("sheet_save")

    def alerts() -> list[str]:
        assert page.banner.content is not None
        return [alert.words for alert in page.banner.content.alerts]

    assert alerts() == ["Allergy: Penicillin"]
    desk.press("end_flag")
    assert alerts() == []
    desk.messages.undo_last()
    desk.settle()
    assert alerts() == ["Allergy: Penicillin"]


def test_somebody_leaves_the_care_team_and_is_taken_back(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    program.services.cases.join_team(case, place.nurse, "Wound care")
    desk.open(person, "people")
    desk.press("leave_team")
    assert "left 23-Nov-2026" in desk.words()
    desk.messages.undo_last()
    desk.settle()
    assert overview(program, person).team[0].left is None


# The other tabs


def test_what_is_missing_goes_one_by_one(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    page = desk.open(person)
    gaps = the_overview(page).gaps
    assert [it.text() for it in gaps.findChildren(QLabel) if it.isVisible()][-1].startswith("Nobody close to the")
    people_around(program, person, case, place)
    page.reload()
    desk.settle()
    assert not gaps.isVisible()


def test_the_plan_stands_on_the_overview_with_what_is_late(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    desk.open(a_person_with_case(program, place, Stage.ACTIVE)[0])
    said = desk.words()
    for text in (
        "Version 1, agreed 09-Nov-2026",
        "“I want to walk to the mosque on Fridays again”",
        "Strength and balance class · Tom Sample",
        "3 days late",
        "Start the rescue pack and call the heart failure nurse the same day.",
        "Review due 08-Feb-2027 with Dr Ann Placeholder",
    ):
        assert text in said


def test_risk_shows_tier_rank_trend_and_the_practice_expected_against_actual(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    risk_runs(program, place, person)
    page = desk.open(person, "risk")
    tab = page.tab("risk")
    assert isinstance(tab, RiskTab)
    said = desk.words()
    assert "Rank 12 of 8,120 on the list." in said
    assert "screening, not a diagnosis" in said
    assert tab.run_model.rowCount() == 6
    last = tab.run_model.texts(0)
    assert last is not None
    assert last[:6] == ("01-Nov-2026", "Very high", "87.4", "12 of 8,120", "2", "Invented risk tool 3.1")
    assert tab.tier_model.texts(0) == ("Very high", "41  (0.5 %)", "52  (0.6 %)", "11 more than expected")
    assert tab.tier_model.texts(2) == ("Moderate", "1,218  (15.0 %)", "731  (9.0 %)", "487 fewer than expected")
    assert tab.chart is not None


def test_the_chart_is_read_out_in_words(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    risk_runs(program, place, person)
    page = desk.open(person, "risk")
    tab = page.tab("risk")
    assert isinstance(tab, RiskTab)
    chart = tab.chart
    assert isinstance(chart, QWidget)
    assert chart.accessibleDescription().endswith("01-Nov-2026: 87.4, Very high")


def test_assessments_show_their_state_and_signed_parts_and_lead_to_the_form(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.PLANNING)
    desk.open(person, "assessment")
    assert "1 of 6 parts signed" in desk.words()
    assert "Health: Signed by Pat Sample" in desk.words()
    assessment = overview(program, person).assessments[0].id
    desk.press("open_joint-assessment")
    assert desk.wishes == [(case, assessment, "joint-assessment")]


def test_a_safety_prompt_stands_over_every_tab_until_it_is_asked_again(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.ASSESSING)
    phq9 = program.services.assessments.start(case, "phq-9").made
    program.services.assessments.answer(phq9, "phq9-9", "", "several-days")
    page = desk.open(person)
    prompt = "Thoughts of being better off dead or of self-harm were reported."
    for key in TABS:
        page.show_tab(key)
        desk.settle()
        assert prompt in desk.words()
    desk.press("open_safety")
    assert desk.wishes == [(case, phq9, "phq-9")]
    desk.command(lambda: program.services.assessments.answer(phq9, "phq9-9", "", "not-at-all"))
    assert prompt not in desk.words()


def test_a_safety_prompt_never_stands_over_somebody_else(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.ASSESSING)
    phq9 = program.services.assessments.start(case, "phq-9").made
    program.services.assessments.answer(phq9, "phq9-9", "", "several-days")
    desk.open(person)
    desk.open(a_person(program, place, nhs_number=None))
    assert not desk.has("open_safety")


def test_without_a_plan_a_planning_sheet_can_be_printed_beside_starting_one(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.ASSESSING)
    page = desk.open(person, "plan")
    assert "fill in by hand" in desk.words()
    desk.press("print_sheet")
    desk.press("start_plan")
    assert desk.wishes == [(person,), (case,)]
    page.show_tab("overview")
    desk.settle()
    assert desk.button("print_plan").text() == "Print planning sheet"
    desk.press("print_plan")
    assert desk.wishes[-1] == (person,)
    program.services.care_plans.start_draft(case)
    desk.open(person, "plan")
    assert not desk.has("print_sheet")
    page.show_tab("overview")
    desk.settle()
    assert not desk.has("print_plan")


def test_plan_versions_lead_to_writing_reading_and_printing(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    agreed = overview(program, person).plan_versions[0].id
    program.services.care_plans.start_draft(case)
    page = desk.open(person, "plan")
    assert "Version 2" in desk.words()
    desk.press("print_version")
    desk.press("read_1")
    desk.press("write_plan")
    assert desk.wishes == [(agreed,), (agreed,), (case,)]
    page.show_tab("overview")
    desk.settle()
    desk.press("print_plan")
    assert desk.wishes[-1] == (agreed,)


def test_the_history_is_filtered_by_what_it_is_about(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place, Stage.ACTIVE)
    page = desk.open(person, "history")
    tab = page.tab("history")
    assert isinstance(tab, HistoryTab)
    everything = tab.model.rowCount()
    QTest.mouseClick(tab.chips.chip("stage"), Qt.MouseButton.LeftButton)
    latest = tab.model.texts(0)
    assert latest is not None
    assert latest[1:3] == ("Moved from Planning to Active", "Pat Sample")
    assert tab.model.rowCount() == 4 < everything
    assert tab.said.text() == f"4 of {everything}, the latest first"


def test_the_tables_keep_qts_contract(
    desk: CaseDesk, program: Program, place: SmallPlace, qtmodeltester: ModelTester
) -> None:
    person, _ = a_person_with_case(program, place, Stage.ACTIVE)
    risk_runs(program, place, person)
    page = desk.open(person, "risk")
    risk, history = page.tab("risk"), page.tab("history")
    assert isinstance(risk, RiskTab)
    assert isinstance(history, HistoryTab)
    page.show_tab("history")
    desk.settle()
    sheet = LeadChoice(page.case, load(program.services, person))
    page.case.open_sheet(sheet)
    desk.settle()
    for model in (risk.run_model, risk.tier_model, history.model, sheet.who.model):
        assert model.rowCount() > 0
        qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # the plugin has no types here


@pytest.mark.parametrize("key", list(TABS))
def test_everything_that_can_be_pressed_has_a_name_and_a_place_in_the_tab_order(
    desk: CaseDesk, program: Program, place: SmallPlace, key: str
) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    people_around(program, person, case, place)
    page = desk.open(person, key)
    for control in page.tab(key).findChildren(QAbstractButton):
        if control.isVisible() and control.isEnabled():
            assert control.text() or control.accessibleName(), control.objectName()
            assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control.text()
