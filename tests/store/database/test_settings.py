"""The settings of the encrypted store are in force, and closing leaves one file."""

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.store import database
from mdt_desktop.store.database import Database, StoreUnsafe
from tests.store.database.stores import KEY, filled, value


@pytest.mark.parametrize("side", ["writer", "reader"])
@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("cipher_log_level", "NONE"),
        ("cipher_use_hmac", "1"),
        ("cipher_page_size", "4096"),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("temp_store", 2),
        ("trusted_schema", 0),
        ("recursive_triggers", 1),
        ("cell_size_check", 1),
        ("application_id", database.APPLICATION_ID),
    ],
)
def test_a_setting_is_in_force_on_both_connections(store: Database, side: str, setting: str, expected: object) -> None:
    assert value(getattr(store, side), f"PRAGMA {setting}") == expected


def test_the_reader_cannot_write_and_sees_what_the_writer_committed(store: Database) -> None:
    with pytest.raises(dbapi2.OperationalError):
        store.reader.execute("INSERT INTO note (words) VALUES ('x')")
    before = value(store.reader, "SELECT count(*) FROM note")
    store.writer.execute("BEGIN IMMEDIATE")
    store.writer.execute("INSERT INTO note (words) VALUES ('new')")
    assert value(store.reader, "SELECT count(*) FROM note") == before
    store.writer.commit()
    assert value(store.reader, "SELECT count(*) FROM note") == int(str(before)) + 1


def test_a_connection_may_be_handed_to_another_thread(store: Database) -> None:
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(value(store.reader, "SELECT count(*) FROM note")))
    thread.start()
    thread.join()
    assert seen == [400]


def test_references_are_enforced_and_schema_code_is_not_trusted(store: Database) -> None:
    store.writer.execute("CREATE TABLE child (parent INTEGER NOT NULL REFERENCES note (id))")
    with pytest.raises(dbapi2.IntegrityError):
        store.writer.execute("INSERT INTO child VALUES (999999)")
    store.writer.create_function("surprise", 0, lambda: 1)
    store.writer.execute("CREATE VIEW planted AS SELECT surprise()")
    with pytest.raises(dbapi2.OperationalError):
        store.writer.execute("SELECT * FROM planted")


def test_full_text_search_kept_by_triggers_works_under_these_settings(store: Database) -> None:
    store.writer.execute("CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = 'trigram')")
    store.writer.execute(
        "CREATE TRIGGER note_added AFTER INSERT ON note BEGIN"
        " INSERT INTO search (rowid, words) VALUES (new.id, new.words); END"
    )
    store.writer.execute(
        "CREATE TRIGGER note_gone AFTER DELETE ON note BEGIN DELETE FROM search WHERE rowid = old.id; END"
    )
    store.writer.execute("INSERT INTO note VALUES (9001, 'wombat')")
    store.writer.execute("REPLACE INTO note VALUES (9001, 'lantern')")
    assert value(store.reader, "SELECT count(*) FROM search WHERE search MATCH 'omba'") == 0
    assert value(store.reader, "SELECT count(*) FROM search WHERE search MATCH 'ante'") == 1


def test_a_setting_that_does_not_hold_closes_the_store_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_SETTINGS", (*database._SETTINGS, ("synchronous", "OFF", 2)))
    with pytest.raises(StoreUnsafe) as unsafe:
        Database.open(path, KEY)
    assert unsafe.value.values == {"setting": "synchronous"}
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]


def test_a_bulk_write_gives_its_memory_back(store: Database) -> None:
    with store.bulk_writes() as writer:
        assert value(writer, "PRAGMA cache_size") == -database.BULK_CACHE_KIB
    assert value(store.writer, "PRAGMA cache_size") == -database.WRITER_CACHE_KIB


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX rights")
def test_all_files_and_a_new_folder_are_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    with_log = filled(path)
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with_log.close()
    path.chmod(0o644)
    Database.open(path, KEY).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_closing_folds_the_log_in_and_may_be_repeated(path: Path) -> None:
    store = Database.open(path, KEY)
    store.writer.execute("INSERT INTO note (words) VALUES ('kept')")
    store.close()
    store.close()
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]
    again = Database.open(path, KEY)
    assert not again.left_unclean
    assert value(again.reader, "SELECT count(*) FROM note WHERE words = 'kept'") == 1
    again.close()


def test_a_store_that_was_not_closed_opens_whole_and_says_so(store: Database, tmp_path: Path) -> None:
    store.writer.execute("INSERT INTO note (words) VALUES ('last')")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("store.db", "store.db-wal"):
        shutil.copy(store.path.parent / name, crashed / name)
    again = Database.open(crashed / "store.db", KEY)
    assert again.left_unclean
    assert value(again.reader, "SELECT count(*) FROM note WHERE words = 'last'") == 1
    again.close()
