"""Columns of a risk file: recognised by name, or mapped by hand."""

import pytest

from mdt_desktop.domain.risk_columns import (
    ColumnMapWrong,
    ColumnsNotMapped,
    RiskColumn,
    meaning_of,
    recognise_columns,
)

ENOUGH = ["NHS number", "Name", "DOB", "Score", "Practice code", "Run date"]


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("NHS_No.", RiskColumn.NHS_NUMBER),
        ("NhsNumber", RiskColumn.NHS_NUMBER),
        ("  nhs   NUMBER ", RiskColumn.NHS_NUMBER),
        ("Patient's NHS Number", RiskColumn.NHS_NUMBER),
        ("Surname", RiskColumn.FAMILY_NAME),
        ("FORENAMES", RiskColumn.GIVEN_NAMES),
        ("D.O.B.", RiskColumn.BORN),
        ("Date of Birth (dd/mm/yyyy)", RiskColumn.BORN),
        ("Person Birth Date", RiskColumn.BORN),
        ("Sex", RiskColumn.GENDER),
        ("Usual Address Line 3", RiskColumn.ADDRESS),
        ("Post Code", RiskColumn.POSTCODE),
        ("ODS code", RiskColumn.PRACTICE_CODE),
        ("Risk of emergency admission", RiskColumn.SCORE),
        ("Risk Band", RiskColumn.TIER),
        ("eFI", RiskColumn.FRAILTY_INDEX),
        ("IMD quintile", RiskColumn.DEPRIVATION_FIFTH),
        ("Deprivation Quintile (1 = most deprived)", RiskColumn.DEPRIVATION_FIFTH),
        ("No. of LTCs", RiskColumn.LONG_TERM_CONDITIONS),
        ("Emergency admissions (last 12 months)", RiskColumn.EMERGENCY_ADMISSIONS),
        ("As-at date", RiskColumn.RUN_DATE),
    ],
)
def test_a_heading_is_recognised_however_the_export_spells_it(heading: str, meaning: RiskColumn) -> None:
    assert meaning_of(heading) is meaning


@pytest.mark.parametrize("heading", ["", "Usual GP", "Blood pressure", "Date", "Number", "?"])
def test_a_heading_that_may_mean_anything_is_left_for_the_person(heading: str) -> None:
    assert meaning_of(heading) is None


def test_a_file_with_all_needed_columns_is_settled() -> None:
    found = recognise_columns([*ENOUGH, "Blood pressure"])
    assert found.settled
    assert found.unknown == (6,)
    assert found.required().first(RiskColumn.BORN) == 2


@pytest.mark.parametrize("left_out", range(len(ENOUGH)))
def test_each_needed_column_that_is_missing_is_named(left_out: int) -> None:
    found = recognise_columns(ENOUGH[:left_out] + ENOUGH[left_out + 1 :])
    assert len(found.missing) == 1
    with pytest.raises(ColumnsNotMapped) as caught:
        found.required()
    assert caught.value.recognition is found


def test_practice_and_run_date_may_be_told_beside_the_file() -> None:
    told = frozenset({RiskColumn.PRACTICE_CODE, RiskColumn.RUN_DATE})
    assert recognise_columns(ENOUGH[:4], told=told).settled


def test_two_columns_of_one_meaning_are_ambiguous_until_one_is_chosen() -> None:
    headings = [*ENOUGH, "Risk score"]
    found = recognise_columns(headings)
    assert [(item.meaning, item.columns) for item in found.ambiguous] == [(RiskColumn.SCORE, (3, 6))]
    assert not found.settled
    assert recognise_columns(headings, chosen={RiskColumn.SCORE: (6,)}).required().first(RiskColumn.SCORE) == 6


def test_an_address_may_be_spread_over_columns_in_the_files_order() -> None:
    found = recognise_columns([*ENOUGH, "Address 1", "Postcode", "Address 2"])
    assert found.map.columns[RiskColumn.ADDRESS] == (6, 8)


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param({RiskColumn.SCORE: (99,)}, id="no such column"),
        pytest.param({RiskColumn.SCORE: (1, 2)}, id="two columns for one score"),
        pytest.param({RiskColumn.SCORE: (1,), RiskColumn.RANK: (1,)}, id="one column twice"),
    ],
)
def test_a_map_that_does_not_fit_the_file_is_refused(chosen: dict[RiskColumn, tuple[int, ...]]) -> None:
    with pytest.raises(ColumnMapWrong):
        recognise_columns(ENOUGH, chosen=chosen)
