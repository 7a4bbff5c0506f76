"""The form engine through real widgets: every kind of field, conditions, rows, problems, keys."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import pytest
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.answering import problems
from mdt_desktop.domain.questionnaire import (
    Answers,
    Condition,
    Item,
    ItemType,
    Operator,
    Option,
    Part,
    Questionnaire,
    Value,
)
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.ui import theme
from mdt_desktop.ui.forms.blocks import QuestionBlock, RowsBlock
from mdt_desktop.ui.forms.choice_fields import ComboField, RadioField, SeveralField
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.fields import LineField, ReadField, TextField
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm
from mdt_desktop.ui.forms.repeating_field import RepeatingField

TODAY = date(2026, 11, 23)
YES_NO_MAYBE = (Option("yes", "Certainly"), Option("no", "Not so"), Option("none", "None", exclusive=True))
MANY = tuple(Option(f"c{number}", f"Choice {number}") for number in range(9))

_Field = TypeVar("_Field")
Build = Callable[..., QuestionnaireForm]


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


@pytest.fixture
def build(qtbot: QtBot) -> Build:
    def make(*items: Item, answers: Answers | None = None, read_only: bool = False) -> QuestionnaireForm:
        questionnaire = Questionnaire("t", "https://example.org/t", "1", "Test", (group("all", *items),))
        return show(qtbot, questionnaire, answers, read_only=read_only)

    return make


def show(
    qtbot: QtBot, questionnaire: Questionnaire, answers: Answers | None = None, *, read_only: bool = False
) -> QuestionnaireForm:
    form = QuestionnaireForm(questionnaire, answers, today=lambda: TODAY, read_only=read_only)
    qtbot.addWidget(form)
    form.resize(900, 600)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    return form


def question(link_id: str, kind: ItemType, **more: object) -> Item:
    return Item(link_id, f"About {link_id}", kind, **more)  # type: ignore[arg-type]  # a builder for tests


def group(link_id: str, *items: Item, **more: object) -> Item:
    return question(link_id, ItemType.GROUP, items=items, **more)


def when(link_id: str, value: Value) -> tuple[Condition, ...]:
    return (Condition(link_id, Operator.EQUAL, value),)


def block(form: QuestionnaireForm, link_id: str, position: str = "") -> QuestionBlock:
    found = form.page.question(link_id, position)
    assert found is not None
    return found


def field(form: QuestionnaireForm, kind: type[_Field], link_id: str = "q", position: str = "") -> _Field:
    found = block(form, link_id, position).field
    assert isinstance(found, kind)
    return found


def is_asked(form: QuestionnaireForm, link_id: str, position: str = "") -> bool:
    found = form.page.question(link_id, position)
    return found is not None and found.isVisible()


def shows_error(form: QuestionnaireForm, link_id: str) -> bool:
    error = block(form, link_id).error
    return error is not None and error.isVisible()


class Heard:
    """What a form has sent."""

    def __init__(self, form: QuestionnaireForm) -> None:
        self.changes: list[tuple[str, str, object]] = []
        form.answer_changed.connect(lambda *change: self.changes.append(change))

    def last(self) -> tuple[str, str, object]:
        return self.changes[-1]


def test_a_long_text_is_sent_with_every_letter_and_grows(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.TEXT))
    heard = Heard(form)
    edit = field(form, TextField).edit
    before = edit.height()
    QTest.keyClicks(edit, "ab")
    assert heard.changes == [("q", "", "a"), ("q", "", "ab")]
    edit.setPlainText("\n".join("line" for _ in range(8)))
    qtbot.waitUntil(lambda: edit.height() > before)
    edit.clear()
    assert heard.last() == ("q", "", None)


def test_a_short_text_is_sent_and_taken_back(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.STRING))
    heard = Heard(form)
    edit = field(form, LineField).edit
    QTest.keyClicks(edit, "x")
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert heard.changes == [("q", "", "x"), ("q", "", None)]


def test_a_number_is_a_number_and_an_unfinished_one_stays_as_typed(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.INTEGER), question("d", ItemType.DECIMAL, unit="kg"))
    heard = Heard(form)
    QTest.keyClicks(field(form, LineField).edit, "72")
    assert heard.last() == ("q", "", 72)
    QTest.keyClicks(field(form, LineField).edit, "x")
    assert heard.last() == ("q", "", "72x")
    QTest.keyClicks(field(form, LineField, "d").edit, "61.5")
    assert heard.last() == ("d", "", Decimal("61.5"))


def test_yes_and_no_by_mouse_letter_and_delete(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.BOOLEAN))
    heard = Heard(form)
    yes, no = field(form, RadioField).radios
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton, pos=QPoint(8, yes.height() // 2))
    QTest.keyClick(yes, Qt.Key.Key_N)
    assert no.isChecked()
    QTest.keyClick(no, Qt.Key.Key_Delete)
    assert heard.changes == [("q", "", True), ("q", "", False), ("q", "", None)]
    assert not yes.isChecked()
    assert not no.isChecked()


def test_up_to_seven_choices_are_radio_buttons_and_arrows_walk_them(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=YES_NO_MAYBE))
    heard = Heard(form)
    radios = field(form, RadioField).radios
    radios[0].setFocus()
    QTest.keyClick(radios[0], Qt.Key.Key_Space)
    QTest.keyClick(radios[0], Qt.Key.Key_Down)
    assert heard.changes == [("q", "", "yes"), ("q", "", "no")]


def test_more_than_seven_choices_are_a_list_that_the_wheel_cannot_change(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=MANY))
    heard = Heard(form)
    combo = field(form, ComboField).combo
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert heard.last() == ("q", "", "c0")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(combo.mapToGlobal(QPoint(5, 5))),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(combo, wheel)
    assert combo.currentIndex() == 1
    assert not wheel.isAccepted()
    QTest.keyClick(combo, Qt.Key.Key_Up)
    assert heard.last() == ("q", "", None)


def test_an_open_choice_takes_other_words(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.OPEN_CHOICE, options=YES_NO_MAYBE))
    heard = Heard(form)
    radio_field = field(form, RadioField)
    assert radio_field.other is not None
    assert not radio_field.other.isVisible()
    radio_field.radios[-1].click()
    assert radio_field.other.hasFocus()
    QTest.keyClicks(radio_field.other, "ab")
    assert heard.last() == ("q", "", "ab")


def test_several_choices_have_a_row_each_and_none_takes_the_others_away(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.CHOICE, options=YES_NO_MAYBE, repeats=True))
    heard = Heard(form)
    boxes = field(form, SeveralField).boxes
    QTest.keyClick(boxes[0], Qt.Key.Key_Space)
    boxes[1].click()
    boxes[2].click()
    assert heard.changes[:3] == [("q", "0", "yes"), ("q", "1", "no"), ("q", "2", "none")]
    assert sorted(heard.changes[3:]) == [("q", "0", None), ("q", "1", None)]
    assert form.answers == Answers({("q", "2"): "none"})


def test_a_choice_stored_in_another_row_is_taken_away_there(build: Build) -> None:
    form = build(
        question("q", ItemType.CHOICE, options=YES_NO_MAYBE, repeats=True), answers=Answers({("q", "7"): "yes"})
    )
    field(form, SeveralField).boxes[0].click()
    assert form.answers == Answers()


def test_a_date_shortcut_is_read_on_enter_and_shown_the_cui_way(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    heard = Heard(form)
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "+3m")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "23-Feb-2027"
    assert edit.accessibleDescription() == "23 February 2027"
    assert heard.last() == ("q", "", date(2027, 2, 23))


def test_an_unknown_date_is_an_answer(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "unknown")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "Unknown"
    assert form.answers.get("q") == "unknown"


def test_a_date_that_can_be_read_in_two_ways_is_asked_with_two_buttons(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    date_field = field(form, DateField)
    QTest.keyClicks(date_field.edit, "5/4/40")
    QTest.keyClick(date_field.edit, Qt.Key.Key_Return)
    assert form.answers.get("q") == "5/4/40"
    assert [button.text() for button in date_field.suggestions] == ["05-Apr-2040", "05-Apr-1940"]
    assert all(button.isVisible() for button in date_field.suggestions)
    date_field.suggestions[1].click()
    assert form.answers.get("q") == date(1940, 4, 5)
    assert date_field.suggestions == []


def test_an_impossible_date_is_kept_as_typed_and_not_scolded_before_it_is_asked_for(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.DATE))
    edit = field(form, DateField).edit
    QTest.keyClicks(edit, "31-Feb-2026")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.text(), form.answers.get("q")) == ("31-Feb-2026", "31-Feb-2026")
    assert not block(form, "q").error_message


def test_the_calendar_opens_from_the_keyboard_takes_with_enter_and_leaves_with_escape(
    qtbot: QtBot, build: Build
) -> None:
    form = build(question("q", ItemType.DATE))
    date_field = field(form, DateField)
    QTest.keyClick(date_field.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup = date_field.popup
    assert popup is not None
    assert popup.isVisible()
    assert popup.calendar.selectedDate() == QDate(2026, 11, 23)
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    date_field.open_calendar()
    popup.calendar.setSelectedDate(QDate(2026, 12, 1))
    popup.calendar.activated.emit(popup.calendar.selectedDate())
    assert form.answers.get("q") == date(2026, 12, 1)
    assert not popup.isVisible()


def test_a_condition_hides_and_shows_without_losing_what_was_typed(qtbot: QtBot, build: Build) -> None:
    form = build(question("a", ItemType.BOOLEAN), question("q", ItemType.TEXT, conditions=when("a", True)))
    heard = Heard(form)
    yes, no = field(form, RadioField, "a").radios
    assert not is_asked(form, "q")
    yes.click()
    assert is_asked(form, "q")
    QTest.keyClicks(field(form, TextField).edit, "typed")
    no.click()
    assert not is_asked(form, "q")
    assert form.answers.get("q") == "typed"
    assert heard.last() == ("a", "", False)
    yes.click()
    assert field(form, TextField).edit.toPlainText() == "typed"


def rows(form: QuestionnaireForm) -> RowsBlock:
    (found,) = [one for one in form.page.blocks if isinstance(one, RowsBlock)]
    return found


def carers() -> Item:
    return group(
        "carer",
        question("name", ItemType.STRING),
        question("well", ItemType.BOOLEAN),
        question("why", ItemType.TEXT, conditions=when("well", False)),
        repeats=True,
    )


def test_rows_are_added_removed_and_taken_back_with_all_that_was_in_them(qtbot: QtBot, build: Build) -> None:
    form = build(carers(), answers=Answers({("name", "0"): "First"}))
    block_of_rows = rows(form)
    block_of_rows.add_button.click()
    second = field(form, LineField, "name", "1").edit
    assert second.hasFocus()
    QTest.keyClicks(second, "B")
    assert form.answers.get("name", "1") == "B"
    block_of_rows.rows[0].remove_button.click()
    assert form.answers == Answers({("name", "1"): "B"})
    assert block_of_rows.rows[0].title.text() == "About carer 1 removed."
    block_of_rows.rows[0].undo_button.click()
    assert form.answers == Answers({("name", "0"): "First", ("name", "1"): "B"})
    assert field(form, LineField, "name", "0").edit.text() == "First"


def test_a_condition_in_a_row_looks_at_that_row(build: Build) -> None:
    form = build(carers(), answers=Answers({("well", "0"): True, ("well", "1"): True}))
    field(form, RadioField, "well", "1").radios[1].click()
    assert is_asked(form, "why", "1")
    assert not is_asked(form, "why", "0")


def test_a_new_row_hides_what_does_not_apply_in_it(build: Build) -> None:
    form = build(carers())
    rows(form).add_button.click()
    assert not is_asked(form, "why", "0")


def test_a_question_that_repeats_has_a_field_for_each_answer(qtbot: QtBot, build: Build) -> None:
    form = build(question("q", ItemType.STRING, repeats=True), answers=Answers({("q", "0"): "one"}))
    heard = Heard(form)
    repeating = field(form, RepeatingField)
    repeating.add_button.click()
    QTest.keyClicks(repeating.rows["1"].inputs()[0], "x")
    assert heard.last() == ("q", "1", "x")
    assert form.answers == Answers({("q", "0"): "one", ("q", "1"): "x"})


def test_setting_answers_shows_them_sends_nothing_and_leaves_the_cursor(build: Build) -> None:
    form = build(question("q", ItemType.STRING), question("b", ItemType.BOOLEAN), question("d", ItemType.DATE))
    heard = Heard(form)
    edit = field(form, LineField).edit
    edit.setText("abc")
    edit.setCursorPosition(1)
    form.set_answers(Answers({("q", ""): "abc", ("b", ""): True, ("d", ""): date(2026, 1, 2)}))
    assert edit.cursorPosition() == 1
    assert field(form, RadioField, "b").radios[0].isChecked()
    assert field(form, DateField, "d").edit.text() == "02-Jan-2026"
    form.set_answers(Answers())
    assert edit.text() == ""
    assert not field(form, RadioField, "b").radios[0].isChecked()
    assert heard.changes == []


def test_problems_are_summed_up_at_the_top_with_the_same_words_at_the_field(qtbot: QtBot, build: Build) -> None:
    form = build(
        question("q", ItemType.STRING, required=True), question("n", ItemType.INTEGER), question("x", ItemType.TEXT)
    )
    QTest.keyClicks(field(form, LineField, "n").edit, "7x")
    assert not form.summary.isVisible()
    form.show_problems(problems(form.questionnaire, form.answers))
    assert form.summary.isVisible()
    assert form.summary.hasFocus()
    lines = [line.text() for line in form.summary.lines]
    assert lines == ["Answer “About q”.", "“About n” needs a whole number, such as 3."]
    for link_id, line in zip(("q", "n"), lines, strict=True):
        error = block(form, link_id).error
        assert error is not None
        assert error.text() == f"Error: {line}"
        assert field(form, LineField, link_id).edit.property("invalid") is True
        assert line in field(form, LineField, link_id).edit.accessibleDescription()
    assert not block(form, "x").error_message
    form.summary.lines[1].click()
    assert field(form, LineField, "n").edit.hasFocus()


def test_a_problem_goes_away_when_it_is_put_right_and_typing_is_never_cleared(qtbot: QtBot, build: Build) -> None:
    form = build(question("n", ItemType.INTEGER), question("q", ItemType.STRING, required=True))
    edit = field(form, LineField, "n").edit
    QTest.keyClicks(edit, "7x")
    form.show_problems(problems(form.questionnaire, form.answers))
    assert edit.text() == "7x"
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert not shows_error(form, "n")
    assert [line.text() for line in form.summary.lines] == ["Answer “About q”."]
    QTest.keyClicks(field(form, LineField).edit, "y")
    assert not form.summary.isVisible()


def assessment(qtbot: QtBot, answers: Answers | None = None) -> QuestionnaireForm:
    return show(qtbot, shipped_questionnaire("joint-assessment"), answers)


def test_sections_say_how_much_is_answered_and_what_is_to_put_right(qtbot: QtBot) -> None:
    form = assessment(qtbot, Answers({("mt-important", ""): "Company", ("ca-has", ""): False}))
    assert form.sections.state_text(0) == "1 of 14 answered"
    field(form, RadioField, "mt-future-said").radios[0].click()
    assert form.sections.state_text(0) == "2 of 16 answered"
    form.show_problems(problems(form.questionnaire, form.answers))
    assert [form.sections.state_text(row) for row in (1, 3)] == ["2 to put right", "1 to put right"]


def test_a_jump_goes_to_another_part_and_into_its_field(qtbot: QtBot) -> None:
    form = assessment(qtbot)
    with qtbot.waitSignal(form.part_changed) as heard:
        assert form.focus_item("he-falls-count")
    assert heard.args == ["health"]
    assert form.part == "health"
    assert field(form, RadioField, "he-falls-count").radios[0].hasFocus()
    visible = form.page.viewport().rect()
    qtbot.waitUntil(lambda: visible.contains(block(form, "he-falls-count").mapTo(form.page.viewport(), QPoint(0, 0))))
    assert not form.focus_item("he-falls-how")


def test_parts_change_by_list_key_and_button(qtbot: QtBot) -> None:
    form = assessment(qtbot)
    heard: list[str] = []
    form.part_changed.connect(heard.append)
    QTest.keyClick(form, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(form.sections, Qt.Key.Key_Down)
    assert form.page.next_button is not None
    form.page.next_button.click()
    form.go_to_part(Part.CARER)
    QTest.keyClick(form, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert heard == ["health", "function", "social", "carer", "home"]


def test_only_the_part_that_is_looked_at_is_built(qtbot: QtBot) -> None:
    form = assessment(qtbot)
    built = form.findChildren(QuestionBlock)
    assert {form.questionnaire.part_of(one.item.link_id) for one in built} == {Part.WHAT_MATTERS}


def test_text_typed_in_one_part_is_still_there_after_a_visit_to_another(qtbot: QtBot) -> None:
    form = assessment(qtbot)
    QTest.keyClicks(field(form, TextField, "mt-good-day").edit, "Tea with Ada")
    form.go_to_section(3)
    form.go_to_section(0)
    assert field(form, TextField, "mt-good-day").edit.toPlainText() == "Tea with Ada"


@pytest.mark.parametrize("name", ["joint-assessment", "care-act-evidence", "phq-9", "ons4"])
def test_tab_reaches_every_field_that_is_shown_and_each_has_a_name(qtbot: QtBot, name: str) -> None:
    form = show(qtbot, shipped_questionnaire(name))
    for place in range(len(form.questionnaire.items)):
        form.go_to_section(place)
        reached = set()
        step = form.sections.nextInFocusChain()
        while step is not None and step is not form.sections:
            if step.isVisible() and step.focusPolicy() & Qt.FocusPolicy.TabFocus:
                reached.add(step)
            step = step.nextInFocusChain()
        for one in form.page.questions():
            if one.isVisible():
                assert one.label.buddy() is one.field.inputs()[0]
                shown_fields = [widget for widget in one.field.inputs() if widget.isVisible()]
                # Qt lets Tab into a group of radio buttons once; arrows walk inside it.
                radios = set(one.field.radios) if isinstance(one.field, RadioField) else set()
                assert set(shown_fields) - radios <= reached, one.item.link_id
                assert not radios or radios & reached, one.item.link_id
                for widget in shown_fields:
                    named = widget.accessibleName() or one.label.text() or getattr(widget, "text", str)()
                    assert named, one.item.link_id


def focus_walk(form: QuestionnaireForm) -> list[str]:
    """Names of the fields in the order in which Tab comes to them."""
    names: list[str] = []
    step = form.sections.nextInFocusChain()
    while step is not None and step is not form.sections:
        if step.isVisible() and isinstance(step, QLineEdit):
            owner = next(one.item.link_id + one.position for one in form.page.questions() if step in one.field.inputs())
            names.append(owner)
        step = step.nextInFocusChain()
    return names


def test_tab_follows_the_page_through_rows_and_questions_that_came_later(build: Build) -> None:
    form = build(
        question("a", ItemType.BOOLEAN),
        question("b", ItemType.STRING, conditions=when("a", True)),
        group("c", question("d", ItemType.STRING), repeats=True),
        question("e", ItemType.STRING),
    )
    (add,) = [one.add_button for one in form.page.blocks if isinstance(one, RowsBlock)]
    add.click()
    add.click()
    field(form, RadioField, "a").radios[0].click()
    assert focus_walk(form) == ["b", "d0", "d1", "e"]


def test_a_form_that_is_read_has_words_and_no_fields(build: Build) -> None:
    form = build(
        question("b", ItemType.BOOLEAN),
        question("c", ItemType.CHOICE, options=YES_NO_MAYBE, repeats=True),
        question("w", ItemType.DECIMAL, unit="kg"),
        question("d", ItemType.DATE),
        question("t", ItemType.TEXT),
        carers(),
        answers=Answers(
            {
                ("b", ""): False,
                ("c", "0"): "yes",
                ("c", "1"): "no",
                ("w", ""): Decimal("61.50"),
                ("d", ""): "unknown",
                ("name", "0"): "Invented Carer",
            }
        ),
        read_only=True,
    )
    texts = {link_id: field(form, ReadField, link_id).label.text() for link_id in ("b", "c", "w", "d", "t")}
    assert texts == {"b": "No", "c": "Certainly\nNot so", "w": "61.50 kg", "d": "Unknown", "t": "Not answered"}
    assert not [one for one in form.findChildren(QLineEdit) + form.findChildren(QComboBox) if one.isVisible()]
    assert not rows(form).add_button.isVisible()
    form.set_read_only(False)
    assert field(form, RadioField, "b").radios[1].isChecked()


def test_no_field_ever_comes_up_as_a_window_of_its_own(qtbot: QtBot) -> None:
    answers = Answers({("he-condition-name", "0"): "Heart failure", ("ca-has", ""): True, ("ca-name", "0"): "A"})
    before = set(QApplication.topLevelWidgets())
    form = assessment(qtbot, answers)
    for place in range(len(form.questionnaire.items)):
        form.go_to_section(place)
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one not in before]
    assert windows == [form]
