"""A whole risk file: encodings, forms, limits, and what cannot be one is refused in words."""

import random
from datetime import date
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.risk_cells import RejectCode
from mdt_desktop.domain.risk_columns import ColumnsNotMapped, RiskColumn
from mdt_desktop.domain.risk_rows import PracticeNotTold, RunDateInFuture, RunDateNotTold
from mdt_desktop.services.risk_bytes import (
    RiskFileEmpty,
    RiskFileEncodingUnknown,
    RiskFileIsBinary,
    RiskFileIsSpreadsheet,
    RiskFileMissing,
    RiskFileTooLarge,
)
from mdt_desktop.services.risk_reading import (
    Limits,
    RiskFileMostlyUnreadable,
    RiskFileNoHeadings,
    RiskFileTooManyColumns,
    RiskFileTooManyRows,
    inspect_risk_file,
    read_risk_file,
)
from mdt_desktop.words import sentence
from tests.unit.risk_reading.desk import NUMBERS, TODAY, Read, as_csv, cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_recognised(read: Read, encoding: str, delimiter: str) -> None:
    row = cells(LTCs="COPD")
    found = read(as_csv(row, delimiter=delimiter).encode(encoding))
    assert found.rows[0].family_name == "Llŷn-O'Brien"
    assert found.head.delimiter == delimiter


def test_windows_1252_is_recognised(read: Read) -> None:
    found = read(as_csv(cells(Surname="Müller\u2019s", Forename="Zoë")).encode("cp1252"))
    assert (found.rows[0].family_name, found.rows[0].given_names) == ("Müller\u2019s", "Zoë")
    assert found.head.encoding == "cp1252"


def test_damaged_utf_8_is_refused_rather_than_read_as_nonsense(read: Read) -> None:
    content = as_csv(*[cells(NHS="", Forename=f"Siân {n}") for n in range(20)]).encode() + b"\xff\r\n"
    with pytest.raises(RiskFileEncodingUnknown):
        read(content)


def test_a_title_above_the_headings_and_excels_separator_line_are_passed_over(read: Read) -> None:
    found = read("sep=;\r\nRisk report November\r\n\r\n" + as_csv(cells(LTCs=""), delimiter=";"))
    assert found.rows[0].line == 5
    assert found.head.heading_line == 4


def test_a_quote_that_is_never_closed_rejects_its_own_line_only(read: Read) -> None:
    lines = as_csv(*[cells(NHS="", Surname=f"Bell{n:03d}") for n in range(60)]).splitlines()
    lines[30] = lines[30].replace("Bell029", '"Bell029')
    found = read("\r\n".join(lines))
    assert [(reject.line, reject.code) for reject in found.rejects] == [(31, RejectCode.QUOTE_NOT_CLOSED)]
    assert len(found.rows) == 59
    assert [row.line for row in found.rows] == [*range(2, 31), *range(32, 62)]


def test_a_quoted_address_may_go_over_lines_and_hold_the_delimiter(read: Read) -> None:
    found = read(as_csv(cells(Address_1='Flat 2,\r\n"Heron" House'), cells(NHS=NUMBERS[1])))
    assert found.rows[0].address == 'Flat 2, "Heron" House\nMarshgate'
    assert [row.line for row in found.rows] == [2, 4]


def test_columns_mapped_by_hand_go_before_recognition(read: Read) -> None:
    content = as_csv([NUMBERS[0], "Begum", "14/08/1940", "5", "7"], headings=["Id", "Naam", "Geb", "Score", "Points"])
    told = {"practice_code": "Y90001", "run_date": date(2026, 11, 1)}
    with pytest.raises(ColumnsNotMapped):
        read(content, **told)
    chosen = {
        RiskColumn.NHS_NUMBER: (0,),
        RiskColumn.FAMILY_NAME: (1,),
        RiskColumn.BORN: (2,),
        RiskColumn.SCORE: (4,),
    }
    assert read(content, chosen=chosen, **told).rows[0].score == 7


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"", RiskFileEmpty, id="nothing"),
        pytest.param(b"\r\n \r\n", RiskFileEmpty, id="blank lines"),
        pytest.param(as_csv().encode(), RiskFileEmpty, id="headings only"),
        pytest.param(b"PK\x03\x04" + bytes(500), RiskFileIsSpreadsheet, id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), RiskFileIsSpreadsheet, id="xls"),
        pytest.param(b"%PDF-1.7\n", RiskFileIsBinary, id="pdf"),
        pytest.param(random.Random(1).randbytes(5_000), RiskFileIsBinary, id="random bytes"),
        pytest.param(bytes(5_000), RiskFileIsBinary, id="noughts"),
        pytest.param(b"\xff\xfe\x00\x00" + "a".encode("utf-32-le"), RiskFileEncodingUnknown, id="utf-32"),
        pytest.param(b"\xff\xfe\x00\xd8\x00\xd8", RiskFileEncodingUnknown, id="broken utf-16"),
        pytest.param(b"NHS number,Name\x81\n", RiskFileEncodingUnknown, id="no letter of windows-1252"),
        pytest.param(b"hello\nworld\n", RiskFileNoHeadings, id="prose"),
        pytest.param(b"a,b,c,d\n1,2,3,4\n", ColumnsNotMapped, id="another table"),
        pytest.param(b",".join([b"x"] * 300) + b"\n", RiskFileTooManyColumns, id="300 columns"),
        pytest.param(as_csv(cells(Practice="")).encode(), PracticeNotTold, id="no practice in the rows"),
        pytest.param(as_csv(cells(Run="")).encode(), RunDateNotTold, id="no run date in the rows"),
        pytest.param(as_csv(cells(Run="24/11/2026")).encode(), RunDateInFuture, id="run tomorrow"),
    ],
)
def test_a_file_that_cannot_be_one_is_refused_in_words(read: Read, content: bytes, error: type[BadInput]) -> None:
    with pytest.raises(error) as caught:
        read(content)
    assert "…" not in sentence(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, Path("/dev/zero"), tmp_path / "nul\0byte"):
        with pytest.raises(RiskFileMissing):
            read_risk_file(path, today=TODAY)


def test_a_gigabyte_of_junk_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "junk.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(RiskFileTooLarge):
        read_risk_file(path, today=TODAY)


def test_limits_of_rows_lines_and_rejects_hold(read: Read) -> None:
    with pytest.raises(RiskFileTooManyRows):
        read(as_csv(*[cells(NHS="", Surname=f"A{n}") for n in range(300)]), limits=Limits(most_rows=250))
    with pytest.raises(RiskFileMostlyUnreadable):
        read(as_csv(cells()) + "junk\r\n" * 500, limits=Limits(most_rejects=100))
    found = read(
        as_csv(cells()) + "y" * 5_000 + "\r\n" + as_csv(cells(NHS=NUMBERS[1])).partition("\n")[2],
        limits=Limits(longest_line=1_000),
    )
    assert [(reject.line, reject.code) for reject in found.rejects] == [(3, RejectCode.LINE_TOO_LONG)]
    assert [row.line for row in found.rows] == [2, 4]


def test_what_the_progress_raises_stops_the_reading(read: Read) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read(as_csv(*[cells(NHS="", Surname=f"A{n}") for n in range(300)]), on_progress=stop)


def test_the_form_of_a_file_can_be_looked_at_before_it_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "risk.csv"
    path.write_text(as_csv(*[cells()] * 9), encoding="utf-16")
    head = inspect_risk_file(path)
    assert (head.encoding, head.delimiter, head.heading_line, len(head.sample)) == ("utf-16-le", ",", 1, 5)
    assert head.recognition.settled
