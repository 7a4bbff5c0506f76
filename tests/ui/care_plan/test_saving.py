"""What is typed into a care plan is saved by itself, and nothing typed is lost on any way out."""

from datetime import date

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.ui.care_plan.part_row import Mode
from tests.helpers.plans import CaseInStore, a_ready_draft
from tests.helpers.window import Shell, until_idle
from tests.ui.care_plan.desk import Open, most_important, questions, stored, type_into


def test_a_case_without_a_plan_offers_to_start_one(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    page = open_page()
    assert page.empty.isVisible()
    page.empty.step.click()
    until_idle(qtbot, shell.operations)
    assert page.plan is not None
    assert page.plan.status is PlanStatus.DRAFT
    assert page.document.mode is Mode.EDIT
    assert len(page.rail.ready.links) == 7


def test_what_is_typed_is_saved_after_a_pause(case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot) -> None:
    a_ready_draft(case)
    page = open_page()
    type_into(most_important(page), "My roses")
    assert not page.autosave.idle
    with qtbot.waitSignal(page.autosave.saved, timeout=5000):
        pass
    assert stored(case, page).about_me["most_important"] == "My roses"
    assert shell.window.status.saved.text() == "Saved 09:00"


def test_a_save_does_not_take_the_focus_from_where_the_person_went(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    assert shell.window.focusWidget() is most_important(page)
    type_into(most_important(page), "My roses")
    shell.window.top.jump.setFocus()
    page.save_now()
    until_idle(qtbot, shell.operations)
    assert shell.window.focusWidget() is shell.window.top.jump


def test_leaving_the_page_saves_at_once(case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot) -> None:
    a_ready_draft(case)
    page = open_page()
    type_into(most_important(page), "My roses")
    assert shell.window.show_page("other") is False
    until_idle(qtbot, shell.operations)
    assert shell.window.page_key == "other"
    assert stored(case, page).about_me["most_important"] == "My roses"


def test_closing_the_window_saves_first(case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot) -> None:
    plan_id = a_ready_draft(case)
    page = open_page()
    type_into(most_important(page), "My roses")
    shell.window.close()
    qtbot.waitUntil(lambda: not shell.window.isVisible())
    assert case.program.services.case_file.plan(plan_id).about_me["most_important"] == "My roses"


def test_locking_right_after_typing_loses_nothing(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    plan_id = a_ready_draft(case)
    page = open_page()
    type_into(most_important(page), "My roses")
    page.can_leave(lambda: None)
    shell.window.forget_pages()
    until_idle(qtbot, shell.operations)
    assert case.program.services.case_file.plan(plan_id).about_me["most_important"] == "My roses"


def test_a_save_that_fails_keeps_what_was_typed_and_says_so_and_works_later(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    too_long = "x" * 20_001
    most_important(page).setPlainText(too_long)
    page.save_now()
    until_idle(qtbot, shell.operations)
    assert page.save_again.isVisible()
    assert most_important(page).toPlainText() == too_long
    assert any("may be too long" in text for text in shell.window.shown_notices())
    most_important(page).setPlainText("Short again")
    page.save_again.click()
    until_idle(qtbot, shell.operations)
    assert not page.save_again.isVisible()
    assert stored(case, page).about_me["most_important"] == "Short again"


@pytest.mark.parametrize(("answer", "left"), [("stay", False), ("leave", True)])
def test_leaving_with_something_that_cannot_be_saved_asks_first(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot, answer: str, left: bool
) -> None:
    a_ready_draft(case)
    page = open_page()
    most_important(page).setPlainText("x" * 20_001)
    shell.window.show_page("other")
    until_idle(qtbot, shell.operations)
    (question,) = questions(shell)
    question.buttons[answer].click()
    until_idle(qtbot, shell.operations)
    assert (shell.window.page_key == "other") is left
    page.autosave.forget()


def test_a_review_date_that_is_no_date_is_marked_kept_and_asked_about(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    before = stored(case, page).review_due
    day = page.document.review.day
    day.edit.setFocus()
    day.edit.selectAll()
    QTest.keyClicks(day.edit, "next spring\r")
    assert day.error.isVisible()
    shell.window.show_page("other")
    (question,) = questions(shell)
    question.buttons["stay"].click()
    assert shell.window.page_key == "care_plan"
    assert day.edit.text() == "next spring"
    day.edit.selectAll()
    QTest.keyClicks(day.edit, "+6m\r")
    assert day.edit.text() == "23-May-2027"
    page.save_now()
    until_idle(qtbot, shell.operations)
    assert stored(case, page).review_due == date(2027, 5, 23) != before
