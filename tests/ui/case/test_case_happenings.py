"""What happened to a person, logged on their page, and the actions that meetings agreed about them."""

from datetime import date, timedelta

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.happenings import HandoverState, HappeningKind
from mdt_desktop.domain.tasks import TaskStatus
from mdt_desktop.services.happenings import EpisodeSummary
from mdt_desktop.services.tasks import NewTask
from mdt_desktop.ui.case.happening_sheets import KINDS, CameHomeSheet, HappeningSheet, SaidBackSheet
from mdt_desktop.ui.case.overview import OverviewTab
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.ui.case.desk import CaseDesk


@pytest.fixture
def person(program: Program, place: SmallPlace, desk: CaseDesk) -> tuple[str, str]:
    """Somebody with a case, their page open."""
    found = a_person_with_case(program, place, Stage.ACTIVE)
    desk.open(found[0])
    return found


def overview(desk: CaseDesk) -> OverviewTab:
    tab = desk.page.tab("overview")
    assert isinstance(tab, OverviewTab)
    return tab


def log(desk: CaseDesk, kind: str) -> HappeningSheet:
    """The sheet, open for a kind."""
    overview(desk).happened.log.click()
    desk.settle()
    sheet = desk.page.case.sheet
    assert isinstance(sheet, HappeningSheet)
    sheet.kind.setCurrentIndex(KINDS.index(kind))
    return sheet


def said(desk: CaseDesk) -> str:
    """All that the card of what happened says."""
    return desk.words(overview(desk).happened)


def test_a_crisis_is_logged_with_its_day_and_words_and_stands_on_the_page(
    desk: CaseDesk, person: tuple[str, str]
) -> None:
    sheet = log(desk, "carer_crisis")
    QTest.keyClicks(sheet.text, "Has not slept for days")
    sheet.save.click()
    desk.settle()
    (found,) = desk.program.services.happenings.of_person(person[0]).happenings
    assert (found.kind, found.words) == (HappeningKind.CARER_CRISIS, "Has not slept for days")
    assert found.happened_on == desk.program.access.today()
    assert "Carer in crisis: Has not slept for days" in said(desk)
    assert desk.page.case.sheet is None


@pytest.mark.parametrize("kind", ["carer_crisis", "contingency_triggered", "referral", "handover"])
def test_nothing_is_logged_without_words(desk: CaseDesk, person: tuple[str, str], kind: str) -> None:
    sheet = log(desk, kind)
    sheet.save.click()
    desk.settle()
    assert sheet.text_field.error.isVisible()
    since = desk.program.services.happenings.of_person(person[0])
    assert (since.happenings, since.referrals, since.handovers) == ((), (), ())


def test_a_day_to_come_is_refused_in_words_and_what_was_typed_stays(desk: CaseDesk, person: tuple[str, str]) -> None:
    sheet = log(desk, "carer_crisis")
    QTest.keyClicks(sheet.text, "Something")
    sheet.day.input.edit.clear()
    QTest.keyClicks(sheet.day.input.edit, "01-Jan-2030")
    sheet.save.click()
    desk.settle()
    assert "still to come" in sheet.problem.text()
    assert sheet.text.toPlainText() == "Something"
    sheet.day.input.edit.clear()
    QTest.keyClicks(sheet.day.input.edit, "last week or so")
    sheet.save.click()
    assert sheet.day.field.error.isVisible()


def test_a_stay_in_hospital_is_logged_and_ended_when_the_person_comes_home(
    desk: CaseDesk, person: tuple[str, str]
) -> None:
    sheet = log(desk, "hospital")
    assert sheet.hospital_field.isVisible()
    assert not sheet.next_field.isVisible()
    QTest.keyClicks(sheet.hospital, "Invented General")
    sheet.save.click()
    desk.settle()
    button = desk.page.findChild(QPushButton, f"came_home_{_stay(desk, person).id}")
    assert button is not None
    button.click()
    desk.settle()
    home = desk.page.case.sheet
    assert isinstance(home, CameHomeSheet)
    home.save.click()
    desk.settle()
    assert _stay(desk, person).discharged_on == desk.program.access.today()
    assert "Home from Invented General" in said(desk)


