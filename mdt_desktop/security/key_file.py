"""The key file as text: what it holds, how it is read strictly, and how it is written.

    {"format": "mdt-desktop key", "version": 1, "store": "32 hex digits", "key_check": "...",
     "slots": {"passphrase": {...}, "recovery": {...}, "keyring": {...}}, "checksum": "..."}

A slot holds the key of the database under one key-encrypting key: `salt`, `check` (tells a wrong
secret from a damaged slot), `nonce` and `wrapped` (AES-256-GCM); the passphrase's slot also holds the
Argon2id parameters. The checksum is SHA-256 over everything else in canonical form, in this and all
later versions, so accidental damage is known before any secret is judged; deliberate changes are
found by the authenticated data of each slot.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mdt_desktop.security import safe_file
from mdt_desktop.security.database_key import KEY_BYTES
from mdt_desktop.security.errors import (
    FolderUnwritable,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileMissing,
    KeyFileNewer,
)
from mdt_desktop.security.key_derivation import SALT_BYTES, KdfParameters

FORMAT = "mdt-desktop key"
VERSION = 1
CHECK_BYTES = 16
NONCE_BYTES = 12
_WRAPPED_BYTES = KEY_BYTES + 16
_STORE_DIGITS = 32
_MOST_BYTES = 16 * 1024
_KDF_NAMES = {"kdf": "argon2id", "kdf_version": 19}


class SlotName(StrEnum):
    """The ways to the key."""

    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a slot
    RECOVERY = "recovery"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class Slot:
    """The database key wrapped once. `parameters` is set for the passphrase and only for it."""

    salt: bytes
    check: bytes
    nonce: bytes
    wrapped: bytes
    parameters: KdfParameters | None = None


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A whole key file: the store's id, a check of the database key, and one to three slots."""

    store: str
    key_check: bytes
    slots: Mapping[SlotName, Slot]

    def with_slot(self, name: SlotName, slot: Slot) -> "KeyFile":
        """A copy in which `slot` is added or replaced."""
        return KeyFile(self.store, self.key_check, {**self.slots, name: slot})

    def without_slot(self, name: SlotName) -> "KeyFile":
        """A copy that lacks the slot."""
        return KeyFile(self.store, self.key_check, {n: s for n, s in self.slots.items() if n is not name})


def authenticated_header(
    store: str, name: SlotName, salt: bytes, check: bytes, parameters: KdfParameters | None
) -> bytes:
    """What the cipher of a slot authenticates besides the key: everything around it that has a meaning."""
    head = {"format": FORMAT, "version": VERSION, "store": store, "slot": str(name)}
    return _canonical({**head, **_open_part(salt, check, parameters)})


def read(path: Path) -> KeyFile:
    """The key file at `path`. Raises KeyFileMissing, KeyFileDamaged, KeyFileNewer."""
    try:
        document = json.loads(safe_file.read_small(path, _MOST_BYTES))
    except FileNotFoundError as error:
        raise KeyFileMissing from error
    except (ValueError, RecursionError, OSError) as error:
        raise KeyFileDamaged(reason="unreadable") from error
    fields = _mapping(document)
    checksum = _text(fields, "checksum")
    body = {name: value for name, value in fields.items() if name != "checksum"}
    if _checksum(body) != checksum:
        raise KeyFileDamaged(reason="checksum")
    if _text(body, "format") != FORMAT:
        raise KeyFileDamaged(reason="format")
    version = _whole(body, "version")
    if version > VERSION:
        raise KeyFileNewer
    if version != VERSION:
        raise KeyFileDamaged(reason="version")
    return _parsed(body)


def write_new(path: Path, key_file: KeyFile) -> None:
    """Write the first key file of a store. Raises KeyFileExists, FolderUnwritable; nothing changes then."""
    try:
        safe_file.private_directory(path.parent)
        safe_file.write_new(path, _serialised(key_file))
    except FileExistsError as error:
        raise KeyFileExists from error
    except OSError as error:
        raise FolderUnwritable from error


def replace(path: Path, key_file: KeyFile) -> None:
    """Write a changed key file in place of the present one, whole or not at all. Raises FolderUnwritable."""
    try:
        safe_file.replace(path, _serialised(key_file))
    except OSError as error:
        raise FolderUnwritable from error


def _parsed(body: Mapping[str, object]) -> KeyFile:
    store = _text(body, "store")
    if len(store) != _STORE_DIGITS or not set(store) <= set("0123456789abcdef"):
        raise KeyFileDamaged(reason="store")
    slots: dict[SlotName, Slot] = {}
    for name, fields in _mapping(body.get("slots")).items():
        try:
            slot_name = SlotName(name)
        except ValueError as error:
            raise KeyFileDamaged(reason="unknown slot") from error
        slots[slot_name] = _parsed_slot(slot_name, _mapping(fields))
    if SlotName.PASSPHRASE not in slots:
        raise KeyFileDamaged(reason="no passphrase slot")
    return KeyFile(store, _bytes(body, "key_check", CHECK_BYTES), slots)


def _parsed_slot(name: SlotName, fields: Mapping[str, object]) -> Slot:
    parameters = None
    if name is SlotName.PASSPHRASE:
        if any(fields.get(key) != value for key, value in _KDF_NAMES.items()):
            raise KeyFileDamaged(reason="key derivation")
        parameters = KdfParameters(_whole(fields, "memory_kib"), _whole(fields, "passes"), _whole(fields, "lanes"))
    return Slot(
        _bytes(fields, "salt", SALT_BYTES),
        _bytes(fields, "check", CHECK_BYTES),
        _bytes(fields, "nonce", NONCE_BYTES),
        _bytes(fields, "wrapped", _WRAPPED_BYTES),
        parameters,
    )


def _serialised(key_file: KeyFile) -> bytes:
    body: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "store": key_file.store,
        "key_check": _base64(key_file.key_check),
        "slots": {
            str(name): {
                **_open_part(slot.salt, slot.check, slot.parameters),
                "nonce": _base64(slot.nonce),
                "wrapped": _base64(slot.wrapped),
            }
            for name, slot in key_file.slots.items()
        },
    }
    return json.dumps({**body, "checksum": _checksum(body)}, indent=1).encode() + b"\n"


def _open_part(salt: bytes, check: bytes, parameters: KdfParameters | None) -> dict[str, object]:
    part: dict[str, object] = {"salt": _base64(salt), "check": _base64(check)}
    if parameters is not None:
        part |= _KDF_NAMES
        part |= {
            "memory_kib": parameters.memory_kib,
            "passes": parameters.passes,
            "lanes": parameters.lanes,
        }
    return part


def _canonical(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _checksum(body: Mapping[str, object]) -> str:
    return hashlib.sha256(_canonical(body)).hexdigest()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise KeyFileDamaged(reason="not an object")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise KeyFileDamaged(reason=name)
    return value


def _whole(fields: Mapping[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise KeyFileDamaged(reason=name)
    return value


def _bytes(fields: Mapping[str, object], name: str, length: int) -> bytes:
    try:
        value = base64.b64decode(_text(fields, name), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFileDamaged(reason=name) from error
    if len(value) != length:
        raise KeyFileDamaged(reason=name)
    return value
