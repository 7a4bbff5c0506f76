"""Joins the parts: the one place that knows every floor, opens the store and hands out the services."""

import importlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.paths import DataFolder, migrations_dir
from mdt_desktop.services.access import Access, Clock
from mdt_desktop.services.catalogue import Services as Services
from mdt_desktop.services.lease import LeaseGuard, enter, keep_time
from mdt_desktop.services.store_health import CHECKED_AT_ONCE_BYTES
from mdt_desktop.store import caseload_index, search
from mdt_desktop.store.database import Database, Examination, StoreDamaged, StoreExists
from mdt_desktop.store.freshness import page_digest
from mdt_desktop.store.migrations import migrate
from mdt_desktop.store.one_process import HeldLock, hold
from mdt_desktop.store.place import require_local
from mdt_desktop.store.queries import identity as identity_queries
from mdt_desktop.store.queries import lease as lease_queries

if TYPE_CHECKING:
    from mdt_desktop.security.key_derivation import KdfParameters
    from mdt_desktop.security.recovery_key import RecoveryKey
    from mdt_desktop.security.session import Session, StoreLock
    from mdt_desktop.services.backups import BackupHealth
    from mdt_desktop.services.identity import Identity
    from mdt_desktop.services.key_rotation import KeyRotation, Progress, RotationEnd, Unfinished
    from mdt_desktop.services.keys import Keys
    from mdt_desktop.services.restoring import Restoring


Told = Callable[[int], None]


def _not_told(_: int) -> None:
    """For who does not wait."""


