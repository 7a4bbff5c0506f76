"""Takes away what has been kept long enough: answers to old operations, and tokens that nobody can use (SYNC 5.12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, or_, select

from mdt_desktop.central import audit, blobs
from mdt_desktop.central.audit import CentralAct
from mdt_desktop.central.tables import FAMILY, LAPTOP_ENTRY, OP_RESULT, TOKEN
from mdt_desktop.domain.dates import moment_text

RESULTS_KEPT = timedelta(days=400)
"""Longer than a laptop may be away: after 45 days it holds nothing that could ask for an answer again."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many answers, how many tokens, and how many contents of papers were taken away."""

    results: int
    tokens: int
    blobs: int


def tidy(connection: Connection, by: str, now: datetime) -> Tidied:
    """Forget answers after `RESULTS_KEPT`, and the tokens of a signing in that has ended by its time or by force.

    A number whose answer is forgotten is refused as used, never taken anew: the device's last number stays. Used
    refresh tokens of a signing in that goes on stay as well, so that a reuse is known. Content goes that no paper in
    use names, `blobs.ORPHANS_KEPT` after its last piece came.
    """
    old = moment_text(now - RESULTS_KEPT)
    results = connection.execute(delete(OP_RESULT).where(OP_RESULT.c.at < old)).rowcount
    ended = select(FAMILY.c.id).where(or_(FAMILY.c.ends_at <= moment_text(now), FAMILY.c.ended != ""))
    tokens = connection.execute(delete(TOKEN).where(TOKEN.c.family_id.in_(ended))).rowcount
    # The last one of each device stays: its numbers go on from there.
    later = LAPTOP_ENTRY.alias()
    newest = select(func.max(later.c.no)).where(later.c.device_id == LAPTOP_ENTRY.c.device_id).scalar_subquery()
    connection.execute(delete(LAPTOP_ENTRY).where(LAPTOP_ENTRY.c.at < old, LAPTOP_ENTRY.c.no < newest))
    orphans = blobs.tidy(connection, now)
    told = f"{results} answers, {tokens} tokens, {orphans} contents"
    audit.append(connection, now, [CentralAct("tidy", by, detail=told)])
    return Tidied(results, tokens, orphans)
