"""Papers that belong to a case: added from a file, shown inside the program, saved as a copy, removed with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mdt_desktop.documents import shown_paper
from mdt_desktop.documents.preview import RasterPage
from mdt_desktop.documents.shown_paper import PageSize
from mdt_desktop.domain.audit import CANCELLED
from mdt_desktop.domain.exports import ListPurpose
from mdt_desktop.domain.papers import (
    MOST_BYTES,
    PaperContentElsewhere,
    PaperFileUnreadable,
    PaperIsHere,
    PaperIsRemoved,
    PaperMedia,
    PaperNeedsReason,
    PaperStatus,
    checked_title,
    digest_of,
    media_of,
    suggested_copy_name,
    suggested_title,
)
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.records import Case, CasePaper
from mdt_desktop.services.access import Access
from mdt_desktop.services.changes import Changes, changes_of
from mdt_desktop.services.exports import in_words
from mdt_desktop.services.saving import record_leaving
from mdt_desktop.services.signed_asking import alone, signed
from mdt_desktop.services.working import permitted
from mdt_desktop.store import audit_log, blobs
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.queries import case_papers, rights
from mdt_desktop.store.queries.case_papers import CasePaperSummary
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account
from mdt_desktop.sync.content import ContentRun, Wanted, of_paper
from mdt_desktop.sync.engine import Stopped, Write
from mdt_desktop.sync.http_remote import HttpRemote
from mdt_desktop.sync.remote import ContentNotThere
from mdt_desktop.words import words

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

__all__ = [
    "CasePaperSummary", "CasePapers", "ContentNotThere", "OfferedPaper", "OpenedPaper", "PageSize", "RasterPage",
]  # fmt: skip
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OfferedPaper:
    """A file that was read and can be kept; `title` is what it is called until somebody says better."""

    name: str
    title: str
    media: PaperMedia
    content: bytes
    sha256: str
    pages: int


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper with its content in memory, and the size of each page in points."""

    paper: CasePaperSummary
    content: bytes
    pages: tuple[PageSize, ...]


@dataclass(frozen=True, slots=True)
class SavedPaper:
    """A copy that was saved as a file."""

    paper_id: str
    title: str
    path: Path
    size: int


