"""A risk file as bytes: refused early when it cannot be one, hashed, and its encoding made certain."""

import codecs
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import BinaryIO

from mdt_desktop.domain.errors import BadInput

_CHUNK = 1 << 20
_HEAD = 1 << 16
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\0")) + b"\x7f"


class RiskFileUnusable(BadInput):
    """The file as a whole cannot be read; nothing was changed."""

    code = "risk_file_unusable"


class RiskFileMissing(RiskFileUnusable):
    """There is no such file, it is a folder or device, or it may not be read."""

    code = "risk_file_missing"


class RiskFileEmpty(RiskFileUnusable):
    """The file has no content, or headings and nothing under them."""

    code = "risk_file_empty"


class RiskFileTooLarge(RiskFileUnusable):
    """Far larger than any practice's file; refused before reading it."""

    code = "risk_file_too_large"


class RiskFileIsSpreadsheet(RiskFileUnusable):
    """An Excel workbook (or other zip), which must be saved as CSV first."""

    code = "risk_file_is_spreadsheet"


class RiskFileIsBinary(RiskFileUnusable):
    """A picture, program or other binary junk."""

    code = "risk_file_is_binary"


class RiskFileEncodingUnknown(RiskFileUnusable):
    """Neither UTF-8, UTF-16 nor Windows-1252 from end to end."""

    code = "risk_file_encoding_unknown"


class RiskFileChanged(RiskFileUnusable):
    """Somebody wrote to the file while it was being read."""

    code = "risk_file_changed"


@dataclass(frozen=True, slots=True)
class Examined:
    """What the first pass over a file found; `encoding` is a Python codec name, `skip` the byte order mark."""

    size: int
    sha256: str
    encoding: str
    skip: int


def check_file(file: BinaryIO, name: str, largest: int) -> int:
    """The size in bytes. Raises RiskFileMissing for anything but a plain file, RiskFileEmpty, RiskFileTooLarge."""
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise RiskFileMissing(file=name)
    if status.st_size == 0:
        raise RiskFileEmpty(file=name)
    if status.st_size > largest:
        raise RiskFileTooLarge(file=name, megabytes=status.st_size >> 20, limit=largest >> 20)
    return status.st_size


def _likely_encoding(head: bytes, name: str) -> tuple[str, int]:
    """By byte order mark, or by where the noughts are. Raises RiskFileIsSpreadsheet, RiskFileIsBinary, ..."""
    if head.startswith(_SPREADSHEETS):
        raise RiskFileIsSpreadsheet(file=name)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            if encoding == "utf-32":
                raise RiskFileEncodingUnknown(file=name)
            return encoding, len(mark)
    even, odd, half = head[0::2].count(0), head[1::2].count(0), max(1, len(head) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le", 0
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be", 0
    noughts = even + odd
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if noughts > 8 + len(head) // 500 or controls > 8 + len(head) // 100 or head.startswith(b"%PDF-"):
        raise RiskFileIsBinary(file=name)
    return "utf-8", 0


def examine(file: BinaryIO, name: str, largest: int) -> Examined:
    """Go over the whole file once, in bounded memory: its hash, and an encoding that fits to the last byte.

    Raises the `RiskFileUnusable` that fits.
    """
    check_file(file, name, largest)
    file.seek(0)
    head = file.read(_HEAD)
    encoding, skip = _likely_encoding(head, name)
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise RiskFileTooLarge(file=name, megabytes=size >> 20, limit=largest >> 20)
        digest.update(chunk)
        if decoder is not None:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                decoder = None
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            decoder = None
    if decoder is None:
        if encoding != "utf-8":
            raise RiskFileEncodingUnknown(file=name)
        _check_windows_1252(file, name)
        encoding = "cp1252"
    return Examined(size, digest.hexdigest(), encoding, skip)


def _check_windows_1252(file: BinaryIO, name: str) -> None:
    """Every byte must be a letter of Windows-1252, and the file must not be damaged UTF-8 for the most part."""
    file.seek(0)
    windows, utf_8 = (
        codecs.getincrementaldecoder("cp1252")(),
        codecs.getincrementaldecoder("utf-8")("replace"),
    )
    broken = whole = 0
    while chunk := file.read(_CHUNK):
        try:
            windows.decode(chunk)
        except UnicodeDecodeError:
            raise RiskFileEncodingUnknown(file=name) from None
        text = utf_8.decode(chunk)
        replaced = text.count("\ufffd")
        broken += replaced
        whole += len(text) - len(text.encode("ascii", "ignore")) - replaced
    if whole > broken:
        raise RiskFileEncodingUnknown(file=name)
