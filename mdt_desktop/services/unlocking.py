"""What the audit log is told when a store is unlocked: the wrong tries before it, and the unlocking itself."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security.unlock_attempts import UnlockAttempts
from mdt_desktop.services.access import Access
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

FAILED = "failed_unlock"
NOBODY = "unknown"
"""Stands for who tried: whoever types a wrong passphrase has not said who they are."""


def record_unlock(access: Access, attempts: UnlockAttempts) -> None:
    """One `failed_unlock` entry for each wrong try since the last success, then `unlock`, in one transaction.

    `fields` says by what it was tried, `reason` when (UTC); what was typed is kept nowhere. A try is told once,
    also where the program is killed between here and the file that counts them.
    """
    untold = attempts.untold()
    acts = [Act(FAILED, fields=it.by, reason=_moment(it.at)) for it in untold.tries]
    if untold.more:
        acts.insert(0, Act(FAILED, reason=f"{untold.more} earlier"))
    with writing(access.database) as connection:
        if acts:
            known = _known(connection)
            nobody = replace(access.actor, practitioner_id="", name=NOBODY)
            audit_log.append(connection, nobody, access.clock(), [act for act in acts if act.reason not in known])
        audit_log.append(connection, access.actor, access.clock(), _entered(access))
    if acts:
        with suppress(MdtError):
            attempts.told()


def _entered(access: Access) -> list[Act]:
    """Unlocking, and that somebody went on with a store that is not the newest, with the number of missing changes."""
    verdict = access.database.verdict
    if verdict is None or verdict.is_current:
        return [Act("unlock")]
    return [Act("unlock"), Act("go_on_as_it_is", verdict.state.value, reason=str(verdict.missing))]


def _known(connection: "Connection") -> set[str]:
    rows = connection.execute("SELECT reason FROM audit_entry WHERE action = ?", (FAILED,))
    return {str(row[0]) for row in rows}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
