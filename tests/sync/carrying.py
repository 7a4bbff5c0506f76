"""A central store in this process, and laptops that reach it over HTTP or by carried files only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mdt_desktop.central import accounts
from mdt_desktop.central.app import create_app
from mdt_desktop.central.central_store import CentralStore, open_store
from mdt_desktop.domain.permissions import AccessRole
from mdt_desktop.services.bundles import Bundles, MadeBundle, TakenBundle
from mdt_desktop.services.syncing import Syncing
from mdt_desktop.sync.http_remote import HttpRemote
from tests.helpers.central import AppTransport, cheap_passwords
from tests.helpers.clocks import FrozenClock
from tests.sync.laptops import Laptop

PASSWORD = "cobalt harvest window ribbon"


@dataclass
class Site:
    """The store, its clock, and a folder in which files lie."""

    store: CentralStore
    clock: FrozenClock
    folder: Path

    def remote(self, url: str) -> HttpRemote:
        """The network."""
        return HttpRemote(url, AppTransport(create_app(self.store)))

    def laptop(self, name: str, *, exchanged: bool = True) -> Laptop:
        """A laptop that is connected and has exchanged once."""
        made = Laptop(self.folder / name.split()[0], name, self.clock)
        Syncing(made.program.access).connect("http://127.0.0.1:1", name, PASSWORD, self.remote)
        if exchanged:
            self.sync(made)
        return made

    def sync(self, laptop: Laptop) -> Any:
        """One exchange over the network."""
        return Syncing(laptop.program.access).run(remote=self.remote)

    def export(self, laptop: Laptop, name: str) -> MadeBundle:
        """A file of what waits on a laptop."""
        return Bundles(laptop.program.access).export(self.folder / name)

    def deliver(self, courier: Laptop, name: str, answer: str) -> TakenBundle:
        """A courier brings a file and gets its answer."""
        return Bundles(courier.program.access).import_(self.folder / name, self.folder / answer, remote=self.remote)

    def take(self, laptop: Laptop, name: str) -> TakenBundle:
        """A laptop takes an answer, without any network."""
        return Bundles(laptop.program.access).import_(self.folder / name, remote=_no_network)

    def bytes_of(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def put(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return name


def _no_network(url: str) -> HttpRemote:
    raise AssertionError("the network was used")


def a_site(folder: Path, clock: FrozenClock) -> Site:
    """A store with one locality and two navigators of it, and one of another."""
    store = open_store(folder / "central", None, clock, cheap_passwords())
    hashed = store.passwords.hash(PASSWORD)

    def furnish(connection: Any) -> None:
        for locality in ("North East", "South West"):
            accounts.add_locality(connection, locality, "test", clock())
        people = {"Robin Example": "North East", "Sam Sample": "North East", "Wes Sample": "South West"}
        for name, locality in people.items():
            accounts.add_user(
                connection, name, AccessRole.CARE_NAVIGATOR, (locality,), hashed, "test", clock(),
                with_restricted=False,
            )  # fmt: skip

    store.database.write(furnish)
    return Site(store, clock, folder)
