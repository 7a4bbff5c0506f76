"""A meeting stopped in mid-word is gone on with in that word: the line is open again with what belonged to it."""

import pytest
from PySide6.QtCore import Qt

from mdt_desktop.domain.meeting import AttendanceState, ItemState, Outcome
from mdt_desktop.ui.cockpit.composer import Mode
from mdt_desktop.ui.pages import Arguments
from tests.helpers.meeting_desk import MeetingDesk

KEY, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def held(desk: MeetingDesk) -> MeetingDesk:
    """The meeting under way with everybody there, at its first person."""
    desk.services.agendas.write(desk.made.planned)
    desk.go("cockpit", meeting_id=desk.made.planned)
    for it in desk.room().attendance:
        desk.services.meeting_room.attend(it.id, AttendanceState.PRESENT)
    desk.press(KEY.Key_Return, CONTROL)
    return desk


def stop_and_come_back(desk: MeetingDesk) -> Arguments:
    """As locking does it: keep what is typed and where one is, drop the pages, and show that place again."""
    desk.drafts.keep_all()
    _, place = desk.shell.window.place()
    desk.settle()
    desk.shell.window.forget_pages()
    desk.go("cockpit", **place)
    return place


def test_the_line_is_open_again_with_its_words_and_the_focus(held: MeetingDesk) -> None:
    held.press(KEY.Key_N)
    held.type("Was out tw")
    stop_and_come_back(held)
    composer = held.cockpit.foot.composer
    assert held.cockpit.foot.is_typing
    assert (composer.mode, composer.text.toPlainText()) == (Mode.NOTE, "Was out tw")
    assert held.focused() is composer.text


def test_an_action_that_was_half_typed_still_belongs_to_its_decision(held: MeetingDesk) -> None:
    item = held.items()[0]
    held.press(KEY.Key_D)
    held.type("A rail at the back door")
    held.press(KEY.Key_Return)
    held.type("Order the ra")
    stop_and_come_back(held)
    held.type("il")
    held.press(KEY.Key_Tab)
    held.type("Nia")
    held.press(KEY.Key_Return)
    found = held.services.meeting_room.discussion(item.id)
    assert [(it.what, it.decision_id) for it in found.tasks] == [("Order the rail", found.decisions[0].id)]


def test_somebody_who_waited_for_what_they_want_is_finished_once_it_is_written(held: MeetingDesk) -> None:
    first = held.items()[0].id
    held.press(KEY.Key_3)
    held.type("To see my sis")
    stop_and_come_back(held)
    held.type("ter")
    held.press(KEY.Key_Return)
    done = next(it for it in held.items() if it.id == first)
    assert (done.persons_view, done.state, done.outcome) == ("To see my sister", ItemState.DONE, Outcome.ASSESS)


def test_an_empty_line_and_a_line_that_was_recorded_stay_shut(held: MeetingDesk) -> None:
    held.press(KEY.Key_D)
    place = stop_and_come_back(held)
    assert place["line"] == Mode.DECISION.value
    assert not held.cockpit.foot.is_typing
    held.press(KEY.Key_N)
    held.type("Was out twice")
    held.press(KEY.Key_Return)
    place = stop_and_come_back(held)
    assert "line" not in place
    assert not held.cockpit.foot.is_typing


@pytest.mark.parametrize("place", [{"line": "of another version"}, {"line": "note", "then": "of another version"}])
def test_a_place_of_another_version_of_the_program_is_no_trouble(held: MeetingDesk, place: dict[str, object]) -> None:
    held.press(KEY.Key_N)
    held.type("Was out tw")
    held.drafts.keep_all()
    held.shell.window.forget_pages()
    held.go("cockpit", meeting_id=held.made.planned, **place)
    assert not held.cockpit.foot.is_typing
    held.press(KEY.Key_N)
    assert held.cockpit.foot.composer.text.toPlainText() == "Was out tw"
