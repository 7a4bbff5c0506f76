"""A disk that refuses the record of freshness: the store stays as the record knows it, and no opening is alarmed."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from mdt_desktop.paths import DataFolder
from mdt_desktop.store import committing, freshness, rekey
from mdt_desktop.store.database import Database
from mdt_desktop.store.freshness import FreshnessRecord, Mark, page_digest, read_record
from mdt_desktop.store.problems import StoreUnreadable
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.helpers.log_watch import LogWatch
from tests.store.trust.kept import KEY, commit_one, keep, made, opened

SEAL = b"k" * 32
BEFORE, AFTER = Mark(10, "AA", pages="before"), Mark(11, "BB", pages="before")



class Refusing:
    """The system as `freshness` calls it, refusing from the n-th write or fsync on."""

    def __init__(self) -> None:
        self.call, self.left, self.part = "", 0, 0

    def from_the(self, number: int, call: str, part: int = 0) -> None:
        """Refuse the `number`-th call and all after it; a write leaves `part` bytes behind first."""
        self.call, self.left, self.part = call, number, part

    def write(self, file: int, content: bytes) -> int:
        if self._refuses("write"):
            if self.part:
                return os.write(file, content[: self.part])
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(file, content)

    def fsync(self, file: int) -> None:
        if self._refuses("fsync"):
            raise OSError(errno.EIO, "Input/output error")
        os.fsync(file)

    def _refuses(self, call: str) -> bool:
        if call == self.call:
            self.left -= 1
        return call == self.call and self.left <= 0

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Refusing:
    system = Refusing()
    monkeypatch.setattr(freshness, "os", system)
    return system


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    made(folder).close()
    return folder


def rows_of(folder: DataFolder) -> int:
    """How many changes the store has; opened as the program does, so an alarm fails the test."""
    database = opened(folder)
    try:
        return int(database.reader.execute("SELECT count(*) FROM setting WHERE key LIKE 'row %'").fetchone()[0])
    finally:
        database.close()


@pytest.mark.parametrize(("call", "number"), [("write", 1), ("write", 2), ("fsync", 1)])
@pytest.mark.parametrize("part", [0, 100], ids=["nothing", "a part"])
def test_a_record_that_refuses_at_the_close_keeps_the_log_beside_the_store(
    call: str, number: int, part: int, folder: DataFolder, clock: FrozenClock, refusing: Refusing, log_watch: LogWatch
) -> None:
    log_watch.expect("freshness_not_noted")
    database = opened(folder)
    commit_one(database, clock, 1)
    before = page_digest(folder.database)
    refusing.from_the(number, call, part)
    database.close()
    refusing.from_the(0, "")
    assert page_digest(folder.database) == before, "the last to close does not fold the log in"
    assert folder.side_files()[0].stat().st_size > 0
    assert rows_of(folder) == 1
    assert not folder.side_files()[0].exists()


def test_a_record_that_refuses_after_the_log_was_folded_in_says_nothing_of_the_pages(
    folder: DataFolder, clock: FrozenClock, refusing: Refusing, log_watch: LogWatch
) -> None:
    log_watch.expect("freshness_not_noted")
    database = opened(folder)
    commit_one(database, clock, 1)
    refusing.from_the(3, "write")
    database.close()
    refusing.from_the(0, "")
    assert not folder.side_files()[0].exists()
    assert rows_of(folder) == 1


@pytest.mark.parametrize("number", range(1, 12))
def test_a_record_that_refuses_while_the_log_is_folded_in_costs_nothing(
    number: int,
    folder: DataFolder,
    clock: FrozenClock,
    refusing: Refusing,
    log_watch: LogWatch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log_watch.allow("freshness_not_noted")
    monkeypatch.setattr(committing, "FOLD_BYTES", 20_000)
    database = opened(folder)
    refusing.from_the(number, "write")
    for row in range(6):
        commit_one(database, clock, row)
    kept = keep(database, folder, folder.root.parent / "kept", 6)
    database.close()
    refusing.from_the(0, "")
    assert rows_of(folder) == 6
    assert rows_of(kept.copy_to(folder.root.parent / "killed")) == 6


@pytest.mark.parametrize(("call", "number"), [("write", 1), ("write", 2), ("fsync", 1)])
def test_an_opening_that_is_refused_after_a_kill_leaves_log_and_store_as_they_are(
    call: str, number: int, folder: DataFolder, clock: FrozenClock, refusing: Refusing
) -> None:
    database = opened(folder)
    commit_one(database, clock, 1)
    killed = keep(database, folder, folder.root.parent / "kept", 1).copy_to(folder.root.parent / "killed")
    database.close()
    before = page_digest(killed.database)
    refusing.from_the(number, call)
    with pytest.raises(StoreUnreadable) as refused:
        Database.open(killed.database, KEY, killed.freshness)
    assert sentence(refused.value)
    refusing.from_the(0, "")
    assert page_digest(killed.database) == before
    assert rows_of(killed) == 1


def test_a_change_of_the_key_does_not_go_on_where_the_record_cannot_be_told(
    folder: DataFolder, clock: FrozenClock, refusing: Refusing, log_watch: LogWatch
) -> None:
    log_watch.expect("freshness_not_noted")
    database = opened(folder)
    commit_one(database, clock, 1)
    before = page_digest(folder.database)
    refusing.from_the(1, "write")
    with pytest.raises(StoreUnreadable):
        rekey.close_without_log(database)
    refusing.from_the(0, "")
    assert page_digest(folder.database) == before
    assert rows_of(folder) == 1


def test_a_store_killed_between_its_last_journal_and_its_next_log_is_not_reported(
    folder: DataFolder, clock: FrozenClock
) -> None:
    """The change of the key closes the store in another journal mode, which stands in its first page."""
    database = opened(folder)
    rekey.close_without_log(database)
    database = opened(folder)
    commit_one(database, clock, 1)
    killed = keep(database, folder, folder.root.parent / "kept", 1).copy_to(folder.root.parent / "killed")
    database.close()
    assert rows_of(killed) == 1


# The record itself


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("part", [0, 1, 31, 33, 60])
def test_of_a_write_that_fails_the_record_is_left_or_the_new_mark(
    number: int, part: int, tmp_path: Path, refusing: Refusing
) -> None:
    path = tmp_path / "mdt.fresh"
    record = FreshnessRecord(path, SEAL, BEFORE)
    refusing.from_the(number, "write", part)
    with suppress(OSError):
        record.note(AFTER)
        record.note_pages("after")
    refusing.from_the(0, "")
    # Only of the second of the two equal slots is the first one whole.
    left = {1: BEFORE, 2: AFTER, 3: Mark(11, "BB", pages="after")}[number]
    assert read_record(path, SEAL) == left
    # And of the next write, which repairs the slot, nothing is lost if it fails as well.
    refusing.from_the(1, "write", part)
    with pytest.raises(OSError, match=r"space|part"):
        record.note(Mark(12, "CC"))
    assert read_record(path, SEAL) == left
    refusing.from_the(0, "")
    record.note(Mark(13, "DD"))
    assert read_record(path, SEAL) == Mark(13, "DD")
    record.close()


@pytest.mark.parametrize("number", [1, 2])
def test_a_record_that_cannot_be_begun_anew_stays_as_it_is(number: int, tmp_path: Path, refusing: Refusing) -> None:
    path = tmp_path / "mdt.fresh"
    FreshnessRecord(path, SEAL, AFTER).close()
    refusing.from_the(number, "write", 60)
    with pytest.raises(OSError, match="part"):
        FreshnessRecord(path, SEAL, BEFORE)
    assert read_record(path, SEAL) == (AFTER if number == 1 else BEFORE)
    refusing.from_the(0, "")
    FreshnessRecord(path, SEAL, BEFORE).close()
    assert read_record(path, SEAL) == BEFORE
