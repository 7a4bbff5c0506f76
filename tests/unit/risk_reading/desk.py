"""Risk files of a few invented people, to be broken in one place at a time."""

import csv
import io
from collections.abc import Callable
from datetime import date

from mdt_desktop.services.risk_reading import RiskFile

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


Read = Callable[..., RiskFile]
