"""From draft to agreed plan: what is missing, who agreed, progress, versions side by side."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.care_plan import ActionStatus, PlanStatus
from mdt_desktop.ui.care_plan.fields import ChoiceCombo, WhoEdit
from mdt_desktop.ui.care_plan.part_row import Mode
from mdt_desktop.ui.care_plan.sheets import AgreeSheet, CompareSheet
from tests.helpers.plans import AGREED_BY, CaseInStore, a_ready_draft, a_rich_draft
from tests.helpers.window import Shell, until_idle
from tests.ui.care_plan.desk import Open, field, most_important, rows, stored, type_into


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
