"""Invented people for the gallery: rows of a list and the content of a banner."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui.banner import AlertTone, BannerAlert, BannerContent
from mdt_desktop.ui.row_models import Column

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """An invented person in a list."""

    name: str
    born: str
    nhs_number: str
    tier: Tier
    trend: tuple[float, ...]
    stage: str
    lead: str
    review: str


class SampleColumn(IntEnum):
    """The columns of the sample list."""

    NAME = 0
    BORN = 1
    NHS_NUMBER = 2
    TIER = 3
    STAGE = 4
    LEAD = 5
    REVIEW = 6


COLUMNS = {
    SampleColumn.NAME: Column[SampleRow]("Name", lambda row: row.name, 200, "name", whole=True),
    SampleColumn.BORN: Column[SampleRow]("Born", lambda row: row.born, 150, "born"),
    SampleColumn.NHS_NUMBER: Column[SampleRow]("NHS No.", lambda row: row.nhs_number, 120, tabular=True),
    SampleColumn.TIER: Column[SampleRow]("Risk tier", lambda row: row.tier.value, 170, "tier"),
    SampleColumn.STAGE: Column[SampleRow]("Stage", lambda row: row.stage, 110, "stage"),
    SampleColumn.LEAD: Column[SampleRow]("Lead professional", lambda row: row.lead, 190, "lead"),
    SampleColumn.REVIEW: Column[SampleRow]("Next review", lambda row: row.review, 130, "review"),
}


def sample_rows(count: int = 28) -> list[SampleRow]:
    """Invented people, the same at every call."""
    names = (
        "EXAMPLE, Amina (Mrs)",
        "SAMPLE, Walter (Mr)",
        "FICTIONAL-SURNAME, Josephine (Dr)",
        "INVENTED, Rose",
        "MADEUP, Karl (Mr)",
    )
    stages = ("Identified", "Invited", "Consented", "Assessing", "Planning", "Active", "Review")
    leads = ("Dr Placeholder (GP)", "", "Pat Sample (Nurse)", "Chris Dummy (Therapist)")
    return [
        SampleRow(
            names[number % 5],
            f"{(number * 7) % 28 + 1:02d}-Aug-19{30 + number % 40} ({96 - number % 40})",
            f"9{number % 90 + 10:02d} 476 59{number % 90 + 10}",
            tuple(Tier)[(number * number) % 4],
            tuple(float((number * step * 37) % 23 + step * 2) for step in range(6)),
            stages[number % 7],
            leads[number % 4],
            f"{(number * 5) % 28 + 1:02d}-Jan-2027",
        )
        for number in range(count)
    ]


def a_banner(**changes: object) -> BannerContent:
    """An invented person with everything a banner can show."""
    values: dict[str, object] = {
        "family_name": "Example",
        "given_names": "Amina",
        "title": "Mrs",
        "born": date(1940, 8, 14),
        "gender": Gender.FEMALE,
        "nhs_number": "9434765919",
        "today": TODAY,
        "preferred_name": "Mina",
        "alerts": (
            BannerAlert("Lives alone"),
            BannerAlert("Key safe", detail="Ask the practice for the code"),
            BannerAlert("Hearing aid"),
            BannerAlert("Interpreter Bengali"),
            BannerAlert("Allergy penicillin", AlertTone.WARNING),
        ),
        "what_matters": "I want to get to the mosque on Fridays again, and to sit in my own garden.",
    }
    return BannerContent(**{**values, **changes})  # type: ignore[arg-type]  # values are checked by the tests
