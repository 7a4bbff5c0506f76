"""One process for one store: a lock on a file, held while the program runs; the system lets it go with its holder."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

from mdt_desktop.store.problems import StoreInUse, StoreUnreadable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_OWNER_ONLY = 0o600
_LONGEST = 200
# Windows locks bytes, and locked ones cannot be read: the lock is far behind the words.
_LOCKED_BYTE = 4096


class HeldLock:
    """The right to work on a store; `release` gives it up, and so does the end of the process, however it ends."""

    def __init__(self, file: int) -> None:
        self._file = file

    def release(self) -> None:
        """Let another process have the store; a second call does nothing.

        The file stays: removing it would let two processes hold locks on two files of the same name.
        """
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def hold(path: Path, now: datetime) -> HeldLock:
    """Take the lock, without waiting. Raises StoreInUse where somebody holds it, StoreUnreadable."""
    try:
        file = os.open(path, _FLAGS, _OWNER_ONLY)
    except OSError as error:
        raise StoreUnreadable from error
    try:
        _lock(file)
        os.ftruncate(file, 0)
        os.write(file, json.dumps({"process": os.getpid(), "since": now.astimezone().strftime("%H:%M")}).encode())
    except BlockingIOError:
        since = _since(file)
        os.close(file)
        raise StoreInUse(since=since) from None
    except OSError as error:
        os.close(file)
        raise StoreUnreadable from error
    return HeldLock(file)


def _lock(file: int) -> None:
    """Raises BlockingIOError where it is held."""
    if sys.platform == "win32":
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
        os.lseek(file, 0, os.SEEK_SET)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _since(file: int) -> str:
    """When the holder took it, as it wrote down; "?" where that cannot be read."""
    try:
        os.lseek(file, 0, os.SEEK_SET)
        since = json.loads(os.read(file, _LONGEST))["since"]
    except (OSError, ValueError, KeyError, TypeError):
        return "?"
    return since if isinstance(since, str) and len(since) == len("09:30") else "?"
