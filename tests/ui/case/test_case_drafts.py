"""Half-typed words on the case page: in the consent form and in every sheet, each about its own person."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.consent import ConsentBasis, ConsentStatus
from mdt_desktop.ui.case.consent import ConsentForm
from mdt_desktop.ui.case.lead_choice import LeadChoice
from mdt_desktop.ui.case.page import CasePage
from mdt_desktop.ui.case.people_sheets import ContactSheet, FlagSheet, TeamSheet
from mdt_desktop.ui.case.stage_card import MoveSheet
from mdt_desktop.words import words
from tests.helpers.borough import SmallPlace, a_person, a_person_with_case
from tests.ui.case.desk import CaseDesk, the_consent, the_overview


def fill_in(form: ConsentForm) -> None:
    """A decision half made."""
    form.radios[ConsentStatus.GIVEN].click()
    form.bases[ConsentBasis.SIGNED].click()
    form.shared_with.chip("gp").click()
    form.with_others.setText("her niece")
    QTest.keyClicks(form.evidence, "She said that")
    form.day.edit.setText("")
    QTest.keyClicks(form.day.edit, "1-Nov-2026")


def stands_in(form: ConsentForm) -> tuple[object, ...]:
    return (form.status, form.basis, form.shared_with.chosen, form.with_others.text(), form.evidence.text(),
            form.day.edit.text())  # fmt: skip


HALF = (ConsentStatus.GIVEN, ConsentBasis.SIGNED, frozenset({"gp"}), "her niece", "She said that", "1-Nov-2026")


def test_a_half_made_decision_is_there_again_when_the_person_is_opened_again(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    first = a_person_with_case(program, place)[0]
    other = a_person(program, place, nhs_number=None)
    page = desk.open(first, "consent")
    fill_in(the_consent(page).form)
    desk.open(other, "consent")
    assert stands_in(the_consent(page).form)[:5] == (None, None, frozenset(), "", "")
    assert not the_consent(page).form.drafting.line.isVisible()
    desk.open(first, "consent")
    form = the_consent(page).form
    assert stands_in(form) == HALF
    assert form.drafting.line.isVisible()
    assert form.drafting.line.said.text().startswith("You had begun this on 23-Nov-2026 at ")


def test_a_page_made_anew_puts_it_back_and_it_can_be_recorded_then(
    desk: CaseDesk, program: Program, place: SmallPlace, qtbot: object
) -> None:
    person = a_person_with_case(program, place)[0]
    page = desk.open(person, "consent")
    fill_in(the_consent(page).form)
    page.case.drafts.keep_all()
    desk.settle()
    desk.new_page()
    page = desk.open(person, "consent")
    form = the_consent(page).form
    assert stands_in(form) == HALF
    form.shared_what.chip("plan").click()
    desk.press("record_consent")
    consent = program.services.case_file.overview(person).consent
    assert (consent.status, consent.evidence) == (ConsentStatus.GIVEN, "She said that")
    assert str(consent.decided_on) == "2026-11-01", "the date was read as if it had been typed"
    assert program.services.drafts.everything() == ()
    assert not form.drafting.line.isVisible()


def test_discarding_a_decision_empties_the_form(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "consent")
    form = the_consent(page).form
    fill_in(form)
    page.case.drafts.keep_all()
    desk.press("clear_consent")
    assert not form.dirty
    assert program.services.drafts.everything() == ()


Open = Callable[[CasePage], None]


def press(name: str, tab: str = "people") -> Open:
    def go(page: CasePage) -> None:
        page.show_tab(tab)
        next(it for it in page.findChildren(QPushButton, name) if it.isVisible()).click()

    return go


def decline(page: CasePage) -> None:
    the_overview(page).stage.move_to(Stage.DECLINED)


SHEETS = {
    "contact": (press("add_contact"), ContactSheet, "contact_comments"),
    "flag": (press("add_flag"), FlagSheet, "flag_words"),
    "team": (press("add_member"), TeamSheet, "team_part"),
    "lead": (press("choose_lead"), LeadChoice, "lead_reason"),
    "move.declined": (decline, MoveSheet, "move_reason"),
}


@pytest.mark.parametrize("key", SHEETS)
def test_words_in_a_sheet_are_kept_when_it_is_left_and_there_when_it_opens_again(
    desk: CaseDesk, program: Program, place: SmallPlace, key: str
) -> None:
    open_it, kind, field = SHEETS[key]
    page = desk.open(a_person_with_case(program, place)[0])
    open_it(page)
    desk.settle()
    sheet = page.case.sheet
    assert type(sheet) is kind
    QTest.keyClicks(named(sheet, field), "Half a sentence")
    QTest.keyClick(named(sheet, field), Qt.Key.Key_Escape)
    assert page.case.sheet is None
    assert desk.answering.notices == [words("lock.draft.kept")]
    desk.settle()
    assert [it.place.form for it in program.services.drafts.everything()] == [key]
    desk.new_page()
    page = desk.open(desk.person)
    open_it(page)
    desk.settle()
    sheet = page.case.sheet
    assert sheet is not None
    assert typed_in(named(sheet, field)) == "Half a sentence"


@pytest.mark.parametrize("key", SHEETS)
def test_one_is_brought_back_to_the_person_the_tab_and_the_sheet(
    desk: CaseDesk, program: Program, place: SmallPlace, key: str
) -> None:
    open_it, kind, field = SHEETS[key]
    page = desk.open(a_person_with_case(program, place)[0])
    open_it(page)
    desk.settle()
    assert page.case.sheet is not None
    QTest.keyClicks(named(page.case.sheet, field), "Half a sentence")
    page.case.drafts.keep_all()
    desk.settle()
    where = page.place()
    assert where["person_id"] == desk.person
    assert where["sheet"] == key
    page = desk.new_page()
    page.show()
    page.shown(where)
    desk.settle()
    assert type(page.case.sheet) is kind
    assert page.tab_key == where["tab"]
    assert typed_in(named(page.case.sheet, field)) == "Half a sentence"


def test_whom_one_had_chosen_instead_is_chosen_again_and_the_proposal_is_no_draft(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    page = desk.open(a_person_with_case(program, place)[0])
    press("choose_lead")(page)
    desk.settle()
    sheet = page.case.sheet
    assert isinstance(sheet, LeadChoice)
    proposed = sheet.who.chosen
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    desk.settle()
    assert program.services.drafts.everything() == (), "nobody has typed or chosen anything"
    press("choose_lead")(page)
    desk.settle()
    sheet = page.case.sheet
    assert isinstance(sheet, LeadChoice)
    other = next(it for it in sheet.who.everybody if proposed is None or it.id != proposed.id)
    sheet.who.choose(other.id)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    press("choose_lead")(page)
    desk.settle()
    sheet = page.case.sheet
    assert isinstance(sheet, LeadChoice)
    assert sheet.who.chosen is not None
    assert sheet.who.chosen.id == other.id


def test_recording_a_sheet_leaves_no_draft_and_a_refused_one_does(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "people")
    press("add_contact")(page)
    desk.settle()
    sheet = page.case.sheet
    assert isinstance(sheet, ContactSheet)
    sheet.comments.setText("Call after six")
    page.case.drafts.keep_all()
    desk.press("sheet_save")
    assert len(program.services.drafts.everything()) == 1, "the name is missing"
    sheet.name.setText("Yusuf Example")
    desk.press("sheet_save")
    assert page.case.sheet is None
    assert program.services.drafts.everything() == ()
    assert words("lock.draft.kept") not in desk.answering.notices


def test_a_sheet_that_is_closed_while_it_is_being_recorded_leaves_no_draft(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "people")
    press("add_contact")(page)
    sheet = page.case.sheet
    assert isinstance(sheet, ContactSheet)
    sheet.name.setText("Yusuf Example")
    sheet.save.click()
    sheet.close_requested.emit()
    desk.settle()
    assert [it.name for it in program.services.case_file.overview(desk.person).contacts] == ["Yusuf Example"]
    assert program.services.drafts.everything() == ()


def test_the_notice_about_kept_words_offers_to_discard_them(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "people")
    press("add_flag")(page)
    sheet = page.case.sheet
    assert isinstance(sheet, FlagSheet)
    sheet.text.setText("Key under the")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    action = desk.answering.actions[-1]
    assert action is not None
    assert action.words == words("lock.draft.discard")
    action.run()
    desk.settle()
    assert program.services.drafts.everything() == ()


def named(sheet: QWidget | None, name: str) -> QWidget:
    assert sheet is not None
    found = sheet.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found


def typed_in(field: QWidget) -> str:
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()
