"""Each test of the central store runs on SQLite and on PostgreSQL; without one, the run says how many did not."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mdt_desktop.central.central_store import CentralStore, open_store
from tests.helpers import postgres
from tests.helpers.central import Laptop, cheap_passwords, client, furnish, laptop, served_apart
from tests.helpers.clocks import FrozenClock


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster | None]:
    """The private PostgreSQL of this run; None where it cannot be had."""
    if postgres.unavailable() is not None:
        yield None
        return
    with postgres.cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: postgres.Cluster | None) -> str:
    """An empty database; without PostgreSQL the test is skipped and counted."""
    if postgres_cluster is None:
        postgres.skip(postgres.unavailable() or "it could not be started")
    return postgres_cluster.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path | None, str | None]:
    """Where a store is: a folder, or the address of a database."""
    if request.param == "sqlite":
        return tmp_path / "central", None
    return None, request.getfixturevalue("postgres_url")


@pytest.fixture
def store(place: tuple[Path | None, str | None], clock: FrozenClock) -> Iterator[CentralStore]:
    """An open store with two localities and some users, of its owner; on PostgreSQL another account serves it."""
    opened = open_store(*place, clock, cheap_passwords())
    furnish(opened)
    with served_apart(opened, place[1]):
        yield opened
    opened.close()


@pytest.fixture
def http(store: CentralStore) -> Iterator[httpx.Client]:
    """The application over the store."""
    with client(store) as opened:
        yield opened


@pytest.fixture
def nia(http: httpx.Client) -> Laptop:
    """A navigator's laptop in East."""
    return laptop(http, "Nia")


@pytest.fixture
def noor(http: httpx.Client) -> Laptop:
    """The laptop of a navigator of East and West."""
    return laptop(http, "Noor")
