"""NHS numbers: which texts are one, why others are not, and that the fast path agrees with the library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number import validate as library

from mdt_desktop.domain.nhs_number import (
    NhsNumber,
    NhsNumberFault,
    NotAnNhsNumber,
    fault_of,
    normalised,
    spaced,
)

TEN_DIGITS = st.text("0123456789", min_size=10, max_size=10)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("9434765919", id="plain"),
        pytest.param("943 476 5919", id="spaces"),
        pytest.param("943-476-5919", id="dashes"),
        pytest.param("943\u00a0476\u00a05919", id="no-break spaces"),
        pytest.param("943\u2013476\u20135919", id="en dashes"),
        pytest.param("  9434765919\t", id="around it"),
    ],
)
def test_a_number_is_read_however_people_write_it(text: str) -> None:
    number = NhsNumber.parse(text)
    assert number.digits == "9434765919"
    assert number.spaced == "943 476 5919"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", NhsNumberFault.EMPTY, id="nothing"),
        pytest.param(" - ", NhsNumberFault.EMPTY, id="a dash only"),
        pytest.param("٩٤٣٤٧٦٥٩١٩", NhsNumberFault.OTHER_SCRIPT, id="arabic-indic digits"),
        pytest.param("৯৪৩৪৭৬৫৯১৯", NhsNumberFault.OTHER_SCRIPT, id="bengali digits"),
        pytest.param("94347659¹⁹", NhsNumberFault.OTHER_SCRIPT, id="superscript digits"),
        pytest.param("9.43E+09", NhsNumberFault.SHORTENED, id="shortened by a spreadsheet"),
        pytest.param("943476591O", NhsNumberFault.NOT_DIGITS, id="letter O"),
        pytest.param("943.476.5919", NhsNumberFault.NOT_DIGITS, id="dots"),
        pytest.param("943476591", NhsNumberFault.WRONG_LENGTH, id="nine digits"),
        pytest.param("94347659190", NhsNumberFault.WRONG_LENGTH, id="eleven digits"),
        pytest.param("0000000000", NhsNumberFault.REPEATED_DIGIT, id="all noughts"),
        pytest.param("1111111111", NhsNumberFault.REPEATED_DIGIT, id="all ones"),
        pytest.param("9434765918", NhsNumberFault.BAD_CHECK_DIGIT, id="last digit"),
        pytest.param("9991234567", NhsNumberFault.BAD_CHECK_DIGIT, id="the manual's own example"),
        pytest.param("9434756919", NhsNumberFault.BAD_CHECK_DIGIT, id="two digits swapped"),
        pytest.param("0132405016", NhsNumberFault.NO_SUCH_BIRTH_DATE, id="scottish, month 32"),
    ],
)
def test_what_is_not_a_number_is_refused_with_the_reason(text: str, fault: NhsNumberFault) -> None:
    with pytest.raises(NotAnNhsNumber) as caught:
        NhsNumber.parse(text)
    assert caught.value.fault is fault
    assert caught.value.code == fault.value
    assert caught.value.values["given"] == normalised(text)


@pytest.mark.parametrize("digits", ["9434765919", "9449305552", "9912003888"])
def test_published_examples_are_valid(digits: str) -> None:
    assert fault_of(digits) is None
    assert spaced(digits).replace(" ", "") == digits


@given(TEN_DIGITS)
def test_the_fast_path_agrees_with_the_published_library(digits: str) -> None:
    if len(set(digits)) > 1:
        assert (fault_of(digits) is None) == library.is_valid(digits)


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 9))
def test_a_number_with_a_computed_check_digit_passes_and_any_other_digit_fails(nine: str, other: int) -> None:
    check = library.calculate_checksum(nine)
    number = f"{nine}{other}"
    if len(set(number)) > 1:
        assert (fault_of(number) in (None, NhsNumberFault.NO_SUCH_BIRTH_DATE)) == (other == check)


@given(st.integers(0, 3_112_999_999))
def test_the_scottish_range_agrees_with_the_published_library(value: int) -> None:
    nine = f"{value:010d}"[:9]
    check = library.calculate_checksum(nine)
    digits = f"{nine}{check}"
    if check != 10 and len(set(digits)) > 1:
        assert (fault_of(digits) is None) == library.is_valid(digits)


@given(st.text())
def test_no_text_whatever_crashes_the_reader(text: str) -> None:
    fault = fault_of(normalised(text))
    if fault is None:
        assert NhsNumber.parse(text).digits == normalised(text)
    else:
        with pytest.raises(NotAnNhsNumber) as caught:
            NhsNumber.parse(text)
        assert caught.value.fault is fault
