"""Pages as pictures from memory."""

from pathlib import Path

import pytest

from mdt_desktop.documents.care_plan import render
from mdt_desktop.documents.preview import (
    PageMissing,
    PaperUnreadable,
    page_count,
    page_image,
)
from mdt_desktop.words import sentence
from tests.unit.documents_papers import a_full_paper, page_texts


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render(a_full_paper())


def test_the_preview_has_as_many_pages_as_the_paper(pdf: bytes) -> None:
    assert page_count(pdf) == len(page_texts(pdf))


def test_a_page_is_a_picture_of_a4_at_the_wanted_scale(pdf: bytes) -> None:
    picture = page_image(pdf, 0, 2.0)
    assert (picture.width, picture.height) == (1191, 1684)
    assert picture.stride >= 4 * picture.width
    assert len(picture.pixels) == picture.stride * picture.height


def test_a_page_is_white_with_ink_on_it(pdf: bytes) -> None:
    picture = page_image(pdf, 0, 1.0)
    assert picture.pixels[:3] == b"\xff\xff\xff"
    lit = sum(1 for place in range(0, len(picture.pixels), 4) if picture.pixels[place : place + 3] == b"\xff\xff\xff")
    total = picture.width * picture.height
    assert 0.6 * total < lit < 0.98 * total


def test_blue_comes_before_red_as_the_screen_wants_it(pdf: bytes) -> None:
    picture = page_image(pdf, 0, 1.0)
    pixels = {picture.pixels[place : place + 3] for place in range(0, len(picture.pixels), 4)}
    assert bytes.fromhex("DFEBF6")[::-1] in pixels
    assert bytes.fromhex("DFEBF6") not in pixels


def test_an_absurd_scale_is_bounded(pdf: bytes) -> None:
    picture = page_image(pdf, 0, 10.0)
    assert max(picture.width, picture.height) <= 12_001


@pytest.mark.parametrize("page", [-1, 99])
def test_a_page_that_is_not_there_is_refused_in_words(pdf: bytes, page: int) -> None:
    with pytest.raises(PageMissing) as refused:
        page_image(pdf, page, 1.0)
    assert sentence(refused.value) == f"There is no page {page + 1}; the document has {page_count(pdf)}."


@pytest.mark.parametrize("junk", [b"", b"no pdf", b"%PDF-1.4\n%%EOF"])
def test_bytes_that_are_no_document_are_refused_in_words(junk: bytes) -> None:
    with pytest.raises(PaperUnreadable) as refused:
        page_count(junk)
    assert "cannot be shown" in sentence(refused.value)


def test_a_preview_touches_no_file(pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for page in range(page_count(pdf)):
        page_image(pdf, page, 1.0)
    assert list(tmp_path.iterdir()) == []
