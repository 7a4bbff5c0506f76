"""The papers of a meeting from the store: who is on which, what is hidden, what needs a basis, and the audit."""

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from mdt_desktop.documents.writing import FileNameRefused, PaperFileExists, PaperNotSaved
from mdt_desktop.domain.consent import NoBasisToShare
from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.meeting_papers import (
    REASONS,
    LetterToNobody,
    LetterTooEarly,
    MeetingPaperKind,
    MeetingPaperPurpose,
    MeetingPaperReason,
    NotOnThePapers,
    PaperWanted,
)
from mdt_desktop.domain.paper_password import PaperPasswordKnown
from mdt_desktop.domain.people import FlagKind
from mdt_desktop.records import Person
from mdt_desktop.services.meeting_papers import MeetingPapers, SeveralMeetings
from mdt_desktop.store import audit_log
from tests.helpers.borough import a_store
from tests.helpers.clocks import FrozenClock
from tests.helpers.held_meeting import DAY, PEOPLE, HeldMeeting, a_held_meeting, a_planned_meeting, a_sealed_meeting
from tests.unit.documents_papers import whole_text

K = MeetingPaperKind
FAMILY = [family for _, _, family, _ in PEOPLE]


@pytest.fixture
def sealed(tmp_path: Path, clock: FrozenClock) -> Iterator[HeldMeeting]:
    with a_store(tmp_path, clock) as program:
        yield a_sealed_meeting(program, clock)


@pytest.fixture
def planned(tmp_path: Path, clock: FrozenClock) -> Iterator[HeldMeeting]:
    with a_store(tmp_path, clock) as program:
        yield a_planned_meeting(program, clock)


def papers(held: HeldMeeting) -> MeetingPapers:
    return held.program.services.meeting_papers


def wanted(held: HeldMeeting, kind: MeetingPaperKind, of: str = "") -> PaperWanted:
    return PaperWanted(held.meeting, kind, of)


def why(kind: MeetingPaperKind) -> MeetingPaperPurpose:
    return MeetingPaperPurpose(REASONS[kind][0])


def text_of(held: HeldMeeting, kind: MeetingPaperKind, of: str = "") -> str:
    return whole_text(papers(held).pdf(papers(held).paper_about(wanted(held, kind, of), None, why(kind))))


def entries(held: HeldMeeting) -> list[tuple[str, str, str | None, str, str]]:
    return held.program.access.database.reader.execute(
        "SELECT action, record_id, person_id, fields, reason FROM audit_entry WHERE kind = 'meeting_paper' ORDER BY seq"
    ).fetchall()


def test_the_agenda_names_everybody_and_the_one_with_initials_nobody(planned: HeldMeeting) -> None:
    full, initials = text_of(planned, K.AGENDA), text_of(planned, K.AGENDA_INITIALS)
    for title, given, family, number in PEOPLE:
        assert f"{title} {given} {family}" in full
        assert family not in initials, "not even in the question, where the name was typed"
        assert given not in initials
        assert not number or f"{number[:3]} {number[3:6]} {number[6:]}" not in initials
    assert "943 476 5919" in full
    for text in (full, initials):
        assert "go home from the rehabilitation ward" in text
        assert "Still missing: what the person wants, a basis to share, the question to the meeting" in text
        assert "Nia Lantern" in text
    assert "AS" in initials
    assert "Aged 94" in initials


def test_the_chase_list_tells_initials_and_what_is_missing_of_whom(planned: HeldMeeting) -> None:
    text = text_of(planned, K.CHASE_LIST)
    assert "Ready: 1 of 12 people to be discussed" in text
    assert "BH, aged 93" in text
    assert not [family for family in FAMILY if family in text]


def test_the_minutes_tell_everything_in_the_order_of_the_agenda(sealed: HeldMeeting) -> None:
    text = text_of(sealed, K.MINUTES)
    places = [text.index(f". {title} {given} {family}") for title, given, family, _ in PEOPLE[:10]]
    assert places == sorted(places)
    for words in (
        "Vic Helper", "By video", "Agreed instead of Dr Ann Placeholder, because: She knows her", "Speak to her alone",
        "If nobody is there in the first night.",
        "Nobody could ask in",
        "Missing: somebody who knows the person", "Discussed and not agreed", "With Sue Copper, until 10 December 2026",
        "The first visit is on Tuesday", "added by Pat Sample on", "Room 2 was Room 3", "Sealed by Pat Sample on",
        "3 December 2026", "Outcome: plan changes", "Farid, her son, cannot lift her",
    ):  # fmt: skip
        assert words in text, words
    assert text.index("Goes to the next meeting") < text.index("Mrs Khadija Allegedly")
    assert "DRAFT" not in text


