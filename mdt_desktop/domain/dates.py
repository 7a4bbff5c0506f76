"""Dates as the NHS Common User Interface writes and reads them, whatever the machine's settings."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias

from mdt_desktop.domain.errors import BadInput

UnknownDate: TypeAlias = Literal["unknown"]
UNKNOWN_DATE: Final[UnknownDate] = "unknown"
NOT_RECORDED: Final = "Not recorded"
EARLIEST_YEAR: Final = 1850
LATEST_YEAR: Final = 2199

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNKNOWN_WORDS: Final = frozenset({"unknown", "not known", "unk", "?"})
_NAMED_DAYS: Final = {"today": 0, "t": 0, "yesterday": -1, "tomorrow": 1}
# Left as text: dates are shown from the first screen on, and read only when somebody types one.
_SHORTCUT: Final = r"([+-])\s*(\d{1,4})\s*([dwmy])"
_ORDINAL: Final = r"(?i:(?<=\d)(st|nd|rd|th)\b)"
_SEPARATORS: Final = r"[\s\-/.,]+"
_GLUED: Final = r"(\d{1,2})([A-Za-z]{3,9})(\d{1,4})?"
_MONTH_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class DateNotUnderstood(BadInput):
    """The text is no date in any form that is accepted."""

    code = "date_not_understood"


class DateImpossible(BadInput):
    """The text has the shape of a date, but the calendar has no such day (31 February)."""

    code = "date_impossible"


class DateAmbiguous(BadInput):
    """The text may be several dates; `suggestions` has the one or two to offer (CUI D+Tc-0038 to 0040)."""

    code = "date_ambiguous"

    def __init__(self, *, typed: str, suggestions: tuple[date, ...]) -> None:
        super().__init__(typed=typed, suggestions=" or ".join(cui_date(day) for day in suggestions))
        self.suggestions = suggestions


def cui_date(day: date | None) -> str:
    """`14-Aug-1980` for staff screens (CUI D+Ta-0002 to 0018); `Not recorded` for none (D+Ta-0022)."""
    if day is None:
        return NOT_RECORDED
    return f"{day.day:02d}-{_MONTHS[day.month - 1][:3]}-{day.year:04d}"


def long_date(day: date | None) -> str:
    """`14 August 1980` for the person and for screen readers (CUI D+Ta-0011, 0015)."""
    if day is None:
        return NOT_RECORDED
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


def long_date_and_time(moment: datetime) -> str:
    """`14 March 2026 14:32`, in the moment's own time zone."""
    return f"{long_date(moment.date())} {cui_time(moment)}"


