"""A whole questionnaire: its parts, and every field by the keyboard and with a name."""

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.answering import problems
from mdt_desktop.domain.questionnaire import Answers, ItemType, Part
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.ui.forms.blocks import QuestionBlock, RowsBlock
from mdt_desktop.ui.forms.choice_fields import RadioField
from mdt_desktop.ui.forms.fields import ReadField, TextField
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm
from tests.ui.forms.desk import YES_NO_MAYBE, Build, block, carers, field, group, question, rows, show, when


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
