"""Makes a verified backup file of an open store, and the database of a backup into a store again."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from mdt_desktop.domain.backups import Occasion, StoreState, file_name
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import FILE_MODE, sync_folder
from mdt_desktop.store import backup_file
from mdt_desktop.store.backup_file import BackupDamaged, BackupFile, BackupHeader, Going
from mdt_desktop.store.database import (
    Database,
    KeyMaterial,
    StoreClosing,
    StoreDamaged,
    StoreForeign,
    StoreFull,
    StorePlain,
    StoreUnreadable,
    StoreUnsafe,
    connect_alone,
    translated,
)

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

PART = ".part"
"""How the names of files end that are not whole yet; whoever finds one of a process that is gone removes it."""

_PAGES_A_STEP = 512  # 2 MiB, some 15 ms: so soon a copy hears that it is to stop
_STEPS_OF_SQLITE = 100_000
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

Progress = Callable[[int, int], None]
"""Gets how much of how much is done."""


class BackupNotSound(StoreProblem):
    """What was copied does not hold what the store held, or is damaged: the store itself is suspect.

    Values: `finding`, names of pages, tables or counts for the log; never contents.
    """

    code = "backup_not_sound"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: when, why, and by which version of the program.

    `store` and `key_file` are those of the store; `wrap` wraps the backup's `key` with the header it is given as
    authenticated data, `unwrap` gives it back from a header that was read.
    """

    made_at: datetime
    occasion: Occasion
    app_version: str
    store: str
    key_file: bytes
    key: KeyMaterial
    wrap: Callable[[bytes], bytes]
    unwrap: Callable[[BackupHeader], KeyMaterial]


def make(database: Database, order: Order, folder: Path, progress: Progress) -> BackupFile:
    """Write a backup of the store as it is now into `folder` and verify it before it gets its name.

    Raises BackupNotSound or StoreDamaged where the store is damaged, StoreClosing when it is closed meanwhile,
    StoreFull and OSError for the folder, and what `progress` raises; then nothing is left in the folder.
    """

    def going() -> None:
        if database.closing.is_set():
            raise StoreClosing

    copy, part = (folder / f".{secrets.token_hex(8)}{end}{PART}" for end in (".db", ""))
    try:
        with snapshot(database) as source:

            def copied(done: int, of: int) -> None:
                going()
                progress(done, of)

            copy_to(source, copy, order.key, copied)
            state = state_of(source)
        check_copy(copy, order.key, state, going)
        header = BackupHeader(
            store=order.store,
            created_at=order.made_at,
            occasion=order.occasion,
            app_version=order.app_version,
            state=state,
            size=copy.stat().st_size,
            sha256=backup_file.sha256_of(copy, going),
            key_file=order.key_file,
        )
        header = header.with_key(order.wrap(header.sealed()))
        with os.fdopen(os.open(part, _NEW_FILE, FILE_MODE), "wb") as file:
            backup_file.write_database(header.bytes(), copy, file, going)
        written = _verified(part, order, going)
        return replace(written, path=_published(part, folder, order.made_at))
    finally:
        for path in (copy, part):
            remove_file(path)


@contextmanager
def snapshot(database: Database) -> "Iterator[Connection]":
    """A connection of its own that sees one moment of an open store, so that neither reader nor writer waits.

    The store is not closed while it is held; whoever holds it looks at `closing` now and then. Raises StoreClosing.
    """
    with database.being_copied:
        if database.closing.is_set():
            raise StoreClosing
        connection = connect_alone(database.path, database.key, to_write=True)
        try:
            connection.execute("PRAGMA query_only = ON").fetchall()
            if connection.execute("PRAGMA query_only").fetchone() != (1,):
                raise StoreUnsafe(setting="query_only")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            yield connection
        finally:
            connection.close()


def verify(backup: BackupFile, key: KeyMaterial, going: Going) -> None:
    """Prove that a backup can be restored: every byte, every page, the structure, and what its header counts.

    The database is laid beside the backup for it and removed again. Raises BackupDamaged, BackupMissing, OSError.
    """
    with extracted(backup, backup.path.parent, going) as copy:
        check_backup(backup, copy, key, going)


@contextmanager
def extracted(backup: BackupFile, folder: Path, going: Going) -> Iterator[Path]:
    """The database of a backup as a file in `folder`, for as long as the block lasts."""
    copy = folder / f".{secrets.token_hex(8)}.db{PART}"
    try:
        backup_file.extract_database(backup, copy, going)
        yield copy
    finally:
        remove_file(copy)


def check_backup(backup: BackupFile, copy: Path, key: KeyMaterial, going: Going) -> None:
    """`check_copy` for a database that was taken out of a backup. Raises BackupDamaged."""
    try:
        check_copy(copy, key, backup.header.state, going)
    except (StoreDamaged, StoreForeign, StorePlain, BackupNotSound) as error:
        raise BackupDamaged(file=backup.path.name, reason="database") from error


