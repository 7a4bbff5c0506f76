"""CSV and workbooks: no cell ever computes, and telephone numbers come back as they were typed (SECURITY R26, M14)."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from mdt_desktop.documents import tables
from mdt_desktop.documents.tables import WorkbookTooLong, csv_bytes, safe_cell, workbook_bytes, write_csv, write_xlsx
from mdt_desktop.words import sentence
from tests.helpers import spreadsheets
from tests.helpers.audit_hook import watched
from tests.unit.table_payloads import FORMULAS, INNOCENT, NUMBERS

MADE_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROWS = [[str(number), cell] for number, cell in enumerate([*FORMULAS, *INNOCENT, *NUMBERS])]


def sheet_of(content: bytes) -> Worksheet:
    """The one sheet of a workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def without_controls(text: str) -> str:
    return tables._CONTROLS.sub(" ", text)


def test_the_corpus_is_large_enough() -> None:
    assert len(set(FORMULAS)) >= 75
    assert len({*FORMULAS, *INNOCENT, *NUMBERS}) >= 100


@pytest.mark.parametrize("payload", FORMULAS, ids=repr)
def test_what_begins_like_a_formula_gets_an_apostrophe_before_it(payload: str) -> None:
    assert safe_cell(payload) == f"'{without_controls(payload)}"


@pytest.mark.parametrize("cell", [*INNOCENT, *NUMBERS], ids=repr)
def test_what_is_no_formula_stays_as_it_was_typed(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_no_cell_breaks_out_of_its_line() -> None:
    text = csv_bytes(ROWS).decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n") == len(ROWS)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [[number, safe_cell(cell)] for number, cell in ROWS]
    assert csv_bytes([["half \ud800 a letter"]]).decode("utf-8-sig") == '"half ? a letter"\r\n'


def test_every_cell_of_a_workbook_is_text_and_stays_it_when_it_is_edited(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "list.xlsx", "Caseload", ROWS, MADE_AT)
    cells = [
        cell
        for row in sheet_of((tmp_path / "list.xlsx").read_bytes()).iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert {(cell.data_type, cell.number_format, cell.quotePrefix) for cell in cells} == {("s", "@", True)}
    assert len(cells) == 2 * len(ROWS) - sum(not without_controls(cell) for _, cell in ROWS)


def test_a_workbook_tells_the_program_and_the_day_and_nothing_else() -> None:
    with ZipFile(io.BytesIO(workbook_bytes("Caseload", [["Name"]], MADE_AT))) as archive:
        assert not [name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()]
        core = archive.read("docProps/core.xml").decode()
    assert core.count(">MDT Desktop<") == 2
    assert core.count("2026-11-23T09:00:00Z") == 2


def test_the_same_list_gives_the_same_bytes() -> None:
    assert workbook_bytes("Caseload", ROWS, MADE_AT) == workbook_bytes("Caseload", ROWS, MADE_AT)
    assert csv_bytes(ROWS) == csv_bytes(ROWS)


def test_neither_kind_lays_what_it_holds_into_a_file_on_its_way() -> None:
    workbook_bytes("Caseload", [["loads what it needs"]], MADE_AT)
    with watched() as seen:
        workbook_bytes("Caseload", ROWS, MADE_AT)
        csv_bytes(ROWS)
    assert seen.events == []


def test_text_that_no_workbook_can_hold_is_made_to_fit() -> None:
    content = workbook_bytes("Caseload", [["x" * 40_000, "half \ud800 and \uffff"]], MADE_AT)
    long, odd = (str(value) for value in next(sheet_of(content).iter_rows(values_only=True)))
    assert (len(long), long[-2:]) == (32_767, "x…")
    assert odd == "half \ufffd and \ufffd"


def test_a_workbook_of_a_whole_borough_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_WORKBOOK_ROWS", 3)
    workbook_bytes("Caseload", [["Name"]] * 4, MADE_AT)
    with pytest.raises(WorkbookTooLong) as refused:
        workbook_bytes("Caseload", [["Name"]] * 5, MADE_AT)
    assert "at most 3 people" in sentence(refused.value)
    assert "has 4" in sentence(refused.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    write_csv(folder / "list.csv", ROWS)
    write_xlsx(folder / "list.xlsx", "Caseload", ROWS, MADE_AT)
    return folder


def test_no_formula_lives_in_a_csv_however_it_is_opened(folder: Path) -> None:
    office = spreadsheets.office(2 * len(ROWS))
    for read_as in ("", spreadsheets.AS_TEXT):
        cells = spreadsheets.opened(office, folder / "list.csv", folder, read_as)
        assert [row for row in cells if any(cell.formula for cell in row)] == []
        assert len(cells) == len(ROWS)
    # A control: without the writer the very same program does compute.
    (folder / "bare.csv").write_text('"a","=1+1"\r\n', encoding="utf-8")
    assert spreadsheets.opened(office, folder / "bare.csv", folder)[0][1].formula


def test_no_formula_lives_in_a_workbook_and_every_cell_comes_back(folder: Path) -> None:
    cells = spreadsheets.opened(spreadsheets.office(len(ROWS)), folder / "list.xlsx", folder)
    assert [row for row in cells if any(cell.formula for cell in row)] == []
    found = {row[0].text: row[1] for row in cells}
    expected = {number: without_controls(cell) for number, cell in ROWS}
    assert {number: cell.text for number, cell in found.items()} == expected
    assert {cell.kind for cell in found.values()} <= {"string", ""}


def test_every_cell_of_a_csv_comes_back_where_quoted_fields_are_read_as_text(folder: Path) -> None:
    cells = spreadsheets.opened(spreadsheets.office(len(ROWS)), folder / "list.csv", folder, spreadsheets.AS_TEXT)
    assert {row[0].text: row[1].text for row in cells} == {number: safe_cell(cell) for number, cell in ROWS}


def test_numbers_written_with_spaces_come_back_from_a_csv_that_is_simply_opened(folder: Path) -> None:
    cells = spreadsheets.opened(spreadsheets.office(len(NUMBERS)), folder / "list.csv", folder)
    found = {row[1].text for row in cells}
    assert {number for number in NUMBERS if " " in number} <= found
