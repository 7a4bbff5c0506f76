"""What the store knows of the last contact with its central store: raw reads only."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mdt_desktop.domain.lease import Contact

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


def contact(connection: "Connection") -> Contact | None:
    """The last contact; None where this store was never connected."""
    row = connection.execute("SELECT heard_at, skew_seconds, latest, revoked FROM sync_lease").fetchone()
    if row is None:
        return None
    ends = connection.execute("SELECT lease_until FROM grant_local").fetchall()
    return Contact(
        datetime.fromisoformat(row[0]),
        timedelta(seconds=int(row[1])),
        datetime.fromisoformat(row[2]),
        tuple(datetime.fromisoformat(it) for (it,) in ends),
        bool(row[3]),
    )
