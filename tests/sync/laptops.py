"""Laptops for tests of the exchange: a real encrypted store each, connected to a central store in memory."""

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.organisations import Role
from mdt_desktop.domain.people import FlagKind
from mdt_desktop.paths import DataFolder
from mdt_desktop.records import Case, Flag, Person, PersonalContact, Practice
from mdt_desktop.records.base import Record
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.services.access import Clock
from mdt_desktop.services.identity import Identity
from mdt_desktop.store.queries import lease
from mdt_desktop.store.transactions import writing
from mdt_desktop.sync import account, ledger, shape
from mdt_desktop.sync.engine import Exchange, Outcome, Patience
from mdt_desktop.sync.remote import Remote
from tests.helpers.stores import PASSPHRASE, work_on
from tests.sync.fake_central import FakeCentral

T = TypeVar("T")


class Laptop:
    """A program with its store, as one user; `sync()` is one run."""

    def __init__(self, folder: Path, name: str, clock: Clock, locality: str = "North East") -> None:
        who = Identity(name, Role.CARE_NAVIGATOR, "Invented Borough Council", locality)
        self.folder = DataFolder(folder)
        self.program, _ = bootstrap.create_store(self.folder, PASSPHRASE, who, parameters=FLOOR, clock=clock)
        self.name, self.clock = name, clock
        self.waits: list[float] = []

    @property
    def locality(self) -> str:
        return self.program.access.actor.locality_id

    def close(self) -> None:
        self.program.close()

    def reopen(self) -> None:
        """Close and open the store again."""
        self.program.close()
        self.program = bootstrap.open_with_passphrase(self.folder, PASSPHRASE, clock=self.clock)

    def write(self, work: Callable[[Any], T]) -> T:
        with writing(self.program.access.database) as connection:
            return work(connection)

    def connect(self, central: Remote) -> None:
        device = str(uuid.uuid4())
        server = central.hello().server
        tokens = central.register(self.name, "open sesame", device, "a laptop")
        now = self.clock()
        self.write(lambda connection: account.connect(connection, "https://central.test", server, device, tokens, now))
        self._hear()

    def _hear(self) -> None:
        """As the service does after each contact."""
        self.program.access.lease.renew(self.write(lease.contact))

    def exchange(self, central: Remote) -> Exchange:
        patience = Patience(self.waits.append, chance=lambda: 0.5)
        return Exchange(self.write, central, self.program.access.actor, self.clock, patience, "0.1.0")

    def sync(self, central: Remote) -> Outcome:
        try:
            return self.exchange(central).run()
        finally:
            self._hear()

    # What its user does

    def add(self, record: Record, about: str = "") -> str:
        with work_on(self.program) as work:
            if about:
                work.about(about)
            work.add(record)
        return record.id

    def change(self, kind: type[Record], id_: str, about: str, **values: Any) -> None:
        with work_on(self.program) as work:
            work.about(about)
            found = work.get(kind, id_)
            for name, value in values.items():
                setattr(found, name, value)

    def remove(self, kind: type[Record], id_: str, about: str) -> None:
        with work_on(self.program) as work:
            work.about(about)
            work.remove(work.get(kind, id_))

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.program.access.database.writer.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        return self.ask(sql, *values)[0][0]

    def row(self, type_: str, id_: str) -> dict[str, Any] | None:
        return shape.row_of(self.program.access.database.writer, type_, id_)

    def cursor(self, bucket: str) -> ledger.Cursor:
        return ledger.cursor(self.program.access.database.writer, bucket)


def new_practice(laptop: Laptop) -> str:
    return laptop.add(
        Practice(id=str(uuid.uuid4()), code="Y90001", name="Lantern Practice", locality_id=laptop.locality)
    )


def new_person(laptop: Laptop, practice_id: str, **values: Any) -> str:
    """An invented person with an open case."""
    given: dict[str, Any] = {"family_name": "Examplesson", "given_names": "Wilma", "born": date(1940, 8, 14)}
    person = Person(id=str(uuid.uuid4()), practice_id=practice_id, **(given | values))
    laptop.add(person, person.id)
    today = date(2026, 11, 23)
    laptop.add(Case(id=str(uuid.uuid4()), person_id=person.id, stage_since=today, opened_on=today), person.id)
    return person.id


def new_contact(laptop: Laptop, person_id: str, **values: Any) -> str:
    given = {"name": "Ida Invented", "telephone": "1"} | values
    return laptop.add(PersonalContact(id=str(uuid.uuid4()), person_id=person_id, **given), person_id)


def new_flag(laptop: Laptop, person_id: str, until: date | None = None) -> str:
    return laptop.add(
        Flag(id=str(uuid.uuid4()), person_id=person_id, kind=FlagKind.STAFF_SAFETY, until=until), person_id
    )


def require_same(central: FakeCentral, bucket: str, *laptops: Laptop) -> None:
    """I2: every laptop has exactly what the central store has, and nothing waits."""
    for laptop in laptops:
        assert laptop.cursor(bucket).digest == central.digest(bucket)
        assert laptop.ask("SELECT type, status, last_error FROM outbox") == []
        for (type_, id_), held in central.live(bucket).items():
            row = laptop.row(type_, id_)
            assert row is not None, (laptop.name, type_)
            assert {**held.body, **row} == held.body
            assert row == {name: held.body.get(name) for name in row}
        assert laptop.ask("PRAGMA foreign_key_check") == []
        listed = laptop.ask("SELECT person_id FROM caseload_index ORDER BY 1")
        assert listed == laptop.ask("SELECT id FROM person ORDER BY 1")


__all__ = ["Laptop", "Program", "new_contact", "new_flag", "new_person", "new_practice", "require_same"]
