"""A new key for the store: everything is made ready beside it, then put in its place in two steps.

    A  mdt.key.next   the next key, wrapped under the same passphrase and a new recovery key
    B  mdt.db.next    the whole store under that key, read back and compared
    C  mdt.db.next    takes the place of mdt.db
    D  mdt.key        becomes what mdt.key.next holds; that file is removed once the audit log knows

Until C the present passphrase, recovery key and keyring open the store as before; after C the same passphrase
and the new recovery key do. Wherever it is cut short, the next opening finds out by trying which key the
store has, and goes forward or back (`Unfinished`).
"""

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import safe_file, successor
from mdt_desktop.security.errors import KeyringUnavailable, NotRemembered, WrongRecoveryKey
from mdt_desktop.security.successor import Successor
from mdt_desktop.services.access import Access
from mdt_desktop.store import audit_log, rekey
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import StoreDamaged, opens_with
from mdt_desktop.store.transactions import writing

if TYPE_CHECKING:
    from sqlcipher3.dbapi2 import Connection

    from mdt_desktop.security.database_key import DatabaseKey
    from mdt_desktop.security.key_derivation import KdfParameters
    from mdt_desktop.security.keyring_store import KeyringStore
    from mdt_desktop.security.recovery_key import RecoveryKey
    from mdt_desktop.security.session import Session, Unlock

BEGUN, DONE, ABANDONED = "begin_key_rotation", "rotate_key", "abandon_key_rotation"


class RotationEnd(StrEnum):
    """How a change of the key ended that was cut short."""

    DONE = "done"
    UNDONE = "undone"


class RotationStep(StrEnum):
    """What takes its time while a new key is made ready."""

    KEY = "key"
    COPY = "copy"
    CHECK = "check"


Progress = Callable[[RotationStep, int, int | None], None]
"""Takes the step, and how many of how many pages of it are done; may raise, which undoes everything."""


def _silently(*_: object) -> None:
    """For those who do not want to know how far it is."""


class KeyRotation:
    """A new key that was made ready. `finish` puts it in force, `abandon` drops it; until then nothing has changed."""

    def __init__(
        self, access: Access, made: Successor, copied_at: tuple[int, int], keyring: "KeyringStore | None"
    ) -> None:
        """`copied_at` is the `rekey.mark` of the store when the copy was begun."""
        self._access, self._made, self._copied_at, self._keyring = access, made, copied_at, keyring
        self._folder = folder_of(access)

    @property
    def recovery_key(self) -> "RecoveryKey":
        """The recovery key that counts once the new key is in force; kept nowhere else."""
        return self._made.recovery_key

    @property
    def forgotten(self) -> bool:
        """Whether this laptop will no longer open the store by itself: its keyring did not take the new key."""
        return self._made.forgotten

    def finish(self) -> "DatabaseKey":
        """Close the store, put the copy and the new key file in force, and return the new key.

        Opening the store with it, and `Unfinished.settle` then, are the caller's. Raises what `rekey` and
        `successor.promote` raise; the store is closed all the same, and the next opening settles it.
        """
        database, folder = self._access.database, self._folder
        if rekey.mark(database) != self._copied_at:
            # Something was saved while the recovery key was brought to paper.
            rekey.remove(folder.next_database)
            rekey.copy(database, folder.next_database, self._made.key, _silently)
            rekey.verify(database, folder.next_database, self._made.key)
        rekey.close_without_log(database)
        rekey.put_in_place(folder.database, folder.next_database)
        successor.promote(folder.next_key_file, folder.key_file, self._keyring)
        return self._made.key

    def abandon(self) -> None:
        """Drop the new key; the store stays open under the present one."""
        self._made.key.wipe()
        with writing(self._access.database) as connection:
            _record(connection, self._access, ABANDONED)
        _remove(self._folder, self._keyring)


