"""Reading a practice's risk file: its form, its rows, and every way in which either can be wrong."""

import csv
import io
import random
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import BadInput, MdtError
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import CutOffs, CutOffsWrong, Denominator, Tier, TierApproach, TierMissing
from mdt_desktop.domain.risk_cells import RejectCode
from mdt_desktop.domain.risk_columns import ColumnsNotMapped, RiskColumn
from mdt_desktop.domain.risk_rows import PracticeNotTold, RunDateInFuture, RunDateNotTold, place_rows
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
    RiskFile,
    RiskFileMostlyUnreadable,
    RiskFileNoHeadings,
    RiskFileTooManyColumns,
    RiskFileTooManyRows,
    inspect_risk_file,
    read_risk_file,
)
from mdt_desktop.services.risk_rejects import reason_in_words, write_rejects
from mdt_desktop.words import sentence, vocabulary

TODAY = date(2026, 11, 23)
HEADINGS = [
    "NHS number",
    "Surname",
    "Forename",
    "Title",
    "DOB",
    "Sex",
    "Address 1",
    "Address 2",
    "Postcode",
    "Practice code",
    "Risk score",
    "Rank",
    "Tier",
    "Emergency admissions",
    "LTCs",
    "eFI",
    "Tool",
    "Version",
    "Run date",
]
NUMBERS = ("9434765919", "9449305552", "9912003888")


def cells(**changed: str) -> list[str]:
    """The cells of one good row, some of them changed by the heading's first word."""
    row = {
        "NHS": NUMBERS[0],
        "Surname": "Llŷn-O'Brien",
        "Forename": "Siân",
        "Title": "Mrs",
        "DOB": "14/08/1940",
        "Sex": "F",
        "Address_1": "1 Beacon Yard",
        "Address_2": "Marshgate",
        "Postcode": "E31 4AA",
        "Practice": "Y90001",
        "Score": "71.5",
        "Rank": "1",
        "Tier": "Very high",
        "Admissions": "2",
        "LTCs": "COPD; Diabetes",
        "eFI": "0.31",
        "Tool": "PARR",
        "Version": "2",
        "Run": "2026-11-01",
    }
    assert changed.keys() <= row.keys()
    return list((row | changed).values())


def as_csv(*rows: list[str], delimiter: str = ",", headings: list[str] = HEADINGS) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([headings, *rows])
    return text.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., RiskFile]:
    def write_and_read(content: str | bytes, **options: object) -> RiskFile:
        path = tmp_path / "risk.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_risk_file(path, today=TODAY, **options)  # type: ignore[arg-type]  # passed through by tests

    return write_and_read


Read = Callable[..., RiskFile]


def test_a_good_row_is_read_whole(read: Read) -> None:
    content = as_csv(cells())
    found = read(content)
    (row,) = found.rows
    assert (row.nhs_number, row.family_name, row.given_names, row.title) == (NUMBERS[0], "Llŷn-O'Brien", "Siân", "Mrs")
    assert (row.born, row.gender, row.address) == (date(1940, 8, 14), Gender.FEMALE, "1 Beacon Yard\nMarshgate")
    assert (row.postcode, row.score, row.rank, row.tier) == ("E31 4AA", 71.5, 1, Tier.VERY_HIGH)
    assert (row.emergency_admissions, row.long_term_conditions, row.frailty_index) == (2, "COPD; Diabetes", 0.31)
    assert (found.practice_code, found.run_date, found.tool, found.tool_version) == (
        "Y90001",
        date(2026, 11, 1),
        "PARR",
        "2",
    )
    assert found.head.sha256 == sha256(content.encode()).hexdigest()
    assert (found.rejects, found.held, found.remarks, found.lines) == ([], [], [], 1)


def test_a_deprivation_fifth_is_read_where_the_file_has_one(read: Read) -> None:
    found = read(as_csv([*cells(), "2"], headings=[*HEADINGS, "IMD quintile"]))
    assert found.rows[0].deprivation_fifth == 2
    assert read(as_csv(cells())).rows[0].deprivation_fifth is None


@pytest.mark.parametrize("cell", ["0", "6", "ten", "1.5"])
def test_a_deprivation_fifth_outside_1_to_5_is_rejected_with_its_column(read: Read, cell: str) -> None:
    found = read(as_csv([*cells(), cell], headings=[*HEADINGS, "IMD quintile"]))
    assert found.rows == []
    assert [reject.column for reject in found.rejects] == ["IMD quintile"]


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


