"""Whatever else lies in the store's place is refused by every way in, never overwritten and never made anew (R8).

The four cases of the android-fhir engine's own tests, and the one that cost Signal's users their messages: the
store is there and what opens it is lost.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.demo.store import open_demo
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation, key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyFileExists, KeyFileMissing
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.store.database import Database, StoreDamaged, StoreExists, StoreForeign, StoreMissing, StorePlain
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, fingerprints, make_store


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many openings: see `helpers.cheap_keys`."""
    monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)


@pytest.fixture
def folder(data_folder: DataFolder, clock: FrozenClock) -> DataFolder:
    """A closed store."""
    make_store(data_folder, clock)[0].close()
    return data_folder


def plain(folder: DataFolder) -> None:
    """1: the file is a database without encryption."""
    folder.database.unlink()
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")
        connection.commit()


def of_another_key(folder: DataFolder) -> None:
    """2: the file is a store of ours under another key, as after a mixed-up restore."""
    folder.database.unlink()
    Database.create(folder.database, DatabaseKey.random()).close()


def another_key_file(folder: DataFolder) -> None:
    """3: the key file is whole, and another store's."""
    folder.key_file.unlink()
    key_envelope.create_envelope(folder.key_file, PASSPHRASE, parameters=FLOOR)


def store_gone(folder: DataFolder) -> None:
    """4: the key file is there and the store is not."""
    folder.database.unlink()


def key_file_gone(folder: DataFolder) -> None:
    """Signal-Desktop 5097: the store is there and its key is not."""
    folder.key_file.unlink()


CASES: dict[str, tuple[Callable[[DataFolder], None], type[MdtError]]] = {
    "a plain database": (plain, StorePlain),
    "a store under another key": (of_another_key, StoreDamaged),
    "another store's key file": (another_key_file, StoreDamaged),
    "no store beside the key file": (store_gone, StoreMissing),
    "no key file beside the store": (key_file_gone, KeyFileMissing),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_not_opened_and_every_file_stays_as_it_was(
    name: str, folder: DataFolder, clock: FrozenClock
) -> None:
    spoil, expected = CASES[name]
    spoil(folder)
    before = fingerprints(folder)
    ways: tuple[Callable[[], Program], ...] = (
        lambda: bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock),
        lambda: open_demo(folder, lambda *_: None, clock, passphrase=PASSPHRASE),
    )
    for way in ways:
        with pytest.raises(expected) as refused:
            way()
        assert type(refused.value) is expected
        assert fingerprints(folder, "attempts.json") == before


@pytest.mark.parametrize("name", CASES)
def test_no_new_store_is_made_in_its_place(name: str, folder: DataFolder, clock: FrozenClock) -> None:
    CASES[name][0](folder)
    before = fingerprints(folder)
    with pytest.raises((StoreExists, KeyFileExists)):
        make_store(folder, clock)
    assert fingerprints(folder) == before


@pytest.mark.skipif(os.name != "posix", reason="owners are POSIX owners")
def test_the_store_of_another_account_is_refused_whatever_its_key(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprints(folder)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(StoreForeign):
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    with pytest.raises(StoreExists):
        make_store(folder, clock)
    monkeypatch.undo()
    assert fingerprints(folder, "attempts.json") == before
