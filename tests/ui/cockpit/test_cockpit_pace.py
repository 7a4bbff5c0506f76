"""What the pace leaves for each person is on the screen: less on their clock, and who has none is named in the list."""

from datetime import timedelta

from PySide6.QtCore import Qt

from mdt_desktop.domain.meeting import Lane
from mdt_desktop.ui.cockpit.agenda_list import AgendaRow
from mdt_desktop.words import words
from tests.helpers.meeting_desk import MeetingDesk


def row_of(desk: MeetingDesk, item_id: str) -> AgendaRow:
    model = desk.cockpit.agenda.model
    rows = [model.row(number) for number in range(model.rowCount())]
    return next(row for row in rows if row is not None and row.place == item_id)


def test_where_time_is_short_the_clock_of_a_person_and_the_list_say_what_is_left(desk: MeetingDesk) -> None:
    desk.services.agendas.write(desk.made.planned)
    desk.go("cockpit", meeting_id=desk.made.planned)
    desk.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    discussed = [it for it in desk.items() if it.lane is Lane.DISCUSS]
    first, second, last = discussed[0], discussed[1], discussed[-1]
    assert desk.cockpit.bar.person.text() == f"0:00 of {first.minutes} min"
    assert desk.cockpit.bar.person.toolTip() == ""
    assert [row_of(desk, it.id).minutes for it in discussed] == [str(it.minutes) for it in discussed]
    assert row_of(desk, last.id).state == ""
    desk.made.clock.advance(timedelta(minutes=67))  # five of seventy-two are left
    desk.press(Qt.Key.Key_Right)
    offered = desk.room().offers(desk.made.clock())[second.id]
    assert 0 < offered <= 300
    assert desk.cockpit.bar.person.text() == f"0:00 of {round(offered / 60)} min"
    assert desk.cockpit.bar.person.toolTip() == words("cockpit.person_time.shortened", planned=second.minutes)
    assert row_of(desk, last.id).state == words("cockpit.agenda.no_time")
    assert words("cockpit.agenda.no_time") in row_of(desk, last.id).spoken
