"""What comes from elsewhere while somebody writes (SYNC fault 55): real widgets, laptops and central store."""

from typing import Any

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.records import CarePlan, Person, Practice
from mdt_desktop.ui.start import Start
from tests.helpers.central_team import CentralTeam
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import work_on
from tests.helpers.window import until_idle
from tests.sync.laptops import new_contact
from tests.ui.conflicts.open_forms import exchange, go, press_show, start, team

__all__ = ["start", "team"]  # fixtures


def test_a_sheet_that_is_open_keeps_what_is_typed_and_the_page_says_who_changed_what_it_is_about(
    team: CentralTeam, start: Start, qtbot: QtBot, clock: FrozenClock
) -> None:
    page = go(start, qtbot, "case", person_id=team.person, tab="people")
    page.tab("people").add_contact()
    sheet = page.case.sheet
    QTest.keyClicks(sheet.name, "Ida Invented")
    new_contact(team.noor, team.person, name="Noor's contact")
    team.sync(team.noor)
    exchange(start, qtbot)
    assert sheet.isVisible()
    assert sheet.name.text() == "Ida Invented"
    told = " ".join(start.window.shown_notices())
    assert f"Changed elsewhere by Noor at {clock().astimezone():%H:%M}. What you are writing was left alone." in told
    assert page.case.view.overview.contacts == ()
    press_show(start)
    until_idle(qtbot, start.operations)
    assert [it.name for it in page.case.view.overview.contacts] == ["Noor's contact"]
    assert page.case.sheet is sheet
    assert sheet.name.text() == "Ida Invented"
    sheet.save.click()
    until_idle(qtbot, start.operations)
    assert {it.name for it in page.case.view.overview.contacts} == {"Noor's contact", "Ida Invented"}


