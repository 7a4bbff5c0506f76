"""Removes everything that a laptop may no longer hold: its access was revoked, or it was not heard of for too long."""

from typing import TYPE_CHECKING

from mdt_desktop.store import audit_log
from mdt_desktop.sync import account, removal
from mdt_desktop.sync.shape import DIRECTORY

if TYPE_CHECKING:
    from mdt_desktop.sync.context import Context


def withdraw(context: "Context", *, everybody: bool) -> None:
    """Evict every bucket inside the caller's transaction; what was not sent of it goes into quarantine.

    `everybody` takes those as well who were never given to the central store: rows of risk files and their people.
    """
    connection = context.connection
    buckets = connection.execute(
        "SELECT bucket FROM grant_local UNION SELECT bucket FROM sync_record UNION SELECT bucket FROM cursor"
    ).fetchall()
    for (bucket,) in buckets:
        removal.evict_bucket(context, str(bucket))
    for bucket, type_, id_ in connection.execute("SELECT DISTINCT bucket, type, id FROM outbox").fetchall():
        if type_ not in DIRECTORY:
            removal.evict(context, str(bucket), str(type_), str(id_), receipt=False)
    if everybody:
        for (person,) in connection.execute("SELECT id FROM person").fetchall():
            removal.evict(context, "", "person", str(person), receipt=False)
        for table in ("held_row", "draft"):
            connection.execute(f"DELETE FROM {table}")
    context.refresh_lists()
    if context.done.acts:
        audit_log.append(connection, context.actor, context.now, context.done.acts)


def revoke(context: "Context") -> None:
    """The central store says that this user or device may hold nothing: remove all of it, and know why."""
    withdraw(context, everybody=True)
    account.keep_revoked(context.connection)
