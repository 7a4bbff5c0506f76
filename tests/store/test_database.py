"""The raw encrypted database: settings in force, other files refused, damage told, nothing leaked."""

import base64
import hashlib
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from mdt_desktop.domain.errors import StoreProblem
from mdt_desktop.security import key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyFileMissing
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.store import database, store_file
from mdt_desktop.store.database import (
    Database,
    ProblemKind,
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreForeign,
    StoreFull,
    StoreMissing,
    StorePlain,
    StoreUnreadable,
    StoreUnsafe,
    check_file,
)

KEY = DatabaseKey(hashlib.sha256(b"a test key").digest())
PAGE = 4096


def fingerprints(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that holds data; the log's index is rebuilt at will and holds none."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.iterdir())
        if not file.name.endswith("-shm")
    }


def filled(path: Path, rows: int = 400) -> Database:
    store = Database.create(path, KEY)
    store.writer.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, words TEXT NOT NULL)")
    store.writer.execute("CREATE INDEX note_words ON note (words)")
    store.writer.execute("BEGIN")
    store.writer.executemany(
        "INSERT INTO note (words) VALUES (?)", ((f"canary {number} " + "x" * 200,) for number in range(rows))
    )
    store.writer.commit()
    return store


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


def value(connection: dbapi2.Connection, sql: str) -> object:
    return connection.execute(sql).fetchone()[0]


# What is in force.


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


# What is refused, with every file left as it was (SECURITY R4, R8).


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


# Damage (SECURITY R7, R22).


def test_a_sound_store_has_no_problems_and_is_not_changed_by_the_check(path: Path) -> None:
    before = fingerprints(path.parent)
    result = check_file(path, KEY)
    assert result.sound
    assert result.problems == ()
    assert fingerprints(path.parent) == before


def test_an_open_store_is_checked_beside_its_log(store: Database) -> None:
    store.writer.execute("INSERT INTO note (words) VALUES ('in the log')")
    assert store.check().sound


def damaged_at(path: Path, position: int) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        byte = file.read(1)[0]
        file.seek(position)
        file.write(bytes([byte ^ 1]))


def test_a_flipped_bit_anywhere_is_found_before_use(path: Path) -> None:
    whole = path.read_bytes()
    chance = random.Random(20260302)
    last = len(whole) - PAGE
    positions = [*range(16), *(chance.randrange(PAGE) for _ in range(40))]
    positions += [PAGE * page - offset for page in range(1, len(whole) // PAGE + 1) for offset in (1, 40, 70)]
    positions += [last + chance.randrange(PAGE) for _ in range(20)]
    positions += [chance.randrange(len(whole)) for _ in range(100)]
    for position in positions:
        damaged_at(path, position)
        try:
            problems = check_file(path, KEY).problems
        except StoreForeign:
            problems = ()
        assert problems, f"byte {position}"
        assert problems[0].kind is ProblemKind.PAGE
        path.write_bytes(whole)
    assert check_file(path, KEY).sound


@pytest.mark.parametrize("position", [0, 20, 1000, 4000], ids=["salt", "header", "tree", "seal"])
def test_a_damaged_first_page_with_the_right_key_is_called_damage(path: Path, position: int) -> None:
    damaged_at(path, position)
    before = fingerprints(path.parent)
    with pytest.raises(StoreDamaged):
        Database.open(path, KEY)
    assert fingerprints(path.parent) == before


def test_broken_references_are_listed_without_contents(store: Database) -> None:
    store.writer.execute("CREATE TABLE child (parent INTEGER NOT NULL REFERENCES note (id), words TEXT)")
    store.writer.execute("PRAGMA foreign_keys = OFF")
    store.writer.execute("INSERT INTO child VALUES (999999, 'a canary')")
    (problem,) = store.check().problems
    assert problem.kind is ProblemKind.REFERENCE
    assert problem.detail.startswith("child 1 note")
    assert "canary" not in problem.detail


def test_a_badly_damaged_store_writes_nothing_to_stderr(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for position in range(PAGE, len(content), 64):
        content[position] ^= 255
    path.write_bytes(content)
    program = (
        "import sys; from pathlib import Path\n"
        "from mdt_desktop.store.database import Database, check_file\n"
        "key = type('Key', (), {'raw_key': lambda self, k=bytes.fromhex(sys.stdin.read()): k})()\n"
        "print(len(check_file(Path(sys.argv[1]), key).problems))\n"
        "store = Database.open(Path(sys.argv[1]), key)\n"
        "try: store.reader.execute('SELECT * FROM note').fetchall()\n"
        "except Exception as error: print(type(error).__name__)\n"
        "store.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        input=KEY.raw_key().hex(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.split()
    assert int(lines[0]) > 10
    assert lines[1].endswith("Error")
    assert done.stderr == ""


# Nothing leaks (SECURITY R2, R9).


def test_no_file_holds_the_key_or_a_word_of_the_content(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key, recovery_key = key_envelope.create_envelope(home / "key.json", "correct kettle battery", parameters=FLOOR)
    store = Database.create(home / "store.db", key)
    store.writer.execute("CREATE TABLE note (words TEXT)")
    store.writer.execute("BEGIN")
    store.writer.executemany("INSERT INTO note VALUES (?)", ((f"canary {n} " * 50,) for n in range(5000)))
    store.writer.execute("CREATE INDEX note_words ON note (words)")
    store.writer.commit()
    store.writer.execute("DELETE FROM note WHERE rowid % 2")
    assert store.reader.execute("SELECT * FROM note ORDER BY words || 'x'").fetchone()
    # While it is open, so that the log and its index are seen too.
    files = list(home.iterdir())
    assert {file.name for file in files} == {"key.json", "store.db", "store.db-wal", "store.db-shm"}
    needles = [b"canary", "canary".encode("utf-16-le"), b"correct kettle", b"note_words"]
    for secret in (key.raw_key(), recovery_key.secret):
        texts = [secret.hex(), secret.hex().upper(), base64.b64encode(secret).decode().rstrip("=")]
        texts.append(base64.urlsafe_b64encode(secret).decode().rstrip("="))
        needles += [text.encode(codec) for text in texts for codec in ("ascii", "utf-16-le", "utf-16-be")]
        needles += [secret, secret[::-1]]
    for file in files:
        content = file.read_bytes()
        assert not [needle for needle in needles if needle in content], file.name
    store.close()
