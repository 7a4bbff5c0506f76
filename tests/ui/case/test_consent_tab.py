"""The consent form on the case: complete, honest about dates, and nothing typed is lost or crosses to somebody else."""

from datetime import date

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.consent import ConsentStatus
from tests.helpers.borough import SmallPlace, a_decision, a_person, a_person_with_case
from tests.ui.case.desk import CaseDesk, overview, the_consent


def test_consent_is_recorded_with_everything_it_needs(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.GIVEN].setChecked(True)
    assert form.decided_by.text() == "Mrs Amina Example"
    form.decided_by.clear()
    desk.press("record_consent")
    said = desk.words()
    for error in (
        "Please choose the basis", "with whom information may be shared", "Say what may be shared.", "Say who decided",
    ):  # fmt: skip
        assert error in said
    form.decided_by.setText("Mrs Amina Example")
    form.bases[next(it for it in form.bases if it.value == "spoken")].setChecked(True)
    form.shared_with.choose(frozenset({"gp", "social_care"}))
    form.with_others.setText("Mrs Neighbour")
    form.shared_what.choose(frozenset({"plan"}))
    form.day.edit.setText("2/11/2026")
    form.day.edit.textEdited.emit("2/11/2026")
    desk.press("record_consent")
    kept = overview(program, person).consent
    assert (kept.may_share, kept.shared_with) == (True, "GP practice, Adult social care, Mrs Neighbour")
    assert (kept.decided_by, kept.decided_on) == ("Mrs Amina Example", date(2026, 11, 2))
    assert not form.dirty
    assert "The plan may be shared with those named here." in desk.words()


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (ConsentStatus.GIVEN, {"signed", "spoken", "attorney_or_deputy"}),
        (ConsentStatus.LACKS_CAPACITY, {"best_interests", "attorney_or_deputy"}),
        (ConsentStatus.REFUSED, set()),
        (ConsentStatus.WITHDRAWN, set()),
    ],
    ids=lambda it: it.value if isinstance(it, ConsentStatus) else "",
)
def test_only_bases_that_fit_the_decision_are_offered(
    desk: CaseDesk, program: Program, place: SmallPlace, status: ConsentStatus, offered: set[str]
) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "consent")
    form = the_consent(page).form
    form.radios[status].setChecked(True)
    assert {basis.value for basis, radio in form.bases.items() if radio.isVisible()} == offered


def test_a_date_to_come_is_refused_and_nothing_typed_is_lost(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.REFUSED].setChecked(True)
    form.evidence.setText("Said so on the telephone")
    form.day.edit.setText("+3m")
    form.day.edit.textEdited.emit("+3m")
    desk.press("record_consent")
    assert "Error: The decision cannot be dated in the future." in desk.words()
    assert (form.evidence.text(), form.status) == ("Said so on the telephone", ConsentStatus.REFUSED)
    assert overview(program, person).consent.status is ConsentStatus.NOT_ASKED


def test_what_is_being_typed_survives_a_change_made_elsewhere(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person, _ = a_person_with_case(program, place)
    page = desk.open(person, "consent")
    form = the_consent(page).form
    form.radios[ConsentStatus.GIVEN].setChecked(True)
    form.evidence.setText("half a sent")
    desk.command(lambda: program.services.consents.record(person, a_decision()))
    assert "Signed consent" in the_consent(page).facts.text()
    assert (form.status, form.evidence.text()) == (ConsentStatus.GIVEN, "half a sent")


def test_a_page_with_something_typed_is_left_without_a_question_and_keeps_it(
    desk: CaseDesk, program: Program, place: SmallPlace
) -> None:
    person = a_person_with_case(program, place)[0]
    page = desk.open(person, "consent")
    the_consent(page).form.evidence.setText("Form in the file")
    assert page.can_leave(lambda: None)
    assert page.dirty
    desk.open(person)
    assert the_consent(page).form.evidence.text() == "Form in the file"
    assert desk.answering.asked == []


def test_another_person_never_inherits_what_was_typed(desk: CaseDesk, program: Program, place: SmallPlace) -> None:
    page = desk.open(a_person_with_case(program, place)[0], "consent")
    the_consent(page).form.evidence.setText("of the first person")
    other = a_person(program, place, nhs_number=None)
    desk.open(other, "consent")
    assert the_consent(page).form.evidence.text() == ""
