"""What may be a paper of a case is told by its content, and everything else by a clear sentence."""

from pathlib import Path

import pytest

from mdt_desktop.documents import shown_paper
from mdt_desktop.documents.preview import PageMissing
from mdt_desktop.domain import papers
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.papers import (
    MOST_BYTES,
    MOST_PIXELS,
    PIECE_BYTES,
    PaperDamaged,
    PaperEmpty,
    PaperFileUnreadable,
    PaperKindUnknown,
    PaperLocked,
    PaperMedia,
    PaperNeedsTitle,
    PaperNotAsNamed,
    PaperTooLarge,
    PaperTooLong,
    PictureTooLarge,
    checked_title,
    media_of,
    picture_size,
    pieces_of,
    suggested_copy_name,
    suggested_title,
)
from mdt_desktop.services.case_papers import CasePapers
from mdt_desktop.words import sentence
from tests.helpers.papers import a_locked_pdf, a_pdf, a_pdf_with_script, a_picture, a_turned_photo

_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_HUGE_PNG = _HEAD + (9_000).to_bytes(4, "big") * 2 + b"\x08\x02" + b"\0" * 43
BAD = [
    pytest.param("letter.pdf", b"", PaperEmpty, id="empty"),
    pytest.param("letter.pdf", b"%PDF-" + b"0" * MOST_BYTES, PaperTooLarge, id="too large"),
    pytest.param("letter.docx", b"PK\x03\x04 a letter", PaperKindUnknown, id="a document of a word processor"),
    pytest.param("letter.pdf", b"MZ\x90\x00 a program", PaperKindUnknown, id="a program called a PDF"),
    pytest.param("page.pdf", b"<html><script>x()</script>%PDF-1.7", PaperKindUnknown, id="a page called a PDF"),
    pytest.param("photo.png", a_pdf(), PaperNotAsNamed, id="a PDF called a picture"),
    pytest.param("letter.pdf.exe", a_pdf(), PaperNotAsNamed, id="a PDF called a program"),
    pytest.param("photo.jpg", a_picture("PNG"), PaperNotAsNamed, id="one picture called another"),
    pytest.param("letter.pdf", a_locked_pdf(), PaperLocked, id="a PDF with a password"),
    pytest.param("letter.pdf", b"%PDF-1.7\nand then nothing", PaperDamaged, id="a PDF that ends at once"),
    pytest.param("photo.png", a_picture("PNG", (900, 700))[:-900], PaperDamaged, id="half a PNG"),
    pytest.param("photo.jpg", a_picture("JPEG", (900, 700))[:2000], PaperDamaged, id="half a JPEG"),
    pytest.param("photo.jpg", b"\xff\xd8\xff\xe0", PaperDamaged, id="the beginning of a JPEG"),
    pytest.param("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, PaperDamaged, id="a PNG without a head"),
    pytest.param("photo.png", _HUGE_PNG, PictureTooLarge, id="a small file that unfolds to a huge picture"),
    pytest.param("book.pdf", a_pdf(papers.MOST_PAGES + 1, (20, 20)), PaperTooLong, id="a PDF of too many pages"),
]
GOOD = [
    pytest.param("Discharge_letter.PDF", a_pdf(3), PaperMedia.PDF, 3, id="a PDF"),
    pytest.param("scan", a_pdf(), PaperMedia.PDF, 1, id="a name without an end"),
    pytest.param("letter.pdf", a_locked_pdf(user=""), PaperMedia.PDF, 1, id="a PDF that only its owner may change"),
    pytest.param("letter.pdf", a_pdf_with_script(), PaperMedia.PDF, 1, id="a PDF that asks to run something"),
    pytest.param("sheet.png", a_picture(), PaperMedia.PNG, 1, id="a PNG"),
    pytest.param("sheet.png", a_picture(colour=(0, 0, 0, 0)), PaperMedia.PNG, 1, id="a PNG one sees through"),
    pytest.param("photo.JPG", a_picture("JPEG"), PaperMedia.JPEG, 1, id="a photo"),
    pytest.param("photo.jpeg", a_turned_photo(), PaperMedia.JPEG, 1, id="a photo held upright"),
]


@pytest.mark.parametrize(("name", "content", "error"), BAD)
def test_what_cannot_be_kept_is_told_in_words_with_its_name(
    name: str, content: bytes, error: type[MdtError], tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(error) as found:
        CasePapers.read_file(file)
    assert type(found.value) is error
    assert name in sentence(found.value)
    assert file.read_bytes() == content


@pytest.mark.parametrize(("name", "content", "media", "pages"), GOOD)
def test_what_can_be_kept_is_known_by_its_content(
    name: str, content: bytes, media: PaperMedia, pages: int, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    offered = CasePapers.read_file(tmp_path / name)
    assert (offered.media, offered.pages, offered.content) == (media, pages, content)


@pytest.mark.parametrize("name", ["nothing here.pdf", "folder.pdf", "zero\0byte.pdf"])
def test_a_file_that_is_none_is_told_so(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(PaperFileUnreadable) as found:
        CasePapers.read_file(tmp_path / name)
    assert "cannot be read" in sentence(found.value)


def test_a_photo_is_shown_as_it_was_held() -> None:
    (wide,) = shown_paper.pages_of(a_picture("JPEG", (120, 80)), PaperMedia.JPEG, "")
    (tall,) = shown_paper.pages_of(a_turned_photo(), PaperMedia.JPEG, "")
    assert wide[0] > wide[1]
    assert tall[0] < tall[1]
    assert tall[0] == wide[0]


def test_a_page_is_drawn_on_white_at_the_scale_that_is_asked_for_and_no_larger_than_a_screen_needs() -> None:
    clear = a_picture(colour=(255, 0, 0, 0))
    page = shown_paper.page_of(clear, PaperMedia.PNG, 0, 1.0)
    assert (page.width, page.stride, len(page.pixels)) == (595, 595 * 4, page.stride * page.height)
    assert page.pixels[:3] == b"\xff\xff\xff"
    blue = shown_paper.page_of(a_picture(colour=(0, 0, 255)), PaperMedia.PNG, 0, 0.2)
    assert blue.pixels[:3] == b"\xff\x00\x00"
    assert max(shown_paper.page_of(clear, PaperMedia.PNG, 0, 1e6).width, 6000) == 6000
    assert shown_paper.page_of(a_pdf(2), PaperMedia.PDF, 1, 0.5).width == 298
    assert shown_paper.page_of(a_pdf(1, (14_000, 100)), PaperMedia.PDF, 0, 4.0).width <= 6000


@pytest.mark.parametrize(("content", "media"), [(a_picture(), PaperMedia.PNG), (a_pdf(), PaperMedia.PDF)])
def test_there_is_no_page_after_the_last(content: bytes, media: PaperMedia) -> None:
    with pytest.raises(PageMissing):
        shown_paper.page_of(content, media, 1, 1.0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_size_of_a_picture_is_read_from_its_head_alone(kind: str) -> None:
    content = a_picture(kind, (301, 77))
    media = PaperMedia(kind.casefold())
    assert picture_size(content, media) == (301, 77)
    assert picture_size(content[: len(content) - 40], media) == (301, 77)
    for cut in range(2, 24):
        assert picture_size(content[:cut], media) in (None, (301, 77))


def test_a_head_of_a_jpeg_that_leads_nowhere_ends() -> None:
    assert picture_size(b"\xff\xd8\xff\xe0\x00\x00" + b"\xff" * 40, PaperMedia.JPEG) is None
    assert picture_size(b"\xff\xd8" + b"\xff" * 60, PaperMedia.JPEG) is None
    filled = b"\xff\xd8\xff\xff\xc0\x00\x11\x08\x00\x05\x00\x07" + b"\0" * 9
    assert picture_size(filled, PaperMedia.JPEG) == (7, 5)


def test_content_of_the_largest_size_is_taken_and_comes_in_pieces() -> None:
    content = b"%PDF-" + b"1" * (MOST_BYTES - 5)
    assert media_of(content, "letter.pdf") is PaperMedia.PDF
    found = list(pieces_of(content))
    assert (len(found), {len(it) for it in found}) == (100, {PIECE_BYTES})
    assert MOST_PIXELS > 50_000_000, "a telephone's largest photo"


def test_a_title_is_suggested_by_the_name_and_needs_words() -> None:
    assert suggested_title("Discharge_letter  ward 4.pdf") == "Discharge letter ward 4"
    assert suggested_title(".pdf") == ".pdf"
    assert suggested_copy_name(PaperMedia.JPEG, 3) == "case-paper-3.jpg"
    assert checked_title("  A  letter ") == "A letter"
    with pytest.raises(PaperNeedsTitle):
        checked_title(" \n ")
