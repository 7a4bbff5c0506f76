"""The backups that lie in a data folder, as far as they can be judged without a key; the mark of a suspect store."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from mdt_desktop.domain.backups import SUSPECT, Newest, Occasion, place_in_row, stamp
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.domain.retention import Kept
from mdt_desktop.paths import DataFolder, write_privately
from mdt_desktop.security import key_envelope, safe_file
from mdt_desktop.store import backup, backup_file
from mdt_desktop.store.backup_file import BackupFile

_here = Lock()  # beside the lock of the folder, which Windows does not know


@dataclass(frozen=True, slots=True)
class BackupSummary:
    """One backup for a list. Of a damaged one only the name and the minute in it are known.

    `size` is that of the file in bytes; `last_change` the newest change in it; `of_this_store` False for a backup of
    another store that lies here.
    """

    path: Path
    made_at: datetime
    size: int
    whole: bool
    of_this_store: bool = True
    occasion: Occasion | None = None
    app_version: str = ""
    people: int = 0
    cases: int = 0
    care_plans: int = 0
    audit_entries: int = 0
    last_change: datetime | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def shelf(folder: DataFolder) -> tuple[BackupSummary, ...]:
    """All backups of the folder, the newest first; damaged ones too. An unreadable folder has none."""
    store = _store_id(folder)
    named = ((place, path) for path in _files(folder) if (place := place_in_row(path.name)) is not None)
    return tuple(_judged(path, place[0], store) for place, path in sorted(named, reverse=True))


def summary_of(found: BackupFile, store: str = "") -> BackupSummary:
    """The summary of a backup whose head was read; `store` is the id of the store it would be restored into."""
    header, state = found.header, found.header.state
    return BackupSummary(
        path=found.path,
        made_at=header.created_at,
        size=found.size,
        whole=True,
        of_this_store=not store or header.store == store,
        occasion=header.occasion,
        app_version=header.app_version,
        people=state.people,
        cases=state.cases,
        care_plans=state.care_plans,
        audit_entries=state.audit_entries,
        last_change=state.last_change,
    )


def newest_of(folder: DataFolder, store: str) -> Newest | None:
    """The newest whole backup of a store, for the question whether another is due."""
    found = max(_own(folder, store), key=lambda it: it.header.created_at, default=None)
    return None if found is None else Newest(found.header.created_at, found.header.state)


def newest_file(folder: DataFolder, store: str) -> BackupFile | None:
    """The newest whole backup of a store, as a file."""
    return max(_own(folder, store), key=lambda it: it.header.created_at, default=None)


def kept(folder: DataFolder, store: str) -> list[Kept]:
    """The whole backups of a store, for deciding which stay: what is damaged or of another store is left alone."""
    return [Kept(it.path.name, it.header.created_at, it.size) for it in _own(folder, store)]


def remove(folder: DataFolder, names: Iterable[str]) -> None:
    """Remove backups by name. Raises OSError."""
    for name in names:
        safe_file.remove(folder.backups / name)


@contextmanager
def one_maker(folder: DataFolder) -> Iterator[None]:
    """Wait for whoever else makes or restores a backup of this folder, in this process or another; then tidy up.

    What a killed process left half-made is removed: whoever holds the lock is the only one who makes anything.
    Raises OSError where the folder cannot be made.
    """
    folder.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix":
        folder.backups.chmod(0o700)
    with _here, safe_file.one_at_a_time(folder.backups):
        for path in folder.backups.iterdir():
            if path.name.startswith(".") and backup.PART in path.name:
                path.unlink(missing_ok=True)
        yield


def is_suspect(folder: DataFolder) -> bool:
    """Whether a check has found the store damaged: then no backup of it is made, and none is removed."""
    return (folder.backups / SUSPECT).exists()


def mark_suspect(folder: DataFolder, now: datetime) -> None:
    """A check has found damage. A disk that does not take the mark is no further failure."""
    with suppress(OSError):
        folder.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_privately(folder.backups / SUSPECT, stamp(now).encode())


def clear_suspect(folder: DataFolder) -> None:
    """A whole check has found nothing, or another store was put in the place of the damaged one."""
    with suppress(OSError):
        (folder.backups / SUSPECT).unlink(missing_ok=True)


def _store_id(folder: DataFolder) -> str:
    """The id of the store in the folder; empty where its key file is missing or damaged."""
    try:
        return key_envelope.store_id(folder.key_file)
    except MdtError:
        return ""


def _files(folder: DataFolder) -> list[Path]:
    try:
        return list(folder.backups.iterdir())
    except OSError:
        return []


def _own(folder: DataFolder, store: str) -> Iterator[BackupFile]:
    for path in _files(folder):
        if place_in_row(path.name) is not None:
            with suppress(MdtError):
                found = backup_file.read(path)
                if found.header.store == store:
                    yield found


def _judged(path: Path, minute: datetime, store: str) -> BackupSummary:
    try:
        return summary_of(backup_file.read(path), store)
    except MdtError:
        size = 0
        with suppress(OSError):
            size = path.stat().st_size
        return BackupSummary(path, minute, size, whole=False)
