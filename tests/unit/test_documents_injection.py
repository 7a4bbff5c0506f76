"""No text in any field of any paper breaks it, opens a file, makes a link or is lost (SECURITY M12, R25)."""

import dataclasses
import re
import unicodedata
from typing import Any

import pytest

from mdt_desktop.documents import care_plan, plan_sheet
from mdt_desktop.documents.care_plan import render
from mdt_desktop.documents.care_plan_paper import CarePlanPaper
from mdt_desktop.documents.plan_sheet import PlanSheetPaper
from mdt_desktop.documents.text import clean, is_shaped
from tests.helpers.audit_hook import watched
from tests.unit.documents_corpus import CORPUS, HUGE
from tests.unit.documents_papers import (
    a_full_paper,
    a_full_sheet,
    a_goal,
    a_small_paper,
    an_action,
    page_texts,
    texts_in,
    whole_text,
    with_every_text,
    with_texts,
)

_SHEETS_APART = 6
"""Of the rotations of the corpus through a sheet, each sixth: every text then stands in two of its fields."""
_SLOW = 3
"""From here on the huge texts take seconds."""


@pytest.fixture(scope="module")
def ready() -> CarePlanPaper:
    """A full paper, rendered once so that faces, words and colours are loaded; Bengali too."""
    paper = a_full_paper()
    render(dataclasses.replace(paper, what_matters="বাংলা"))
    return paper


@pytest.fixture(scope="module")
def ready_sheet(ready: CarePlanPaper) -> PlanSheetPaper:
    """A full sheet, rendered once."""
    paper = a_full_sheet()
    plan_sheet.render(paper)
    return paper


def _assert_inert(pdf: bytes) -> None:
    # Names within literal strings, such as a title that quotes PDF, are words and do nothing.
    outside = re.sub(rb"\((?:\\.|[^\\()])*\)", b"()", pdf)
    for mark in (b"/Annot", b"/Link", b"/URI", b"/JavaScript", b"/Launch", b"/OpenAction", b"/EmbeddedFile"):
        assert mark not in outside


def _words(text: str) -> set[str]:
    """The words of a text as a reader of the PDF finds them.

    Marks that are put over a letter one by one are drawn but not found again, and so are joined Bengali letters, for
    which no Unicode sign stands in the file: words of them are left out here.
    """
    plain = "".join(sign for sign in text if unicodedata.category(sign) != "Mn")
    return {word for word in plain.split() if not is_shaped(word)}


def _assert_readable(text: str, pdf: bytes) -> None:
    found = "".join(sign for sign in "".join(whole_text(pdf).split()) if unicodedata.category(sign) != "Mn")
    assert {word for word in _words(clean(text)) if word not in found} == set()


def test_the_corpus_is_large_enough() -> None:
    assert len(set(CORPUS)) >= 500


@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_a_text_in_every_field_of_a_plan_is_printed_without_files_or_links(ready: CarePlanPaper, number: int) -> None:
    paper = with_every_text(ready, CORPUS[number])
    with watched() as seen:
        pdf = care_plan.render(paper)
    assert seen.events == []
    _assert_inert(pdf)
    _assert_readable(CORPUS[number], pdf)


@pytest.mark.parametrize("start", range(0, len(CORPUS), _SHEETS_APART))
def test_texts_in_the_fields_of_a_planning_sheet_are_printed_without_files_or_links(
    ready_sheet: PlanSheetPaper, start: int
) -> None:
    fields = len(texts_in(ready_sheet))
    paper = with_texts(ready_sheet, [CORPUS[(start + place) % len(CORPUS)] for place in range(fields)])
    with watched() as seen:
        pdf = plan_sheet.render(paper)
    assert seen.events == []
    _assert_inert(pdf)
    _assert_readable(paper.what_matters, pdf)


def test_every_text_stands_in_several_fields_of_a_planning_sheet(ready_sheet: PlanSheetPaper) -> None:
    assert len(texts_in(ready_sheet)) >= 2 * _SHEETS_APART


@pytest.mark.soak
@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_a_text_in_every_field_of_a_planning_sheet_is_printed_without_files_or_links(
    ready_sheet: PlanSheetPaper, number: int
) -> None:
    with watched() as seen:
        pdf = plan_sheet.render(with_every_text(ready_sheet, CORPUS[number]))
    assert seen.events == []
    _assert_inert(pdf)
    _assert_readable(CORPUS[number], pdf)


def test_the_watch_would_see_a_file_being_opened() -> None:
    with watched() as seen, open(__file__, "rb"):
        pass
    assert len(seen.events) == 1
    assert seen.written == []


@pytest.mark.parametrize(
    ("field", "number"),
    [
        # The slow texts in every field are for the long run; in one field each is enough here.
        pytest.param(field, number, marks=() if number < _SLOW or field == "name" else pytest.mark.soak)
        for field in ("what_matters", "action", "name", "alert")
        for number in range(len(HUGE))
    ],
)
def test_a_hundred_kilobytes_in_one_field_are_printed_over_many_pages(
    ready: CarePlanPaper, field: str, number: int
) -> None:
    text = HUGE[number]
    paper = a_small_paper()
    if field == "action":
        need = dataclasses.replace(ready.needs[0], goals=(a_goal(an_action(text[:6_000])),))
        paper = dataclasses.replace(paper, needs=(need,))
    elif field == "name":
        paper = dataclasses.replace(paper, person=dataclasses.replace(paper.person, name=text[:10_000]))
    elif field == "alert":
        paper = dataclasses.replace(paper, alerts=(text[:10_000],))
    else:
        changes: dict[str, Any] = {field: text}
        paper = dataclasses.replace(paper, **changes)
    with watched() as seen:
        pdf = render(paper)
    assert seen.events == []
    _assert_inert(pdf)
    assert len(page_texts(pdf)) > 2


@pytest.mark.parametrize(
    "typed",
    [
        "<b>unclosed",
        "<img src='/etc/hostname'/>",
        "<a href='http://192.0.2.1/'>press</a>",
        "&lt;b&gt; &amp; &nosuch;",
        "R&D {name} %s \\(",
    ],
)
def test_what_looks_like_markup_stands_on_the_page_as_it_was_typed(typed: str) -> None:
    paper = dataclasses.replace(a_small_paper(), sharing=typed)
    assert typed in whole_text(render(paper))


def test_the_text_of_a_hundred_kilobytes_is_all_there() -> None:
    paper = dataclasses.replace(a_small_paper(), sharing=" ".join(f"w{number}" for number in range(9_000)))
    printed = set(whole_text(render(paper)).split())
    assert {f"w{number}" for number in range(9_000)} <= printed


def test_a_number_that_is_none_does_not_push_the_name_away() -> None:
    paper = a_full_paper()
    odd = dataclasses.replace(paper.person, nhs_number="9" * 3_000)
    pages = page_texts(render(dataclasses.replace(paper, person=odd)))
    assert pages[1].startswith("Mrs Rahima Sampleton")
    assert "9" * 30 not in pages[1]
