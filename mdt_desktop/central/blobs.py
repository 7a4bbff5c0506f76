"""Content of papers at the central store: kept by bucket in pieces, as long as a record there names it (SYNC 5.4).

Content belongs to its bucket and is not shared with others: who knows a digest learns nothing by it, neither whether
somebody else has the same paper nor what stands in it. What a record in use does not name is not taken and not told.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, literal, select, update

from mdt_desktop.central import memberships
from mdt_desktop.central.errors import BadRequest, BlobWrong, NoSuchBlob, NotYours, RangeNotThere
from mdt_desktop.central.feed import Held
from mdt_desktop.central.rules import MOST_BLOB, may_write
from mdt_desktop.central.tables import BLOB, BLOB_PIECE, RECORD
from mdt_desktop.central.tokens import Caller
from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.papers import PIECE_BYTES, PaperStatus

MOST_RANGE = 4 * PIECE_BYTES
"""What one request is given at most."""
ORPHANS_KEPT = timedelta(days=1)
"""How long content is left alone after its last piece came, whether a record names it or not."""
PAPER = "case_paper"


@dataclass(frozen=True, slots=True)
class BlobState:
    """How much of some content is here. It is `wanted` where a record in use names it, with this size."""

    wanted: bool
    size: int
    held: int

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.wanted and self.held == self.size


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a piece. `papers` are the records that name the content, where it is whole now."""

    state: BlobState
    papers: Sequence[str] = ()
    wrong: bool = False


def state(connection: Connection, who: Caller, bucket: str, sha256: str, now: datetime) -> BlobState:
    """How much of some content is here. Raises NotYours."""
    memberships.require(connection, who.user_id, bucket, now)
    return _state(connection, bucket, sha256)


