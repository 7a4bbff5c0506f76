"""Where things lie: shipped resources and migrations, and the one private folder of a laptop's data."""

import contextlib
import errno
import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mdt_desktop.domain.backups import SUSPECT, place_in_row
from mdt_desktop.domain.errors import StoreProblem

FOLDER_MODE = 0o700
FILE_MODE = 0o600
RESTORE_PLAN = "plan.json"
"""Lies in `DataFolder.restoring` once a restore is to be finished whatever happens."""

_PACKAGE = Path(__file__).resolve().parent
# Windows opens files in text mode unless told otherwise; POSIX has no such flag, and Windows no O_NOFOLLOW.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class DataFolderUnusable(StoreProblem):
    """The data folder cannot be made or used; `folder` says which, `reason` why in words."""

    code = "data_folder_unusable"


def _shipped_root() -> Path:
    """The folder that holds `resources` and `db`, in a frozen program, in a wheel or in a checkout.

    Raises FileNotFoundError when the program was installed without them, which is a fault of the package.
    """
    candidates: list[Path] = []
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        candidates.append(Path(str(frozen)))
    candidates += [_PACKAGE / "_shipped", _PACKAGE.parent]
    for candidate in candidates:
        if (candidate / "resources").is_dir() and (candidate / "db").is_dir():
            return candidate
    raise FileNotFoundError("The folders resources and db are missing beside the program.")


def resources_dir() -> Path:
    """Questionnaires, code lists, rules, styles, icons, fonts and words; only ever read."""
    return _shipped_root() / "resources"


def migrations_dir() -> Path:
    """The Alembic folders `local` and `central`."""
    return _shipped_root() / "db"


