"""What each column of the caseload says of a person, on the screen and to a screen reader."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import IntEnum
from time import monotonic

from mdt_desktop.domain.dates import age_on, cui_date, long_date
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.services.caseload import CaseloadRow, CaseloadSort, NextStep, next_step
from mdt_desktop.ui.row_models import Column
from mdt_desktop.words import label, words

Today = Callable[[], date]
_FRAME_S = 0.02


class CaseloadColumn(IntEnum):
    """The columns, in the order they stand in at first."""

    NAME = 0
    BORN = 1
    NHS_NUMBER = 2
    TIER = 3
    STAGE = 4
    LEAD = 5
    REVIEW_DUE = 6
    WAITING_FOR = 7
    PRACTICE = 8
    LOCALITY = 9

    @property
    def key(self) -> str:
        """Its name in settings and words."""
        return self.name.lower()


SORT_OF_COLUMN = {
    CaseloadColumn.NAME: CaseloadSort.NAME,
    CaseloadColumn.BORN: CaseloadSort.BORN,
    CaseloadColumn.TIER: CaseloadSort.RISK,
    CaseloadColumn.STAGE: CaseloadSort.STAGE,
    CaseloadColumn.LEAD: CaseloadSort.LEAD,
    CaseloadColumn.REVIEW_DUE: CaseloadSort.REVIEW_DUE,
    CaseloadColumn.PRACTICE: CaseloadSort.PRACTICE,
}
HIDDEN_AT_FIRST = (CaseloadColumn.PRACTICE, CaseloadColumn.LOCALITY)
_WIDTHS = {
    CaseloadColumn.NAME: 200,
    CaseloadColumn.BORN: 128,
    CaseloadColumn.NHS_NUMBER: 104,
    CaseloadColumn.TIER: 152,
    CaseloadColumn.STAGE: 106,
    CaseloadColumn.LEAD: 126,
    CaseloadColumn.REVIEW_DUE: 100,
    CaseloadColumn.WAITING_FOR: 131,
    CaseloadColumn.PRACTICE: 190,
    CaseloadColumn.LOCALITY: 110,
}


def name_of(row: CaseloadRow) -> str:
    """`SURNAME, Given (Title)`."""
    return name_on_screen(row.family_name, row.given_names, row.title)


def born_of(row: CaseloadRow, today: date) -> str:
    """`14-Aug-1940 (86)`; of somebody who has died that they have, without the age; of a shut record nothing."""
    if row.born is None:
        return ""
    if row.died is not None:
        return words("caseload.died", born=cui_date(row.born))
    return cui_date(row.born) if today < row.born else f"{cui_date(row.born)} ({age_on(row.born, today)})"


def review_cell(row: CaseloadRow, today: date) -> str:
    """The date of the review while it is to come; once it is not, how late it is."""
    if row.review_due is None:
        return ""
    return cui_date(row.review_due) if row.review_due > today else review_of(row, today).partition(", ")[2]


def review_of(row: CaseloadRow, today: date) -> str:
    """The date the plan is to be reviewed, and in words how late that is."""
    if row.review_due is None:
        return ""
    late = (today - row.review_due).days
    if late < 0:
        return cui_date(row.review_due)
    told = words("caseload.due_today") if late == 0 else words("caseload.late_one")
    return f"{cui_date(row.review_due)}, {told if late < 2 else words('caseload.late', days=late)}"


def step_words(step: NextStep) -> str:
    """The next step in words; nothing where there is none."""
    return "" if step is NextStep.NONE else label(step)


def tier_words(row: CaseloadRow) -> str:
    """The tier as a word; of a shut record that it is restricted."""
    if row.closed:
        return words("caseload.restricted")
    return words("caseload.no_tier") if row.tier is None else label(row.tier)


def _number(row: CaseloadRow) -> str:
    return spaced_nhs_number(row.nhs_number) or ("" if row.closed else words("caseload.no_number"))


def _asked_once_a_frame(today: Today) -> Today:
    """The same day for all rows that are shown together, without asking the clock for each."""
    asked_at, day = -1.0, date.min

    def answer() -> date:
        nonlocal asked_at, day
        now = monotonic()
        if now - asked_at > _FRAME_S:
            asked_at, day = now, today()
        return day

    return answer


def caseload_columns(today: Today) -> Mapping[CaseloadColumn, Column[CaseloadRow]]:
    """The ten columns; `today` is asked when rows are shown, so that a window left open over night is right."""
    today = _asked_once_a_frame(today)

    def born_spoken(row: CaseloadRow) -> str:
        if row.born is None:
            return ""
        if row.died is not None:
            return words("caseload.died_spoken", born=long_date(row.born), died=long_date(row.died))
        return words("caseload.born_spoken", day=long_date(row.born), age=age_on(row.born, max(today(), row.born)))

    def tier_spoken(row: CaseloadRow) -> str:
        if row.tier is None or row.score is None:
            return tier_words(row)
        return words("caseload.tier_spoken", tier=label(row.tier), score=row.score, runs=len(row.trend))

    cells: dict[CaseloadColumn, Callable[[CaseloadRow], str]] = {
        CaseloadColumn.NAME: name_of,
        CaseloadColumn.BORN: lambda row: born_of(row, today()),
        CaseloadColumn.NHS_NUMBER: _number,
        CaseloadColumn.TIER: tier_words,
        CaseloadColumn.STAGE: lambda row: "" if row.stage is None else label(row.stage),
        CaseloadColumn.LEAD: lambda row: row.lead_name,
        CaseloadColumn.REVIEW_DUE: lambda row: review_cell(row, today()),
        CaseloadColumn.WAITING_FOR: lambda row: (
            words("caseload.restricted") if row.closed else step_words(next_step(row, today()))
        ),
        CaseloadColumn.PRACTICE: lambda row: row.practice_name,
        CaseloadColumn.LOCALITY: lambda row: row.locality_name,
    }
    spoken = {
        CaseloadColumn.BORN: born_spoken,
        CaseloadColumn.TIER: tier_spoken,
        CaseloadColumn.REVIEW_DUE: lambda row: review_of(row, today()),
    }
    cut_off = {CaseloadColumn.TIER: tier_spoken, CaseloadColumn.LEAD: lambda row: row.lead_name}
    tips = {
        CaseloadColumn.TIER: "caseload.column.tier_tip",
        CaseloadColumn.WAITING_FOR: "caseload.column.waiting_for_tip",
    }
    return {
        column: Column(
            words(f"caseload.column.{column.key}"),
            cells[column],
            width=_WIDTHS[column],
            sort=SORT_OF_COLUMN[column].value if column in SORT_OF_COLUMN else "",
            spoken=spoken.get(column),
            tip=cut_off.get(column),
            whole=column in (CaseloadColumn.NAME, CaseloadColumn.BORN, CaseloadColumn.NHS_NUMBER),
            roomy=column in (CaseloadColumn.LEAD, CaseloadColumn.STAGE, CaseloadColumn.REVIEW_DUE),
            heading_tip=words(tips[column]) if column in tips else "",
        )
        for column in CaseloadColumn
    }
