"""The worklist through its real widgets: one key says how far an action is, and nothing is lost on the way."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from mdt_desktop.domain.worklist import WorklistScope, WorklistView
from mdt_desktop.services.tasks import Tasks, WorklistQuery
from mdt_desktop.ui import theme
from mdt_desktop.ui.worklist.columns import WorklistColumn, due_words
from mdt_desktop.ui.worklist.sheets import GiveSheet, ReasonSheet
from mdt_desktop.ui.worklist.task_panel import KEYS
from tests.ui.worklist.conftest import Desk


def test_the_most_overdue_is_at_the_top_and_chosen_and_says_how_late_it_is(desk: Desk) -> None:
    assert desk.whats() == ["Dressings plan", "Rescue pack", "Bath rail"]
    assert desk.page.table.hasFocus()
    assert desk.page.panel.what.text() == "Dressings plan"
    shown = desk.page.model.texts(0)
    assert shown is not None
    assert shown[WorklistColumn.DUE] == "06-Nov-2026, 17 days late"
    assert "3 actions" in desk.page.header.summary.text()


def test_the_model_of_the_list_is_sound(desk: Desk) -> None:
    QAbstractItemModelTester(desk.page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    desk.page.reload()
    desk.settle()


@pytest.mark.parametrize(("key", "status"), [("d", "done"), ("P", "part_done")])
def test_one_key_says_how_far_an_action_is_and_undo_takes_it_back(desk: Desk, key: str, status: str) -> None:
    desk.press(key)
    assert desk.status(0) == status
    assert desk.presenter.told[-1].endswith("Dressings plan")
    desk.messages.undo_last()
    desk.settle()
    assert desk.status(0) == "open"
    assert desk.whats()[0] == "Dressings plan"


@pytest.mark.parametrize(("key", "status"), [("c", "changed"), ("n", "not_done"), ("r", "refused")])
def test_what_needs_a_reason_asks_for_it_and_records_both(desk: Desk, key: str, status: str) -> None:
    desk.press(key)
    sheet = desk.page.sheet
    assert isinstance(sheet, ReasonSheet)
    assert sheet.words.hasFocus()
    sheet.save.click()
    assert sheet.field.error.isVisible()
    assert desk.status(0) == "open"
    QTest.keyClicks(sheet.words, "The clinic does it")
    sheet.save.click()
    desk.settle()
    task = desk.services.tasks.task(desk.tasks[0])
    assert (task.status.value, task.status_reason) == (status, "The clinic does it")
    assert desk.page.sheet is None
    assert desk.page.table.hasFocus()


def test_a_sheet_that_is_left_records_nothing_and_what_was_typed_is_there_again(desk: Desk) -> None:
    desk.press("n")
    sheet = desk.page.sheet
    assert isinstance(sheet, ReasonSheet)
    QTest.keyClicks(sheet.words, "Half a rea")
    assert desk.page.can_leave(lambda: None)
    desk.settle()
    assert desk.presenter.asked == []
    desk.press("n")
    again = desk.page.sheet
    assert isinstance(again, ReasonSheet)
    assert again.words.toPlainText() == "Half a rea"
    assert desk.status(0) == "open"


def test_an_action_that_nobody_has_taken_on_is_taken_on_with_one_key(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Down)
    assert desk.page.panel.status.text() == "Not taken on yet"
    desk.page.chips.chip("waiting").click()
    desk.settle()
    assert desk.whats() == ["Rescue pack"]
    desk.press("a")
    assert desk.services.tasks.task(desk.tasks[1]).accepted_at is not None
    assert desk.page.stack.currentWidget() is desk.page.empty
    assert "take it on" in desk.page.empty.words.text()


def test_a_refused_action_is_given_to_somebody_else(desk: Desk) -> None:
    desk.services.tasks.refuse(desk.tasks[0], "Not ours")
    desk.page.reload()
    desk.settle()
    assert not desk.page.panel.buttons["done"].isVisible()
    desk.press("g")
    sheet = desk.page.sheet
    assert isinstance(sheet, GiveSheet)
    sheet.save.click()
    assert sheet.field.error.isVisible()
    sheet.who.setCurrentIndex(sheet.who.findData(desk.team.place.therapist))
    sheet.save.click()
    desk.settle()
    task = desk.services.tasks.task(desk.tasks[0])
    assert (task.owner_id, task.status.value) == (desk.team.place.therapist, "open")


def test_a_finished_action_can_only_be_opened_again(desk: Desk) -> None:
    desk.press("d")
    desk.page.chips.chip("done").click()
    desk.settle()
    assert desk.whats() == ["Dressings plan"]
    desk.press("n")
    assert desk.page.sheet is None
    desk.press("o")
    assert desk.status(0) == "open"


def test_a_letter_without_a_meaning_does_nothing(desk: Desk) -> None:
    desk.press("x")
    desk.press("z")
    assert (desk.page.sheet, desk.page.search.text(), desk.status(0)) == (None, "", "open")


def test_enter_opens_the_person(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Return)
    assert desk.opened == [desk.team.people[0]]


def test_words_narrow_the_list_and_escape_leads_back_to_it(desk: Desk) -> None:
    desk.page.search.setFocus()
    QTest.keyClicks(desk.page.search, "rail")
    desk.qtbot.waitUntil(lambda: desk.whats() == ["Bath rail"], timeout=10_000)
    QTest.keyClick(desk.page.search, Qt.Key.Key_Escape)
    desk.qtbot.waitUntil(lambda: len(desk.whats()) == 3, timeout=10_000)
    QTest.keyClick(desk.page.search, Qt.Key.Key_Escape)
    assert desk.page.table.hasFocus()


def test_the_page_shown_with_words_looks_everywhere_for_them(desk: Desk) -> None:
    desk.page.shown({"text": "Bath"})
    desk.settle()
    assert desk.whats() == ["Bath rail"]
    assert desk.page.page is not None
    assert desk.page.page.query.scope is WorklistScope.EVERYWHERE


def test_one_view_is_always_on(desk: Desk) -> None:
    desk.page.chips.chip("open").click()
    desk.settle()
    assert desk.page.chips.chosen == {WorklistView.OPEN.value}


def test_the_choice_stays_on_the_same_action_when_the_list_is_read_again(desk: Desk) -> None:
    desk.press(Qt.Key.Key_Down)
    desk.services.tasks.set_status(desk.tasks[0], desk.page.model.row(0).status.DONE)  # type: ignore[union-attr]  # there
    desk.page.reload()
    desk.settle()
    assert desk.page.task is not None
    assert desk.page.task.what == "Rescue pack"


def test_an_action_that_another_laptop_finished_meanwhile_is_shown_as_it_is(desk: Desk) -> None:
    desk.operations.run_command(lambda: desk.services.tasks.set_status(desk.tasks[0], desk.page.task.status.DONE), None)  # type: ignore[union-attr]  # there
    desk.settle()
    assert desk.whats() == ["Rescue pack", "Bath rail"]


def test_a_store_that_cannot_be_read_says_so_and_can_be_asked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Tasks, "worklist", _refuse)
        desk.page.reload()
        desk.settle()
        error = desk.page.stack.currentWidget()
        assert error not in (desk.page.table, desk.page.empty)
        assert not desk.page.panel.isVisible()
    desk.page.reload()
    desk.settle()
    assert desk.whats()[0] == "Dressings plan"


def _refuse(_: Tasks, query: WorklistQuery) -> None:
    raise OSError("the disk is gone")


def test_every_button_has_its_key_and_every_key_is_offered_in_the_palette(desk: Desk) -> None:
    assert {command.id for command in desk.page.offers()} == {f"worklist.{key}" for key in KEYS}
    may = {command.id for command in desk.page.offers() if command.enabled()}
    shown = {f"worklist.{key}" for key, button in desk.page.panel.buttons.items() if button.isVisible()}
    assert may == shown
    assert len(set(KEYS.values())) == len(KEYS)


def test_an_action_due_today_is_not_late(desk: Desk) -> None:
    task = desk.services.tasks.task(desk.tasks[0])
    assert due_words(task, date(2026, 11, 6)) == "06-Nov-2026"
    assert due_words(task, date(2026, 11, 7)) == "06-Nov-2026, 1 day late"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_fits_a_small_window_in_both_themes_and_at_twice_the_text(
    desk: Desk, qapp: QApplication, scale: float
) -> None:
    for scheme in ("light", "dark"):
        theme.apply(qapp, scheme, scale=scale)
        desk.settle()
        assert desk.page.minimumSizeHint().width() <= 1198
        assert desk.page.panel.what.isVisible()
