"""The encrypted database file: made, opened with one writer and one reader, checked and closed."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import StoreProblem

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
_BUSY_MILLISECONDS = 5000
_WAL_LIMIT_BYTES = 16 * 1024 * 1024

_REFUSALS = frozenset(
    {
        dbapi2.SQLITE_NOTADB,
        dbapi2.SQLITE_CORRUPT,
        dbapi2.SQLITE_BUSY,
        dbapi2.SQLITE_LOCKED,
        dbapi2.SQLITE_FULL,
        dbapi2.SQLITE_IOERR,
        dbapi2.SQLITE_READONLY,
        dbapi2.SQLITE_CANTOPEN,
    }
)

# (pragma, value set, value read back). Order matters: nothing is written before the key is proved.
_SETTINGS: tuple[tuple[str, str, object], ...] = (
    ("busy_timeout", str(_BUSY_MILLISECONDS), _BUSY_MILLISECONDS),
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


class StoreMissing(StoreProblem):
    """There is no database at the path; none is ever made in its place."""

    code = "store_missing"


class StoreExists(StoreProblem):
    """There is a database, or a remainder of one, where a new one was to be made."""

    code = "store_exists"


class StorePlain(StoreProblem):
    """The file at the path is an SQLite database without encryption."""

    code = "store_plain"


class StoreForeign(StoreProblem):
    """What lies at the path is not a store of this program, or belongs to another account."""

    code = "store_foreign"


class StoreDamaged(StoreProblem):
    """The key is right, as its key-check value proves, and the database does not open or read."""

    code = "store_damaged"


class StoreBusy(StoreProblem):
    """Another process holds the database."""

    code = "store_busy"


class StoreFull(StoreProblem):
    """The disk is full; the last transaction was not saved."""

    code = "store_full"


class StoreUnreadable(StoreProblem):
    """The operating system refuses to read or write the file."""

    code = "store_unreadable"


class StoreUnsafe(StoreProblem):
    """A safety setting did not hold when read back. Values: `setting`."""

    code = "store_unsafe"


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


class Database:
    """An open store: `writer` for the thread that writes, `reader` (query only) for the thread that reads.

    Both connections are in autocommit: a transaction begins with an explicit BEGIN. The owners of the
    two threads see to it that each connection is used by one thread at a time.
    """

    def __init__(
        self,
        path: Path,
        key: KeyMaterial,
        writer: dbapi2.Connection,
        reader: dbapi2.Connection,
        *,
        left_unclean: bool,
    ) -> None:
        self.path = path
        self.writer = writer
        self.reader = reader
        self.left_unclean = left_unclean
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
            for name in (part, *(Path(f"{part}{suffix}") for suffix in _SIDE_FILES)):
                name.unlink(missing_ok=True)
        return cls.open(path, key)

    @classmethod
    def open(cls, path: Path, key: KeyMaterial) -> Self:
        """Open an existing database. The key must have passed the key file's own check.

        `left_unclean` tells that the last process did not close it. Raises StoreMissing, StorePlain,
        StoreForeign, StoreDamaged, StoreBusy, StoreUnreadable, StoreUnsafe; nothing is changed then.
        """
        _refuse_other_files(path)
        _prove_key(path, key)
        left_unclean = _size(Path(f"{path}-wal")) > 0
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
                undo.pop_all()
        except dbapi2.Error as error:
            raise translated(error) from error
        except OSError as error:
            raise StoreUnreadable from error
        return cls(path, key, writer, reader, left_unclean=left_unclean)

    def close(self) -> None:
        """Close both connections; the last one folds the log into the file. A second call does nothing."""
        self.reader.close()
        self.writer.close()

    def check(self) -> CheckResult:
        """Check every page and the whole structure, as `check_file` does, while the store stays open."""
        return check_file(self.path, self._key)

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
    problems: list[CheckProblem] = []
    # A connection of its own: a page cache that is warm would hide what lies on the disk.
    connection = _connected(path, key, "ro")
    try:
        for kind, pragma in (
            (ProblemKind.PAGE, "cipher_integrity_check"),
            (ProblemKind.STRUCTURE, "integrity_check(100)"),
            (ProblemKind.REFERENCE, "foreign_key_check"),
        ):
            problems += _found(connection, kind, pragma)
    finally:
        connection.close()
    return CheckResult(tuple(problems))


def opens_with(path: Path, key: KeyMaterial) -> bool:
    """Whether the store at `path` opens with this key; nothing is changed.

    Raises StoreMissing, StorePlain, StoreForeign, StoreUnsafe and StoreUnreadable, whatever the key.
    """
    try:
        _refuse_other_files(path)
        _prove_key(path, key)
    except StoreDamaged:
        return False
    return True


def keyed_connection(path: Path, key: KeyMaterial, mode: str) -> dbapi2.Connection:
    """One bare connection for a copy of the store; `mode` is "rw" or "ro". Raises StoreUnreadable, StoreUnsafe."""
    return _connected(path, key, mode)


def translated(error: dbapi2.Error) -> StoreProblem:
    """The typed error for one of the library's; `from error` keeps the library's words for the log."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (dbapi2.SQLITE_NOTADB, dbapi2.SQLITE_CORRUPT):
        return StoreDamaged()
    if code in (dbapi2.SQLITE_BUSY, dbapi2.SQLITE_LOCKED):
        return StoreBusy()
    if code == dbapi2.SQLITE_FULL:
        return StoreFull()
    return StoreUnreadable()


def refusal(error: BaseException) -> StoreProblem | None:
    """The typed error where disk, file or another process refused; None where the statement itself was wrong.

    Takes the library's own errors, and SQLAlchemy's that wrap one.
    """
    cause = getattr(error, "orig", error)
    if not isinstance(cause, dbapi2.Error) or getattr(cause, "sqlite_errorcode", 0) & 0xFF not in _REFUSALS:
        return None
    return translated(cause)


def _connected(path: Path, key: KeyMaterial, mode: str) -> dbapi2.Connection:
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


def _prove_key(path: Path, key: KeyMaterial) -> None:
    """Read through a connection that cannot write: one that can folds the log in when it closes."""
    connection = _connected(path, key, "ro")
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        sealed = connection.execute("PRAGMA cipher_status").fetchone()
    except dbapi2.Error as error:
        raise translated(error) from error
    finally:
        connection.close()
    if sealed is None or str(sealed[0]) != "1":
        raise StoreUnsafe(setting="cipher_status")
    if application != APPLICATION_ID:
        raise StoreForeign


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
    if os.name == "posix":
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
