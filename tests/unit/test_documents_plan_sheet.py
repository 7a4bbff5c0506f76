"""The planning sheet: what is known stands on it, the rest can be written by hand, and no page says it is agreed."""

import dataclasses
import re

import pytest

from mdt_desktop.documents.care_plan_paper import PersonBlock
from mdt_desktop.documents.plan_sheet import PlanSheetPaper, render
from mdt_desktop.words import words
from tests.unit.documents_papers import a_bare_sheet, a_full_sheet, font_sizes, page_texts, whole_text

SHEETS = [pytest.param(a_bare_sheet(), id="bare"), pytest.param(a_full_sheet(), id="known")]


@pytest.mark.parametrize("paper", SHEETS)
def test_four_pages_each_say_whose_they_are_which_of_how_many_and_that_nothing_is_agreed(
    paper: PlanSheetPaper,
) -> None:
    pages = page_texts(render(paper))
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 4" in page
        assert paper.person.name in page
        assert "PLANNING SHEET – nothing agreed yet" in page
        assert "DEMO" not in page
        assert "Printed copies may be out of date." in page
    for text in ("DRAFT", "Version", "Not recorded"):
        assert text not in " ".join(pages)


def test_a_demo_sheet_says_so_on_every_page() -> None:
    pages = page_texts(render(dataclasses.replace(a_full_sheet(), demo=True)))
    assert all("DEMO – invented people" in page for page in pages)
    assert all(page.count("943 476 5919") >= 2 for page in pages)


def test_page_one_of_somebody_known_has_what_is_known() -> None:
    page = page_texts(render(a_full_sheet()))[0]
    for text in (
        "Mrs Rahima Sampleton",
        "Likes to be called Rahima",
        "14 August 1940",
        "943 476 5919",
        "Lives alone",
        "I want to cook for my grandchildren on Sundays.",
        "Nia Placeholder",
        "020 7946 0123",
        "call 999",
        "call 111",
        "020 7946 0012",
        "020 7946 0100",
    ):
        assert text in page, text
    assert "To be agreed" not in page


def test_page_one_of_somebody_barely_known_asks_and_still_says_whom_to_call() -> None:
    page = page_texts(render(a_bare_sheet()))[0]
    for text in ("I like to be called", "Telephone", "Language", "To be agreed", "What they do", "call 999"):
        assert text in page, text
    assert "Until somebody is agreed, call Example Street Surgery on 020 7946 0100." in page


@pytest.mark.parametrize(
    ("practice", "said"),
    [
        pytest.param("Example Street Surgery", "ask Example Street Surgery.", id="a practice without a number"),
        pytest.param("", "ask my GP practice.", id="no practice"),
    ],
)
def test_without_a_telephone_of_the_practice_no_empty_number_is_printed(practice: str, said: str) -> None:
    paper = dataclasses.replace(a_bare_sheet(), person=PersonBlock("Mr Evan Exampler", practice=practice))
    page = page_texts(render(paper))[0]
    assert f"Until somebody is agreed, {said}" in page
    assert "My GP practice" not in page


def test_every_part_of_the_plan_is_asked_for_in_the_order_of_the_plan() -> None:
    pages = page_texts(render(a_bare_sheet()))
    keys = ("important_people", "communication", "wellness", "please_do", "support", "also_worth_knowing")
    asked = [pages[1].index(words(f"paper.about.{key}")) for key in keys]
    assert asked == sorted(asked)
    for text in ("What I want, in my words", "What Who When", "1 2 3 4 5 6 7 8 9 10"):
        assert pages[2].count(text) == 2, text
    for text in ("If this happens", "What should happen", "Who to contact", "Other plans", "Signature", "Review by"):
        assert text in pages[3], text
    assert "Who will review it" in pages[3]
    assert "Why this copy was made: For the person themselves." in pages[3]


@pytest.mark.parametrize("paper", SHEETS)
def test_nothing_is_set_smaller_than_12_points(paper: PlanSheetPaper) -> None:
    sizes = font_sizes(render(paper))
    assert len(sizes) >= 4
    assert min(sizes) >= 12


def test_only_faces_that_the_file_embeds_are_in_it() -> None:
    pdf = render(a_bare_sheet())
    assert len(re.findall(rb"/BaseFont", pdf)) == len(re.findall(rb"/FontFile2", pdf)) >= 2


def test_the_same_sheet_gives_the_same_bytes() -> None:
    first = render(a_full_sheet())
    render(a_bare_sheet())
    assert render(a_full_sheet()) == first


@pytest.mark.parametrize("length", [400, 2_000, 20_000])
def test_however_much_matters_to_the_person_the_numbers_to_call_stay_on_page_one(length: int) -> None:
    paper = dataclasses.replace(a_full_sheet(), what_matters="I want it so. " * (length // 14))
    page = page_texts(render(paper))[0]
    assert "020 7946 0123" in page
    assert "020 7946 0100" in page


@pytest.mark.parametrize("text", ["<b>bold</b> & <img src='/etc/passwd'/>", "বাংলা", "أريد", "x" * 5_000, "\0\u202e"])
def test_no_text_makes_it_fail_or_is_read_as_markup(text: str) -> None:
    paper = a_full_sheet()
    person = dataclasses.replace(paper.person, name=text, address=text, practice=text, language=text)
    changed = dataclasses.replace(paper, person=person, what_matters=text, alerts=(text,), printed_why=text)
    shown = whole_text(render(changed))
    assert "Page 1 of" in shown
    if text.startswith("<b>"):
        assert "<b>bold</b> &" in shown
    if text == "أريد":
        assert "A box (□) stands for" in shown
