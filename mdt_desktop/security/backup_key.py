"""The key of a backup: random, wrapped under the key of the store it was made of.

The wrapping key is HKDF-SHA256 of the database key with the wrapping's own salt, so that the database key never does
two jobs. AES-256-GCM authenticates the whole header of the backup beside the key: a header that was changed opens
nothing.
"""

import secrets
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope, safe_file
from mdt_desktop.security.database_key import KEY_BYTES, DatabaseKey
from mdt_desktop.security.errors import RecoveryKeyMistyped, WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.unlock_attempts import TriedBy, UnlockAttempts

_SALT_BYTES, _NONCE_BYTES = 16, 12
_WRAPPED_BYTES = _SALT_BYTES + _NONCE_BYTES + KEY_BYTES + 16


def wrap(raw_database_key: bytes, backup_key: DatabaseKey, header: bytes) -> bytes:
    """Salt, nonce and the wrapped key, 76 bytes; `header` is everything else that the backup says of itself."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    return salt + nonce + _cipher(raw_database_key, salt).encrypt(nonce, backup_key.raw_key(), header)


def unwrap(raw_database_key: bytes, wrapped: bytes, header: bytes) -> DatabaseKey | None:
    """The backup's key; None where it was wrapped under another database key or something was changed."""
    if len(wrapped) != _WRAPPED_BYTES:
        return None
    salt, nonce = wrapped[:_SALT_BYTES], wrapped[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
    try:
        return DatabaseKey(
            _cipher(raw_database_key, salt).decrypt(nonce, wrapped[_SALT_BYTES + _NONCE_BYTES :], header)
        )
    except InvalidTag:
        return None


def open_any(key_files: tuple[Path, ...], attempts: Path, typed: str, now: datetime) -> tuple[Path, DatabaseKey]:
    """The first of several key files that a passphrase or recovery key opens, with the database key in it.

    All of them together are one try at the door, so that what opens one of them is never slowed by the others.
    Raises TooManyAttempts, WrongPassphrase or WrongRecoveryKey where none opens, and as the envelope where none
    can be read.
    """
    door = UnlockAttempts(attempts)
    recovery_key = _recovery_key(typed)
    with safe_file.one_at_a_time(attempts.parent):
        door.begin(now, TriedBy.PASSPHRASE if recovery_key is None else TriedBy.RECOVERY_KEY)
        wrong: MdtError | None = None
        unreadable: MdtError | None = None
        for path in key_files:
            try:
                key = (
                    key_envelope.unlock_with_passphrase(path, typed)
                    if recovery_key is None
                    else key_envelope.unlock_with_recovery_key(path, recovery_key)
                )
            except (WrongPassphrase, WrongRecoveryKey) as error:
                wrong = error
            except MdtError as error:
                unreadable = error
            else:
                door.clear()
                return path, key
        if wrong is None:
            door.withdraw()
        raise wrong or unreadable or WrongPassphrase


def _recovery_key(typed: str) -> RecoveryKey | None:
    """A recovery key is known by its check letters; everything else is taken for a passphrase."""
    try:
        return RecoveryKey.typed(typed)
    except RecoveryKeyMistyped:
        return None


def _cipher(raw_database_key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"mdt-desktop wrap backup key").derive(raw_database_key))