class CasePapers:
    """The verbs. `read_file`, `pages` and `page` touch no store and belong in the pool; `of_case`, `paper` and
    `content` run on the reader; `add`, `record_viewed`, `save` and `remove` on the writer.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def of_case(self, case_id: str) -> list[CasePaperSummary]:
        """Every paper of a case, the latest first, those that were removed among them. Raises `NotPermitted`."""
        self._access.require(Permission.SEE_PAPERS, case_id)
        return case_papers.of_case(self._access.database.reader, case_id)

    def paper(self, paper_id: str) -> CasePaperSummary:
        """One paper. Raises `NotPermitted`, `NotFound`."""
        self._access.require(Permission.SEE_PAPERS, paper_id)
        return case_papers.paper(self._access.database.reader, paper_id)

    @staticmethod
    def read_file(path: Path) -> OfferedPaper:
        """Read a file and see that it can be kept and shown; nothing of it is kept or run yet.

        Raises PaperFileUnreadable, and for what it holds PaperEmpty, PaperTooLarge, PaperKindUnknown, PaperNotAsNamed,
        PaperLocked, PaperDamaged, PaperTooLong, PictureTooLarge.
        """
        name = path.name[:200]
        try:
            if not path.is_file():
                raise FileNotFoundError(2, "there is no such file")
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, ValueError) as problem:
            raise PaperFileUnreadable(name=name, reason=_reason(problem)) from problem
        media = media_of(data, name)
        pages = shown_paper.pages_of(data, media, name)
        return OfferedPaper(name, suggested_title(name), media, data, digest_of(data), len(pages))

    def add(self, case_id: str, offered: OfferedPaper, title: str) -> Changes:
        """Keep a paper: its record and, in pieces, its content, in one transaction. The file stays where it is.

        Raises `NotPermitted`, `NotFound`, `PaperNeedsTitle`, and `PaperIsHere` for what this case has already.
        """
        with permitted(self._access, Permission.EDIT_CASE, case_id) as work:
            named = checked_title(title)
            work.about(work.get(Case, case_id).person_id)
            same = work.find(CasePaper, case_id=case_id, sha256=offered.sha256, status=PaperStatus.CURRENT)
            if same:
                raise PaperIsHere(title=same[0].title)
            blobs.keep(work.connection, offered.sha256, offered.content)
            paper = work.add(
                CasePaper(
                    id=work.new_id(), case_id=case_id, title=named, media=offered.media, size=len(offered.content),
                    sha256=offered.sha256, added_at=work.now, added_by=work.actor.name,
                )
            )  # fmt: skip
        return changes_of(work, paper.id)

    def content(self, paper_id: str) -> bytes:
        """The content of a paper, proved against its digest.

        Raises `NotPermitted`, `NotFound`, `PaperIsRemoved`, `PaperContentElsewhere`, `ContentWrong`.
        """
        return self._content(self.paper(paper_id))

    def open(self, paper_id: str) -> OpenedPaper:
        """A paper with its content, to be shown. Raises as `content`, and as `read_file` for what cannot be shown."""
        paper = self.paper(paper_id)
        return self.opened(paper, self._content(paper))

    @staticmethod
    def opened(paper: CasePaperSummary, content: bytes) -> OpenedPaper:
        """A paper whose content was read, with the size of its pages. Raises as `read_file`."""
        return OpenedPaper(paper, content, shown_paper.pages_of(content, paper.media, paper.title))

    def fetch(
        self,
        paper_id: str,
        write: Write | None = None,
        remote: Callable[[str], HttpRemote] = HttpRemote,
        stopped: Callable[[], bool] = lambda: False,
        moved: Callable[[int, int], object] = lambda done, of: None,
    ) -> Changes:
        """Fetch the content of a paper from the central store, to be kept here until the paper leaves.

        For the pool: `write` runs each transaction in the thread that owns the writer. Cut or stopped, it goes on from
        there the next time; `moved` hears how many bytes are here, and of how many. Raises `NotPermitted`, `NotFound`,
        NotConnected, SyncUnderWay, Stopped, ContentNotThere where the central store has it not either, ContentWrong,
        and every other `RemoteProblem`.
        """
        write = write or self.write
        wanted = write(lambda connection: self._wanted(connection, paper_id))
        with alone():
            present = write(account.needed)
            with remote(present.url) as opened:

                def with_token(ask: Callable[[str], T]) -> T:
                    if stopped():
                        raise Stopped
                    return signed(opened, write, lambda it: ask(it.access))

                run = ContentRun(write, with_token, opened, present.device_id, moved)
                run.fetch(wanted)
        return Changes(frozenset({"blob"}), frozenset({paper_id}))

    def _wanted(self, connection: "Connection", paper_id: str) -> Wanted:
        self._access.require(Permission.SEE_PAPERS, paper_id, connection)
        _require_current(case_papers.paper(connection, paper_id))
        wanted = of_paper(connection, paper_id)
        if wanted is None:
            raise ContentNotThere
        return wanted

    def write(self, work: "Callable[[Connection], T]") -> T:
        """Work in one transaction, in the thread that calls this: the writer's."""
        with writing(self._access.database) as connection:
            return work(connection)

    @staticmethod
    def page(opened: OpenedPaper, number: int, scale: float) -> RasterPage:
        """A page (from 0) at `scale` pixels a point."""
        return shown_paper.page_of(opened.content, opened.paper.media, number, scale)

    def record_viewed(self, paper_id: str) -> Changes:
        """Record that a paper was looked at. Raises `NotFound`."""
        access = self._access
        with writing(access.database) as connection:
            act = Act("view", "case_paper", paper_id, _person_of(connection, paper_id))
            audit_log.append(connection, access.actor, access.clock(), [act])
        return Changes(frozenset({"audit_entry"}))

    def suggested_name(self, paper: CasePaperSummary) -> str:
        """The name proposed for a copy, without anything about a person."""
        found = case_papers.of_case(self._access.database.reader, paper.case_id)
        return suggested_copy_name(paper.media, len(found) - [it.id for it in found].index(paper.id))

    def save(self, paper_id: str, content: bytes, path: Path, purpose: ListPurpose) -> Changes:
        """Save a copy as a new file with its audit entry: neither without the other.

        Raises `NotPermitted`, `PaperIsRemoved`, `FileNameRefused`, `PaperFileExists` (nothing is ever overwritten),
        `PaperNotSaved`.
        """
        self._access.require(Permission.EXPORT, paper_id)
        person = ""

        def acts(connection: "Connection") -> list[Act]:
            nonlocal person
            person = _person_of(connection, paper_id)
            _require_current(case_papers.paper(connection, paper_id))
            return [Act("export", "case_paper", paper_id, person, "", in_words(purpose))]

        record_leaving(self._access, acts, (content, path))
        return Changes(frozenset({"audit_entry"}), frozenset({paper_id, person}))

    def record_cancelled(self, paper_id: str, purpose: ListPurpose) -> Changes:
        """Record that a copy was about to leave and did not."""

        def acts(connection: "Connection") -> list[Act]:
            person = _person_of(connection, paper_id)
            told = words("case_papers.cancelled", reason=in_words(purpose))
            return [Act("export", "case_paper", paper_id, person, CANCELLED, told)]

        record_leaving(self._access, acts)
        return Changes(frozenset({"audit_entry"}))

    def save_copy(self, paper_id: str, path: Path, purpose: ListPurpose) -> SavedPaper:
        """All at once, for a command. Raises as `content` and `save`."""
        self._access.require(Permission.EXPORT, paper_id)
        paper = self.paper(paper_id)
        content = self._content(paper)
        self.save(paper_id, content, path, purpose)
        return SavedPaper(paper.id, paper.title, path, len(content))

    def remove(self, paper_id: str, reason: str) -> Changes:
        """Take a paper out of use: its line stays and says why, its content goes.

        Raises `NotPermitted`, `NotFound`, `PaperNeedsReason`, `PaperIsRemoved`.
        """
        with permitted(self._access, Permission.EDIT_CASE, paper_id) as work:
            if not reason.strip():
                raise PaperNeedsReason
            paper = work.get(CasePaper, paper_id)
            if paper.status is PaperStatus.REMOVED:
                raise PaperIsRemoved(title=paper.title)
            work.about(work.get(Case, paper.case_id).person_id)
            paper.status, paper.removed_reason = PaperStatus.REMOVED, reason.strip()[:2000]
            paper.removed_at, paper.removed_by = work.now, work.actor.name
            work.act("remove_paper", "case_paper", paper_id, reason.strip())
        return changes_of(work)

    def _content(self, paper: CasePaperSummary) -> bytes:
        _require_current(paper)
        if not paper.is_here:
            raise PaperContentElsewhere(title=paper.title)
        content = b"".join(blobs.pieces(self._access.database.reader, paper.sha256))
        if digest_of(content) != paper.sha256:
            raise blobs.ContentWrong
        return content


def _require_current(paper: CasePaperSummary) -> None:
    if paper.is_removed:
        raise PaperIsRemoved(title=paper.title)


def _person_of(connection: "Connection", paper_id: str) -> str:
    """Whose paper it is; raises `NotFound`."""
    case_papers.paper(connection, paper_id)
    return rights.person_of(connection, paper_id) or ""


def _reason(problem: OSError | ValueError) -> str:
    said = problem.strerror if isinstance(problem, OSError) else None
    return said or "the name cannot be used"