def now() -> datetime:
    """The present moment, aware; nothing below this floor asks the clock itself."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Program:
    """An open program: its services and what they stand on. Leaving the `with` block closes the store."""

    services: Services
    access: Access
    session: "Session"
    lock: HeldLock
    key_change: "RotationEnd | None" = None
    """How a change of the key ended that was cut short before this opening."""

    @property
    def keys(self) -> "Keys":
        """The ways into this store."""
        made: Keys = importlib.import_module("mdt_desktop.services.keys").Keys(self.access, self.session)
        return made

    def close(self) -> None:
        """Close the store, wipe its key and let another process have it; nothing may be asked of the services then.

        What was noted for the audit and not written yet is written first; a store that no longer takes it is closed
        all the same. A second call changes nothing.
        """
        if not self.access.database.closing.is_set():
            with suppress(StoreProblem):
                self.access.write_notes()
            with suppress(StoreProblem):
                keep_time(self.access)
        for connection in (self.access.database.writer, self.access.database.reader):
            caseload_index.forget(connection)
        search.forget_names()
        self.access.database.close()
        self.session.lock()
        self.lock.release()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create_store(
    folder: DataFolder,
    passphrase: str,
    identity: "Identity",
    *,
    is_demo: bool = False,
    parameters: "KdfParameters | None" = None,
    clock: Clock = now,
) -> tuple[Program, "RecoveryKey"]:
    """Make the key file and the store, found it, and open it; the recovery key is given this once.

    Raises what the key envelope, the database and `found_store` raise, StoreInUse and StoreOnSharedPlace; then no
    half-made store is left behind.
    """
    envelope = importlib.import_module("mdt_desktop.security.key_envelope")
    founding = importlib.import_module("mdt_desktop.services.identity")
    identity.require_complete()
    require_local(folder.root)
    folder.create()
    with ExitStack() as undo:
        lock = hold(folder.lock, clock())
        undo.callback(lock.release)
        _finish_restore(folder, clock)
        if folder.database.exists():
            raise StoreExists
        key, recovery_key = envelope.create_envelope(folder.key_file, passphrase, parameters=parameters)
        undo.callback(folder.key_file.unlink, missing_ok=True)
        database = Database.create(folder.database, key)
        for path in (folder.freshness, *folder.side_files(), folder.database):
            undo.callback(path.unlink, missing_ok=True)
        undo.callback(database.close)
        _prepare(database, folder)
        founding.found_store(database, identity, clock(), is_demo)
        undo.pop_all()
    session = importlib.import_module("mdt_desktop.security.session").Session(key)
    return _joined(database, session, lock, clock), recovery_key


def open_with_passphrase(
    folder: DataFolder, typed: str, *, clock: Clock = now, told: Told = _not_told, as_it_is: bool = False
) -> Program:
    """Open the store; raises `WrongPassphrase`, `TooManyAttempts`, `StoreMissing`, `StoreDamaged` and others.

    `told` hears the size in bytes of a store that is checked whole first, because it was not closed; `as_it_is` goes on
    with a store that is not the newest this laptop has seen, which is `StoreNotCurrent` otherwise.
    """
    return _opened(folder, lambda door: door.open_with_passphrase(typed, clock()), clock, told, as_it_is)


def open_with_recovery_key(
    folder: DataFolder, typed: str, *, clock: Clock = now, told: Told = _not_told, as_it_is: bool = False
) -> Program:
    """Open the store with the printed recovery key."""
    return _opened(folder, lambda door: door.open_with_recovery_key(typed, clock()), clock, told, as_it_is)


def open_remembered(folder: DataFolder, *, clock: Clock = now, told: Told = _not_told) -> Program:
    """Open the store with the key that the system keyring remembers."""
    return _opened(folder, lambda door: door.open_with_keyring(), clock, told, False)


def begin_key_rotation(
    program: Program, typed: str, on_progress: "Progress | None" = None, *, parameters: "KdfParameters | None" = None
) -> "KeyRotation":
    """Make a new key of the store ready; `typed` is its passphrase. Raises as `key_rotation.begin`."""
    rotation = importlib.import_module("mdt_desktop.services.key_rotation")
    told = {} if on_progress is None else {"on_progress": on_progress}
    made: KeyRotation = rotation.begin(program.access, program.session, typed, **told, parameters=parameters)
    return made


def finish_key_rotation(program: Program, rotation: "KeyRotation") -> Program:
    """Put the new key in force and open the store with it; the given program is closed, also where this fails.

    Raises as `KeyRotation.finish`; the next opening then finds out which key is in force.
    """
    folder, clock = DataFolder(program.access.database.path.parent), program.access.clock
    try:
        key = rotation.finish()
    finally:
        program.close()
    session = importlib.import_module("mdt_desktop.security.session").Session(key)
    with ExitStack() as undo:
        undo.callback(session.lock)
        lock = hold(folder.lock, clock())
        undo.callback(lock.release)
        database = Database.open(folder.database, key, folder.freshness)
        undo.callback(database.close)
        program = _entered(database, folder, session, lock, clock)
        _unfinished(folder).settle(program.access)
        undo.pop_all()
    return program


def examine(folder: DataFolder, typed: str, *, clock: Clock = now) -> "tuple[Examination, BackupHealth]":
    """Check everything about the store and its newest backup, whatever state it is in; only the mark that stops
    backups of a damaged store is written. Raises what unlocking raises."""
    backups = importlib.import_module("mdt_desktop.services.backups")
    require_local(folder.root)
    lock = hold(folder.lock, clock())
    try:
        _finish_restore(folder, clock)
        session = _door(folder, _unfinished(folder)).open_with_passphrase(typed, clock())
        try:
            try:
                found = Database.examine(folder.database, session.key, folder.freshness)
            except StoreDamaged:
                backups.note_check(folder, clock(), sound=False)
                raise
            # A store that is only not the newest is whole: it is backed up as before once somebody has decided.
            backups.note_check(folder, clock(), sound=not found.problems and found.broken_entry is None)
            return found, backups.health(folder, session.key)
        finally:
            session.lock()
    finally:
        lock.release()


@contextmanager
def restoring(folder: DataFolder, *, clock: Clock = now) -> "Iterator[Restoring]":
    """What restores a backup into a folder that nobody has open, and that nobody can open meanwhile.

    Raises StoreInUse, StoreOnSharedPlace, DataFolderUnusable, RestoreUnfinished.
    """
    require_local(folder.root)
    folder.create()
    lock = hold(folder.lock, clock())
    try:
        _finish_restore(folder, clock)
        made: Restoring = importlib.import_module("mdt_desktop.services.restoring").Restoring(folder, clock)
        yield made
    finally:
        lock.release()


def _finish_restore(folder: DataFolder, clock: Clock) -> None:
    """Put a store that a restore has made ready in its place. Raises RestoreUnfinished, RestoreFailed."""
    if folder.restoring.exists():
        importlib.import_module("mdt_desktop.services.restoring").Restoring(folder, clock).finish()


def _door(folder: DataFolder, unfinished: "Unfinished") -> "StoreLock":
    door: StoreLock = importlib.import_module("mdt_desktop.security.session").StoreLock(
        folder.key_file, folder.attempts, unfinished.key
    )
    return door


def _opened(
    folder: DataFolder, unlock: "Callable[[StoreLock], Session]", clock: Clock, told: Told, as_it_is: bool
) -> Program:
    require_local(folder.root)
    unfinished = _unfinished(folder)
    with ExitStack() as undo:
        lock = hold(folder.lock, clock())
        undo.callback(lock.release)
        _finish_restore(folder, clock)
        door = _door(folder, unfinished)
        session, pages = _unlocked(folder, lambda: unlock(door))
        undo.callback(session.lock)
        database = Database.open(folder.database, session.key, folder.freshness, pages=pages, as_it_is=as_it_is)
        undo.callback(database.close)
        _require_whole(database, told)
        program = _entered(database, folder, session, lock, clock)
        unfinished.settle(program.access)
        importlib.import_module("mdt_desktop.services.unlocking").record_unlock(program.access, door.attempts)
        enter(program.access)
        undo.pop_all()
    return replace(program, key_change=unfinished.ended)


def _unlocked(folder: DataFolder, unlock: "Callable[[], Session]") -> tuple["Session", str]:
    """The session, and the digest of the store's pages, which is read while the key is worked out."""

    def digest() -> str:
        try:
            return page_digest(folder.database)
        except OSError:
            return ""  # what is wrong with the file is told when it is opened

    with ThreadPoolExecutor(1, "digest") as beside:
        pages = beside.submit(digest)
        return unlock(), pages.result()


