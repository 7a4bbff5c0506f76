"""Tables that leave the program as CSV or as a workbook: text in every cell, and nothing a spreadsheet computes."""

import csv
import importlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mdt_desktop.documents.writing import write_new, write_over_own
from mdt_desktop.domain.errors import BadInput

MOST_WORKBOOK_ROWS = 50_000
"""More than any list that somebody works through, and as much as a workbook can be made of in a few seconds."""

_LONGEST_CELL = 32_767
"""Characters; what a cell of a workbook holds."""

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Half characters and the two that no XML may hold.
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9](?:[0-9 .]*[0-9])?")
_STARTS = frozenset("=+-@\N{MINUS SIGN}")
# Read as text by one program and as a sign by another: what stands before it does not count.
_BEFORE = frozenset("'\"`\u2018\u2019\u201c\u201d\u00b4")
# A reader of workbooks turns `_x003D_` into "="; written so, it stays what was typed.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class WorkbookTooLong(BadInput):
    """More rows than a workbook may be made of; `rows` and `limit`. CSV takes any number."""

    code = "workbook_too_long"


def safe_cell(cell: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula: an apostrophe before the signs, no control characters.

    The signs are those of ASVS 5.0, 1.2.10 and what a program may read as them: full-width, small and raised ones,
    also behind spaces, quotation marks and invisible characters. Plain numbers and telephone numbers (`-5`,
    `+44 7700 900123`) stay as they are: nothing in them is computed.
    """
    tidy = _CONTROLS.sub(" ", cell)
    if _begins_like_a_formula(tidy) and not _PLAIN_NUMBER.fullmatch(tidy):
        return f"'{tidy}"
    return tidy


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV: UTF-8 with a byte order mark, every cell quoted, lines ended as RFC 4180 says."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig", "replace")


def workbook_bytes(title: str, rows: Sequence[Sequence[str]], made_at: datetime) -> bytes:
    """The rows as an XLSX workbook of one sheet, the first row as its heading, made in memory without any file.

    Each cell is text and marked as such, so that it stays text when somebody changes it. Raises WorkbookTooLong.
    """
    if len(rows) > MOST_WORKBOOK_ROWS + 1:
        raise WorkbookTooLong(rows=len(rows) - 1, limit=MOST_WORKBOOK_ROWS)
    # Loaded here: most starts of the program never make a workbook.
    openpyxl: Any = importlib.import_module("openpyxl")
    sheets: Any = importlib.import_module("openpyxl.worksheet._writer")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    # openpyxl would collect the sheet in a file among the system's temporary ones, readable to whoever finds it.
    sheet._writer = sheets.WorksheetWriter(sheet, out=io.BytesIO())
    sheet._writer.write_top()
    model = openpyxl.cell.WriteOnlyCell(sheet)
    model.number_format, model.quotePrefix = "@", True
    for row in rows:
        sheet.append([_text_cell(openpyxl, sheet, cell, model) for cell in row])
    sheet.close()
    book.properties.creator = book.properties.lastModifiedBy = "MDT Desktop"
    book.properties.created = book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    target = io.BytesIO()
    with _Archive(target, made_at) as archive:
        _in_memory(book, archive).write_data()
    return target.getvalue()


def write_csv(path: Path, rows: Iterable[Sequence[str]], *, over_own: bytes = b"") -> None:
    """Write the rows as a new CSV file. With `over_own`, a file that begins so gives way (`writing.write_over_own`).

    Raises as `writing.write_new`.
    """
    content = csv_bytes(rows)
    if over_own:
        write_over_own(path, content, over_own)
    else:
        write_new(path, content)


def write_xlsx(path: Path, title: str, rows: Sequence[Sequence[str]], made_at: datetime) -> None:
    """Write the rows as a new workbook. Raises WorkbookTooLong, and as `writing.write_new`."""
    write_new(path, workbook_bytes(title, rows, made_at))


def _begins_like_a_formula(text: str) -> bool:
    for sign in text:
        if unicodedata.normalize("NFKC", sign)[:1] in _STARTS:
            return True
        if not (sign.isspace() or sign in _BEFORE or unicodedata.category(sign) == "Cf"):
            return False
    return False


def _text_cell(openpyxl: Any, sheet: Any, text: str, model: Any) -> Any:
    clean = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", _CONTROLS.sub(" ", text))
    if len(clean) > _LONGEST_CELL:
        clean = clean[: _LONGEST_CELL - 1] + "…"
    cell = openpyxl.cell.WriteOnlyCell(sheet)
    # Given as it is: openpyxl would make a formula of "=1+1" and an error value of "#N/A".
    cell._value, cell.data_type = _ESCAPE_LIKE.sub("_x005F_", clean), "s"
    # The model's own: to look a style up for each cell takes longer than all the rest.
    cell._style = model._style
    return cell


class _Archive(zipfile.ZipFile):
    """Dates everything in it by when the list was made, so that the same list gives the same bytes."""

    def __init__(self, target: io.BytesIO, made_at: datetime) -> None:
        super().__init__(target, "w", zipfile.ZIP_DEFLATED)
        self._date = (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, made_at.second)

    def writestr(
        self, zinfo_or_arcname: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        part = zipfile.ZipInfo(str(zinfo_or_arcname), self._date)
        part.compress_type = zipfile.ZIP_DEFLATED
        super().writestr(part, data)


def _in_memory(book: Any, archive: zipfile.ZipFile) -> Any:
    """openpyxl's writer of the archive, which takes sheets from memory instead of from a file."""
    excel: Any = importlib.import_module("openpyxl.writer.excel")

    class InMemory(excel.ExcelWriter):  # type: ignore[misc]  # a class known only once openpyxl is loaded
        def write_worksheet(self, sheet: Any) -> None:
            drawings: Any = importlib.import_module("openpyxl.drawing.spreadsheet_drawing")
            sheet._drawing = drawings.SpreadsheetDrawing()
            sheet._rels = sheet._writer._rels
            self._archive.writestr(sheet.path[1:], sheet._writer.out.getvalue())
            self.manifest.append(sheet)

    return InMemory(book, archive)
