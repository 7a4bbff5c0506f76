"""Single cells of a risk file: read strictly, each refusal with a code that has a sentence."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from mdt_desktop.domain import postcode
from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier

OLDEST_AGE = 130
"""Years. A birth date further back than this before the run is refused as a slip."""
LONGEST_NAME = 120
LONGEST_TEXT = 1_000
LARGEST_SCORE = 1e9
MOST_ADMISSIONS = 366
_CACHE_SIZE = 40_000


class RejectCode(StrEnum):
    """Why a row of a risk file was not taken; the words are labels `reject_code.…`."""

    NHS_NUMBER_OTHER_SCRIPT = "nhs_number_other_script"
    NHS_NUMBER_SHORTENED = "nhs_number_shortened"
    NHS_NUMBER_NOT_DIGITS = "nhs_number_not_digits"
    NHS_NUMBER_WRONG_LENGTH = "nhs_number_wrong_length"
    NHS_NUMBER_REPEATED_DIGIT = "nhs_number_repeated_digit"
    NHS_NUMBER_BAD_CHECK_DIGIT = "nhs_number_bad_check_digit"
    NHS_NUMBER_NO_SUCH_BIRTH_DATE = "nhs_number_no_such_birth_date"
    FORMULA = "formula"
    CONTROL_CHARACTER = "control_character"
    TEXT_TOO_LONG = "text_too_long"
    NAME_MISSING = "name_missing"
    BIRTH_DATE_MISSING = "birth_date_missing"
    DATE_NOT_UNDERSTOOD = "date_not_understood"
    DATE_IMPOSSIBLE = "date_impossible"
    YEAR_TOO_SHORT = "year_too_short"
    BIRTH_IN_FUTURE = "birth_in_future"
    BORN_TOO_LONG_AGO = "born_too_long_ago"
    GENDER_UNKNOWN = "gender_unknown"
    PRACTICE_CODE_WRONG = "practice_code_wrong"
    PRACTICE_DIFFERS = "practice_differs"
    RUN_DATE_DIFFERS = "run_date_differs"
    TOOL_DIFFERS = "tool_differs"
    SCORE_MISSING = "score_missing"
    SCORE_UNIT_DIFFERS = "score_unit_differs"
    TIER_UNKNOWN = "tier_unknown"
    NUMBER_NOT_UNDERSTOOD = "number_not_understood"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    QUOTE_NOT_CLOSED = "quote_not_closed"
    QUOTE_MISPLACED = "quote_misplaced"
    LINE_TOO_LONG = "line_too_long"
    SAME_ROW_TWICE = "same_row_twice"
    NUMBER_USED_TWICE = "number_used_twice"
    PERSON_TWICE = "person_twice"
    POSTCODE_WRONG = "postcode_wrong"


_Value = TypeVar("_Value")


class CellRefused(ValueError):
    """A cell that cannot be read; `reject` says why, `given` is the cell as it should be shown."""

    def __init__(self, reject: RejectCode, given: str = "") -> None:
        super().__init__(reject)
        self.reject = reject
        self.given = given[:60]


class Remembered(dict[str, _Value]):
    """Reads each different text once: most cells of a file repeat, and reading is the costly part."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], _Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> _Value:
        value = self._read(cell)
        if len(self) >= _CACHE_SIZE:
            self.clear()
        self[cell] = value
        return value


# Full-width forms included: spreadsheets take them for the ASCII signs.
_FORMULA_SIGNS = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_INVISIBLE = str.maketrans("", "", "\u200b\u200e\u200f\u2060\ufeff\u00ad")
# What nearly every cell looks like: words of letters, digits and harmless signs, single spaces between them.
_ORDINARY = re.compile(r"[^\W_][\w'\u2019.,/()&;-]*(?: [\w'\u2019.,/()&;-]+)*")
_NOTHING = frozenset({"", "-", "--", "n/a", "na", "null", "none", "nil", "not known", "unknown", "#n/a"})
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,15})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}(\.0+)?")
_PRACTICE = re.compile(r"[A-Z0-9]{3,12}")