def test_minutes_before_sealing_are_a_draft(tmp_path: Path, clock: FrozenClock) -> None:
    with a_store(tmp_path, clock) as program:
        held = a_held_meeting(program, clock, people=4)
        paper = papers(held).paper_about(wanted(held, K.MINUTES))
        assert "DRAFT" in whole_text(papers(held).pdf(paper))
        assert paper.notes == ("The meeting is not sealed yet. Every page says so.",)


def test_an_organisation_gets_only_the_people_it_has_to_do_with(sealed: HeldMeeting) -> None:
    council = text_of(sealed, K.ORGANISATION_MINUTES, sealed.organisations["council"])
    shown = [family for family in FAMILY if family in council]
    # The social worker is in two teams and has agreed to do something about two more.
    assert shown == ["Sampleton", "Hypotheton", "Placeholding", "Pretendly"]
    assert "For Exampleton Council" in council
    assert "Room 2 was Room 3" not in council, "what is about the meeting may be about anybody"


def test_nobody_without_a_basis_to_share_is_in_any_organisations_minutes(sealed: HeldMeeting) -> None:
    for choice in papers(sealed).choices(sealed.meeting, K.ORGANISATION_MINUTES):
        text = text_of(sealed, K.ORGANISATION_MINUTES, choice.id)
        assert "Inventson" not in text, choice.name
        assert "Madeupham" not in text, choice.name
    trust = papers(sealed).paper_about(wanted(sealed, K.ORGANISATION_MINUTES, sealed.organisations["trust"]))
    assert "2 people are left out: no basis to share is recorded." in trust.notes


def test_names_of_others_who_were_discussed_are_hidden_in_what_was_typed(sealed: HeldMeeting) -> None:
    # The note about Mrs Sampleton names Mr Hypotheton, with whom her practice has nothing to do.
    practice = text_of(sealed, K.ORGANISATION_MINUTES, sealed.organisations["practice"])
    assert "BH's neighbour knows her" in practice
    assert "Hypotheton" not in practice
    assert "Farid, her son, cannot lift her" in practice, "who is close to her keeps his name, although another has it"


def test_an_organisation_that_has_to_do_with_nobody_is_not_offered(sealed: HeldMeeting) -> None:
    offered = {it.id for it in papers(sealed).choices(sealed.meeting, K.ORGANISATION_MINUTES)}
    assert sealed.organisations["charity"] not in offered
    assert "Nobody was discussed" in text_of(sealed, K.ORGANISATION_MINUTES, sealed.organisations["charity"])
    with pytest.raises(NotOnThePapers):
        papers(sealed).paper_about(wanted(sealed, K.ORGANISATION_MINUTES, "no such id"))
    with pytest.raises(NotOnThePapers):
        papers(sealed).paper_about(wanted(sealed, K.ORGANISATION_MINUTES))


def test_every_owner_gets_a_sheet_with_their_own_actions(sealed: HeldMeeting) -> None:
    choices = {it.name: it.id for it in papers(sealed).choices(sealed.meeting, K.ACTION_SHEETS)}
    assert list(choices)[-1] == "Farid, her son – Mrs Amina Sampleton"
    son = text_of(sealed, K.ACTION_SHEETS, choices["Farid, her son – Mrs Amina Sampleton"])
    assert "Bring her warm clothes" in son
    assert "943 476 5919" not in son, "who does not work here gets no NHS number"
    assert "bruises" not in son
    nurse = text_of(sealed, K.ACTION_SHEETS, sealed.team["nurse"])
    assert [family for family in FAMILY if family in nurse] == ["Madeupham", "Imaginary"]
    with pytest.raises(NotOnThePapers):
        papers(sealed).paper_about(wanted(sealed, K.ACTION_SHEETS, sealed.team["charity"]))


