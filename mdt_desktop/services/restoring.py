"""Restoring a backup: looked at, unlocked, made ready beside the present store, and put in its place.

The present store is not touched before the restored one lies ready and is proved whole. Where the present key file can
be opened and belongs to the same store it stays: a restore brings back data, never an old passphrase.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mdt_desktop.domain.backups import Occasion, StoreState
from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.errors import MdtError, NotAllowed, StoreProblem
from mdt_desktop.domain.retention import COPIES_MEANWHILE, LEAST_FREE
from mdt_desktop.logs.events import record_event
from mdt_desktop.paths import DataFolder, migrations_dir, write_privately
from mdt_desktop.security import backup_key, key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import WrongPassphrase, WrongRecoveryKey
from mdt_desktop.services import backup_shelf
from mdt_desktop.services.access import Clock
from mdt_desktop.services.backup_shelf import BackupSummary
from mdt_desktop.services.backups import FreeSpace, free_space, make_backup, unwrapped
from mdt_desktop.store import audit_log, backup, backup_file, caseload_index, swap
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.backup import Progress
from mdt_desktop.store.backup_file import BackupDamaged, BackupFile, BackupNewer
from mdt_desktop.store.database import (
    Database,
    StoreBusy,
    StoreDamaged,
    StoreForeign,
    StoreFull,
    StoreUnreadable,
    StoreUnsafe,
    check_file,
    connect_alone,
)
from mdt_desktop.store.migrations import HEAD, migrate
from mdt_desktop.store.queries import identity as identity_queries
from mdt_desktop.store.queries.identity import StoreNotFounded
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import words

_log = logging.getLogger(__name__)
_MEGABYTE = 1_000_000


class BackupOfAnotherDay(NotAllowed):
    """The passphrase fits the present store and not this backup, which has another. Values: `day`, when it was made."""

    code = "backup_other_passphrase"


class RestoreFailed(StoreProblem):
    """The backup could not be made ready; the present store is as it was. Values: `reason`."""

    code = "restore_failed"


class RestoreNoRoom(StoreProblem):
    """The disk has too little room for the restored store. Values: `needed` and `free`, in megabytes."""

    code = "restore_no_room"


@dataclass(frozen=True, slots=True)
class PresentStore:
    """What would be replaced, for comparing. Without `readable` it is missing, locked or damaged, and the rest is 0."""

    there: bool
    readable: bool = False
    people: int = 0
    cases: int = 0
    care_plans: int = 0
    audit_entries: int = 0
    last_change: datetime | None = None


class Unlocked:
    """A backup whose own key is known.

    `database_key` is what the restored store will lie under; `key_file` takes the place of the present key file, and
    is None where the present one stays.
    """

    def __init__(self, own_key: DatabaseKey, database_key: DatabaseKey, key_file: bytes | None) -> None:
        self.own_key, self.database_key, self.key_file = own_key, database_key, key_file

    def wipe(self) -> None:
        """Overwrite both keys."""
        self.own_key.wipe()
        self.database_key.wipe()


class Restoring:
    """The steps of a restore into one data folder, which may hold a store, a damaged one, or nothing."""

    def __init__(self, folder: DataFolder, clock: Clock, free: FreeSpace | None = None) -> None:
        self.folder = folder
        self._clock = clock
        self._free = free or free_space

    def look(self, path: Path) -> BackupSummary:
        """What is in a backup file, before anything is unlocked. Raises as `backup_file.read`, and BackupNewer."""
        return backup_shelf.summary_of(_read(path), self._store())

    def present(self, key: DatabaseKey | None = None) -> PresentStore:
        """What lies in the folder now; without a key only whether something does. The store must be closed."""
        if not self.folder.database.exists():
            return PresentStore(there=False)
        if key is None:
            return PresentStore(there=True)
        try:
            connection = connect_alone(self.folder.database, key)
            try:
                state = backup.state_of(connection)
            finally:
                connection.close()
        except Exception:  # noqa: BLE001  # whatever is wrong with it: it cannot be compared, and need not be
            return PresentStore(there=True)
        return present_store(state)

    def back_up_present(self, key: DatabaseKey) -> None:
        """A backup of the closed store that is going to be replaced. Raises as `make_backup`, and what opening does.

        Whoever calls may go on without: what is replaced is kept as it is.
        """
        database = Database.open(self.folder.database, key, self.folder.freshness)
        try:
            make_backup(database, self._clock(), Occasion.RESTORE, free=self._free)
        finally:
            database.close()

    def open_with(self, path: Path, key: DatabaseKey) -> Unlocked | None:
        """Unlock a backup by the key of the open store; None where it was made under another. Raises as `look`."""
        found = _read(path)
        own = unwrapped(found.header, key.raw_key())
        return None if own is None else Unlocked(own, DatabaseKey(key.raw_key()), None)

    def unlock(self, path: Path, typed: str, key: DatabaseKey | None = None) -> Unlocked:
        """Unlock a backup by the present passphrase or recovery key, or those of its own day.

        With `key`, that of the open store, only those of its day are tried and the present key file stays. Wrong
        tries are counted and slowed as at the door. Raises BackupOfAnotherDay, TooManyAttempts, WrongPassphrase,
        WrongRecoveryKey, BackupDamaged, RestoreFailed, and as `look`.
        """
        found = _read(path)
        with self._laid_out(found) as of_its_day:
            present = (self.folder.key_file,) if key is None and self.folder.key_file.exists() else ()
            opened, its_key = backup_key.open_any(
                (*present, of_its_day), self.folder.attempts, typed, self._clock()
            )
            own = unwrapped(found.header, its_key.raw_key())
            if opened == of_its_day:
                if own is None:
                    raise BackupDamaged(file=path.name, reason="wrapped key")
                return self._keeping(found, own, its_key, key)
            if own is not None:
                return Unlocked(own, its_key, None)
            # The present passphrase is right, and the backup was made under another database key.
            return self._of_its_day(found, of_its_day, typed, its_key)

    def make_ready(self, path: Path, unlocked: Unlocked, reason: str = "", progress: Progress | None = None) -> None:
        """Verify the backup, lay the restored store ready beside the present one, and confirm.

        From then on `finish`, or the next start, puts it in place. The restored store knows of it: its audit log
        ends with the restore and its `reason`. Raises BackupDamaged, RestoreNoRoom, RestoreFailed, and what
        `progress` raises; the present store is as it was then.
        """
        found, report = _read(path), progress or _no_progress
        self.folder.create()
        self._require_room(found.header.size)
        try:
            with backup_shelf.one_maker(self.folder):
                try:
                    self._make_ready(found, unlocked, reason, report)
                    swap.confirm(self.folder, self._clock())
                except BaseException:
                    swap.abandon(self.folder)
                    raise
        except StoreFull as error:
            raise RestoreFailed(reason=words("backup.disk_full")) from error
        except (StoreUnreadable, StoreBusy) as error:
            raise RestoreFailed(reason=words("backup.disk_refused")) from error
        except OSError as error:
            raise RestoreFailed(reason=_why(error)) from error
        record_event(_log, "restore_ready", size_kib=min(found.size // 1024, 9_999_999))

    def finish(self) -> Path | None:
        """Put the restored store in its place; the store must be closed. Where what it replaced lies, or None.

        Raises RestoreUnfinished; the next start goes on then.
        """
        try:
            with backup_shelf.one_maker(self.folder):
                replaced = swap.resume(self.folder)
        except OSError as error:
            raise RestoreFailed(reason=_why(error)) from error
        if replaced is not None:
            backup_shelf.clear_suspect(self.folder)
            record_event(_log, "restore_finished")
        return replaced

    def _make_ready(self, found: BackupFile, unlocked: Unlocked, reason: str, report: Progress) -> None:
        size = found.header.size

        def taken(done: int) -> None:
            report(min(done, size), 2 * size)

        steps = iter(range(0, size + backup_file.CHUNK, backup_file.CHUNK))
        ready = DataFolder(swap.begin(self.folder))
        with backup.extracted(found, ready.root, lambda: taken(next(steps, size))) as copy:
            going = _steady(report, size, 2 * size)
            backup.check_backup(found, copy, unlocked.own_key, going)
            source = connect_alone(copy, unlocked.own_key)
            try:
                backup.copy_to(
                    source,
                    ready.database,
                    unlocked.database_key,
                    lambda done, of: report(size + size * done // max(of, 1), 2 * size),
                )
            finally:
                source.close()
        try:
            self._record(ready, found, unlocked.database_key, reason)
        except (StoreDamaged, StoreForeign, StoreUnsafe, StoreNotFounded) as error:
            raise BackupDamaged(file=found.path.name, reason="restored") from error
        if not check_file(ready.database, unlocked.database_key).sound:
            raise BackupDamaged(file=found.path.name, reason="restored")
        if unlocked.key_file is not None:
            write_privately(ready.key_file, unlocked.key_file)
        _sync(ready.database)
        report(2 * size, 2 * size)

    def _record(self, ready: DataFolder, found: BackupFile, key: DatabaseKey, reason: str) -> None:
        """Open the restored store where it lies ready, bring its schema up to date, and note the restore in it."""
        database = Database.open(ready.database, key)
        try:
            caseload_index.prepare(database.writer)
            caseload_index.prepare(database.reader)
            migrate(database, migrations_dir() / "local")
            # Its own record of freshness goes with it: that of the present store would call it old.
            database.watch_commits(ready.freshness)
            why = words("backup.restored_from", file=found.path.name)
            act = Act("restore", "backup", found.path.name[:64], reason=f"{why} {reason}".strip())
            with writing(database) as connection:
                audit_log.append(connection, identity_queries.actor(connection), self._clock(), [act])
        finally:
            database.close()

    def _require_room(self, size: int) -> None:
        there = self._free(self.folder.root)
        needed = COPIES_MEANWHILE * size + LEAST_FREE
        if there < needed:
            raise RestoreNoRoom(needed=needed // _MEGABYTE, free=there // _MEGABYTE)

    @contextmanager
    def _laid_out(self, found: BackupFile) -> Iterator[Path]:
        """The key file of the backup's day as a file of its own, for as long as it is tried."""
        path = self.folder.backups / f".{secrets.token_hex(8)}.key{backup.PART}"
        try:
            try:
                self.folder.create()
                self.folder.backups.mkdir(mode=0o700, exist_ok=True)
                write_privately(path, found.header.key_file)
            except OSError as error:
                raise RestoreFailed(reason=_why(error)) from error
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _of_its_day(self, found: BackupFile, key_file: Path, typed: str, present: DatabaseKey) -> Unlocked:
        try:
            _, its_key = backup_key.open_any((key_file,), self.folder.attempts, typed, self._clock())
        except (WrongPassphrase, WrongRecoveryKey) as error:
            day = cui_date(found.header.created_at.astimezone().date())
            raise BackupOfAnotherDay(day=day) from error
        own = unwrapped(found.header, its_key.raw_key())
        if own is None:
            raise BackupDamaged(file=found.path.name, reason="wrapped key")
        return self._keeping(found, own, its_key, present)

    def _keeping(
        self, found: BackupFile, own: DatabaseKey, its_key: DatabaseKey, present: DatabaseKey | None
    ) -> Unlocked:
        """The present key file stays where it belongs to the same store and its key is known."""
        if self._store() == found.header.store:
            if present is not None:
                return Unlocked(own, DatabaseKey(present.raw_key()), None)
            if _belongs(self.folder.key_file, its_key):
                return Unlocked(own, its_key, None)
        return Unlocked(own, its_key, found.header.key_file)

    def _store(self) -> str:
        try:
            return key_envelope.store_id(self.folder.key_file)
        except MdtError:
            return ""


def present_store(state: StoreState) -> PresentStore:
    """A store that could be read, for comparing."""
    return PresentStore(
        True, True, state.people, state.cases, state.care_plans, state.audit_entries, state.last_change
    )


def _read(path: Path) -> BackupFile:
    found = backup_file.read(path)
    if found.header.state.revision > HEAD:
        raise BackupNewer(file=path.name)
    return found


def _belongs(key_file: Path, key: DatabaseKey) -> bool:
    try:
        key_envelope.checked(key_file, key)
    except MdtError:
        return False
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _steady(report: Progress, done: int, of: int) -> backup_file.Going:
    return lambda: report(done, of)


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else words("backup.system_refused")


def _no_progress(done: int, of: int) -> None:
    """Nobody looks."""
