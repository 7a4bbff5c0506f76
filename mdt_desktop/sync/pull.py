"""Takes one page of a bucket's feed: rows, acknowledgements and the cursor in one transaction (SYNC 5.6)."""

from itertools import groupby

from mdt_desktop.store.audit_log import Act
from mdt_desktop.sync import ledger, push, rebase, removal, straight, twins
from mdt_desktop.sync.context import Context
from mdt_desktop.sync.protocol import Entry, EntryKind, Page
from mdt_desktop.sync.remote import DeviceCopied


class FeedBroken(Exception):
    """The page does not go on where the last one ended: a number is missing, or the feed began anew."""


def apply_page(context: Context, bucket: str, page: Page) -> None:
    """Take a page, inside the caller's transaction; `done.must_sweep` says that the bucket is not what it should be.

    Raises FeedBroken and DeviceCopied, and then nothing of the page may be kept.
    """
    connection = context.connection
    at = ledger.cursor(connection, bucket)
    if at.epoch and page.epoch != at.epoch:
        raise FeedBroken
    seq = at.seq
    _require_own_numbers(context, page)
    push.settle_lost(context, page.op_results)
    before = context.done.pulled + context.done.evicted
    for entry in page.entries:
        if seq is not None and entry.seq != seq + 1:
            raise FeedBroken
        seq = entry.seq
    for is_straight, entries in groupby(page.entries, straight.may_be_straight):
        if is_straight:
            straight.take(context, bucket, list(entries))
        else:
            for entry in entries:
                _apply(context, bucket, entry)
    if page.head and page.entries:
        # Once, with all that came: on every page it would cost as much as all that was put aside before.
        rebase.try_put_aside(context)
        rebase.finish_deletions(context)
    if page.head:
        twins.finish_joins(context)
    if context.done.pulled + context.done.evicted != before:
        context.done.acts.append(Act("receive", "bucket", bucket, None, f"{len(page.entries)}"))
    ledger.move_cursor(connection, bucket, page.epoch, page.next, seq)
    if page.head and page.digest is not None:
        context.done.must_sweep = ledger.cursor(connection, bucket).digest != page.digest


def _require_own_numbers(context: Context, page: Page) -> None:
    """A change of this device under a number that this store has never given was made by another copy of it."""
    (next_no,) = context.connection.execute("SELECT next_no FROM sync_account").fetchone()
    if any(it.op_device == context.device and (it.op_no or 0) >= next_no for it in page.entries):
        raise DeviceCopied


def _apply(context: Context, bucket: str, entry: Entry) -> None:
    version = entry.version
    heard = ledger.known(context.connection, version.type, version.id)
    newer = heard is None or heard.bucket != bucket or version.ver > heard.ver
    match entry.kind:
        case EntryKind.PUT if newer and version.body is not None:
            # A conflict, or a type that this program does not know.
            rebase.take(context, bucket, version, entry.seq, own=entry.op_device == context.device)
        case EntryKind.DELETE if newer:
            rebase.take_deletion(context, bucket, version, entry.seq)
        case EntryKind.SEAL if heard is not None and heard.bucket == bucket:
            rebase.take_seal(context, bucket, version.type, version.id)
        case EntryKind.EVICT:
            removal.evict(context, bucket, version.type, version.id)
        case EntryKind.ERASE:
            removal.erase(context, bucket, version.type, version.id)
        case _:
            pass  # superseded within the page, or delivered before
