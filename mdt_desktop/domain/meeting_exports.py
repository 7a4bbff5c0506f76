"""What of a meeting's decisions and actions may leave as a list or a calendar, and what the file is called (R23)."""

from datetime import date
from enum import StrEnum

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.exports import ListKind


class MeetingList(StrEnum):
    """The lists of a meeting."""

    DECISIONS = "decisions"
    ACTIONS = "actions"


class MeetingColumn(StrEnum):
    """What can be told of each decision or action, in the order of the columns."""

    DAY = "day"
    INITIALS = "initials"
    NAME = "name"
    NHS_NUMBER = "nhs_number"
    KIND = "kind"
    DECISION = "decision"
    AGREED = "agreed"
    CHANGE_REASON = "change_reason"
    ACTION = "action"
    OWNER = "owner"
    ORGANISATION = "organisation"
    DUE = "due"
    STATUS = "status"
    STATUS_REASON = "status_reason"


_WHOSE = (MeetingColumn.DAY, MeetingColumn.INITIALS, MeetingColumn.NAME, MeetingColumn.NHS_NUMBER)
COLUMNS: dict[MeetingList, tuple[MeetingColumn, ...]] = {
    MeetingList.DECISIONS: (
        *_WHOSE, MeetingColumn.KIND, MeetingColumn.DECISION, MeetingColumn.AGREED, MeetingColumn.CHANGE_REASON,
    ),
    MeetingList.ACTIONS: (
        *_WHOSE, MeetingColumn.ACTION, MeetingColumn.OWNER, MeetingColumn.ORGANISATION, MeetingColumn.DUE,
        MeetingColumn.STATUS, MeetingColumn.STATUS_REASON,
    ),
}  # fmt: skip
"""The columns that a list can have."""

LEAST: dict[MeetingList, tuple[MeetingColumn, ...]] = {
    MeetingList.DECISIONS: (
        MeetingColumn.DAY, MeetingColumn.INITIALS, MeetingColumn.KIND, MeetingColumn.DECISION, MeetingColumn.AGREED,
    ),
    MeetingList.ACTIONS: (
        MeetingColumn.NAME, MeetingColumn.NHS_NUMBER, MeetingColumn.ACTION, MeetingColumn.OWNER, MeetingColumn.DUE,
        MeetingColumn.STATUS,
    ),
}  # fmt: skip
"""The columns chosen beforehand (Caldicott principle 3: the minimum necessary).

Decisions are looked through to see how a meeting does, for which initials are enough; actions are worked through, for
which two identifiers make sure that nobody is mixed up.
"""


class MeetingFileKind(StrEnum):
    """The kinds of file; the values are the ends of their names. A calendar holds actions only."""

    XLSX = "xlsx"
    CSV = "csv"
    ICS = "ics"

    @property
    def as_list(self) -> ListKind:
        """The kind of list; a calendar is none (ValueError)."""
        return ListKind(self.value)


class MeetingListEmpty(BadInput):
    """The meeting has no decisions, or no actions."""

    code = "meeting_list_empty"


class MeetingListColumnsMissing(BadInput):
    """No column was chosen that this list has."""

    code = "meeting_list_columns_missing"


class MeetingFileKindUnknown(BadInput):
    """The file's name does not end as one of the kinds; `name` is its name."""

    code = "meeting_file_kind_unknown"


def in_order(which: MeetingList, columns: frozenset[MeetingColumn]) -> tuple[MeetingColumn, ...]:
    """The columns as they stand in a file, whatever order they were chosen in. Raises `MeetingListColumnsMissing`."""
    chosen = tuple(column for column in COLUMNS[which] if column in columns)
    if not chosen:
        raise MeetingListColumnsMissing
    return chosen


def kind_of(name: str) -> MeetingFileKind:
    """The kind of file by the end of its name. Raises `MeetingFileKindUnknown`."""
    end = name.rpartition(".")[2].casefold()
    if "." not in name or end not in list(MeetingFileKind):
        raise MeetingFileKindUnknown(name=name)
    return MeetingFileKind(end)


def suggested_name(which: MeetingList, kind: MeetingFileKind, day: date) -> str:
    """`actions-2026-11-26.ics`: the meeting's day, and nothing about who is in it."""
    return f"{which.value}-{day.isoformat()}.{kind.value}"
