"""Backups of the open store: made, verified, thinned out, and copied elsewhere."""

import logging
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mdt_desktop.domain import retention
from mdt_desktop.domain.backups import Occasion, StoreState, file_name, is_due
from mdt_desktop.domain.errors import NotAllowed, StoreProblem
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.logs.events import record_event
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import backup_key, key_envelope, safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.services import backup_shelf
from mdt_desktop.services.access import Access
from mdt_desktop.services.backup_shelf import BackupSummary
from mdt_desktop.store import audit_log, backup, backup_file
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.backup import BackupNotSound, Order, Progress
from mdt_desktop.store.backup_file import BackupDamaged, BackupFile, BackupHeader, BackupMissing, NotABackup
from mdt_desktop.store.database import Database, StoreBusy, StoreDamaged, StoreFull, StoreUnreadable
from mdt_desktop.store.transactions import writing
from mdt_desktop.words import sentence, words

_log = logging.getLogger(__name__)
_MOST_KEY_FILE_BYTES = 16 * 1024
_MEGABYTE = 1_000_000

FreeSpace = Callable[[Path], int]
"""Bytes that are free where a folder lies."""


class BackupFailed(StoreProblem):
    """No backup was made; the store and the earlier backups are as they were. Values: `reason`."""

    code = "backup_failed"


class BackupNoRoom(BackupFailed):
    """The disk has too little room for a backup. Values: `needed` and `free`, in megabytes."""

    code = "backup_no_room"


class StoreSuspect(BackupFailed):
    """The store is known to be damaged, so no backup is made of it that would take the place of good ones."""

    code = "backup_store_suspect"


class MigrationNotBackedUp(StoreProblem):
    """The store is of an earlier version, and is not brought up to date without a backup. Values: `why`, a sentence."""

    code = "migration_not_backed_up"


class CopyExists(NotAllowed):
    """Something lies where a copy of a backup was to be saved; it is not replaced. Values: `file`."""

    code = "backup_copy_exists"


class CopyNotSaved(StoreProblem):
    """A copy of a backup could not be written. Values: `file`, `reason`."""

    code = "backup_copy_not_saved"


@dataclass(frozen=True, slots=True)
class BackupHealth:
    """How the backups of a store stand: how many there are, the newest, and whether it can be restored.

    `newest_verified` is None where there is none, False for one that is damaged or does not open.
    """

    count: int
    newest: str | None
    newest_verified: bool | None


