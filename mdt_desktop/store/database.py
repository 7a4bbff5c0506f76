"""The encrypted database file: made, opened with one writer and one reader, checked and closed."""

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from sqlcipher3 import dbapi2

from mdt_desktop.store import audit_log
from mdt_desktop.store.committing import BUSY_MILLISECONDS, CommittingConnection, CommitWatch, mark_of
from mdt_desktop.store.freshness import FreshnessRecord, Mark, Verdict, judged, page_digest, read_record
from mdt_desktop.store.problems import (
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreForeign,
    StoreFull,
    StoreMissing,
    StoreNotCurrent,
    StorePlain,
    StoreUnreadable,
    StoreUnsafe,
    refusal,
    translated,
)

__all__ = [
    "CheckProblem",
    "CheckResult",
    "Database",
    "Examination",
    "KeyMaterial",
    "ProblemKind",
    "StoreBusy",
    "StoreDamaged",
    "StoreExists",
    "StoreForeign",
    "StoreFull",
    "StoreMissing",
    "StorePlain",
    "StoreUnreadable",
    "StoreUnsafe",
    "check_file",
    "refusal",
    "translated",
]

APPLICATION_ID = 0x4D445444  # "MDTD": marks the file as ours inside the encryption
_PLAIN_HEADER = b"SQLite format 3\0"
_OTHER_HEADERS = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\x1f\x8b\x08\x00", b"\x7fELF")
_SIDE_FILES = ("-wal", "-shm", "-journal")
_OWNER_ONLY = 0o600

# Page caches in KiB. Measured on 261,536 people: a name search that joins the narrow index table takes
# 9 ms with 8 MiB, 6 with 12 and 16 with 2. Joined to a wide table it takes 90 ms at any size below
# 64 MiB, so the answer to a slow search is a narrower table and not a larger cache.
READER_CACHE_KIB = 8192
WRITER_CACHE_KIB = 2048
BULK_CACHE_KIB = 65536
_WAL_LIMIT_BYTES = 16 * 1024 * 1024

