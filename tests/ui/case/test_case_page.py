"""The case page on a real store: what it shows, what it records, and what it never loses."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import AgeRule
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.people import ContactRelation
from mdt_desktop.ui.case.page import TABS, CasePage
from mdt_desktop.ui.case.stage_card import MoveSheet
from mdt_desktop.ui.commands import Commands
from tests.helpers.borough import (
    SmallPlace,
    a_person,
    a_person_with_case,
    people_around,
    risk_runs,
)
from tests.ui.case.desk import CaseDesk, stage, the_overview

# Opening


def test_the_banner_says_who_it_is_before_anything_else(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place, Stage.ACTIVE)
    people_around(program, person, case, place)
    page = desk.open(person)
    content = page.banner.content
    assert content is not None
    assert (content.name, content.born_words) == ("EXAMPLE, Amina (Mrs)", "14-Aug-1940 (86)")
    assert content.alerts[0].words == "Allergy: Penicillin"
    assert content.what_matters.startswith("I want to get to the mosque")


def test_a_person_is_found_by_number_and_by_case_too(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    for known_by in (case, "9434765919", person):
        page = desk.open(known_by)
        assert page.case.view is not None
        assert page.case.view.person_id == person


def test_each_opening_is_recorded_once_and_never_by_a_refresh(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)

    def views() -> int:
        return [it.action for it in program.services.case_file.history(person)].count("view")

    desk.open(person)
    assert views() == 1
    desk.page.reload()
    desk.settle()
    assert views() == 1
    desk.open(person)
    assert views() == 2


def test_somebody_who_is_not_there_is_told_with_a_way_to_try_again(desk: CaseDesk) -> None:
    desk.open("nobody")
    assert "There is no such record on this laptop." in desk.words()
    assert not desk.page.banner.isVisible()


def test_the_charts_library_is_not_loaded_before_the_risk_tab_is_shown(
    desk: CaseDesk, program: Program, place: SmallPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, _ = a_person_with_case(program, place)
    risk_runs(program, place, person)
    monkeypatch.delitem(sys.modules, "mdt_desktop.ui.case.trend_chart", raising=False)
    desk.open(person)
    assert "mdt_desktop.ui.case.trend_chart" not in sys.modules
    desk.page.show_tab("risk")
    desk.settle()
    assert "mdt_desktop.ui.case.trend_chart" in sys.modules


def test_a_person_without_a_case_gets_one_opened(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person = a_person(program, place)
    page = desk.open(person)
    assert "No case yet" in desk.words()
    assert not page.tabs.isTabEnabled(list(TABS).index("plan"))
    desk.press("open_case")
    assert stage(program, person) is Stage.IDENTIFIED
    assert "Identified since today" in desk.words()
    assert page.tabs.isTabEnabled(list(TABS).index("plan"))


def test_every_tab_shows_something_for_a_person_without_a_case(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    desk.open(a_person(program, place))
    for key in ("risk", "consent", "people", "history"):
        desk.page.show_tab(key)
        desk.settle()
        assert desk.page.tab(key).isVisible()


# Keys


def test_ctrl_page_down_walks_the_tabs_and_comes_round(
    desk: CaseDesk, program: Program, place: SmallPlace, qtbot: QtBot
) -> None:
    window = QMainWindow()
    commands = Commands(window)
    page = CasePage(program.services, desk.operations, desk.messages)
    commands.add(*page.offers())
    window.setCentralWidget(page)
    window.show()
    window.activateWindow()
    page.shown({"person_id": a_person_with_case(program, place)[0]})
    desk.settle()
    walked = []
    for _ in TABS:
        QTest.keySequence(page.tabs, QKeySequence("Ctrl+PgDown"))
        walked.append(page.tab_key)
    assert walked == [*list(TABS)[1:], "overview"]
    QTest.keySequence(page.tabs, QKeySequence("Ctrl+PgUp"))
    assert page.tab_key == "history"
    window.close()


# Stages


def test_the_next_move_is_the_one_primary_button(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person)
    primary = [it for it in page.findChildren(type(desk.button("next_move"))) if it.property("kind") == "primary"]
    assert [it.text() for it in primary if it.isVisible()] == ["Mark as invited"]
    desk.press("next_move")
    assert stage(program, person) is Stage.INVITED


def test_a_move_that_is_not_ready_says_what_is_missing_and_offers_to_mend_it(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place)
    program.services.cases.move(case, Stage.INVITED)
    desk.open(person)
    assert "“Mark as consented” needs consent or another basis to share first." in desk.words()
    desk.press("mend_record_consent")
    assert desk.page.tab_key == "consent"


def test_planning_waits_for_plan_and_lead_and_leads_to_both(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place, Stage.PLANNING)
    desk.open(person)
    assert "an agreed joint care plan and an agreed lead professional" in desk.words()
    desk.press("mend_start_plan")
    assert desk.wishes == [(case,)]
    desk.press("mend_agree_lead")
    assert the_overview(desk.page).lead.agree.hasFocus()


def test_leaving_asks_why_and_keeps_what_was_typed_until_it_is_recorded(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person)
    the_overview(page).stage.move_to(Stage.DECLINED)
    sheet = page.case.sheet
    assert isinstance(sheet, MoveSheet)
    desk.press("sheet_save")
    assert "Say why in a few words." in desk.words()
    sheet.reason.setPlainText("She prefers her own doctor.")
    desk.press("sheet_save")
    assert page.case.sheet is None
    assert stage(program, person) is Stage.DECLINED
    assert desk.answering.notices == ["Moved to Declined"]


def test_a_refused_move_leaves_the_sheet_open_with_its_words(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, case = a_person_with_case(program, place)
    page = desk.open(person)
    the_overview(page).stage.move_to(Stage.DECLINED)
    sheet = page.case.sheet
    assert isinstance(sheet, MoveSheet)
    sheet.reason.setPlainText("No longer wanted")
    program.services.cases.move(case, Stage.DECLINED, "somebody was quicker")
    desk.press("sheet_save")
    assert page.case.sheet is sheet
    assert sheet.reason.toPlainText() == "No longer wanted"
    assert "Error: A case that is declined cannot become declined." in desk.words()


def test_escape_closes_a_sheet(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    page = desk.open(a_person_with_case(program, place)[0])
    the_overview(page).stage.move_to(Stage.DECLINED)
    sheet = page.case.sheet
    assert sheet is not None
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    desk.settle()
    assert page.case.sheet is None


# What it follows


def test_a_change_about_somebody_else_reads_nothing(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    other = a_person(program, place, nhs_number=None)
    page = desk.open(person)
    before = page.case.view
    desk.command(lambda: program.services.cases.open(other))
    assert page.case.view is before


def test_a_changed_age_rule_is_shown_at_once(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    desk.open(a_person_with_case(program, place)[0])
    desk.command(lambda: program.services.rules.set_age_rule(AgeRule.AGED_75_AND_OVER))
    assert "Age rule: a GP leads for people 75 and over (from the 75th birthday)." in desk.words()


def test_a_hidden_tab_is_brought_up_to_date_when_it_is_shown(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "people")
    page.show_tab("overview")
    desk.command(lambda: program.services.cases.add_contact(person, "Rose Invented", ContactRelation.OTHER))
    page.show_tab("people")
    desk.settle()
    assert "Rose Invented" in desk.words()
