"""What is wrong is said at the top and at the field, in the same words, and goes when it is put right."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.domain.answering import problems
from mdt_desktop.domain.questionnaire import ItemType
from mdt_desktop.ui.forms.fields import LineField
from tests.ui.forms.desk import Build, block, field, question, shows_error


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
