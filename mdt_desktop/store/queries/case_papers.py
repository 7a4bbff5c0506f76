"""Questions about the papers of a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import NotFound
from mdt_desktop.domain.papers import PaperMedia, PaperStatus
from mdt_desktop.store.queries.rows import made, moment

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@dataclass(frozen=True, slots=True)
class CasePaperSummary:
    """One paper. `held` is how much of its content is on this laptop; `sent`: the central store has all of it."""

    id: str
    case_id: str
    title: str
    media: PaperMedia
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    status: PaperStatus
    removed_reason: str
    removed_at: datetime | None
    removed_by: str
    held: int
    sent: bool

    @property
    def is_here(self) -> bool:
        """Whether the content can be shown without asking anybody."""
        return self.held == self.size

    @property
    def is_removed(self) -> bool:
        """Whether it was removed, and its content with it."""
        return self.status is PaperStatus.REMOVED


_COLUMNS = (
    "case_paper.id, case_id, title, media, case_paper.size, case_paper.sha256, added_at, added_by, status,"
    " removed_reason, removed_at, removed_by, coalesce(held, 0), coalesce(sent, 0)"
    " FROM case_paper LEFT JOIN blob ON blob.sha256 = case_paper.sha256"
)


def of_case(connection: "Connection", case_id: str) -> list[CasePaperSummary]:
    """Every paper of a case, the latest first, those that were removed among them."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} WHERE case_id = ? ORDER BY added_at DESC, case_paper.id DESC", (case_id,)
    )
    return [_made(row) for row in rows]


def paper(connection: "Connection", paper_id: str) -> CasePaperSummary:
    """One paper; raises `NotFound`."""
    row = connection.execute(f"SELECT {_COLUMNS} WHERE case_paper.id = ?", (paper_id,)).fetchone()
    if row is None:
        raise NotFound(kind="case_paper")
    return _made(row)


def _made(row: tuple[object, ...]) -> CasePaperSummary:
    return made(
        CasePaperSummary, row, media=PaperMedia, status=PaperStatus, added_at=moment, removed_at=moment, sent=bool
    )