def test_a_plan_that_is_being_written_keeps_its_words_and_cursor(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    texts = page.document.about.texts
    edit = texts["most_important"].edit
    edit.setFocus()
    QTest.keyClicks(edit, "My garden")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Sleeps badly")
    team.sync(team.noor)
    exchange(start, qtbot)
    assert edit.toPlainText() == "My garden"
    assert edit.hasFocus()
    assert texts["wellness"].edit.toPlainText() == "Well enough"
    assert "Changed elsewhere by Noor" in " ".join(start.window.shown_notices())
    press_show(start)
    until_idle(qtbot, start.operations)
    assert texts["wellness"].edit.toPlainText() == "Sleeps badly"
    assert edit.toPlainText() == "My garden"
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    assert team.noor.ask("SELECT most_important, wellness FROM care_plan") == [("My garden", "Sleeps badly")]


def test_a_page_that_nobody_writes_in_shows_what_came_by_itself(team: CentralTeam, start: Start, qtbot: QtBot) -> None:
    page = go(start, qtbot, "case", person_id=team.person)
    team.noor.change(Person, team.person, team.person, family_name="Changedson")
    team.sync(team.noor)
    exchange(start, qtbot)
    assert page.banner.name.value.text() == "CHANGEDSON, Wilma"
    assert start.window.shown_notices() == ()


def test_what_is_about_somebody_else_is_not_told_to_whoever_writes(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "case", person_id=team.person, tab="people")
    page.tab("people").add_contact()
    with work_on(team.noor.program) as work:
        work.get(Practice, team.practice).telephone = "020 7946 0000"
    team.sync(team.noor)
    exchange(start, qtbot)
    assert start.window.shown_notices() == ()


def test_going_away_and_coming_back_shows_what_came_meanwhile(team: CentralTeam, start: Start, qtbot: QtBot) -> None:
    page = go(start, qtbot, "case", person_id=team.person, tab="people")
    page.tab("people").add_contact()
    QTest.keyClicks(page.case.sheet.name, "Half")
    new_contact(team.noor, team.person, name="Noor's contact")
    team.sync(team.noor)
    exchange(start, qtbot)
    go(start, qtbot, "worklist")
    assert start.window.shown_notices() == () or "Changed elsewhere" not in " ".join(start.window.shown_notices())
    page = go(start, qtbot, "case", person_id=team.person, tab="people")
    assert [it.name for it in page.case.view.overview.contacts] == ["Noor's contact"]


def test_a_conflict_is_in_the_banner_of_the_case_until_it_is_decided(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "case", person_id=team.person)
    program = start.program
    assert program is not None
    team.noor.change(Person, team.person, team.person, telephone="1")
    team.sync(team.noor)
    team.nia.program = program
    team.nia.change(Person, team.person, team.person, telephone="2")
    exchange(start, qtbot)
    alerts = [it.words for it in page.banner.content.alerts]
    assert alerts == ["Not settled: telephone"]
    assert page.unsettled.lines.text() == "Telephone: 1 counts until it is decided"
    page.unsettled.decide_requested.emit(page.unsettled.conflict_id)
    until_idle(qtbot, start.operations)
    sync_page: Any = start.window.page
    assert start.window.page_key == "sync"
    sync_page.inbox.wanted.emit("mine")
    until_idle(qtbot, start.operations)
    page = go(start, qtbot, "case", person_id=team.person)
    assert page.banner.content.alerts == ()
    assert not page.unsettled.isVisible()


def test_the_same_paragraph_written_on_both_laptops_while_the_form_was_open_is_kept_from_both(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    edit = page.document.about.texts["wellness"].edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "Nia's words")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Noor's words")
    team.sync(team.noor)
    exchange(start, qtbot)
    assert edit.toPlainText() == "Nia's words"
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    QTest.keyClicks(edit, " and more")
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    told = team.noor.ask("SELECT field, mine, theirs, mine_by, shown_value FROM conflict WHERE status = 'open'")
    assert told == [("wellness", '"Nia\'s words and more"', '"Noor\'s words"', "Nia", '"Noor\'s words"')]
    assert team.noor.ask("SELECT wellness FROM care_plan") == [("Noor's words",)]


def test_different_paragraphs_written_on_both_laptops_are_joined(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    edit = page.document.about.texts["wellness"].edit
    edit.setFocus()
    edit.setPlainText("Well enough\nSleeps\n\nWalks with a stick")
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    edit.setPlainText("Well enough\nSleeps\n\nWalks without a stick")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Quite well\nSleeps\n\nWalks with a stick")
    team.sync(team.noor)
    exchange(start, qtbot)
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    assert team.noor.one("SELECT wellness FROM care_plan") == "Quite well\nSleeps\n\nWalks without a stick"
    assert team.noor.ask("SELECT auto_rule FROM conflict WHERE status = 'open'") == [("joined",)]


def test_typing_on_in_a_field_while_news_of_another_is_held_back_is_no_conflict_with_oneself(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    edit = page.document.about.texts["most_important"].edit
    edit.setFocus()
    QTest.keyClicks(edit, "My")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Sleeps badly")
    team.sync(team.noor)
    exchange(start, qtbot)
    for more in (" garden", " and my niece"):
        page.autosave.flush()
        until_idle(qtbot, start.operations)
        exchange(start, qtbot)
        QTest.keyClicks(edit, more)
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    assert team.noor.ask("SELECT most_important, wellness FROM care_plan") == [
        ("My garden and my niece", "Sleeps badly")
    ]
    assert team.noor.ask("SELECT field FROM conflict") == []


def test_words_that_came_are_not_overwritten_by_typing_on_in_a_field_that_still_shows_ones_own(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    edit = page.document.about.texts["wellness"].edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "Nia's words")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Noor's words")
    team.sync(team.noor)
    exchange(start, qtbot)
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    for more in (" and more", " and still more"):
        QTest.keyClicks(edit, more)
        page.autosave.flush()
        until_idle(qtbot, start.operations)
    exchange(start, qtbot)
    team.sync(team.noor)
    assert team.noor.one("SELECT wellness FROM care_plan") == "Noor's words"
    told = team.noor.ask("SELECT mine FROM conflict WHERE status = 'open'")
    assert told == [('"Nia\'s words and more and still more"',)]
