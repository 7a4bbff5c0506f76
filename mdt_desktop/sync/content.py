"""Content of papers over the wire: sent after its record, in pieces, resumed after a cut; no more fetched than needed.

What is sent: content that is whole here and that the central store has not said it has. What is fetched unasked: the
content of papers of people whom the user leads, the latest first, up to `AHEAD_BYTES`; everything else when somebody
opens it.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from mdt_desktop.domain.papers import PIECE_BYTES, PaperStatus
from mdt_desktop.logs.events import record_event
from mdt_desktop.store import blobs
from mdt_desktop.store.blobs import ContentWrong
from mdt_desktop.sync.content_wire import ContentHeld
from mdt_desktop.sync.remote import ContentNotThere, ContentRefused, NotYourBucket

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

T = TypeVar("T")
_log = logging.getLogger(__name__)
AHEAD_BYTES = 64 * 1024 * 1024
"""How much content of one's own caseload is fetched before anybody opens it, all of it together."""
PART_BYTES = 2 * PIECE_BYTES
"""What is asked for at once: on a slow line a cut costs no more than this."""
_CURRENT = PaperStatus.CURRENT.value


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some content in one bucket."""

    bucket: str
    sha256: str
    size: int


class ContentRemote(Protocol):
    """The requests about content; each raises a `RemoteProblem`."""

    def content_held(self, access: str, device: str, bucket: str, sha256: str) -> ContentHeld: ...

    def send_piece(
        self, access: str, device: str, bucket: str, sha256: str, start: int, total: int, piece: bytes
    ) -> ContentHeld: ...

    def content_part(self, access: str, device: str, bucket: str, sha256: str, first: int, last: int) -> bytes: ...


class Write(Protocol):
    """Runs work in one transaction on the writer connection, in the thread that owns it."""

    def __call__(self, work: "Callable[[Connection], T]") -> T: ...


class Signed(Protocol):
    """Asks with an access token, renewed where it has ended; raises what asking raises."""

    def __call__(self, ask: Callable[[str], T]) -> T: ...


Moved = Callable[[int, int], object]
"""Hears how many bytes are over, and of how many."""


class ContentRun:
    """One laptop's sending and fetching; every piece is a transaction of its own, and a cut loses no more than one."""

    def __init__(
        self, write: Write, signed: Signed, remote: ContentRemote, device: str, moved: Moved = lambda done, of: None
    ) -> None:
        self._write, self._signed, self._remote, self._device, self._moved = write, signed, remote, device, moved
        self._done = self._of = 0

    def send(self) -> int:
        """Send what waits, each content to every bucket that names it; how many contents arrived whole.

        What is refused stops no other. Raises a `RemoteProblem` where the line is cut.
        """
        waiting = self._write(unsent)
        self._begin(sum(it.size for it in waiting))
        arrived, kept_back = set[str](), set[str]()
        for it in waiting:
            try:
                there = self._sent(it)
            except (NotYourBucket, ContentRefused) as problem:
                record_event(_log, "content_refused", level=logging.WARNING, error=problem)
                there = False
            (arrived if there else kept_back).add(it.sha256)
        for sha256 in arrived - kept_back:
            self._write(partial(blobs.mark_sent, sha256=sha256))
        return len(arrived - kept_back)

    def fetch_ahead(self, practitioner_id: str) -> int:
        """Fetch content of the user's own caseload within the bound; how many came whole."""
        wanted = self._write(lambda connection: list(ahead(connection, practitioner_id)))
        self._begin(sum(it.size for it in wanted))
        came = 0
        for it in wanted:
            try:
                came += self._fetched(it)
            except (ContentNotThere, NotYourBucket, ContentWrong):
                continue  # not there yet, not ours any more, or to be asked for again the next time
        return came

    def fetch(self, wanted: Wanted) -> bool:
        """Fetch some content, from where it was cut; whether it is here whole. False where it left meanwhile.

        Raises a `RemoteProblem`, ContentNotThere, and ContentWrong where other content came: nothing of it is kept.
        """
        self._begin(wanted.size)
        return self._fetched(wanted)

    def _fetched(self, wanted: Wanted) -> bool:
        sha256 = wanted.sha256
        self._write(lambda connection: blobs.begin(connection, sha256, wanted.size))
        state = self._write(lambda connection: blobs.state(connection, sha256))
        self._move(0 if state is None else state.held)
        while state is not None and not state.whole:
            first, last = state.held, min(state.held + PART_BYTES, state.size) - 1
            content = self._signed(
                partial(
                    self._remote.content_part,
                    device=self._device, bucket=wanted.bucket, sha256=sha256, first=first, last=last,
                )
            )
            before = state.held
            state = self._taken(sha256, first, content)
            if state is not None and state.held == before:
                raise ContentNotThere  # it gives nothing that follows
            self._move(len(content))
        return state is not None

    def _taken(self, sha256: str, first: int, content: bytes) -> blobs.BlobState | None:
        try:
            return self._write(lambda connection: blobs.take(connection, sha256, first, content))
        except ContentWrong:
            self._write(lambda connection: blobs.forget(connection, sha256))
            raise

    def _sent(self, it: Wanted) -> bool:
        """Send what is missing there of some content; whether all of it is there."""
        there = self._signed(lambda access: self._remote.content_held(access, self._device, it.bucket, it.sha256))
        self._move(there.held)
        while there.wanted and not there.whole:
            start = there.held
            piece = self._write(partial(blobs.read_piece, sha256=it.sha256, number=start // PIECE_BYTES))
            if piece is None or start % PIECE_BYTES:
                return False  # it left this laptop meanwhile, or the central store counts in other pieces
            there = self._signed(
                partial(
                    self._remote.send_piece,
                    device=self._device, bucket=it.bucket, sha256=it.sha256, start=start, total=it.size, piece=piece,
                )
            )
            if there.wanted and there.held <= start:
                return False
            self._move(len(piece))
        return there.whole

    def _begin(self, of: int) -> None:
        self._done, self._of = 0, of

    def _move(self, by: int) -> None:
        self._done = min(self._done + by, self._of)
        if self._of:
            self._moved(self._done, self._of)


_KNOWN = (
    "FROM case_paper JOIN sync_record ON sync_record.type = 'case_paper' AND sync_record.id = case_paper.id"
    " AND sync_record.ver > 0 AND sync_record.state <> 'deleted'"
)
"""Papers that the central store knows, each with its bucket."""


def unsent(connection: "Connection") -> list[Wanted]:
    """Whole content that the central store has not said it has, by each bucket whose papers name it."""
    rows = connection.execute(
        f"SELECT DISTINCT bucket, case_paper.sha256, blob.size {_KNOWN} JOIN blob ON blob.sha256 = case_paper.sha256"
        " WHERE sent = 0 AND held = blob.size AND status = ? AND bucket IN (SELECT bucket FROM grant_local)"
        " ORDER BY blob.size, case_paper.sha256, bucket",
        (_CURRENT,),
    ).fetchall()
    return [Wanted(*row) for row in rows]


def ahead(connection: "Connection", practitioner_id: str) -> Iterator[Wanted]:
    """Content that is to be fetched unasked: of people whom this user leads, the latest first, within the bound."""
    (held,) = connection.execute("SELECT coalesce(sum(held), 0) FROM blob WHERE sent = 1").fetchone()
    room = AHEAD_BYTES - held
    rows = connection.execute(
        f"SELECT bucket, case_paper.sha256, case_paper.size {_KNOWN}"
        " JOIN lead_allocation ON lead_allocation.case_id = case_paper.case_id AND lead_allocation.status = 'agreed'"
        " AND practitioner_id = ? LEFT JOIN blob ON blob.sha256 = case_paper.sha256"
        " WHERE case_paper.status = ? AND coalesce(held, 0) < case_paper.size"
        " AND bucket IN (SELECT bucket FROM grant_local) ORDER BY added_at DESC, case_paper.id DESC",
        (practitioner_id, _CURRENT),
    ).fetchall()
    seen = set[str]()
    for row in rows:
        wanted = Wanted(*row)
        if wanted.sha256 not in seen and wanted.size <= room:
            seen.add(wanted.sha256)
            room -= wanted.size
            yield wanted


def of_paper(connection: "Connection", paper_id: str) -> Wanted | None:
    """The content of one paper and where it is to be had; None where the central store does not know the paper."""
    row = connection.execute(
        f"SELECT bucket, case_paper.sha256, size {_KNOWN} WHERE case_paper.id = ? AND status = ?", (paper_id, _CURRENT)
    ).fetchone()
    return None if row is None else Wanted(*row)


def not_carried(connection: "Connection") -> int:
    """How many contents have not been at the central store: a carried file brings their papers, and not them."""
    (count,) = connection.execute(
        "SELECT count(DISTINCT blob.sha256) FROM blob JOIN case_paper ON case_paper.sha256 = blob.sha256"
        " WHERE sent = 0 AND held = blob.size AND status = ?",
        (_CURRENT,),
    ).fetchone()
    return int(count)