def test_the_letter_tells_the_person_their_own_part_and_nobody_elses(sealed: HeldMeeting) -> None:
    letter = text_of(sealed, K.LETTER, sealed.items[0])
    for words in (
        "Dear Mrs Sampleton,", "hear the blackbird", "occupational therapist to look at the kitchen first",
        "Tom Weir (occupational therapist)", "1 December 2026", "Farid, her son", "Nia Lantern, district nurse lead",
        "020 7946 0101",
    ):  # fmt: skip
        assert words in letter, words
    assert [family for family in FAMILY if family in letter] == ["Sampleton"]
    for words in ("heart failure", "lift her", "first night.", "neighbour", "Why this copy was made"):
        assert words not in letter, f"{words}: notes, carer's view and challenge stay with the team"


def test_safeguarding_is_not_in_the_letter_and_whoever_sends_it_is_told(sealed: HeldMeeting) -> None:
    paper = papers(sealed).paper_about(wanted(sealed, K.LETTER, sealed.items[0]))
    assert "bruises" not in whole_text(papers(sealed).pdf(paper)).casefold()
    assert any(note.startswith("1 decision about safeguarding is left out") for note in paper.notes)


def test_what_was_not_agreed_is_told_as_such(sealed: HeldMeeting) -> None:
    letter = text_of(sealed, K.LETTER, sealed.items[1])
    assert "What was decided" not in letter
    assert letter.index("What we have not decided yet") < letter.index("Try a bed sensor at night.")
    assert "We will talk about you again by 10 December 2026." in letter
    assert "call your GP practice" in letter


def test_alerts_and_short_forms_are_pointed_out_before_a_letter_is_sent(sealed: HeldMeeting) -> None:
    for kind in (FlagKind.DO_NOT_CONTACT, FlagKind.INTERPRETER, FlagKind.SIGHT):
        sealed.program.services.cases.raise_flag(sealed.people[2], kind, "")
    sealed.program.services.meeting_closing.add(sealed.meeting, "The SSKIN bundle begins.", sealed.items[2])
    notes = " ".join(papers(sealed).paper_about(wanted(sealed, K.LETTER, sealed.items[2])).notes)
    for words in ("do not contact", "interpreter", "see well"):
        assert words in notes.replace("not to contact", "do not contact"), words
    assert "The person may not know: SSKIN" in notes


def test_a_letter_to_somebody_else_needs_a_basis_and_one_to_the_person_does_not(
    sealed: HeldMeeting, tmp_path: Path
) -> None:
    letter = wanted(sealed, K.LETTER, sealed.items[3])
    before = entries(sealed)
    for purpose in (
        MeetingPaperPurpose(MeetingPaperReason.FOR_THE_CARER),
        MeetingPaperPurpose(MeetingPaperReason.OTHER, "For the son"),
    ):
        with pytest.raises(NoBasisToShare):
            papers(sealed).save(letter, tmp_path / "letter.pdf", purpose)
        with pytest.raises(NoBasisToShare):
            papers(sealed).record_print(letter, purpose)
    assert entries(sealed) == before
    paper = papers(sealed).paper_about(letter)
    contents = papers(sealed).contents(paper, papers(sealed).pdf(paper))
    assert contents.barred == {MeetingPaperReason.FOR_THE_CARER, MeetingPaperReason.OTHER}
    papers(sealed).save(letter, tmp_path / "letter.pdf", why(K.LETTER))


def test_a_letter_waits_for_the_seal_and_is_written_to_nobody_who_died(tmp_path: Path, clock: FrozenClock) -> None:
    with a_store(tmp_path, clock) as program:
        held = a_held_meeting(program, clock, people=4)
        assert papers(held).choices(held.meeting, K.LETTER) == ()
        with pytest.raises(LetterTooEarly):
            papers(held).paper_about(wanted(held, K.LETTER, held.items[0]))
        held.seal()
        with pytest.raises(LetterTooEarly):
            papers(held).paper_about(wanted(held, K.LETTER, held.items[3]))  # not reached
        with held.work() as work:
            work.about(held.people[0])
            work.get(Person, held.people[0]).died = DAY
        with pytest.raises(LetterToNobody):
            papers(held).paper_about(wanted(held, K.LETTER, held.items[0]))
        assert held.items[0] not in {it.id for it in papers(held).choices(held.meeting, K.LETTER)}


