"""Every key on the card of the cockpit does what the card says, through the window and a real store."""

import pytest
from PySide6.QtCore import Qt

from mdt_desktop.domain.meeting import AttendanceMode, AttendanceState, ItemState, Lane, MeetingState, Outcome
from mdt_desktop.ui.cockpit.keys import GROUP
from mdt_desktop.ui.cockpit.page import CockpitPage
from mdt_desktop.ui.search_sheet import SearchSheet
from mdt_desktop.words import words
from tests.helpers.meeting_desk import MeetingDesk

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


@pytest.fixture
def planned(desk: MeetingDesk) -> MeetingDesk:
    """The cockpit of a meeting whose agenda is written, at its opening."""
    desk.services.agendas.write(desk.made.planned)
    desk.go("cockpit", meeting_id=desk.made.planned)
    return desk


@pytest.fixture
def held(planned: MeetingDesk) -> MeetingDesk:
    """The meeting under way with everybody there, at its first person."""
    for it in planned.room().attendance:
        planned.services.meeting_room.attend(it.id, AttendanceState.PRESENT)
    planned.press(KEY.Key_Return, CONTROL)
    return planned


def here(desk: MeetingDesk) -> str:
    """Where the screen is: an item's id, or the opening or closing."""
    view = desk.cockpit.view
    assert view is not None
    return view.place


def want(desk: MeetingDesk, text: str = "To go home") -> None:
    """V, the person's own words, Return."""
    desk.press(KEY.Key_V)
    desk.type(text)
    desk.press(KEY.Key_Return)


# The opening


def test_control_return_begins_the_meeting_at_its_first_person(planned: MeetingDesk) -> None:
    assert planned.room().meeting.state is MeetingState.PLANNED
    planned.press(KEY.Key_Return, CONTROL)
    assert planned.room().meeting.state is MeetingState.UNDER_WAY
    assert here(planned) == planned.items()[0].id
    assert planned.room().meeting.current_item_id == planned.items()[0].id


def test_the_keys_of_who_is_here_say_came_apologies_how_and_left(planned: MeetingDesk) -> None:
    def first() -> tuple[AttendanceState, AttendanceMode, bool]:
        it = planned.room().attendance[0]
        return it.state, it.mode, it.left_at is not None

    assert planned.focused() is planned.cockpit.opening.table
    planned.press(KEY.Key_Space)
    assert first() == (AttendanceState.PRESENT, AttendanceMode.IN_THE_ROOM, False)
    planned.press(KEY.Key_O)
    assert first() == (AttendanceState.PRESENT, AttendanceMode.BY_VIDEO, False)
    planned.press(KEY.Key_E)
    assert first()[2]
    planned.press(KEY.Key_X)
    assert first()[0] is AttendanceState.APOLOGIES


def test_an_action_that_was_due_is_done_with_space(planned: MeetingDesk) -> None:
    planned.cockpit.opening.due.setFocus()
    assert planned.room().tasks_due
    planned.press(KEY.Key_Space)
    assert not planned.room().tasks_due


def test_somebody_who_came_without_being_expected_is_added_and_is_there(planned: MeetingDesk) -> None:
    planned.cockpit.opening.add.click()
    planned.settle()
    planned.type("elsewhere")
    planned.press(KEY.Key_Return)
    planned.press(KEY.Key_Return)
    added = next(it for it in planned.room().attendance if it.practitioner_id == planned.made.place.gp_elsewhere)
    assert added.state is AttendanceState.PRESENT
    planned.press(KEY.Key_Escape)
    assert planned.cockpit.adding.sheet is None


def test_insert_puts_another_person_on_the_agenda_and_letters_there_are_text(held: MeetingDesk) -> None:
    before = here(held)
    held.press(KEY.Key_Insert)
    held.type("Linnet")  # L, N and T are keys of the cockpit
    held.press(KEY.Key_Return)
    sheet = held.cockpit.adding.sheet
    assert isinstance(sheet, SearchSheet)
    assert sheet.line.text() == "Linnet"
    held.press(KEY.Key_Return)
    assert "Linnet" in held.names()
    held.press(KEY.Key_Escape)
    assert here(held) == before
    assert "GL" in [row.who for row in map(held.cockpit.agenda.model.row, range(20)) if row is not None]


def test_leaving_with_the_search_open_leaves_the_meeting_and_not_the_search(planned: MeetingDesk) -> None:
    planned.press(KEY.Key_Insert)
    planned.go("other")
    planned.go("cockpit", meeting_id=planned.made.planned)
    assert planned.cockpit.adding.sheet is None
    planned.press(KEY.Key_End)
    assert here(planned) == "closing"


# From person to person


def test_the_arrows_go_to_the_next_and_the_previous_person(held: MeetingDesk) -> None:
    ids = [it.id for it in held.items()]
    held.press(KEY.Key_Right)
    assert here(held) == ids[1]
    held.press(KEY.Key_PageDown)
    assert here(held) == ids[2]
    held.press(KEY.Key_Left)
    assert here(held) == ids[1]
    held.press(KEY.Key_PageUp)
    assert here(held) == ids[0]
    assert held.room().meeting.current_item_id == ids[0]


