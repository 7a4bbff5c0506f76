"""A store as a kill leaves it, and as a close leaves it, for tests that damage copies of it."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.store import audit_log
from mdt_desktop.store.audit_log import Act
from mdt_desktop.store.database import Database
from mdt_desktop.store.problems import StoreDamaged, StoreNotCurrent
from mdt_desktop.store.transactions import writing
from tests.helpers.clocks import FrozenClock

KEY = DatabaseKey(hashlib.sha256(b"a key of tests").digest())
SOMEBODY = Actor("practitioner", "Robin Example", Role.CARE_NAVIGATOR, "Invented Council", "locality", "device")
FILES = ("mdt.db", "mdt.db-wal", "mdt.fresh")


@dataclass(frozen=True)
class Kept:
    """Copies of a store's files, and how many commits it had."""

    folder: Path
    commits: int

    def copy_to(self, target: Path) -> DataFolder:
        """A copy of its own to be damaged."""
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for name in FILES:
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, target / name)
        return DataFolder(target)


def opened(folder: DataFolder) -> Database:
    """The store opened as the program does it, but for the second that the passphrase takes."""
    database = Database.open(folder.database, KEY, folder.freshness)
    try:
        bootstrap._require_whole(database, lambda _: None)
        bootstrap._prepare(database, folder)
    except BaseException:
        database.close()
        raise
    return database


def refused_or_whole(folder: DataFolder) -> StoreProblem | None:
    """What the program says about a store that was damaged; None where it opens as if nothing were wrong."""
    try:
        opened(folder).close()
    except (StoreNotCurrent, StoreDamaged) as problem:
        return problem
    return None


def commit_one(database: Database, clock: FrozenClock, number: int) -> None:
    """One small acknowledged change."""
    with writing(database) as connection:
        connection.execute("INSERT INTO setting (key, value) VALUES (?, ?)", (f"row {number}", "x" * 200))
        audit_log.append(connection, SOMEBODY, clock(), [Act("change", "setting", f"row {number}")])


def made(folder: DataFolder) -> Database:
    """A new, migrated store without people."""
    folder.root.mkdir(parents=True, exist_ok=True)
    database = Database.create(folder.database, KEY)
    bootstrap._prepare(database, folder)
    return database


def keep(database: Database, folder: DataFolder, target: Path, commits: int) -> Kept:
    """Copy the files of a store as they lie there now: as a kill at this moment would leave them."""
    target.mkdir()
    for name in FILES:
        if (folder.root / name).exists():
            shutil.copyfile(folder.root / name, target / name)
    return Kept(target, commits)