@pytest.mark.parametrize("cancelled", [False, True], ids=["done", "cancelled in the system dialog"])
def test_each_print_is_in_the_audit_for_the_meeting_and_for_everybody_on_it(
    sealed: HeldMeeting, cancelled: bool
) -> None:
    papers(sealed).record_print(wanted(sealed, K.MINUTES), why(K.MINUTES), cancelled=cancelled)
    found = entries(sealed)
    assert [it[2] for it in found] == [None, *sealed.people]
    assert {(it[0], it[1], it[3]) for it in found} == {("print", sealed.meeting, "minutes")}
    assert {it[4].startswith("Minutes: For the record of the meeting") for it in found} == {True}
    assert all(("cancelled" in it[4]) is cancelled for it in found)
    assert audit_log.first_broken(sealed.program.access.database.reader) is None


def test_a_preview_of_an_organisations_minutes_is_recorded_for_those_on_it_alone(sealed: HeldMeeting) -> None:
    papers(sealed).record_preview(wanted(sealed, K.ORGANISATION_MINUTES, sealed.organisations["council"]))
    assert {it[2] for it in entries(sealed)} == {None, *(sealed.people[number] for number in (0, 1, 2, 6))}


def test_a_saved_paper_opens_with_its_password_only(sealed: HeldMeeting, tmp_path: Path) -> None:
    saved = papers(sealed).save(
        wanted(sealed, K.MINUTES), tmp_path / "minutes.pdf", why(K.MINUTES), "lantern-rowing-42"
    )
    assert (saved.people, saved.protected) == (12, True)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(saved.path)
    with pikepdf.open(saved.path, password="lantern-rowing-42") as document:
        assert len(document.pages) == saved.pages
    assert entries(sealed)[-1][4].endswith("(protected with a password)")
    with pytest.raises(PaperPasswordKnown):
        papers(sealed).save(wanted(sealed, K.MINUTES), tmp_path / "x.pdf", why(K.MINUTES), "Placeholding1934")


@pytest.mark.parametrize(
    ("name", "error"),
    [("there.pdf", PaperFileExists), ("nowhere/minutes.pdf", PaperNotSaved), ("con.pdf", FileNameRefused)],
)
def test_a_file_that_cannot_be_written_leaves_no_audit_entry(
    sealed: HeldMeeting, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    (tmp_path / "there.pdf").write_bytes(b"precious")
    with pytest.raises(error):
        papers(sealed).save(wanted(sealed, K.MINUTES), tmp_path / name, why(K.MINUTES))
    assert entries(sealed) == []
    assert (tmp_path / "there.pdf").read_bytes() == b"precious"


def test_a_meeting_is_found_by_its_id_or_its_day(sealed: HeldMeeting) -> None:
    assert papers(sealed).find(sealed.meeting) == sealed.meeting
    for typed in ("2026-11-26", "26-Nov-2026", " 26/11/2026 "):
        assert papers(sealed).find(typed) == sealed.meeting
    for typed in ("2026-11-27", "no such meeting", "", "26 Nov"):
        with pytest.raises(NotFound):
            papers(sealed).find(typed)
    locality = sealed.program.access.actor.locality_id
    second = sealed.program.services.meetings.plan_single(
        locality, {"day": DAY, "starts_at": "16:00", "length_minutes": 60}
    ).made
    with pytest.raises(SeveralMeetings):
        papers(sealed).find("2026-11-26")
    sealed.program.services.meetings.cancel(second, "Nobody can come")
    assert papers(sealed).find("2026-11-26") == sealed.meeting
    assert "CANCELLED" in text_of(HeldMeeting(sealed.program, sealed.clock, second), K.AGENDA)


def test_who_was_taken_off_the_agenda_is_on_no_paper(planned: HeldMeeting) -> None:
    planned.program.services.agendas.remove(planned.items[5], "Moved away")
    for kind in (K.AGENDA, K.MINUTES):
        assert "Fictionson" not in text_of(planned, kind)
    assert "FF, aged" not in text_of(planned, K.CHASE_LIST)
