"""What is no whole backup of ours is refused with a clear sentence, and nothing is changed."""

import hashlib
import json
import os
import random
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import backup_key
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.services.restoring import Restoring
from mdt_desktop.store import backup_file
from mdt_desktop.store.backup_file import (
    MAGIC,
    MOST_HEADER_BYTES,
    BackupDamaged,
    BackupMissing,
    BackupNewer,
    NotABackup,
)
from mdt_desktop.words import sentence
from tests.helpers.stores import PASSPHRASE
from tests.store.backups.desk import Desk, contents

_FRONT = struct.Struct(">16sHI32s")
FLIPS = 48


@pytest.fixture
def made(desk: Desk) -> Path:
    """A backup of the store, which is closed and has one person more now."""
    path = desk.backups.make().path
    desk.add_person()
    desk.close()
    return path


def restore(restoring: Restoring, path: Path, typed: str = PASSPHRASE) -> None:
    """The whole way, as the command goes it."""
    restoring.look(path)
    unlocked = restoring.unlock(path, typed)
    restoring.make_ready(path, unlocked)
    restoring.finish()


def refuse(desk: Desk, path: Path) -> MdtError:
    """Restoring is refused, and after that every file is as it was."""
    before = contents(desk.folder.root)
    with pytest.raises(MdtError) as refused:
        restore(desk.restoring, path)
    assert contents(desk.folder.root) == before
    assert not desk.folder.restoring.exists()
    assert desk.restoring.finish() is None
    return refused.value


def with_header(content: bytes, header: bytes, version: int = 1, magic: bytes = MAGIC) -> bytes:
    """The backup with another header, whose checksum fits."""
    length = _FRONT.unpack_from(content)[2]
    front = _FRONT.pack(magic, version, len(header), hashlib.sha256(header).digest())
    return front + header + content[_FRONT.size + length :]


def changed(content: bytes, change: Callable[[dict[str, object]], object]) -> bytes:
    """The backup with a header that somebody has edited, checksum and all."""
    length = _FRONT.unpack_from(content)[2]
    fields = json.loads(content[_FRONT.size : _FRONT.size + length])
    change(fields)
    return with_header(content, json.dumps(fields).encode())


def test_a_flipped_bit_anywhere_is_found_before_anything_is_changed(desk: Desk, made: Path) -> None:
    content = made.read_bytes()
    found = backup_file.read(made)
    chance = random.Random(7)
    front = [0, 16, 18, 21, 22, 53]
    header = [chance.randrange(54, found.starts_at) for _ in range(8)]
    first_page = [found.starts_at + chance.randrange(0, 4096) for _ in range(8)]
    last_page = [chance.randrange(len(content) - 4096, len(content)) for _ in range(8)]
    within = [chance.randrange(found.starts_at, len(content)) for _ in range(FLIPS - 30)]
    spoilt = desk.folder.root.parent / "spoilt.mdtbackup"
    for place in (*front, *header, *first_page, *last_page, *within):
        flipped = bytearray(content)
        flipped[place] ^= 1 << chance.randrange(8)
        spoilt.write_bytes(flipped)
        assert type(refuse(desk, spoilt)) in (BackupDamaged, NotABackup, BackupNewer), place
    restore(desk.restoring, made)  # the unspoilt one can be restored


@pytest.mark.parametrize("left", [16, 17, 53, 54, 400, -1, -4096, -20000])
def test_a_backup_that_was_cut_off_is_refused(left: int, desk: Desk, made: Path) -> None:
    made.write_bytes(made.read_bytes()[:left])
    assert isinstance(refuse(desk, made), BackupDamaged)


def test_a_backup_with_something_behind_it_is_refused(desk: Desk, made: Path) -> None:
    made.write_bytes(made.read_bytes() + b"\0")
    assert isinstance(refuse(desk, made), BackupDamaged)