def check_copy(path: Path, key: KeyMaterial, expected: StoreState, going: Going) -> None:
    """Check the seal of every page and the structure of a closed database, and that it holds what is expected.

    Raises StoreDamaged, BackupNotSound, and what `going` raises.
    """
    connection = connect_alone(path, key)
    stopped: list[BaseException] = []

    def step() -> bool:
        try:
            going()
        except BaseException as error:  # noqa: BLE001  # SQLite knows nothing but "stop"; raised again below
            stopped.append(error)
        return bool(stopped)

    try:
        connection.set_progress_handler(step, _STEPS_OF_SQLITE)
        for pragma in ("cipher_integrity_check", "quick_check(1)"):
            going()
            finding = connection.execute(f"PRAGMA {pragma}").fetchone()
            if finding is not None and finding[0] != "ok":
                raise BackupNotSound(finding=str(finding[0])[:100])
        if state_of(connection) != expected:
            raise BackupNotSound(finding="counts")
    except (dbapi2.Error, StoreProblem) as error:
        if stopped:
            raise stopped[0] from None
        if isinstance(error, dbapi2.Error):
            raise translated(error) from error
        raise
    finally:
        connection.close()


def copy_to(source: "Connection", target: Path, key: KeyMaterial, progress: Progress) -> None:
    """Copy what a connection sees into a new file (0600) under another key; nothing of it is synced to disk yet.

    Raises StoreDamaged where a page of the source is, free pages and log included; StoreFull and StoreUnreadable for
    the target, OSError, and what `progress` raises; then nothing of the target stays.
    """
    os.close(os.open(target, _NEW_FILE, FILE_MODE))
    try:
        connection = connect_alone(target, key, to_write=True)
        try:
            # Nobody sees the file before it is whole, so it needs no journal; whoever gives it a name syncs it.
            connection.execute("PRAGMA journal_mode = OFF").fetchall()
            connection.execute("PRAGMA synchronous = OFF").fetchall()
            try:
                source.backup(connection, pages=_PAGES_A_STEP, progress=lambda _, left, of: progress(of - left, of))
            except dbapi2.Error as error:
                raise _why_not_copied(error) from error
            _require_all_read(source)
        except dbapi2.Error as error:
            raise translated(error) from error
        finally:
            connection.close()
    except BaseException:
        remove_file(target)
        raise


def _require_all_read(source: "Connection") -> None:
    """Ask the copied connection for a page once more: SQLCipher refuses after any page whose seal did not fit.

    Copying itself does not fail then. It writes zeros in the place of such a page, under a good seal of the copy.
    """
    source.execute("PRAGMA shrink_memory").fetchall()
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _why_not_copied(error: dbapi2.Error) -> StoreProblem:
    """The library's copying gives its errors without their numbers, so the words have to do."""
    if "full" in str(error):
        return StoreFull()
    return StoreUnreadable() if "I/O" in str(error) else translated(error)


def state_of(connection: "Connection") -> StoreState:
    """How much a store holds and how far it has got. A store of an earlier schema has no count of commits: 0.

    Raises StoreDamaged and what else reading raises.
    """
    try:
        return _state_of(connection)
    except dbapi2.Error as error:
        raise translated(error) from error


def _state_of(connection: "Connection") -> StoreState:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def one(table: str, what: str) -> int:
        return int(connection.execute(f"SELECT {what} FROM {table}").fetchone()[0]) if table in tables else 0

    revision = (
        connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if "alembic_version" in tables
        else None
    )
    last = (
        connection.execute("SELECT hash, at FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
        if "audit_entry" in tables
        else None
    )
    return StoreState(
        revision=str(revision[0]) if revision else "",
        counter=one("freshness", "coalesce(max(counter), 0)"),
        people=one("person", "count(*)"),
        cases=one("person_case", "count(*)"),
        care_plans=one("care_plan", "count(*)"),
        audit_entries=one("audit_entry", "count(*)"),
        last_audit_hash=str(last[0]) if last else "0" * 64,
        last_change=datetime.fromisoformat(last[1]) if last else None,
    )


def remove_file(path: Path) -> None:
    """Remove a file, and what SQLite may have laid beside it; what is not there is no error."""
    for end in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _verified(part: Path, order: Order, going: Going) -> BackupFile:
    """Read the written file as a restore would; its database was checked page by page before it was written."""
    written = backup_file.read(part)
    if order.unwrap(written.header).raw_key() != order.key.raw_key():
        raise BackupNotSound(finding="key")
    backup_file.check_bytes(written, going)
    return written


def _published(part: Path, folder: Path, made_at: datetime) -> Path:
    """Give the finished file the first name of its minute that is free; a file that is there is never replaced."""
    number = 1
    while True:
        path = folder / file_name(made_at, number)
        try:
            link_new(part, path)
        except FileExistsError:
            number += 1
        else:
            sync_folder(folder)
            return path


def link_new(part: Path, path: Path) -> None:
    """Give a finished file its name without ever replacing one. Raises FileExistsError, OSError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this file system. Whoever writes here holds the folder's lock.
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def save_as(made: BackupFile, target: Path) -> None:
    """Copy a backup file to another place (0600) and read the copy back. Raises FileExistsError, OSError,
    BackupDamaged; then nothing is left there.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}{PART}")
    try:
        with os.fdopen(os.open(part, _NEW_FILE, FILE_MODE), "wb") as file, made.path.open("rb") as source:
            while chunk := source.read(backup_file.CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        written = backup_file.read(part)
        if written.header != made.header:
            raise BackupDamaged(file=target.name, reason="header")
        backup_file.check_bytes(written, lambda: None)
        link_new(part, target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
