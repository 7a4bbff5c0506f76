"""Questions that come, go and repeat: nothing typed in them is lost."""

from datetime import date

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.questionnaire import Answers, ItemType
from mdt_desktop.ui.forms.choice_fields import RadioField
from mdt_desktop.ui.forms.date_field import DateField
from mdt_desktop.ui.forms.fields import LineField, TextField
from mdt_desktop.ui.forms.repeating_field import RepeatingField
from tests.ui.forms.desk import Build, Heard, carers, field, is_asked, question, rows, when


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
