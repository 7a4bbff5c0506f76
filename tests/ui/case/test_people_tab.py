"""Contacts, alerts and the care team of a case: added, ended and taken back."""

from mdt_desktop.bootstrap import Program
from mdt_desktop.ui.case.people_sheets import ContactSheet, FlagSheet
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.ui.case.desk import CaseDesk, overview


def test_a_contact_is_added_and_its_removal_taken_back(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "people")
    desk.press("add_contact", page.tab("people"))
    sheet = page.case.sheet
    assert isinstance(sheet, ContactSheet)
    desk.press("sheet_save")
    assert "Give the name." in desk.words()
    sheet.name.setText("Yusuf Example")
    sheet.relationship.setText("Son")
    sheet.may.setChecked(False)
    desk.press("sheet_save")
    assert "Yusuf Example" in desk.words()
    assert "Do not contact" in desk.words()
    desk.press("remove_contact")
    assert overview(program, person).contacts == ()
    desk.messages.undo_last()
    desk.settle()
    kept = overview(program, person).contacts[0]
    assert (kept.name, kept.relationship, kept.may_be_contacted) == ("Yusuf Example", "Son", False)


def test_an_alert_appears_in_the_banner_and_goes_when_it_is_ended(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "people")
    desk.press("add_flag")
    sheet = page.case.sheet
    assert isinstance(sheet, FlagSheet)
    desk.press("sheet_save")
    assert "Say what the alert is about." in desk.words()
    sheet.text.setText("Penicillin")
    desk.press("sheet_save")

    def alerts() -> list[str]:
        assert page.banner.content is not None
        return [alert.words for alert in page.banner.content.alerts]

    assert alerts() == ["Allergy: Penicillin"]
    desk.press("end_flag")
    assert alerts() == []
    desk.messages.undo_last()
    desk.settle()
    assert alerts() == ["Allergy: Penicillin"]


def test_somebody_leaves_the_care_team_and_is_taken_back(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, case = a_person_with_case(program, place)
    program.services.cases.join_team(case, place.nurse, "Wound care")
    desk.open(person, "people")
    desk.press("leave_team")
    assert "left 23-Nov-2026" in desk.words()
    desk.messages.undo_last()
    desk.settle()
    assert overview(program, person).team[0].left is None