class Backups:
    """The verbs of backups. All of them may take seconds and none needs the reader or the writer."""

    def __init__(self, access: Access, free: FreeSpace | None = None) -> None:
        self._access = access
        self._free = free or free_space
        self._last_try: datetime | None = None

    @property
    def folder(self) -> DataFolder:
        """Where the store and its backups lie."""
        return folder_of(self._access.database)

    def shelf(self) -> tuple[BackupSummary, ...]:
        """All backups in the folder, the newest first."""
        return backup_shelf.shelf(self.folder)

    def present(self) -> StoreState:
        """How much the store holds now, and how far it has got."""
        with backup.snapshot(self._access.database) as connection:
            return backup.state_of(connection)

    def make(self, occasion: Occasion = Occasion.BY_HAND, progress: Progress | None = None) -> BackupSummary:
        """Make a verified backup now.

        Raises NotPermitted by hand, BackupNoRoom, StoreSuspect, BackupFailed, StoreClosing, and what `progress` raises;
        nothing is left half-made then.
        """
        if occasion is Occasion.BY_HAND:
            self._require(Permission.BACK_UP)
        made = make_backup(
            self._access.database, self._access.clock(), occasion, progress=progress, free=self._free
        )
        return backup_shelf.summary_of(made)

    def require_restore(self) -> None:
        """Raise NotPermitted where the user may not put a backup in the place of the store."""
        self._require(Permission.RESTORE)

    def _require(self, permission: Permission) -> None:
        with backup.snapshot(self._access.database) as connection:
            self._access.require(permission, None, connection)

    def make_if_due(self) -> BackupSummary | None:
        """The automatic backup: half an hour after the one before, when something was committed since.

        Where it fails it is tried again half an hour later. Raises as `make`.
        """
        now = self._access.clock()
        try:
            newest = backup_shelf.newest_of(self.folder, key_envelope.store_id(self.folder.key_file))
            if backup_shelf.is_suspect(self.folder) or not is_due(newest, self.present(), now, self._last_try):
                return None
            return self.make(Occasion.SCHEDULED)
        except StoreProblem:
            self._last_try = now
            raise

    def before(self, occasion: Occasion, progress: Progress | None = None) -> BackupSummary:
        """See to it that the newest backup holds the present state, before something that changes much.

        Where nothing was committed since the newest one, that one is it. Raises as `make`; whoever calls decides
        whether to go on without.
        """
        newest = backup_shelf.newest_file(self.folder, key_envelope.store_id(self.folder.key_file))
        if newest is not None and newest.header.state == self.present():
            with suppress(BackupDamaged):
                backup_file.check_bytes(newest, _nothing)
                return backup_shelf.summary_of(newest)
        return self.make(occasion, progress)

    def is_held(self) -> bool:
        """Whether no backup is made because the store was found to be damaged."""
        return backup_shelf.is_suspect(self.folder)

    def check_again(self) -> bool:
        """Check the whole store, and let backups be made again where nothing is wrong; says whether that is so.

        Takes one to two seconds per 100 MB, and needs neither reader nor writer.
        """
        database = self._access.database
        sound = database.check().sound
        with backup.snapshot(database) as connection:
            sound = sound and audit_log.first_broken(connection) is None
        note_check(self.folder, self._access.clock(), sound=sound)
        return sound

    def name_of_copy(self) -> str:
        """What a copy that is saved now would be called."""
        return file_name(self._access.clock())

    def save_copy(self, target: Path, progress: Progress | None = None) -> BackupSummary:
        """Save a backup of the present state elsewhere as well; the audit log tells that it was done.

        Raises CopyExists, CopyNotSaved and as `make`.
        """
        _require_place(target)
        with writing(self._access.database) as connection:
            act = Act("save_backup_copy", "backup", reason=words("backup.copy_reason"))
            audit_log.append(connection, self._access.actor, self._access.clock(), [act])
        self.before(Occasion.BY_HAND, progress)
        newest = backup_shelf.newest_file(self.folder, key_envelope.store_id(self.folder.key_file))
        if newest is None:
            raise BackupFailed(reason=words("backup.gone"))
        save_as(newest, target)
        return backup_shelf.summary_of(newest)


def health(folder: DataFolder, key: DatabaseKey) -> BackupHealth:
    """Restore the newest backup for trial, beside the others, and say how it went; `key` is that of the store."""
    found = backup_shelf.shelf(folder)
    if not found:
        return BackupHealth(0, None, None)
    newest = found[0]
    return BackupHealth(len(found), newest.name, newest.whole and _can_be_restored(folder, newest, key))


def note_check(folder: DataFolder, now: datetime, *, sound: bool) -> None:
    """A whole check of the store has ended: of a damaged one no backup is made until a later check is clean."""
    if sound:
        backup_shelf.clear_suspect(folder)
    else:
        backup_shelf.mark_suspect(folder, now)