@pytest.mark.parametrize(
    "text", ["14/08/1940", "14-08-1940", "14.8.1940", "1940-08-14", "14-Aug-1940", "14 August 1940", "19400814",
             "14/08/1940 00:00:00", "1940-08-14T00:00:00Z"]
)  # fmt: skip
def test_a_birth_date_may_be_written_in_many_ways(read: Read, text: str) -> None:
    assert read(as_csv(cells(DOB=text))).rows[0].born == date(1940, 8, 14)


@pytest.mark.parametrize(
    ("changed", "column", "code"),
    [
        ({"NHS": "9434765918"}, "NHS number", RejectCode.NHS_NUMBER_BAD_CHECK_DIGIT),
        ({"NHS": "1111111111"}, "NHS number", RejectCode.NHS_NUMBER_REPEATED_DIGIT),
        ({"NHS": "٩٤٣٤٧٦٥٩١٩"}, "NHS number", RejectCode.NHS_NUMBER_OTHER_SCRIPT),
        ({"NHS": "9.43E+09"}, "NHS number", RejectCode.NHS_NUMBER_SHORTENED),
        ({"NHS": '="9434765919"'}, "NHS number", RejectCode.FORMULA),
        ({"Surname": "=1+1"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "+SUM(A1)"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "-2+3"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "@cmd"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "\t=1"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "\r=1"}, "Surname", RejectCode.FORMULA),
        ({"Surname": "  =1"}, "Surname", RejectCode.FORMULA),
        ({"Address_2": "\uff1d1+1"}, "Address 2", RejectCode.FORMULA),
        ({"Score": "=A1"}, "Risk score", RejectCode.FORMULA),
        ({"DOB": "=TODAY()"}, "DOB", RejectCode.FORMULA),
        ({"Surname": "Smi\x00th"}, "Surname", RejectCode.CONTROL_CHARACTER),
        ({"Surname": "Smi\u202eth"}, "Surname", RejectCode.CONTROL_CHARACTER),
        ({"Surname": "x" * 121}, "Surname", RejectCode.TEXT_TOO_LONG),
        ({"Surname": "", "Forename": ""}, "Surname", RejectCode.NAME_MISSING),
        ({"DOB": ""}, "DOB", RejectCode.BIRTH_DATE_MISSING),
        ({"DOB": "31/02/1950"}, "DOB", RejectCode.DATE_IMPOSSIBLE),
        ({"DOB": "02/31/1950"}, "DOB", RejectCode.DATE_IMPOSSIBLE),
        ({"DOB": "29/02/1900"}, "DOB", RejectCode.DATE_IMPOSSIBLE),
        ({"DOB": "14/08/40"}, "DOB", RejectCode.YEAR_TOO_SHORT),
        ({"DOB": "14-Aug-40"}, "DOB", RejectCode.YEAR_TOO_SHORT),
        ({"DOB": "summer 1940"}, "DOB", RejectCode.DATE_NOT_UNDERSTOOD),
        ({"DOB": "14837"}, "DOB", RejectCode.DATE_NOT_UNDERSTOOD),
        ({"DOB": "02/11/2026"}, "DOB", RejectCode.BIRTH_IN_FUTURE),
        ({"DOB": "01/01/1890"}, "DOB", RejectCode.BORN_TOO_LONG_AGO),
        ({"Sex": "Q"}, "Sex", RejectCode.GENDER_UNKNOWN),
        ({"Score": ""}, "Risk score", RejectCode.SCORE_MISSING),
        ({"Score": "high"}, "Risk score", RejectCode.NUMBER_NOT_UNDERSTOOD),
        ({"Score": "nan"}, "Risk score", RejectCode.NUMBER_NOT_UNDERSTOOD),
        ({"Score": "1_000"}, "Risk score", RejectCode.NUMBER_NOT_UNDERSTOOD),
        ({"Score": "1e400"}, "Risk score", RejectCode.NUMBER_NOT_UNDERSTOOD),
        ({"Rank": "0"}, "Rank", RejectCode.NUMBER_OUT_OF_RANGE),
        ({"Tier": "3"}, "Tier", RejectCode.TIER_UNKNOWN),
        ({"Admissions": "-5"}, "Emergency admissions", RejectCode.NUMBER_OUT_OF_RANGE),
        ({"Admissions": "400"}, "Emergency admissions", RejectCode.NUMBER_OUT_OF_RANGE),
        ({"eFI": "31"}, "eFI", RejectCode.NUMBER_OUT_OF_RANGE),
        ({"Practice": "Y90002"}, "Practice code", RejectCode.PRACTICE_DIFFERS),
        ({"Practice": "Y 9"}, "Practice code", RejectCode.PRACTICE_CODE_WRONG),
        ({"Run": "01/10/2026"}, "Run date", RejectCode.RUN_DATE_DIFFERS),
        ({"Tool": "ACG"}, "Tool", RejectCode.TOOL_DIFFERS),
        ({"Score": "71%"}, "Risk score", RejectCode.SCORE_UNIT_DIFFERS),
    ],
)  # fmt: skip
def test_a_row_with_one_wrong_cell_is_rejected_with_line_column_and_words(
    read: Read, changed: dict[str, str], column: str, code: RejectCode
) -> None:
    good = [cells(NHS=NUMBERS[1]), cells(NHS=NUMBERS[2])]
    found = read(as_csv(*good, cells(**changed)))
    assert len(found.rows) == 2
    (reject,) = found.rejects
    assert (reject.column, reject.code) == (column, code)
    assert reject.line == 4
    assert reject.cells == tuple(cells(**changed))
    assert "…" not in reason_in_words(reject)


