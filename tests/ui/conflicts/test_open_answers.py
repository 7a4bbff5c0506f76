"""Answers of an assessment and words of a meeting that change elsewhere while somebody writes them (SYNC 6: 55)."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.records import AgendaItem, Answer
from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.start import Start
from tests.helpers.central_team import CentralTeam
from tests.helpers.window import until_idle
from tests.ui.conflicts.open_forms import a_held_meeting, an_assessment, exchange, start, team

__all__ = ["start", "team"]  # fixtures
IMPORTANT = "mt-important"


@pytest.fixture
def form(team: CentralTeam, start: Start, qtbot: QtBot) -> Any:
    return an_assessment(team, start, qtbot)


def edit_of(page: Any, link_id: str) -> Any:
    page.filling.form.focus_item(link_id)
    return page.filling.form.page.question(link_id, "").field.edit


def changed_by_noor(team: CentralTeam, start: Start, qtbot: QtBot, text: str) -> None:
    answer = str(team.noor.one("SELECT id FROM answer WHERE link_id = ?", IMPORTANT))
    team.noor.change(Answer, answer, team.person, value_json=text)
    team.sync(team.noor)
    exchange(start, qtbot)


def saved(page: Any, start: Start, qtbot: QtBot) -> None:
    page.keep_typed()
    qtbot.waitUntil(lambda: page.all_saved)
    until_idle(qtbot, start.operations)


def both(team: CentralTeam, start: Start, qtbot: QtBot) -> tuple[Any, list[tuple[Any, ...]]]:
    """The answer, and what is to be decided, as Noor has them after another exchange."""
    exchange(start, qtbot)
    team.sync(team.noor)
    told = team.noor.ask("SELECT mine, theirs, auto_rule FROM conflict WHERE status = 'open'")
    return team.noor.one("SELECT value_json FROM answer WHERE link_id = ?", IMPORTANT), told


def test_an_answer_that_is_being_written_keeps_its_words_and_the_other_paragraph_comes_along(
    team: CentralTeam, start: Start, qtbot: QtBot, form: Any
) -> None:
    edit = edit_of(form, IMPORTANT)
    edit.setPlainText("Her garden\n\nHer niece Ida")
    changed_by_noor(team, start, qtbot, '"Her own garden\\n\\nHer niece"')
    assert edit.toPlainText() == "Her garden\n\nHer niece Ida"
    assert "Changed elsewhere by Noor" in " ".join(start.window.shown_notices())
    saved(form, start, qtbot)
    assert edit.toPlainText() == "Her garden\n\nHer niece Ida", "what somebody writes in is left alone"
    answer, told = both(team, start, qtbot)
    assert answer == '"Her own garden\\n\\nHer niece Ida"'
    assert [rule for *_, rule in told] == ["joined"]


def test_the_same_words_changed_by_both_are_kept_from_both_however_long_one_types_on(
    team: CentralTeam, start: Start, qtbot: QtBot, form: Any
) -> None:
    edit = edit_of(form, IMPORTANT)
    edit.setPlainText("Nia")
    changed_by_noor(team, start, qtbot, '"Noor"')
    saved(form, start, qtbot)
    for more in (" and more", " and still more"):
        edit.moveCursor(QTextCursor.MoveOperation.End)
        QTest.keyClicks(edit, more)
        saved(form, start, qtbot)
    answer, told = both(team, start, qtbot)
    assert answer == '"Noor"'
    assert [(mine, theirs) for mine, theirs, _ in told] == [('"\\"Nia and more and still more\\""', '"\\"Noor\\""')]


def test_typing_on_between_exchanges_is_no_conflict_with_oneself(
    team: CentralTeam, start: Start, qtbot: QtBot, form: Any
) -> None:
    edit = edit_of(form, IMPORTANT)
    edit.setPlainText("Her")
    for more in (" garden", " and her niece"):
        saved(form, start, qtbot)
        exchange(start, qtbot)
        edit.moveCursor(QTextCursor.MoveOperation.End)
        QTest.keyClicks(edit, more)
    saved(form, start, qtbot)
    assert both(team, start, qtbot) == ('"Her garden and her niece"', [])


def test_an_answer_that_nobody_writes_in_shows_what_came(
    team: CentralTeam, start: Start, qtbot: QtBot, form: Any
) -> None:
    edit = edit_of(form, IMPORTANT)
    form.banner.setFocus()
    edit.clearFocus()
    changed_by_noor(team, start, qtbot, '"Noor"')
    assert edit.toPlainText() == "Noor"
    edit.setFocus()
    QTest.keyClicks(edit, "!", Qt.KeyboardModifier.NoModifier)
    saved(form, start, qtbot)
    assert both(team, start, qtbot)[1] == []


@pytest.fixture
def cockpit(team: CentralTeam, start: Start, qtbot: QtBot) -> Any:
    return a_held_meeting(team, start, qtbot)


def words_of(team: CentralTeam, start: Start, qtbot: QtBot) -> tuple[Any, list[tuple[Any, ...]]]:
    exchange(start, qtbot)
    team.sync(team.noor)
    told = team.noor.ask("SELECT field, mine, theirs FROM conflict WHERE status = 'open'")
    return team.noor.ask("SELECT question, persons_view FROM agenda_item")[0], told


def by_noor(team: CentralTeam, start: Start, qtbot: QtBot, **values: str) -> None:
    item = str(team.noor.one("SELECT id FROM agenda_item"))
    team.noor.change(AgendaItem, item, team.person, **values)
    team.sync(team.noor)
    exchange(start, qtbot)


def record(cockpit: Any, start: Start, qtbot: QtBot) -> None:
    QTest.keyClick(cockpit.foot.composer.text, Qt.Key.Key_Return)
    until_idle(qtbot, start.operations)


def test_a_question_of_the_meeting_is_joined_with_the_paragraph_that_came(
    team: CentralTeam, start: Start, qtbot: QtBot, cockpit: Any
) -> None:
    cockpit.entries.begin(Mode.QUESTION)
    cockpit.foot.composer.text.setPlainText("Who visits?\n\nOn which day?")
    by_noor(team, start, qtbot, question="Who visits her?\n\nWhen?")
    assert cockpit.foot.composer.text.toPlainText() == "Who visits?\n\nOn which day?"
    record(cockpit, start, qtbot)
    (question, _), told = words_of(team, start, qtbot)
    assert question == "Who visits her?\n\nOn which day?"
    assert [field for field, *_ in told] == ["question"], "to be read over"


def test_the_persons_view_that_both_type_is_kept_from_both(
    team: CentralTeam, start: Start, qtbot: QtBot, cockpit: Any
) -> None:
    cockpit.entries.begin(Mode.PERSONS_VIEW)
    cockpit.foot.composer.text.setPlainText("To move to her niece")
    by_noor(team, start, qtbot, persons_view="To stay at home")
    record(cockpit, start, qtbot)
    (_, view), told = words_of(team, start, qtbot)
    assert view == "To stay at home"
    assert told == [("persons_view", '"To move to her niece"', '"To stay at home"')]


def test_a_draft_of_the_line_remembers_what_it_was_typed_over(
    team: CentralTeam, start: Start, qtbot: QtBot, cockpit: Any
) -> None:
    cockpit.entries.begin(Mode.PERSONS_VIEW)
    cockpit.foot.composer.text.setPlainText("To move to her niece")
    cockpit.entries.close()
    until_idle(qtbot, start.operations)
    by_noor(team, start, qtbot, persons_view="To stay at home")
    cockpit.reload()
    until_idle(qtbot, start.operations)
    cockpit.entries.begin(Mode.PERSONS_VIEW)
    assert cockpit.foot.composer.text.toPlainText() == "To move to her niece"
    record(cockpit, start, qtbot)
    (_, view), told = words_of(team, start, qtbot)
    assert (view, [field for field, *_ in told]) == ("To stay at home", ["persons_view"])


def test_a_line_that_was_opened_after_the_words_came_replaces_them(
    team: CentralTeam, start: Start, qtbot: QtBot, cockpit: Any
) -> None:
    by_noor(team, start, qtbot, persons_view="To stay at home")
    cockpit.entries.begin(Mode.PERSONS_VIEW)
    assert cockpit.foot.composer.text.toPlainText() == "To stay at home"
    cockpit.foot.composer.text.setPlainText("To stay at home with her niece")
    record(cockpit, start, qtbot)
    assert words_of(team, start, qtbot) == (("Who visits?\n\nWhen?", "To stay at home with her niece"), [])
