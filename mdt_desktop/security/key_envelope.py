"""The key of the database in its envelope: made once, opened by passphrase, recovery key or system keyring.

The database key is random and never changes with the passphrase. Each slot wraps it with AES-256-GCM
under a key-encrypting key: Argon2id of the passphrase, or HKDF-SHA256 of a recovery key or a keyring
item (both random, so they need no slow derivation). From each of those a second, independent value is
derived, the key-check value: if it does not fit, the secret is wrong; if it fits and the slot still
does not open, the file is damaged.
"""

import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

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
from mdt_desktop.security.key_file import KeyFile, Slot, SlotName
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey


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
        SlotName.PASSPHRASE: _passphrase_slot(store, key, new_passphrase, chosen),
        SlotName.RECOVERY: _wrap(store, SlotName.RECOVERY, key, recovery_key.secret),
    }
    key_file.write_new(path, KeyFile(store, _key_check(store, key), slots))
    return key, recovery_key


def unlock_with_passphrase(path: Path, typed: str) -> DatabaseKey:
    """The database key. Nothing is ever written.

    Raises WrongPassphrase, KeyFileMissing, KeyFileDamaged, KeyFileNewer, WeakParameters,
    ExcessiveParameters, NotEnoughMemory.
    """
    envelope = key_file.read(path)
    slot = envelope.slots[SlotName.PASSPHRASE]
    try:
        secret = _stretched(typed, slot.salt, _parameters_of(envelope))
    except PassphraseTooLong as error:
        raise WrongPassphrase from error
    key = _unwrap(envelope, SlotName.PASSPHRASE, secret)
    if key is None:
        raise WrongPassphrase
    return key


def unlock_with_recovery_key(path: Path, recovery_key: RecoveryKey) -> DatabaseKey:
    """The database key. Raises WrongRecoveryKey, NoRecoveryKey and as `key_file.read`."""
    envelope = key_file.read(path)
    if SlotName.RECOVERY not in envelope.slots:
        raise NoRecoveryKey
    key = _unwrap(envelope, SlotName.RECOVERY, recovery_key.secret)
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
    key = _unwrap(envelope, SlotName.KEYRING, (keyring or KeyringStore()).fetch(envelope.store))
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
    envelope = _checked(path, key)
    keyring_key = secrets.token_bytes(KEY_BYTES)
    (keyring or KeyringStore()).keep(envelope.store, keyring_key)
    slot = _wrap(envelope.store, SlotName.KEYRING, key, keyring_key)
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
        (keyring or KeyringStore()).remove(envelope.store)
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
    envelope = _checked(path, key)
    chosen = (parameters or key_derivation.calibrate()).at_least(_parameters_of(envelope))
    slot = _passphrase_slot(envelope.store, key, new_passphrase, chosen)
    key_file.replace(path, envelope.with_slot(SlotName.PASSPHRASE, slot))


def replace_recovery_key(path: Path, key: DatabaseKey) -> RecoveryKey:
    """A new recovery key; the printed one stops working. Raises KeyOfAnotherStore and as `key_file.read`."""
    envelope = _checked(path, key)
    recovery_key = RecoveryKey.random()
    slot = _wrap(envelope.store, SlotName.RECOVERY, key, recovery_key.secret)
    key_file.replace(path, envelope.with_slot(SlotName.RECOVERY, slot))
    return recovery_key


def require_key_of(path: Path, key: DatabaseKey) -> None:
    """Prove that a database key is the one in the key file. Raises KeyOfAnotherStore and as `key_file.read`."""
    _checked(path, key)


def store_id(path: Path) -> str:
    """32 hex digits that name this store, no secret. Raises as `key_file.read`."""
    return key_file.read(path).store


def _checked(path: Path, key: DatabaseKey) -> KeyFile:
    """Wrapping a foreign key would lose the data for ever, so every change proves the key first."""
    envelope = key_file.read(path)
    if not hmac.compare_digest(_key_check(envelope.store, key), envelope.key_check):
        raise KeyOfAnotherStore
    return envelope


def _parameters_of(envelope: KeyFile) -> KdfParameters:
    parameters = envelope.slots[SlotName.PASSPHRASE].parameters
    if parameters is None:
        raise KeyFileDamaged(reason="key derivation")
    return parameters


def _stretched(typed: str, salt: bytes, parameters: KdfParameters) -> bytes:
    parameters.check()
    return key_derivation.derive(passphrase.normalised(typed), salt, parameters)


def _passphrase_slot(store: str, key: DatabaseKey, typed: str, parameters: KdfParameters) -> Slot:
    salt = secrets.token_bytes(key_derivation.SALT_BYTES)
    return _wrap(store, SlotName.PASSPHRASE, key, _stretched(typed, salt, parameters), salt, parameters)


def _wrap(
    store: str,
    name: SlotName,
    key: DatabaseKey,
    secret: bytes,
    salt: bytes | None = None,
    parameters: KdfParameters | None = None,
) -> Slot:
    salt = secrets.token_bytes(key_derivation.SALT_BYTES) if salt is None else salt
    nonce = secrets.token_bytes(key_file.NONCE_BYTES)
    check = _expanded(secret, salt, f"check {name}", key_file.CHECK_BYTES)
    header = key_file.authenticated_header(store, name, salt, check, parameters)
    cipher = AESGCM(_expanded(secret, salt, f"wrap {name}", KEY_BYTES))
    return Slot(salt, check, nonce, cipher.encrypt(nonce, key.raw_key(), header), parameters)


def _unwrap(envelope: KeyFile, name: SlotName, secret: bytes) -> DatabaseKey | None:
    """The key, or None if the secret is not the one. Raises KeyFileDamaged if it is and nothing comes out."""
    slot = envelope.slots[name]
    check = _expanded(secret, slot.salt, f"check {name}", key_file.CHECK_BYTES)
    if not hmac.compare_digest(check, slot.check):
        return None
    header = key_file.authenticated_header(envelope.store, name, slot.salt, slot.check, slot.parameters)
    cipher = AESGCM(_expanded(secret, slot.salt, f"wrap {name}", KEY_BYTES))
    try:
        key = DatabaseKey(cipher.decrypt(slot.nonce, slot.wrapped, header))
    except InvalidTag as error:
        raise KeyFileDamaged(reason=f"{name} slot") from error
    if not hmac.compare_digest(_key_check(envelope.store, key), envelope.key_check):
        raise KeyFileDamaged(reason="key check")
    return key


def _key_check(store: str, key: DatabaseKey) -> bytes:
    return _expanded(key.raw_key(), bytes.fromhex(store), "check database key", key_file.CHECK_BYTES)


def _expanded(secret: bytes, salt: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, f"mdt-desktop {purpose}".encode()).derive(secret)
