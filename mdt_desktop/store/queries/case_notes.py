"""Questions about the notes of a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.case_notes import NoteKind
from mdt_desktop.domain.organisations import Role
from mdt_desktop.store.queries.rows import made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class CaseNoteSummary:
    """One note; `replaced` where a later one corrects or withdraws it.

    One that `withdraws` says in its words why what it replaces was entered in error.
    """

    id: str
    case_id: str
    words: str
    replaces_id: str | None
    written_at: datetime
    written_by: str
    kind: NoteKind
    written_as: Role | None
    adds_to_id: str | None
    withdraws: bool
    replaced: bool


def of_case(connection: "Connection", case_id: str) -> list[CaseNoteSummary]:
    """Every note of a case, the latest first."""
    rows = connection.execute(
        "SELECT id, case_id, words, replaces_id, written_at, written_by, kind, written_as, adds_to_id, withdraws,"
        " EXISTS (SELECT 1 FROM case_note AS later WHERE later.replaces_id = case_note.id)"
        " FROM case_note WHERE case_id = ? ORDER BY written_at DESC, id DESC",
        (case_id,),
    ).fetchall()
    return [
        made(
            CaseNoteSummary, row, written_at=moment, kind=NoteKind, written_as=Role, withdraws=bool, replaced=bool
        )
        for row in rows
    ]  # fmt: skip