def cui_time(moment: datetime) -> str:
    """`09:05` on the 24-hour clock of the moment's own time zone (CUI D+Tb-0001, 0002)."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def age_on(born: date, on: date) -> int:
    """Whole years lived on a day; someone born on 29 February is a year older on 1 March in an ordinary year.

    Raises DateImpossible when the day lies before the birth.
    """
    if on < born:
        raise DateImpossible(typed=cui_date(on))
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: date, months: int) -> date:
    """The same day some months later (or earlier), or the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise DateImpossible(typed=f"{months:+d}m")
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def _days_in(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def read_date(text: str, today: date) -> date | UnknownDate:
    """Read what a person typed: `14-Aug-1980`, `14/8/1980`, `1980-08-14`, `+3m`, `-2d`, `unknown`.

    Day comes before month. A date without a year, or with a short one, is never guessed: DateAmbiguous offers
    at most two (CUI D+Tc-0002, 0003, 0007, 0008, 0038 to 0040).
    Also raises DateNotUnderstood and DateImpossible.
    """
    typed = text.strip()
    plain = " ".join(typed.lower().split())
    if plain in _UNKNOWN_WORDS:
        return UNKNOWN_DATE
    if plain in _NAMED_DAYS:
        return today + timedelta(days=_NAMED_DAYS[plain])
    shortcut = re.fullmatch(_SHORTCUT, plain)
    if shortcut:
        return _moved(today, int(shortcut[1] + shortcut[2]), shortcut[3], typed)
    return _from_parts(_parts(typed), typed, today)


def _moved(today: date, amount: int, unit: str, typed: str) -> date:
    try:
        moved = (
            today + timedelta(days=amount * (7 if unit == "w" else 1))
            if unit in "dw"
            else add_months(today, amount * (12 if unit == "y" else 1))
        )
    except (OverflowError, DateImpossible):
        raise DateImpossible(typed=typed) from None
    if not EARLIEST_YEAR <= moved.year <= LATEST_YEAR:
        raise DateImpossible(typed=typed)
    return moved


def _parts(typed: str) -> list[str]:
    cleaned = re.sub(_ORDINAL, "", typed)
    if not cleaned.isascii():
        raise DateNotUnderstood(typed=typed)
    if re.fullmatch(r"\d{8}", cleaned):
        return [cleaned[:2], cleaned[2:4], cleaned[4:]]
    glued = re.fullmatch(_GLUED, cleaned)
    if glued:
        return [part for part in glued.groups() if part]
    return [part for part in re.split(_SEPARATORS, cleaned) if part]


def _from_parts(parts: list[str], typed: str, today: date) -> date:
    if len(parts) not in (2, 3):
        raise DateNotUnderstood(typed=typed)
    named = [place for place, part in enumerate(parts) if part.isalpha()]
    if len(named) > 1 or not all(part.isdigit() or part.isalpha() for part in parts):
        raise DateNotUnderstood(typed=typed)
    if named:
        month = _month_number(parts.pop(named[0]), typed)
        if len(parts) == 2 and len(parts[0]) == 4:
            parts.reverse()
        return _dated(parts[0], month, parts[1] if len(parts) == 2 else "", typed, today)
    if len(parts[0]) == 4 and len(parts) == 3:
        parts.reverse()
    return _dated(parts[0], int(parts[1]), parts[2] if len(parts) == 3 else "", typed, today)


def _month_number(word: str, typed: str) -> int:
    name = word.lower()
    if name == "sept":
        return 9
    for number, month in enumerate(_MONTHS, start=1):
        if len(name) >= 3 and month.lower().startswith(name):
            return number
    raise DateNotUnderstood(typed=typed)


def _dated(day_digits: str, month: int, year_digits: str, typed: str, today: date) -> date:
    if len(day_digits) > 2 or len(year_digits) > 4 or len(year_digits) == 3:
        raise DateNotUnderstood(typed=typed)
    day = int(day_digits)
    if month > 12 and day <= 12:
        # American order: offered, never taken silently.
        swapped = _suggestions(month, day, year_digits, today)
        if swapped:
            raise DateAmbiguous(typed=typed, suggestions=swapped)
    if not 1 <= month <= 12 or not 1 <= day <= _MONTH_LENGTHS[month - 1]:
        raise DateImpossible(typed=typed)
    suggestions = _suggestions(day, month, year_digits, today)
    if not suggestions:
        raise DateImpossible(typed=typed)
    if len(year_digits) == 4:
        return suggestions[0]
    raise DateAmbiguous(typed=typed, suggestions=suggestions)


def _suggestions(day: int, month: int, year_digits: str, today: date) -> tuple[date, ...]:
    if len(year_digits) == 4:
        return tuple(_real_days(day, month, (int(year_digits),)))
    step = 10 ** len(year_digits)
    last_digits = int(year_digits or "0")
    years = [year for year in range(EARLIEST_YEAR, LATEST_YEAR + 1) if year % step == last_digits]
    real = sorted(_real_days(day, month, years), key=lambda found: (abs((found - today).days), found))
    return tuple(real[:2])


def _real_days(day: int, month: int, years: Iterable[int]) -> list[date]:
    return [
        date(year, month, day)
        for year in years
        if EARLIEST_YEAR <= year <= LATEST_YEAR
        and 1 <= month <= 12
        and 1 <= day <= _days_in(year, month)
    ]


def moment_text(moment: datetime) -> str:
    """An aware moment as the store keeps it: `2026-11-23T09:00:00.000Z`. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
