"""The rejects of a risk file in words, and as a CSV that can go back to the practice and open in a spreadsheet."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from mdt_desktop.domain.risk_rows import HeldRow, Reject
from mdt_desktop.paths import write_privately
from mdt_desktop.words import label_key, words

_FIRST_HEADINGS = ("File", "Line", "Column", "Reason")
REJECTS_BEGIN = codecs.BOM_UTF8 + ",".join(f'"{heading}"' for heading in _FIRST_HEADINGS).encode()
"""The first bytes of every rejects file."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9 .]*")
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def reason_in_words(found: Reject | HeldRow) -> str:
    """Why a line was rejected, held or remarked on, as one sentence without its line number."""
    return words(label_key(found.code), **found.values)


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before the signs, no control characters.

    Plain numbers and telephone numbers (`-5`, `+44 7700 900123`) stay as they are: nothing in them is computed.
    """
    tidy = _CONTROLS.sub(" ", cell)
    if _FORMULA.match(tidy) and not _PLAIN_NUMBER.fullmatch(tidy):
        return f"'{tidy}"
    return tidy


def write_rejects(path: Path, headings: Sequence[str], rejects: Iterable[Reject], file_name: str = "") -> int:
    """Write the rejected lines with file, line, column and reason before the original cells; how many were written.

    UTF-8 with a byte order mark, every cell quoted, readable by its owner only. Raises OSError.
    """
    return write_all_rejects(path, [(file_name, headings, rejects)])


def write_all_rejects(path: Path, files: Iterable[tuple[str, Sequence[str], Iterable[Reject]]]) -> int:
    """The same for several files (name, headings, rejects); headings are said again where they are others."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    said: Sequence[str] | None = None
    count = 0
    for file_name, headings, rejects in files:
        if said is None or tuple(headings) != tuple(said):
            said = headings
            writer.writerow([safe_cell(cell) for cell in (*_FIRST_HEADINGS, *headings)])
        for reject in rejects:
            count += 1
            told = (file_name, str(reject.line), reject.column, reason_in_words(reject))
            writer.writerow([safe_cell(cell) for cell in (*told, *reject.cells)])
    write_privately(path, buffer.getvalue().encode("utf-8-sig", "replace"))
    return count
