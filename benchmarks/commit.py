"""A save with its commit noted outside the store against the same save without, in turns on two equal stores."""

import hashlib
import statistics
import sys
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.floors import line, milliseconds
from mdt_desktop import bootstrap
from mdt_desktop.domain.actor import Actor
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Locality
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.store.database import Database
from mdt_desktop.store.unit_of_work import UnitOfWork

GOAL = 1.15
TIMES = 2000
KEY = DatabaseKey(hashlib.sha256(b"a key of benchmarks").digest())
SOMEBODY = Actor("practitioner", "Ada Invented", Role.CARE_NAVIGATOR, "Invented Council", "locality", "device")


def made(root: Path) -> tuple[Database, DataFolder]:
    """A new store whose commits are noted."""
    root.mkdir()
    folder = DataFolder(root)
    database = Database.create(folder.database, KEY)
    bootstrap._prepare(database, folder)
    return database, folder


def save(database: Database) -> None:
    """One record with its audit entry and its outgoing operation, as every save of the program."""
    with UnitOfWork(database, SOMEBODY, datetime.now(UTC)) as work:
        id_ = str(uuid.uuid4())
        work.add(Locality(id=id_, name=f"Invented {id_}"))


def main() -> int:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory(prefix="mdt-commit-") as root:
        noted, _ = made(Path(root) / "noted")
        bare, _ = made(Path(root) / "bare")
        watch, bare.writer.watch = bare.writer.watch, None
        for database in (noted, bare):
            for _ in range(50):
                save(database)
        figures: tuple[list[float], list[float]] = ([], [])
        for _ in range(TIMES):
            for database, taken in zip((noted, bare), figures, strict=True):
                taken.append(milliseconds(lambda database=database: save(database)))  # type: ignore[misc]
        for what, middle in (("median", statistics.median), ("mean, with the foldings", statistics.mean)):
            print(line(f"a save noted outside, {what}", middle(figures[0]), middle(figures[1]), GOAL))
        bare.writer.watch = watch
        noted.close()
        bare.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
