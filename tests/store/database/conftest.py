"""A sound store of its own for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mdt_desktop.store.database import Database
from tests.store.database.stores import KEY, filled


@pytest.fixture(scope="module")
def closed_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("closed") / "store.db"
    filled(path).close()
    return path


@pytest.fixture
def path(closed_store: Path, tmp_path: Path) -> Path:
    """A closed, sound store of its own for each test."""
    return Path(shutil.copy(closed_store, tmp_path / "store.db"))


@pytest.fixture
def store(path: Path) -> Iterator[Database]:
    store = Database.open(path, KEY)
    yield store
    store.close()
