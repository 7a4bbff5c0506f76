"""A disk, a library or another program that fails: a typed error, and no file left behind (SECURITY R4, R8)."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.store import database, store_file
from mdt_desktop.store.database import (
    Database,
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreFull,
    StoreUnreadable,
    StoreUnsafe,
)
from tests.store.database.stores import KEY, fingerprints


def test_a_store_that_appears_meanwhile_is_not_replaced(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprints(tmp_path)
    monkeypatch.setattr(database, "refuse_present_file", lambda _: None)
    with pytest.raises(StoreExists):
        Database.create(path, KEY)

    def refuses(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    with pytest.raises(StoreExists):
        Database.create(path, KEY)
    assert fingerprints(tmp_path) == before


def test_a_disk_without_hard_links_or_that_fails_leaves_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    Database.create(tmp_path / "store.db", KEY).close()
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]
    monkeypatch.setattr(Path, "rename", refuses)
    with pytest.raises(StoreUnreadable):
        Database.create(tmp_path / "other.db", KEY)
    monkeypatch.setattr(os, "open", refuses)
    with pytest.raises(StoreUnreadable):
        Database.create(tmp_path / "third.db", KEY)
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


def test_a_library_that_does_not_encrypt_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(path: Path, key: object, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, isolation_level=None)

    monkeypatch.setattr(database, "_connected", plain)
    with pytest.raises(StoreUnsafe):
        Database.create(tmp_path / "store.db", KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_library_without_encryption_is_not_used_at_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(sqlite3.Connection):
        def set_key(self, key: bytes) -> None:
            assert key.startswith(b"x'")

    def plain(database: str, **options: bool) -> sqlite3.Connection:
        return sqlite3.connect(database, uri=options["uri"], factory=Plain)

    monkeypatch.setattr(dbapi2, "connect", plain)
    with pytest.raises(StoreUnsafe) as unsafe:
        Database.open(path, KEY)
    assert unsafe.value.values == {"setting": "cipher_version"}


def test_a_seal_that_the_library_does_not_report_is_unsafe(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connected = database._connected

    class Unsealed:
        def __init__(self, connection: dbapi2.Connection) -> None:
            self.close = connection.close
            self._connection = connection

        def execute(self, sql: str) -> dbapi2.Cursor:
            return self._connection.execute(sql.replace("PRAGMA cipher_status", "SELECT 0"))

    monkeypatch.setattr(database, "_connected", lambda path, key, mode: Unsealed(connected(path, key, mode)))
    with pytest.raises(StoreUnsafe):
        Database.open(path, KEY)


def test_a_store_held_by_another_program_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = database._connected(path, KEY, "rw")
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("INSERT INTO note (words) VALUES ('held')")
    monkeypatch.setattr(database, "BUSY_MILLISECONDS", 1)
    with pytest.raises(StoreBusy):
        Database.open(path, KEY)
    holder.close()
    Database.open(path, KEY).close()


def test_a_store_that_vanishes_or_cannot_be_read_is_unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(database, "refuse_other_files", lambda _: None)
        with pytest.raises(StoreUnreadable):
            Database.open(path.with_name("gone.db"), KEY)
    for module, call in ((database, "keep_to_owner"), (store_file, "_head")):
        with monkeypatch.context() as patch:
            patch.setattr(module, call, refuses)
            with pytest.raises(StoreUnreadable):
                Database.open(path, KEY)
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]


def test_an_error_after_the_key_was_proved_closes_the_connections_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_SETTINGS", (*database._SETTINGS, ("user_version", "(", 0)))
    with pytest.raises(StoreUnreadable):
        Database.open(path, KEY)
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]


def test_a_wiped_key_opens_nothing(path: Path) -> None:
    key = DatabaseKey(KEY.raw_key())
    key.wipe()
    with pytest.raises(RuntimeError):
        Database.open(path, key)


def test_an_error_while_a_store_is_made_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "APPLICATION_ID", "(")
    with pytest.raises(StoreUnreadable):
        Database.create(tmp_path / "store.db", KEY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (dbapi2.SQLITE_NOTADB, StoreDamaged),
        (dbapi2.SQLITE_CORRUPT | 1 << 8, StoreDamaged),
        (dbapi2.SQLITE_BUSY | 2 << 8, StoreBusy),
        (dbapi2.SQLITE_LOCKED, StoreBusy),
        (dbapi2.SQLITE_FULL, StoreFull),
        (dbapi2.SQLITE_IOERR, StoreUnreadable),
        (dbapi2.SQLITE_CANTOPEN, StoreUnreadable),
        (None, StoreUnreadable),
    ],
    ids=["not a database", "corrupt", "busy", "locked", "full", "input/output", "cannot open", "no code"],
)
def test_an_error_of_the_library_becomes_one_with_words(code: int | None, error: type[StoreProblem]) -> None:
    raised = dbapi2.OperationalError("some value")
    if code is not None:
        raised.sqlite_errorcode = code
    assert type(database.translated(raised)) is error
