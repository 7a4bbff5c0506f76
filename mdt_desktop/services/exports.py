"""Lists of people that leave the program as a file: what would leave, and the leaving with its audit entries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mdt_desktop.documents.tables import csv_bytes, workbook_bytes
from mdt_desktop.documents.writing import take_back, write_new
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.exports import (
    ListColumn,
    ListEmpty,
    ListKind,
    ListPurpose,
    ListReason,
    in_order,
    kind_of,
    suggested_list_name,
)
from mdt_desktop.domain.people import name_on_screen, spaced_nhs_number
from mdt_desktop.services.access import Access
from mdt_desktop.services.caseload import Caseload, CaseloadQuery, CaseloadRow, NextStep, next_step
from mdt_desktop.services.changes import Changes
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import label, words

__all__ = ["Exports", "LeavingList", "SavedList"]


@dataclass(frozen=True, slots=True)
class LeavingList:
    """Everything that would leave: the columns, a row of text for each person, and who they are."""

    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    person_ids: tuple[str, ...]
    made_at: datetime

    @property
    def table(self) -> list[tuple[str, ...]]:
        """The rows under their headings."""
        return [tuple(label(column) for column in self.columns), *self.rows]

    def file_name(self, kind: ListKind) -> str:
        """The name proposed for a file of it, without anything about a person."""
        return suggested_list_name(kind, self.made_at.date())


@dataclass(frozen=True, slots=True)
class SavedList:
    """What was saved as a file."""

    path: Path
    kind: ListKind
    people: int
    columns: tuple[ListColumn, ...]


class Exports:
    """The verbs of lists that leave.

    `count` and `caseload` read the store, `save` and `record_cancelled` write to it; `content` touches no store and
    belongs in the pool.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self._caseload = Caseload(access)

    def count(self, query: CaseloadQuery) -> int:
        """How many people a list would tell of."""
        return self._caseload.count(query.filter)

    def caseload(self, query: CaseloadQuery, columns: set[ListColumn] | frozenset[ListColumn]) -> LeavingList:
        """The whole list as it is now, in its order. Raises `ListColumnsMissing`, `ListEmpty`."""
        chosen = in_order(columns)
        listing = self._caseload.listing(query)
        rows = [] if listing is None else self._caseload.rows(listing, 0, listing.total)
        if not rows:
            raise ListEmpty
        today = self._access.today()
        cells = tuple(tuple(_CELLS[column](row, today) for column in chosen) for row in rows)
        made_at = self._access.clock().astimezone()
        return LeavingList(chosen, cells, tuple(row.person_id for row in rows), made_at)

    @staticmethod
    def content(leaving: LeavingList, kind: ListKind) -> bytes:
        """The bytes of the file, made in memory. Raises `WorkbookTooLong`."""
        if kind is ListKind.CSV:
            return csv_bytes(leaving.table)
        return workbook_bytes(words("exports.sheet"), leaving.table, leaving.made_at)

    def save(self, leaving: LeavingList, content: bytes, path: Path, kind: ListKind, purpose: ListPurpose) -> Changes:
        """Write a new file with its audit entries, one for the list and one for each person: neither without the other.

        Raises `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten), `PaperNotSaved`.
        """
        count = len(leaving.person_ids)
        told = words("exports.audit", reason=in_words(purpose), people=count, kind=kind.value.upper())
        fields = ",".join(leaving.columns)
        # An entry for each person: only so can somebody be told later that they were on a list that was lost.
        acts = [Act("export", "caseload", "", None, fields, told)]
        acts += [Act("export", "caseload", "", person, fields, told) for person in leaving.person_ids]
        written = False
        try:
            with writing(self._access.database) as connection:
                audit_log.append(connection, self._access.actor, self._access.clock(), acts)
                write_new(path, content)
                written = True
        except BaseException:
            if written:
                take_back(path)
            raise
        return Changes(frozenset({"audit_entry"}), frozenset(leaving.person_ids))

    def record_cancelled(self, people: int, purpose: ListPurpose) -> Changes:
        """Record that a list was about to leave and did not."""
        told = words("exports.cancelled", reason=in_words(purpose), people=people)
        with writing(self._access.database) as connection:
            act = Act("export", "caseload", reason=told)
            audit_log.append(connection, self._access.actor, self._access.clock(), [act])
        return Changes(frozenset({"audit_entry"}))

    def save_caseload(
        self,
        query: CaseloadQuery,
        columns: set[ListColumn] | frozenset[ListColumn],
        path: Path,
        purpose: ListPurpose,
        on_leaving: Callable[[LeavingList], None],
    ) -> SavedList:
        """All at once, for a command: read, say by `on_leaving` what leaves, and save. Raises as the single steps."""
        kind = kind_of(path.name)
        leaving = self.caseload(query, columns)
        on_leaving(leaving)
        self.save(leaving, self.content(leaving, kind), path, kind, purpose)
        return SavedList(path, kind, len(leaving.person_ids), leaving.columns)


def in_words(purpose: ListPurpose) -> str:
    """Why, as the audit says it: the offered reason, with the words that were added."""
    own = purpose.words.strip()
    if purpose.reason is ListReason.OTHER:
        return own
    return ": ".join(part for part in (label(purpose.reason), own) if part)


def _tier(row: CaseloadRow, _: date) -> str:
    return words("caseload.no_tier") if row.tier is None else label(row.tier)


def _next_step(row: CaseloadRow, today: date) -> str:
    step = next_step(row, today)
    return "" if step is NextStep.NONE else label(step)


def _name(row: CaseloadRow, _: date) -> str:
    name = name_on_screen(row.family_name, row.given_names, row.title)
    return name if row.died is None else words("exports.died", name=name)


_CELLS: Mapping[ListColumn, Callable[[CaseloadRow, date], str]] = {
    ListColumn.NAME: _name,
    # With its spaces a spreadsheet takes it for text and keeps every digit.
    ListColumn.NHS_NUMBER: lambda row, _: spaced_nhs_number(row.nhs_number),
    ListColumn.BORN: lambda row, _: cui_date(row.born),
    ListColumn.TIER: _tier,
    ListColumn.SCORE: lambda row, _: "" if row.score is None else f"{row.score:.1f}",
    ListColumn.STAGE: lambda row, _: "" if row.stage is None else label(row.stage),
    ListColumn.LEAD: lambda row, _: row.lead_name,
    ListColumn.PLAN: lambda row, _: words("exports.yes") if row.has_plan else words("exports.no"),
    ListColumn.REVIEW_DUE: lambda row, _: "" if row.review_due is None else cui_date(row.review_due),
    ListColumn.NEXT_STEP: _next_step,
    ListColumn.PRACTICE: lambda row, _: row.practice_name,
    ListColumn.LOCALITY: lambda row, _: row.locality_name,
}
