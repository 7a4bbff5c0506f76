"""The key file that waits to take over: a new database key under the same passphrase, beside the present key file.

It is a whole envelope of its own: a new recovery key, and a new item in the system keyring where the present
one has one. Nothing in it is made of the present key, so who knows that one learns nothing of the new.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mdt_desktop.security import key_derivation, key_file, safe_file
from mdt_desktop.security.database_key import KEY_BYTES, DatabaseKey
from mdt_desktop.security.errors import FolderUnwritable, KeyFileDamaged, KeyFileMissing, KeyringUnavailable
from mdt_desktop.security.key_derivation import KdfParameters
from mdt_desktop.security.key_envelope import account_of, checked, parameters_of, unlock_with_passphrase
from mdt_desktop.security.key_file import KeyFile, SlotName
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.wrapping import key_check, passphrase_slot, wrap


@dataclass(frozen=True, slots=True)
class Successor:
    """What a new envelope gives this once; `forgotten`: the keyring held the old key and would not hold this one."""

    key: DatabaseKey
    recovery_key: RecoveryKey
    forgotten: bool


def write(
    path: Path,
    present: Path,
    key: DatabaseKey,
    typed: str,
    *,
    parameters: KdfParameters | None = None,
    keyring: KeyringStore | None = None,
) -> Successor:
    """Write the envelope of a new random key to `path`, for the store whose present key file and key are given.

    `typed` is the present passphrase and opens the new envelope too, at no lower cost a guess. Raises
    WrongPassphrase, KeyOfAnotherStore, KeyFileExists, FolderUnwritable and as `key_file.read`; nothing is
    written then.
    """
    unlock_with_passphrase(present, typed).wipe()
    envelope = checked(present, key)
    chosen = (parameters or key_derivation.calibrate()).at_least(parameters_of(envelope))
    new, recovery_key, store = DatabaseKey.random(), RecoveryKey.random(), envelope.store
    slots = {
        SlotName.PASSPHRASE: passphrase_slot(store, new, typed, chosen),
        SlotName.RECOVERY: wrap(store, SlotName.RECOVERY, new, recovery_key.secret),
    }
    written = KeyFile(store, key_check(store, new), slots)
    remembered = SlotName.KEYRING in envelope.slots
    forgotten = False
    if remembered:
        keyring_key = secrets.token_bytes(KEY_BYTES)
        try:
            (keyring or KeyringStore()).keep(account_of(written), keyring_key)
            written = written.with_slot(SlotName.KEYRING, wrap(store, SlotName.KEYRING, new, keyring_key))
        except KeyringUnavailable:
            # The keyring is a convenience: that it refuses must not keep anybody from a new key.
            forgotten = True
    try:
        key_file.write_new(path, written)
    except BaseException:
        _drop_item(written, keyring)
        raise
    return Successor(new, recovery_key, forgotten)


def promote(path: Path, present: Path, keyring: KeyringStore | None = None) -> None:
    """Make the waiting envelope the store's key file; `path` stays as the sign that this was done.

    Whole or not at all. The keyring's item of the old key is dropped; it opens nothing any more. Raises
    FolderUnwritable and as `key_file.read`.
    """
    new = key_file.read(path)
    old = _readable(present)
    key_file.replace(present, new)
    if old is not None and old.key_check != new.key_check:
        _drop_item(old, keyring)


def has_taken_over(path: Path, present: Path) -> bool:
    """Whether the key file in force is the waiting one already."""
    waiting, in_force = _readable(path), _readable(present)
    return waiting is not None and in_force is not None and waiting.key_check == in_force.key_check


def discard(path: Path, present: Path, keyring: KeyringStore | None = None) -> None:
    """Remove the waiting file, and its keyring item unless the file has taken over. Raises FolderUnwritable."""
    waiting = _readable(path)
    taken_over = has_taken_over(path, present)
    try:
        safe_file.remove(path)
    except OSError as error:
        raise FolderUnwritable from error
    if waiting is not None and not taken_over:
        _drop_item(waiting, keyring)


def _readable(path: Path) -> KeyFile | None:
    try:
        return key_file.read(path)
    except (KeyFileMissing, KeyFileDamaged):
        return None


def _drop_item(envelope: KeyFile, keyring: KeyringStore | None) -> None:
    """Without its slot the item opens nothing, so a keyring that cannot be reached does not matter."""
    if SlotName.KEYRING in envelope.slots:
        with suppress(KeyringUnavailable):
            (keyring or KeyringStore()).remove(account_of(envelope))
