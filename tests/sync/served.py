"""The real central store, served over HTTP from a thread of the test, and laptops that speak to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from mdt_desktop.central import accounts, audit
from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers.central import cheap_passwords
from tests.helpers.clocks import FrozenClock
from tests.sync.laptops import Laptop, new_person, new_practice

PASSWORD = "open sesame"
NAMES = ("Robin Example", "Sam Sample", "Ida Invented")
LOCALITY = "North East"


@dataclass
class Served:
    """The store, its address, and its bucket of the locality."""

    store: CentralStore
    address: str

    @property
    def bucket(self) -> str:
        return accounts.locality_id(LOCALITY)

    def rows(self, sql: str) -> list[Any]:
        """What stands in the database of the central store."""
        with self.store.database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def chain_holds(self) -> bool:
        """I7, of the central store's audit."""
        with self.store.database.reading() as connection:
            return audit.chain(connection).holds


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A store with one locality and its navigators, that answers on a port of this computer until the end."""
    store = open_store(folder, passwords=cheap_passwords())
    hashed = store.passwords.hash(PASSWORD)

    def furnish(connection: Any) -> None:
        accounts.add_locality(connection, LOCALITY, "test", store.clock())
        for name in NAMES:
            accounts.add_user(
                connection, name, AccessRole.CARE_NAVIGATOR, (LOCALITY,), hashed, "test", store.clock(),
                with_restricted=False,
            )  # fmt: skip

    store.database.write(furnish)
    config = uvicorn.Config(create_app(store), port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), name="central store")
    thread.start()
    try:
        yield Served(store, f"http://127.0.0.1:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        store.close()


def connected(central: Served, folder: Path, name: str, clock: FrozenClock) -> Laptop:
    """A laptop that has signed in."""
    laptop = Laptop(folder, name, clock)
    with HttpRemote(central.address) as remote:
        laptop.connect(remote)
    return laptop


def sync(laptop: Laptop, address: str) -> Any:
    """One run over a line of its own."""
    with HttpRemote(address) as remote:
        return laptop.sync(remote)


def with_a_person(laptop: Laptop, address: str) -> str:
    """Somebody who is at the central store."""
    known = laptop.ask("SELECT id FROM practice")
    person = new_person(laptop, known[0][0] if known else new_practice(laptop))
    sync(laptop, address)
    return person


def require_the_same(central: Served, *laptops: Laptop) -> None:
    """I2, I4, I5 and I7 by the books: every record in the version of the central store, nothing waits, chains hold."""
    there = sorted(central.rows("SELECT type, id, ver FROM record WHERE deleted = 0"))
    for laptop in laptops:
        held = laptop.ask("SELECT type, id, ver FROM sync_record WHERE ver > 0 AND state <> 'deleted' ORDER BY 1, 2")
        assert sorted(held) == there
        assert laptop.ask("SELECT type, status, last_error FROM outbox") == []
        assert laptop.ask("SELECT type FROM sync_record WHERE state = 'quarantined'") == []
        for type_, id_, _ in there:
            assert laptop.row(type_, id_) is not None
    assert central.chain_holds()
