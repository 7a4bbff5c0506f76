"""Two laptops of one locality and the real central store between them, all in this process, over the real wire."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.services.access import Clock
from mdt_desktop.sync.engine import Outcome, Patience
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers.central import PASSWORD, AppTransport, cheap_passwords, furnish
from tests.sync.laptops import Laptop, new_person, new_practice

ADDRESS = "https://central.test"


class CentralTeam:
    """Nia's and Noor's laptops in East. `remote` opens a connection to the store as the program does."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.store: CentralStore = open_store(folder / "central", None, clock, cheap_passwords())
        furnish(self.store)
        self._transport: httpx.BaseTransport = AppTransport(create_app(self.store))
        self.nia = Laptop(folder / "nia", "Nia", clock, "East")
        self.noor = Laptop(folder / "noor", "Noor", clock, "East")
        for laptop in (self.nia, self.noor):
            laptop.program.services.syncing.connect(ADDRESS, laptop.name, PASSWORD, self.remote)
        self.practice = new_practice(self.nia)
        self.person = new_person(self.nia, self.practice)
        for laptop in (self.nia, self.noor):
            self.sync(laptop)

    def remote(self, url: str) -> HttpRemote:
        return HttpRemote(url, self._transport)

    def sync(self, laptop: Laptop) -> Outcome:
        return laptop.program.services.syncing.run(patience=Patience(lambda _: None, tries=1), remote=self.remote)

    def answered_here(self, real: Callable[..., Outcome]) -> Callable[..., Outcome]:
        """`Syncing.run` as it is, with this store in the place of the network."""

        def run(syncing: object, **given: object) -> Outcome:
            here = {"patience": Patience(lambda _: None, tries=1), "remote": self.remote}
            return real(syncing, **{**given, **here})

        return run

    def close(self) -> None:
        for laptop in (self.nia, self.noor):
            laptop.close()
        self.store.close()


@contextmanager
def a_central_team(folder: Path, clock: Clock) -> Iterator[CentralTeam]:
    """Closed at the end."""
    team = CentralTeam(folder, clock)
    try:
        yield team
    finally:
        team.close()
