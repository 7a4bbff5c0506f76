"""Dates as one writes them to a person: in long form, in English on every machine."""

from datetime import date, datetime

# Not strftime: its month names follow the language of the machine.
_MONTHS = (
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


def long_date(day: date | None) -> str:
    """`14 August 1980`; an empty text for no date."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}" if day else ""


def long_date_and_time(moment: datetime) -> str:
    """`14 March 2026 14:32`, in the moment's own time zone."""
    return f"{long_date(moment.date())} {moment:%H:%M}"
