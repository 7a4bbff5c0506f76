"""Makes the n-th call that touches a file fail, as a full, read-only or dying disk would (SECURITY R12).

Two injectors do the same at two depths: `PythonCalls` in this process, for calls of the program's own modules, and
`LibraryCalls` beneath Python and SQLite, by a small C library that is loaded before all others.
"""

import ctypes
import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

ERRORS: Final = (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
"""The disk is full, the file may not be touched, the disk is read-only, the disk is dying."""

_NAMED = ("open", "rename", "replace", "link")
_BY_NUMBER = ("write", "fsync", "ftruncate")
_PROGRAM = "mdt_desktop."
_GO_BETWEENS = frozenset({"pathlib", "os", "shutil", "tempfile", "contextlib", __name__})
_SOURCE = Path(__file__).with_name("failing_calls.c")


class Calls(Protocol):
    """What can be made to fail. `count` and `failed` are of the time since the last `failing` block began."""

    def failing(self, below: Path, at: int, error: int, *, onwards: bool = False) -> Any:
        """A block in which the `at`-th call on a file below a folder fails (0: none), or all from it `onwards`."""

    def count(self) -> int:
        """How many calls there were."""

    def failed(self) -> str:
        """The call that failed first, and on which file; empty where none did."""


class PythonCalls:
    """Calls of `os` that the program's own modules make, also through `pathlib`."""

    def __init__(self) -> None:
        self._count, self._failed = 0, ""

    def count(self) -> int:
        return self._count

    def failed(self) -> str:
        return self._failed

    @contextmanager
    def failing(self, below: Path, at: int, error: int, *, onwards: bool = False) -> Iterator[None]:
        self._count, self._failed = 0, ""
        root = os.fspath(below)

        def meet(call: str, place: str) -> None:
            if not (place == root or place.startswith(f"{root}{os.sep}")) or not _is_the_programs():
                return
            self._count += 1
            if at and (self._count == at or (onwards and self._count > at)):
                self._failed = self._failed or f"{call} {place.removeprefix(root)}"
                raise OSError(error, os.strerror(error), place)

        before = {name: getattr(os, name) for name in (*_NAMED, *_BY_NUMBER, "fdopen")}
        for name in _NAMED:
            setattr(os, name, _by_path(name, before[name], meet))
        for name in _BY_NUMBER:
            setattr(os, name, _by_number(name, before[name], meet))
        setattr(os, "fdopen", _opening(before["fdopen"], meet))  # noqa: B010  # as for the others
        try:
            yield
        finally:
            for name, real in before.items():
                setattr(os, name, real)


class LibraryCalls:
    """Calls that reach the C library from anywhere in a process that was started with `environment(...)`."""

    def __init__(self) -> None:
        """Raises AttributeError in a process that was not."""
        self._library = ctypes.CDLL(None)
        self._library.failing_count.restype = ctypes.c_long
        self._library.failing_last.restype = ctypes.c_char_p
        self._count, self._failed = 0, ""

    def count(self) -> int:
        return self._count

    def failed(self) -> str:
        return self._failed

    @contextmanager
    def failing(self, below: Path, at: int, error: int, *, onwards: bool = False) -> Iterator[None]:
        self._library.failing_arm(os.fsencode(below), ctypes.c_long(at), error, int(onwards))
        try:
            yield
        finally:
            self._count, self._failed = self._library.failing_count(), self._library.failing_last().decode()
            self._library.failing_arm(b"", ctypes.c_long(0), 0, 0)


def built_library(folder: Path) -> Path:
    """Compile the C library into `folder` with the system's own compiler. Raises CalledProcessError."""
    library = folder / "failing_calls.so"
    if not library.exists():
        command = ["cc", "-Wall", "-Werror", "-O1", "-shared", "-fPIC", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
    return library


def environment(library: Path) -> dict[str, str]:
    """The environment of a process in which `LibraryCalls` works."""
    return {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _is_the_programs() -> bool:
    """Whether the program, and not a library or the test, made the call that is being counted."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        name = str(frame.f_globals.get("__name__", ""))
        if name not in _GO_BETWEENS:
            return name.startswith(_PROGRAM)
    return False


def _by_path(name: str, real: Callable[..., Any], meet: Callable[[str, str], None]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        # Of two names the second is the one that comes about.
        meet(name, os.path.abspath(os.fsdecode(arguments[0 if name == "open" else 1])))
        return real(*arguments, **options)

    return call


def _by_number(name: str, real: Callable[..., Any], meet: Callable[[str, str], None]) -> Callable[..., Any]:
    def call(descriptor: int, *arguments: Any) -> Any:
        meet(name, _place_of(descriptor))
        return real(descriptor, *arguments)

    return call


def _opening(real: Callable[..., Any], meet: Callable[[str, str], None]) -> Callable[..., Any]:
    """`os.fdopen` whose files count each write: those of a file object do not pass through `os.write`."""

    def call(descriptor: int, *arguments: Any, **options: Any) -> Any:
        file: io.IOBase = real(descriptor, *arguments, **options)
        write: Callable[[Any], int] = getattr(file, "write")  # noqa: B009  # of any kind of file

        def counted(content: Any) -> int:
            meet("write", _place_of(descriptor))
            return write(content)

        return _Counting(file, counted)

    return call


class _Counting:
    """A file whose writes go by another way."""

    def __init__(self, file: io.IOBase, write: Callable[[Any], int]) -> None:
        self._file, self.write = file, write

    def __enter__(self) -> "_Counting":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _place_of(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return ""