def begin(
    access: Access,
    session: "Session",
    typed: str,
    on_progress: Progress = _silently,
    *,
    parameters: "KdfParameters | None" = None,
    keyring: "KeyringStore | None" = None,
) -> KeyRotation:
    """Make a new key ready for an open store (steps A and B); `typed` is its passphrase.

    Takes as long as two copies of the store. Nothing may be written to the store meanwhile. Raises
    WrongPassphrase, StoreFull, FolderUnwritable, `rekey.CopyNotSound` and whatever `on_progress` raises; the
    store is then as it was.
    """
    folder = folder_of(access)
    on_progress(RotationStep.KEY, 0, None)
    _remove(folder, keyring)
    made = successor.write(
        folder.next_key_file, folder.key_file, session.key, typed, parameters=parameters, keyring=keyring
    )
    try:
        with writing(access.database) as connection:
            _record(connection, access, BEGUN)
        copied_at = rekey.mark(access.database)
        _copy(access, folder, made.key, on_progress)
        return KeyRotation(access, made, copied_at, keyring)
    except BaseException:
        made.key.wipe()
        with suppress(MdtError), writing(access.database) as connection:
            _record(connection, access, ABANDONED)
        with suppress(MdtError):
            _remove(folder, keyring)
        raise


class Unfinished:
    """What a change of the key that was cut short has left in the folder, if anything.

    `key` goes with `StoreLock`; `settle` is called once the store is open, and `ended` says then how it ended.
    """

    def __init__(self, folder: DataFolder, keyring: "KeyringStore | None" = None) -> None:
        self._folder, self._keyring = folder, keyring
        self.ended: RotationEnd | None = None

    def key(self, unlock: "Unlock") -> "DatabaseKey":
        """The key that the store really has; with two key files, each is tried until the store opens.

        Where the store is under the next key already, its key file is put in force. Without the right secret
        nothing is changed. Raises what `unlock` raises, and StoreDamaged where neither key fits.
        """
        folder = self._folder
        if not folder.next_key_file.exists():
            return unlock(folder.key_file)
        try:
            key = unlock(folder.key_file)
        except MdtError as error:
            return self._by_next(unlock, error)
        if opens_with(folder.database, key):
            return key
        key.wipe()
        return self._by_next(unlock, None)

    def settle(self, access: Access) -> None:
        """Tell the audit log how it ended, then remove what is left over. A folder that refuses is asked next time."""
        folder = self._folder
        if any(path.exists() for path in folder.next_files()):
            done = successor.has_taken_over(folder.next_key_file, folder.key_file)
            self.ended = RotationEnd.DONE if done else RotationEnd.UNDONE
            with writing(access.database) as connection:
                if _last(connection) == BEGUN:
                    _record(connection, access, DONE if done else ABANDONED)
            with suppress(MdtError):
                _remove(folder, self._keyring)
        with safe_file.one_at_a_time(folder.root):
            safe_file.remove_parts(folder.root)

    def _by_next(self, unlock: "Unlock", present: MdtError | None) -> "DatabaseKey":
        """`present` is why the key file in force did not open; None where it did and its key does not fit."""
        folder = self._folder
        try:
            key = unlock(folder.next_key_file)
        except MdtError as error:
            # The old recovery key opens the old key file for ever, and no longer what the store is under.
            replaced = isinstance(error, (WrongRecoveryKey, NotRemembered, KeyringUnavailable))
            raise present or (error if replaced else StoreDamaged()) from error
        if not opens_with(folder.database, key):
            key.wipe()
            raise present or StoreDamaged()
        successor.promote(folder.next_key_file, folder.key_file, self._keyring)
        return key


def folder_of(access: Access) -> DataFolder:
    """The folder of an open store."""
    return DataFolder(access.database.path.parent)


def _copy(access: Access, folder: DataFolder, key: "DatabaseKey", on_progress: Progress) -> None:
    database = access.database
    rekey.copy(
        database, folder.next_database, key, lambda done, of: on_progress(RotationStep.COPY, done, of)
    )
    on_progress(RotationStep.CHECK, 0, None)
    rekey.verify(database, folder.next_database, key)


def _remove(folder: DataFolder, keyring: "KeyringStore | None") -> None:
    """The key file last: a copy without it is noise, and it without a copy opens nothing."""
    rekey.remove(folder.next_database)
    successor.discard(folder.next_key_file, folder.key_file, keyring)


def _record(connection: "Connection", access: Access, action: str) -> None:
    audit_log.append(connection, access.actor, access.clock(), [Act(action, "setting", "store.key")])


def _last(connection: "Connection") -> str:
    row = connection.execute(
        "SELECT action FROM audit_entry WHERE action IN (?, ?, ?) ORDER BY seq DESC LIMIT 1", (BEGUN, DONE, ABANDONED)
    ).fetchone()
    return str(row[0]) if row else ""
