"""What tests of backups do again and again: make a store, change it, close it, look at what is left."""

import hashlib
from pathlib import Path

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.backups import Backups
from mdt_desktop.services.identity import Identity
from mdt_desktop.services.restoring import Restoring
from mdt_desktop.store import audit_log, store_settings
from mdt_desktop.store.transactions import writing
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, add_person, add_practice, make_store

OTHER_PASSPHRASE = "copper rowing thistle lantern"
NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069", "9990000077")


class Desk:
    """An open store with one person of one practice."""

    def __init__(self, folder: DataFolder, clock: FrozenClock) -> None:
        self.folder, self.clock = folder, clock
        self.program, recovery_key = make_store(folder, clock)
        self.recovery_key = recovery_key.text()
        self.practice = add_practice(self.program)
        self.people = 0
        self.add_person()

    @property
    def backups(self) -> Backups:
        """The backups of the open store."""
        return self.program.services.backups

    @property
    def restoring(self) -> Restoring:
        """Restores into the folder."""
        return Restoring(self.folder, self.clock)

    def add_person(self) -> str:
        """One more person; their id."""
        self.people += 1
        return add_person(self.program, self.practice, nhs_number=NUMBERS[self.people - 1])

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self.program.close()

    def open(self, passphrase: str = PASSPHRASE) -> Program:
        """Open it again."""
        self.program = bootstrap.open_with_passphrase(self.folder, passphrase, clock=self.clock)
        return self.program

    def restore(self, path: Path, typed: str = PASSPHRASE, reason: str = "") -> Path | None:
        """Close the store and restore a backup, as the command does; where what it replaced lies."""
        self.close()
        unlocked = self.restoring.unlock(path, typed)
        self.restoring.make_ready(path, unlocked, reason)
        unlocked.wipe()
        return self.restoring.finish()


def another_store(folder: DataFolder, clock: FrozenClock, passphrase: str = OTHER_PASSPHRASE) -> Program:
    """A store of other people under another passphrase, open."""
    identity = Identity("Kim Sample", IDENTITY.role, "Invented Trust", "South")
    return bootstrap.create_store(folder, passphrase, identity, parameters=FLOOR, clock=clock)[0]


def commit(desk: Desk, day: int) -> None:
    """A commit that changes next to nothing: the number of a day."""
    with writing(desk.program.access.database) as connection:
        store_settings.write(connection, "test.day", str(day))


def day_of(program: Program) -> int:
    """The number of the day that was committed last."""
    return int(store_settings.read(program.access.database.reader, "test.day", "-1"))


def people_in(program: Program) -> int:
    """How many people an open store has."""
    return int(program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()[0])


def require_sound(program: Program) -> None:
    """Every page, reference and audit entry of an open store is whole."""
    assert program.access.database.check().sound
    assert audit_log.first_broken(program.access.database.reader) is None


def contents(root: Path) -> dict[str, str]:
    """SHA-256 of every file under a folder by its path in it."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def names(folder: DataFolder) -> list[str]:
    """Names of everything that lies among the backups."""
    return sorted(path.name for path in folder.backups.iterdir()) if folder.backups.exists() else []
