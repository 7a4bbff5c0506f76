"""The directory page through its real widgets, over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.organisations import Discipline, OrganisationKind, Role
from mdt_desktop.services.caseload import CaseloadFilter, CaseloadQuery
from mdt_desktop.services.changes import Changes
from mdt_desktop.ui import theme
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.directory.page import DirectoryPage
from mdt_desktop.ui.directory.sections import PracticeColumn, PractitionerColumn
from mdt_desktop.ui.directory.sheets import LocalitySheet, OrganisationSheet, PracticeSheet, PractitionerSheet
from mdt_desktop.ui.messages import Messages
from mdt_desktop.ui.operations import Operations
from mdt_desktop.words import words
from tests.helpers.answering import Answering
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.helpers.risk_files import PRACTICE, a_risk_file, lines
from tests.ui.conftest import Show


class Screen:
    """The page over a real store."""

    def __init__(self, qtbot: QtBot, program: Program, show: Show) -> None:
        self.qtbot, self.program = qtbot, program
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages, self.presenter = Messages(), Answering()
        self.messages.show_on(self.presenter)
        self.page = DirectoryPage(program.services, self.operations, self.messages)
        self.page.resize(1198, 700)
        self.led: list[str] = []
        self.page.led_people_requested.connect(self.led.append)
        self.broadcasts.changed.connect(self._on_changed)
        show(self.page)
        self.page.shown({})
        self.settle()

    def _on_changed(self, changes: Changes, initiator: QObject | None) -> None:
        if initiator is not self.page:
            self.page.changed(changes)

    def settle(self) -> None:
        """Until commands and the readings after them are done."""
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.operations.idle, timeout=10_000)
            QApplication.processEvents()

    def go(self, section: str) -> None:
        self.page.shown({"section": section})
        self.settle()

    def sheet(self) -> PractitionerSheet:
        assert isinstance(self.page.sheet, PractitionerSheet)
        return self.page.sheet

    def save(self) -> None:
        """Press the sheet's button by the keyboard."""
        assert self.page.sheet is not None
        QTest.keyClick(self.page.sheet.save, Qt.Key.Key_Space)
        self.settle()

    def names(self) -> list[str]:
        model = self.page.section.model
        column = 1 if self.page.section is self.page.practices else 0
        return [str(model.index(row, column).data()) for row in range(model.rowCount())]

    def open(self, name: str) -> None:
        """Type the name into the search line and press Enter."""
        self.page.section.search.setText(name)
        QTest.keyClick(self.page.section.search, Qt.Key.Key_Return)
        self.settle()

    def close(self) -> None:
        self.operations.close()


@pytest.fixture
def screen(qtbot: QtBot, program: Program, place: SmallPlace, show: Show) -> Iterator[Screen]:
    found = Screen(qtbot, program, show)
    yield found
    found.close()


def choose(sheet: PractitionerSheet, **keys: str) -> None:
    """Choose in the lists of a sheet as a person does."""
    for name, key in keys.items():
        box = getattr(sheet, name)
        box.setCurrentIndex(box.findData(key))
        assert box.currentIndex() >= 0, f"{key} is not in {name}"
        box.activated.emit(box.currentIndex())


def test_the_tables_say_who_works_here_and_how_many_they_lead(
    program: Program, place: SmallPlace, qtbot: QtBot, show: Show
) -> None:
    a_person_with_case(program, place, Stage.ACTIVE)
    screen = Screen(qtbot, program, show)
    leads = {it.name: it.leads for it in program.services.directory.practitioners()}
    model = screen.page.practitioners.model
    shown = {
        str(model.index(row, PractitionerColumn.NAME).data()): str(model.index(row, PractitionerColumn.LEADS).data())
        for row in range(model.rowCount())
    }
    assert shown == {name: "1 person" if count else "" for name, count in leads.items()}
    assert "1 person" in shown.values()
    assert screen.page.header.summary.text() == "7 of 7 shown"
    screen.close()


