"""The log of a case: contacts are added, corrected beside what stands, added to, and marked as entered in error."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.organisations import Role
from mdt_desktop.services.notes import (
    CaseNoteSummary,
    LogEntry,
    NoteNeedsReason,
    NoteNeedsWords,
    NoteNotInForce,
    NoteOfAnotherCase,
    Notes,
    log_of,
)
from tests.helpers.borough import SmallPlace, a_person_with_case
from tests.helpers.clocks import NOW, FrozenClock


@pytest.fixture
def case_id(program: Program, place: SmallPlace) -> str:
    return a_person_with_case(program, place)[1]


@pytest.fixture
def notes(program: Program) -> Notes:
    return program.services.notes


def only(notes: Notes, case_id: str) -> LogEntry:
    (entry,) = notes.log(case_id)
    return entry


def test_a_contact_says_when_who_as_what_and_of_which_kind(notes: Notes, case_id: str) -> None:
    notes.add(case_id, "  Rang: she has the frame.  ", kind=NoteKind.TELEPHONE)
    entry = only(notes, case_id)
    assert (entry.at, entry.by, entry.written_as) == (NOW, "Pat Sample", Role.CARE_NAVIGATOR)
    assert (entry.note.kind, entry.note.words) == (NoteKind.TELEPHONE, "Rang: she has the frame.")


def test_the_latest_contact_stands_first_and_a_correction_keeps_its_place(
    notes: Notes, case_id: str, clock: FrozenClock
) -> None:
    first = notes.add(case_id, "Rang on Fryday").made
    clock.advance(timedelta(hours=1))
    notes.add(case_id, "Visited", kind=NoteKind.VISIT)
    clock.advance(timedelta(hours=1))
    notes.add(case_id, "Rang on Friday", first, NoteKind.TELEPHONE)
    latest, corrected = notes.log(case_id)
    assert (latest.note.words, corrected.note.words) == ("Visited", "Rang on Friday")
    assert (corrected.at, corrected.note.written_at) == (NOW, NOW + timedelta(hours=2))
    assert [it.words for it in corrected.before] == ["Rang on Fryday"]


def test_an_addendum_stands_with_its_contact_also_after_that_was_corrected(
    notes: Notes, case_id: str, clock: FrozenClock
) -> None:
    first = notes.add(case_id, "Rang", kind=NoteKind.TELEPHONE).made
    clock.advance(timedelta(minutes=5))
    notes.add_to(first, "Her niece rang back.")
    clock.advance(timedelta(minutes=5))
    notes.add(case_id, "Rang her niece", first, NoteKind.TELEPHONE)
    entry = only(notes, case_id)
    assert entry.note.words == "Rang her niece"
    assert [(it.words, it.kind) for it in entry.added] == [("Her niece rang back.", NoteKind.TELEPHONE)]


def test_what_was_entered_in_error_stays_with_the_reason_and_the_audit_names_it(
    program: Program, notes: Notes, case_id: str, clock: FrozenClock
) -> None:
    note = notes.add(case_id, "Rang Mrs Other").made
    clock.advance(timedelta(minutes=5))
    notes.withdraw(note, "Belongs to another person")
    entry = only(notes, case_id)
    assert entry.withdrawn is not None
    assert (entry.note.words, entry.withdrawn.words) == ("Rang Mrs Other", "Belongs to another person")
    acts = program.access.database.reader.execute(
        "SELECT action FROM audit_entry WHERE kind = 'case_note' ORDER BY seq"
    ).fetchall()
    assert ("withdraw",) in acts


def test_everything_written_leaves_for_the_central_store_and_nothing_is_ever_updated(
    program: Program, notes: Notes, case_id: str
) -> None:
    note = notes.add(case_id, "Rang").made
    notes.add_to(note, "Again")
    notes.withdraw(note, "Twice in")
    sent = program.access.database.reader.execute("SELECT kind FROM outbox WHERE type = 'case_note'").fetchall()
    assert sent == [("create",)] * 3


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        pytest.param(lambda notes, case, note: notes.add(case, " \n "), NoteNeedsWords, id="a contact without words"),
        pytest.param(lambda notes, case, note: notes.add_to(note, ""), NoteNeedsWords, id="an empty addendum"),
        pytest.param(lambda notes, case, note: notes.withdraw(note, " "), NoteNeedsReason, id="no reason"),
        pytest.param(lambda notes, case, note: notes.add_to("no note", "x"), NotFound, id="adding to nothing"),
        pytest.param(lambda notes, case, note: notes.withdraw("no note", "x"), NotFound, id="marking nothing"),
    ],
)  # fmt: skip
def test_what_is_missing_is_refused_and_nothing_is_written(
    notes: Notes, case_id: str, verb: "object", error: type[Exception]
) -> None:
    note = notes.add(case_id, "Rang").made
    assert callable(verb)
    with pytest.raises(error):
        verb(notes, case_id, note)
    assert len(notes.of_case(case_id)) == 1


def test_what_was_corrected_or_marked_is_not_changed_again(notes: Notes, case_id: str) -> None:
    first = notes.add(case_id, "Rang").made
    second = notes.add(case_id, "Rang twice", first).made
    mark = notes.withdraw(second, "Not this person").made
    for note in (first, second, mark):
        with pytest.raises(NoteNotInForce):
            notes.add(case_id, "Other words", note)
        with pytest.raises(NoteNotInForce):
            notes.add_to(note, "More")
        with pytest.raises(NoteNotInForce):
            notes.withdraw(note, "Again")
    assert len(notes.of_case(case_id)) == 3


def test_a_correction_belongs_to_its_own_case(program: Program, place: SmallPlace, notes: Notes, case_id: str) -> None:
    note = notes.add(case_id, "Rang").made
    other = a_person_with_case(program, place, nhs_number=None)[1]
    with pytest.raises(NoteOfAnotherCase):
        notes.add(other, "Rang somebody else", note)


def a_note(number: int, words: str, **more: object) -> CaseNoteSummary:
    made = CaseNoteSummary(
        str(number), "case", words, None, NOW + timedelta(minutes=number), "Pat Sample", NoteKind.OTHER, None, None,
        withdraws=False, replaced=False,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # of each test's own columns


def test_two_corrections_made_at_one_time_are_both_kept_the_later_in_force() -> None:
    first = a_note(1, "Rang", replaced=True)
    (entry,) = log_of([first, a_note(3, "of the second", replaces_id="1"), a_note(2, "of the first", replaces_id="1")])
    assert (entry.note.words, [it.words for it in entry.before]) == ("of the second", ["Rang", "of the first"])


def test_a_mark_holds_against_a_correction_made_elsewhere_at_the_same_time() -> None:
    mark = a_note(2, "another person", replaces_id="1", withdraws=True)
    (entry,) = log_of([a_note(1, "Rang", replaced=True), mark, a_note(3, "Rang again", replaces_id="1")])
    assert (entry.withdrawn, entry.note.words) == (mark, "Rang again")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"replaces_id": "gone"}, id="what it replaces is not here"),
        pytest.param({"adds_to_id": "gone"}, id="what it adds to is not here"),
        pytest.param({"replaces_id": "1"}, id="it replaces itself"),
        pytest.param({"adds_to_id": "1"}, id="it adds to itself"),
        pytest.param({"replaces_id": "gone", "withdraws": True}, id="what it marks is not here"),
    ],
)
def test_a_note_whose_other_half_is_not_on_this_laptop_is_shown_all_the_same(odd: dict[str, object]) -> None:
    log = log_of([a_note(1, "Rang", **odd)])
    shown = [*(it.note.words for it in log), *(more.words for it in log for more in it.added)]
    assert shown == ["Rang"]


@pytest.mark.parametrize("link", ["replaces_id", "adds_to_id"])
def test_a_loop_that_came_from_outside_ends_and_leaves_nobody_out(link: str) -> None:
    log = log_of([a_note(1, "One", **{link: "2"}), a_note(2, "Two", **{link: "1"}), a_note(3, "Three", **{link: "1"})])
    shown = [words for it in log for words in (it.note.words, *(more.words for more in (*it.before, *it.added)))]
    assert sorted(shown) == ["One", "Three", "Two"]


def test_an_addendum_to_an_addendum_stands_with_the_contact() -> None:
    (entry,) = log_of([a_note(1, "Rang"), a_note(2, "More", adds_to_id="1"), a_note(3, "Still more", adds_to_id="2")])
    assert [it.words for it in entry.added] == ["More", "Still more"]
