"""A small encrypted store of notes, and what is asked of its files."""

import hashlib
from pathlib import Path

from sqlcipher3 import dbapi2

from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.store.database import Database

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


def value(connection: dbapi2.Connection, sql: str) -> object:
    return connection.execute(sql).fetchone()[0]