def take(
    connection: Connection, who: Caller, bucket: str, sha256: str, start: int, total: int, content: bytes, now: datetime
) -> Taken:
    """Take one piece that follows on what is here; any other is left out, and the state says where to go on.

    A piece has `PIECE_BYTES` unless it is the last, which proves the whole: other content than the digest names is
    removed to its first byte, and `wrong` then. Raises NotYours for whoever may not write papers there, and BadRequest
    for a size that is not the record's, or a piece of another size.
    """
    grant = memberships.require(connection, who.user_id, bucket, now)
    if not may_write(grant.role, PAPER, "create"):
        raise NotYours
    found = _state(connection, bucket, sha256)
    if not found.wanted or found.whole:
        return Taken(found)
    if total != found.size or not content or (len(content) != PIECE_BYTES and start + len(content) != total):
        raise BadRequest
    if start + len(content) > total or start % PIECE_BYTES:
        raise BadRequest
    held = _locked(connection, bucket, sha256, found.size, who.name, now)
    if start != held:
        return Taken(BlobState(True, found.size, held))
    connection.execute(
        insert(BLOB_PIECE).values(bucket_id=bucket, sha256=sha256, number=start // PIECE_BYTES, content=content)
    )
    held += len(content)
    connection.execute(update(BLOB).where(_is(bucket, sha256)).values(held=held, at=moment_text(now)))
    if held < total:
        return Taken(BlobState(True, total, held))
    if _digest(connection, bucket, sha256) != sha256:
        _drop(connection, bucket, sha256)
        return Taken(BlobState(True, total, 0), wrong=True)
    return Taken(BlobState(True, total, held), _naming(connection, bucket, sha256))


def read(
    connection: Connection, who: Caller, bucket: str, sha256: str, first: int, last: int, now: datetime
) -> tuple[bytes, int, Sequence[str]]:
    """The bytes from `first` to `last`, at most `MOST_RANGE`; the size of the whole, and the records that name it.

    Raises NotYours, NoSuchBlob where it is not here whole, RangeNotThere.
    """
    memberships.require(connection, who.user_id, bucket, now)
    found = _state(connection, bucket, sha256)
    if not found.whole:
        raise NoSuchBlob
    if last < first or first >= found.size:
        raise RangeNotThere(size=found.size)
    last = min(last, found.size - 1, first + MOST_RANGE - 1)
    numbers = range(first // PIECE_BYTES, last // PIECE_BYTES + 1)
    rows = connection.execute(
        select(BLOB_PIECE.c.content)
        .where(BLOB_PIECE.c.bucket_id == bucket, BLOB_PIECE.c.sha256 == sha256, BLOB_PIECE.c.number.in_(numbers))
        .order_by(BLOB_PIECE.c.number)
    )
    content = b"".join(bytes(piece) for (piece,) in rows)
    at = first - numbers[0] * PIECE_BYTES
    return content[at : at + last - first + 1], found.size, _naming(connection, bucket, sha256)


def move(connection: Connection, held: Sequence[Held], to_bucket: str) -> None:
    """Records have moved: their content goes along, and stays where others still name it."""
    for bucket, sha256 in _named_by(it for it in held if it.body.get("status") == PaperStatus.CURRENT.value):
        if bucket == to_bucket:
            continue
        there = connection.execute(select(BLOB.c.held, BLOB.c.size).where(_is(to_bucket, sha256))).one_or_none()
        if there is None or there.held < there.size:
            _drop(connection, to_bucket, sha256)
            for table in (BLOB, BLOB_PIECE):
                others = [column for column in table.columns if column.name != "bucket_id"]
                connection.execute(
                    insert(table).from_select(
                        ["bucket_id", *(it.name for it in others)],
                        select(literal(to_bucket), *others).where(
                            table.c.bucket_id == bucket, table.c.sha256 == sha256
                        ),
                    )
                )
    forget(connection, held)


def forget(connection: Connection, held: Iterable[Held]) -> int:
    """Records have left their buckets: content that no other record in use names there goes at once; how many."""
    gone = [key for key in _named_by(held) if not _naming(connection, *key)]
    for key in gone:
        _drop(connection, *key)
    return len(gone)


def tidy(connection: Connection, now: datetime) -> int:
    """Remove what no record in use has named for longer than `ORPHANS_KEPT`; how many."""
    old = moment_text(now - ORPHANS_KEPT)
    orphans = connection.execute(
        select(BLOB.c.bucket_id, BLOB.c.sha256).where(
            BLOB.c.at < old, ~exists().where(_in_use(BLOB.c.bucket_id, BLOB.c.sha256))
        )
    ).all()
    for row in orphans:
        _drop(connection, row.bucket_id, row.sha256)
    return len(orphans)


def require_right(taken: Taken) -> None:
    """Raise BlobWrong where the content was not what its digest names; to be called once its removal is certain."""
    if taken.wrong:
        raise BlobWrong


def _is(bucket: str, sha256: str) -> ColumnElement[bool]:
    return and_(BLOB.c.bucket_id == bucket, BLOB.c.sha256 == sha256)


def _in_use(bucket: object, sha256: object) -> ColumnElement[bool]:
    """The records in use of a bucket that name some content."""
    return and_(
        RECORD.c.bucket_id == bucket,
        RECORD.c.type == PAPER,
        RECORD.c.deleted.is_(False),
        RECORD.c.body["sha256"].as_string() == sha256,
        RECORD.c.body["status"].as_string() == PaperStatus.CURRENT.value,
    )


def _naming(connection: Connection, bucket: str, sha256: str) -> Sequence[str]:
    return connection.execute(select(RECORD.c.id).where(_in_use(bucket, sha256)).order_by(RECORD.c.id)).scalars().all()


def _state(connection: Connection, bucket: str, sha256: str) -> BlobState:
    bodies = connection.execute(select(RECORD.c.body).where(_in_use(bucket, sha256))).scalars()
    size = next((it["size"] for it in bodies if type(it.get("size")) is int and 0 < it["size"] <= MOST_BLOB), 0)
    if not size:
        return BlobState(False, 0, 0)
    row = connection.execute(select(BLOB.c.held).where(_is(bucket, sha256), BLOB.c.size == size)).one_or_none()
    return BlobState(True, size, 0 if row is None else int(row.held))


def _locked(connection: Connection, bucket: str, sha256: str, size: int, by: str, now: datetime) -> int:
    """How much is here, with the row locked: of two laptops that send the same, one goes on where the other was."""
    wanted = select(BLOB.c.held, BLOB.c.size).where(_is(bucket, sha256)).with_for_update()
    row = connection.execute(wanted).one_or_none()
    if row is not None and row.size == size:
        return int(row.held)
    _drop(connection, bucket, sha256)
    connection.execute(
        insert(BLOB).values(bucket_id=bucket, sha256=sha256, size=size, held=0, by=by, at=moment_text(now))
    )
    return 0


def _digest(connection: Connection, bucket: str, sha256: str) -> str:
    """The digest of all pieces, read one by one: 25 MB are never held in one go."""
    digest, number = hashlib.sha256(), 0
    while True:
        piece = connection.execute(
            select(BLOB_PIECE.c.content).where(
                BLOB_PIECE.c.bucket_id == bucket, BLOB_PIECE.c.sha256 == sha256, BLOB_PIECE.c.number == number
            )
        ).scalar()
        if piece is None:
            return digest.hexdigest()
        digest.update(bytes(piece))
        number += 1


def _drop(connection: Connection, bucket: str, sha256: str) -> None:
    for table in (BLOB_PIECE, BLOB):
        connection.execute(delete(table).where(table.c.bucket_id == bucket, table.c.sha256 == sha256))


def _named_by(held: Iterable[Held]) -> list[tuple[str, str]]:
    """Bucket and digest of the content of these records, each once."""
    named = {(it.bucket, str(it.body.get("sha256", ""))): None for it in held if it.type == PAPER}
    return sorted(named)
