"""The store under another key: copied beside it, proved to hold the same, and put in its place in one step.

A copy and not SQLCipher's own rekey, which rewrites the only file there is: a power cut in its middle leaves
a file that neither key opens.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.store.backup import copy_to
from mdt_desktop.store.database import (
    Database,
    KeyMaterial,
    StoreBusy,
    StoreFull,
    StoreUnreadable,
    check_file,
    connect_alone,
    opens_with,
    translated,
)

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

Progress = Callable[[int, int], None]
"""Takes how many of how many pages are done; may raise, which undoes the copy."""

_SIDE_FILES = ("-wal", "-shm", "-journal")
_SPARE_BYTES = 16 * 1024 * 1024
"""Room that must be left beside the copy, for the log of the next changes."""


class CopyNotSound(StoreProblem):
    """The copy does not hold what the store holds. Values: `what` differs, one word for the log."""

    code = "copy_not_sound"


def copy(database: Database, path: Path, key: KeyMaterial, on_progress: Progress) -> None:
    """Write the whole store to a new file (0600) at `path` under another key, and see that the disk has it.

    Raises StoreFull, StoreUnreadable and whatever `on_progress` raises; nothing is left at `path` then.
    """
    try:
        _require_room(database.path)
        copy_to(database.reader, path, key, on_progress)
        _sync(path)
    except BaseException as error:
        with suppress(StoreUnreadable):
            remove(path)
        if isinstance(error, OSError):
            raise StoreUnreadable from error
        raise


def verify(database: Database, path: Path, key: KeyMaterial) -> None:
    """Prove that the copy opens with its key, that every page is sound, and that it holds the same.

    The same are: tables with their definitions, the number of rows in each, and the head of the audit chain.
    Raises CopyNotSound.
    """
    if not opens_with(path, key) or not check_file(path, key).sound:
        raise CopyNotSound(what="pages")
    with closing(connect_alone(path, key)) as copied:
        for what, found, wanted in (
            ("tables", _tables(copied), _tables(database.reader)),
            ("rows", _counts(copied), _counts(database.reader)),
            ("audit", _audit_head(copied), _audit_head(database.reader)),
        ):
            if found != wanted:
                raise CopyNotSound(what=what)


def mark(database: Database) -> tuple[int, int]:
    """Changes whenever anybody writes to the store; only to be compared within one opening."""
    version = database.writer.execute("PRAGMA data_version").fetchone()[0]
    return int(version), database.writer.total_changes


def close_without_log(database: Database) -> None:
    """Close the store with nothing beside it: a log that is left would be taken for the next file's own.

    Raises StoreBusy where another process has it open, StoreUnreadable where the record of freshness cannot be told;
    the store is closed all the same.
    """
    database.closing.set()
    try:
        with database.being_copied:
            database.forget_pages()
            database.reader.close()
            kept = database.writer.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    except dbapi2.Error as error:
        raise translated(error) from error
    finally:
        database.close(to_be_replaced=True)
    if kept != "delete" or any(Path(f"{database.path}{end}").exists() for end in _SIDE_FILES):
        raise StoreBusy


def put_in_place(path: Path, copied: Path) -> None:
    """Give the copy the store's name: readers find the old file or the new one. Raises StoreUnreadable."""
    try:
        copied.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StoreUnreadable from error


def remove(path: Path) -> None:
    """Remove a copy and what SQLite laid beside it. Raises StoreUnreadable."""
    try:
        for name in (*(Path(f"{path}{end}") for end in _SIDE_FILES), path):
            name.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnreadable from error


def _require_room(path: Path) -> None:
    """A full disk is better known before an hour's copy than after it."""
    log = Path(f"{path}-wal")
    needed = path.stat().st_size + (log.stat().st_size if log.exists() else 0) + _SPARE_BYTES
    if shutil.disk_usage(path.parent).free < needed:
        raise StoreFull


def _tables(connection: "Connection") -> list[tuple[str, str, str]]:
    return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()


def _counts(connection: "Connection") -> dict[str, int]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}


def _audit_head(connection: "Connection") -> tuple[int, str] | None:
    head: tuple[int, str] | None = connection.execute(
        "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return head


def _sync(path: Path) -> None:
    """See that the disk has a file, or the names in a folder; Windows keeps names by itself."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
