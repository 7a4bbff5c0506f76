"""What a central store is: its id, its audit's epoch, the key that counts tries to sign in, keys for carried files."""

import secrets
import uuid

from sqlalchemy import Connection, delete, select

from mdt_desktop.central.tables import FACT
from mdt_desktop.sync.sealed_file import SiteKeys


def server_id(connection: Connection) -> str:
    """The id that laptops know this store by; a restored store keeps it."""
    return _fact(connection, "server_id")


def sign_in_key(connection: Connection) -> bytes:
    """The key of the hashes of names, addresses and passwords tried."""
    return bytes.fromhex(_fact(connection, "sign_in_key"))


def audit_epoch(connection: Connection) -> str:
    """Which chain the audit's numbers are of; a restored store begins another one."""
    return _fact(connection, "audit_epoch")


def begin_audit_epoch(connection: Connection) -> str:
    """Begin another epoch of the audit: what was there before went on otherwise. Both ids, in words: "A to B"."""
    before = connection.execute(select(FACT.c.value).where(FACT.c.key == "audit_epoch")).scalar() or "none"
    epoch = str(uuid.uuid4())
    connection.execute(delete(FACT).where(FACT.c.key == "audit_epoch"))
    connection.execute(FACT.insert().values(key="audit_epoch", value=epoch))
    return f"{before} to {epoch}"


def site_keys(connection: Connection) -> SiteKeys:
    """The private keys of this store for files that are carried (`sync.sealed_file`)."""
    return SiteKeys(_fact(connection, "carried_sign_key"), _fact(connection, "carried_seal_key"))


def make(connection: Connection) -> None:
    """Give a new store its facts; one that has them keeps them."""
    known = set(connection.execute(select(FACT.c.key)).scalars())
    carried = SiteKeys.make()
    facts = {
        "server_id": str(uuid.uuid4()),
        "audit_epoch": str(uuid.uuid4()),
        "sign_in_key": secrets.token_hex(32),
        "carried_sign_key": carried.sign,
        "carried_seal_key": carried.seal,
    }
    missing = [{"key": key, "value": value} for key, value in facts.items() if key not in known]
    if missing:
        connection.execute(FACT.insert(), missing)


def _fact(connection: Connection, key: str) -> str:
    return str(connection.execute(select(FACT.c.value).where(FACT.c.key == key)).scalar_one())
