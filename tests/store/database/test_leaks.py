"""No file holds the key or a word of the content (SECURITY R2, R9)."""

import base64
from pathlib import Path

from mdt_desktop.security import key_envelope
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.store.database import Database


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
