"""The encrypted database file: made, opened with one writer and one reader, checked and closed."""

import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from sqlcipher3 import dbapi2

from mdt_desktop.paths import FILE_MODE, sync_folder
from mdt_desktop.store import audit_log
from mdt_desktop.store.committing import BUSY_MILLISECONDS, CommittingConnection, CommitWatch, mark_of
from mdt_desktop.store.freshness import FreshnessRecord, Mark, Verdict, judged, page_digest, read_record
from mdt_desktop.store.problems import (
    StoreBusy,
    StoreClosing,
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
from mdt_desktop.store.store_file import (
    keep_to_owner,
    lies_open,
    publish,
    refuse_other_files,
    refuse_present_file,
    remove_with_side_files,
    size_of,
)

__all__ = [
    "CheckProblem",
    "CheckResult",
    "Database",
    "Examination",
    "KeyMaterial",
    "ProblemKind",
    "StoreBusy",
    "StoreClosing",
    "StoreDamaged",
    "StoreExists",
    "StoreForeign",
    "StoreFull",
    "StoreMissing",
    "StorePlain",
    "StoreUnreadable",
    "StoreUnsafe",
    "check_file",
    "connect_alone",
    "refusal",
    "translated",
]

APPLICATION_ID = 0x4D445444  # "MDTD": marks the file as ours inside the encryption

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
        self.closing = threading.Event()
        self.being_copied = threading.Lock()
        self._key = key

    @property
    def key(self) -> KeyMaterial:
        """The key it was opened with; wiped when the session is locked."""
        return self._key

    @classmethod
    def create(cls, path: Path, key: KeyMaterial) -> Self:
        """Make an empty database (0600) and open it. Raises StoreExists, StorePlain, StoreUnsafe and others.

        It is made beside its place and moved there whole, so a crash leaves all of it or nothing.
        """
        refuse_present_file(path)
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE))
            _write_first_page(part, key)
            publish(part, path)
        except FileExistsError as error:
            raise StoreExists from error
        except OSError as error:
            raise StoreUnreadable from error
        finally:
            remove_with_side_files(part)
        try:
            sync_folder(path.parent)
            return cls.open(path, key)
        except BaseException as error:
            # It is ours, and told as not made: a store without its key would bar the way to a new one.
            remove_with_side_files(path)
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
        refuse_other_files(path)
        mark = _prove_key(path, key)
        left_unclean = size_of(Path(f"{path}-wal")) > 0
        pages = _pages(path) if record is not None and pages is None else pages or ""
        verdict = None if record is None else _compared(record, mark, pages)
        if verdict is not None and not verdict.is_current and not as_it_is:
            raise StoreNotCurrent(state=verdict.state, missing=verdict.missing)
        try:
            with _not_folded(path, key, left_unclean), ExitStack() as undo:
                keep_to_owner(path)
                writer = _connected(path, key, "rw")
                undo.callback(writer.close)
                if record is not None and writer.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                    pages = ""  # which are changed by this very setting
                _settle(writer, (*_SETTINGS, ("cache_size", str(-WRITER_CACHE_KIB), -WRITER_CACHE_KIB)))
                # The log is the writer's: who has not read has none to remove when it closes.
                writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
                # The reader cannot write, so that it can be closed last where the log must stay as it is.
                reader = _connected(path, key, "ro&immutable=0")
                undo.callback(reader.close)
                _settle(reader, (*_SETTINGS, ("cache_size", str(-READER_CACHE_KIB), -READER_CACHE_KIB)))
                _settle(reader, (("query_only", "ON", 1),))
                keep_to_owner(path)
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

        A store without a count yet is left alone: call this again after the migration that brings it. Raises
        StoreUnreadable where the record cannot be written.
        """
        mark = mark_of(self.writer) if self.writer.watch is None else None
        if mark is not None:
            # From now on the watch folds the log in: nothing else may change the main file.
            _settle(self.writer, (("wal_autocheckpoint", "0", 0),))
            try:
                kept = FreshnessRecord(record, mark[1], replace(mark[0], pages=pages))
            except OSError as error:
                raise StoreUnreadable from error
            self.writer.watch = CommitWatch(self.path, kept)

    def close(self, *, to_be_replaced: bool = False) -> None:
        """Close both connections; the log is folded into the file where its record can be told. A second call does
        nothing.

        Whoever copies it, which `being_copied` tells, is asked by `closing` to let go, and waited for. With
        `to_be_replaced` a copy with the same commits under other pages takes the file's place.
        """
        self.closing.set()
        with self.being_copied:
            watch, self.writer.watch = self.writer.watch, None
            if watch is not None:
                watch.end(self.writer, self.reader, note_pages=not to_be_replaced)
            self.reader.close()
            self.writer.close()

    def forget_pages(self) -> None:
        """Say in the record that the main file changes now, for whoever changes it by another way than a commit.

        Raises StoreUnreadable; it must stay as it is then.
        """
        try:
            if self.writer.watch is not None:
                self.writer.watch.record.forget_pages()
        except OSError as error:
            raise StoreUnreadable from error

    def check(self) -> CheckResult:
        """Check every page and the whole structure, as `check_file` does, while the store stays open."""
        return check_file(self.path, self._key)

    def check_pages(self) -> CheckResult:
        """Check the seal of every page, while the store stays open: six milliseconds per MB."""
        return CheckResult(_read_through(self.path, self._key, (_PAGES,)))

    @classmethod
    def examine(cls, path: Path, key: KeyMaterial, record: Path) -> Examination:
        """Check everything about a closed store. Raises StoreMissing, StorePlain, StoreForeign, StoreUnreadable and
        StoreDamaged where the file does not open at all."""
        refuse_other_files(path)
        mark = _prove_key(path, key)
        verdict = _compared(record, mark, _pages(path))
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
    refuse_other_files(path)
    return CheckResult(_read_through(path, key, (_PAGES, _STRUCTURE, _REFERENCES)))


def connect_alone(path: Path, key: KeyMaterial, *, to_write: bool = False) -> dbapi2.Connection:
    """A keyed connection to a file that no `Database` has open; read-only ones leave nothing beside it.

    Raises StoreMissing, StorePlain, StoreForeign and StoreDamaged where it is to be read and is no store of ours.
    """
    if not to_write:
        refuse_other_files(path)
    return _connected(path, key, "rw" if to_write else "ro")


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


def _pages(path: Path) -> str:
    """The digest of the file's pages. Raises StoreUnreadable."""
    try:
        return page_digest(path)
    except OSError as error:
        raise StoreUnreadable from error


def _compared(record: Path, mark: tuple[Mark, bytes] | None, pages: str) -> Verdict:
    """The store as it lies there against its record; nothing is changed."""
    if mark is None:
        return judged(None, None, pages)
    return judged(read_record(record, mark[1]), mark[0], pages)


def opens_with(path: Path, key: KeyMaterial) -> bool:
    """Whether the store at `path` opens with this key; nothing is changed.

    Raises StoreMissing, StorePlain, StoreForeign, StoreUnsafe and StoreUnreadable, whatever the key.
    """
    try:
        refuse_other_files(path)
        _prove_key(path, key)
    except StoreDamaged:
        return False
    return True


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


@contextmanager
def _not_folded(path: Path, key: KeyMaterial, left_unclean: bool) -> Iterator[None]:
    """Keep the log of a store that was not closed from being folded in while the store is opened and may be refused.

    Whoever closes last folds it in; this connection, which cannot write, is closed last then.
    """
    connection = _connected(path, key, "ro") if left_unclean else None
    try:
        if connection is not None:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
    finally:
        if connection is not None:
            connection.close()


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
    if lies_open(path):
        raise StoreUnsafe(setting="cipher_status")
