"""A finished paper as pictures in memory, for the screen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pypdfium2

from mdt_desktop.domain.errors import BadInput

_LARGEST_SIDE = 12_000
# PDFium keeps global state and must not be entered by two threads.
_pdfium = threading.Lock()


class PaperUnreadable(BadInput):
    """The bytes are no PDF that can be shown."""

    code = "paper_unreadable"


class PageMissing(BadInput):
    """There is no such page; `page` counts from 1, `pages` is how many there are."""

    code = "paper_page_missing"


@dataclass(frozen=True, slots=True)
class RasterPage:
    """One page as pixels: rows from the top, `stride` bytes a row, each pixel blue, green, red, unused.

    The layout is that of Qt's `QImage.Format_RGB32` on little-endian machines.
    """

    width: int
    height: int
    stride: int
    pixels: bytes


@contextmanager
def opened_pdf(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A PDF while nobody else uses PDFium. Raises PdfiumError where it does not open."""
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield document
        finally:
            document.close()


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        with opened_pdf(pdf) as document:
            yield document
    except pypdfium2.PdfiumError as problem:
        raise PaperUnreadable from problem


def page_count(pdf: bytes) -> int:
    """How many pages the document has. Raises PaperUnreadable."""
    with _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, page: int, scale: float, largest_side: int = _LARGEST_SIDE) -> RasterPage:
    """Page `page` (from 0) at `scale` pixels a point, on white. Raises PaperUnreadable, PageMissing."""
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise PageMissing(page=page + 1, pages=len(document))
        sheet = document[page]
        allowed = min(scale, largest_side / max(sheet.get_size()))
        bitmap = sheet.render(scale=allowed, prefer_bgrx=True, fill_color=(255, 255, 255, 255))
        made = RasterPage(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        bitmap.close()
        sheet.close()
        return made
