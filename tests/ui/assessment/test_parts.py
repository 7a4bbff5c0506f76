"""Parts of an assessment: how much is answered, who signed, what completing asks for."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mdt_desktop.domain.assessment import AssessmentStatus, PartStatus
from mdt_desktop.domain.organisations import Discipline
from tests.ui.assessment.desk import CLEAN_HEALTH, IMPORTANT, MINUTE, PHQ9_ZERO, Desk


def test_the_part_list_says_how_much_is_answered_and_that_a_part_was_begun(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    assert filling.parts.line_at(0).signature == "Not started"
    desk.type_into("mt-important", "Fridays")
    assert filling.parts.line_at(0).spoken == "What matters to me, 1 of 14 answered, Not signed"


def test_the_next_part_is_one_key_away(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    assert desk.commands.run("assessment.next")
    assert filling.part == "health"
    assert desk.commands.run("assessment.previous")
    assert filling.part == "what_matters"
    assert desk.field("mt-important").hasFocus()


def test_a_part_with_problems_is_not_signed_and_leads_to_them(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    filling.go_to("health")
    desk.type_into("he-admissions", "1000")
    filling.bar.sign.click()
    desk.saved()
    assert filling.form.summary.isVisible()
    assert filling.parts.line_at(1).section.text == "3 to put right"
    assert desk.services.case_file.signatures(filling.view.summary.id) == ()


def test_an_empty_part_is_not_signed_and_the_reason_is_told(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    filling.go_to("home")
    assert desk.commands.run("assessment.sign")
    desk.settle()
    assert desk.answering.notices == ["Answer something in “Home” before you sign it."]


def test_signing_takes_the_discipline_of_the_role_and_says_who_signed(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.verbs.answers(filling.view.summary.id, CLEAN_HEALTH)
    filling = desk.open("joint-assessment")
    filling.go_to("health")
    assert filling.bar.sign.text() == "Sign health part"
    assert filling.bar.chosen is Discipline.CARE_NAVIGATOR
    filling.bar.sign.click()
    desk.settle()
    assert desk.answering.notices == ["Signed “Health” as care navigator"]
    assert filling.parts.line_at(1).signature.startswith("Signed by Sam Specimen, care navigator")
    assert not filling.bar.sign.isVisible()


def test_another_discipline_can_be_chosen_for_signing(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.discipline.setCurrentIndex(filling.bar.discipline.findData("nurse"))
    filling.bar.sign.click()
    desk.saved()
    (signature,) = desk.services.case_file.signatures(filling.view.summary.id)
    assert signature.discipline is Discipline.NURSE


def test_what_is_typed_just_before_signing_is_in_what_is_signed(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    desk.clock.advance(MINUTE)
    filling.bar.sign.click()
    desk.saved()
    assert filling.states()[0].status is PartStatus.SIGNED


def test_a_signed_part_that_is_changed_says_so_and_can_be_signed_again(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.sign.click()
    desk.saved()
    desk.clock.advance(MINUTE)
    desk.type_into("mt-worries", "Falling")
    desk.saved()
    assert filling.parts.line_at(0).signature == "Changed since signed by Sam Specimen"
    assert "changed since by Sam Specimen" in filling.bar.state.text()
    assert filling.bar.sign.isVisible()
    filling.bar.sign.click()
    desk.settle()
    assert filling.states()[0].status is PartStatus.SIGNED


def test_completing_with_unsigned_parts_names_them_and_asks_why(desk: Desk) -> None:
    filling = desk.open("joint-assessment")
    desk.type_into("mt-important", IMPORTANT)
    filling.bar.complete.click()
    desk.saved()
    sheet = desk.page.complete_sheet
    assert sheet is not None
    assert [link.text() for link in sheet.links] == ["What matters to me: not signed"]
    sheet.save.click()
    assert sheet.error.text() == "Error: Say why these parts stay unsigned."
    QTest.keyClicks(sheet.reason, "The person is tired")
    sheet.save.click()
    desk.settle()
    assert desk.filling.view.summary.status is AssessmentStatus.COMPLETED
    assert "The person is tired" in desk.filling.bar.state.text()


def test_nothing_answered_cannot_be_completed_and_that_is_told(desk: Desk) -> None:
    desk.open("phq-9")
    assert desk.commands.run("assessment.complete")
    desk.settle()
    assert desk.answering.notices == ["Nothing is recorded in this assessment yet, so it cannot be completed."]


def test_a_completed_form_is_read_and_changing_it_makes_it_amended(desk: Desk) -> None:
    filling = desk.open("phq-9")
    assessment = filling.view.summary.id
    desk.verbs.answers(assessment, PHQ9_ZERO)
    desk.clock.advance(MINUTE)
    filling = desk.open("phq-9")
    filling.bar.sign.click()
    desk.settle()
    assert filling.bar.complete.property("kind") == "primary"
    filling.bar.complete.click()
    desk.settle()
    filling = desk.filling
    assert filling.editing is False
    assert not filling.bar.complete.isVisible()
    filling.bar.change.click()
    desk.settle()
    desk.clock.advance(MINUTE)
    desk.field("phq9-1").setFocus()
    QTest.keyClick(desk.field("phq9-1"), Qt.Key.Key_Down)
    desk.saved()
    assert desk.services.case_file.assessment(assessment).status is AssessmentStatus.AMENDED
    assert "Changed after completion" in desk.filling.header.summary.text()
    assert desk.filling.states()[0].status is PartStatus.CHANGED_SINCE_SIGNED
