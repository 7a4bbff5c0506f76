"""Brings a store to the schema that this program knows; a newer store is refused, never touched."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.store.database import refusal

if TYPE_CHECKING:
    from mdt_desktop.store.database import Database

HEAD = "0005"
"""The revision this program works with; the newest in `db/local/versions`."""


class StoreIsNewer(StoreProblem):
    """The store was written by a newer version of the program."""

    code = "store_is_newer"


def current_revision(database: "Database") -> str | None:
    """The revision a store is at; None for an empty one."""
    has_table = database.writer.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    ).fetchone()
    row = database.writer.execute("SELECT version_num FROM alembic_version").fetchone() if has_table else None
    return str(row[0]) if row else None


def migrate(database: "Database", folder: Path, before: Callable[[], object] | None = None) -> bool:
    """Upgrade a store with the revisions in `folder`, in one transaction; says whether anything was done.

    `before` is called where a store that is in use is going to be changed; what it raises keeps the store as it is.
    Raises `StoreIsNewer` for a revision this program does not know, and the `StoreProblem` of a disk that refuses;
    nothing of an upgrade is kept then. Alembic is only loaded where there is work.
    """
    try:
        return _migrate(database, folder, before)
    except Exception as error:
        problem = refusal(error)
        if problem is None:
            raise
        raise problem from error


def _migrate(database: "Database", folder: Path, before: Callable[[], object] | None) -> bool:
    revision = current_revision(database)
    if revision == HEAD:
        return False
    if revision is not None and revision > HEAD:
        raise StoreIsNewer(revision=revision)
    if revision is not None and before is not None:
        before()
    upgrade: Callable[[Database, Path], None] = importlib.import_module(
        "mdt_desktop.store.migration_run"
    ).upgrade
    upgrade(database, folder)
    return True
