"""Small risk files with invented people, written line by line as a test needs them."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from mdt_desktop.demo.invented_names import invented_nhs_numbers

NUMBERS = tuple(islice(invented_nhs_numbers(7), 400))
"""Checksum-valid numbers that begin with 9."""
PRACTICE = "Y90001"
OTHER_PRACTICE = "Y90002"
NOVEMBER, OCTOBER, SEPTEMBER = date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1)

Line = Mapping[str, object]


def a_line(place: int, **changed: object) -> dict[str, object]:
    """One person of the file: the number, name and birth date follow from `place`, the score falls with it."""
    return {
        "NHS number": NUMBERS[place],
        "Family name": f"Invented{chr(97 + place // 26)}{chr(97 + place % 26)}",
        "Given names": "Amina",
        "Date of birth": f"{1 + place % 28:02d}/08/{1930 + place % 60}",
        "Sex": "Female",
        "Address": f"{1 + place} Invented Street",
        "Postcode": "E1 4AA",
        "Score": f"{99 - place / 4:.2f}",
        "Emergency admissions": place % 3,
        "Long-term conditions": "COPD",
    } | {name.replace("_", " "): value for name, value in changed.items()}


def lines(count: int, first: int = 0) -> list[dict[str, object]]:
    """Lines of `count` people."""
    return [a_line(place) for place in range(first, first + count)]


def a_risk_file(
    path: Path, found: Sequence[Line], practice: str = PRACTICE, run_date: date = NOVEMBER, tool: str = "Invented tool"
) -> Path:
    """Write the lines as a practice's file."""
    headings = [*found[0], "Practice code", "Run date", "Tool"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for line in found:
            writer.writerow([*line.values(), practice, run_date.isoformat(), tool])
    return path