def test_home_and_end_go_to_the_opening_and_the_closing(held: MeetingDesk) -> None:
    held.press(KEY.Key_End)
    assert here(held) == "closing"
    held.press(KEY.Key_Home)
    assert here(held) == "opening"


# Outcomes


@pytest.mark.parametrize(
    ("key", "outcome"),
    [
        (KEY.Key_1, Outcome.NO_CHANGE),
        (KEY.Key_2, Outcome.PLAN_CHANGES),
        (KEY.Key_3, Outcome.ASSESS),
        (KEY.Key_4, Outcome.REFER),
        (KEY.Key_5, Outcome.ESCALATE),
    ],
)
def test_a_figure_finishes_the_person_with_its_outcome(held: MeetingDesk, key: Qt.Key, outcome: Outcome) -> None:
    first, second = (it.id for it in held.items()[:2])
    want(held)
    held.press(key)
    done = next(it for it in held.items() if it.id == first)
    assert (done.state, done.outcome) == (ItemState.DONE, outcome)
    assert here(held) == second


def test_nobody_is_finished_before_it_is_written_what_they_want(held: MeetingDesk) -> None:
    first = held.items()[0].id
    held.press(KEY.Key_Return, CONTROL)
    assert held.cockpit.foot.is_typing
    assert next(it for it in held.items() if it.id == first).state is ItemState.UNDER_WAY
    held.type("To see my sister")
    held.press(KEY.Key_Return)  # recorded, and the person finished as was wanted
    done = next(it for it in held.items() if it.id == first)
    assert (done.persons_view, done.state) == ("To see my sister", ItemState.DONE)


def test_control_return_finishes_with_no_change_or_with_a_changed_plan_where_something_was_decided(
    held: MeetingDesk,
) -> None:
    first, second = (it.id for it in held.items()[:2])
    want(held)
    held.press(KEY.Key_Return, CONTROL)
    assert held.room().items[0].outcome is Outcome.NO_CHANGE
    want(held)
    held.press(KEY.Key_D)
    held.type("A bed downstairs")
    held.press(KEY.Key_Return)
    held.press(KEY.Key_Escape)
    held.press(KEY.Key_Return, CONTROL)
    outcomes = {it.id: it.outcome for it in held.room().items}
    assert (outcomes[first], outcomes[second]) == (Outcome.NO_CHANGE, Outcome.PLAN_CHANGES)


def test_no_change_of_somebody_who_is_only_noted_is_one_key(held: MeetingDesk) -> None:
    noted = next(it for it in held.items() if it.lane is Lane.NOTE)
    held.cockpit.chairing.turn_to(noted.id)
    held.settle()
    held.press(KEY.Key_1)
    assert next(it for it in held.items() if it.id == noted.id).state is ItemState.NOTED


# Writing


def test_a_writes_an_action_with_its_owner_and_day(held: MeetingDesk) -> None:
    item = held.items()[0]
    held.press(KEY.Key_A)
    held.type("Order a rail")
    held.press(KEY.Key_Tab)
    held.type("Nia")
    held.press(KEY.Key_Tab)
    held.type("+7d")
    held.press(KEY.Key_Return)
    tasks = held.services.meeting_room.discussion(item.id).tasks
    assert [(it.what, it.owner) for it in tasks] == [("Order a rail", "Nia Sample")]
    assert tasks[0].due is not None


def test_d_records_a_decision_and_asks_for_its_action(held: MeetingDesk) -> None:
    item = held.items()[0]
    held.press(KEY.Key_D)
    held.type("A rail at the back door")
    held.press(KEY.Key_Return)
    assert [it.words for it in held.services.meeting_room.discussion(item.id).decisions] == ["A rail at the back door"]
    assert held.cockpit.foot.is_typing
    held.press(KEY.Key_Escape)
    assert not held.cockpit.foot.is_typing


def test_n_writes_a_note_and_undo_takes_it_back(held: MeetingDesk) -> None:
    item = held.items()[0]
    held.press(KEY.Key_N)
    held.type("Was out twice")
    held.press(KEY.Key_Return)
    assert [it.words for it in held.services.meeting_room.discussion(item.id).notes] == ["Was out twice"]
    held.shell.messages.undo_last()
    held.settle()
    assert not held.services.meeting_room.discussion(item.id).notes


@pytest.mark.parametrize(
    ("key", "field"), [(KEY.Key_C, "carers_view"), (KEY.Key_Q, "question"), (KEY.Key_V, "persons_view")]
)
def test_a_key_writes_the_question_and_each_view(held: MeetingDesk, key: Qt.Key, field: str) -> None:
    first = held.items()[0].id
    held.press(key)
    held.type("Who visits at night")
    held.press(KEY.Key_Return)
    found = next(it for it in held.items() if it.id == first)
    assert getattr(found, field) == "Who visits at night"


