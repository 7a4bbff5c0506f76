"""Removes what this laptop holds when it was not heard of for too long."""

from mdt_desktop.services.access import Access
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import withdrawal
from mdt_desktop.sync.context import Context, Done


def remove_overdue(access: Access) -> None:
    """Evict every bucket: what was not sent of it is kept apart. What never left this laptop stays, locked."""
    with writing(access.database) as connection:
        context = Context(connection, access.actor, access.actor.device_id, access.clock(), Done())
        withdrawal.withdraw(context, everybody=False)
