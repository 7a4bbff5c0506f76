"""Keeps the notes of a case, the care navigator's log: they are only added to, and a correction replaces one."""

from mdt_desktop.domain.errors import BadInput
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Case, CaseNote
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.working import permitted
from mdt_desktop.store.queries import case_notes
from mdt_desktop.store.queries.case_notes import CaseNoteSummary

__all__ = ["CaseNoteSummary", "NoteNeedsWords", "NoteOfAnotherCase", "Notes"]


class NoteNeedsWords(BadInput):
    """A note says something."""

    code = "note_needs_words"


class NoteOfAnotherCase(BadInput):
    """A note corrects a note of its own case."""

    code = "note_of_another_case"


class Notes:
    """The verb and the question."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def of_case(self, case_id: str) -> list[CaseNoteSummary]:
        """Every note of a case, the latest first, also those that were corrected. Raises `NotPermitted`."""
        self._access.require(Permission.SEE_CASE, case_id)
        return case_notes.of_case(self._access.database.reader, case_id)

    def add(self, case_id: str, words: str, replaces_id: str | None = None) -> Changes:
        """Write a note, or correct one: what it replaces stays and is marked.

        Raises `NoteNeedsWords`, `NoteOfAnotherCase`, `NotFound`, `NotPermitted`.
        """
        with permitted(self._access, Permission.EDIT_CASE, case_id) as work:
            if not words.strip():
                raise NoteNeedsWords
            work.about(work.get(Case, case_id).person_id)
            if replaces_id is not None and work.get(CaseNote, replaces_id).case_id != case_id:
                raise NoteOfAnotherCase
            note = work.add(
                CaseNote(
                    id=work.new_id(), case_id=case_id, words=words.strip(), replaces_id=replaces_id,
                    written_at=work.now, written_by=work.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, note.id)
