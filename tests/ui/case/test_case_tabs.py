"""Overview, risk, assessment, plan and history of the case, and what holds on every tab."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.modeltest import ModelTester

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.ui.case.history import HistoryTab
from mdt_desktop.ui.case.lead_choice import LeadChoice
from mdt_desktop.ui.case.page import TABS
from mdt_desktop.ui.case.risk import RiskTab
from mdt_desktop.ui.case.view import load
from tests.helpers.borough import SmallPlace, a_person, a_person_with_case, people_around, risk_runs
from tests.ui.case.desk import CaseDesk, overview, the_overview


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


def test_a_safety_prompt_never_stands_over_somebody_else(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
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
