"""Papers that belong to a case, such as a scanned consent form: what may be kept, told by content and not by name."""

import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput, NotAllowed, NotFound

MOST_BYTES = 25 * 1024 * 1024
"""The largest paper (SYNC 5.12): a letter of some hundred pages, or a photo of any telephone."""
PIECE_BYTES = 256 * 1024
"""Content is kept and sent in pieces of this size; the last one is what is left."""
MOST_PAGES = 500
MOST_PIXELS = 64_000_000
"""What a picture may unfold to: 256 MB in memory. Telephones make 12 to 50 million."""
LONGEST_TITLE = 200


class PaperMedia(StrEnum):
    """The kinds of content that the program can show by itself."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


MIME: Mapping[PaperMedia, str] = {
    PaperMedia.PDF: "application/pdf",
    PaperMedia.PNG: "image/png",
    PaperMedia.JPEG: "image/jpeg",
}
_ENDS: Mapping[PaperMedia, tuple[str, ...]] = {
    PaperMedia.PDF: ("pdf",),
    PaperMedia.PNG: ("png",),
    PaperMedia.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
}
_BEGINS: Mapping[PaperMedia, bytes] = {
    PaperMedia.PDF: b"%PDF-",
    PaperMedia.PNG: b"\x89PNG\r\n\x1a\n",
    PaperMedia.JPEG: b"\xff\xd8\xff",
}


class PaperStatus(StrEnum):
    """Whether a paper is in use. What was removed stays as a line that says why; its content goes."""

    CURRENT = "current"
    REMOVED = "removed"


class PaperEmpty(BadInput):
    """The file has no content. Values: `name`."""

    code = "case_paper_empty"


class PaperTooLarge(BadInput):
    """The file has more than `MOST_BYTES`. Values: `name`, `most` in MB."""

    code = "case_paper_too_large"


class PaperKindUnknown(BadInput):
    """The content is neither PDF nor PNG nor JPEG. Values: `name`."""

    code = "case_paper_kind_unknown"


class PaperNotAsNamed(BadInput):
    """The name says another kind than the content is. Values: `name`, `kind`."""

    code = "case_paper_not_as_named"


class PaperDamaged(BadInput):
    """The content begins as its kind does and cannot be shown. Values: `name`."""

    code = "case_paper_damaged"


class PaperLocked(BadInput):
    """The PDF opens with a password only. Values: `name`."""

    code = "case_paper_locked"


class PaperTooLong(BadInput):
    """More pages than can be shown. Values: `name`, `most`."""

    code = "case_paper_too_long"


class PictureTooLarge(BadInput):
    """A picture of more points than can be shown. Values: `name`, `most` in millions."""

    code = "case_paper_picture_too_large"


class PaperFileUnreadable(BadInput):
    """The file cannot be read. Values: `name`, `reason`."""

    code = "case_paper_file_unreadable"


class PaperNeedsTitle(BadInput):
    """A paper says what it is."""

    code = "case_paper_needs_title"


class PaperNeedsReason(BadInput):
    """Whoever removes a paper says why."""

    code = "case_paper_needs_reason"


class PaperIsHere(NotAllowed):
    """The same content is among the papers of this case. Values: `title`."""

    code = "case_paper_is_here"


class PaperIsRemoved(NotAllowed):
    """The paper was removed, and its content with it. Values: `title`."""

    code = "case_paper_is_removed"


class PaperContentElsewhere(NotFound):
    """The content is not on this laptop. Values: `title`."""

    code = "case_paper_content_elsewhere"


def media_of(content: bytes, name: str) -> PaperMedia:
    """The kind of a file by its content. Raises PaperEmpty, PaperTooLarge, PaperKindUnknown, PaperNotAsNamed.

    A name that ends as another kind deceives whoever saves and opens a copy; one without an end says nothing.
    """
    if not content:
        raise PaperEmpty(name=name)
    if len(content) > MOST_BYTES:
        raise PaperTooLarge(name=name, most=MOST_BYTES // 1024 // 1024)
    media = next((it for it, begin in _BEGINS.items() if content.startswith(begin)), None)
    if media is None:
        raise PaperKindUnknown(name=name)
    _, dot, end = name.rpartition(".")
    if dot and end.casefold() not in _ENDS[media]:
        raise PaperNotAsNamed(name=name, kind=f"paper_media.{media.value}")
    return media


def suggested_title(name: str) -> str:
    """What a file is called without its end: `discharge_letter.pdf` gives `discharge letter`."""
    stem, dot, _ = name.rpartition(".")
    return " ".join((stem if dot and stem else name).replace("_", " ").split())[:LONGEST_TITLE]


def checked_title(title: str) -> str:
    """The title without what surrounds it. Raises PaperNeedsTitle."""
    found = " ".join(title.split())[:LONGEST_TITLE]
    if not found:
        raise PaperNeedsTitle
    return found


def suggested_copy_name(media: PaperMedia, number: int) -> str:
    """`case-paper-2.pdf`: nothing in the name says whose paper it is, nor what."""
    return f"case-paper-{number}.{_ENDS[media][0]}"


def digest_of(content: bytes) -> str:
    """The SHA-256 of content in hexadecimal: its name wherever it is kept."""
    return hashlib.sha256(content).hexdigest()


def pieces_of(content: bytes) -> Iterator[bytes]:
    """Content in pieces of `PIECE_BYTES`."""
    return (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))


def picture_size(content: bytes, media: PaperMedia) -> tuple[int, int] | None:
    """Width and height of a picture by its head alone, before anything is unfolded; None where the head is broken.

    PNG (W3C, 11.2.2): the first chunk is IHDR. JPEG (ITU T.81, B.2.2): the first start-of-frame segment.
    """
    if media is PaperMedia.PNG:
        found = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
        return found if content[12:16] == b"IHDR" and all(found) else None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        kind, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if kind == 0xFF:  # filled up to the next segment
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(content[at + n : at + n + 2], "big") for n in (5, 7))
            return (width, height) if width and height else None
        elif length < 2:
            return None
        else:
            at += 2 + length
    return None
