"""Papers from outside as pictures for the screen, one page as the other: pages of a PDF, or one picture."""

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from mdt_desktop.documents.preview import PageMissing, RasterPage, opened_pdf, page_image
from mdt_desktop.domain.papers import (
    MIME,
    MOST_PAGES,
    MOST_PIXELS,
    PaperDamaged,
    PaperLocked,
    PaperMedia,
    PaperTooLong,
    PictureTooLarge,
    picture_size,
)

PageSize = tuple[float, float]
"""Width and height of a page in points."""

_WIDTH_PT = 595.276
"""A picture is shown as wide as a sheet of A4: what it measures in the world nobody knows."""
_PASSWORD_WANTED = 4  # FPDF_ERR_PASSWORD of PDFium's fpdfview.h
_LARGEST_SIDE = 6_000
# What Pillow raises for content that is broken, or that asks for more than it should.
_BROKEN = (OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, UnidentifiedImageError)


def pages_of(content: bytes, media: PaperMedia, name: str) -> tuple[PageSize, ...]:
    """The size of every page, once it is certain that the content can be shown to its end.

    Nothing in it is run: PDFium gets no forms and no scripts, a picture is only unfolded. Raises PaperLocked for a PDF
    that wants a password, PaperDamaged, PaperTooLong, PictureTooLarge; `name` stands in the sentence.
    """
    if media is not PaperMedia.PDF:
        picture = _picture(content, media, name)
        return ((_WIDTH_PT, _WIDTH_PT * picture.height / picture.width),)
    try:
        with opened_pdf(content) as document:
            if not len(document) > 0:
                raise PaperDamaged(name=name)
            if len(document) > MOST_PAGES:
                raise PaperTooLong(name=name, most=MOST_PAGES)
            return tuple(_sizes(document))
    except pypdfium2.PdfiumError as problem:
        locked = problem.err_code == _PASSWORD_WANTED
        raise PaperLocked(name=name) if locked else PaperDamaged(name=name) from problem


def page_of(content: bytes, media: PaperMedia, number: int, scale: float) -> RasterPage:
    """Page `number` (from 0) at `scale` pixels a point, on white. Raises as `pages_of`, and PageMissing."""
    if media is PaperMedia.PDF:
        return page_image(content, number, scale, _LARGEST_SIDE)
    if number != 0:
        raise PageMissing(page=number + 1, pages=1)
    picture = _picture(content, media, "")
    width = min(_WIDTH_PT * scale, _LARGEST_SIDE, _LARGEST_SIDE * picture.width / picture.height)
    size = max(1, round(width)), max(1, round(width * picture.height / picture.width))
    picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return RasterPage(*size, size[0] * 4, picture.tobytes("raw", "BGRX"))


def _sizes(document: pypdfium2.PdfDocument) -> Sequence[PageSize]:
    found = []
    for number in range(len(document)):
        page = document[number]
        width, height = page.get_size()
        found.append((max(width, 1.0), max(height, 1.0)))
        page.close()
    return found


def _picture(content: bytes, media: PaperMedia, name: str) -> Image.Image:
    """The picture as it is held upright, whole and on white.

    Its head says how large it will be before anything is unfolded. Raises PaperDamaged, PictureTooLarge.
    """
    size = picture_size(content, media)
    if size is None:
        raise PaperDamaged(name=name)
    if size[0] * size[1] > MOST_PIXELS:
        raise PictureTooLarge(name=name, most=MOST_PIXELS // 1_000_000)
    try:
        with Image.open(io.BytesIO(content), formats=[MIME[media].rpartition("/")[2].upper()]) as found:
            found.load()
            upright = ImageOps.exif_transpose(found)
            if "A" not in upright.getbands() and "transparency" not in upright.info:
                return upright.convert("RGB")
            clear = upright.convert("RGBA")
            white = Image.new("RGBA", clear.size, "white")
            return Image.alpha_composite(white, clear).convert("RGB")
    except _BROKEN as problem:
        raise PaperDamaged(name=name) from problem
