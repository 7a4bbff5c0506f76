"""Keeps the notes of a case, the care navigator's log: they are only added to, and a correction replaces one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mdt_desktop.domain.case_notes import (
    NoteKind,
    NoteNeedsReason,
    NoteNeedsWords,
    NoteNotInForce,
    NoteOfAnotherCase,
    require_reason,
    require_words,
)
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Case, CaseNote
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import case_notes
from mdt_desktop.store.queries.case_notes import CaseNoteSummary
from mdt_desktop.store.unit_of_work import UnitOfWork

__all__ = [
    "CaseNoteSummary",
    "LogEntry",
    "NoteNeedsReason",
    "NoteNeedsWords",
    "NoteNotInForce",
    "NoteOfAnotherCase",
    "Notes",
]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One contact as it is read: the note in force with what was added to it and what it said before.

    `at`, `by` and `written_as` are of the first writing. `withdrawn` says who marked it as entered in error, and why;
    `note` is then what was marked. `added` and `before` go from the earliest to the latest.
    """

    note: CaseNoteSummary
    at: datetime
    by: str
    written_as: Role | None
    before: tuple[CaseNoteSummary, ...] = ()
    added: tuple[CaseNoteSummary, ...] = ()
    withdrawn: CaseNoteSummary | None = None


def log_of(notes: Iterable[CaseNoteSummary]) -> tuple[LogEntry, ...]:
    """The notes of one case as contacts, the latest first.

    Where two laptops corrected one note at the same time both stand: the later one in force, the other before it. What
    was once marked as entered in error stays so, whatever was written about it elsewhere at the same time.
    """
    oldest_first = sorted(notes, key=lambda it: (it.written_at, it.id))
    by_id = {it.id: it for it in oldest_first}
    lines: dict[str, list[CaseNoteSummary]] = {}
    added: dict[str, list[CaseNoteSummary]] = {}

    for note in oldest_first:
        first, head = _first_and_head(note, by_id)
        (lines if first.id == head.id else added).setdefault(head.id, []).append(note)
    found = []
    for first_id, line in lines.items():
        said = [it for it in line if not it.withdraws] or line
        withdrawn = next((it for it in line if it.withdraws), None)
        first = line[0]
        found.append(
            LogEntry(
                said[-1], first.written_at, first.written_by, first.written_as, tuple(said[:-1]),
                tuple(it for it in added.get(first_id, ()) if not it.replaced and not it.withdraws), withdrawn,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda it: (it.at, it.note.id), reverse=True))


def _first_and_head(
    note: CaseNoteSummary, by_id: Mapping[str, CaseNoteSummary]
) -> tuple[CaseNoteSummary, CaseNoteSummary]:
    """The first writing of a note, and that of the contact which it belongs to.

    What it points to may not be on this laptop; that ends the way. A loop can only come from outside: all of it belongs
    to its smallest id then, so that nothing is left out.
    """
    seen: dict[str, CaseNoteSummary] = {}
    first: CaseNoteSummary | None = None
    at = note
    while at.id not in seen:
        seen[at.id] = at
        before = at.replaces_id if at.replaces_id in by_id else None
        if before is None:
            first = first or at
            before = at.adds_to_id if at.adds_to_id in by_id else None
        if before is None:
            return first or at, at
        at = by_id[before]
    head = seen[min(seen)]
    return (head if note is head or first is None else first), head


class Notes:
    """The verbs and the questions. What one writes is never changed afterwards."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def of_case(self, case_id: str) -> list[CaseNoteSummary]:
        """Every note of a case, the latest first, also those that were corrected. Raises `NotPermitted`."""
        self._access.require(Permission.SEE_HISTORY, case_id)
        return case_notes.of_case(self._access.database.reader, case_id)

    def log(self, case_id: str) -> tuple[LogEntry, ...]:
        """The same as contacts, the latest first. Raises `NotPermitted`."""
        return log_of(self.of_case(case_id))

    def add(
        self, case_id: str, words: str, replaces_id: str | None = None, kind: NoteKind = NoteKind.OTHER
    ) -> Changes:
        """Write a note, or correct one: what it replaces stays and is marked.

        Raises `NoteNeedsWords`, `NoteOfAnotherCase`, `NoteNotInForce`, `NotFound`, `NotPermitted`.
        """
        with permitted(self._access, Permission.EDIT_CASE, case_id) as work:
            said = require_words(words)
            if replaces_id is not None:
                _require_in_force(work, case_id, replaces_id)
            note = self._write(work, case_id, said, kind, replaces_id=replaces_id)
        return changes_of(work, note.id)

    def add_to(self, note_id: str, words: str) -> Changes:
        """Write an addendum to a note, which stays as it is.

        Raises `NoteNeedsWords`, `NoteNotInForce`, `NotFound`, `NotPermitted`.
        """
        with permitted(self._access, Permission.EDIT_CASE, note_id) as work:
            said = require_words(words)
            about = _require_in_force(work, None, note_id)
            note = self._write(work, about.case_id, said, about.kind, adds_to_id=note_id)
        return changes_of(work, note.id)

    def withdraw(self, note_id: str, reason: str) -> Changes:
        """Mark a note as entered in error; it stays to be read, with the reason.

        Raises `NoteNeedsReason`, `NoteNotInForce`, `NotFound`, `NotPermitted`.
        """
        with permitted(self._access, Permission.EDIT_CASE, note_id) as work:
            said = require_reason(reason)
            about = _require_in_force(work, None, note_id)
            note = self._write(work, about.case_id, said, about.kind, replaces_id=note_id, withdraws=True)
            work.act("withdraw", "case_note", note.id)
        return changes_of(work, note.id)

    def _write(
        self, work: UnitOfWork, case_id: str, words: str, kind: NoteKind, replaces_id: str | None = None,
        adds_to_id: str | None = None, *, withdraws: bool = False,
    ) -> CaseNote:  # fmt: skip
        work.about(work.get(Case, case_id).person_id)
        return work.add(
            CaseNote(
                id=work.new_id(), case_id=case_id, words=words, replaces_id=replaces_id, written_at=work.now,
                written_by=work.actor.name, kind=kind, written_as=work.actor.role, adds_to_id=adds_to_id,
                withdraws=withdraws,
            )
        )  # fmt: skip


def _require_in_force(work: UnitOfWork, case_id: str | None, note_id: str) -> CaseNote:
    """The note, if it stands and belongs to the case. Raises `NotFound`, `NoteOfAnotherCase`, `NoteNotInForce`."""
    note = work.get(CaseNote, note_id)
    if case_id is not None and note.case_id != case_id:
        raise NoteOfAnotherCase
    later = work.connection.execute("SELECT 1 FROM case_note WHERE replaces_id = ?", (note_id,)).fetchone()
    if later is not None or note.withdraws:
        raise NoteNotInForce
    return note
