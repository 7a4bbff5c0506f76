"""The list of meetings, its series, single meetings, and records that are sealed."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QPushButton, QWidget

from mdt_desktop.domain.meeting import AttendanceState, ChairedBy, MeetingState
from mdt_desktop.services.meetings import MeetingSummary
from mdt_desktop.ui.meetings.page import MeetingsPage
from mdt_desktop.ui.meetings.series_card import SeriesCard
from mdt_desktop.ui.meetings.series_sheet import SeriesSheet
from mdt_desktop.ui.meetings.sheets import MeetingSheet, PlanSheet, ReasonSheet
from mdt_desktop.ui.new_file import NewFile
from tests.helpers.meeting_desk import MeetingDesk
from tests.helpers.meetings import PLANNED

CONTROL = Qt.KeyboardModifier.ControlModifier


def click(desk: MeetingDesk, button: QWidget) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.settle()


def planned(desk: MeetingDesk) -> MeetingSummary:
    return desk.services.meetings.meeting(desk.made.planned)


def card(page: MeetingsPage) -> SeriesCard:
    return page.overview.side.findChildren(SeriesCard)[-1]


# The list


def test_the_list_begins_at_the_next_meeting_and_return_opens_it(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    QAbstractItemModelTester(page.overview.coming.meetings)
    assert page.overview.coming.meetings.texts(0) == (
        "Thu 26-Nov-2026", "14:00", "North East weekly MDT", "Sue Sample (Council)", "Nobody yet", "Planned",
    )  # fmt: skip
    assert page.overview.past.meetings.texts(0) == (
        "Thu 19-Nov-2026", "14:00", "North East weekly MDT", "Dr Ann Placeholder (Health)", "3", "Sealed",
    )  # fmt: skip
    assert desk.focused() is page.overview.coming
    desk.press(Qt.Key.Key_Return)
    assert page.planning.isVisible()
    desk.press(Qt.Key.Key_W, CONTROL)
    assert page.overview.isVisible()
    assert desk.focused() is page.overview.coming


def test_one_key_opens_the_cockpit_and_leaving_it_comes_back_to_the_list(desk: MeetingDesk) -> None:
    desk.go("meetings")
    desk.press(Qt.Key.Key_Return, CONTROL)
    assert desk.shell.window.page_key == "cockpit"
    assert desk.cockpit.bar.name.text() == "North East weekly MDT, 26-Nov-2026"
    desk.press(Qt.Key.Key_W, CONTROL)
    assert desk.shell.window.page_key == "meetings"
    assert desk.meetings.overview.isVisible()


def test_a_sealed_meeting_is_read_and_not_held(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    page.overview.past.setFocus()
    page.overview.past.selectRow(0)
    assert not page.overview.hold.isEnabled()
    assert page.overview.open.text() == "Read the record"
    desk.press(Qt.Key.Key_Return, CONTROL)
    assert desk.shell.window.page_key == "meetings"
    desk.press(Qt.Key.Key_Return)
    assert page.reading.isVisible()


def test_a_meeting_that_is_under_way_is_gone_on_with(desk: MeetingDesk) -> None:
    desk.services.meeting_room.begin(desk.made.planned)
    page: MeetingsPage = desk.go("meetings")
    assert page.overview.hold.text() == "Go on with the meeting"
    page = desk.go("meetings", meeting_id=desk.made.planned)
    assert not page.planning.update_agenda.isEnabled()
    assert not page.planning.order.isEnabled()


def test_a_meeting_that_is_not_there_is_said_and_leads_back(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings", meeting_id="nothing")
    button = next(it for it in page.findChildren(QPushButton) if it.isVisible() and it.text() == "Try again")
    click(desk, button)
    assert page.overview.isVisible()


# Series


def test_a_series_is_started_with_its_members_and_its_first_meeting_planned(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    click(desk, page.overview.new_series)
    sheet = page.sheets.sheet
    assert isinstance(sheet, SeriesSheet)
    click(desk, sheet.save)
    assert "name" in sheet.name_field.error.text()
    sheet.name.setFocus()
    desk.type("Second Tuesday")
    sheet.weekday.setCurrentIndex(1)
    sheet.council_chair.setCurrentIndex(sheet.council_chair.findData(desk.made.place.social_worker))
    sheet.first_side.setCurrentIndex(sheet.first_side.findData("council"))
    sheet.quorum_health.setValue(2)
    for who in (desk.made.place.nurse, desk.made.place.social_worker, desk.made.place.nurse):
        sheet.members.who.setCurrentIndex(sheet.members.who.findData(who))
        sheet.members.add.click()  # the nurse twice, who belongs once
    sheet.members.rows[0].part.setText("District nurses")
    click(desk, sheet.save)
    assert page.sheets.sheet is None
    series = next(it for it in desk.services.meetings.all_series() if it.name == "Second Tuesday")
    assert (series.weekday, series.quorum.health, series.first_chaired_by) == (1, 2, ChairedBy.COUNCIL)
    parts = {it.practitioner_id: it.part for it in desk.services.meetings.members(series.id)}
    assert parts == {desk.made.place.nurse: "District nurses", desk.made.place.social_worker: ""}
    made = next(it for it in page.overview.side.findChildren(SeriesCard) if it.accessibleName() == "Second Tuesday")
    click(desk, made.plan)
    plan = page.sheets.sheet
    assert isinstance(plan, PlanSheet)
    assert plan.day.text() == "24-Nov-2026"
    click(desk, plan.save)
    assert page.planning.isVisible()
    meeting = next(it for it in desk.services.meetings.upcoming() if it.series_id == series.id)
    assert (meeting.day, meeting.chair_id) == (date(2026, 11, 24), desk.made.place.social_worker)


def test_a_member_leaves_a_series_and_meetings_that_are_planned_stay_as_they_are(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    click(desk, card(page).change)
    sheet = page.sheets.sheet
    assert isinstance(sheet, SeriesSheet)
    assert not sheet.dirty
    row = next(it for it in sheet.members.rows if it.practitioner.id == desk.made.place.therapist)
    QTest.mouseClick(row.remove, Qt.MouseButton.LeftButton)
    assert sheet.dirty
    sheet.place.setText("Library")
    click(desk, sheet.save)
    members = {it.practitioner_id for it in desk.services.meetings.members(desk.made.series)}
    assert desk.made.place.therapist not in members
    there = {it.practitioner_id for it in desk.services.meetings.attendance(desk.made.planned)}
    assert desk.made.place.therapist in there
    assert planned(desk).place != "Library"


def test_what_is_typed_in_a_sheet_is_asked_for_before_it_is_lost(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    click(desk, card(page).change)
    sheet = page.sheets.sheet
    assert isinstance(sheet, SeriesSheet)
    sheet.place.setText("Library")
    desk.go("other")
    assert desk.shell.window.page_key == "meetings"
    assert desk.telling.asked == ["Something is typed that is not saved."]
    desk.telling.answer = "discard"
    desk.press(Qt.Key.Key_Escape, on=sheet)
    assert page.sheets.sheet is None


# Single meetings


def test_a_second_meeting_that_day_is_refused_and_what_was_typed_stays(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    desk.press(Qt.Key.Key_N, CONTROL)
    sheet = page.sheets.sheet
    assert isinstance(sheet, PlanSheet)
    assert sheet.day.text() == "03-Dec-2026"
    sheet.day.setText("soon")
    click(desk, sheet.save)
    assert sheet.day_field.error.text()
    sheet.day.setText("26-Nov-2026")
    click(desk, sheet.save)
    assert "26-Nov-2026" in sheet.problem.text()
    assert sheet.day.text() == "26-Nov-2026"
    assert len(desk.services.meetings.upcoming()) == 1


def test_a_single_meeting_outside_any_series_is_planned(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings")
    click(desk, page.overview.plan)
    sheet = page.sheets.sheet
    assert isinstance(sheet, PlanSheet)
    assert not sheet.starts_at.isVisible()
    sheet.series.setCurrentIndex(sheet.series.findData(""))
    assert sheet.starts_at.isVisible()
    sheet.day.setText("27-Nov-2026")
    sheet.place.setText("Ward 4")
    click(desk, sheet.save)
    made = next(it for it in desk.services.meetings.upcoming() if it.series_id is None)
    assert (made.day, made.place, made.starts_at) == (date(2026, 11, 27), "Ward 4", "14:00")
    assert page.planning.title.text() == "MDT meeting, North East"


def test_one_meeting_is_changed_without_its_series_and_the_change_taken_back(desk: MeetingDesk) -> None:
    page = desk.plan()
    click(desk, page.planning.change)
    sheet = page.sheets.sheet
    assert isinstance(sheet, MeetingSheet)
    sheet.day.setText("27-Nov-2026")
    sheet.place.setText("Library")
    sheet.chair.setCurrentIndex(sheet.chair.findData(desk.made.place.second_gp))
    click(desk, sheet.save)
    assert (planned(desk).day, planned(desk).place) == (date(2026, 11, 27), "Library")
    assert desk.made.place.second_gp in {
        it.practitioner_id for it in desk.services.meetings.attendance(desk.made.planned)
    }
    assert desk.services.meetings.all_series()[0].place == "Invented Health Centre, room 2"
    assert "27-Nov-2026" in page.planning.when.text()
    desk.shell.messages.undo_last()
    desk.settle()
    assert (planned(desk).day, planned(desk).chair_id) == (PLANNED, desk.made.place.social_worker)


def test_a_meeting_is_called_off_with_a_reason(desk: MeetingDesk) -> None:
    page = desk.plan()
    click(desk, page.planning.change)
    assert isinstance(page.sheets.sheet, MeetingSheet)
    click(desk, page.sheets.sheet.cancel)
    sheet = page.sheets.sheet
    assert isinstance(sheet, ReasonSheet)
    click(desk, sheet.save)
    assert planned(desk).state is MeetingState.PLANNED
    sheet.reason.setText("The room is flooded")
    click(desk, sheet.save)
    assert planned(desk).state is MeetingState.CANCELLED
    assert page.reading.isVisible()
    assert page.reading.state.text() == "Cancelled"


# Who comes


def test_apologies_are_taken_by_key_and_tell_when_the_quorum_is_lost(desk: MeetingDesk) -> None:
    page = desk.plan()
    desk.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    panel = page.planning.expected
    assert desk.focused() is panel.table
    assert "make a quorum" in panel.quorum.text()
    sue = next(n for n in range(panel.model.rowCount()) if (panel.model.texts(n) or ("",))[0] == "Sue Sample")
    panel.table.selectRow(sue)
    desk.press(Qt.Key.Key_Space)
    found = {it.practitioner_id: it.state for it in desk.services.meetings.attendance(desk.made.planned)}
    assert found[desk.made.place.social_worker] is AttendanceState.APOLOGIES
    assert "somebody from social care" in panel.quorum.text()
    desk.press(Qt.Key.Key_X)
    assert "make a quorum" in panel.quorum.text()
    desk.press(Qt.Key.Key_Delete)
    assert len(desk.services.meetings.attendance(desk.made.planned)) == 3
    desk.shell.messages.undo_last()
    desk.settle()
    assert len(desk.services.meetings.attendance(desk.made.planned)) == 4


def test_somebody_else_is_expected(desk: MeetingDesk) -> None:
    page = desk.plan()
    page.planning.show_tab("expected")
    click(desk, page.planning.expected.add)
    desk.type("elsewhere")
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    there = {it.practitioner_id for it in desk.services.meetings.attendance(desk.made.planned)}
    assert desk.made.place.gp_elsewhere in there


# A sealed record


def test_a_sealed_record_is_shown_whole_and_offers_nothing_to_change_it(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings", meeting_id=desk.made.held)
    lines = [line.text for section in page.reading.people if section.isVisible() for line in section.lines.lines]
    assert "Decided: A rail at the back door" in lines
    assert "Order a rail for the back door (Sue Sample)" in lines
    assert "“I want to sit in my own garden.”" in lines
    assert "She was out twice this week." in lines
    assert [line.side for line in page.reading.absent.lines.lines] == ["Apologies"]
    assert page.reading.sealed.text().startswith("Sealed by Pat Sample, 19-Nov-2026")


def test_an_addendum_is_added_about_a_person_and_an_empty_one_is_refused(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings", meeting_id=desk.made.held)
    reading = page.reading
    click(desk, reading.add)
    assert desk.telling.told[-1] == "Please write what is to be put right."
    reading.about.setCurrentIndex(1)
    reading.addendum.setFocus()
    desk.type("The rail is for the front door")
    click(desk, reading.add)
    added = desk.services.meeting_closing.minutes(desk.made.held).addenda
    assert [(it.words, it.item_id) for it in added] == [
        ("The rail is for the front door", reading.about.itemData(1)),
    ]  # fmt: skip
    assert reading.addenda.lines.lines[0].text == "The rail is for the front door"
    assert not reading.addendum.toPlainText()


# What leaves


def test_every_paper_of_a_meeting_that_is_over_is_offered(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings", meeting_id=desk.made.held, papers=True)
    menu = page.reading.papers.papers
    offered = [action.objectName() for action in menu.actions()]
    assert offered == ["minutes", "organisation_minutes", "action_sheets", "letters", "lists"]
    assert menu.isVisible()
    menu.close()
    page = desk.plan()
    offered = [action.objectName() for action in page.planning.papers.papers.actions()]
    assert offered == ["agenda_paper", "agenda_initials", "calendar"]


def test_only_papers_that_somebody_answers_to_are_offered(desk: MeetingDesk) -> None:
    """The page by itself, as nobody has joined it to the rest."""
    desk.shell.register(
        "alone", lambda: MeetingsPage(desk.services, desk.shell.operations, desk.shell.messages)
    )
    page: MeetingsPage = desk.go("alone", meeting_id=desk.made.held)
    assert not page.reading.papers.isVisible()
    page.letters_requested.connect(lambda _: None)
    desk.go("alone", meeting_id=desk.made.held, papers=True)
    assert [action.objectName() for action in page.reading.papers.papers.actions()] == ["letters"]
    page.reading.papers.papers.close()


def test_a_paper_that_is_chosen_is_asked_for(desk: MeetingDesk) -> None:
    page: MeetingsPage = desk.go("meetings", meeting_id=desk.made.held)
    asked: list[str] = []
    page.minutes_requested.disconnect()
    page.minutes_requested.connect(asked.append)
    desk.go("meetings", meeting_id=desk.made.held, papers=True)
    menu = page.reading.papers.papers
    next(it for it in menu.actions() if it.objectName() == "minutes").trigger()
    menu.close()
    assert asked == [desk.made.held]


def test_the_calendar_file_is_saved_without_the_name_of_anybody_discussed(desk: MeetingDesk, tmp_path: Path) -> None:
    page = desk.plan()
    wanted: list[NewFile] = []
    place = tmp_path / "meeting.ics"

    def answer(new: NewFile, _: QWidget, on_path: object) -> None:
        wanted.append(new)
        on_path(str(place))  # type: ignore[operator]  # as the dialog does

    page._ask_file = answer
    page.planning.papers.papers.actions()[-1].trigger()
    desk.settle()
    text = place.read_text(encoding="utf-8")
    assert wanted[0].name == "mdt-meeting-2026-11-26.ics"
    assert "DTSTART;TZID=Europe/London:20261126T140000" in text
    assert not [it for it in desk.items() if it.family_name in text or it.given_names in text]
    assert ("export", "meeting", "Calendar file of the meeting saved") in desk.audit()
    page.save_calendar()
    desk.settle()
    assert "meeting.ics" in desk.telling.told[-1]  # it is there already, and is not overwritten
    assert place.read_text(encoding="utf-8") == text


def test_giving_up_the_calendar_file_saves_nothing(desk: MeetingDesk) -> None:
    page = desk.plan()
    page._ask_file = lambda new, host, on_path: on_path("")
    page.save_calendar()
    desk.settle()
    assert not [it for it in desk.audit() if it[0] == "export"]
