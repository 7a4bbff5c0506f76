"""Small files for the owner only, written whole or not at all."""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_POSIX = os.name == "posix"
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@contextmanager
def one_at_a_time(directory: Path) -> Iterator[None]:
    """Wait for whoever else is inside with the same directory, in this process or another.

    Where the system knows no such lock (Windows, some network drives) nobody waits. The lock ends with its holder.
    """
    with ExitStack() as held:
        if sys.platform != "win32":
            with suppress(OSError):
                descriptor = os.open(directory, os.O_RDONLY)
                held.callback(os.close, descriptor)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def private_directory(path: Path) -> None:
    """Make `path` a directory that only its owner may enter (0700).

    A directory that exists and holds something is left as it is: it may be shared on purpose, and
    the files in it are private by themselves.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _POSIX and path.stat().st_uid == os.geteuid() and not any(path.iterdir()):
        path.chmod(0o700)


def write_new(path: Path, content: bytes) -> None:
    """Write a file (0600) that must not exist yet; if it does, raise FileExistsError and change nothing."""
    part = _written_part(path, content)
    try:
        try:
            # A hard link appears whole and, unlike a rename, never replaces what is there.
            os.link(part, path)
        except OSError as error:
            if isinstance(error, FileExistsError) or error.errno not in _NO_HARD_LINKS:
                raise
            _write(path, content)
    finally:
        part.unlink(missing_ok=True)
    try:
        sync_directory(path.parent)
    except OSError:
        # Told as not written, it must not be found there: a key file alone would bar the way to a new store.
        path.unlink(missing_ok=True)
        raise


def replace(path: Path, content: bytes) -> None:
    """Write a file (0600) in place of the one that may be there: readers see the old or the new one."""
    part = _written_part(path, content)
    try:
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there, so that a power cut does not bring it back."""
    path.unlink(missing_ok=True)
    sync_directory(path.parent)


def read_small(path: Path, limit: int) -> bytes:
    """Content of a regular file of at most `limit` bytes.

    Raises FileNotFoundError, and ValueError if it is something else or larger.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("not a regular file")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("too large")
    return content


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable; Windows has no such call and does it by itself."""
    if not _POSIX:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written_part(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    _write(part, content)
    return part


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, _WRITE_FLAGS, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
