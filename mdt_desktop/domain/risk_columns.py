"""The columns of a practice's risk file: recognised by their names, or mapped by the person who imports it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput


class RiskColumn(StrEnum):
    """What a column of a risk file can mean."""

    NHS_NUMBER = "nhs_number"
    FULL_NAME = "full_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    TITLE = "title"
    BORN = "born"
    GENDER = "gender"
    ADDRESS = "address"
    POSTCODE = "postcode"
    PRACTICE_CODE = "practice_code"
    SCORE = "score"
    RANK = "rank"
    TIER = "tier"
    TOOL = "tool"
    TOOL_VERSION = "tool_version"
    RUN_DATE = "run_date"
    EMERGENCY_ADMISSIONS = "emergency_admissions"
    LONG_TERM_CONDITIONS = "long_term_conditions"
    FRAILTY_INDEX = "frailty_index"
    DEPRIVATION_FIFTH = "deprivation_fifth"


SEVERAL = frozenset({RiskColumn.ADDRESS, RiskColumn.GIVEN_NAMES})
"""Meanings that may be spread over several columns, joined in the file's order."""

# One spelling a line is not needed: names are compared in lower case with everything but letters and digits
# turned into single spaces, and camel case taken apart.
_SPELLINGS: dict[RiskColumn, str] = {
    RiskColumn.NHS_NUMBER: (
        "nhs number|nhs no|nhs num|nhsno|nhsnumber|nhs|nhs id|patient nhs number|patient nhs no"
        "|nhs number 10 digits|nhs_number_value|person nhs number|pseudo free nhs number|nhs #"
        "|new nhs number"
    ),
    RiskColumn.FULL_NAME: (
        "name|full name|fullname|patient name|person name|patient full name|patient|client name"
        "|name of patient|name of person|display name"
    ),
    RiskColumn.FAMILY_NAME: (
        "family name|surname|last name|lastname|familyname|patient surname|sname|family"
        "|patient last name|person family name|patient family name|second name"
    ),
    RiskColumn.GIVEN_NAMES: (
        "given name|given names|forename|forenames|first name|first names|firstname|christian name"
        "|givenname|patient forename|patient first name|forename 1|forename 2|first forename"
        "|second forename|middle name|middle names|other names|other forenames|fname|given"
        "|person given name|patient given name|given name 1|given name 2"
    ),
    RiskColumn.TITLE: "title|name title|patient title|salutation|name prefix|prefix",
    RiskColumn.BORN: (
        "date of birth|dob|birth date|birthdate|born|d o b|patient dob|date birth"
        "|patient date of birth|person birth date|birth dt|birthday|dateofbirth|person date of birth"
    ),
    RiskColumn.GENDER: (
        "sex|gender|patient sex|patient gender|person stated gender|stated gender"
        "|administrative gender|current gender|person gender|gender code|sex code"
        "|person stated gender code"
    ),
    RiskColumn.ADDRESS: (
        "address|address line|address 1|address 2|address 3|address 4|address 5|address line 1"
        "|address line 2|address line 3|address line 4|address line 5|addr 1|addr 2|addr 3|addr 4"
        "|addr 5|addr1|addr2|addr3|addr4|addr5|patient address|full address|usual address"
        "|home address|house name|house number|house|house name number|house name flat number|flat"
        "|street|road|number and street|locality|town|city|village|county|post town"
        "|usual address line 1|usual address line 2|usual address line 3|usual address line 4"
        "|usual address line 5|house name or number|no and street|town city"
    ),
    RiskColumn.POSTCODE: (
        "postcode|post code|postal code|patient postcode|zip|home postcode|pcode"
        "|postcode of usual address|current postcode|usual address postcode"
    ),
    RiskColumn.PRACTICE_CODE: (
        "practice code|practice|gp practice code|ods code|practice ods code|gp code|prac code"
        "|organisation code|organization code|national practice code|surgery code|gp practice"
        "|registered practice|registered practice code|practice id|gp practice ods code"
        "|practice national code|general practice code"
    ),
    RiskColumn.SCORE: (
        "score|risk score|riskscore|risk of emergency admission|probability|risk probability"
        "|admission risk|predicted risk|risk percentage|risk|risk of admission"
        "|combined predictive model score|cpm score|parr score|parr|sparra score"
        "|predictive risk score|probability of emergency admission|total score"
        "|emergency admission risk|risk value|model score|admission probability|risk pct"
        "|qadmissions score|qadmissions|acg score|acg risk score|probability of admission"
        "|risk of emergency admission in 12 months"
    ),
    RiskColumn.RANK: "rank|risk rank|ranking|position|list position|practice rank|rank in practice|order",
    RiskColumn.TIER: (
        "tier|risk tier|risk level|risk band|risk group|risk category|band|stratum|segment"
        "|risk strata|risk stratum|cohort|risk class|level of risk|risk segment|tier of risk"
        "|risk stratification tier"
    ),
    RiskColumn.TOOL: (
        "tool|risk tool|stratification tool|model|algorithm|risk model|tool name|model name|system"
        "|risk stratification tool|tool used"
    ),
    RiskColumn.TOOL_VERSION: (
        "version|tool version|model version|algorithm version|release|risk tool version|version of tool"
    ),
    RiskColumn.RUN_DATE: (
        "run date|date of run|rundate|date run|extract date|extraction date|report date|as at"
        "|as at date|snapshot date|date of extract|stratification date|calculation date|score date"
        "|date of report|reporting date|run month|date calculated|risk run date|date extracted"
        "|data as at"
    ),
    RiskColumn.EMERGENCY_ADMISSIONS: (
        "emergency admissions in 12 months|emergency admissions|emergency admissions 12m"
        "|emergency admissions last 12 months|emergency admissions in last 12 months"
        "|emergency admissions 12 months|em admissions|unplanned admissions|admissions"
        "|acute admissions|previous acute admissions|non elective admissions|nel admissions"
        "|number of emergency admissions|emergency adm 12m|emergency admissions past 12 months"
        "|emergency admissions in the last 12 months|emergency admissions last year"
        "|unplanned admissions 12m|emergency admissions previous 12 months|no of emergency admissions"
        "|emergency admission count|adm 12m"
    ),
    RiskColumn.LONG_TERM_CONDITIONS: (
        "long term conditions|long term condition|ltc|ltcs|conditions|number of ltcs|ltc count"
        "|no of ltcs|long term condition count|number of long term conditions"
        "|existing long term conditions|chronic conditions|diagnoses|no of long term conditions"
        "|comorbidities|co morbidities|morbidities|qof registers|count of ltcs|ltc list"
        "|disease registers"
    ),
    RiskColumn.FRAILTY_INDEX: (
        "frailty index|frailty|efi|e fi|electronic frailty index|efi score|frailty score|efi value"
        "|efi2|electronic frailty index score"
    ),
    RiskColumn.DEPRIVATION_FIFTH: (
        "deprivation fifth|deprivation quintile|imd quintile|imd fifth|imd quintile 1 most deprived"
        "|quintile of deprivation|index of multiple deprivation quintile|imd national quintile"
        "|national imd quintile|lsoa imd quintile|deprivation quintile 1 most deprived"
    ),
}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
# What exports put before or after the name proper.
_AROUND = re.compile(r"^(patient s |patients |demographics |pt )|( yyyy mm dd| dd mm yyyy| optional| required)$")


