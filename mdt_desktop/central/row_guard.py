"""Row-level security: the database itself keeps the rows of other localities from whoever serves (SYNC 5.3).

A second line behind the service's own checks. It holds for an account that neither owns the tables nor passes by
policies (`serving_account`); each transaction of a request says for whom it is, and policies ask the memberships of
that user. Without a user there are no rows.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, text

from mdt_desktop.domain.dates import moment_text


class Standing(StrEnum):
    """How a database account stands to the rows of the store."""

    GUARDED = "guarded"
    """It sees and writes the rows of the user that it acts for."""
    OWNER = "owner"
    """It owns the tables, as whoever makes the schema does."""
    ABOVE = "above"
    """It is a superuser, or was given BYPASSRLS."""
    NO_GUARD = "no_guard"
    """The database knows no policies: SQLite, which one process alone opens."""


_STANDING = text(
    "SELECT row_security_active(oid) AS guarded, pg_has_role(relowner, 'USAGE') AS owns,"
    " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS above"
    " FROM pg_class WHERE oid = to_regclass('record')"
)
_ACT_FOR = text("SELECT set_config('app.user_id', :user, true), set_config('app.at', :at, true)")


def standing(connection: Connection) -> Standing:
    """How the account of this connection stands to the rows."""
    if connection.dialect.name != "postgresql":
        return Standing.NO_GUARD
    row = connection.execute(_STANDING).one()
    if row.guarded:
        return Standing.GUARDED
    return Standing.ABOVE if row.above else Standing.OWNER


def act_for(connection: Connection, user_id: str, now: datetime) -> None:
    """Say for whom this transaction is, and when it is by the server's clock; it ends with the transaction."""
    connection.execute(_ACT_FOR, {"user": user_id, "at": moment_text(now)})