def test_a_negative_score_is_a_number_and_not_a_formula(read: Read) -> None:
    assert read(as_csv(cells(Score="-5"))).rows[0].score == -5


@pytest.mark.parametrize("number", ["", "-", "NULL", " "])
def test_a_person_may_have_no_number(read: Read, number: str) -> None:
    found = read(as_csv(cells(NHS=number)))
    assert found.rows[0].nhs_number is None
    assert found.without_number == 1


def test_a_wrong_postcode_is_kept_as_written_with_a_remark(read: Read) -> None:
    found = read(as_csv(cells(Postcode="e1 unknown")))
    assert found.rows[0].postcode == "E1 UNKNOWN"
    assert [remark.code for remark in found.remarks] == [RejectCode.POSTCODE_WRONG]


def test_the_same_row_twice_counts_once(read: Read) -> None:
    found = read(as_csv(cells(), cells()))
    assert len(found.rows) == 1
    assert [(reject.line, reject.code, reject.values) for reject in found.rejects] == [
        (3, RejectCode.SAME_ROW_TWICE, {"first_line": 2})
    ]


@pytest.mark.parametrize(
    ("number", "code"), [(NUMBERS[0], RejectCode.NUMBER_USED_TWICE), ("", RejectCode.PERSON_TWICE)]
)
def test_rows_of_one_person_that_differ_are_all_held(read: Read, number: str, code: RejectCode) -> None:
    rows = [cells(NHS=number), cells(NHS=NUMBERS[1]), cells(NHS=number, Score="3"), cells(NHS=number, Score="4")]
    found = read(as_csv(*rows))
    assert [row.line for row in found.rows] == [3]
    assert [(held.row.line, held.code) for held in found.held] == [(2, code), (4, code), (5, code)]
    assert all("Line" in reason_in_words(held) for held in found.held)


def test_ragged_rows_are_rejected_and_empty_cells_at_the_end_are_not(read: Read) -> None:
    content = as_csv(
        cells(), cells(NHS=NUMBERS[1])[:-2], [*cells(NHS=NUMBERS[1]), "x"], [*cells(NHS=NUMBERS[2]), "", ""]
    )
    found = read(content + "\r\n,,,\r\nTotal: 4\r\n")
    assert [row.line for row in found.rows] == [2, 5]
    assert [(reject.line, reject.code) for reject in found.rejects] == [
        (3, RejectCode.TOO_FEW_CELLS),
        (4, RejectCode.TOO_MANY_CELLS),
        (8, RejectCode.TOO_FEW_CELLS),
    ]


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


def test_a_full_name_column_is_taken_apart(read: Read) -> None:
    headings = ["NHS number", "Patient name", "DOB", "Score"]
    found = read(
        as_csv([NUMBERS[0], "BEGUM, Ayesha (Mrs)", "14/08/1940", "5"], headings=headings),
        practice_code="Y90001",
        run_date=date(2026, 11, 1),
    )
    assert found.rows[0][2:5] == ("BEGUM", "Ayesha", "Mrs")
    assert found.practice_code == "Y90001"


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


