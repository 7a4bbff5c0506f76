"""The mark at a field that two people wrote differently: on the plan, in an assessment, in the cockpit."""

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mdt_desktop.records import AgendaItem, Answer, CarePlan, Goal, Need
from mdt_desktop.ui.start import Start
from mdt_desktop.ui.unsettled_mark import UnsettledMark
from tests.helpers.central_team import CentralTeam
from tests.helpers.window import until_idle
from tests.ui.conflicts.open_forms import a_held_meeting, an_assessment, exchange, go, start, team

__all__ = ["start", "team"]  # fixtures


def disagree(team: CentralTeam, start: Start, qtbot: QtBot, kind: Any, id_: str, **both: tuple[str, str]) -> None:
    """Noor writes the first, Nia the second of the words, and nobody decides."""
    assert start.program is not None
    team.nia.program = start.program
    team.noor.change(kind, id_, team.person, **{name: words[0] for name, words in both.items()})
    team.sync(team.noor)
    team.nia.change(kind, id_, team.person, **{name: words[1] for name, words in both.items()})
    exchange(start, qtbot)


def marks(within: QWidget) -> list[UnsettledMark]:
    return [it for it in within.findChildren(UnsettledMark) if it.isVisible()]


def require_leads_to_the_decision(start: Start, qtbot: QtBot, mark: UnsettledMark, field: str) -> None:
    conflict = mark.conflict_id
    mark.click()
    until_idle(qtbot, start.operations)
    page: Any = start.window.page
    assert start.window.page_key == "sync"
    assert page.inbox.entry.id == conflict
    assert field in page.inbox.conflict.what.text()