# (pragma, value set, value read back). Order matters: nothing is written before the key is proved.
_SETTINGS: tuple[tuple[str, str, object], ...] = (
    ("busy_timeout", str(BUSY_MILLISECONDS), BUSY_MILLISECONDS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("fullfsync", "ON", 1),  # macOS only: without it the drive may hold a commit back
    ("checkpoint_fullfsync", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("trusted_schema", "OFF", 0),
    ("recursive_triggers", "ON", 1),  # a REPLACE then fires the delete triggers of search and audit
    ("cell_size_check", "ON", 1),
    ("journal_size_limit", str(_WAL_LIMIT_BYTES), _WAL_LIMIT_BYTES),
)


class KeyMaterial(Protocol):
    """Whatever holds the 256-bit key; `security.database_key.DatabaseKey` in the program."""

    def raw_key(self) -> bytes:
        """The 32 bytes."""


class ProblemKind(StrEnum):
    """What a check found wrong."""

    PAGE = "page"
    STRUCTURE = "structure"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class CheckProblem:
    """One finding; `detail` names pages, tables and row numbers, never contents."""

    kind: ProblemKind
    detail: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings of a whole check, the first hundred of each kind."""

    problems: tuple[CheckProblem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Examination:
    """All that can be found out about a store without writing: pages, structure, references, audit, freshness.

    `broken_entry` is the first audit entry that does not fit the chain; `entries` counts them.
    """

    problems: tuple[CheckProblem, ...]
    entries: int
    broken_entry: int | None
    verdict: Verdict

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong or missing."""
        return not self.problems and self.broken_entry is None and self.verdict.is_current


class Database:
    """An open store: `writer` for the thread that writes, `reader` (query only) for the thread that reads.

    Both connections are in autocommit: a transaction begins with an explicit BEGIN and ends with `commit()` of the
    writer, which counts it. The owners of the two threads see to it that each is used by one thread at a time.
    `verdict` says how the store compared with its record outside; None where it was opened without one.
    """

    def __init__(
        self,
        path: Path,
        key: KeyMaterial,
        writer: CommittingConnection,
        reader: dbapi2.Connection,
        *,
        left_unclean: bool,
        verdict: Verdict | None = None,
    ) -> None:
        self.path = path
        self.writer = writer
        self.reader = reader
        self.left_unclean = left_unclean
        self.verdict = verdict
        self._key = key

    @classmethod
    def create(cls, path: Path, key: KeyMaterial) -> Self:
        """Make an empty database (0600) and open it. Raises StoreExists, StorePlain, StoreUnsafe and others.

        It is made beside its place and moved there whole, so a crash leaves all of it or nothing.
        """
        _refuse_present_file(path)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
            _write_first_page(part, key)
            _publish(part, path)
        except FileExistsError as error:
            raise StoreExists from error
        except OSError as error:
            raise StoreUnreadable from error
        finally:
            _remove_with_side_files(part)
        try:
            _sync_folder(path.parent)
            return cls.open(path, key)
        except BaseException as error:
            # It is ours, and told as not made: a store without its key would bar the way to a new one.
            _remove_with_side_files(path)
            if isinstance(error, OSError):
                raise StoreUnreadable from error
            raise

    @classmethod
    def open(
        cls,
        path: Path,
        key: KeyMaterial,
        record: Path | None = None,
        *,
        pages: str | None = None,
        as_it_is: bool = False,
    ) -> Self:
        """Open an existing database. The key must have passed the key file's own check.

        With `record`, the store is compared with what that file knows of it first, and watched from then on; `pages`
        is the `page_digest` of the database if it is known already. With `as_it_is` a store that is not the newest is
        opened all the same. `left_unclean` tells that the last process
        did not close it. Raises StoreNotCurrent, StoreMissing, StorePlain, StoreForeign, StoreDamaged, StoreBusy,
        StoreUnreadable, StoreUnsafe; nothing is changed then.
        """
        _refuse_other_files(path)
        mark = _prove_key(path, key)
        left_unclean = _size(Path(f"{path}-wal")) > 0
        pages = page_digest(path) if record is not None and pages is None else pages or ""
        verdict = None if record is None else _compared(record, mark, pages)
        if verdict is not None and not verdict.is_current and not as_it_is:
            raise StoreNotCurrent(state=verdict.state, missing=verdict.missing)
        try:
            with ExitStack() as undo:
                _keep_to_owner(path)
                writer = _connected(path, key, "rw")
                undo.callback(writer.close)
                _settle(writer, (*_SETTINGS, ("cache_size", str(-WRITER_CACHE_KIB), -WRITER_CACHE_KIB)))
                reader = _connected(path, key, "rw")
                undo.callback(reader.close)
                _settle(reader, (*_SETTINGS, ("cache_size", str(-READER_CACHE_KIB), -READER_CACHE_KIB)))
                _settle(reader, (("query_only", "ON", 1),))
                _keep_to_owner(path)
                database = cls(path, key, writer, reader, left_unclean=left_unclean, verdict=verdict)
                if record is not None:
                    database.watch_commits(record, pages)
                undo.pop_all()
        except dbapi2.Error as error:
            raise translated(error) from error
        except OSError as error:
            raise StoreUnreadable from error
        return database

    def watch_commits(self, record: Path, pages: str = "") -> None:
        """Note each commit in the file `record` from now on; `pages` is the digest of the main file as it lies there.

        A store without a count yet is left alone: call this again after the migration that brings it. Raises OSError.
        """
        mark = mark_of(self.writer) if self.writer.watch is None else None
        if mark is not None:
            # From now on the watch folds the log in: nothing else may change the main file.
            _settle(self.writer, (("wal_autocheckpoint", "0", 0),))
            self.writer.watch = CommitWatch(self.path, FreshnessRecord(record, mark[1], replace(mark[0], pages=pages)))

    def close(self) -> None:
        """Close both connections; the last one folds the log into the file. A second call does nothing."""
        self.reader.close()
        watch, self.writer.watch = self.writer.watch, None
        if watch is not None:
            watch.end(self.writer)
        self.writer.close()

    def check(self) -> CheckResult:
        """Check every page and the whole structure, as `check_file` does, while the store stays open."""
        return check_file(self.path, self._key)

    def check_pages(self) -> CheckResult:
        """Check the seal of every page, while the store stays open: six milliseconds per MB."""
        return CheckResult(_read_through(self.path, self._key, (_PAGES,)))

    @classmethod
    def examine(cls, path: Path, key: KeyMaterial, record: Path) -> Examination:
        """Check everything about a closed store. Raises StoreMissing, StorePlain, StoreForeign and StoreDamaged where
        the file does not open at all."""
        _refuse_other_files(path)
        mark = _prove_key(path, key)
        verdict = _compared(record, mark, page_digest(path))
        outside = read_record(record, mark[1]) if mark is not None else None
        head = (outside.audit_seq, outside.audit_hash) if outside is not None else None
        problems = check_file(path, key).problems
        connection = _connected(path, key, "ro")
        try:
            entries = int(connection.execute("SELECT count(*) FROM audit_entry").fetchone()[0])
            return Examination(problems, entries, audit_log.first_broken(connection, head), verdict)
        except dbapi2.Error as error:
            unreadable = CheckProblem(ProblemKind.STRUCTURE, error.sqlite_errorname)
            return Examination((*problems, unreadable), 0, None, verdict)
        finally:
            connection.close()

    @contextmanager
    def bulk_writes(self) -> Iterator[dbapi2.Connection]:
        """The writer with a large page cache for one import; the memory is given back afterwards."""
        self.writer.execute(f"PRAGMA cache_size = {-BULK_CACHE_KIB}")
        try:
            yield self.writer
        finally:
            self.writer.execute(f"PRAGMA cache_size = {-WRITER_CACHE_KIB}")
            self.writer.execute("PRAGMA shrink_memory")


def check_file(path: Path, key: KeyMaterial) -> CheckResult:
    """Check the seal of every page, the structure with its indexes, and all references; nothing is written.

    Takes one to two seconds per 100 MB. Raises StoreMissing, StorePlain, StoreForeign; damage is a result.
    """
    _refuse_other_files(path)
    return CheckResult(_read_through(path, key, (_PAGES, _STRUCTURE, _REFERENCES)))


_PAGES = (ProblemKind.PAGE, "cipher_integrity_check")
_STRUCTURE = (ProblemKind.STRUCTURE, "integrity_check(100)")
_REFERENCES = (ProblemKind.REFERENCE, "foreign_key_check")


def _read_through(
    path: Path, key: KeyMaterial, checks: Sequence[tuple[ProblemKind, str]]
) -> tuple[CheckProblem, ...]:
    # A connection of its own: a page cache that is warm would hide what lies on the disk.
    connection = _connected(path, key, "ro")
    try:
        return tuple(problem for kind, pragma in checks for problem in _found(connection, kind, pragma))
    finally:
        connection.close()


def _compared(record: Path, mark: tuple[Mark, bytes] | None, pages: str) -> Verdict:
    """The store as it lies there against its record; nothing is changed."""
    if mark is None:
        return judged(None, None, pages)
    return judged(read_record(record, mark[1]), mark[0], pages)


def _connected(path: Path, key: KeyMaterial, mode: str) -> CommittingConnection:
    """A keyed connection that has read nothing yet; `mode` is "rw" or "ro", so no database is ever made."""
    if mode == "ro" and not Path(f"{path}-wal").exists():
        # Nobody has it open. Without this word a reader would leave an empty log behind.
        mode = "ro&immutable=1"
    raw_key = b"x'" + key.raw_key().hex().encode() + b"'"
    try:
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=CommittingConnection,
        )
        with ExitStack() as undo:
            undo.callback(connection.close)
            # As bytes through the library's own call: no text of an SQL statement ever holds the key.
            connection.set_key(raw_key)
            # SQLCipher would otherwise write every damaged page to stderr, 100 lines a page.
            connection.execute("PRAGMA cipher_log_level = NONE")
            if connection.execute("PRAGMA cipher_version").fetchone() is None:
                raise StoreUnsafe(setting="cipher_version")
            undo.pop_all()
    except dbapi2.Error as error:
        raise translated(error) from error
    return connection


def _prove_key(path: Path, key: KeyMaterial) -> tuple[Mark, bytes] | None:
    """Read through a connection that cannot write: one that can folds the log in when it closes.

    Gives how far the store is, where it counts.
    """
    connection = _connected(path, key, "ro")
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        sealed = connection.execute("PRAGMA cipher_status").fetchone()
        mark = mark_of(connection) if application == APPLICATION_ID else None
    except dbapi2.Error as error:
        raise translated(error) from error
    finally:
        connection.close()
    if sealed is None or str(sealed[0]) != "1":
        raise StoreUnsafe(setting="cipher_status")
    if application != APPLICATION_ID:
        raise StoreForeign
    return mark


def _settle(connection: dbapi2.Connection, settings: tuple[tuple[str, str, object], ...]) -> None:
    for name, value, expected in settings:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        if connection.execute(f"PRAGMA {name}").fetchone() != (expected,):
            raise StoreUnsafe(setting=name)


def _found(connection: dbapi2.Connection, kind: ProblemKind, pragma: str) -> list[CheckProblem]:
    try:
        rows = connection.execute(f"PRAGMA {pragma}").fetchmany(100)
    except dbapi2.Error as error:
        return [CheckProblem(kind, error.sqlite_errorname)]
    details = (" ".join(str(value) for value in row if value is not None) for row in rows)
    return [CheckProblem(kind, detail) for detail in details if detail != "ok"]


def _write_first_page(path: Path, key: KeyMaterial) -> None:
    connection = _connected(path, key, "rw")
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except dbapi2.Error as error:
        raise translated(error) from error
    finally:
        connection.close()
    if _head(path) in (b"", _PLAIN_HEADER):
        raise StoreUnsafe(setting="cipher_status")


def _publish(part: Path, path: Path) -> None:
    """Give the finished file its name without ever replacing one. Raises FileExistsError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this file system. One process at a time works in the folder.
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and does it by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_with_side_files(path: Path) -> None:
    for name in (path, *(Path(f"{path}{suffix}") for suffix in _SIDE_FILES)):
        name.unlink(missing_ok=True)


def _refuse_present_file(path: Path) -> None:
    try:
        _refuse_other_files(path)
    except StoreMissing:
        # An old log beside a new database would be taken for its own.
        if any(Path(f"{path}{suffix}").exists() for suffix in _SIDE_FILES) or path.is_symlink():
            raise StoreExists from None
        return
    except StoreDamaged as error:
        raise StoreExists from error
    raise StoreExists


def _refuse_other_files(path: Path) -> None:
    """Judge the file by its kind, owner and first bytes, before SQLite touches it."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or (os.name == "posix" and status.st_uid != os.geteuid()):
            raise StoreForeign
        head = _head(path)
    except FileNotFoundError as error:
        raise StoreMissing from error
    except OSError as error:
        raise StoreUnreadable from error
    if head == _PLAIN_HEADER:
        raise StorePlain
    if not head:
        # SQLite would take an empty file for a new database.
        raise StoreDamaged
    # Our first 16 bytes are a random salt: all of them being text happens once in five million stores.
    if head.startswith(_OTHER_HEADERS) or all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head):
        raise StoreForeign


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_PLAIN_HEADER))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _keep_to_owner(path: Path) -> None:
    """Take group and others off files that a copy or a restore has left open to them."""
    if os.name != "posix":
        return
    for name in (path, *(Path(f"{path}{suffix}") for suffix in _SIDE_FILES)):
        with suppress(FileNotFoundError):
            if name.stat().st_mode & 0o077:
                name.chmod(_OWNER_ONLY)
