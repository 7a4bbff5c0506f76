"""The chase list: with initials unless names are wanted, and in the history of everybody on it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mdt_desktop.ui.meetings.chase_panel import ChasePanel
from mdt_desktop.ui.paper_printer import plan_printer
from tests.helpers.meeting_desk import MeetingDesk
from tests.unit.documents_papers import whole_text


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


def test_printing_draws_the_list_and_is_in_the_history(desk: MeetingDesk, tmp_path: Path) -> None:
    panel = the_list(desk)
    out = tmp_path / "printed.pdf"

    def printer() -> QPrinter:
        made = plan_printer()
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setOutputFileName(str(out))
        made.setResolution(72)
        return made

    def yes(_: QPrinter, __: QWidget, answer: Callable[[bool], None]) -> None:
        answer(True)

    printing = desk.meetings.chase_printing
    printing.make_printer, printing.ask_printer = printer, yes
    press(desk, panel.print)
    desk.qtbot.waitUntil(lambda: "Chase list printed" in desk.telling.told, timeout=10_000)
    assert desk.services.chase_papers.page_count(out.read_bytes()) == 1
    assert [it for it in desk.audit() if it[2] == "Chase list of a meeting printed, with initials"]


def test_giving_up_at_the_printer_prints_nothing(desk: MeetingDesk) -> None:
    panel = the_list(desk)
    desk.meetings.chase_printing.ask_printer = lambda printer, host, answer: answer(False)
    press(desk, panel.print)
    assert not [it for it in desk.audit() if "Chase list" in it[2]]


def test_the_paper_has_who_is_asked_and_for_what(desk: MeetingDesk) -> None:
    the_list(desk)
    chase = desk.services.chasing.chase(desk.made.planned)
    text = whole_text(desk.services.chase_papers.paper(chase, names=False))
    assert "Invented Community Trust" in text
    assert "Sue Sample" in text
    assert not [it for it in desk.items() if it.family_name.casefold() in text.casefold()]
