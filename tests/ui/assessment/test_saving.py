"""What is typed into an assessment is saved by itself, and nothing typed is lost on any way out."""

import threading
from datetime import UTC, datetime

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from mdt_desktop.paths import DataFolder
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.autosave import Batch
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import a_case
from tests.ui.assessment.desk import IMPORTANT, Desk, pushed


def test_what_is_typed_is_saved_after_a_pause(desk: Desk) -> None:
    desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    assert not desk.page.all_saved
    desk.saved()
    assert desk.stored().get("mt-important") == IMPORTANT


def test_many_letters_are_saved_together(desk: Desk) -> None:
    desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    desk.saved()
    assert desk.page.saved_count == 1


@pytest.mark.parametrize("way", ["field", "part", "shelf"])
def test_leaving_a_field_a_part_or_the_form_saves_at_once(desk: Desk, way: str) -> None:
    filling = desk.open("joint-assessment")
    assessment_id = filling.view.summary.id
    desk.type_into("mt-important", IMPORTANT)
    if way == "field":
        desk.field("mt-worries").setFocus()
    elif way == "part":
        filling.step(1)
    else:
        pushed(desk.page, "All assessments")
    desk.settle()
    assert desk.services.assessment_reading.open(assessment_id).answers.get("mt-important") == IMPORTANT


def test_the_page_is_left_when_everything_is_saved_and_not_before(desk: Desk) -> None:
    desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    assert desk.leave() is False
    assert desk.went == []
    desk.settle()
    assert desk.went == ["on"]
    assert desk.stored().get("mt-important") == IMPORTANT
    assert desk.leave() is True


def test_closing_the_window_saves_first(data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot) -> None:
    with a_case(data_folder, clock) as case:
        assessment = case.program.services.assessments.start(case.case_id, "joint-assessment").made
        broadcasts, messages = Broadcasts(), Messages()
        operations = Operations(broadcasts)
        window = MainWindow(operations, broadcasts, messages, lambda: datetime(2026, 11, 23, 14, 32, tzinfo=UTC))
        services = case.program.services
        window.register_page(
            "assessment",
            "Assessment",
            "assessment",
            lambda: AssessmentPage(services, operations, messages),
        )
        window.show()
        window.show_page("assessment", assessment_id=assessment)
        page = window.page
        assert isinstance(page, AssessmentPage)
        qtbot.waitUntil(lambda: page.filling is not None, timeout=10_000)
        assert page.filling is not None
        question = page.filling.form.page.question("mt-important", "")
        assert question is not None
        QTest.keyClicks(question.field.inputs()[0], IMPORTANT)
        window.close()
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
        assert window.status.saved.text() == "Saved 14:32"
        operations.close()
        assert services.assessment_reading.open(assessment).answers.get("mt-important") == IMPORTANT


def test_locking_saves_although_the_page_is_gone_at_once(desk: Desk) -> None:
    assessment_id = desk.open("joint-assessment").view.summary.id
    desk.type_into("mt-important", IMPORTANT)
    desk.page.can_leave(lambda: None)
    desk.page.setParent(None)
    desk.page.deleteLater()
    desk.settle()
    assert desk.services.assessment_reading.open(assessment_id).answers.get("mt-important") == IMPORTANT


def test_typing_goes_on_while_a_save_is_under_way_and_the_newest_words_win(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open("joint-assessment")
    gate, entered = threading.Event(), threading.Event()
    works = desk.verbs.answers

    def slow(assessment_id: str, given: Batch, seen: Batch) -> Changes:
        entered.set()
        gate.wait(10)
        return works(assessment_id, given, seen)

    monkeypatch.setattr(desk.verbs, "answers", slow)
    found = desk.type_into("mt-important", "Fridays")
    desk.leave()
    desk.qtbot.waitUntil(entered.is_set, timeout=10_000)
    QTest.keyClicks(found, " at the mosque")
    assert isinstance(found, QPlainTextEdit)
    assert found.toPlainText() == "Fridays at the mosque"
    gate.set()
    desk.saved()
    assert found.toPlainText() == "Fridays at the mosque"
    assert desk.stored().get("mt-important") == "Fridays at the mosque"


def test_a_failed_save_keeps_the_words_says_so_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open("joint-assessment")
    mend = desk.break_saving(monkeypatch)
    desk.type_into("mt-important", IMPORTANT)
    desk.field("mt-worries").setFocus()
    desk.settle()
    assert desk.filling.trouble is not None
    assert "What you typed is still here" in desk.filling.trouble.notice.words
    field_ = desk.field("mt-important")
    assert isinstance(field_, QPlainTextEdit)
    assert field_.toPlainText() == IMPORTANT
    mend()
    pushed(desk.filling.trouble, "Try again")
    desk.saved()
    assert desk.filling.trouble is None
    assert desk.stored().get("mt-important") == IMPORTANT


@pytest.mark.parametrize(
    ("answer", "goes"), [("stay", False), ("leave", True), ("", False)], ids=["stay", "leave", "closing the question"]
)
def test_leaving_with_answers_that_cannot_be_saved_asks_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str, goes: bool
) -> None:
    desk.open("joint-assessment")
    desk.break_saving(monkeypatch)
    desk.answering.answer = answer
    desk.type_into("mt-important", IMPORTANT)
    assert desk.leave() is False
    desk.settle()
    assert desk.answering.asked == ["Leave with answers that are not saved?"]
    assert bool(desk.went) is goes


def test_a_removed_answer_is_removed_in_the_store(desk: Desk) -> None:
    desk.open("joint-assessment")
    found = desk.type_into("mt-important", "Fridays")
    desk.saved()
    assert isinstance(found, QPlainTextEdit)
    found.clear()
    desk.saved()
    assert desk.stored().get("mt-important") is None


def test_what_somebody_else_answers_appears_and_what_is_being_typed_stays(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    other = desk.verbs.answers(filling.view.summary.id, {("mt-worries", ""): "Falling on the stairs"})
    desk.type_into("mt-important", IMPORTANT)
    desk.broadcasts.publish(other, None)
    desk.saved()
    worries, important = desk.field("mt-worries"), desk.field("mt-important")
    assert isinstance(worries, QPlainTextEdit)
    assert isinstance(important, QPlainTextEdit)
    assert important.toPlainText() == IMPORTANT
    desk.broadcasts.publish(other, None)
    desk.settle()
    assert worries.toPlainText() == "Falling on the stairs"
    assert desk.stored().get("mt-important") == IMPORTANT


def test_another_text_size_builds_the_form_anew_with_everything_that_is_typed(desk: Desk, qapp: QApplication) -> None:
    filling = desk.open("joint-assessment")
    filling.step(1)
    desk.type_into("he-admissions", "3")
    theme.apply(qapp, "light", 1.25)
    desk.settle()
    assert desk.filling is not filling
    assert desk.filling.part == "health"
    found = desk.field("he-admissions")
    assert isinstance(found, QLineEdit)
    assert found.text() == "3"
    desk.saved()
    assert desk.stored().get("he-admissions") == 3
