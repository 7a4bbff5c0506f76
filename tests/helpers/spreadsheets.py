"""What a real spreadsheet program makes of a file: LibreOffice, without a window, in a profile of its own."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

AS_TEXT: Final = "Text - txt - csv (StarCalc):44,34,76,1,,0,true"
"""LibreOffice's own options for a CSV: commas, double quotes, UTF-8, and "format quoted field as text"."""

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class OpenedCell:
    """A cell as the program holds it: its text, its kind ("string", "float", …) and the formula that lives in it."""

    text: str
    kind: str
    formula: str = ""


def office(cases: int) -> str:
    """The program's path. Without it the test is skipped and says how much was not tried; in CI it must be there."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is not None:
        return found
    missing = f"LibreOffice is not installed: {cases} cells were NOT opened in a spreadsheet program"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{missing}. See packaging/system_libraries.py.", pytrace=False)
    pytest.skip(missing)


def opened(program: str, path: Path, work: Path, read_as: str = "") -> list[list[OpenedCell]]:
    """The cells of a file's first sheet as LibreOffice opens it; `read_as` gives a CSV's import options."""
    target = work / f"{path.stem}-{path.suffix[1:]}-{bool(read_as):d}"
    command = [program, "--headless", "--norestore", f"-env:UserInstallation={(work / 'profile').as_uri()}"]
    command += [f"--infilter={read_as}"] if read_as else []
    command += ["--convert-to", "fods", "--outdir", str(target), str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    made = target / f"{path.stem}.fods"
    assert made.is_file(), f"LibreOffice did not open {path.name}: {ended.stdout} {ended.stderr}"
    tree = ElementTree.parse(made)  # noqa: S314  # made by the program from our own file
    sheet = tree.getroot().find(f".//{_TABLE}table")
    assert sheet is not None
    return [_cells(row) for row in sheet.iter(f"{_TABLE}table-row") if len(row.findall(f"{_TABLE}table-cell")) > 1]


def _cells(row: ElementTree.Element) -> list[OpenedCell]:
    cells: list[OpenedCell] = []
    for cell in row.findall(f"{_TABLE}table-cell"):
        repeated = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        text = "\n".join(_shown(part) for part in cell.findall(f"{_TEXT}p"))
        kind = cell.get(f"{_OFFICE}value-type", "")
        if kind or repeated < 100:
            cells += [OpenedCell(text, kind, cell.get(f"{_TABLE}formula", ""))] * repeated
    return cells


def _shown(part: ElementTree.Element) -> str:
    """The text of a paragraph; runs of spaces and tabs are elements of their own."""
    text = part.text or ""
    for inner in part:
        if inner.tag == f"{_TEXT}s":
            text += " " * int(inner.get(f"{_TEXT}c", "1"))
        elif inner.tag == f"{_TEXT}tab":
            text += "\t"
        else:
            text += _shown(inner)
        text += inner.tail or ""
    return text
