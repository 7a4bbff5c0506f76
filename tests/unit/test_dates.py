"""Dates by the rules of the NHS Common User Interface, one test or line a rule id."""

from datetime import UTC, date, datetime

import pytest

from mdt_desktop.domain.dates import (
    UNKNOWN_DATE,
    DateAmbiguous,
    DateImpossible,
    DateNotUnderstood,
    add_months,
    age_on,
    cui_date,
    cui_time,
    long_date,
    long_date_and_time,
    read_date,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        pytest.param(date(1980, 8, 14), "14-Aug-1980", id="D+Ta-0002 day, three-letter month, four-digit year"),
        pytest.param(date(2026, 3, 5), "05-Mar-2026", id="D+Ta-0005 two-digit day"),
        pytest.param(date(2026, 5, 1), "01-May-2026", id="D+Ta-0006 May is whole with three letters"),
        pytest.param(date(2026, 9, 30), "30-Sep-2026", id="September has three letters too"),
        pytest.param(None, "Not recorded", id="D+Ta-0022 a date that is not there is not recorded"),
    ],
)
def test_a_clinical_screen_shows_a_date(day: date | None, shown: str) -> None:
    assert cui_date(day) == shown


def test_the_person_and_the_screen_reader_get_the_long_form_d_ta_0011() -> None:
    assert long_date(date(1980, 8, 4)) == "4 August 1980"
    assert long_date(None) == "Not recorded"
    assert long_date_and_time(datetime(2026, 3, 14, 9, 5, tzinfo=UTC)) == "14 March 2026 09:05"


def test_time_is_on_the_24_hour_clock_d_tb_0001() -> None:
    assert cui_time(datetime(2026, 11, 23, 9, 5, tzinfo=UTC)) == "09:05"
    assert cui_time(datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) == "17:30"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("14-Aug-1980", date(1980, 8, 14), id="D+Tc-0002 the form that is shown"),
        pytest.param(" 14 aug 1980 ", date(1980, 8, 14), id="blanks and small letters"),
        pytest.param("14/08/1980", date(1980, 8, 14), id="day before month"),
        pytest.param("4.8.1980", date(1980, 8, 4), id="points, single digits"),
        pytest.param("14081980", date(1980, 8, 14), id="eight digits"),
        pytest.param("1980-08-14", date(1980, 8, 14), id="year first"),
        pytest.param("1980 Aug 14", date(1980, 8, 14), id="year first with the month in letters"),
        pytest.param("August 14, 1980", date(1980, 8, 14), id="month in letters first"),
        pytest.param("1st September 2026", date(2026, 9, 1), id="ordinal and whole month"),
        pytest.param("14Aug1980", date(1980, 8, 14), id="no separators"),
        pytest.param("1 sept 2026", date(2026, 9, 1), id="Sept"),
        pytest.param("29/02/2024", date(2024, 2, 29), id="leap day"),
        pytest.param("today", TODAY, id="today"),
        pytest.param("yesterday", date(2026, 11, 22), id="yesterday"),
        pytest.param("+3m", date(2027, 2, 23), id="D+Tc-0007 three months on"),
        pytest.param("-2d", date(2026, 11, 21), id="D+Tc-0007 two days ago"),
        pytest.param("+ 1 W", date(2026, 11, 30), id="a week on, with blanks"),
        pytest.param("-80y", date(1946, 11, 23), id="eighty years ago"),
        pytest.param("Unknown", UNKNOWN_DATE, id="D+Tc-0008 unknown is an answer"),
        pytest.param("not known", UNKNOWN_DATE, id="not known is an answer"),
    ],
)
def test_what_is_typed_is_read(typed: str, meant: object) -> None:
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        pytest.param("05/04/2", ["05-Apr-2022", "05-Apr-2032"], id="D+Tc-0038 one-digit year"),
        pytest.param("5/4/40", ["05-Apr-2040", "05-Apr-1940"], id="two-digit year"),
        pytest.param("5 Apr", ["05-Apr-2027", "05-Apr-2026"], id="no year: the nearest first"),
        pytest.param("29/2", ["29-Feb-2028", "29-Feb-2024"], id="no year, only years that have the day"),
        pytest.param("04/25/2020", ["25-Apr-2020"], id="American order"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked_with_at_most_two_suggestions_d_tc_0040(
    typed: str, offered: list[str]
) -> None:
    with pytest.raises(DateAmbiguous) as caught:
        read_date(typed, TODAY)
    assert [cui_date(day) for day in caught.value.suggestions] == offered


@pytest.mark.parametrize("typed", ["31-Feb-2026", "29/02/2023", "0/5/2026", "14/13/2026", "1-Jan-1700", "+9999y"])
def test_a_day_that_is_not_in_the_calendar_is_impossible(typed: str) -> None:
    with pytest.raises(DateImpossible):
        read_date(typed, TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "soon",
        "12",
        "1/2/3/4",
        "Aug Sep 1980",
        "xx-Aug-1980",
        "14-Augg-1980",
        "1/2/199",
        "111/2/2000",
        "١٤/٨/١٩٨٠",
        "²/3/2020",
    ],
)
def test_what_is_no_date_is_not_understood(typed: str) -> None:
    with pytest.raises(DateNotUnderstood):
        read_date(typed, TODAY)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        pytest.param(date(1951, 11, 23), TODAY, 75, id="75 on the birthday itself"),
        pytest.param(date(1951, 11, 24), TODAY, 74, id="74 on the day before the birthday"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), 0, id="leap day: not yet one on 28 February"),
        pytest.param(date(2024, 2, 29), date(2025, 3, 1), 1, id="leap day: one on 1 March"),
        pytest.param(TODAY, TODAY, 0, id="nought on the day of birth"),
    ],
)
def test_age_is_whole_years(born: date, on: date, age: int) -> None:
    assert age_on(born, on) == age


def test_nobody_has_an_age_before_birth() -> None:
    with pytest.raises(DateImpossible):
        age_on(TODAY, date(2020, 1, 1))


def test_a_month_after_31_january_is_the_last_of_february() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 3, 31), -13) == date(2025, 2, 28)
