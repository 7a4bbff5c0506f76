"""A section of many boxes opens with what is in sight; the rest follows by itself, or at once when it is asked for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.answering import problems
from mdt_desktop.domain.questionnaire import Answers, Item, ItemType, Questionnaire
from mdt_desktop.fhir.questionnaire import shipped_questionnaire
from mdt_desktop.ui.forms.fields import LineField, TextField
from mdt_desktop.ui.forms.questionnaire_form import QuestionnaireForm
from tests.ui.forms.desk import TODAY, block, field, group, question, when

MANY = 60
LAST = f"q{MANY - 1}"
CARE_ACT = shipped_questionnaire("care-act-evidence")


def begun(qtbot: QtBot, questionnaire: Questionnaire) -> QuestionnaireForm:
    """A form as it is before the window has had a turn for the rest."""
    form = QuestionnaireForm(questionnaire, today=lambda: TODAY)
    qtbot.addWidget(form)
    form.resize(900, 600)
    assert form.page.blocks
    assert not form.page.whole
    return form


def many(**of_the_last: object) -> Questionnaire:
    """So many short questions, the last of them with something of its own."""
    items: list[Item] = [question(f"q{number}", ItemType.STRING) for number in range(MANY - 1)]
    items.append(question(LAST, ItemType.STRING, **of_the_last))
    return Questionnaire("t", "https://example.org/t", "1", "Test", (group("all", *items),))


def line_of(form: QuestionnaireForm, link_id: str) -> QLineEdit:
    (found,) = field(form, LineField, link_id).inputs()
    assert isinstance(found, QLineEdit)
    return found


def test_only_what_is_in_sight_is_made_before_the_form_is_shown_and_the_rest_comes_by_itself(qtbot: QtBot) -> None:
    form = begun(qtbot, CARE_ACT)
    first = len(form.page.findChildren(QCheckBox))
    assert 0 < first < 40
    form.show()
    qtbot.waitUntil(lambda: form.page.whole, timeout=10_000)
    assert len(form.page.findChildren(QCheckBox)) > 3 * first


@pytest.mark.parametrize("link_id", ["adult-needs-arise", "adult-wellbeing-evidence"], ids=["first", "last"])
def test_who_asks_for_a_question_gets_it_at_once(qtbot: QtBot, link_id: str) -> None:
    form = begun(qtbot, CARE_ACT)
    assert form.page.question(link_id, "") is not None
    assert form.page.whole


def test_what_is_answered_before_the_rest_is_made_decides_what_applies_in_it(qtbot: QtBot) -> None:
    form = begun(qtbot, many(conditions=when("q0", "yes")))
    (first,) = form.page.blocks[0].questions()
    first.field.answered.emit("", "yes")
    assert not form.page.whole
    assert block(form, LAST).isVisibleTo(form)


def test_a_problem_is_said_at_a_field_that_is_made_after_it_was_found(qtbot: QtBot) -> None:
    form = begun(qtbot, many(required=True))
    form.show_problems(problems(form.questionnaire, form.answers))
    assert not form.page.whole
    assert "About q59" in block(form, LAST).error_message


def test_answers_that_come_before_the_rest_is_made_stand_in_it(qtbot: QtBot) -> None:
    form = begun(qtbot, many())
    form.set_answers(Answers({(LAST, ""): "kept"}))
    assert line_of(form, LAST).text() == "kept"


def test_tab_leads_on_into_what_was_made_later(qtbot: QtBot) -> None:
    form = begun(qtbot, many())
    last_made = len(form.page.blocks)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(lambda: form.page.whole and form.isActiveWindow(), timeout=10_000)
    line_of(form, f"q{last_made - 1}").setFocus()
    QTest.keyClick(line_of(form, f"q{last_made - 1}"), Qt.Key.Key_Tab)
    assert line_of(form, f"q{last_made}").hasFocus()


def test_a_page_that_is_replaced_half_made_is_forgotten(qtbot: QtBot) -> None:
    form = begun(qtbot, CARE_ACT)
    page = form.page
    form.set_read_only(True)
    form.show()
    qtbot.waitUntil(lambda: form.page.whole, timeout=10_000)
    assert form.page is not page
    assert not form.page.findChildren(TextField)
