"""Real stores for tests: an encrypted store in a fresh folder, and a practice with people in it."""

import hashlib
from datetime import date
from typing import Any

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.organisations import Role
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Person, Practice
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.services.access import Clock
from mdt_desktop.services.identity import Identity
from mdt_desktop.store.unit_of_work import UnitOfWork

PASSPHRASE = "lantern rowing copper thistle"
KEPT_FILES = {"mdt.db", "mdt.key", "mdt.fresh", "mdt.lock"}
"""What lies in the folder of a closed store; the lock file stays, its lock does not."""
IDENTITY = Identity("Robin Example", Role.CARE_NAVIGATOR, "Invented Borough Council", "North East")
NHS_NUMBER = "9990000018"


def make_store(folder: DataFolder, clock: Clock) -> tuple[Program, RecoveryKey]:
    """A store under `PASSPHRASE`, at the floor of key derivation so that tests stay quick."""
    return bootstrap.create_store(folder, PASSPHRASE, IDENTITY, parameters=FLOOR, clock=clock)


def work_on(program: Program, reason: str = "") -> UnitOfWork:
    """A unit of work by the store's own user, now."""
    access = program.access
    return UnitOfWork(access.database, access.actor, access.clock(), reason)


def add_practice(program: Program) -> str:
    """An invented practice in the home locality; its id."""
    with work_on(program) as work:
        practice = work.add(
            Practice(
                id=work.new_id(),
                code="Y90001",
                name="Lantern Practice",
                locality_id=program.access.actor.locality_id,
            )
        )
    return practice.id


def add_person(program: Program, practice_id: str, **values: Any) -> str:
    """An invented person of a practice; their id."""
    given: dict[str, Any] = {
        "nhs_number": NHS_NUMBER,
        "family_name": "Examplesson",
        "given_names": "Wilma",
        "born": date(1940, 8, 14),
    }
    with work_on(program) as work:
        person = Person(id=work.new_id(), practice_id=practice_id, **(given | values))
        work.about(person.id)
        work.add(person)
    return person.id


def every_value(program: Program) -> str:
    """Everything that stands in any column of any table, as one text to look into."""
    reader = program.access.database.reader
    tables = [row[0] for row in reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return "\n".join(repr(row) for name in tables for row in reader.execute(f'SELECT * FROM "{name}"'))


def fingerprints(folder: DataFolder, *besides: str) -> dict[str, str]:
    """SHA-256 of every file in the folder by name, without those named and without the lock, which holds no data."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.root.iterdir())
        if path.name not in (*besides, folder.lock.name)
    }
