"""The assessment page on a real store with real threads: nothing typed is lost, parts are signed, results are read."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.assessment import AssessmentStatus, PartStatus
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.organisations import Discipline
from mdt_desktop.domain.questionnaire import Answers
from mdt_desktop.paths import DataFolder
from mdt_desktop.services.assessments import Assessments
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.autosave import Autosave, Batch
from mdt_desktop.ui.assessment.filling import FillingView
from mdt_desktop.ui.assessment.page import AssessmentPage
from mdt_desktop.ui.broadcasts import Broadcasts, comes_from
from mdt_desktop.ui.commands import Commands
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Answer, Messages, Notice, Question
from mdt_desktop.ui.operations import Operations
from tests.helpers.clocks import FrozenClock
from tests.helpers.plans import CaseInStore, a_case
from tests.ui.conftest import Show

IMPORTANT, HEALTH = "Getting to the mosque on Fridays", "he-summary"
CLEAN_HEALTH: Batch = {(HEALTH, ""): "Stable", ("he-allergy", ""): False, ("he-falls-count", ""): "none"}
PHQ9_ZERO: Batch = {(f"phq9-{number}", ""): "not-at-all" for number in range(1, 10)}
MINUTE = timedelta(minutes=1)


class DiskFull(MdtError):
    """Stands for any failure of the store."""

    code = "store_problem"


@dataclass
class Answering:
    """Takes the place of the window: keeps notices and answers questions as the test says."""

    notices: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answer: str = ""

    def show_notice(self, notice: Notice) -> None:
        self.notices.append(notice.words)

    def show_question(self, question: Question, answer: Answer) -> None:
        self.asked.append(question.words)
        answer(self.answer or question.way_out)


class Desk:
    """One person's assessments in one page; `settle` waits until nothing is running."""

    def __init__(self, case: CaseInStore, clock: FrozenClock, qtbot: QtBot) -> None:
        self.case, self.clock, self.qtbot = case, clock, qtbot
        self.services = case.program.services
        self.verbs: Assessments = self.services.assessments
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.answering = Answering()
        self.messages.show_on(self.answering)
        self.window = QWidget()
        self.commands = Commands(self.window)
        self.page = AssessmentPage(self.services, self.operations, self.messages, self.window)
        self.commands.add(*self.page.offers())
        self.page.resize(1198, 700)
        self.window.resize(1198, 700)
        self.went: list[str] = []
        self.broadcasts.changed.connect(self._on_changed)

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if not comes_from(initiator, self.page):
            self.page.changed(changes)

    @property
    def filling(self) -> FillingView:
        assert self.page.filling is not None
        return self.page.filling

    def open(self, questionnaire: str = "", **arguments: str) -> FillingView:
        self.page.shown({"case_id": self.case.case_id, "questionnaire": questionnaire, **arguments})
        self.settle()
        return self.filling

    def settle(self) -> None:
        for _ in range(4):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=10_000)
            QApplication.processEvents()

    def saved(self) -> None:
        self.qtbot.waitUntil(lambda: self.page.all_saved, timeout=10_000)
        self.settle()

    def stored(self) -> Answers:
        reading = self.services.assessment_reading
        return reading.open(self.filling.view.summary.id).answers

    def field(self, link_id: str, position: str = "") -> QWidget:
        question = self.filling.form.page.question(link_id, position)
        assert question is not None
        return question.field.inputs()[0]

    def type_into(self, link_id: str, text: str) -> QWidget:
        found = self.field(link_id)
        found.setFocus()
        QTest.keyClicks(found, text)
        return found

    def leave(self) -> bool:
        return self.page.can_leave(lambda: self.went.append("on"))

    def break_saving(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Make every save fail until the returned function is called."""
        works = self.verbs.answers
        broken = [True]

        def answers(assessment_id: str, given: Batch) -> Changes:
            if broken[0]:
                raise DiskFull
            return works(assessment_id, given)

        monkeypatch.setattr(self.verbs, "answers", answers)
        return lambda: broken.__setitem__(0, False)


@pytest.fixture
def desk(data_folder: DataFolder, clock: FrozenClock, qtbot: QtBot, show: Show) -> Iterator[Desk]:
    with a_case(data_folder, clock) as case:
        found = Desk(case, clock, qtbot)
        show(found.window)
        found.page.show()
        yield found
        found.settle()
        found.operations.close()


def pushed(widget: QWidget, words: str) -> None:
    """Press the button with these words."""
    (button,) = [it for it in widget.findChildren(QPushButton) if it.text() == words and it.isVisible()]
    button.click()


# Choosing


def test_the_cards_say_what_each_form_is_for_and_under_which_licence(desk: Desk) -> None:
    desk.page.shown({"person_id": desk.case.person_id})
    desk.settle()
    assert desk.page.shelf is not None
    assert [card.heading.text() for card in desk.page.shelf.cards] == [
        "Joint health and social care assessment",
        "Care Act evidence table",
        "PHQ-9, mood over the last two weeks",
        "ONS4, personal wellbeing",
    ]
    assert all(card.button.text() == "Start" for card in desk.page.shelf.cards)
    assert desk.page.shelf.cards[0].button.hasFocus()


def test_starting_a_form_opens_it_with_the_focus_in_its_first_field(desk: Desk) -> None:
    desk.page.shown({"case_id": desk.case.case_id})
    desk.settle()
    assert desk.page.shelf is not None
    desk.page.shelf.cards[0].button.click()
    desk.settle()
    assert desk.filling.view.questionnaire.id == "joint-assessment"
    assert desk.field("mt-important").hasFocus()


def test_an_open_form_is_gone_on_with(desk: Desk) -> None:
    first = desk.open("phq-9").view.summary.id
    pushed(desk.page, "All assessments")
    desk.settle()
    assert desk.page.shelf is not None
    assert desk.page.shelf.cards[2].button.text() == "Go on"
    desk.page.shelf.cards[2].button.click()
    desk.settle()
    assert desk.filling.view.summary.id == first


def test_the_banner_shows_whose_assessment_it_is(desk: Desk) -> None:
    desk.open("ons4")
    assert desk.page.banner.content is not None
    assert desk.page.banner.content.name == "SAMPLETON, Rahima (Mrs)"


def test_an_assessment_that_is_not_there_says_so_and_offers_to_try_again(desk: Desk) -> None:
    desk.page.shown({"assessment_id": "019ab000-0000-7000-8000-000000000000"})
    desk.settle()
    assert desk.page.filling is None
    assert any(it.text() == "Try again" and it.isVisible() for it in desk.page.findChildren(QPushButton))


# Saving


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

    def slow(assessment_id: str, given: Batch) -> Changes:
        entered.set()
        gate.wait(10)
        return works(assessment_id, given)

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


# Parts


def test_the_part_list_says_how_much_is_answered_and_that_a_part_was_begun(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    assert filling.parts.line_at(0).signature == "Not started"
    desk.type_into("mt-important", "Fridays")
    assert filling.parts.line_at(0).spoken == "What matters to me, 1 of 14 answered, Not signed"


def test_the_next_part_is_one_key_away(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    assert desk.commands.run("assessment.next")
    assert filling.part == "health"
    assert desk.commands.run("assessment.previous")
    assert filling.part == "what_matters"
    assert desk.field("mt-important").hasFocus()


def test_a_part_with_problems_is_not_signed_and_leads_to_them(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    filling.go_to("health")
    desk.type_into("he-admissions", "1000")
    filling.bar.sign.click()
    desk.saved()
    assert filling.form.summary.isVisible()
    assert filling.parts.line_at(1).section.text == "3 to put right"
    assert desk.services.case_file.signatures(filling.view.summary.id) == ()


def test_an_empty_part_is_not_signed_and_the_reason_is_told(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    filling.go_to("home")
    assert desk.commands.run("assessment.sign")
    desk.settle()
    assert desk.answering.notices == ["Answer something in “Home” before you sign it."]


def test_signing_takes_the_discipline_of_the_role_and_says_who_signed(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.verbs.answers(filling.view.summary.id, CLEAN_HEALTH)
    filling = desk.open("joint-assessment")
    filling.go_to("health")
    assert filling.bar.sign.text() == "Sign health part as Care navigator"
    assert filling.bar.chosen is Discipline.CARE_NAVIGATOR
    filling.bar.sign.click()
    desk.settle()
    assert desk.answering.notices == ["Signed “Health” as care navigator"]
    assert filling.parts.line_at(1).signature.startswith("Signed by Sam Specimen, care navigator")
    assert not filling.bar.sign.isVisible()


def test_another_discipline_can_be_chosen_for_signing(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.discipline.setCurrentIndex(filling.bar.discipline.findData("nurse"))
    filling.bar.sign.click()
    desk.saved()
    (signature,) = desk.services.case_file.signatures(filling.view.summary.id)
    assert signature.discipline is Discipline.NURSE


def test_what_is_typed_just_before_signing_is_in_what_is_signed(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    desk.clock.advance(MINUTE)
    filling.bar.sign.click()
    desk.saved()
    assert filling.states()[0].status is PartStatus.SIGNED


def test_a_signed_part_that_is_changed_says_so_and_can_be_signed_again(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.sign.click()
    desk.saved()
    desk.clock.advance(MINUTE)
    desk.type_into("mt-worries", "Falling")
    desk.saved()
    assert filling.parts.line_at(0).signature == "Changed since signed by Sam Specimen"
    assert "changed since by Sam Specimen" in filling.bar.state.text()
    assert filling.bar.sign.isVisible()
    filling.bar.sign.click()
    desk.settle()
    assert filling.states()[0].status is PartStatus.SIGNED


# Completing


def test_completing_with_unsigned_parts_names_them_and_asks_why(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.complete.click()
    desk.saved()
    sheet = desk.page.complete_sheet
    assert sheet is not None
    assert [link.text() for link in sheet.links] == ["What matters to me: not signed"]
    sheet.save.click()
    assert sheet.error.text() == "Error: Say why these parts stay unsigned."
    QTest.keyClicks(sheet.reason, "The person is tired")
    sheet.save.click()
    desk.settle()
    assert desk.filling.view.summary.status is AssessmentStatus.COMPLETED
    assert "The person is tired" in desk.filling.bar.state.text()


def test_nothing_answered_cannot_be_completed_and_that_is_told(desk: Desk) -> None:
    desk.open("phq-9")
    assert desk.commands.run("assessment.complete")
    desk.settle()
    assert desk.answering.notices == ["Nothing is recorded in this assessment yet, so it cannot be completed."]


def test_a_completed_form_is_read_and_changing_it_makes_it_amended(desk: Desk) -> None:
    filling = desk.open("phq-9")
    assessment = filling.view.summary.id
    desk.verbs.answers(assessment, PHQ9_ZERO)
    desk.clock.advance(MINUTE)
    filling = desk.open("phq-9")
    filling.bar.sign.click()
    desk.settle()
    assert filling.bar.complete.property("kind") == "primary"
    filling.bar.complete.click()
    desk.settle()
    filling = desk.filling
    assert filling.editing is False
    assert not filling.bar.complete.isVisible()
    filling.bar.change.click()
    desk.settle()
    desk.clock.advance(MINUTE)
    desk.field("phq9-1").setFocus()
    QTest.keyClick(desk.field("phq9-1"), Qt.Key.Key_Down)
    desk.saved()
    assert desk.services.case_file.assessment(assessment).status is AssessmentStatus.AMENDED
    assert "Changed after completion" in desk.filling.header.summary.text()
    assert desk.filling.states()[0].status is PartStatus.CHANGED_SINCE_SIGNED


# Results


def test_the_safety_prompt_comes_as_soon_as_item_nine_is_answered_and_is_spoken(desk: Desk) -> None:
    filling = desk.open("phq-9")
    spoken: list[str] = []
    desk.messages.spoken.connect(spoken.append)
    assert filling.results is not None
    assert filling.results.safety is None
    question = filling.form.page.question("phq9-9", "")
    assert question is not None
    question.field.inputs()[1].click()  # type: ignore[attr-defined]  # a radio button
    desk.qtbot.waitUntil(lambda: filling.results is not None and filling.results.safety is not None, timeout=5_000)
    assert any("self-harm" in text for text in spoken)
    desk.saved()
    assert len(desk.services.assessment_reading.safety_prompts(desk.case.case_id)) == 1


def test_the_care_act_panel_follows_what_is_ticked_and_the_section_on_the_screen(desk: Desk) -> None:
    filling = desk.open("care-act-evidence")
    assert filling.results is not None
    assert "Not enough is recorded to say" in filling.results.text()
    desk.verbs.answers(
        filling.view.summary.id,
        {
            ("adult-needs-arise", ""): True,
            ("adult-nutrition", "1"): "help",
            ("adult-hygiene", "4"): "slow",
            ("adult-wellbeing", "0"): "dignity",
        },
    )
    filling = desk.open("care-act-evidence")
    assert filling.results is not None
    assert "The evidence indicates needs that meet the test" in filling.results.text()
    assert "The decision stays with the council" in filling.results.text()
    filling.step(1)
    assert filling.results.text().startswith("The carer\nNot enough is recorded to say")


def test_the_joint_assessment_has_no_result_panel(desk: Desk) -> None:
    assert desk.open("joint-assessment").results is None


# The saver by itself


def test_answers_given_during_a_failing_save_and_those_that_failed_go_out_together(qtbot: QtBot) -> None:
    operations = Operations(Broadcasts())
    sent: list[dict[tuple[str, str], object]] = []

    def save(batch: Batch) -> Changes:
        sent.append(dict(batch))
        if len(sent) == 1:
            raise DiskFull
        return Changes(frozenset({"answer"}), frozenset())

    owner = QObject()
    saver = Autosave(operations, save, owner)
    saver.note("a", "", "1")
    saver.note("b", "", "1")
    with qtbot.waitSignal(saver.failed):
        saver.flush()
        saver.note("a", "", "2")
    assert saver.unsaved == {("a", ""): "2", ("b", ""): "1"}
    with qtbot.waitSignal(saver.settled):
        saver.flush()
    assert sent[1] == {("a", ""): "2", ("b", ""): "1"}
    assert saver.clean
    operations.close()
