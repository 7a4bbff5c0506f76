"""Looks after the store that is open: a large one is read through once the window is there."""

from mdt_desktop.services.access import Access
from mdt_desktop.store.database import StoreDamaged

CHECKED_AT_ONCE_BYTES = 32 * 1024 * 1024
"""A store up to this size is checked whole each time it is opened: 0.2 s, beside a second for the passphrase."""


class StoreHealth:
    """What the window asks about the file itself."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @property
    def is_checked(self) -> bool:
        """Whether every page was checked when the store was opened."""
        database = self._access.database
        return database.left_unclean or database.path.stat().st_size <= CHECKED_AT_ONCE_BYTES

    def check_pages(self) -> None:
        """Check the seal of every page, on a connection of its own: 1.5 s for a borough. Raises StoreDamaged."""
        if not self._access.database.check_pages().sound:
            raise StoreDamaged