def folded_heading(heading: str) -> str:
    """A column's name for comparing: `NHS_No.`, `NHSNo` and `nhs no` are one."""
    apart = _CAMEL.sub(" ", heading.replace("'", " ")).casefold()
    return _AROUND.sub("", _NOT_WORD.sub(" ", apart).strip())


_MEANINGS: dict[str, RiskColumn] = {
    folded_heading(spelling): meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings.split("|")
}
_GLUED: dict[str, RiskColumn] = {spelling.replace(" ", ""): meaning for spelling, meaning in _MEANINGS.items()}

REQUIRED: tuple[tuple[RiskColumn, ...], ...] = (
    (RiskColumn.NHS_NUMBER,),
    (RiskColumn.FAMILY_NAME, RiskColumn.FULL_NAME),
    (RiskColumn.BORN,),
    (RiskColumn.SCORE, RiskColumn.RANK, RiskColumn.TIER),
    (RiskColumn.PRACTICE_CODE,),
    (RiskColumn.RUN_DATE,),
)
"""At least one column of each group is needed; the practice and the run date can be told beside the file."""


class ColumnsNotMapped(BadInput):
    """Columns are missing, or two columns claim one meaning; `recognition` says which, for somebody to map."""

    code = "risk_columns_not_mapped"

    def __init__(self, recognition: "Recognition") -> None:
        super().__init__(missing=len(recognition.missing), ambiguous=len(recognition.ambiguous))
        self.recognition = recognition


