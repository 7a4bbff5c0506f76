"""Wrong tries reach the audit log at the next success: each once, with its time, and never what was typed."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.errors import KeyFileDamaged, WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.unlock_attempts import MOST_UNTOLD, UnlockAttempts
from mdt_desktop.store import audit_log, transactions
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, make_store

TYPED = "my cat's name is Canary 4711"


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


def fail(folder: DataFolder, clock: FrozenClock, typed: str = TYPED) -> datetime:
    """A wrong passphrase now; when it was. The clock then stands where the next try is allowed."""
    at = clock()
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(folder, typed, clock=clock)
    clock.advance(timedelta(seconds=UnlockAttempts(folder.attempts).seconds_to_wait(clock())))
    return at


def failed(program: Program) -> list[tuple[str, str, str, str]]:
    """The entries of wrong tries: who, by what, when, and when it was written."""
    return program.access.database.reader.execute(
        "SELECT actor, fields, reason, at FROM audit_entry WHERE action = 'failed_unlock' ORDER BY seq"
    ).fetchall()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_each_wrong_try_is_one_entry_with_its_time_and_how_before_the_unlocking(
    folder: DataFolder, clock: FrozenClock
) -> None:
    times = [fail(folder, clock) for _ in range(3)]
    clock.advance(timedelta(minutes=1))
    times.append(clock())
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(folder, RecoveryKey.random().text(), clock=clock)
    clock.advance(timedelta(minutes=1))
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        entries = failed(program)
        assert [entry[:3] for entry in entries] == [
            *(("unknown", "passphrase", moment(at)) for at in times[:3]),
            ("unknown", "recovery_key", moment(times[3])),
        ]
        reader = program.access.database.reader
        acts = [row[0] for row in reader.execute("SELECT action FROM audit_entry ORDER BY seq DESC LIMIT 2")]
        assert acts == ["unlock", "failed_unlock"]
        assert audit_log.first_broken(reader) is None
        whole = " ".join(str(value) for row in reader.execute("SELECT * FROM audit_entry") for value in row)
        assert not any(word in whole for word in ("Canary", "4711", "cat's"))
        assert IDENTITY.name in whole
    assert not folder.attempts.exists()


def test_they_are_told_once_and_a_success_without_any_tells_none(folder: DataFolder, clock: FrozenClock) -> None:
    fail(folder, clock)
    for _ in range(3):
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock).close()
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert len(failed(program)) == 1


def test_a_program_that_dies_after_the_entry_and_before_the_count_tells_it_once(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = fail(folder, clock)
    with monkeypatch.context() as patch:
        patch.setattr(UnlockAttempts, "told", lambda _: None)
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock).close()
    assert folder.attempts.exists()
    second = fail(folder, clock)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert [entry[2] for entry in failed(program)] == [moment(at), moment(second)]
    assert not folder.attempts.exists()


def test_a_store_that_does_not_open_keeps_them_for_later(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = fail(folder, clock)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(transactions, "writing", full)
        patch.setattr("mdt_desktop.services.unlocking.writing", full)
        with pytest.raises(OSError, match="space"):
            bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert [entry[2] for entry in failed(program)] == [moment(at)]


def test_a_damaged_key_file_is_no_wrong_try(folder: DataFolder, clock: FrozenClock) -> None:
    whole = folder.key_file.read_bytes()
    folder.key_file.write_bytes(whole[:-40])
    with pytest.raises(KeyFileDamaged):
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    folder.key_file.write_bytes(whole)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert failed(program) == []


def test_a_count_that_was_tampered_with_is_told(folder: DataFolder, clock: FrozenClock) -> None:
    fail(folder, clock)
    folder.attempts.write_text("{}")
    clock.advance(timedelta(seconds=UnlockAttempts(folder.attempts).seconds_to_wait(clock())))
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        assert [entry[1] for entry in failed(program)] == ["damaged_count"]


def test_many_more_than_are_kept_are_told_by_their_number(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdt_desktop.security.unlock_attempts.MOST_UNTOLD", 5)
    assert MOST_UNTOLD == 1000
    for _ in range(8):
        fail(folder, clock)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        entries = failed(program)
        # The one that was right took a place for the moment it was being tried.
        assert [entry[2] for entry in entries[:1]] == ["4 earlier"]
        assert len(entries) == 1 + 4


def test_opening_by_the_keyring_tells_them_too_and_shortens_no_wait(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        program.keys.remember()
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(folder, TYPED, clock=clock)
    with bootstrap.open_remembered(folder, clock=clock) as program:
        assert len(failed(program)) == 1
    assert UnlockAttempts(folder.attempts).seconds_to_wait(clock()) == 1


def test_what_was_typed_is_nowhere_on_the_disk(folder: DataFolder, clock: FrozenClock) -> None:
    fail(folder, clock)
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock):
        for path in folder.root.iterdir():
            content = path.read_bytes() + os.fsencode(path.name)
            assert TYPED.encode() not in content
            assert TYPED.encode("utf-16-le") not in content
