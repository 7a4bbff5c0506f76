"""The care plan page over a real store: typing is saved, nothing is lost, versions are agreed, kept and compared."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.care_plan import ActionStatus, PlanStatus
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.plan_desk import PlanSummary
from mdt_desktop.ui.care_plan.fields import ChoiceCombo, WhenEdit, WhoEdit
from mdt_desktop.ui.care_plan.page import CarePlanPage
from mdt_desktop.ui.care_plan.part_row import Mode, PartRow
from mdt_desktop.ui.care_plan.sheets import AgreeSheet, CompareSheet
from mdt_desktop.ui.widgets.question_box import QuestionBox
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import AGREED_BY, CaseInStore, a_case, a_ready_draft, a_rich_draft
from tests.helpers.window import Shell, a_shell, until_idle

Open = Callable[[], CarePlanPage]


@pytest.fixture
def case(data_folder: DataFolder, clock: FrozenClock) -> Iterator[CaseInStore]:
    with a_case(data_folder, clock) as made:
        yield made


@pytest.fixture
def shell(case: CaseInStore, qapp: object) -> Iterator[Shell]:
    with a_shell(case.program) as made:
        made.register("care_plan", lambda: CarePlanPage(case.program, made.window))
        yield made


@pytest.fixture
def open_page(case: CaseInStore, shell: Shell, qtbot: QtBot) -> Open:
    def open_it() -> CarePlanPage:
        shell.window.show_page("care_plan", case_id=case.case_id)
        until_idle(qtbot, shell.operations)
        page = shell.window.page
        assert isinstance(page, CarePlanPage)
        return page

    return open_it


def stored(case: CaseInStore, page: CarePlanPage) -> PlanSummary:
    assert page.plan is not None
    return case.program.services.case_file.plan(page.plan.id)


def field(row: PartRow, name: str) -> QWidget:
    assert row.editor is not None
    return row.editor.inputs[name]


def type_into(widget: QWidget, text: str) -> None:
    assert isinstance(widget, QPlainTextEdit)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def rows(page: CarePlanPage, kind: str) -> list[PartRow]:
    return [row for row in page.document.rows() if row.kind == kind]


def most_important(page: CarePlanPage) -> QPlainTextEdit:
    edit = page.document.about.texts["most_important"].edit
    assert edit is not None
    return edit


def questions(shell: Shell) -> list[QuestionBox]:
    return [box for box in shell.window.findChildren(QuestionBox) if box.isVisible()]


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


def test_each_missing_thing_leads_to_its_place(case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot) -> None:
    case.program.services.care_plans.start_draft(case.case_id)
    page = open_page()
    document = page.document
    for key, place in (
        ("most_important", most_important(page)),
        ("need", document.add_need),
        ("goal", document.add_need),
        ("action", document.add_need),
        ("contingency", document.contingency.add),
        ("review_due", document.review.day.edit),
        ("reviewer", document.review.reviewer),
    ):
        page.rail.ready.links[f"plan_missing.{key}"].click()
        assert shell.window.focusWidget() is place, key


def test_an_action_that_nobody_owns_is_opened_at_its_owner(case: CaseInStore, shell: Shell, open_page: Open) -> None:
    a_rich_draft(case)
    page = open_page()
    page.rail.ready.links["plan_missing.action_owner"].click()
    row = page.document.open_row
    assert row is not None
    who = field(row, "who")
    assert isinstance(who, WhoEdit)
    assert who.edit.text() == ""
    assert who.edit.hasFocus()


def test_a_plan_is_agreed_in_a_sheet_and_then_only_read(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    page.rail.ready.agree.click()
    until_idle(qtbot, shell.operations)
    sheet = page.sheet
    assert isinstance(sheet, AgreeSheet)
    assert sheet.name.text() == "Mrs Rahima Sampleton"
    sheet.name.clear()
    sheet.agree.click()
    assert sheet.error.isVisible()
    sheet.name.setText("Mrs Rahima Sampleton")
    sheet.agree.click()
    until_idle(qtbot, shell.operations)
    plan = stored(case, page)
    assert (plan.status, plan.agreed_name, plan.agreed_on) == (
        PlanStatus.AGREED,
        "Mrs Rahima Sampleton",
        case.program.access.today(),
    )
    assert page.sheet is None
    assert page.document.mode is Mode.TRACK
    assert page.closed.isVisible()
    assert page.document.about.texts["most_important"].edit is None


def test_a_future_day_is_refused_in_the_sheet_and_what_was_typed_stays(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_ready_draft(case)
    page = open_page()
    page.open_agree()
    until_idle(qtbot, shell.operations)
    sheet = page.sheet
    assert isinstance(sheet, AgreeSheet)
    sheet.day.edit.setText("01-Jan-2030")
    sheet.agree.click()
    until_idle(qtbot, shell.operations)
    assert "day to come" in sheet.error.text()
    assert sheet.day.edit.text() == "01-Jan-2030"


def test_agreeing_an_unfinished_plan_says_what_is_missing_and_goes_there(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    a_rich_draft(case)
    page = open_page()
    page.open_agree()
    until_idle(qtbot, shell.operations)
    assert page.sheet is None
    assert page.document.open_row is not None
    assert any("somebody for each action" in text for text in shell.window.shown_notices())


def test_on_the_agreed_plan_progress_can_be_told_and_nothing_else(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    plan_id = a_ready_draft(case)
    case.program.services.care_plans.agree(plan_id, case.program.access.today(), AGREED_BY)
    page = open_page()
    need, action = rows(page, "need")[0], rows(page, "action")[0]
    need.open_row()
    assert not need.is_open
    action.open_row()
    assert action.editor is not None
    assert list(action.editor.inputs) == ["status"]
    combo = field(action, "status")
    assert isinstance(combo, ChoiceCombo)
    combo.show_member(ActionStatus.DONE)
    combo.activated.emit(combo.currentIndex())
    page.save_now()
    until_idle(qtbot, shell.operations)
    assert stored(case, page).needs[0].goals[0].actions[0].status is ActionStatus.DONE
    assert rows(page, "action")[0].text.pill == "Done"
    assert not page.may_edit


def test_a_new_version_begins_from_the_agreed_one_and_both_can_be_shown_and_compared(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    first = a_ready_draft(case)
    case.program.services.care_plans.agree(first, case.program.access.today(), AGREED_BY)
    page = open_page()
    page.closed_step.click()
    until_idle(qtbot, shell.operations)
    assert page.plan is not None
    assert page.plan.version == 2
    type_into(most_important(page), "My roses")
    page.rail.versions.compares[first].click()
    until_idle(qtbot, shell.operations)
    sheet = page.sheet
    assert isinstance(sheet, CompareSheet)
    assert sheet.counts.text() == "0 added · 1 changed · 0 removed"
    page.rail.versions.lines[first].click()
    until_idle(qtbot, shell.operations)
    assert page.plan.id == first
    assert page.document.mode is Mode.TRACK


def test_a_change_from_elsewhere_is_shown_without_disturbing_what_is_being_typed(
    case: CaseInStore, shell: Shell, open_page: Open, qtbot: QtBot
) -> None:
    plan_id = a_ready_draft(case)
    page = open_page()
    type_into(most_important(page), "Half a sen")
    changes = case.program.services.care_plans.set_fields(plan_id, {"strengths": "Neighbours"})
    shell.broadcasts.publish(changes)
    until_idle(qtbot, shell.operations)
    assert most_important(page).toPlainText() == "Half a sen"
    strengths = page.document.strengths.texts["strengths"].edit
    assert strengths is not None
    assert strengths.toPlainText() == "Neighbours"


def test_the_page_speaks_its_rows_and_names_every_field(case: CaseInStore, open_page: Open) -> None:
    a_rich_draft(case)
    page = open_page()
    late = next(row for row in rows(page, "action") if row.text.late)
    assert late.text.late == "6 days late"
    assert late.accessibleName().startswith("Action: ")
    assert "6 days late" in late.accessibleName()
    for row in page.document.rows():
        row.open_row()
        assert row.editor is not None
        for widget in row.editor.findChildren(QWidget):
            inside_a_list = isinstance(widget, QAbstractItemView) or isinstance(widget.parent(), QComboBox)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inside_a_list:
                assert widget.accessibleName() or getattr(widget, "text", str)(), (row.kind, widget)


def test_commands_are_there_only_while_the_page_is_on_the_screen(
    case: CaseInStore, shell: Shell, open_page: Open
) -> None:
    a_ready_draft(case)
    open_page()
    ids = {command.id for command in shell.window.commands.all()}
    assert "care_plan.next_action" in ids
    shell.window.show_page("other")
    assert not any(command.id.startswith("care_plan.") for command in shell.window.commands.all())
