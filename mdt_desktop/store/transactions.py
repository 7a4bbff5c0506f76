"""One raw write transaction, for what is not a record: audit entries of views, settings, bulk imports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mdt_desktop.store.database import Database

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@contextmanager
def writing(database: Database) -> Iterator["Connection"]:
    """The writer connection inside one transaction: committed at the end, undone whole on any exception."""
    connection = database.writer
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