OTHER_FILES = {
    "an empty file": b"",
    "a letter": b"Dear team, the backup is attached.\n" * 40,
    "a PDF under our name": b"%PDF-1.7\n" + bytes(9000),
    "a plain SQLite file": b"SQLite format 3\0" + bytes(8192),
    "a store that was renamed": b"",
    "the magic alone with one letter wrong": MAGIC[:-1] + b"\1" + bytes(200),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_another_file_under_the_name_of_a_backup_is_told_to_be_one(name: str, desk: Desk, made: Path) -> None:
    made.write_bytes(desk.folder.database.read_bytes() if "store" in name else OTHER_FILES[name])
    refused = refuse(desk, made)
    assert isinstance(refused, NotABackup)
    assert made.name in sentence(refused)


def test_a_header_that_claims_to_be_huge_is_not_read(desk: Desk, made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[18:22] = struct.pack(">I", 2**32 - 1)
    made.write_bytes(content)
    assert isinstance(refuse(desk, made), BackupDamaged)
    made.write_bytes(with_header(bytes(content[:54]) + bytes(MOST_HEADER_BYTES + 1), b" " * (MOST_HEADER_BYTES + 1)))
    assert isinstance(refuse(desk, made), BackupDamaged)


def test_a_store_as_large_as_a_header_says_is_not_believed(desk: Desk, made: Path) -> None:
    made.write_bytes(changed(made.read_bytes(), lambda it: it.update(size=2**40)))
    assert isinstance(refuse(desk, made), BackupDamaged)


@pytest.mark.parametrize(
    "header",
    [b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 60_000, b'{"store": 1}', b"NaN", b'{"state": {}}', b""],
    ids=["empty", "list", "null", "no text", "deep", "number", "not a number", "empty state", "nothing"],
)
def test_a_header_that_makes_no_sense_is_refused(header: bytes, desk: Desk, made: Path) -> None:
    made.write_bytes(with_header(made.read_bytes(), header))
    assert isinstance(refuse(desk, made), BackupDamaged)


WRONG_FIELDS: dict[str, Callable[[dict[str, object]], object]] = {
    "the size is no number": lambda it: it.update(size="12"),
    "the size is true": lambda it: it.update(size=True),
    "the size is negative": lambda it: it.update(size=-1),
    "the store's id is no number": lambda it: it.update(store="G" * 32),
    "the moment has no time zone": lambda it: it.update(created_at="2026-11-23T09:00:00"),
    "the moment is no moment": lambda it: it.update(created_at="yesterday"),
    "an occasion nobody knows": lambda it: it.update(occasion="whim"),
    "the key file is no base 64": lambda it: it.update(key_file="not base 64!"),
    "no key": lambda it: it.pop("wrapped_key"),
    "a version as long as a book": lambda it: it.update(app_version="9" * 101),
}


@pytest.mark.parametrize("name", WRONG_FIELDS)
def test_a_header_with_a_wrong_field_is_refused(name: str, desk: Desk, made: Path) -> None:
    made.write_bytes(changed(made.read_bytes(), WRONG_FIELDS[name]))
    assert isinstance(refuse(desk, made), BackupDamaged)


FORGERIES: dict[str, Callable[[dict[str, object]], object]] = {
    "people it does not hold": lambda it: it["state"].update(people=999),  # type: ignore[attr-defined]
    "another store": lambda it: it.update(store="0" * 32),
    "a later day": lambda it: it.update(created_at="2026-11-25T09:00:00.000+00:00"),
    "another checksum of the database": lambda it: it.update(sha256="0" * 64),
    "another version": lambda it: it.update(app_version="7.0"),
    "a key that was cut off": lambda it: it.update(wrapped_key="AAAA"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_header_that_somebody_has_edited_opens_nothing(name: str, desk: Desk, made: Path) -> None:
    made.write_bytes(changed(made.read_bytes(), FORGERIES[name]))
    assert isinstance(refuse(desk, made), BackupDamaged)


def test_the_database_of_one_backup_in_another_is_found(desk: Desk) -> None:
    first, second = desk.backups.make().path, desk.backups.make().path
    desk.close()
    one, two = first.read_bytes(), second.read_bytes()
    assert len(one) == len(two)
    second.write_bytes(two[: backup_file.read(second).starts_at] + one[backup_file.read(first).starts_at :])
    assert isinstance(refuse(desk, second), BackupDamaged)


def test_a_backup_that_holds_less_than_it_says_is_found_even_when_all_seals_fit(desk: Desk) -> None:
    """Somebody with the database key has wrapped another count: the database itself is asked."""
    path = desk.backups.make().path
    raw_key = desk.program.session.key.raw_key()
    desk.close()
    found = backup_file.read(path)
    own = backup_key.unwrap(raw_key, found.header.wrapped_key, found.header.sealed())
    assert own is not None
    header = replace(found.header, state=replace(found.header.state, people=2))
    header = header.with_key(backup_key.wrap(raw_key, own, header.sealed()))
    path.write_bytes(header.bytes() + path.read_bytes()[found.starts_at :])
    assert isinstance(refuse(desk, path), BackupDamaged)


def test_a_newer_format_and_a_newer_schema_are_told_as_such(desk: Desk, made: Path) -> None:
    content = made.read_bytes()
    length = _FRONT.unpack_from(content)[2]
    made.write_bytes(with_header(content, content[_FRONT.size : _FRONT.size + length], version=2))
    assert isinstance(refuse(desk, made), BackupNewer)
    made.write_bytes(changed(content, lambda it: it["state"].update(revision="9999")))  # type: ignore[attr-defined]
    assert isinstance(refuse(desk, made), BackupNewer)


def test_what_cannot_be_read_at_all_is_told_with_the_reason(desk: Desk, made: Path) -> None:
    missing = refuse(desk, made.with_name("mdt-2020-01-01T0000Z.mdtbackup"))
    assert isinstance(missing, BackupMissing)
    assert missing.values["reason"] == "No such file or directory"
    folder = made.with_name("mdt-2020-01-02T0000Z.mdtbackup")
    folder.mkdir()
    assert isinstance(refuse(desk, folder), BackupMissing)


def test_a_pipe_in_the_place_of_a_backup_holds_nobody_up(desk: Desk, made: Path) -> None:
    pipe = desk.folder.root.parent / "pipe.mdtbackup"
    os.mkfifo(pipe)
    with pytest.raises(BackupMissing):
        desk.restoring.look(pipe)


def test_every_refusal_has_words_of_its_own() -> None:
    told = {sentence(kind(file="x", reason="y")) for kind in (BackupMissing, NotABackup, BackupDamaged, BackupNewer)}
    assert len(told) == 4


@given(some.binary(max_size=400), some.booleans())
def test_whatever_bytes_a_file_has_it_is_refused_in_words(content: bytes, ours: bool) -> None:
    path = Path(os.environ["HOME"]) / "anything.mdtbackup"
    path.write_bytes(MAGIC + content if ours else content)
    with pytest.raises((NotABackup, BackupDamaged, BackupNewer)):
        backup_file.read(path)


def test_a_wrapped_key_opens_under_its_own_key_and_header_only() -> None:
    raw, own = DatabaseKey.random().raw_key(), DatabaseKey.random()
    wrapped = backup_key.wrap(raw, own, b"header")
    assert backup_key.unwrap(raw, wrapped, b"header") == own
    assert backup_key.unwrap(raw, wrapped, b"Header") is None
    assert backup_key.unwrap(DatabaseKey.random().raw_key(), wrapped, b"header") is None
    for place in range(len(wrapped)):
        spoilt = bytearray(wrapped)
        spoilt[place] ^= 1
        assert backup_key.unwrap(raw, bytes(spoilt), b"header") is None, place
    assert backup_key.wrap(raw, own, b"header") != wrapped, "salt and nonce are new each time"
