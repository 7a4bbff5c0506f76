"""A central store that is open: its database, its clock, and how passwords are checked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from mdt_desktop.central import store_facts
from mdt_desktop.central.database import CentralDatabase
from mdt_desktop.central.other_provider import OtherProvider
from mdt_desktop.central.sign_in import PasswordCheck


def utc_now() -> datetime:
    """The server's own time, the only one that anything is decided by."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class CentralStore:
    """What every request and every command of an administrator works on."""

    database: CentralDatabase
    clock: Callable[[], datetime] = utc_now
    passwords: PasswordCheck = field(default_factory=PasswordCheck)
    provider: OtherProvider | None = None
    """Who accounts sign in with, where it is not this store itself."""
    public_url: str = ""
    """The address that laptops and browsers know this store by, where it stands behind another server."""

    def acting_for(self, user_id: str) -> "CentralStore":
        """The same store in a request of one user (`row_guard`)."""
        return replace(self, database=self.database.acting_for(user_id, self.clock))

    def close(self) -> None:
        """Give the database back."""
        self.database.close()


def open_store(
    folder: Path | None = None,
    url: str | None = None,
    clock: Callable[[], datetime] = utc_now,
    passwords: PasswordCheck | None = None,
) -> CentralStore:
    """Open the store in a folder or at a PostgreSQL address, made or brought to this program's schema.

    Raises CentralUnreachable, CentralIsNewer, CentralNotPrepared.
    """
    database = CentralDatabase.at_url(url) if url is not None else CentralDatabase.in_folder(folder or Path())
    try:
        database.migrate()
        database.write(store_facts.make)
    except BaseException:
        database.close()
        raise
    return CentralStore(database, clock, passwords or PasswordCheck())
