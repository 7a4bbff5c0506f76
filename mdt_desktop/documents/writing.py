"""The one place that puts a file where a person wants it: private, whole or not at all, never over another (R27)."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from mdt_desktop.domain.errors import BadInput, NotAllowed, StoreProblem
from mdt_desktop.domain.file_names import fault_of_name

_PRIVATE = 0o600
# Windows opens files in text mode unless told otherwise; POSIX has no such flag, and Windows no O_NOFOLLOW.
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
# A named pipe in place of a file would otherwise be waited for.
_PRESENT_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _PLAIN
_SHOWN = 60
_MOST_NUMBERED = 1_000


class FileNameRefused(BadInput):
    """A file cannot have this name on every system. `name` is the name, cut; `fault` a `NameFault`."""

    code = "file_name_refused"


class PaperFileExists(NotAllowed):
    """A file of that name is there already; it was not touched. `name` is the file's name."""

    code = "paper_file_exists"


class PaperNotSaved(StoreProblem):
    """The disk or the system refused; no partial file is left. `name` is the file's name, `reason` why."""

    code = "paper_not_saved"


class PaperHalfSaved(StoreProblem):
    """The disk refused to take the file and then to give it up: a part of it is still there. `name`, `reason`."""

    code = "paper_half_saved"


def require_name(name: str) -> None:
    """Raise FileNameRefused for what no file should have as its name (`domain.file_names`)."""
    fault = fault_of_name(name)
    if fault is not None:
        shown = "".join(sign if sign.isprintable() else "?" for sign in name[:_SHOWN])
        raise FileNameRefused(name=shown, fault=fault)


def free_place(folder: Path, name: str) -> Path:
    """A place in the folder for `name`, or for the first of `name-2`, `name-3`, … that nothing there has.

    Never outside the folder: raises FileNameRefused for what is no plain name.
    """
    require_name(name)
    stem, dot, kind = name.rpartition(".")
    wanted = name
    for number in range(2, _MOST_NUMBERED):
        if not os.path.lexists(folder / wanted):
            break
        wanted = f"{stem}-{number}{dot}{kind}"
    return folder / wanted


def write_new(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read, synced to the disk, whole or not at all, never over another.

    A link that is there counts as a file and is not followed. Raises FileNameRefused, PaperFileExists,
    PaperNotSaved, and PaperHalfSaved where even the removal of a part failed.
    """
    write_new_as_made(path, lambda file: file.write(content))


def write_new_as_made(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """As `write_new`, for what is too large to be held: `fill` writes it as it comes.

    Whatever `fill` raises is raised again once the part that was written is gone; of it, OSError as PaperNotSaved.
    """
    require_name(path.name)
    try:
        descriptor = os.open(path, _NEW_FILE, _PRIVATE)
    except FileExistsError as problem:
        raise PaperFileExists(name=path.name) from problem
    except (OSError, ValueError) as problem:
        raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem
    try:
        with os.fdopen(descriptor, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except BaseException as problem:
        # The file is ours: it was made by the exclusive open above.
        take_back(path)
        if isinstance(problem, OSError):
            raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem
        raise


def write_over_own(path: Path, content: bytes, begins: bytes) -> None:
    """As `write_new`, but an empty file, or one that begins as ours do, gives way to the new one.

    For lists that are made again and again under one name. Raises as `write_new`; what is there is whole then, the old
    list or the new one.
    """
    require_name(path.name)
    if not os.path.lexists(path):
        write_new(path, content)
        return
    try:
        is_own = _is_own(path, begins)
    except OSError as problem:
        raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem
    if not is_own:
        raise PaperFileExists(name=path.name)
    fresh = path.with_name(f".{os.urandom(8).hex()}.part")
    write_new(fresh, content)
    try:
        os.replace(fresh, path)
        _sync_folder(path.parent)
    except OSError as problem:
        take_back(fresh)
        raise PaperNotSaved(name=path.name, reason=_reason(problem)) from problem


def take_back(path: Path) -> None:
    """Remove a file that `write_new` made, where what belongs to it did not come about. Raises PaperHalfSaved."""
    try:
        path.unlink(missing_ok=True)
    except OSError as problem:
        raise PaperHalfSaved(name=path.name, reason=_reason(problem)) from problem


def _is_own(path: Path, begins: bytes) -> bool:
    """Whether a plain file, not a link, is empty or begins as ours do; never waits. Raises OSError."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return False
    descriptor = os.open(path, _PRESENT_FILE)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        return os.read(descriptor, len(begins)) in (b"", begins)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the name itself durable; Windows offers no such call for folders and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(problem: OSError | ValueError) -> str:
    if isinstance(problem, OSError) and problem.errno:
        return os.strerror(problem.errno)
    return "the name cannot be used"