def _stay(desk: CaseDesk, person: tuple[str, str]) -> EpisodeSummary:
    (stay,) = desk.program.services.happenings.of_person(person[0]).episodes
    return stay


def test_a_question_puts_the_person_on_the_next_agenda(desk: CaseDesk, person: tuple[str, str]) -> None:
    sheet = log(desk, "referral")
    assert not sheet.day.field.isVisible()
    QTest.keyClicks(sheet.text, "Who leads?")
    sheet.save.click()
    desk.settle()
    services = desk.program.services
    locality = desk.program.access.actor.locality_id
    series = services.meetings.start_series(locality, {"name": "Weekly", "weekday": 3, "starts_at": "14:00",
                                                       "length_minutes": 90}).made  # fmt: skip
    meeting = services.meetings.plan(series, desk.program.access.today() + timedelta(days=3)).made
    (line,) = services.agendas.propose(meeting).listed
    assert "referred" in line.reasons
    assert "Question to the next meeting: Who leads?" in said(desk)


def test_a_handover_stays_open_until_the_receiver_has_said_it_back(desk: CaseDesk, person: tuple[str, str]) -> None:
    sheet = log(desk, "handover")
    QTest.keyClicks(sheet.text, "Keep the heel off the ground")
    sheet.save.click()
    assert sheet.to_field.error.isVisible()
    assert sheet.next_field.error.isVisible()
    QTest.keyClicks(sheet.to, "Practice nurse")
    QTest.keyClicks(sheet.next, "The nurse rings you")
    sheet.save.click()
    desk.settle()
    (handover,) = desk.program.services.happenings.of_person(person[0]).handovers
    button = desk.page.findChild(QPushButton, f"said_back_{handover.id}")
    assert button is not None
    button.click()
    desk.settle()
    back = desk.page.case.sheet
    assert isinstance(back, SaidBackSheet)
    back.save.click()
    assert back.text_field.error.isVisible()
    QTest.keyClicks(back.text, "Heel up, I ring on Monday")
    back.save.click()
    desk.settle()
    (handover,) = desk.program.services.happenings.of_person(person[0]).handovers
    assert handover.state is HandoverState.UNDERSTOOD
    assert "said back: Keep the heel" in said(desk)


def test_the_actions_of_the_meetings_stand_on_the_page_with_how_late_they_are(
    desk: CaseDesk, person: tuple[str, str], place: SmallPlace
) -> None:
    assert not overview(desk).tasks.isVisible()
    services = desk.program.services
    services.tasks.add(person[1], NewTask("Rescue pack", owner_id=place.gp, due=date(2026, 11, 13)))
    done = services.tasks.add(person[1], NewTask("Bath rail", owner_id=place.nurse)).made
    services.tasks.set_status(done, TaskStatus.DONE)
    desk.page.reload()
    desk.settle()
    text = desk.words(overview(desk).tasks)
    assert "1 open, 1 finished" in text
    assert "Rescue pack" in text
    assert "13-Nov-2026, 10 days late" in text
    assert "Bath rail" not in text


def test_the_worklist_is_asked_for_with_the_persons_number(desk: CaseDesk, person: tuple[str, str]) -> None:
    wished: list[str] = []
    desk.page.worklist_requested.connect(wished.append)
    overview(desk).tasks.worklist.click()
    assert wished == [desk.program.services.case_file.overview(person[0]).person.nhs_number]


def test_the_history_tells_what_happened_in_plain_words(desk: CaseDesk, person: tuple[str, str]) -> None:
    services = desk.program.services
    services.happenings.refer(person[1], "Who leads?")
    services.tasks.add(person[1], NewTask("Rescue pack", owner_words="The person"))
    desk.page.show_tab("history")
    desk.page.reload()
    desk.settle()
    history = desk.page.tab("history")
    model = history.model  # type: ignore[attr-defined]  # the history tab's
    told = [model.texts(number)[1] for number in range(model.rowCount())]
    assert "Question put to the meeting" in told
    assert "Action agreed" in told
    assert not [line for line in told if "_" in line]
