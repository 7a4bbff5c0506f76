"""Takes away what has been kept long enough: answers to old operations, and tokens that nobody can use (SYNC 5.12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, or_, select

from mdt_desktop.central import audit, blobs
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.tables import BUCKET, CHANGE, FAMILY, LAPTOP_ENTRY, OP_RESULT, TOKEN
from mdt_desktop.domain.dates import moment_text

RESULTS_KEPT = timedelta(days=400)
"""Longer than a laptop may be away: after 45 days it holds nothing that could ask for an answer again."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many answers, tokens, contents of papers and lines of the feeds were taken away."""

    results: int
    tokens: int
    blobs: int
    changes: int


def tidy(connection: Connection, by: str, now: datetime) -> Tidied:
    """Forget answers after `RESULTS_KEPT`, and the tokens of a signing in that has ended by its time or by force.

    A number whose answer is forgotten is refused as used, never taken anew: the device's last number stays. Used
    refresh tokens of a signing in that goes on stay as well, so that a reuse is known. Content goes that no paper in
    use names, `blobs.ORPHANS_KEPT` after its last piece came. The feeds lose their lines of as long ago, never a record
    or its history: a laptop whose place is before them compares itself with the whole list.
    """
    old = moment_text(now - RESULTS_KEPT)
    results = connection.execute(delete(OP_RESULT).where(OP_RESULT.c.at < old)).rowcount
    ended = select(FAMILY.c.id).where(or_(FAMILY.c.ends_at <= moment_text(now), FAMILY.c.ended != ""))
    tokens = connection.execute(delete(TOKEN).where(TOKEN.c.family_id.in_(ended))).rowcount
    # The last one of each device stays: its numbers go on from there.
    later = LAPTOP_ENTRY.alias()
    newest = select(func.max(later.c.no)).where(later.c.device_id == LAPTOP_ENTRY.c.device_id).scalar_subquery()
    connection.execute(delete(LAPTOP_ENTRY).where(LAPTOP_ENTRY.c.at < old, LAPTOP_ENTRY.c.no < newest))
    orphans, changes = blobs.tidy(connection, now), _shorten_feeds(connection, old)
    told = f"{results} answers, {tokens} tokens, {orphans} contents, {changes} lines of feeds"
    audit.append(connection, now, [CentralAct("tidy", by, detail=told)])
    return Tidied(results, tokens, orphans, changes)


def _shorten_feeds(connection: Connection, old: str) -> int:
    """Take away what stands in each feed before its first line since `old`; no line after it, whatever its time."""
    gone = 0
    for row in connection.execute(select(BUCKET.c.id, BUCKET.c.head)).all():
        kept = connection.execute(
            select(CHANGE.c.seq)
            .where(CHANGE.c.bucket_id == row.id, CHANGE.c.at >= old)
            .order_by(CHANGE.c.seq)
            .limit(1)
        ).scalar()
        first = int(row.head) + 1 if kept is None else int(kept)
        gone += connection.execute(delete(CHANGE).where(CHANGE.c.bucket_id == row.id, CHANGE.c.seq < first)).rowcount
    return gone
