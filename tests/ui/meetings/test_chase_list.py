"""The chase list: with initials unless names are wanted, and in the history of everybody on it."""


from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mdt_desktop.ui.meetings.chase_panel import ChasePanel
from tests.helpers.meeting_desk import MeetingDesk


def the_list(desk: MeetingDesk) -> ChasePanel:
    page = desk.plan()
    lead(desk)
    page.planning.show_tab("chase")
    return page.planning.chase


def lead(desk: MeetingDesk) -> None:
    """The first on the agenda is led by the social worker of a trust."""
    case = desk.items()[0].case_id
    proposal = desk.services.allocations.propose(case)
    desk.services.allocations.agree(case, desk.made.place.social_worker, proposal, "Knows her")
    desk.meetings.reload()
    desk.settle()


def press(desk: MeetingDesk, button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.settle()


def test_the_list_goes_by_the_organisation_of_the_lead_and_nobody_to_ask_comes_last(desk: MeetingDesk) -> None:
    panel = the_list(desk)
    shown = [it for it in panel._sections if it.isVisible()]
    assert [it.name.text() for it in shown] == ["Invented Community Trust", "Nobody to ask yet"]
    first = shown[0].lines.lines[0].text
    item = desk.items()[0]
    assert first == f"Sue Sample: {item.initials}, born {item.born.year}"


def test_copying_takes_initials_and_is_in_the_history(desk: MeetingDesk) -> None:
    panel = the_list(desk)
    press(desk, panel.copy)
    text = QApplication.clipboard().text()
    assert "Question to the meeting" in text
    assert not [it for it in desk.items() if it.family_name in text]
    told = [it for it in desk.audit() if it[2] == "Chase list of a meeting copied, with initials"]
    assert len([it for it in told if it[1] == "agenda_item"]) >= 5
    assert len([it for it in told if it[1] == "meeting"]) == 1


def test_copying_names_is_asked_for_first(desk: MeetingDesk) -> None:
    panel = the_list(desk)
    QApplication.clipboard().setText("before")
    panel.names.setChecked(True)
    press(desk, panel.copy)
    assert desk.telling.asked == ["Copy names and dates of birth?"]
    assert QApplication.clipboard().text() == "before"
    desk.telling.answer = "copy"
    press(desk, panel.copy)
    assert desk.items()[0].family_name.upper() in QApplication.clipboard().text()


def test_print_asks_for_the_paper_of_the_meeting_that_is_planned(desk: MeetingDesk) -> None:
    panel = the_list(desk)
    wanted: list[str] = []
    desk.meetings.chase_paper_requested.connect(wanted.append)
    press(desk, panel.print)
    assert wanted == [desk.made.planned]
