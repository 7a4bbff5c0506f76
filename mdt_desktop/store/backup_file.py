"""The backup file: a short head that tells what is in it, then an SQLCipher database under a key of its own.

    16 bytes  MAGIC              4 bytes  length of the header      header   JSON, see `BackupHeader`
     2 bytes  version            32 bytes SHA-256 of the header     database the rest of the file

All numbers are big-endian. Nothing in the header is about a person. What opens the database stands in SECURITY.md.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import stat
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from mdt_desktop.domain.backups import Occasion, StoreState
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.words import words

MAGIC = b"\x8dMDT-BACKUP\r\n\x1a\n\x00"
"""The line ends and the high bit tell a file that was sent as text."""
VERSION = 1
MOST_HEADER_BYTES = 64 * 1024
CHUNK = 1024 * 1024
_FRONT = struct.Struct(">16sHI32s")
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)
_MOST = 2**53

Going = Callable[[], None]
"""Called between two pieces of long work; what it raises stops the work."""


class BackupMissing(StoreProblem):
    """There is no such file, or the system does not let it be read. Values: `file`, `reason`."""

    code = "backup_missing"


class NotABackup(StoreProblem):
    """The file is empty or was not made by this program. Values: `file`."""

    code = "not_a_backup"


class BackupDamaged(StoreProblem):
    """The file is a backup that was cut off or changed. Values: `file`, and `reason`, words for the log."""

    code = "backup_damaged"


class BackupNewer(StoreProblem):
    """The backup was made by a newer version of the program. Values: `file`."""

    code = "backup_newer"


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup says of itself before anything is unlocked.

    `store` is the id in the key file, `key_file` the whole key file of that day, `wrapped_key` the backup's own key
    wrapped under the database key of that day, with everything else here as authenticated data.
    """

    store: str
    created_at: datetime
    occasion: Occasion
    app_version: str
    state: StoreState
    size: int
    sha256: str
    key_file: bytes
    wrapped_key: bytes = b""

    def sealed(self) -> bytes:
        """Everything but the wrapped key, in one form: the authenticated data of the wrapping."""
        return json.dumps(self._fields(), sort_keys=True, separators=(",", ":")).encode()

    def with_key(self, wrapped_key: bytes) -> "BackupHeader":
        """The whole header, once the backup's key is wrapped."""
        return replace(self, wrapped_key=wrapped_key)

    def bytes(self) -> bytes:
        """The head of the file, up to where the database begins. Raises ValueError for one that is too long."""
        header = json.dumps(self._fields() | {"wrapped_key": _base64(self.wrapped_key)}).encode()
        if len(header) > MOST_HEADER_BYTES:
            raise ValueError("the header is too long")
        return _FRONT.pack(MAGIC, VERSION, len(header), hashlib.sha256(header).digest()) + header

    def _fields(self) -> dict[str, object]:
        state = asdict(self.state)
        state["last_change"] = _written(self.state.last_change)
        return {
            "store": self.store,
            "created_at": _written(self.created_at),
            "occasion": self.occasion.value,
            "app_version": self.app_version,
            "state": state,
            "size": self.size,
            "sha256": self.sha256,
            "key_file": _base64(self.key_file),
        }


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup whose head was read: it is one of ours, and as long as it says."""

    path: Path
    header: BackupHeader
    starts_at: int

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.starts_at + self.header.size


def read(path: Path) -> BackupFile:
    """Read and judge the head of a file; the database in it is not looked at.

    Raises BackupMissing, NotABackup, BackupDamaged, BackupNewer.
    """
    try:
        with _opened(path) as file:
            length = os.fstat(file.fileno()).st_size
            front, header = _head(file, path.name)
    except OSError as error:
        raise BackupMissing(file=path.name, reason=_why(error)) from error
    starts_at = len(front) + len(header)
    try:
        parsed = _parsed(json.loads(header))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise BackupDamaged(file=path.name, reason="header") from error
    if length != starts_at + parsed.size:
        raise BackupDamaged(file=path.name, reason="length")
    return BackupFile(path, parsed, starts_at)


def write_database(head: bytes, database: Path, target: BinaryIO, going: Going) -> None:
    """Write the head and then a finished database behind it, down to the disk. Raises OSError."""
    target.write(head)
    with database.open("rb") as source:
        while chunk := source.read(CHUNK):
            going()
            target.write(chunk)
    target.flush()
    os.fsync(target.fileno())


def extract_database(backup: BackupFile, target: Path, going: Going) -> None:
    """Write the database of a backup to a new file (0600) and compare its checksum.

    Raises BackupDamaged, BackupMissing where the backup cannot be read, and OSError where `target` cannot be
    written; then nothing of it stays.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _pass_on(backup, file.write, going)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def check_bytes(backup: BackupFile, going: Going) -> None:
    """Compare every byte of the database with its checksum. Raises BackupDamaged, BackupMissing."""
    _pass_on(backup, lambda _: 0, going)