class ColumnMapWrong(BadInput):
    """A map made by hand names a column that the file does not have, or one column twice."""

    code = "risk_column_map_wrong"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which columns (counted from 0) carry each meaning, in the file's order."""

    columns: Mapping[RiskColumn, tuple[int, ...]]

    def first(self, meaning: RiskColumn) -> int:
        """The one column of a meaning, or -1 when the file has none."""
        return (self.columns.get(meaning) or (-1,))[0]

    def has(self, meaning: RiskColumn) -> bool:
        """Whether the file carries it."""
        return bool(self.columns.get(meaning))

    def checked(self, width: int) -> "ColumnMap":
        """Itself, when it fits a file of `width` columns. Raises ColumnMapWrong."""
        used = [place for places in self.columns.values() for place in places]
        too_many = [m for m, places in self.columns.items() if len(places) > 1 and m not in SEVERAL]
        if too_many or len(used) != len(set(used)) or any(not 0 <= place < width for place in used):
            raise ColumnMapWrong(width=width)
        return self


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """One meaning claimed by several columns; the person picks one."""

    meaning: RiskColumn
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the headings told: the map so far, what is open, and what nobody knows."""

    headings: tuple[str, ...]
    map: ColumnMap
    ambiguous: tuple[Ambiguous, ...] = ()
    missing: tuple[tuple[RiskColumn, ...], ...] = ()
    """Groups of REQUIRED of which no column was found."""
    unknown: tuple[int, ...] = ()
    """Columns that are left out unless somebody maps them."""
    settled: bool = field(init=False)

    def __post_init__(self) -> None:
        """Settled when nothing is open."""
        object.__setattr__(self, "settled", not self.ambiguous and not self.missing)

    def required(self) -> ColumnMap:
        """The map. Raises ColumnsNotMapped while anything needed is open."""
        if not self.settled:
            raise ColumnsNotMapped(self)
        return self.map


def meaning_of(heading: str) -> RiskColumn | None:
    """The meaning of one column by its name, or None."""
    folded = folded_heading(heading)
    return _MEANINGS.get(folded) or _GLUED.get(folded.replace(" ", ""))


def missing_groups(
    columns: Mapping[RiskColumn, tuple[int, ...]], told: frozenset[RiskColumn]
) -> tuple[tuple[RiskColumn, ...], ...]:
    """The groups of REQUIRED of which `columns` has none and nothing was told beside the file."""
    return tuple(group for group in REQUIRED if not any(columns.get(meaning) or meaning in told for meaning in group))


def recognise_columns(
    headings: Sequence[str],
    *,
    chosen: Mapping[RiskColumn, tuple[int, ...]] | None = None,
    told: frozenset[RiskColumn] = frozenset(),
) -> Recognition:
    """Recognise each column by its name; `chosen` (by hand) goes first, `told` is known beside the file.

    A meaning that is chosen with no column at all is left out, even where a heading bears its name.

    Raises ColumnMapWrong when `chosen` does not fit the file.
    """
    by_hand = dict(ColumnMap(chosen or {}).checked(len(headings)).columns)
    taken = {place for places in by_hand.values() for place in places}
    found: dict[RiskColumn, list[int]] = {}
    unknown: list[int] = []
    for place, heading in enumerate(headings):
        if place in taken:
            continue
        meaning = meaning_of(heading)
        if meaning is None:
            unknown.append(place)
        elif meaning not in by_hand:
            found.setdefault(meaning, []).append(place)
    ambiguous = tuple(
        Ambiguous(meaning, tuple(places))
        for meaning, places in found.items()
        if len(places) > 1 and meaning not in SEVERAL
    )
    doubtful = {item.meaning for item in ambiguous}
    columns = {**by_hand, **{m: tuple(places) for m, places in found.items() if m not in doubtful}}
    missing = tuple(
        group for group in missing_groups(columns, told) if not any(meaning in doubtful for meaning in group)
    )
    return Recognition(tuple(headings), ColumnMap(columns), ambiguous, missing, tuple(unknown))
