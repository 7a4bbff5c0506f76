"""Facts and rules that belong to a store and not to a laptop: who uses it, whether it is the demo, the age rule."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

PRACTITIONER = "identity.practitioner_id"
DEVICE = "identity.device_id"
IS_DEMO = "store.is_demo"
AGE_RULE = "allocation.age_rule"


def read(connection: "Connection", key: str, otherwise: str = "") -> str:
    """The value of one setting."""
    row = connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else otherwise


def write(connection: "Connection", key: str, value: str) -> None:
    """Set one value, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
