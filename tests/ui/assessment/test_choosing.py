"""Choosing an assessment: what each form is for, going on with an open one, one that is not there."""

from PySide6.QtWidgets import QPushButton

from tests.ui.assessment.desk import Desk, pushed


def test_the_cards_say_what_each_form_is_for_and_under_which_licence(desk: Desk) -> None:
    desk.page.shown({"person_id": desk.case.person_id})
    desk.settle()
    assert desk.page.shelf is not None
    assert [card.heading.text() for card in desk.page.shelf.cards] == [
        "Joint health and social care assessment",
        "Care Act evidence table",
        "PHQ-9, mood over the last two weeks",
        "ONS4, personal wellbeing",
    ]
    assert all(card.button.text() == "Start" for card in desk.page.shelf.cards)
    assert desk.page.shelf.cards[0].button.hasFocus()


def test_starting_a_form_opens_it_with_the_focus_in_its_first_field(desk: Desk) -> None:
    desk.page.shown({"case_id": desk.case.case_id})
    desk.settle()
    assert desk.page.shelf is not None
    desk.page.shelf.cards[0].button.click()
    desk.settle()
    assert desk.filling.view.questionnaire.id == "joint-assessment"
    assert desk.field("mt-important").hasFocus()


def test_an_open_form_is_gone_on_with(desk: Desk) -> None:
    first = desk.open("phq-9").view.summary.id
    pushed(desk.page, "All assessments")
    desk.settle()
    assert desk.page.shelf is not None
    assert desk.page.shelf.cards[2].button.text() == "Continue"
    desk.page.shelf.cards[2].button.click()
    desk.settle()
    assert desk.filling.view.summary.id == first


def test_the_banner_shows_whose_assessment_it_is(desk: Desk) -> None:
    desk.open("ons4")
    assert desk.page.banner.content is not None
    assert desk.page.banner.content.name == "SAMPLETON, Rahima (Mrs)"


def test_an_assessment_that_is_not_there_says_so_and_offers_to_try_again(desk: Desk) -> None:
    desk.page.shown({"assessment_id": "019ab000-0000-7000-8000-000000000000"})
    desk.settle()
    assert desk.page.filling is None
    assert any(it.text() == "Try again" and it.isVisible() for it in desk.page.findChildren(QPushButton))