def make_backup(
    database: Database,
    now: datetime,
    occasion: Occasion,
    *,
    progress: Progress | None = None,
    free: FreeSpace | None = None,
) -> BackupFile:
    """Make a verified backup of an open store in its own folder, and remove what is superfluous then.

    Raises BackupNoRoom, StoreSuspect, BackupFailed, StoreClosing, what the key file raises, and what `progress`
    raises.
    """
    folder = folder_of(database)
    local = now.astimezone()
    if backup_shelf.is_suspect(folder):
        raise StoreSuspect(reason="")
    try:
        with backup_shelf.one_maker(folder):
            order = _order(database, folder, now, occasion)
            _make_room(database, folder, order.store, local, free or free_space)
            made = backup.make(database, order, folder.backups, progress or _no_progress)
            _thin_out(folder, order.store, local)
    except (StoreDamaged, BackupNotSound) as error:
        backup_shelf.mark_suspect(folder, now)
        record_event(_log, "store_suspect", level=logging.ERROR, error=error)
        raise StoreSuspect(reason="") from error
    except (BackupDamaged, BackupMissing, NotABackup) as error:
        raise BackupFailed(reason=words("backup.written_wrong")) from error
    except StoreFull as error:
        raise BackupFailed(reason=words("backup.disk_full")) from error
    except (StoreUnreadable, StoreBusy) as error:
        raise BackupFailed(reason=words("backup.disk_refused")) from error
    except OSError as error:
        raise BackupFailed(reason=_why(error)) from error
    record_event(_log, "backup_made", kind=occasion, size_kib=min(made.size // 1024, 9_999_999))
    return made


def before_migration(database: Database, now: datetime) -> None:
    """The verified backup before a store of an earlier version is changed (SECURITY R15).

    Raises MigrationNotBackedUp; the store is then not changed.
    """
    try:
        make_backup(database, now, Occasion.MIGRATION)
    except BackupFailed as error:
        raise MigrationNotBackedUp(why=sentence(error)) from error


def save_as(made: BackupFile, target: Path) -> None:
    """Copy a backup to another place (0600), down to the disk, and read it back. Raises CopyExists, CopyNotSaved."""
    try:
        backup.save_as(made, target)
    except FileExistsError as error:
        raise CopyExists(file=target.name) from error
    except OSError as error:
        raise CopyNotSaved(file=target.name, reason=_why(error)) from error


def _can_be_restored(folder: DataFolder, newest: BackupSummary, database_key: DatabaseKey) -> bool:
    """Of a backup under another database key, and where there is no room for a trial, the bytes are compared."""
    try:
        file = backup_file.read(newest.path)
        key = unwrapped(file.header, database_key.raw_key())
        with backup_shelf.one_maker(folder):
            if key is not None:
                with suppress(OSError):
                    backup.verify(file, key, _nothing)
                    return True
            backup_file.check_bytes(file, _nothing)
    except (StoreProblem, OSError):
        return False
    return True


def folder_of(database: Database) -> DataFolder:
    """The data folder that an open store lies in."""
    return DataFolder(database.path.parent)


def unwrapped(header: BackupHeader, raw_database_key: bytes) -> DatabaseKey | None:
    """The backup's own key; None where it was wrapped under another database key or the header was changed."""
    return backup_key.unwrap(raw_database_key, header.wrapped_key, header.sealed())


def free_space(folder: Path) -> int:
    """Bytes that are free on the disk of a folder that is there."""
    return shutil.disk_usage(folder).free


def app_version() -> str:
    """The version of the program; empty where it runs without having been installed."""
    try:
        return version("mdt-desktop")
    except PackageNotFoundError:
        return ""


def _order(database: Database, folder: DataFolder, now: datetime, occasion: Occasion) -> Order:
    raw_key, own = database.key.raw_key(), DatabaseKey.random()
    proof = DatabaseKey(raw_key)
    key_envelope.checked(folder.key_file, proof)
    proof.wipe()

    def unwrap(header: BackupHeader) -> DatabaseKey:
        found = unwrapped(header, raw_key)
        if found is None:
            raise BackupNotSound(finding="key")
        return found

    return Order(
        made_at=now,
        occasion=occasion,
        app_version=app_version(),
        store=key_envelope.store_id(folder.key_file),
        key_file=safe_file.read_small(folder.key_file, _MOST_KEY_FILE_BYTES),
        key=own,
        wrap=lambda header: backup_key.wrap(raw_key, own, header),
        unwrap=unwrap,
    )


def _make_room(database: Database, folder: DataFolder, store: str, local: datetime, free: FreeSpace) -> None:
    """Give up what must go so that the backup fits. Raises BackupNoRoom; then nothing was given up."""
    size = sum(path.stat().st_size for path in (database.path, *folder.side_files()) if path.exists())
    there = free(folder.backups)
    room = retention.room_for(size, backup_shelf.kept(folder, store), there, local)
    if not room.fits:
        needed = retention.COPIES_MEANWHILE * size + retention.LEAST_FREE
        raise BackupNoRoom(reason="", needed=needed // _MEGABYTE, free=there // _MEGABYTE)
    backup_shelf.remove(folder, room.give_up)


def _thin_out(folder: DataFolder, store: str, local: datetime) -> None:
    """What cannot be removed now is superfluous the next time as well: it is no reason to call a backup failed."""
    try:
        backup_shelf.remove(folder, retention.superfluous(backup_shelf.kept(folder, store), local))
    except OSError as error:
        record_event(_log, "backups_not_thinned", error=error)


def _require_place(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise CopyExists(file=target.name)
    if not target.parent.is_dir():
        raise CopyNotSaved(file=target.name, reason=words("backup.no_folder"))


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else words("backup.system_refused")


def _nothing() -> None:
    """Nobody wants to stop."""


def _no_progress(done: int, of: int) -> None:
    """Nobody looks."""
