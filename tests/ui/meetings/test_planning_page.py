"""An agenda put together on the page of meetings, by keys and by the mouse."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from mdt_desktop.domain.meeting import Lane, minutes_for_cases
from mdt_desktop.ui.meetings.agenda_table import AgendaTable
from mdt_desktop.ui.meetings.plan_rows import RowKind
from mdt_desktop.ui.meetings.sheets import ReasonSheet
from mdt_desktop.ui.search_sheet import SearchSheet
from tests.helpers.meeting_desk import MeetingDesk

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def rows(desk: MeetingDesk) -> list[tuple[str, str]]:
    """Kind and name of every row."""
    plan = desk.meetings.planning.table.plan
    found = [plan.row(number) for number in range(plan.rowCount())]
    return [(row.kind.value, row.name) for row in found if row is not None]


def choose(desk: MeetingDesk, family_name: str) -> AgendaTable:
    table = desk.meetings.planning.table
    assert table.choose(desk.item(family_name).id)
    table.setFocus()
    return table


def test_the_agenda_is_there_the_first_time_a_planned_meeting_is_opened(desk: MeetingDesk) -> None:
    assert not desk.items()
    page = desk.plan()
    taken = sum(it.minutes for it in desk.items() if it.lane is Lane.DISCUSS)
    assert 0 < taken <= minutes_for_cases(90)
    assert all(it.reasons for it in desk.items())
    assert [name for kind, name in rows(desk) if kind == "heading"] == [
        "To discuss", "To note", "Not on this agenda",
    ]  # fmt: skip
    QAbstractItemModelTester(page.planning.table.plan)
    left = [page.planning.table.plan.row(number) for number in range(page.planning.table.plan.rowCount())]
    assert all(row.why for row in left if row is not None and row.kind is RowKind.LEFT)
    assert desk.focused() is page.planning.table
    first = page.planning.table.chosen()
    assert first is not None
    assert first.item is not None
    assert first.item.id == desk.items()[0].id


def test_an_agenda_that_the_chair_emptied_is_not_written_again_by_itself(desk: MeetingDesk) -> None:
    desk.plan()
    for it in desk.items():
        desk.services.agendas.remove(it.id, "Another time")
    desk.go("other")
    desk.plan()
    assert not desk.items()


def test_alt_and_the_arrows_move_a_person_and_undo_puts_them_back(desk: MeetingDesk) -> None:
    desk.plan()
    before = desk.names()
    choose(desk, before[0])
    desk.press(Qt.Key.Key_Down, ALT)
    assert desk.names()[:2] == [before[1], before[0]]
    chosen = desk.meetings.planning.table.chosen()
    assert chosen is not None
    assert chosen.item is not None
    assert chosen.item.family_name == before[0]
    desk.press(Qt.Key.Key_Down, ALT)
    assert desk.names()[:3] == [before[1], before[2], before[0]]
    desk.press(Qt.Key.Key_Up, ALT)
    desk.press(Qt.Key.Key_Up, ALT)
    assert desk.names() == before
    desk.press(Qt.Key.Key_Up, ALT)  # there is no place above the first
    assert desk.names() == before
    desk.press(Qt.Key.Key_Down, ALT)
    desk.shell.messages.undo_last()
    desk.settle()
    assert desk.names() == before


def test_keys_pressed_faster_than_the_store_answers_all_count(desk: MeetingDesk) -> None:
    desk.plan()
    before = desk.names()
    table = choose(desk, before[0])
    minutes = desk.item(before[0]).minutes
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_Plus)
    for _ in range(2):
        QTest.keyClick(table, Qt.Key.Key_Down, ALT)
    desk.settle()
    assert desk.item(before[0]).minutes == minutes + 3
    assert desk.names()[:3] == [before[1], before[2], before[0]]


def test_a_person_is_dragged_to_another_place(desk: MeetingDesk) -> None:
    desk.plan()
    before = desk.names()
    table = desk.meetings.planning.table
    drag(table, table.plan.place_of(desk.item(before[2]).id), table.plan.place_of(desk.item(before[0]).id))
    desk.settle()
    assert desk.names()[:3] == [before[2], before[0], before[1]]


def test_a_drag_is_given_up_with_escape(desk: MeetingDesk) -> None:
    desk.plan()
    before = desk.names()
    table = desk.meetings.planning.table
    start = middle(table, table.plan.place_of(desk.item(before[2]).id))
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(table.viewport(), start - QPoint(0, 40))
    QTest.mouseMove(table.viewport(), start - QPoint(0, 60))
    assert table.is_dragging
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert not table.is_dragging
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(0, 60))
    desk.settle()
    assert desk.names() == before


def test_who_must_be_discussed_is_not_moved_among_those_to_note_and_it_is_said_why(desk: MeetingDesk) -> None:
    desk.plan()
    who = next(it.family_name for it in desk.items() if it.lane is Lane.DISCUSS)
    choose(desk, who)
    desk.press(Qt.Key.Key_N)
    assert desk.item(who).lane is Lane.DISCUSS
    assert "the meeting has never discussed them" in desk.telling.told[-1]
    table = desk.meetings.planning.table
    order = desk.names()
    noted = next(it for it in desk.items() if it.lane is Lane.NOTE)
    drag(table, table.plan.place_of(desk.item(who).id), table.plan.place_of(noted.id), below=True)
    desk.settle()
    assert desk.names() == order


def test_who_is_to_be_noted_can_be_discussed_and_noted_again(desk: MeetingDesk) -> None:
    desk.plan()
    who = next(it for it in desk.items() if it.lane is Lane.NOTE)
    choose(desk, who.family_name)
    desk.press(Qt.Key.Key_D)
    assert desk.item(who.family_name).lane is Lane.DISCUSS
    assert desk.item(who.family_name).minutes > who.minutes
    desk.press(Qt.Key.Key_N)
    assert (desk.item(who.family_name).lane, desk.item(who.family_name).minutes) == (Lane.NOTE, who.minutes)


def test_more_minutes_than_there_are_show_who_would_roll_over(desk: MeetingDesk) -> None:
    page = desk.plan()
    who = desk.names()[0]
    choose(desk, who)
    for _ in range(12):
        desk.press(Qt.Key.Key_Plus)
    assert ("heading", "No time left: would roll over") in rows(desk)
    assert "over" in page.planning.time.state.text()
    found = [row for row in map(page.planning.table.plan.row, range(page.planning.table.plan.rowCount())) if row]
    last = [it for it in desk.items() if it.lane is Lane.DISCUSS][-1]
    assert [row.key for row in found if not row.fits] == [last.id]
    for _ in range(12):
        desk.press(Qt.Key.Key_Minus)
    assert ("heading", "No time left: would roll over") not in rows(desk)


def test_somebody_is_taken_off_with_a_reason_and_put_back(desk: MeetingDesk) -> None:
    page = desk.plan()
    who = desk.names()[1]
    choose(desk, who)
    desk.press(Qt.Key.Key_Delete)
    sheet = page.sheets.sheet
    assert isinstance(sheet, ReasonSheet)
    desk.press(Qt.Key.Key_Return)  # without a reason nothing happens
    assert who in desk.names()
    assert "say why" in sheet.field.error.text()
    desk.type("In hospital this week")
    desk.press(Qt.Key.Key_Return)
    assert who not in desk.names()
    assert page.sheets.sheet is None
    row = next(row for row in map(page.planning.table.plan.row, range(page.planning.table.plan.rowCount()))
               if row is not None and row.kind is RowKind.LEFT and row.item is not None)  # fmt: skip
    assert row.why == "Taken off: In hospital this week"
    assert page.planning.table.choose(row.key)
    page.planning.table.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert who in desk.names()


def test_who_is_left_out_is_put_on_the_agenda_with_return(desk: MeetingDesk) -> None:
    page = desk.plan()
    left = [row for row in map(page.planning.table.plan.row, range(page.planning.table.plan.rowCount()))
            if row is not None and row.kind is RowKind.LEFT and row.line is not None]  # fmt: skip
    row = next(row for row in left if row.why == "Nothing new")
    page.planning.table.choose(row.key)
    page.planning.table.setFocus()
    desk.press(Qt.Key.Key_Return)
    added = next(it for it in desk.items() if row.line is not None and it.case_id == row.line.case_id)
    assert added.added_by == "Pat Sample"
    chosen = page.planning.table.chosen()
    assert chosen is not None
    assert chosen.key == added.id


def test_somebody_is_found_by_name_and_added(desk: MeetingDesk) -> None:
    page = desk.plan()
    desk.press(Qt.Key.Key_Insert)
    desk.type("copper")
    desk.press(Qt.Key.Key_Return)  # finds at once what was typed
    desk.press(Qt.Key.Key_Return)
    assert "Copper" in desk.names()
    desk.press(Qt.Key.Key_Return)  # the same again cannot be taken, and it is said why
    assert isinstance(page.sheets.sheet, SearchSheet)
    assert "On the agenda already" in page.sheets.sheet.told.text()
    assert desk.names().count("Copper") == 1
    desk.press(Qt.Key.Key_Escape)
    assert page.sheets.sheet is None


def test_letters_typed_in_the_search_are_no_commands(desk: MeetingDesk) -> None:
    page = desk.plan()
    lanes = [it.lane for it in desk.items()]
    desk.press(Qt.Key.Key_Insert)
    desk.type("dn")
    desk.settle()
    assert isinstance(page.sheets.sheet, SearchSheet)
    QTest.mouseClick(page.sheets.sheet.table.viewport(), Qt.MouseButton.LeftButton)
    desk.press(Qt.Key.Key_D)
    assert [it.lane for it in desk.items()] == lanes
    assert page.sheets.sheet.line.text() == "dnd"


def test_the_question_is_framed_in_place_and_marks_the_person_as_prepared(desk: MeetingDesk) -> None:
    page = desk.plan()
    who = desk.names()[0]
    choose(desk, who)
    desk.press(Qt.Key.Key_Return)
    assert desk.focused() is page.planning.case.question.edit
    assert page.planning.case.question.mark.text() == "Missing"
    desk.type("Can she go home safely")
    desk.press(Qt.Key.Key_Tab)
    assert desk.item(who).question == "Can she go home safely"
    assert page.planning.case.question.mark.text() == "There"
    desk.type("To sleep in my own bed")
    choose(desk, desk.names()[1])  # turning to another person records what was typed about this one
    desk.settle()
    assert desk.item(who).persons_view == "To sleep in my own bed"
    assert not desk.item(desk.names()[1]).persons_view


def test_leaving_the_page_records_what_is_typed(desk: MeetingDesk) -> None:
    desk.plan()
    who = desk.names()[0]
    choose(desk, who)
    desk.press(Qt.Key.Key_Return)
    desk.type("Who has the key")
    desk.go("other")
    assert desk.item(who).question == "Who has the key"


def test_a_sheet_to_search_in_does_not_wait_for_the_next_visit(desk: MeetingDesk) -> None:
    page = desk.plan()
    desk.press(Qt.Key.Key_Insert)
    assert page.sheets.sheet is not None
    desk.go("other")
    assert desk.shell.window.page_key == "other"
    desk.plan()
    assert page.sheets.sheet is None
    desk.press(Qt.Key.Key_Insert)
    assert page.sheets.sheet is not None


def test_the_agenda_is_brought_up_to_date_and_the_order_of_the_chair_stays(desk: MeetingDesk) -> None:
    desk.plan()
    before = desk.names()
    choose(desk, before[0])
    desk.press(Qt.Key.Key_Down, ALT)
    mine = desk.names()
    freed = mine[3]
    desk.services.agendas.remove(desk.item(freed).id, "Died")
    desk.press(Qt.Key.Key_U, CONTROL)
    after = desk.names()
    assert [name for name in after if name in mine] == [name for name in mine if name != freed]
    assert set(after) - set(mine), "the time that is free again is used"


def test_the_proposed_order_can_be_taken_and_taken_back(desk: MeetingDesk) -> None:
    desk.plan()
    proposed = desk.names()
    choose(desk, proposed[0])
    for _ in range(3):
        desk.press(Qt.Key.Key_Down, ALT)
    mine = desk.names()
    assert mine != proposed
    desk.press(Qt.Key.Key_O, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.names() == proposed
    desk.shell.messages.undo_last()
    desk.settle()
    assert desk.names() == mine


def test_the_case_of_a_person_is_opened_from_the_agenda(desk: MeetingDesk) -> None:
    page = desk.plan()
    item = desk.items()[0]
    QTest.mouseClick(page.planning.case.open_case, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.case.seen == [{"person_id": item.person_id}]


def middle(table: AgendaTable, row: int | None) -> QPoint:
    assert row is not None
    return table.visualRect(table.plan.index(row, 1)).center()


def drag(table: AgendaTable, row: int | None, to: int | None, *, below: bool = False) -> None:
    """Drag a row before another one, or behind it."""
    start, end = middle(table, row), middle(table, to)
    end += QPoint(0, table.rowHeight(0) // 3 if below else -table.rowHeight(0) // 3)
    view = table.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(view, start + QPoint(0, round((end.y() - start.y()) * share)))
    assert table.is_dragging
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