def test_the_models_keep_qts_rules(screen: Screen) -> None:
    for section in (screen.page.practitioners, screen.page.practices, screen.page.organisations):
        QAbstractItemModelTester(section.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        section.search.setText("a")
        section.search.clear()


def test_typing_and_the_discipline_narrow_the_list(screen: Screen) -> None:
    page = screen.page
    page.practitioners.search.setText("sample trust")
    assert screen.names() == ["Nia Sample", "Sue Sample", "Tom Sample"]
    box = page.practitioners.discipline
    box.setCurrentIndex(box.findData(Discipline.NURSE.value))
    assert screen.names() == ["Nia Sample"]
    assert page.header.summary.text() == "1 of 7 shown"
    page.practitioners.search.setText("nobody of that name")
    assert page.practitioners.empty.isVisible()


def test_a_gp_is_added_by_the_keyboard_alone(screen: Screen, place: SmallPlace) -> None:
    QTest.keyClick(screen.page.add, Qt.Key.Key_Space)
    sheet = screen.sheet()
    assert sheet.name.hasFocus()
    QTest.keyClicks(sheet.name, "Dr Di Placeholder")
    QTest.keyClicks(sheet.role, "GP")
    sheet.role.activated.emit(sheet.role.currentIndex())
    assert sheet.discipline.currentData() == Discipline.GP.value
    QTest.keyClicks(sheet.workplace, "Mill")
    QTest.keyClicks(sheet.telephone, "020 7946 0123")
    QTest.keyClick(sheet.telephone, Qt.Key.Key_Return)
    screen.settle()
    assert screen.presenter.notices == ["Dr Di Placeholder added to the directory"]
    assert screen.page.sheet is None
    assert "Dr Di Placeholder" in screen.names()
    (found,) = (it for it in screen.program.services.directory.practitioners() if it.name == "Dr Di Placeholder")
    assert (found.role, found.practice_id) == (Role.GP, place.other_practice)
    row = screen.page.practitioners.model.row(screen.page.practitioners.table.currentIndex().row())
    assert row is not None
    assert row.id == found.id


def test_each_field_says_what_is_wrong_in_it_and_the_first_gets_the_focus(screen: Screen) -> None:
    screen.page.add_practitioner()
    sheet = screen.sheet()
    sheet.telephone.setText("soon")
    screen.save()
    said = {key: it.error.text() for key, it in sheet.fields.items() if it.error.isVisible()}
    assert said == {
        "name": "Error: Write a name.",
        "role": "Error: Choose a role.",
        "discipline": "Error: Choose a discipline. The lead is proposed by it.",
        "workplace": "Error: Choose where this person works. If it is not in the list, add the organisation first.",
        "telephone": "Error: This is not a telephone number. Write digits, for example 020 7946 0000 ext 12.",
    }
    assert sheet.name.hasFocus()
    assert sheet.save.isEnabled()
    sheet.name.setText("Somebody New")
    screen.save()
    assert not sheet.fields["name"].error.isVisible()
    assert sheet.role.hasFocus()


def test_a_gp_of_an_organisation_is_warned_of_and_a_practice_gives_the_locality(
    screen: Screen, place: SmallPlace
) -> None:
    screen.page.shown({"add": "gp"})
    sheet = screen.sheet()
    assert sheet.discipline.currentData() == "gp"
    assert sheet.gp_only.isVisible()
    choose(sheet, workplace=f"practice:{place.practice}")
    assert not sheet.gp_only.isVisible()
    assert not sheet.locality.isVisible()
    assert sheet.works_where.text() == "Works where the practice is: North East"


def test_a_change_is_saved_and_can_be_taken_back(screen: Screen, place: SmallPlace) -> None:
    screen.open("nia")
    sheet = screen.sheet()
    sheet.telephone.setText("020 7946 0999")
    screen.save()
    directory = screen.program.services.directory
    assert directory.practitioner(place.nurse).telephone == "020 7946 0999"
    screen.messages.undo_last()
    screen.settle()
    assert directory.practitioner(place.nurse).telephone == "020 7946 0101"


def test_somebody_who_leads_people_is_not_marked_as_left_and_their_people_can_be_shown(
    screen: Screen, program: Program, place: SmallPlace
) -> None:
    _, case = a_person_with_case(program, place, Stage.ACTIVE)
    lead = program.services.case_file.overview(program.services.case_file.find(case)).lead
    assert lead is not None
    screen.page.open_practitioner(program.services.directory.practitioner(lead.practitioner_id))
    sheet = screen.sheet()
    QTest.keyClick(sheet.end, Qt.Key.Key_Space)
    screen.settle()
    assert "cannot be marked as left yet. People they lead now: 1." in sheet.problem.text()
    assert sheet.show_led.hasFocus()
    QTest.keyClick(sheet.show_led, Qt.Key.Key_Space)
    assert screen.led == [lead.practitioner_id]
    led = program.services.caseload.page(CaseloadQuery(CaseloadFilter(lead=screen.led[0])), 0, 10)
    assert led.total == 1


def test_who_is_marked_as_left_disappears_and_is_shown_on_wish(screen: Screen) -> None:
    screen.open("nia")
    screen.sheet().end.click()
    screen.settle()
    screen.page.practitioners.search.clear()
    assert "Nia Sample" not in screen.names()
    screen.page.practitioners.with_left.setChecked(True)
    assert "Nia Sample" in screen.names()
    screen.open("nia")
    assert screen.sheet().end.text() == "Mark as working here"
    screen.sheet().end.click()
    screen.settle()
    assert screen.presenter.notices == ["Nia Sample marked as left", "Nia Sample works here again"]


def test_whoever_uses_the_laptop_cannot_be_marked_as_left(screen: Screen) -> None:
    screen.open("pat sample")
    assert not screen.sheet().end.isVisible()


def test_a_practice_known_by_its_code_gets_its_name_and_place(
    qtbot: QtBot, program: Program, show: Show, tmp_path: Path
) -> None:
    services = program.services
    services.risk_import.apply(services.risk_import.preview(a_risk_file(tmp_path / "november.csv", lines(20))))
    south = services.workplaces.add_locality("South West").made
    screen = Screen(qtbot, program, show)
    screen.go("practices")
    assert screen.names() == ["No name yet"]
    assert screen.page.header.summary.text() == "1 of 1 shown · named only by their code: 1"
    assert not screen.page.add.isVisible()
    screen.open(PRACTICE.lower())
    sheet = screen.page.sheet
    assert isinstance(sheet, PracticeSheet)
    assert sheet.name.text() == ""
    sheet.name.setText("Copper Bridge Practice")
    sheet.locality.setCurrentIndex(sheet.locality.findData(south))
    screen.save()
    assert screen.names() == ["Copper Bridge Practice"]
    model = screen.page.practices.model
    assert model.index(0, PracticeColumn.LOCALITY).data() == "South West"
    assert model.index(0, PracticeColumn.LATEST_RUN).data() == "01-Nov-2026"
    query = CaseloadQuery(CaseloadFilter(localities=frozenset({south})))
    assert services.caseload.page(query, 0, 1).total == 20
    screen.messages.undo_last()
    screen.settle()
    assert services.caseload.page(query, 0, 1).total == 0
    screen.close()


def test_a_store_without_practices_says_where_they_come_from(qtbot: QtBot, program: Program, show: Show) -> None:
    screen = Screen(qtbot, program, show)
    screen.go("practices")
    assert screen.page.practices.empty.words.text() == "No practice yet"
    assert "risk file" in screen.page.practices.empty.detail.text()
    screen.close()


def test_a_locality_and_an_organisation_are_added(screen: Screen) -> None:
    screen.go("practices")
    screen.page.practices.add_locality.click()
    assert isinstance(screen.page.sheet, LocalitySheet)
    screen.page.sheet.name.setText("north east")
    screen.save()
    assert screen.page.sheet.fields["name"].error.text() == "Error: north east is in the directory already."
    screen.page.sheet.name.setText("South West")
    screen.save()
    screen.go("organisations")
    screen.page.add.click()
    sheet = screen.page.sheet
    assert isinstance(sheet, OrganisationSheet)
    sheet.name.setText("Invented Home Care")
    sheet.kind.setCurrentIndex(sheet.kind.findData(OrganisationKind.HOME_CARE_PROVIDER.value))
    sheet.locality.setCurrentIndex(sheet.locality.findText("South West"))
    screen.save()
    assert "Invented Home Care" in screen.names()


def test_what_is_typed_is_kept_when_a_sheet_closes_and_is_there_when_it_opens_again(screen: Screen) -> None:
    screen.page.add_practitioner()
    QTest.keyClick(screen.sheet().name, Qt.Key.Key_Escape)
    assert screen.presenter.notices == [], "nothing was typed, so nothing is said"
    screen.page.add_practitioner()
    screen.sheet().name.setText("Somebody")
    screen.sheet().role.setCurrentIndex(screen.sheet().role.findData(Role.CARE_NAVIGATOR.value))
    assert screen.page.can_leave(lambda: None)
    QTest.keyClick(screen.sheet().name, Qt.Key.Key_Escape)
    assert screen.page.sheet is None
    assert screen.presenter.notices == [words("lock.draft.kept")]
    assert screen.presenter.asked == []
    screen.page.add_practitioner()
    assert screen.sheet().name.text() == "Somebody"
    assert screen.sheet().role.currentData() == Role.CARE_NAVIGATOR.value
    assert screen.sheet().drafting is not None
    discard = screen.sheet().findChild(QPushButton, "discard_draft")
    assert isinstance(discard, QPushButton)
    discard.click()
    assert screen.sheet().name.text() == ""
    assert not screen.sheet().dirty


def test_a_saved_entry_leaves_no_draft_and_one_that_was_refused_does(screen: Screen) -> None:
    screen.open("nia")
    screen.sheet().telephone.setText("020 7946 0555")
    screen.sheet().name.clear()
    screen.save()
    QTest.keyClick(screen.sheet().name, Qt.Key.Key_Escape)
    screen.settle()
    assert len(screen.program.services.drafts.everything()) == 1
    screen.open("nia")
    assert screen.sheet().telephone.text() == "020 7946 0555"
    screen.sheet().name.setText("Nia Sample")
    screen.save()
    screen.settle()
    assert screen.page.sheet is None
    assert screen.program.services.drafts.everything() == ()


@pytest.mark.parametrize(
    ("section", "sheet", "kind"),
    [
        ("practitioners", "practitioner:", PractitionerSheet),
        ("practices", "locality", LocalitySheet),
        ("organisations", "organisation:", OrganisationSheet),
        ("practices", "practice:{practice}", PracticeSheet),
        ("practitioners", "practitioner:{therapist}", PractitionerSheet),
        ("practices", "practice:gone", type(None)),
        ("practices", "of another version", type(None)),
    ],
)
def test_one_is_brought_back_to_the_part_and_the_sheet_that_were_open(
    screen: Screen, place: SmallPlace, section: str, sheet: str, kind: type
) -> None:
    practice = screen.program.services.directory.practices()[0].id
    wanted = sheet.format(practice=practice, therapist=place.therapist)
    screen.page.shown({"section": section, "sheet": wanted})
    screen.settle()
    assert type(screen.page.sheet) is kind
    assert screen.page.section.key == section
    if kind is not type(None):
        assert screen.page.place() == {"section": section, "sheet": wanted}


def test_a_change_elsewhere_is_shown_and_leaves_what_is_typed(screen: Screen, place: SmallPlace) -> None:
    screen.open("nia")
    screen.sheet().telephone.setText("020 7946 0555")
    workplaces = screen.program.services.workplaces
    screen.operations.run_command(lambda: workplaces.end_practitioner(place.therapist), None)
    screen.settle()
    screen.page.practitioners.search.clear()
    assert "Tom Sample" not in screen.names()
    assert screen.sheet().telephone.text() == "020 7946 0555"


def test_letters_in_the_table_go_to_the_search_line_and_arrows_in_it_walk(screen: Screen) -> None:
    section = screen.page.practitioners
    section.table.setFocus()
    QTest.keyClick(section.table, Qt.Key.Key_S)
    assert section.search.hasFocus()
    assert section.search.text() == "s"
    QTest.keyClick(section.search, Qt.Key.Key_Down)
    assert section.table.currentIndex().row() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_at_150_percent_the_controls_stand_beside_each_other(
    screen: Screen, qapp: QApplication, scheme: str, qtbot: QtBot
) -> None:
    theme.apply(qapp, "dark" if scheme == "dark" else "light", 1.5)
    fresh = DirectoryPage(screen.program.services, screen.operations, screen.messages)
    qtbot.addWidget(fresh)
    fresh.resize(1000, 600)
    fresh.show()
    QApplication.processEvents()
    section = fresh.practitioners
    assert section.search.geometry().right() < section.discipline.geometry().left()
    assert section.discipline.geometry().right() < section.with_left.geometry().left()
    assert section.with_left.geometry().right() <= section.width()