def text(cell: str, longest: int = LONGEST_TEXT) -> str:
    """A text cell with single spaces. Refuses formulas, control characters and texts that are too long.

    A cell that begins with `=`, `+`, `-`, `@`, TAB or CR (also behind spaces) is refused, never repaired: in
    a person's name or address it is either damage or an attack. A lone dash means "nothing".
    """
    if not cell:
        return ""
    if len(cell) > longest:
        raise CellRefused(RejectCode.TEXT_TOO_LONG, cell)
    if _ORDINARY.fullmatch(cell):
        return cell
    if _UNSAFE.search(cell.strip(" \n")):
        formula = cell[0] in _FORMULA_SIGNS
        if formula or _UNSAFE.search(cell.replace("\r", " ").replace("\n", " ").replace("\t", " ")):
            raise CellRefused(RejectCode.FORMULA if formula else RejectCode.CONTROL_CHARACTER, cell.strip())
    tidy = " ".join(cell.translate(_INVISIBLE).split())
    if tidy in {"-", "--"}:
        return ""
    if tidy and (tidy[0] in _FORMULA_SIGNS or cell[0] in _FORMULA_SIGNS):
        raise CellRefused(RejectCode.FORMULA, tidy)
    return tidy


def name(cell: str) -> str:
    """A name: text of at most 120 characters."""
    return text(cell, LONGEST_NAME)


def postcode_or_text(cell: str) -> tuple[str, bool]:
    """The postcode written one way, and whether it is one; a wrong one is kept as typed, for people to see."""
    if postcode.is_normal(cell):
        return cell, True
    typed = text(cell, 40)
    known = postcode.normalised(typed) if typed else ""
    return (typed.upper(), False) if known is None else (known, True)


def practice_code(cell: str) -> str:
    """An ODS code in capitals. Refuses anything but 3 to 12 letters and digits."""
    code = text(cell, 40).upper()
    if code and not _PRACTICE.fullmatch(code):
        raise CellRefused(RejectCode.PRACTICE_CODE_WRONG, code)
    return code


def number(cell: str) -> float | None:
    """A decimal number with a point, or None for an empty cell; -5 is a number here, not a formula."""
    typed = cell.strip()
    if typed.casefold() in _NOTHING:
        return None
    if not _NUMBER.fullmatch(typed):
        raise CellRefused(_not_a_number(typed), typed)
    return float(typed)


def _not_a_number(typed: str) -> RejectCode:
    return RejectCode.FORMULA if typed[0] in _FORMULA_SIGNS else RejectCode.NUMBER_NOT_UNDERSTOOD


def whole_number(cell: str, lowest: int, highest: int) -> int | None:
    """A whole number within limits, or None for an empty cell; `3.0` is 3."""
    typed = cell.strip()
    if typed.casefold() in _NOTHING:
        return None
    if not _WHOLE.fullmatch(typed):
        raise CellRefused(_not_a_number(typed), typed)
    value = int(typed.partition(".")[0])
    if not lowest <= value <= highest:
        raise CellRefused(RejectCode.NUMBER_OUT_OF_RANGE, typed)
    return value


def admissions(cell: str) -> int | None:
    """Emergency admissions in 12 months: 0 to 366."""
    return whole_number(cell, 0, MOST_ADMISSIONS)


def rank(cell: str) -> int | None:
    """A rank: 1 or more."""
    return whole_number(cell, 1, 999_999_999)


def deprivation_fifth(cell: str) -> int | None:
    """The national fifth of the person's area: 1, the most deprived, to 5 (index of multiple deprivation)."""
    return whole_number(cell, 1, 5)


def frailty_index(cell: str) -> float | None:
    """The share of deficits, 0 to 1."""
    value = number(cell)
    if value is not None and not 0 <= value <= 1:
        raise CellRefused(RejectCode.NUMBER_OUT_OF_RANGE, cell.strip())
    return value


class ScoreReader:
    """Scores with or without a per cent sign, but not both in one file: 0.34 and 34 % would change places."""

    def __init__(self) -> None:
        self._per_cent: bool | None = None

    def __call__(self, cell: str) -> float | None:
        """The score, or None for an empty cell. Refuses what is no number, too large, or of the other unit."""
        typed = cell.strip()
        per_cent = typed.endswith("%")
        value = number(typed.removesuffix("%"))
        if value is None:
            return None
        if abs(value) > LARGEST_SCORE:
            raise CellRefused(RejectCode.NUMBER_OUT_OF_RANGE, typed)
        if self._per_cent is None:
            self._per_cent = per_cent
        if self._per_cent != per_cent:
            raise CellRefused(RejectCode.SCORE_UNIT_DIFFERS, typed)
        return value


def conditions(cell: str) -> str:
    """Long-term conditions as named or counted in the file; separators become `; `."""
    named = text(cell)
    return "; ".join(part.strip() for part in re.split(r"[;|]", named) if part.strip())


_GENDERS: dict[str, Gender] = {
    **dict.fromkeys(("m", "male", "man", "1"), Gender.MALE),
    **dict.fromkeys(("f", "female", "woman", "2"), Gender.FEMALE),
    **dict.fromkeys(("other", "o", "non-binary", "nonbinary", "indeterminate", "i", "9"), Gender.OTHER),
    **dict.fromkeys(("not specified", "not stated", "u", "x", "0", "not recorded", *_NOTHING), Gender.NOT_KNOWN),
}