def test_l_agrees_the_lead_that_is_proposed(held: MeetingDesk) -> None:
    item = next(it for it in held.items() if it.lead_id is None and _quorate(held, it.id))
    held.cockpit.chairing.turn_to(item.id)
    held.settle()
    held.press(KEY.Key_L)
    held.press(KEY.Key_Return)
    assert next(it for it in held.items() if it.id == item.id).lead_id is not None


def _quorate(desk: MeetingDesk, item_id: str) -> bool:
    return not desk.services.meeting_room.discussion(item_id).missing_for_quorum


def test_p_parks_a_person_with_an_owner_and_a_day(held: MeetingDesk) -> None:
    item = held.items()[0]
    held.press(KEY.Key_P)
    held.type("Ask the ward")
    held.press(KEY.Key_Tab)
    held.type("Nia")
    held.press(KEY.Key_Tab)
    held.type("+7d")
    held.press(KEY.Key_Return)
    found = next(it for it in held.items() if it.id == item.id)
    assert (found.state, found.parked_with) == (ItemState.PARKED, "Nia Sample")


# The room


def test_h_hides_the_name_and_shows_it_again(held: MeetingDesk) -> None:
    banner = held.cockpit.who.banner
    assert banner.isVisible()
    held.press(KEY.Key_H)
    assert not banner.isVisible()
    held.press(KEY.Key_H)
    assert banner.isVisible()


def test_t_stops_the_clock_and_lets_it_go_on(held: MeetingDesk) -> None:
    first = held.items()[0].id
    held.press(KEY.Key_T)
    assert next(it for it in held.items() if it.id == first).ended_at is not None
    assert held.cockpit.bar.person_pace.text() == "Clock stopped"
    held.press(KEY.Key_T)
    assert next(it for it in held.items() if it.id == first).ended_at is None


def test_k_asks_for_the_lock(held: MeetingDesk) -> None:
    asked: list[bool] = []
    held.shell.window.lock_requested.connect(lambda: asked.append(True))
    held.press(KEY.Key_K)
    assert asked == [True]


def test_b_and_s_open_the_second_screen_and_show_initials_until_names_are_wanted(held: MeetingDesk) -> None:
    held.press(KEY.Key_B)
    window = held.cockpit.second_screen.window
    assert window is not None
    assert not window.shows_person
    held.press(KEY.Key_S)
    assert window.shows_person
    assert not window.shows_names
    held.press(KEY.Key_S, SHIFT)
    assert window.shows_names
    held.press(KEY.Key_B)
    assert held.cockpit.second_screen.window is None


def test_f1_shows_the_card_with_every_key_of_the_meeting(held: MeetingDesk) -> None:
    asked: list[str] = []
    held.cockpit.keys_requested.disconnect()
    held.cockpit.keys_requested.connect(asked.append)
    held.press(KEY.Key_F1)
    assert asked == [words(GROUP)]
    offered = held.cockpit.offers()
    assert all(command.shortcuts and command.group == words(GROUP) for command in offered)


def test_letters_in_the_line_are_text_and_no_commands(held: MeetingDesk) -> None:
    names = held.cockpit.who.banner
    held.press(KEY.Key_N)
    held.type("He has the key, lost 2 kg, back at 10")
    assert held.cockpit.foot.composer.text.toPlainText() == "He has the key, lost 2 kg, back at 10"
    assert names.isVisible()
    assert held.cockpit.second_screen.window is None


def test_a_key_that_belongs_to_a_person_does_nothing_at_the_opening(planned: MeetingDesk) -> None:
    for key in (KEY.Key_D, KEY.Key_A, KEY.Key_T, KEY.Key_1):
        planned.press(key)
    assert here(planned) == "opening"
    assert not planned.cockpit.foot.is_typing
    assert all(it.state is ItemState.WAITING for it in planned.items())


# The closing


def test_before_the_meeting_has_begun_its_closing_offers_nothing_to_seal(planned: MeetingDesk) -> None:
    planned.press(KEY.Key_End)
    assert not planned.cockpit.closing.seal.isVisible()
    assert not planned.cockpit.closing.pulse.isVisible()


def test_a_sealed_meeting_leads_to_its_papers_on_the_page_of_meetings(held: MeetingDesk) -> None:
    held.press(KEY.Key_End)
    held.cockpit.closing.seal.click()
    held.settle()
    assert held.room().meeting.state is MeetingState.SEALED
    held.cockpit.closing.papers.click()
    held.settle()
    assert held.shell.window.page_key == "meetings"
    assert held.meetings.reading.isVisible()
    assert held.meetings.reading.state.text() == "Sealed"


def test_leaving_in_mid_case_and_coming_back_is_at_the_same_person(held: MeetingDesk) -> None:
    held.press(KEY.Key_Right)
    place = here(held)
    held.press(KEY.Key_W, CONTROL)
    assert held.shell.window.page_key == "meetings"
    held.shell.window.forget_pages()
    page: CockpitPage = held.go("cockpit", meeting_id=held.made.planned)
    assert page.isVisible()
    assert here(held) == place
