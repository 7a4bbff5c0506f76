"""Guards what is held: once its lease has ended, or the clock went back, nothing is read until the next contact."""

import importlib
from datetime import datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.dates import moment_text
from mdt_desktop.domain.errors import NotAllowed
from mdt_desktop.domain.lease import Contact, LeaseState, Standing, observed, standing
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from mdt_desktop.services.access import Access


class LeaseLocked(NotAllowed):
    """The lease of what is held has ended: it is kept and not shown until this laptop is online again."""

    code = "lease_ended"


class ClockWentBack(LeaseLocked):
    """The clock shows an earlier time than it did: how long the lease runs cannot be told until the next contact."""

    code = "lease_clock_back"


class LeaseRevoked(LeaseLocked):
    """The central store let this user or laptop hold nothing any more, and all of it was removed."""

    code = "lease_revoked"


class LeaseOverdue(LeaseLocked):
    """This laptop was not heard of for so long that what it held is removed from it."""

    code = "lease_overdue"


_WHY = {
    LeaseState.ENDED: LeaseLocked,
    LeaseState.CLOCK_BACK: ClockWentBack,
    LeaseState.REVOKED: LeaseRevoked,
    LeaseState.OVERDUE: LeaseOverdue,
}


class LeaseGuard:
    """Knows the last contact of an open store; asked before anything of it is read or written."""

    def __init__(self, contact: Contact | None = None) -> None:
        self._contact = contact

    @property
    def contact(self) -> Contact | None:
        """The last contact, with the latest time that was seen since."""
        return self._contact

    def renew(self, contact: Contact | None) -> None:
        """There was contact: from now on this counts."""
        self._contact = contact

    def standing(self, now: datetime) -> Standing:
        """How the lease stands; the moment is remembered, so that the clock cannot go back before it."""
        found = standing(self._contact, now)
        if self._contact is not None:
            self._contact = observed(self._contact, now)
        return found

    def require(self, now: datetime) -> None:
        """Go on only where what is held may be shown. Raises LeaseLocked and its kinds."""
        found = self.standing(now)
        if found.is_locked:
            raise _WHY[found.state]


def enter(access: "Access") -> None:
    """On opening: remove what has not been heard of for too long, and keep the time that was seen."""
    if access.lease.standing(access.clock()).state is LeaseState.OVERDUE:
        # Loaded only here: the exchange brings the records with it, which an ordinary start does not wait for.
        importlib.import_module("mdt_desktop.services.lease_end").remove_overdue(access)
    keep_time(access)


def keep_time(access: "Access") -> None:
    """Keep the latest time that was seen, so that it holds when the program is started again.

    What the exchange has written meanwhile stands. Raises the `StoreProblem` of a store that takes nothing.
    """
    contact = access.lease.contact
    if contact is None:
        return
    with writing(access.database) as connection:
        connection.execute(
            "UPDATE sync_lease SET latest = ?1 WHERE latest < ?1 AND heard_at = ?2",
            (moment_text(contact.latest), moment_text(contact.heard_at)),
        )