def gender(cell: str) -> Gender:
    """Words, letters or the NHS codes (1, 2, 9 indeterminate, 0 or X not known); an empty cell is "not known"."""
    found = _GENDERS.get(cell.strip().casefold())
    if found is None:
        raise CellRefused(RejectCode.GENDER_UNKNOWN, cell.strip())
    return found


_TIERS: dict[str, Tier] = {
    **dict.fromkeys(("veryhigh", "vh", "highest", "veryhighrisk"), Tier.VERY_HIGH),
    **dict.fromkeys(("high", "h", "highrisk"), Tier.HIGH),
    **dict.fromkeys(("moderate", "medium", "m", "mod", "moderaterisk", "mediumrisk"), Tier.MODERATE),
    **dict.fromkeys(
        (
            "below",
            "low",
            "l",
            "lowrisk",
            "verylow",
            "verylowrisk",
            "none",
            "norisk",
            "belowthreshold",
            "notatrisk",
        ),
        Tier.BELOW,
    ),
}


def tier(cell: str) -> Tier | None:
    """A tier by its name; numbers are refused because tools count from either end. None for an empty cell."""
    word = re.sub(r"[^a-z0-9]", "", cell.casefold())
    if not cell.strip():
        return None
    if word not in _TIERS:
        raise CellRefused(RejectCode.TIER_UNKNOWN, cell.strip())
    return _TIERS[word]


_MONTHS = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
}
_MONTH_NAMES = {**_MONTHS, **{name[:3]: place for name, place in _MONTHS.items()}, "sept": 9}
_CLOCK = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_PACKED = re.compile(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_NAMED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]?([A-Za-z]{3,9})[-/., ]{0,2}([0-9]{1,4})")


def day(cell: str) -> date | None:
    """A date: `14/08/1940` (day first), `1940-08-14`, `14-Aug-1940`, `19400814`; a clock time is left off.

    None for an empty cell. Years of fewer than four digits are refused, never guessed.
    """
    # The two commonest forms first: nearly every birth date of a file is a new text.
    if found := _DAY_FIRST.fullmatch(cell):
        return _real_day(found[3], int(found[2]), int(found[1]), cell)
    if found := _YEAR_FIRST.fullmatch(cell):
        return _real_day(found[1], int(found[2]), int(found[3]), cell)
    typed = " ".join(cell.split())
    if typed.casefold() in _NOTHING:
        return None
    if typed[0] in _FORMULA_SIGNS:
        raise CellRefused(RejectCode.FORMULA, typed)
    bare = _CLOCK.sub("", typed)
    if found := _DAY_FIRST.fullmatch(bare):
        return _real_day(found[3], int(found[2]), int(found[1]), typed)
    if found := _YEAR_FIRST.fullmatch(bare) or _PACKED.fullmatch(bare):
        return _real_day(found[1], int(found[2]), int(found[3]), typed)
    if (found := _NAMED.fullmatch(bare)) and found[2].casefold() in _MONTH_NAMES:
        return _real_day(found[3], _MONTH_NAMES[found[2].casefold()], int(found[1]), typed)
    raise CellRefused(RejectCode.DATE_NOT_UNDERSTOOD, typed)


def _real_day(year: str, month: int, day_of_month: int, typed: str) -> date:
    if len(year) < 4:
        raise CellRefused(RejectCode.YEAR_TOO_SHORT, typed)
    try:
        return date(int(year), month, day_of_month)
    except ValueError:
        raise CellRefused(RejectCode.DATE_IMPOSSIBLE, typed) from None


class BirthDateReader:
    """Birth dates that a living person can have on the day of reading."""

    def __init__(self, today: date) -> None:
        self._today = today
        oldest = round(OLDEST_AGE * 365.25)
        # A file may claim to be of the year 1; a day that no calendar has would stop the whole reading.
        self._earliest = today - timedelta(days=oldest) if today.toordinal() > oldest else date.min

    def __call__(self, cell: str) -> date:
        """The date. Refuses an empty cell, the future, and more than 130 years ago."""
        born = day(cell)
        if born is None:
            raise CellRefused(RejectCode.BIRTH_DATE_MISSING)
        if born > self._today:
            raise CellRefused(RejectCode.BIRTH_IN_FUTURE, cell.strip())
        if born < self._earliest:
            raise CellRefused(RejectCode.BORN_TOO_LONG_AGO, cell.strip())
        return born
