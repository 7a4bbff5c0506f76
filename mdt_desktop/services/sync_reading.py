"""How the exchange with the central store stands, and what waits to be decided; loads nothing of the network."""

from collections.abc import Sequence
from dataclasses import replace

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.access import Access
from mdt_desktop.store.queries import exchange
from mdt_desktop.store.queries.exchange import ConflictLine as ConflictLine
from mdt_desktop.store.queries.exchange import SyncStatus as SyncStatus


class SyncReading:
    """Questions about the exchange."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def status(self) -> SyncStatus:
        """Last run, what waits, what is to be decided, and how the lease stands."""
        found = self._access.lease.standing(self._access.clock())
        contact = self._access.lease.contact
        heard = contact.heard_at if contact is not None else None
        return replace(exchange.status(self._access.database.reader), lease=found, heard=heard)

    def anything_open(self) -> bool:
        """Whether anything at all waits to be decided; cheap."""
        return exchange.has_conflicts(self._access.database.reader)

    def places(self) -> dict[str, int | None]:
        """How far each bucket was read."""
        return exchange.places(self._access.database.reader)

    def conflicts(self) -> Sequence[ConflictLine]:
        """What two people changed and somebody must decide; only of records that the user may see.

        Raises what `LeaseGuard.require` raises.
        """
        self._access.lease.require(self._access.clock())
        reader = self._access.database.reader
        found = exchange.conflicts(reader)
        return [it for it in found if self._access.may(Permission.SEE_CASE, it.record_id, reader)]
