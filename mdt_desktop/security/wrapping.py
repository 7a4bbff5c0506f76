"""One slot of the key file: the database key wrapped under a secret, and the values that tell a slip from damage.

From a secret two independent values are derived by HKDF-SHA256 with the slot's salt: the key that wraps, and
the key-check value. If the check does not fit, the secret is wrong; if it fits and the slot still does not
open, the file is damaged.
"""

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mdt_desktop.security import key_derivation, key_file, passphrase
from mdt_desktop.security.database_key import KEY_BYTES, DatabaseKey
from mdt_desktop.security.errors import KeyFileDamaged
from mdt_desktop.security.key_derivation import KdfParameters
from mdt_desktop.security.key_file import KeyFile, Slot, SlotName


def stretched(typed: str, salt: bytes, parameters: KdfParameters) -> bytes:
    """The secret of a passphrase. Raises PassphraseTooLong and as `key_derivation.derive`."""
    parameters.check()
    return key_derivation.derive(passphrase.normalised(typed), salt, parameters)


def passphrase_slot(store: str, key: DatabaseKey, typed: str, parameters: KdfParameters) -> Slot:
    """The key wrapped under a passphrase, with a salt of its own."""
    salt = secrets.token_bytes(key_derivation.SALT_BYTES)
    return wrap(store, SlotName.PASSPHRASE, key, stretched(typed, salt, parameters), salt, parameters)


def wrap(
    store: str,
    name: SlotName,
    key: DatabaseKey,
    secret: bytes,
    salt: bytes | None = None,
    parameters: KdfParameters | None = None,
) -> Slot:
    """The key wrapped by AES-256-GCM, which authenticates everything around it that has a meaning."""
    salt = secrets.token_bytes(key_derivation.SALT_BYTES) if salt is None else salt
    nonce = secrets.token_bytes(key_file.NONCE_BYTES)
    check = _expanded(secret, salt, f"check {name}", key_file.CHECK_BYTES)
    header = key_file.authenticated_header(store, name, salt, check, parameters)
    cipher = AESGCM(_expanded(secret, salt, f"wrap {name}", KEY_BYTES))
    return Slot(salt, check, nonce, cipher.encrypt(nonce, key.raw_key(), header), parameters)


def unwrap(envelope: KeyFile, name: SlotName, secret: bytes) -> DatabaseKey | None:
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
    if not belongs(envelope, key):
        raise KeyFileDamaged(reason="key check")
    return key


def belongs(envelope: KeyFile, key: DatabaseKey) -> bool:
    """Whether the key is the one that the key file guards."""
    return hmac.compare_digest(key_check(envelope.store, key), envelope.key_check)


def key_check(store: str, key: DatabaseKey) -> bytes:
    """The value by which a key file knows its key without holding it."""
    return _expanded(key.raw_key(), bytes.fromhex(store), "check database key", key_file.CHECK_BYTES)


def _expanded(secret: bytes, salt: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, f"mdt-desktop {purpose}".encode()).derive(secret)
