"""No text in any field of a meeting's papers breaks them, opens a file, makes a link or is lost (SECURITY R25)."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from mdt_desktop.documents.meeting_actions import render_action_sheets
from mdt_desktop.documents.meeting_agenda import render_agenda, render_chase_list
from mdt_desktop.documents.meeting_letter import render_letter
from mdt_desktop.documents.meeting_minutes import render_minutes
from mdt_desktop.documents.text import clean
from tests.helpers.audit_hook import watched
from tests.unit.documents_corpus import CORPUS, HUGE
from tests.unit.documents_papers import page_texts, texts_in, with_every_text, with_texts
from tests.unit.meeting.papers import (
    a_full_agenda,
    a_full_chase_list,
    a_full_letter,
    the_full_minutes,
    the_full_sheets,
)
from tests.unit.test_documents_injection import _assert_inert, _assert_readable

Render = Callable[[Any], bytes]
PAPERS: dict[str, tuple[Render, Any]] = {
    "agenda": (render_agenda, a_full_agenda()),
    "chase list": (render_chase_list, a_full_chase_list()),
    "minutes": (render_minutes, the_full_minutes()),
    "action sheets": (render_action_sheets, the_full_sheets()),
    "letter": (render_letter, a_full_letter()),
}
_STATUS = texts_in(PAPERS["minutes"][1]).index("Sealed 26 November 2026 15:30")
_APART = 6
"""Of the rotations of the corpus through a paper, each sixth: every text then stands in two of its fields."""


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """Each rendered once, so that faces, words and colours are loaded; Bengali too."""
    for render, paper in PAPERS.values():
        render(with_every_text(paper, "বাংলা"))
        render(paper)


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("start", range(0, len(CORPUS), _APART))
def test_texts_in_the_fields_of_a_paper_are_printed_without_files_or_links(name: str, start: int) -> None:
    render, paper = PAPERS[name]
    fields = len(texts_in(paper))
    texts = [CORPUS[(start + place) % len(CORPUS)] for place in range(fields)]
    with watched() as seen:
        pdf = render(with_texts(paper, texts))
    assert seen.events == []
    _assert_inert(pdf)
    if name == "minutes":
        _assert_readable(texts[_STATUS], pdf)


@pytest.mark.parametrize("name", PAPERS)
def test_every_text_stands_in_several_fields_of_a_paper(name: str) -> None:
    assert len(texts_in(PAPERS[name][1])) >= 2 * _APART


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("number", range(len(HUGE)))
def test_many_kilobytes_in_one_field_are_printed_over_many_pages(name: str, number: int) -> None:
    render, paper = PAPERS[name]
    text = HUGE[number][:6_000]
    of_paper: dict[str, dict[str, Any]] = {
        "agenda": {"purpose": text},
        "minutes": {"notes": (text,)},
        "letter": {"persons_view": text},
        "action sheets": {"answer_to": text},
        "chase list": {"head": dataclasses.replace(paper.head, printed_why=text)},
    }
    with watched() as seen:
        pdf = render(dataclasses.replace(paper, **of_paper[name]))
    assert seen.events == []
    _assert_inert(pdf)
    assert len(page_texts(pdf)) > len(page_texts(render(paper)))


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "typed", ["<b>unclosed", "<img src='/etc/hostname'/>", "&lt;b&gt; &amp; &nosuch;", "R&D {name} %s \\("]
)
def test_what_looks_like_markup_stands_on_the_page_as_it_was_typed(name: str, typed: str) -> None:
    render, paper = PAPERS[name]
    assert clean(typed) in " ".join(page_texts(render(with_every_text(paper, typed))))


@pytest.mark.soak
@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_a_text_in_every_field_of_a_paper_is_printed_without_files_or_links(name: str, number: int) -> None:
    render, paper = PAPERS[name]
    with watched() as seen:
        pdf = render(with_every_text(paper, CORPUS[number]))
    assert seen.events == []
    _assert_inert(pdf)
    _assert_readable(CORPUS[number], pdf)
