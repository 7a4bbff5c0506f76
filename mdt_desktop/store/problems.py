"""What a store can refuse, as typed errors: one for each thing that a person can be told."""

from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import StoreProblem

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


class StoreClosing(StoreProblem):
    """The store is being closed, so nothing is copied from it any more."""

    code = "store_closing"


class StoreUnsafe(StoreProblem):
    """A safety setting did not hold when read back. Values: `setting`."""

    code = "store_unsafe"


class StoreInUse(StoreProblem):
    """The program runs on this store already; one process works on one store (SECURITY R14). Values: `since`."""

    code = "store_in_use"


class StoreOnSharedPlace(StoreProblem):
    """The data folder lies on a network drive or in a folder that a cloud service copies. Values: `folder`, `place`."""

    code = "store_on_shared_place"


class StoreNotCurrent(StoreProblem):
    """The store is not the newest that this laptop has seen; it is not used before somebody has decided.

    Values: `state` (a `freshness.State`) and `missing`, the number of changes that are not there (0: unknown).
    """

    code = "store_not_current"


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
