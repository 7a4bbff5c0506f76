"""A finished paper as pictures in memory for the screen, and as a new private file."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from mdt_desktop.domain.errors import BadInput, NotAllowed, StoreProblem

_PRIVATE = 0o600
# Windows opens files in text mode unless told otherwise; POSIX has no such flag, and Windows no O_NOFOLLOW.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_LARGEST_SIDE = 12_000
# PDFium keeps global state and must not be entered by two threads.
_pdfium = threading.Lock()


class PaperUnreadable(BadInput):
    """The bytes are no PDF that can be shown."""

    code = "paper_unreadable"


class PageMissing(BadInput):
    """There is no such page; `page` counts from 1, `pages` is how many there are."""

    code = "paper_page_missing"


class PaperFileExists(NotAllowed):
    """A file of that name is there already; it was not touched. `name` is the file's name."""

    code = "paper_file_exists"


class PaperNotSaved(StoreProblem):
    """The disk or the system refused; no partial file is left. `name` is the file's name, `reason` why."""

    code = "paper_not_saved"


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
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as problem:
            raise PaperUnreadable from problem
        try:
            yield document
        finally:
            document.close()


def page_count(pdf: bytes) -> int:
    """How many pages the document has. Raises PaperUnreadable."""
    with _opened(pdf) as document:
        return len(document)


def page_image(pdf: bytes, page: int, scale: float) -> RasterPage:
    """Page `page` (from 0) at `scale` pixels a point, on white. Raises PaperUnreadable, PageMissing."""
    with _opened(pdf) as document:
        if not 0 <= page < len(document):
            raise PageMissing(page=page + 1, pages=len(document))
        sheet = document[page]
        allowed = min(scale, _LARGEST_SIDE / max(sheet.get_size()))
        bitmap = sheet.render(scale=allowed, prefer_bgrx=True, fill_color=(255, 255, 255, 255))
        made = RasterPage(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        bitmap.close()
        sheet.close()
        return made


def save_as(pdf: bytes, path: Path) -> None:
    """Write the paper to a new file that only its owner can read, whole or not at all, never over another.

    Raises PaperFileExists, PaperNotSaved.
    """
    try:
        descriptor = os.open(path, _NEW_FILE, _PRIVATE)
    except FileExistsError as problem:
        raise PaperFileExists(name=path.name) from problem
    except (OSError, ValueError) as problem:
        raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pdf)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        # The file is ours: it was made by the exclusive open above.
        path.unlink(missing_ok=True)
        raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem


def _reason(problem: OSError | ValueError) -> str:
    if isinstance(problem, OSError) and problem.errno:
        return os.strerror(problem.errno)
    return "the name cannot be used"
