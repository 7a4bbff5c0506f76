"""One raw write transaction, for what is not a record: audit entries of views, settings, bulk imports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mdt_desktop.store.database import Database, refusal

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection


@contextmanager
def writing(database: Database) -> Iterator["Connection"]:
    """The writer connection inside one transaction: committed at the end, undone whole on any exception.

    Raises the `StoreProblem` of a disk that is full, a store that is busy, and the like.
    """
    connection = database.writer
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA defer_foreign_keys=ON")
        yield connection
        connection.commit()
    except BaseException as error:
        if connection.in_transaction:
            connection.rollback()
        problem = refusal(error)
        if problem is not None:
            raise problem from error
        raise
