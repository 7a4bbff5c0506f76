"""Writing a care plan by the keyboard: rows open and close, move, go and come back, with everything in them."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.care_plan.fields import WhenEdit, WhoEdit
from tests.helpers.plans import CaseInStore, a_ready_draft, a_rich_draft
from tests.helpers.window import Shell, until_idle
from tests.ui.care_plan.desk import Open, field, rows, stored, type_into


def test_a_whole_plan_is_written_with_the_keyboard_alone(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    case.program.services.care_plans.start_draft(case.case_id)
    page = open_page()
    for words in ("Getting out", "I want to go to the mosque", "Fit a rail"):
        shell.window.commands.run("care_plan.next_action")
        until_idle(qtbot, shell.operations)
        row = page.document.open_row
        assert row is not None
        focused = shell.window.focusWidget()
        assert isinstance(focused, QPlainTextEdit)
        assert row.isAncestorOf(focused)
        QTest.keyClicks(focused, words)
    page.save_now()
    until_idle(qtbot, shell.operations)
    need = stored(case, page).needs[0]
    assert (need.words, need.goals[0].words, need.goals[0].actions[0].what) == (
        "Getting out",
        "I want to go to the mosque",
        "Fit a rail",
    )
    shell.window.commands.run("care_plan.next_action")
    until_idle(qtbot, shell.operations)
    assert len(stored(case, page).needs[0].goals[0].actions) == 2


def test_enter_opens_a_row_and_escape_closes_it_with_the_focus_on_it(case: CaseInStore, open_page: Open) -> None:
    a_ready_draft(case)
    page = open_page()
    row = rows(page, "goal")[0]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert row.is_open
    QTest.keyClick(field(row, "words"), Qt.Key.Key_Escape)
    assert not row.is_open
    assert row.hasFocus()


def test_only_one_row_is_open_and_tab_goes_through_its_fields(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    goal, action = rows(page, "goal")[0], rows(page, "action")[0]
    goal.open_row()
    action.open_row()
    assert not goal.is_open
    assert page.document.open_row is action
    what, who = field(action, "what"), field(action, "who")
    assert isinstance(who, WhoEdit)

    def tab_leads_on() -> bool:
        what.setFocus()
        QTest.keyClick(what, Qt.Key.Key_Tab)
        return shell.window.focusWidget() is who.edit

    qtbot.waitUntil(tab_leads_on)


@pytest.mark.parametrize(
    ("typed", "practitioner", "who"),
    [
        pytest.param("Nia Placeholder", True, "", id="a name from the directory"),
        pytest.param("nia placeholder", True, "", id="the same without capitals"),
        pytest.param("Farid", False, "Farid", id="somebody else"),
    ],
)
def test_who_does_it_is_a_practitioner_or_any_name(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot, typed: str, practitioner: bool, who: str
) -> None:
    a_ready_draft(case)
    page = open_page()
    row = rows(page, "action")[0]
    row.open_row("who")
    edit = field(row, "who")
    assert isinstance(edit, WhoEdit)
    edit.edit.selectAll()
    QTest.keyClicks(edit.edit, typed)
    page.save_now()
    until_idle(qtbot, shell.operations)
    action = stored(case, page).needs[0].goals[0].actions[0]
    assert (action.practitioner_id == case.nurse_id, action.who) == (practitioner, who)


@pytest.mark.parametrize(
    ("typed", "due", "words"),
    [
        pytest.param("14-Apr-2027", date(2027, 4, 14), "", id="a date"),
        pytest.param("+2w", date(2026, 12, 7), "", id="in two weeks"),
        pytest.param("every Friday", None, "every Friday", id="words"),
        pytest.param("05/04/27", None, "05/04/27", id="a date that could be two is kept as words"),
    ],
)
def test_when_is_a_date_or_words(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot, typed: str, due: date | None, words: str
) -> None:
    a_ready_draft(case)
    page = open_page()
    row = rows(page, "action")[0]
    row.open_row("when")
    edit = field(row, "when")
    assert isinstance(edit, WhenEdit)
    edit.edit.selectAll()
    QTest.keyClicks(edit.edit, typed)
    page.save_now()
    until_idle(qtbot, shell.operations)
    action = stored(case, page).needs[0].goals[0].actions[0]
    assert (action.due, action.when_words) == (due, words)


def test_removing_a_need_can_be_undone_with_everything_in_it(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_rich_draft(case)
    page = open_page()
    before = stored(case, page).needs
    row = rows(page, "need")[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Delete)
    until_idle(qtbot, shell.operations)
    assert len(rows(page, "need")) == 5
    shell.messages.undo_last()
    until_idle(qtbot, shell.operations)
    assert [need.words for need in stored(case, page).needs] == [need.words for need in before]
    assert len(rows(page, "action")) == 30


def test_words_typed_just_before_a_part_was_removed_come_back_with_it(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    row = rows(page, "goal")[0]
    row.open_row()
    type_into(field(row, "words"), "I want to swim")
    page.remove_part("goal", row.part_id)
    until_idle(qtbot, shell.operations)
    assert rows(page, "goal") == []
    shell.messages.undo_last()
    until_idle(qtbot, shell.operations)
    assert stored(case, page).needs[0].goals[0].words == "I want to swim"


def test_alt_and_an_arrow_move_a_row_and_the_focus_goes_with_it(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_rich_draft(case)
    page = open_page()
    first = rows(page, "need")[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    until_idle(qtbot, shell.operations)
    assert rows(page, "need")[1] is first
    assert first.hasFocus()