def test_a_text_of_the_plan_has_a_calm_mark_that_says_what_counts_and_leads_to_the_decision(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    disagree(team, start, qtbot, CarePlan, plan, wellness=("Noor's words", "Nia's words"))
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    text = page.document.about.texts["wellness"]
    (mark,) = marks(page)
    assert mark is text.mark
    assert (mark.text(), mark.accessibleName()) == ("Not settled", "Not settled: wellness")
    told = "Two people wrote something different. Noor's words counts until it is decided. Opens it under Sync."
    assert (mark.toolTip(), text.edit.toolTip()) == (told, told)
    assert text.edit.accessibleDescription().endswith(told)
    require_leads_to_the_decision(start, qtbot, mark, "wellness")


def test_the_mark_goes_and_the_field_has_its_own_words_again_once_it_is_decided(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    case = team.noor.one("SELECT id FROM person_case")
    edit = go(start, qtbot, "care_plan", case_id=case).document.about.texts["wellness"].edit
    before = (edit.toolTip(), edit.accessibleDescription())
    disagree(team, start, qtbot, CarePlan, plan, wellness=("Noor's words", "Nia's words"))
    assert (edit.toolTip(), edit.accessibleDescription()) != before
    page: Any = go(start, qtbot, "sync")
    page.inbox.wanted.emit("mine")
    until_idle(qtbot, start.operations)
    page = go(start, qtbot, "care_plan", case_id=case)
    assert marks(page) == []
    assert (edit.toolTip(), edit.accessibleDescription()) == before
    assert edit.toPlainText() == "Nia's words"


def test_a_conflict_that_ones_own_saving_made_is_marked_at_once(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    edit = page.document.about.texts["wellness"].edit
    edit.setFocus()
    edit.setPlainText("Nia's words")
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    team.noor.change(CarePlan, plan, team.person, wellness="Noor's words")
    team.sync(team.noor)
    exchange(start, qtbot)
    assert marks(page) == []
    page.autosave.flush()
    until_idle(qtbot, start.operations)
    assert [it.accessibleName() for it in marks(page)] == ["Not settled: wellness"]
    assert edit.toPlainText() == "Nia's words"


def test_a_row_of_the_plan_says_it_closed_and_leads_to_the_decision_open(
    team: CentralTeam, start: Start, qtbot: QtBot
) -> None:
    assert start.program is not None
    plans = start.program.services.care_plans
    plan = str(team.noor.one("SELECT id FROM care_plan"))
    need = plans.add_part("need", plan, {"words": "Falls"}).made
    goal = plans.add_part("goal", need, {"words": "To walk"}).made
    exchange(start, qtbot)
    team.sync(team.noor)
    disagree(team, start, qtbot, Goal, goal, words=("To walk far", "To walk home"))
    disagree(team, start, qtbot, Need, need, words=("Falls outside", "Falls at home"))
    page = go(start, qtbot, "care_plan", case_id=team.noor.one("SELECT id FROM person_case"))
    row = page.document.row(goal)
    assert row.text.unsettled.startswith("Not settled: ")
    assert row.text.unsettled in row.accessibleName()
    assert "To walk far counts until it is decided" in row.toolTip()
    row.open_row()
    qtbot.waitUntil(lambda: bool(marks(row)))
    (mark,) = marks(row)
    require_leads_to_the_decision(start, qtbot, mark, "words")


def test_an_answer_is_marked_at_its_question_and_named_by_it(team: CentralTeam, start: Start, qtbot: QtBot) -> None:
    form = an_assessment(team, start, qtbot)
    answer = str(team.noor.one("SELECT id FROM answer WHERE link_id = 'mt-important'"))
    form.banner.setFocus()
    disagree(team, start, qtbot, Answer, answer, value_json=('"Noor"', '"Nia"'))
    form = go(start, qtbot, "assessment", assessment_id=form.filling.view.summary.id)
    question = form.filling.form.page.question("mt-important", "")
    (mark,) = marks(form)
    assert mark is question.mark
    assert mark.accessibleName() == f"Not settled: {question.item.text}"
    assert "Noor counts until it is decided" in question.field.edit.accessibleDescription()
    require_leads_to_the_decision(start, qtbot, mark, question.item.text)


def test_a_part_that_is_drawn_later_has_its_marks_too(team: CentralTeam, start: Start, qtbot: QtBot) -> None:
    form = an_assessment(team, start, qtbot)
    assert start.program is not None
    assessment = form.filling.view.summary.id
    start.program.services.assessments.answer(assessment, "he-summary", "", "Stable")
    exchange(start, qtbot)
    team.sync(team.noor)
    answer = str(team.noor.one("SELECT id FROM answer WHERE link_id = 'he-summary'"))
    disagree(team, start, qtbot, Answer, answer, value_json=('"Noor"', '"Nia"'))
    form = go(start, qtbot, "assessment", assessment_id=assessment)
    assert marks(form) == []
    form.filling.go_to("health")
    qtbot.waitUntil(lambda: len(marks(form)) == 1)


@pytest.mark.parametrize("column", ["question", "persons_view", "carers_view"])
def test_words_of_a_meeting_are_marked_where_they_stand(
    team: CentralTeam, start: Start, qtbot: QtBot, column: str
) -> None:
    cockpit = a_held_meeting(team, start, qtbot)
    item = str(team.noor.one("SELECT id FROM agenda_item"))
    disagree(team, start, qtbot, AgendaItem, item, **{column: ("Noor's words", "Nia's words")})
    cockpit = go(start, qtbot, "cockpit", meeting_id=cockpit.place()["meeting_id"])
    (mark,) = marks(cockpit)
    assert "Noor's words counts" in mark.toolTip()
    require_leads_to_the_decision(start, qtbot, mark, mark.accessibleName().partition(": ")[2])


def test_texts_that_were_joined_ask_to_be_read_over(team: CentralTeam, start: Start, qtbot: QtBot) -> None:
    cockpit = a_held_meeting(team, start, qtbot)
    item = str(team.noor.one("SELECT id FROM agenda_item"))
    both = ("Who visits her?\n\nWhen?", "Who visits?\n\nOn which day?")
    disagree(team, start, qtbot, AgendaItem, item, question=both)
    cockpit = go(start, qtbot, "cockpit", meeting_id=cockpit.place()["meeting_id"])
    (mark,) = marks(cockpit)
    assert mark.text() == "Please read over"
    assert mark.toolTip().startswith("What two people wrote was joined")