def test_rows_are_placed_by_each_approach(read: Read) -> None:
    rows = [
        cells(NHS=NUMBERS[0], Score="90", Tier="High"),
        cells(NHS=NUMBERS[1], Score="50", Tier="Low", DOB="01/01/2015"),
        cells(NHS=NUMBERS[2], Score="10", Tier="Medium"),
    ]
    found = read(as_csv(*rows))
    run = found.run_date
    by_file = place_rows(found.rows, TierApproach.FILE_TIER, run_date=run)
    assert by_file.tiers == (Tier.HIGH, Tier.BELOW, Tier.MODERATE)
    by_score = place_rows(found.rows, TierApproach.CUT_OFF, run_date=run, cut_offs=CutOffs(80, 40, 20))
    assert by_score.tiers == (Tier.VERY_HIGH, Tier.HIGH, Tier.BELOW)
    adults = place_rows(found.rows, TierApproach.PERCENTILE, run_date=run, denominator=Denominator.ADULT)
    assert adults.tiers[1] is Tier.BELOW
    assert adults.ranks == (1, 2, 3)
    with pytest.raises(CutOffsWrong):
        place_rows(found.rows, TierApproach.CUT_OFF, run_date=run)


def test_an_approach_that_the_file_cannot_carry_is_refused(read: Read) -> None:
    found = read(as_csv(cells(Tier="")))
    with pytest.raises(TierMissing):
        place_rows(found.rows, TierApproach.FILE_TIER, run_date=found.run_date)


def test_the_rejects_file_has_line_reason_and_the_original_cells(read: Read, tmp_path: Path) -> None:
    found = read(as_csv(cells(), cells(NHS="9434765918", Surname="=HYPERLINK(1)"), ["short"]))
    out = tmp_path / "rejects.csv"
    assert write_rejects(out, found.head.recognition.headings, found.rejects, "risk.csv") == 2
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert rows[0] == ["File", "Line", "Column", "Reason", *HEADINGS]
    assert rows[1][:3] == ["risk.csv", "3", "NHS number"]
    assert rows[1][5] == "'=HYPERLINK(1)"
    assert rows[2][3] == "The line has 1 cells instead of 19."


def test_every_reject_code_has_words() -> None:
    labels = vocabulary().labels
    assert {f"reject_code.{code}" for code in RejectCode} <= labels.keys()
    assert {f"risk_column.{column}" for column in RiskColumn} <= labels.keys()


def mutated(good: bytes, chance: random.Random) -> bytes:
    """One to four random kinds of damage."""
    content = bytearray(good)
    junk = (b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b";", b"\t", b"=", b"\xe2\x80", b"\x1a", b"\xef\xbb\xbf")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(7):
            case 0:
                content[at:at] = chance.choice(junk) * chance.choice((1, 1, 3, 500))
            case 1:
                del content[at : at + chance.choice((1, 10, 400))]
            case 2:
                del content[at:]
            case 3:
                content[at:at] = content[chance.randrange(len(content) + 1) :][: chance.randrange(1, 600)]
            case 4:
                content[at:at] = chance.randbytes(chance.choice((1, 5, 200)))
            case 5:
                content = bytearray(bytes(content).replace(chance.choice(junk), chance.choice(junk)))
            case _:
                lines = bytes(content).split(b"\n")
                chance.shuffle(lines)
                content = bytearray(b"\n".join(lines))
    return bytes(content)


def read_or_refusal(read: Read, content: bytes) -> RiskFile | MdtError:
    try:
        return read(content)
    except MdtError as refused:
        return refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.timeout(60)
def test_four_hundred_malformed_files_give_rows_rejects_or_a_typed_error(read: Read, encoding: str) -> None:
    rows = [cells(NHS="" if n % 3 else NUMBERS[n // 3 % 3], Surname=f"Müller{n}") for n in range(40)]
    good = as_csv(*rows).replace("Llŷn", "Lyn").encode(encoding)
    chance = random.Random(encoding)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        found = read_or_refusal(read, mutated(good, chance))
        if isinstance(found, MdtError):
            assert isinstance(found, BadInput)
            assert "…" not in sentence(found)
            outcomes["refused"] += 1
        else:
            assert len(found.rows) + len(found.rejects) + len(found.held) == found.lines
            assert all("…" not in reason_in_words(reject) for reject in found.rejects)
            outcomes["read"] += 1
    assert min(outcomes.values()) > 20