def default_data_dir() -> Path:
    """The user's own data folder of this system. Not the roaming one: the store must never be copied to a
    server profile at log-off (SECURITY R14)."""
    # Loaded here: whoever names a folder does not need it.
    found: str = importlib.import_module("platformdirs").user_data_dir("mdt-desktop", appauthor=False, roaming=False)
    return Path(found)


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One laptop's private folder and the fixed names of the files in it (SECURITY R9, R27).

    All names are chosen here, none is taken from a person or a file, and `file_names` is the whole list of
    what may ever lie in the folder.
    """

    root: Path

    @classmethod
    def default(cls) -> "DataFolder":
        """The folder used when no `--data-dir` is given."""
        return cls(default_data_dir())

    @property
    def database(self) -> Path:
        """The SQLCipher store; SQLite adds its `-wal` and `-shm` beside it."""
        return self.root / "mdt.db"

    @property
    def key_file(self) -> Path:
        """The store's key, wrapped; worthless without the passphrase."""
        return self.root / "mdt.key"

    @property
    def next_database(self) -> Path:
        """The store under its next key, while the key is being changed."""
        return self.root / "mdt.db.next"

    @property
    def next_key_file(self) -> Path:
        """The next key, wrapped, while the key is being changed."""
        return self.root / "mdt.key.next"

    @property
    def attempts(self) -> Path:
        """Failed unlocks, so that the growing delay survives a restart (SECURITY R5)."""
        return self.root / "attempts.json"

    @property
    def freshness(self) -> Path:
        """The newest change known outside the store, so that a rolled-back store is noticed (SECURITY R6)."""
        return self.root / "mdt.fresh"

    @property
    def lock(self) -> Path:
        """Held while the program runs: one process for one store (SECURITY R14)."""
        return self.root / "mdt.lock"

    @property
    def settings(self) -> Path:
        """How this laptop shows things; no personal data."""
        return self.root / "settings.json"

    @property
    def damaged_settings(self) -> Path:
        """The last settings file that could not be read, kept aside."""
        return self.root / "settings.damaged.json"

    @property
    def log(self) -> Path:
        """The structured log; older parts are `mdt.log.1` and so on."""
        return self.root / "mdt.log"

    @property
    def crash_log(self) -> Path:
        """Where a crash of the interpreter itself leaves its stack: module names and lines, no values."""
        return self.root / "crash.log"

    @property
    def backups(self) -> Path:
        """The folder of the backups, one encrypted file each (SECURITY R16)."""
        return self.root / "backups"

    @property
    def replaced(self) -> Path:
        """What restores took out of the folder, one folder each; nothing in it is ever removed by the program."""
        return self.root / "replaced"

    @property
    def restoring(self) -> Path:
        """Where a restore is made ready; it is there only until the restored store is in its place."""
        return self.root / "restoring"

    def side_files(self) -> tuple[Path, ...]:
        """What SQLite may lay beside the store."""
        return _beside(self.database)

    def next_files(self) -> tuple[Path, ...]:
        """What a change of the key may leave when it is cut short, the key file last: without it the rest is noise."""
        return (*_beside(self.next_database), self.next_database, self.next_key_file)

    def file_names(self) -> frozenset[str]:
        """Every name that the program itself may give to a file or folder in the folder."""
        single = (
            self.database,
            self.key_file,
            self.attempts,
            self.freshness,
            self.lock,
            self.settings,
            self.damaged_settings,
            self.log,
            self.crash_log,
            self.backups,
            self.replaced,
            self.restoring,
        )
        beside = {path.name for path in (*self.side_files(), *self.next_files())}
        older_logs = {f"{self.log.name}.{number}" for number in range(1, 4)}
        return frozenset({path.name for path in single} | beside | older_logs)

    def has_pending_restore(self) -> bool:
        """Whether a restored store lies ready, which the next opening puts in its place."""
        return (self.restoring / RESTORE_PLAN).exists()

    def knows(self, path: Path) -> bool:
        """Whether the program may have made this file or folder, wherever under the root it lies."""
        try:
            place = path.relative_to(self.root).parts
        except ValueError:
            return False
        if len(place) < 2:
            return bool(place) and place[0] in self.file_names()
        if place[0] == self.backups.name:
            return len(place) == 2 and (place_in_row(place[1]) is not None or place[1] == SUSPECT)
        if place[0] == self.replaced.name:
            return len(place) == 2 or (len(place) == 3 and place[2] in self.file_names())
        return place[0] == self.restoring.name and len(place) == 2

    def create(self) -> "DataFolder":
        """Make the folder, readable by its owner only; one that is there is tightened. Returns itself.

        Raises DataFolderUnusable when it cannot be made, is not a folder, or belongs to somebody else.
        """
        try:
            self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if os.name == "posix":
                self.root.chmod(FOLDER_MODE)
        except OSError as problem:
            reason = os.strerror(problem.errno) if problem.errno else "the system refused"
            raise DataFolderUnusable(folder=str(self.root), reason=reason) from problem
        return self


def _beside(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(f"{database.name}{end}") for end in ("-wal", "-shm", "-journal"))


@contextlib.contextmanager
def _new_file_beside(path: Path) -> Iterator[tuple[int, Path]]:
    """A fresh private file in the same folder; removed again unless it was moved to its place."""
    fresh = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(fresh, _NEW_FILE, FILE_MODE)
    try:
        yield descriptor, fresh
    finally:
        fresh.unlink(missing_ok=True)


def write_privately(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all: a new 0600 file, synced to disk, then moved over the old.

    Raises OSError; the old file is then untouched and nothing is left beside it.
    """
    with _new_file_beside(path) as (descriptor, fresh):
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    sync_folder(path.parent)


def append_privately(path: Path, content: bytes) -> None:
    """Append `content` in one write to a file that is made 0600 where there is none, and sync it to disk.

    Raises OSError.
    """
    descriptor = os.open(path, (_NEW_FILE & ~os.O_EXCL) | os.O_APPEND, FILE_MODE)
    try:
        if os.write(descriptor, content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the move itself durable; Windows offers no such call for folders and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
