"""The NHS number: ten digits with a modulus 11 check digit, how it is read, judged and shown."""

import re
from dataclasses import dataclass
from enum import StrEnum

from nhs_number.validate import is_valid

from mdt_desktop.domain.errors import BadInput

_BETWEEN_DIGITS = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013\u2014\u2212"))
# Scottish CHI numbers; England and Wales are issued 4, 6 and 7, and 9 is kept for tests and invented people.
_CHI_FIRST, _CHI_LAST = "0100000000", "3112999999"
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}")


class NhsNumberFault(StrEnum):
    """Why a text is not an NHS number; the value is also the code of the sentence for it."""

    EMPTY = "nhs_number_empty"
    OTHER_SCRIPT = "nhs_number_other_script"
    SHORTENED = "nhs_number_shortened"
    NOT_DIGITS = "nhs_number_not_digits"
    WRONG_LENGTH = "nhs_number_wrong_length"
    REPEATED_DIGIT = "nhs_number_repeated_digit"
    BAD_CHECK_DIGIT = "nhs_number_bad_check_digit"
    NO_SUCH_BIRTH_DATE = "nhs_number_no_such_birth_date"


class NotAnNhsNumber(BadInput):
    """The text is not an NHS number; the subclass tells the reason, `fault` names it."""

    code = "nhs_number"
    fault = NhsNumberFault.NOT_DIGITS


class NhsNumberEmpty(NotAnNhsNumber):
    """Nothing was given."""

    code = fault = NhsNumberFault.EMPTY


class NhsNumberOtherScript(NotAnNhsNumber):
    """Digits of another script, which look like a number but are not what the NHS writes."""

    code = fault = NhsNumberFault.OTHER_SCRIPT


class NhsNumberShortened(NotAnNhsNumber):
    """A spreadsheet has turned the number into something like 9.43E+09; its last digits are lost."""

    code = fault = NhsNumberFault.SHORTENED


class NhsNumberNotDigits(NotAnNhsNumber):
    """Something other than digits, spaces and dashes."""

    code = fault = NhsNumberFault.NOT_DIGITS


class NhsNumberWrongLength(NotAnNhsNumber):
    """More or fewer than ten digits."""

    code = fault = NhsNumberFault.WRONG_LENGTH


class NhsNumberRepeatedDigit(NotAnNhsNumber):
    """One digit ten times: passes the check digit, is never a person's number."""

    code = fault = NhsNumberFault.REPEATED_DIGIT


class NhsNumberBadCheckDigit(NotAnNhsNumber):
    """Ten digits, of which at least one is mistyped."""

    code = fault = NhsNumberFault.BAD_CHECK_DIGIT


class NhsNumberNoSuchBirthDate(NotAnNhsNumber):
    """In the Scottish range, where the first six digits are a birth date: there is no such day."""

    code = fault = NhsNumberFault.NO_SUCH_BIRTH_DATE


_ERRORS: dict[NhsNumberFault, type[NotAnNhsNumber]] = {
    kind.fault: kind
    for kind in (
        NhsNumberEmpty,
        NhsNumberOtherScript,
        NhsNumberShortened,
        NhsNumberNotDigits,
        NhsNumberWrongLength,
        NhsNumberRepeatedDigit,
        NhsNumberBadCheckDigit,
        NhsNumberNoSuchBirthDate,
    )
}


def normalised(text: str) -> str:
    """The text without the spaces, no-break spaces and dashes that people put between the digits."""
    return text.translate(_BETWEEN_DIGITS)


def check_digits_agree(digits: str) -> bool:
    """Whether ten ASCII digits satisfy modulus 11 (NHS Data Dictionary: weights 10 to 2, then 1).

    Ten characters of ASCII digits are assumed. Written out in line because a borough's import asks it for
    every row. The character codes are used as they are: 48 times the weights' sum, 55, is a multiple of 11.
    A number that would need "10" as its check digit never comes to a multiple of 11, so it fails here too.
    """
    a, b, c, d, e, f, g, h, i, j = digits.encode("ascii")
    return (10 * a + 9 * b + 8 * c + 7 * d + 6 * e + 5 * f + 4 * g + 3 * h + 2 * i + j) % 11 == 0


def _begins_with_a_date(digits: str) -> bool:
    """Whether ddmmyy is a day; the century is not known, so 29 February counts in every fourth year."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    return 1 <= month <= 12 and 1 <= day <= (_MONTH_LENGTHS[month - 1] if month != 2 or year % 4 == 0 else 28)


def fault_of(digits: str) -> NhsNumberFault | None:
    """Why an already `normalised` text is not an NHS number, or None when it is one (the fast bulk path)."""
    if len(digits) == 10 and digits.isascii() and digits.isdigit():
        # Ten times the same digit always has a right check digit, so it need only be asked for here.
        if not check_digits_agree(digits):
            return NhsNumberFault.BAD_CHECK_DIGIT
        if digits == digits[0] * 10:
            return NhsNumberFault.REPEATED_DIGIT
        if _CHI_FIRST <= digits <= _CHI_LAST and not _begins_with_a_date(digits):
            return NhsNumberFault.NO_SUCH_BIRTH_DATE
        return None
    if not digits:
        return NhsNumberFault.EMPTY
    if _SCIENTIFIC.fullmatch(digits):
        return NhsNumberFault.SHORTENED
    if not digits.isascii() and all(letter.isdigit() for letter in digits):
        return NhsNumberFault.OTHER_SCRIPT
    if not (digits.isascii() and digits.isdigit()):
        return NhsNumberFault.NOT_DIGITS
    return NhsNumberFault.WRONG_LENGTH


def spaced(digits: str) -> str:
    """Ten digits as the NHS shows them: 3-3-4 with spaces."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


@dataclass(frozen=True, slots=True, order=True)
class NhsNumber:
    """A valid NHS number; `digits` are ten ASCII digits. Raises the `NotAnNhsNumber` that fits otherwise."""

    digits: str

    def __post_init__(self) -> None:
        """Refuse anything that is not ten digits with a right check digit."""
        fault = fault_of(self.digits)
        if fault is not None:
            raise _ERRORS[fault](given=self.digits)
        # Second opinion on the slow path: the published library must agree with the arithmetic above.
        if not is_valid(self.digits):
            raise NhsNumberBadCheckDigit(given=self.digits)

    @classmethod
    def parse(cls, text: str) -> "NhsNumber":
        """Read a number as people write it: with spaces, no-break spaces or dashes. Raises NotAnNhsNumber."""
        return cls(normalised(text))

    @property
    def spaced(self) -> str:
        """As the NHS shows it: `943 476 5919`."""
        return spaced(self.digits)

    def __str__(self) -> str:
        """The ten digits."""
        return self.digits
