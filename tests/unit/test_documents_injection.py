"""No text in any field breaks the paper, opens a file or makes a link (SECURITY M12, R25)."""

import dataclasses
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mdt_desktop.documents.care_plan import render
from mdt_desktop.documents.care_plan_paper import CarePlanPaper
from tests.unit.documents_corpus import CORPUS, HUGE
from tests.unit.documents_papers import (
    a_full_paper,
    a_goal,
    a_small_paper,
    an_action,
    page_texts,
    whole_text,
    with_every_text,
)

_seen: list[str] | None = None
_WATCHED = ("open", "os.", "socket.", "subprocess.", "urllib.")


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(_WATCHED):
        _seen.append(f"{event} {arguments[:1]!r}")


sys.addaudithook(_note)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """Everything that the process opens, lists or connects to within the block."""
    global _seen
    noted: list[str] = []
    _seen = noted
    try:
        yield noted
    finally:
        _seen = None


@pytest.fixture(scope="module")
def ready() -> CarePlanPaper:
    """A full paper, rendered once so that faces, words and colours are loaded; Bengali too."""
    paper = a_full_paper()
    render(dataclasses.replace(paper, what_matters="বাংলা"))
    return paper


def _assert_inert(pdf: bytes) -> None:
    # Names within literal strings, such as a title that quotes PDF, are words and do nothing.
    outside = re.sub(rb"\((?:\\.|[^\\()])*\)", b"()", pdf)
    for mark in (b"/Annot", b"/Link", b"/URI", b"/JavaScript", b"/Launch", b"/OpenAction", b"/EmbeddedFile"):
        assert mark not in outside


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 300


@pytest.mark.parametrize("number", range(len(CORPUS)))
def test_a_text_in_every_field_makes_a_paper_without_files_or_links(ready: CarePlanPaper, number: int) -> None:
    paper = with_every_text(ready, CORPUS[number])
    with _watched() as opened:
        pdf = render(paper)
    assert opened == []
    _assert_inert(pdf)


def test_the_watch_would_see_a_file_being_opened() -> None:
    with _watched() as opened, open(__file__, "rb"):
        pass
    assert len(opened) == 1


@pytest.mark.parametrize("field", ["what_matters", "action", "name", "alert"])
@pytest.mark.parametrize("number", range(len(HUGE)))
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
    with _watched() as opened:
        pdf = render(paper)
    assert opened == []
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
