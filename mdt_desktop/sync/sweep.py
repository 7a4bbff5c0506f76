"""Compares what is held of a bucket with the central store's list: after a new epoch, a lost place, a wrong digest."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mdt_desktop.sync import ledger, rebase, removal
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.ledger import Key
from mdt_desktop.sync.protocol import Version

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


def differing(connection: "Connection", bucket: str, there: Mapping[Key, int]) -> tuple[list[Key], list[Key]]:
    """What is held in another version than the central store's or not at all, and what is held and not there."""
    held = {
        (str(type_), str(id_)): int(ver)
        for type_, id_, ver in connection.execute(
            "SELECT type, id, ver FROM sync_record WHERE bucket = ? AND ver > 0 AND state <> 'deleted'", (bucket,)
        )
    }
    return [key for key, ver in there.items() if held.get(key) != ver], [key for key in held if key not in there]


def take(context: Context, bucket: str, versions: Iterable[Version], *, new_epoch: bool) -> None:
    """Take records as they are there now. An older version in a new epoch means that the store was put back."""
    for theirs in versions:
        heard = ledger.known(context.connection, theirs.type, theirs.id)
        if heard is None or heard.bucket != bucket or theirs.ver > heard.ver:
            rebase.take(context, bucket, theirs)
        elif theirs.ver < heard.ver and new_epoch:
            rebase.offer_again(context, bucket, theirs.type, theirs.id, theirs)
    rebase.try_put_aside(context)


def miss(context: Context, bucket: str, keys: Iterable[Key], *, new_epoch: bool) -> None:
    """Records that the central store does not list: lost there with an older state, or no longer ours to hold."""
    for type_, id_ in keys:
        if new_epoch:
            rebase.offer_again(context, bucket, type_, id_, None)
        else:
            removal.evict(context, bucket, type_, id_)


def finish(connection: "Connection", bucket: str, epoch: str, position: str) -> None:
    """Go on in the feed from where the list was made; the next number is taken as it comes."""
    ledger.move_cursor(connection, bucket, epoch, position, None)
    ledger.recount(connection, bucket)
