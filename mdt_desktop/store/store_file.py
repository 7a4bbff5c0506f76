"""The store as a file: whether it may be opened or made at a place, its name, and that nobody else reads it."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from mdt_desktop.paths import FILE_MODE
from mdt_desktop.store.problems import (
    StoreDamaged,
    StoreExists,
    StoreForeign,
    StoreMissing,
    StorePlain,
    StoreUnreadable,
)

_PLAIN_HEADER = b"SQLite format 3\0"
_OTHER_HEADERS = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\x1f\x8b\x08\x00", b"\x7fELF")
_SIDE_FILES = ("-wal", "-shm", "-journal")


def publish(part: Path, path: Path) -> None:
    """Give the finished file its name without ever replacing one. Raises FileExistsError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this file system. One process at a time works in the folder.
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)


def remove_with_side_files(path: Path) -> None:
    """Remove a store file and what SQLite laid beside it."""
    for name in (path, *(Path(f"{path}{suffix}") for suffix in _SIDE_FILES)):
        name.unlink(missing_ok=True)


def refuse_present_file(path: Path) -> None:
    """Nothing may be there where a store is to be made.

    Raises StoreExists, StorePlain, StoreForeign, StoreUnreadable.
    """
    try:
        refuse_other_files(path)
    except StoreMissing:
        # An old log beside a new database would be taken for its own.
        if any(Path(f"{path}{suffix}").exists() for suffix in _SIDE_FILES) or path.is_symlink():
            raise StoreExists from None
        return
    except StoreDamaged as error:
        raise StoreExists from error
    raise StoreExists


def refuse_other_files(path: Path) -> None:
    """Judge the file by its kind, owner and first bytes, before SQLite touches it.

    Raises StoreMissing, StorePlain, StoreForeign, StoreDamaged, StoreUnreadable.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or (os.name == "posix" and status.st_uid != os.geteuid()):
            raise StoreForeign
        head = _head(path)
    except FileNotFoundError as error:
        raise StoreMissing from error
    except OSError as error:
        raise StoreUnreadable from error
    if head == _PLAIN_HEADER:
        raise StorePlain
    if not head:
        # SQLite would take an empty file for a new database.
        raise StoreDamaged
    # Our first 16 bytes are a random salt: all of them being text happens once in five million stores.
    if head.startswith(_OTHER_HEADERS) or all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head):
        raise StoreForeign


def lies_open(path: Path) -> bool:
    """Whether the file is empty or a plain database, which an encrypted one never is."""
    return _head(path) in (b"", _PLAIN_HEADER)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_PLAIN_HEADER))


def size_of(path: Path) -> int:
    """Bytes; 0 where there is no file."""
    return path.stat().st_size if path.exists() else 0


def keep_to_owner(path: Path) -> None:
    """Take group and others off files that a copy or a restore has left open to them."""
    if os.name != "posix":
        return
    for name in (path, *(Path(f"{path}{suffix}") for suffix in _SIDE_FILES)):
        with suppress(FileNotFoundError):
            if name.stat().st_mode & 0o077:
                name.chmod(FILE_MODE)
