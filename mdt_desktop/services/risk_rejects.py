"""The rejects of a risk file in words, and as a CSV that can go back to the practice and open in a spreadsheet."""

import codecs
from collections.abc import Iterable, Sequence
from pathlib import Path

from mdt_desktop.documents.tables import write_csv
from mdt_desktop.domain.risk_rows import HeldRow, Reject
from mdt_desktop.words import label_key, words

_FIRST_HEADINGS = ("File", "Line", "Column", "Reason")
REJECTS_BEGIN = codecs.BOM_UTF8 + ",".join(f'"{heading}"' for heading in _FIRST_HEADINGS).encode()
"""The first bytes of every rejects file."""


def reason_in_words(found: Reject | HeldRow) -> str:
    """Why a line was rejected, held or remarked on, as one sentence without its line number.

    It may quote the cell: signs in it that steer a terminal, or hide and turn letters, are shown as question marks.
    """
    return "".join(sign if sign.isprintable() else "?" for sign in words(label_key(found.code), **found.values))


def write_rejects(path: Path, headings: Sequence[str], rejects: Iterable[Reject], file_name: str = "") -> int:
    """Write the rejected lines with file, line, column and reason before the original cells; how many were written.

    A private file that takes the place of earlier rejects and of nothing else. Raises as `documents.writing` does:
    FileNameRefused, PaperFileExists, PaperNotSaved.
    """
    return write_all_rejects(path, [(file_name, headings, rejects)])


def write_all_rejects(path: Path, files: Iterable[tuple[str, Sequence[str], Iterable[Reject]]]) -> int:
    """The same for several files (name, headings, rejects); headings are said again where they are others."""
    rows: list[tuple[str, ...]] = []
    said: Sequence[str] | None = None
    count = 0
    for file_name, headings, rejects in files:
        if said is None or tuple(headings) != tuple(said):
            said = headings
            rows.append((*_FIRST_HEADINGS, *headings))
        for reject in rejects:
            count += 1
            rows.append((file_name, str(reject.line), reject.column, reason_in_words(reject), *reject.cells))
    write_csv(path, rows, over_own=REJECTS_BEGIN)
    return count
