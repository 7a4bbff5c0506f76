"""Files, keys and remainders that are refused, with every file left as it was (SECURITY R4, R8)."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyFileMissing
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.store.database import Database, StoreDamaged, StoreExists, StoreForeign, StoreMissing, StorePlain
from tests.store.database.stores import KEY, fingerprints


def plain_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE person (name TEXT)")
    connection.commit()
    connection.close()


def encrypted_by_another(path: Path) -> None:
    Database.create(path, DatabaseKey.random()).close()


def of_another_program(path: Path) -> None:
    store = Database.create(path, KEY)
    store.writer.execute("PRAGMA application_id = 1")
    store.close()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(plain_sqlite, StorePlain, id="plain SQLite"),
        pytest.param(lambda path: path.write_text("name,born\n" * 900), StoreForeign, id="a CSV file"),
        pytest.param(lambda path: path.write_bytes(b"PK\x03\x04" + bytes(9000)), StoreForeign, id="a zip file"),
        pytest.param(lambda path: path.write_bytes(b"%PDF-1.7\n\xff" * 900), StoreForeign, id="a PDF file"),
        pytest.param(lambda path: path.mkdir(), StoreForeign, id="a folder"),
        pytest.param(of_another_program, StoreForeign, id="our key but another program's file"),
        pytest.param(encrypted_by_another, StoreDamaged, id="encrypted with another key"),
        pytest.param(lambda path: path.touch(), StoreDamaged, id="empty"),
        pytest.param(lambda path: path.write_bytes(b"\x9c" * 100), StoreDamaged, id="100 bytes of noise"),
        pytest.param(lambda path: path.write_bytes(b"\x9c\x01" * 9000), StoreDamaged, id="pages of noise"),
        pytest.param(lambda path: None, StoreMissing, id="nothing"),
        pytest.param(lambda path: path.symlink_to("nowhere"), StoreMissing, id="a broken link"),
    ],
)
def test_another_file_is_refused_and_left_alone(tmp_path: Path, make: object, error: type[StoreProblem]) -> None:
    path = tmp_path / "store.db"
    assert callable(make)
    make(path)
    before = fingerprints(tmp_path) if path.is_file() else None
    with pytest.raises(StoreProblem) as refused:
        Database.open(path, KEY)
    assert type(refused.value) is error
    if error is not StoreMissing or path.is_symlink():
        with pytest.raises((StoreExists, StorePlain, StoreForeign)):
            Database.create(path, KEY)
    assert (fingerprints(tmp_path) if path.is_file() else None) == before
    assert not (tmp_path / "nowhere").exists()
    assert len(list(tmp_path.iterdir())) == (0 if error is StoreMissing and not path.is_symlink() else 1)


@pytest.mark.skipif(os.name != "posix" or not hasattr(os, "geteuid"), reason="owners are POSIX owners")
def test_the_file_of_another_account_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = os.geteuid()
    before = fingerprints(path.parent)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(StoreForeign):
        Database.open(path, KEY)
    with pytest.raises(StoreForeign):
        Database.create(path, KEY)
    assert fingerprints(path.parent) == before


def test_wrong_keys_open_nothing_and_change_nothing_even_beside_a_full_log(store: Database, tmp_path: Path) -> None:
    store.writer.execute("INSERT INTO note (words) VALUES ('in the log')")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("store.db", "store.db-wal"):
        shutil.copy(store.path.parent / name, crashed / name)
    before = fingerprints(crashed)
    for _ in range(200):
        with pytest.raises(StoreDamaged):
            Database.open(crashed / "store.db", DatabaseKey.random())
    assert fingerprints(crashed) == before


def test_a_lost_store_with_a_key_file_is_told_and_never_replaced_by_an_empty_one(tmp_path: Path) -> None:
    key, _ = key_envelope.create_envelope(tmp_path / "key.json", "correct kettle battery", parameters=FLOOR)
    with pytest.raises(StoreMissing):
        Database.open(tmp_path / "store.db", key)
    assert [file.name for file in tmp_path.iterdir()] == ["key.json"]


def test_a_lost_key_file_leaves_the_store_untouched(path: Path) -> None:
    before = fingerprints(path.parent)
    with pytest.raises(KeyFileMissing):
        key_envelope.unlock_with_passphrase(path.with_name("key.json"), "correct kettle battery")
    with pytest.raises(StoreExists):
        Database.create(path, DatabaseKey.random())
    assert fingerprints(path.parent) == before


@pytest.mark.parametrize("remainder", ["-wal", "-shm", "-journal"])
def test_no_store_is_made_beside_the_remainder_of_another(tmp_path: Path, remainder: str) -> None:
    (tmp_path / f"store.db{remainder}").write_bytes(b"remainder")
    with pytest.raises(StoreExists):
        Database.create(tmp_path / "store.db", KEY)
    assert [file.name for file in tmp_path.iterdir()] == [f"store.db{remainder}"]
