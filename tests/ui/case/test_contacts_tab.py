"""The log of a case on the case page: reading, searching, logging a contact by keyboard, correcting, marking."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.cases import Stage
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.organisations import Role
from mdt_desktop.ui.case.contacts import ContactColumn, ContactsTab
from mdt_desktop.ui.case.note_sheets import AddToSheet, NoteSheet, WithdrawSheet
from mdt_desktop.ui.case.page import TABS
from tests.helpers.borough import SmallPlace, a_person, a_person_with_case
from tests.helpers.clocks import FrozenClock
from tests.helpers.colleagues import a_colleague
from tests.ui.case.desk import CaseDesk, the_overview


@pytest.fixture
def person(program: Program, place: SmallPlace) -> tuple[str, str]:
    return a_person_with_case(program, place, Stage.ACTIVE)


@pytest.fixture
def log(program: Program, person: tuple[str, str], clock: FrozenClock) -> list[str]:
    """Three contacts, the earliest first; ids."""
    made = []
    for kind, said in (
        (NoteKind.TELEPHONE, "Rang: the walking frame comes on Friday."),
        (NoteKind.VISIT, "At home with her niece.\nThe frame is too high."),
        (NoteKind.COLLEAGUE, "Asked the therapist to look at the frame."),
    ):
        clock.advance(timedelta(hours=3))
        made.append(program.services.notes.add(person[1], said, None, kind).made)
    clock.advance(timedelta(hours=1))
    return made


def opened(desk: CaseDesk, person: tuple[str, str]) -> ContactsTab:
    tab = desk.open(person[0], "contacts").tab("contacts")
    assert isinstance(tab, ContactsTab)
    return tab


def shown(tab: ContactsTab) -> list[str]:
    lines = [tab.model.texts(row) for row in range(tab.model.rowCount())]
    return [texts[ContactColumn.WORDS] for texts in lines if texts is not None]


def sheet(desk: CaseDesk) -> NoteSheet:
    found = desk.page.case.sheet
    assert isinstance(found, NoteSheet)
    return found


def typed_in_search(desk: CaseDesk, tab: ContactsTab, text: str) -> None:
    tab.search.setFocus()
    QTest.keyClicks(tab.search, text)
    desk.qtbot.waitUntil(lambda: not tab._soon.isActive())


def test_the_list_says_when_who_as_what_which_kind_and_the_words_the_latest_first(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    tab = opened(desk, person)
    texts = tab.model.texts(1)
    assert texts is not None
    assert texts[1:] == ("Pat Sample", "Care navigator", "Visit", "At home with her niece. The frame is too high.")
    assert shown(tab)[0] == "Asked the therapist to look at the frame."
    assert tab.said.text() == "3 of 3 contacts, the latest first"
    assert tab.panel.said.text() == "Asked the therapist to look at the frame."
    tab.table.selectRow(1)
    assert tab.panel.said.text() == "At home with her niece.\nThe frame is too high."


def test_one_key_the_kind_the_words_and_ctrl_return_log_a_contact(desk: CaseDesk, person: tuple[str, str]) -> None:
    page = desk.open(person[0])
    command = next(it for it in page.offers() if it.id == "case.add_contact_note")
    assert (command.shortcuts, command.enabled()) == (("Ctrl+N",), True)
    command.run()
    form = sheet(desk)
    assert form.kind.hasFocus()
    QTest.keyClicks(form.kind, "v")
    QTest.keyClick(form.kind, Qt.Key.Key_Tab)
    assert form.text.hasFocus()
    QTest.keyClicks(form.text, "At home, in good spirits")
    QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert desk.page.case.sheet is None
    (entry,) = desk.program.services.notes.log(person[1])
    assert (entry.note.kind, entry.note.words) == (NoteKind.VISIT, "At home, in good spirits")
    assert desk.program.services.drafts.everything() == ()
    assert "Visit: At home, in good spirits" in desk.words(the_overview(page).contacts)


def test_n_in_the_list_begins_a_contact_and_other_letters_search(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    tab = opened(desk, person)
    tab.table.setFocus()
    QTest.keyClick(tab.table, Qt.Key.Key_N)
    assert sheet(desk).isVisible()
    desk.page.case.close_sheet()
    QTest.keyClick(tab.table, Qt.Key.Key_F)
    assert tab.search.text() == "f"
    assert tab.search.hasFocus()


def test_the_search_finds_words_people_kinds_and_says_how_much_it_hides(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    tab = opened(desk, person)
    typed_in_search(desk, tab, "nie HIGH")
    assert shown(tab) == ["At home with her niece. The frame is too high."]
    assert tab.said.text() == "1 of 3 contacts, the latest first"
    tab.search.clear()
    typed_in_search(desk, tab, "telephone")
    assert shown(tab) == ["Rang: the walking frame comes on Friday."]
    tab.search.clear()
    typed_in_search(desk, tab, "zebra")
    assert tab.no_hit.text() == "No contact has these words. 3 contacts are hidden by the search."
    assert not tab.panel.isVisible()


def test_a_search_is_not_kept_for_the_next_person(
    desk: CaseDesk, person: tuple[str, str], log: list[str], program: Program, place: SmallPlace
) -> None:
    tab = opened(desk, person)
    typed_in_search(desk, tab, "niece")
    other = a_person_with_case(program, place, nhs_number=None)
    opened(desk, other)
    assert (tab.search.text(), shown(tab)) == ("", [])
    assert tab.stack.currentWidget() is tab.empty


def test_without_a_contact_the_page_says_so_and_offers_the_first(desk: CaseDesk, person: tuple[str, str]) -> None:
    opened(desk, person)
    assert "No contact is logged yet" in desk.words()
    desk.press("log_first_contact")
    assert sheet(desk).isVisible()


def test_a_contact_without_words_is_refused_at_its_field_and_the_sheet_stays(
    desk: CaseDesk, person: tuple[str, str]
) -> None:
    opened(desk, person).add()
    form = sheet(desk)
    QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert form.text_field.error.text() == "Error: Write down what the note says."
    assert sheet(desk) is form
    assert desk.program.services.notes.of_case(person[1]) == []


def test_a_store_that_refuses_keeps_the_words_in_the_sheet(
    desk: CaseDesk, person: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(desk, person).add()
    form = sheet(desk)
    QTest.keyClicks(form.text, "Rang her")

    def refuse(*_: object) -> None:
        raise StoreProblem

    monkeypatch.setattr(desk.program.services.notes, "add", refuse)
    QTest.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert form.problem.isVisible()
    assert form.text.toPlainText() == "Rang her"
    assert form.save.isEnabled()


def test_half_a_contact_is_there_again_after_the_page_was_made_anew(desk: CaseDesk, person: tuple[str, str]) -> None:
    opened(desk, person).add()
    form = sheet(desk)
    form.kind.setCurrentIndex(form.kind.findData(NoteKind.VISIT.value))
    QTest.keyClicks(form.text, "Rang, but")
    desk.page.case.drafts.keep_all()
    desk.settle()
    desk.new_page()
    desk.page.show()
    desk.page.shown({"person_id": person[0], "tab": "contacts", "sheet": "note"})
    desk.settle()
    form = sheet(desk)
    assert (form.text.toPlainText(), form.kind.currentData()) == ("Rang, but", NoteKind.VISIT.value)


def test_a_correction_takes_the_place_and_what_was_said_before_can_be_read(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    tab = opened(desk, person)
    tab.table.selectRow(1)
    desk.press("contact_correct")
    form = sheet(desk)
    assert form.text.toPlainText().startswith("At home with her niece.")
    assert form.kind.currentData() == NoteKind.VISIT.value
    form.text.setPlainText("At home with her nephew.")
    form.save.click()
    desk.settle()
    assert shown(tab)[1] == "At home with her nephew."
    assert tab.table.currentIndex().row() == 1
    assert "it said: At home with her niece." in desk.words(tab.panel)


def test_an_addendum_is_read_with_its_contact(desk: CaseDesk, person: tuple[str, str], log: list[str]) -> None:
    tab = opened(desk, person)
    desk.press("contact_add_to")
    form = desk.page.case.sheet
    assert isinstance(form, AddToSheet)
    QTest.keyClicks(form.text, "She will come on Monday")
    form.save.click()
    desk.settle()
    assert shown(tab)[0] == "Asked the therapist to look at the frame. + She will come on Monday"
    assert "by Pat Sample: She will come on Monday" in desk.words(tab.panel)


def test_what_was_entered_in_error_needs_a_reason_and_is_not_read_as_a_contact_any_more(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    tab = opened(desk, person)
    desk.press("contact_withdraw")
    form = desk.page.case.sheet
    assert isinstance(form, WithdrawSheet)
    form.save.click()
    desk.settle()
    assert form.text_field.error.text() == "Error: Write down why this was entered in error."
    QTest.keyClicks(form.text, "Meant for Mr Other")
    form.save.click()
    desk.settle()
    assert shown(tab)[0] == "Entered in error: Meant for Mr Other"
    assert not tab.panel.buttons.isVisible()
    assert tab.panel.said.text() == "Asked the therapist to look at the frame.", "it can still be read"


def test_whoever_may_not_write_reads_the_log_and_is_told_why(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    keeper = a_colleague(desk.program, Role.MDT_ADMINISTRATOR)
    desk.page._services = desk.page.case.services = keeper
    tab = opened(desk, person)
    assert tab.model.rowCount() == 3
    assert not tab.new.isEnabled()
    assert tab.new.toolTip()
    assert not tab.panel.correct.isEnabled()
    tab.add()
    assert desk.page.case.sheet is None


def test_a_failure_to_read_is_told_and_can_be_tried_again(
    desk: CaseDesk, person: tuple[str, str], log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise StoreProblem

    with monkeypatch.context() as patch:
        patch.setattr(desk.program.services.notes, "log", refuse)
        tab = opened(desk, person)
        assert tab.stack.currentWidget() is tab._error
        assert tab.said.text() == ""
    assert tab._error is not None
    tab._error.step.click()
    desk.settle()
    assert tab.model.rowCount() == 3


def test_the_overview_shows_the_last_contacts_and_leads_to_all(
    desk: CaseDesk, person: tuple[str, str], log: list[str]
) -> None:
    page = desk.open(person[0])
    said = desk.words(the_overview(page).contacts)
    assert said.index("Spoke with a colleague: Asked") < said.index("Telephone call: Rang")
    desk.press("show_contacts")
    assert page.tab_key == "contacts"


def test_somebody_without_a_case_has_no_log(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    page = desk.open(a_person(program, place))
    assert not page.tabs.isTabEnabled(list(TABS).index("contacts"))
    next(it for it in page.offers() if it.id == "case.add_contact_note").run()
    assert page.case.sheet is None

