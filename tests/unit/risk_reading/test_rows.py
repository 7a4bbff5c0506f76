"""A row of a risk file: read whole, or rejected with its line, its column and words."""

from datetime import date
from hashlib import sha256

import pytest

from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier
from mdt_desktop.domain.risk_cells import RejectCode
from mdt_desktop.services.risk_rejects import reason_in_words
from tests.unit.risk_reading.desk import HEADINGS, NUMBERS, Read, as_csv, cells


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


def test_a_full_name_column_is_taken_apart(read: Read) -> None:
    headings = ["NHS number", "Patient name", "DOB", "Score"]
    found = read(
        as_csv([NUMBERS[0], "BEGUM, Ayesha (Mrs)", "14/08/1940", "5"], headings=headings),
        practice_code="Y90001",
        run_date=date(2026, 11, 1),
    )
    assert found.rows[0][2:5] == ("BEGUM", "Ayesha", "Mrs")
    assert found.practice_code == "Y90001"


def test_a_deprivation_fifth_is_read_where_the_file_has_one(read: Read) -> None:
    found = read(as_csv([*cells(), "2"], headings=[*HEADINGS, "IMD quintile"]))
    assert found.rows[0].deprivation_fifth == 2
    assert read(as_csv(cells())).rows[0].deprivation_fifth is None


@pytest.mark.parametrize("cell", ["0", "6", "ten", "1.5"])
def test_a_deprivation_fifth_outside_1_to_5_is_rejected_with_its_column(read: Read, cell: str) -> None:
    found = read(as_csv([*cells(), cell], headings=[*HEADINGS, "IMD quintile"]))
    assert found.rows == []
    assert [reject.column for reject in found.rejects] == ["IMD quintile"]
