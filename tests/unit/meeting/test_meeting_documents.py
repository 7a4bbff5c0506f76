"""The papers of a meeting as pages: what stands where, on how many, and that they stay together."""

import dataclasses

import pytest

from mdt_desktop.documents.meeting_actions import render_action_sheets
from mdt_desktop.documents.meeting_agenda import render_agenda, render_chase_list
from mdt_desktop.documents.meeting_letter import render_letter
from mdt_desktop.documents.meeting_minutes import render_minutes
from mdt_desktop.documents.meeting_paper import ChaseBlock, ChaseLine, TaskLine
from mdt_desktop.domain.meeting_papers import MeetingPaperMark
from tests.unit.documents_papers import font_sizes, page_texts, whole_text
from tests.unit.meeting.papers import (
    CASE,
    HEAD,
    TASK,
    a_full_agenda,
    a_full_chase_list,
    a_full_letter,
    the_full_minutes,
    the_full_sheets,
)


def test_the_agenda_says_when_who_why_what_is_asked_and_what_is_missing() -> None:
    page = page_texts(render_agenda(a_full_agenda()))[0]
    for words in (
        "North East weekly MDT", "26 November 2026", "14:12", "12 min", "Mrs Amina Sampleton", "Lead: Nia Lantern",
        "Home from hospital", "Can she go home?", "Still missing: what the person wants", "rolled over 2 times",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("Welcome") < page.index("Mrs Amina Sampleton") < page.index("Closing")


def test_an_agenda_with_initials_says_so_and_no_paper_is_set_smaller_than_twelve_points() -> None:
    assert "With initials only" in page_texts(render_agenda(a_full_agenda(initials=True)))[0]
    for pdf in (render_agenda(a_full_agenda()), render_minutes(the_full_minutes()), render_letter(a_full_letter())):
        assert min(font_sizes(pdf)) >= 12


def test_the_minutes_say_who_came_what_was_decided_and_who_does_it_by_when() -> None:
    text = whole_text(render_minutes(the_full_minutes()))
    for words in (
        "Sealed 26 November 2026 15:30", "Exampleton Council", "Only the people this organisation has to do with",
        "Apologies", "Did not come", "“I want to hear the blackbird.”", "Go home with two visits a day",
        "Changes an earlier one", "Order a rail", "Tom Weir", "4 December 2026", "Refused: no time", "Goes to the next",
        "3 December 2026", "Added after the meeting was sealed", "Room 3, not 2", "Sealed by Pat Sample",
    ):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize(("mark", "words"), [(MeetingPaperMark.DRAFT, "DRAFT"), (MeetingPaperMark.CANCELLED, "CANC")])
def test_a_mark_stands_on_every_page(mark: MeetingPaperMark, words: str) -> None:
    paper = dataclasses.replace(the_full_minutes(), head=dataclasses.replace(HEAD, mark=mark), cases=(CASE,) * 6)
    pages = page_texts(render_minutes(paper))
    assert len(pages) > 2
    assert all(words in page for page in pages)


def test_an_action_without_a_day_says_so() -> None:
    task = dataclasses.replace(TASK, due="")
    paper = dataclasses.replace(the_full_minutes(), improvements=(task,), cases=())
    assert "No day set" in whole_text(render_minutes(paper))
    sheet = dataclasses.replace(the_full_sheets().sheets[0], tasks=(task,))
    assert "No day set" in whole_text(render_action_sheets(dataclasses.replace(the_full_sheets(), sheets=(sheet,))))


def test_a_decision_stands_with_its_first_action_on_whatever_page() -> None:
    for count in range(1, 14):
        filler = tuple(f"Filler {number} in the notes" for number in range(count))
        decision = dataclasses.replace(CASE.decisions[0], words="Decided here", tasks=(TaskLine("Done there"),))
        case = dataclasses.replace(CASE, notes=filler, decisions=(decision,), tasks=())
        pages = page_texts(render_minutes(dataclasses.replace(the_full_minutes(), cases=(case,), noted=())))
        assert any("Decided here" in page and "Done there" in page for page in pages), count


@pytest.mark.parametrize("words", ["word " * 3_000, "line\n" * 400], ids=["long", "many lines"])
def test_a_decision_longer_than_a_page_is_printed_and_ends(words: str) -> None:
    decision = dataclasses.replace(CASE.decisions[0], words=words, tasks=(TaskLine(words),))
    paper = dataclasses.replace(the_full_minutes(), cases=(dataclasses.replace(CASE, decisions=(decision,)),))
    assert len(page_texts(render_minutes(paper))) > 3


def test_every_owner_has_a_page_of_their_own_with_boxes_for_what_became_of_it() -> None:
    pages = page_texts(render_action_sheets(the_full_sheets()))
    assert len(pages) == 2
    for page in pages:
        for words in (
            "What I agreed to do",
            "Tom Weir",
            "1. Order a rail",
            "by 4 December 2026",
            "Done",
            "Part done",
            "Changed",
            "Not done",
        ):
            assert words in page, words


def test_without_an_action_the_sheets_say_so() -> None:
    assert "No action was agreed" in whole_text(render_action_sheets(dataclasses.replace(the_full_sheets(), sheets=())))


def test_the_chase_list_of_a_full_agenda_fits_on_one_page() -> None:
    missing = ("what the person wants", "somebody who knows them", "the question to the meeting")
    lines = tuple(ChaseLine(f"A{number}, aged 80", missing, "Nia Lantern") for number in range(4))
    blocks = tuple(ChaseBlock(f"Organisation {number}", lines[number > 0 :]) for number in range(3))
    pages = page_texts(render_chase_list(dataclasses.replace(a_full_chase_list(), blocks=blocks)))
    assert len(pages) == 1
    assert "Organisation 2" in pages[0]


def test_the_letter_stands_in_the_window_and_says_everything_a_person_asks() -> None:
    text = whole_text(render_letter(a_full_letter()))
    for words in (
        "Dear Mrs Sampleton,", "On 26 November 2026", "“I want to hear the blackbird.”", "Go home with two visits",
        "What we have not decided yet", "Try a bed sensor.", "Tom Weir (therapist): Order a rail.", "You: Try the new",
        "call the person who leads your care", "020 7946 0101", "Nia Lantern, district nurse lead", "call 999",
        "The visit is on Tuesday.", "by 10 December 2026", "Is this right?", "Yours sincerely", "Private: for",
    ):  # fmt: skip
        assert words in text, words


def test_a_letter_without_decisions_says_that_nothing_changes_and_nothing_else() -> None:
    nothing = dataclasses.replace(
        a_full_letter(), decided=(), talked_about=(), next_steps=(), next_time="", corrections=(), persons_view="",
        nothing="Nothing changes for now.", view_missing="We did not know.", call_is_lead=False,
    )  # fmt: skip
    text = whole_text(render_letter(nothing))
    assert "Nothing changes for now." in text
    assert "We did not know." in text
    assert "call your GP practice" in text
    for heading in ("What happens next", "What we have not decided yet", "What was put right later"):
        assert heading not in text


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert render_minutes(the_full_minutes()) == render_minutes(the_full_minutes())
    assert render_letter(a_full_letter()) == render_letter(a_full_letter())