def _require_whole(database: Database, told: Told) -> None:
    """Check every page of a small store, and of any store that was not closed. Raises StoreDamaged.

    A large one that was closed is checked by the window a little later; SQLCipher checks each page when it is read.
    """
    size = database.path.stat().st_size
    if database.left_unclean:
        told(size)
    if (database.left_unclean or size <= CHECKED_AT_ONCE_BYTES) and not database.check_pages().sound:
        raise StoreDamaged


def _unfinished(folder: DataFolder) -> "Unfinished":
    made: Unfinished = importlib.import_module("mdt_desktop.services.key_rotation").Unfinished(folder)
    return made


def _entered(database: Database, folder: DataFolder, session: "Session", lock: HeldLock, clock: Clock) -> Program:
    _prepare(database, folder, lambda: _back_up(database, clock))
    return _joined(database, session, lock, clock)


def _back_up(database: Database, clock: Clock) -> None:
    importlib.import_module("mdt_desktop.services.backups").before_migration(database, clock())


def _prepare(database: Database, folder: DataFolder, before_migration: Callable[[], None] | None = None) -> None:
    """Give the connections their functions and bring the schema up to date, after a backup."""
    caseload_index.prepare(database.writer)
    caseload_index.prepare(database.reader)
    if migrate(database, migrations_dir() / "local", before_migration):
        database.watch_commits(folder.freshness)


def _joined(database: Database, session: "Session", lock: HeldLock, clock: Clock) -> Program:
    actor = identity_queries.actor(database.reader)
    lease = LeaseGuard(lease_queries.contact(database.reader))
    access = Access(database, actor, clock, identity_queries.is_demo(database.reader), lease=lease)
    return Program(Services(access), access, session, lock)