def sha256_of(path: Path, going: Going) -> str:
    """SHA-256 of a file in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            going()
            digest.update(chunk)
    return digest.hexdigest()


def _pass_on(backup: BackupFile, take: Callable[[bytes], object], going: Going) -> None:
    digest, name = hashlib.sha256(), backup.path.name
    try:
        file = _opened(backup.path)
    except OSError as error:
        raise BackupMissing(file=name, reason=_why(error)) from error
    with file:
        file.seek(backup.starts_at)
        while True:
            going()
            try:
                chunk = file.read(CHUNK)
            except OSError as error:
                raise BackupMissing(file=name, reason=_why(error)) from error
            if not chunk:
                break
            digest.update(chunk)
            take(chunk)
    if digest.hexdigest() != backup.header.sha256:
        raise BackupDamaged(file=name, reason="checksum")


def _opened(path: Path) -> BinaryIO:
    """A regular file to be read; anything else, such as a pipe that would never end, is refused as unreadable."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "")
    return os.fdopen(descriptor, "rb")


def _head(file: BinaryIO, name: str) -> tuple[bytes, bytes]:
    front = file.read(_FRONT.size)
    if not front.startswith(MAGIC):
        raise NotABackup(file=name)
    if len(front) < _FRONT.size:
        raise BackupDamaged(file=name, reason="front")
    _, version, length, checksum = _FRONT.unpack(front)
    if version > VERSION:
        raise BackupNewer(file=name)
    if version < 1 or length > MOST_HEADER_BYTES:
        raise BackupDamaged(file=name, reason="front")
    header = file.read(length)
    if len(header) < length or hashlib.sha256(header).digest() != checksum:
        raise BackupDamaged(file=name, reason="header")
    return front, header


def _why(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else words("backup.not_a_file")


def _parsed(fields: Mapping[str, object]) -> BackupHeader:
    """Strictly; raises ValueError, TypeError or KeyError for anything this program would not have written."""
    state = fields["state"]
    if not isinstance(state, dict):
        raise TypeError("state")
    last_change = state["last_change"]
    counts = {name: _whole(state, name) for name in ("counter", "people", "cases", "care_plans", "audit_entries")}
    return BackupHeader(
        store=_hex(fields, "store", 32),
        created_at=_moment(fields["created_at"]),
        occasion=Occasion(_text(fields, "occasion")),
        app_version=_text(fields, "app_version"),
        state=StoreState(
            revision=_text(state, "revision"),
            last_audit_hash=_hex(state, "last_audit_hash", 64),
            last_change=None if last_change is None else _moment(last_change),
            **counts,
        ),
        size=_whole(fields, "size"),
        sha256=_hex(fields, "sha256", 64),
        key_file=_bytes(fields, "key_file"),
        wrapped_key=_bytes(fields, "wrapped_key"),
    )


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or len(value) > 100:
        raise ValueError(name)
    return value


def _hex(fields: Mapping[str, object], name: str, digits: int) -> str:
    value = _text(fields, name)
    if len(value) != digits or not _HEX.fullmatch(value):
        raise ValueError(name)
    return value


def _whole(fields: Mapping[str, object], name: str) -> int:
    value = fields[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST:
        raise ValueError(name)
    return value


def _bytes(fields: Mapping[str, object], name: str) -> bytes:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(name)
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(name) from error


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise TypeError("moment")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("moment")
    return moment.astimezone(UTC)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
