"""The key of the database in its envelope: made once, opened by passphrase, recovery key or system keyring.

The database key is random and never changes with the passphrase. Each slot wraps it with AES-256-GCM
under a key-encrypting key: Argon2id of the passphrase, or HKDF-SHA256 of a recovery key or a keyring
item (both random, so they need no slow derivation). The format stands in SECURITY.md.
"""

import secrets
from pathlib import Path

from mdt_desktop.security import key_derivation, key_file, passphrase
from mdt_desktop.security.database_key import KEY_BYTES, DatabaseKey
from mdt_desktop.security.errors import (
    KeyFileDamaged,
    KeyFileExists,
    KeyOfAnotherStore,
    KeyringUnavailable,
    NoRecoveryKey,
    NotRemembered,
    PassphraseTooLong,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.key_derivation import KdfParameters
from mdt_desktop.security.key_file import KeyFile, SlotName
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.wrapping import belongs, key_check, passphrase_slot, stretched, unwrap, wrap


def create_envelope(
    path: Path, new_passphrase: str, *, parameters: KdfParameters | None = None
) -> tuple[DatabaseKey, RecoveryKey]:
    """Make a database key and the key file that guards it (0600, in a directory of 0700 if it is new).

    `parameters` defaults to what costs this machine about one second a guess. The recovery key is
    returned once and kept nowhere. Raises KeyFileExists, PassphraseTooShort, PassphraseTooLong,
    WeakParameters, ExcessiveParameters; nothing is written then.
    """
    passphrase.check_length(new_passphrase)
    if path.exists() or path.is_symlink():
        raise KeyFileExists
    key, recovery_key = DatabaseKey.random(), RecoveryKey.random()
    store = secrets.token_hex(16)
    chosen = key_derivation.calibrate() if parameters is None else parameters
    slots = {
        SlotName.PASSPHRASE: passphrase_slot(store, key, new_passphrase, chosen),
        SlotName.RECOVERY: wrap(store, SlotName.RECOVERY, key, recovery_key.secret),
    }
    key_file.write_new(path, KeyFile(store, key_check(store, key), slots))
    return key, recovery_key


def unlock_with_passphrase(path: Path, typed: str) -> DatabaseKey:
    """The database key. Nothing is ever written.

    Raises WrongPassphrase, KeyFileMissing, KeyFileDamaged, KeyFileNewer, WeakParameters,
    ExcessiveParameters, NotEnoughMemory.
    """
    envelope = key_file.read(path)
    slot = envelope.slots[SlotName.PASSPHRASE]
    try:
        secret = stretched(typed, slot.salt, parameters_of(envelope))
    except PassphraseTooLong as error:
        raise WrongPassphrase from error
    key = unwrap(envelope, SlotName.PASSPHRASE, secret)
    if key is None:
        raise WrongPassphrase
    return key


def unlock_with_recovery_key(path: Path, recovery_key: RecoveryKey) -> DatabaseKey:
    """The database key. Raises WrongRecoveryKey, NoRecoveryKey and as `key_file.read`."""
    envelope = key_file.read(path)
    if SlotName.RECOVERY not in envelope.slots:
        raise NoRecoveryKey
    key = unwrap(envelope, SlotName.RECOVERY, recovery_key.secret)
    if key is None:
        raise WrongRecoveryKey
    return key


def unlock_with_keyring(path: Path, keyring: KeyringStore | None = None) -> DatabaseKey:
    """The database key, if this laptop remembers the store.

    Raises NotRemembered, KeyringUnavailable and as `key_file.read`; the passphrase works all the same.
    """
    envelope = key_file.read(path)
    if SlotName.KEYRING not in envelope.slots:
        raise NotRemembered
    key = unwrap(envelope, SlotName.KEYRING, (keyring or KeyringStore()).fetch(account_of(envelope)))
    if key is None:
        raise NotRemembered
    return key


def is_remembered_on_this_laptop(path: Path) -> bool:
    """Whether the key file has a slot for the system keyring. Raises as `key_file.read`."""
    return SlotName.KEYRING in key_file.read(path).slots


def remember_on_this_laptop(path: Path, key: DatabaseKey, keyring: KeyringStore | None = None) -> None:
    """Wrap the key once more under a random key that the system keyring holds.

    The keyring is written and read back first, so a refusal leaves the key file as it was. Raises
    KeyringUnavailable, KeyOfAnotherStore and as `key_file.read`.
    """
    envelope = checked(path, key)
    keyring_key = secrets.token_bytes(KEY_BYTES)
    (keyring or KeyringStore()).keep(account_of(envelope), keyring_key)
    slot = wrap(envelope.store, SlotName.KEYRING, key, keyring_key)
    key_file.replace(path, envelope.with_slot(SlotName.KEYRING, slot))


def forget_on_this_laptop(path: Path, keyring: KeyringStore | None = None) -> None:
    """Take the keyring's slot out of the key file, then its item out of the keyring.

    Without the slot the item opens nothing, so a keyring that cannot be reached does not matter.
    Raises as `key_file.read`.
    """
    envelope = key_file.read(path)
    if SlotName.KEYRING in envelope.slots:
        key_file.replace(path, envelope.without_slot(SlotName.KEYRING))
    try:
        (keyring or KeyringStore()).remove(account_of(envelope))
    except KeyringUnavailable:
        return


def change_passphrase(path: Path, old: str, new_passphrase: str, *, parameters: KdfParameters | None = None) -> None:
    """Replace the passphrase; the database key, recovery key and keyring stay as they are.

    Raises as `unlock_with_passphrase` and `set_passphrase`; nothing is written then.
    """
    passphrase.check_length(new_passphrase)
    key = unlock_with_passphrase(path, old)
    try:
        set_passphrase(path, key, new_passphrase, parameters=parameters)
    finally:
        key.wipe()


def set_passphrase(
    path: Path, key: DatabaseKey, new_passphrase: str, *, parameters: KdfParameters | None = None
) -> None:
    """Put a new passphrase on an unlocked store, as after the recovery key was used.

    The cost of a guess is never lowered below what the file had. Raises KeyOfAnotherStore,
    PassphraseTooShort, PassphraseTooLong and as `key_file.read`.
    """
    passphrase.check_length(new_passphrase)
    envelope = checked(path, key)
    chosen = (parameters or key_derivation.calibrate()).at_least(parameters_of(envelope))
    slot = passphrase_slot(envelope.store, key, new_passphrase, chosen)
    key_file.replace(path, envelope.with_slot(SlotName.PASSPHRASE, slot))


def strengthen(path: Path, key: DatabaseKey, typed: str) -> bool:
    """Wrap the key anew at what is asked for today, if the file costs less a guess; says whether it was done.

    `typed` is the passphrase that has just opened it. Raises KeyOfAnotherStore, FolderUnwritable,
    NotEnoughMemory and as `key_file.read`; the file then stays as it was.
    """
    envelope = checked(path, key)
    present = parameters_of(envelope)
    wanted = present.at_least(key_derivation.ASKED)
    if wanted == present:
        return False
    slot = passphrase_slot(envelope.store, key, typed, wanted)
    key_file.replace(path, envelope.with_slot(SlotName.PASSPHRASE, slot))
    return True


def replace_recovery_key(path: Path, key: DatabaseKey) -> RecoveryKey:
    """A new recovery key; the printed one stops working. Raises KeyOfAnotherStore and as `key_file.read`."""
    envelope = checked(path, key)
    recovery_key = RecoveryKey.random()
    slot = wrap(envelope.store, SlotName.RECOVERY, key, recovery_key.secret)
    key_file.replace(path, envelope.with_slot(SlotName.RECOVERY, slot))
    return recovery_key


def account_of(envelope: KeyFile) -> str:
    """The keyring's name for the item of this store under this key: a new key has an item of its own."""
    return f"{envelope.store}-{envelope.key_check.hex()[:8]}"


def store_id(path: Path) -> str:
    """32 hex digits that name this store, no secret. Raises as `key_file.read`."""
    return key_file.read(path).store


def checked(path: Path, key: DatabaseKey) -> KeyFile:
    """The key file, if the key is its own: wrapping a foreign key would lose the data for ever.

    Raises KeyOfAnotherStore and as `key_file.read`.
    """
    envelope = key_file.read(path)
    if not belongs(envelope, key):
        raise KeyOfAnotherStore
    return envelope


def parameters_of(envelope: KeyFile) -> KdfParameters:
    """The cost of a guess at its passphrase. Raises KeyFileDamaged."""
    parameters = envelope.slots[SlotName.PASSPHRASE].parameters
    if parameters is None:
        raise KeyFileDamaged(reason="key derivation")
    return parameters
