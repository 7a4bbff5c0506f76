"""A second account of PostgreSQL that serves and owns nothing: row-level security holds for it (`row_guard`).

It gets what requests need, table by table, and no more: it cannot change accounts, memberships or localities, take
history or an entry of the audit away, or read what the audit says.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Table, text

from mdt_desktop.central.errors import AccountPassesBy, NoSuchDatabaseAccount, OnlyOnPostgresql
from mdt_desktop.central.tables import (
    ACCOUNT,
    AUDIT,
    AUDIT_HEAD,
    BLOB,
    BLOB_PIECE,
    BUCKET,
    CHANGE,
    DEVICE,
    DEVICE_KEY,
    ERASURE,
    FACT,
    FAMILY,
    HANDOVER,
    LAPTOP_ENTRY,
    LOCALITY,
    MEMBERSHIP,
    OP_RESULT,
    PEN,
    PERSON_NUMBER,
    RECEIPT,
    RECORD,
    RECORD_VERSION,
    SECOND_FACTOR,
    SIGN_IN_CODE,
    SIGNING_KEY,
    SUBJECT,
    TOKEN,
    TRIED_SIGN_IN,
    USED_NONCE,
)

_READ, _ADD, _ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"
GRANTS: Mapping[Table, str] = {
    FACT: _READ,
    LOCALITY: _READ,
    MEMBERSHIP: _READ,
    ERASURE: _READ,
    # A row is locked by whoever may change something of it; what is named here, serving never changes.
    ACCOUNT: "SELECT, UPDATE (grants_ver)",
    BUCKET: "SELECT, UPDATE (head, digest_count, digest_sum)",
    RECORD: "SELECT, INSERT, UPDATE",
    RECORD_VERSION: _ADD,
    CHANGE: _ADD,
    OP_RESULT: _ADD,
    PERSON_NUMBER: "SELECT, INSERT, DELETE",
    HANDOVER: "SELECT, INSERT, UPDATE (outcome, changes)",
    PEN: _ALL,
    BLOB: _ALL,
    BLOB_PIECE: "SELECT, INSERT, DELETE",
    DEVICE: "SELECT, INSERT, UPDATE",
    DEVICE_KEY: "SELECT, INSERT, DELETE",
    RECEIPT: _ADD,
    LAPTOP_ENTRY: _ADD,
    FAMILY: "SELECT, INSERT, UPDATE",
    TOKEN: _ALL,
    TRIED_SIGN_IN: _ALL,
    SECOND_FACTOR: "SELECT, UPDATE (last_step)",
    SUBJECT: _ADD,
    SIGNING_KEY: _ADD,
    SIGN_IN_CODE: "SELECT, INSERT, DELETE",
    USED_NONCE: "SELECT, INSERT, DELETE",
    AUDIT: "SELECT (seq, hash), INSERT",
    AUDIT_HEAD: "SELECT, UPDATE (seq, hash)",
}
"""What serving does with each table; a table that is not here is nothing to it."""
_OTHERS = ("alembic_version", "record_place")


def grant(connection: Connection, account: str) -> None:
    """Give an account of the database what serving needs, and take away whatever else it had of the tables.

    The connection is the owner's. Raises OnlyOnPostgresql, NoSuchDatabaseAccount, and AccountPassesBy for one that
    policies would not hold for.
    """
    if connection.dialect.name != "postgresql":
        raise OnlyOnPostgresql
    row = connection.execute(
        text(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass('record')"
            " AND pg_has_role(rolname, relowner, 'USAGE')) AS passes_by FROM pg_roles WHERE rolname = :account"
        ),
        {"account": account},
    ).first()
    if row is None:
        raise NoSuchDatabaseAccount(account=account)
    if row.passes_by:
        raise AccountPassesBy(account=account)
    to = connection.dialect.identifier_preparer.quote_identifier(account)
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {to}")
    for table, rights in GRANTS.items():
        connection.exec_driver_sql(f"REVOKE ALL ON {table.name} FROM {to}")
        connection.exec_driver_sql(f"GRANT {rights} ON {table.name} TO {to}")
    for name in _OTHERS:
        connection.exec_driver_sql(f"GRANT SELECT ON {name} TO {to}")
    connection.exec_driver_sql(f"GRANT USAGE ON SEQUENCE tried_sign_in_no_seq TO {to}")


def granted(connection: Connection) -> list[str]:
    """The accounts that may serve beside the owner, as they may add records; none where there are no tables yet."""
    if connection.dialect.name != "postgresql":
        return []
    found = connection.execute(
        text(
            "SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, aclexplode(relacl) AS acl"
            " WHERE pg_class.oid = to_regclass('record') AND acl.privilege_type = 'INSERT'"
            " AND acl.grantee NOT IN (0, relowner) ORDER BY 1"
        )
    )
    return [str(it) for it in found.scalars()]


def grant_again(connection: Connection, accounts: Iterable[str]) -> None:
    """Give accounts that served before what the tables as they are now ask for."""
    for account in accounts:
        grant(connection, account)
