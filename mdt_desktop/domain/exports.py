"""What of a list of people may leave the program, why, and what a file of it may be called (SECURITY R23)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput


class ListColumn(StrEnum):
    """What can be told of each person of a list, in the order of the columns."""

    NAME = "name"
    NHS_NUMBER = "nhs_number"
    BORN = "born"
    TIER = "tier"
    SCORE = "score"
    STAGE = "stage"
    LEAD = "lead"
    PLAN = "plan"
    REVIEW_DUE = "review_due"
    NEXT_STEP = "next_step"
    PRACTICE = "practice"
    LOCALITY = "locality"


LEAST = (ListColumn.NAME, ListColumn.NHS_NUMBER, ListColumn.TIER, ListColumn.LEAD, ListColumn.NEXT_STEP)
"""The columns chosen beforehand: two identifiers, so that nobody is mixed up, and what a list is worked through for.

Caldicott principle 3: use the minimum necessary confidential information. Everything else is added by hand.
"""


class ListKind(StrEnum):
    """The kinds of file; the values are the ends of their names."""

    XLSX = "xlsx"
    CSV = "csv"


class ListReason(StrEnum):
    """The reasons offered before a list leaves."""

    FOR_THE_MEETING = "for_the_meeting"
    FOR_VISITS = "for_visits"
    TO_CHECK = "to_check"
    OTHER = "other"


class ListReasonMissing(BadInput):
    """No reason was chosen, or another one was and is not in words."""

    code = "list_reason_missing"


class ListColumnsMissing(BadInput):
    """No column was chosen, so there is nothing to save."""

    code = "list_columns_missing"


class ListEmpty(BadInput):
    """Nobody is in the list, so there is nothing to save."""

    code = "list_empty"


class ListKindUnknown(BadInput):
    """The file's name does not end as one of the kinds; `name` is its name."""

    code = "list_kind_unknown"


@dataclass(frozen=True, slots=True)
class ListPurpose:
    """Why a list leaves: one of the reasons, with words of one's own where it is another (or to say more)."""

    reason: ListReason
    words: str = ""

    def __post_init__(self) -> None:
        """Raise `ListReasonMissing` for another reason without words."""
        if self.reason is ListReason.OTHER and not self.words.strip():
            raise ListReasonMissing


def in_order(columns: frozenset[ListColumn] | set[ListColumn]) -> tuple[ListColumn, ...]:
    """The columns as they stand in a file, whatever order they were chosen in. Raises `ListColumnsMissing`."""
    if not columns:
        raise ListColumnsMissing
    return tuple(column for column in ListColumn if column in columns)


def kind_of(name: str) -> ListKind:
    """The kind of file by the end of its name. Raises `ListKindUnknown`."""
    end = name.rpartition(".")[2].casefold()
    if "." not in name or end not in list(ListKind):
        raise ListKindUnknown(name=name)
    return ListKind(end)


def suggested_list_name(kind: ListKind, on: date) -> str:
    """`caseload-2026-11-23.xlsx`: nothing in the name says who is in it, not even what was searched for."""
    return f"caseload-{on.isoformat()}.{kind.value}"
