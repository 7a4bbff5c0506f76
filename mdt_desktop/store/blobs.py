"""Content of papers in the encrypted store: in pieces, named by its digest, whole or on its way."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.papers import PIECE_BYTES, pieces_of

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


class ContentWrong(StoreProblem):
    """What came is not what its digest names; nothing of it is kept."""

    code = "case_paper_content_wrong"


@dataclass(frozen=True, slots=True)
class BlobState:
    """How much of some content is here, in bytes, and whether the central store has all of it."""

    size: int
    held: int
    sent: bool

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.held == self.size


def state(connection: "Connection", sha256: str) -> BlobState | None:
    """What is here of some content; None where nothing is, and nothing is on its way."""
    row = connection.execute("SELECT size, held, sent FROM blob WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else BlobState(row[0], row[1], bool(row[2]))


def keep(connection: "Connection", sha256: str, content: bytes) -> None:
    """Keep whole content inside the caller's transaction; what was there of it gives way."""
    found = state(connection, sha256)
    if found is not None and found.whole:
        # Another paper names it, maybe in another bucket: the central store is asked again whether it has it there.
        connection.execute("UPDATE blob SET sent = 0 WHERE sha256 = ?", (sha256,))
        return
    forget(connection, sha256)
    begin(connection, sha256, len(content))
    for piece in pieces_of(content):
        _append(connection, sha256, piece)


def begin(connection: "Connection", sha256: str, size: int) -> None:
    """Make room for content that is to come, where there is none yet. What comes from the central store is sent."""
    connection.execute(
        "INSERT INTO blob (sha256, size, held, sent) VALUES (?,?,0,0) ON CONFLICT DO NOTHING", (sha256, size)
    )


def take(connection: "Connection", sha256: str, start: int, content: bytes) -> BlobState | None:
    """Take what came of content from byte `start`, in whole pieces unless it is the end.

    What does not follow on what is here is left out: the state says where to go on, and is None where nobody wants it
    any more. The last piece proves the whole: raises ContentWrong where it is other content, and the caller has to
    `forget` it in a transaction that stays.
    """
    found = state(connection, sha256)
    if found is None or found.whole or start != found.held or not content or start + len(content) > found.size:
        return found
    for piece in pieces_of(content):
        if len(piece) < PIECE_BYTES and found.held + len(piece) < found.size:
            break  # half a piece that is not the end comes again whole
        _append(connection, sha256, piece)
        found = BlobState(found.size, found.held + len(piece), found.sent)
    if found.whole:
        if _digest(connection, sha256) != sha256:
            raise ContentWrong
        mark_sent(connection, sha256)
        return BlobState(found.size, found.held, True)
    return found


def mark_sent(connection: "Connection", sha256: str) -> None:
    """The central store has all of it."""
    connection.execute("UPDATE blob SET sent = 1 WHERE sha256 = ?", (sha256,))


def ask_again(connection: "Connection") -> None:
    """The central store was put back to an older state: ask of everything that is whole here whether it has it."""
    connection.execute("UPDATE blob SET sent = 0 WHERE held = size")


def forget(connection: "Connection", sha256: str) -> None:
    """Remove content, whole or not."""
    connection.execute("DELETE FROM blob_piece WHERE sha256 = ?", (sha256,))
    connection.execute("DELETE FROM blob WHERE sha256 = ?", (sha256,))


def pieces(connection: "Connection", sha256: str) -> Iterator[bytes]:
    """Every piece that is here, in order."""
    number = 0
    while (piece := read_piece(connection, sha256, number)) is not None:
        yield piece
        number += 1


def read_piece(connection: "Connection", sha256: str, number: int) -> bytes | None:
    """One piece; None where it is not here."""
    row = connection.execute(
        "SELECT content FROM blob_piece WHERE sha256 = ? AND number = ?", (sha256, number)
    ).fetchone()
    return None if row is None else bytes(row[0])


def _append(connection: "Connection", sha256: str, piece: bytes) -> None:
    connection.execute(
        "INSERT INTO blob_piece (sha256, number, content) SELECT sha256, held / ?, ? FROM blob WHERE sha256 = ?",
        (PIECE_BYTES, piece, sha256),
    )
    connection.execute("UPDATE blob SET held = held + ? WHERE sha256 = ?", (len(piece), sha256))


def _digest(connection: "Connection", sha256: str) -> str:
    digest = hashlib.sha256()
    for piece in pieces(connection, sha256):
        digest.update(piece)
    return digest.hexdigest()
