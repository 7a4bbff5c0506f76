"""A new key for a store: what opens it before and after, what is told, and what is refused."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.bootstrap import Program
from mdt_desktop.domain.allocation import AgeRule
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation, key_envelope, key_file
from mdt_desktop.security.errors import NotRemembered, WrongPassphrase, WrongRecoveryKey
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.keyring_store import KeyringStore
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.services.key_rotation import RotationEnd, RotationStep
from mdt_desktop.store import audit_log, backup, rekey
from mdt_desktop.store.database import (
    Database,
    KeyMaterial,
    StoreBusy,
    StoreDamaged,
    StorePlain,
    connect_alone,
    opens_with,
)
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.keyrings import MemoryKeyring
from tests.helpers.stores import KEPT_FILES, PASSPHRASE, add_person, add_practice, fingerprints, make_store


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many openings: see `helpers.cheap_keys`."""
    monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)


@pytest.fixture
def opened(data_folder: DataFolder, clock: FrozenClock) -> Iterator[tuple[Program, RecoveryKey]]:
    """An open store with somebody in it, and its recovery key."""
    program, recovery_key = make_store(data_folder, clock)
    with program:
        add_person(program, add_practice(program))
        yield program, recovery_key


@pytest.fixture
def program(opened: tuple[Program, RecoveryKey]) -> Program:
    return opened[0]


def acts(program: Program) -> list[str]:
    reader = program.access.database.reader
    return [row[0] for row in reader.execute("SELECT action FROM audit_entry WHERE action LIKE '%rotat%' ORDER BY seq")]


def people(program: Program) -> int:
    return int(program.access.database.reader.execute("SELECT count(*) FROM person").fetchone()[0])


def rotated(program: Program) -> tuple[Program, RecoveryKey]:
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    return bootstrap.finish_key_rotation(program, rotation), rotation.recovery_key


def test_the_passphrase_stays_and_key_and_recovery_key_are_new(
    opened: tuple[Program, RecoveryKey], data_folder: DataFolder, clock: FrozenClock
) -> None:
    program, old_paper = opened
    old_key = program.session.key.raw_key()
    new, paper = rotated(program)
    with new:
        assert people(new) == 1
        assert new.session.key.raw_key() != old_key
        assert acts(new) == ["begin_key_rotation", "rotate_key"]
        assert audit_log.first_broken(new.access.database.reader) is None
    assert program.session.locked
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock).close()
    bootstrap.open_with_recovery_key(data_folder, paper.text(), clock=clock).close()
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(data_folder, old_paper.text(), clock=clock)
    assert {path.name for path in data_folder.root.iterdir()} == {*KEPT_FILES, "attempts.json"}


def test_the_old_key_opens_nothing_and_its_file_is_gone(program: Program, data_folder: DataFolder) -> None:
    old_key = type(program.session.key)(program.session.key.raw_key())
    before = data_folder.database.stat().st_ino
    rotated(program)[0].close()
    assert not opens_with(data_folder.database, old_key)
    assert data_folder.database.stat().st_ino != before
    assert key_envelope.unlock_with_passphrase(data_folder.key_file, PASSPHRASE) != old_key


def test_a_store_keeps_its_name_and_a_guess_its_cost(program: Program, data_folder: DataFolder) -> None:
    dearer = key_derivation.KdfParameters(FLOOR.memory_kib, 5, FLOOR.lanes)
    key_envelope.set_passphrase(data_folder.key_file, program.session.key, PASSPHRASE, parameters=dearer)
    store = key_envelope.store_id(data_folder.key_file)
    rotated(program)[0].close()
    envelope = key_file.read(data_folder.key_file)
    assert envelope.store == store
    assert key_envelope.parameters_of(envelope) == dearer


def test_nothing_counts_until_it_is_put_in_force(
    opened: tuple[Program, RecoveryKey], data_folder: DataFolder, clock: FrozenClock
) -> None:
    program, old_paper = opened
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    assert {path.name for path in data_folder.next_files() if path.exists()} == {"mdt.db.next", "mdt.key.next"}
    for path in (data_folder.next_database, data_folder.next_key_file):
        assert path.stat().st_mode & 0o077 == 0
    rotation.abandon()
    assert not any(path.exists() for path in data_folder.next_files())
    assert acts(program) == ["begin_key_rotation", "abandon_key_rotation"]
    program.services.rules.set_age_rule(AgeRule.AGED_75_AND_OVER)
    program.close()
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(data_folder, rotation.recovery_key.text(), clock=clock)
    clock.advance(timedelta(minutes=1))
    bootstrap.open_with_recovery_key(data_folder, old_paper.text(), clock=clock).close()


def test_what_is_saved_while_the_recovery_key_is_printed_is_in_the_new_store(program: Program) -> None:
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    program.services.rules.set_age_rule(AgeRule.AGED_75_AND_OVER)
    with bootstrap.finish_key_rotation(program, rotation) as new:
        assert new.services.rules.age_rule() is AgeRule.AGED_75_AND_OVER


def test_a_wrong_passphrase_makes_nothing_ready(program: Program, data_folder: DataFolder) -> None:
    before = fingerprints(data_folder, "mdt.db-shm")
    with pytest.raises(WrongPassphrase):
        bootstrap.begin_key_rotation(program, "not the passphrase")
    assert fingerprints(data_folder, "mdt.db-shm") == before
    assert people(program) == 1


class Stopped(Exception):
    """The person has asked to stop."""


@pytest.mark.parametrize("step", RotationStep)
def test_it_can_be_stopped_at_every_step_and_leaves_the_store_as_it_was(
    step: RotationStep, program: Program, data_folder: DataFolder
) -> None:
    def stop(at: RotationStep, done: int, of: int | None) -> None:
        if at is step:
            raise Stopped

    with pytest.raises(Stopped):
        bootstrap.begin_key_rotation(program, PASSPHRASE, stop)
    assert not any(path.exists() for path in data_folder.next_files())
    assert acts(program) == ([] if step is RotationStep.KEY else ["begin_key_rotation", "abandon_key_rotation"])
    rotated(program)[0].close()


def test_it_says_how_far_it_is(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_PAGES_A_STEP", 10)
    told: list[tuple[RotationStep, int, int | None]] = []
    bootstrap.begin_key_rotation(program, PASSPHRASE, lambda *it: told.append(it)).abandon()
    assert [step for step, _ in itertools.groupby(it[0] for it in told)] == list(RotationStep)
    copied = [(done, of) for step, done, of in told if step is RotationStep.COPY]
    assert len(copied) > 5
    assert copied == sorted(copied)
    assert copied[-1][0] == copied[-1][1]


def _damage(path: Path, key: KeyMaterial) -> None:
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)


def _change(path: Path, key: KeyMaterial, *statements: str) -> None:
    with closing(connect_alone(path, key, to_write=True)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        for statement in statements:
            connection.execute(statement)


def _replace_head(path: Path, key: KeyMaterial) -> None:
    """The same number of entries, the last one another: what refuses that is taken away and put back."""
    with closing(connect_alone(path, key)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
        ).fetchall()
    _change(
        path,
        key,
        *(f"DROP TRIGGER {name}" for name, _ in triggers),
        "UPDATE audit_entry SET hash = prev_hash WHERE seq = (SELECT max(seq) FROM audit_entry)",
        *(sql for _, sql in triggers),
    )


SPOILT: dict[str, Callable[[Path, KeyMaterial], None]] = {
    "pages": _damage,
    "tables": lambda path, key: _change(path, key, "CREATE TABLE surprise (id TEXT)"),
    "rows": lambda path, key: _change(path, key, "DELETE FROM setting WHERE key = 'store.is_demo'"),
    "audit": _replace_head,
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_copy_that_is_not_the_same_is_never_put_in_force(
    what: str, program: Program, data_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = rekey.copy

    def spoilt(database: Database, path: Path, key: KeyMaterial, on_progress: rekey.Progress) -> None:
        copy(database, path, key, on_progress)
        SPOILT[what](path, key)

    monkeypatch.setattr(rekey, "copy", spoilt)
    with pytest.raises(rekey.CopyNotSound) as refused:
        bootstrap.begin_key_rotation(program, PASSPHRASE)
    assert refused.value.values == {"what": what}
    assert not any(path.exists() for path in data_folder.next_files())
    assert people(program) == 1


def test_a_store_that_another_process_has_open_keeps_its_key(
    program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    other = Database.open(data_folder.database, program.session.key)
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    other.writer.execute("PRAGMA busy_timeout = 0").fetchall()
    program.access.database.writer.execute("PRAGMA busy_timeout = 0").fetchall()
    with pytest.raises(StoreBusy):
        bootstrap.finish_key_rotation(program, rotation)
    assert other.reader.execute("SELECT count(*) FROM person").fetchone()[0] == 1
    other.close()
    with bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock) as again:
        assert people(again) == 1
        assert again.key_change is RotationEnd.UNDONE
        assert acts(again) == ["begin_key_rotation", "abandon_key_rotation"]


# What is left in a folder when it was cut short.


@pytest.fixture
def half_way(opened: tuple[Program, RecoveryKey], data_folder: DataFolder) -> tuple[RecoveryKey, RecoveryKey]:
    """The store is under the next key and the key file is not yet: old and new recovery key."""
    program, old_paper = opened
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    rekey.close_without_log(program.access.database)
    rekey.put_in_place(data_folder.database, data_folder.next_database)
    program.close()
    return old_paper, rotation.recovery_key


def test_half_way_the_passphrase_and_the_new_recovery_key_finish_it_and_the_old_one_is_told_replaced(
    half_way: tuple[RecoveryKey, RecoveryKey], data_folder: DataFolder, clock: FrozenClock
) -> None:
    old_paper, paper = half_way
    before = fingerprints(data_folder)
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(data_folder, old_paper.text(), clock=clock)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(data_folder, "not the passphrase", clock=clock)
    clock.advance(timedelta(seconds=2))
    with pytest.raises(NotRemembered):
        bootstrap.open_remembered(data_folder, clock=clock)
    assert fingerprints(data_folder, "attempts.json") == before
    with bootstrap.open_with_recovery_key(data_folder, paper.text(), clock=clock) as program:
        assert people(program) == 1
        assert program.key_change is RotationEnd.DONE
        assert acts(program) == ["begin_key_rotation", "rotate_key"]
    assert {path.name for path in data_folder.root.iterdir()} == KEPT_FILES
    with bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock) as program:
        assert program.key_change is None


@pytest.mark.parametrize("lost", ["missing", "damaged"])
def test_half_way_a_lost_key_file_is_made_good_by_the_waiting_one(
    lost: str, half_way: tuple[RecoveryKey, RecoveryKey], data_folder: DataFolder, clock: FrozenClock
) -> None:
    data_folder.key_file.unlink()
    if lost == "damaged":
        data_folder.key_file.write_bytes(b"damaged")
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock).close()
    assert {path.name for path in data_folder.root.iterdir()} == KEPT_FILES


def test_half_way_a_damaged_store_is_told_and_nothing_is_thrown_away(
    half_way: tuple[RecoveryKey, RecoveryKey], data_folder: DataFolder, clock: FrozenClock
) -> None:
    content = bytearray(data_folder.database.read_bytes())
    content[2000] ^= 1
    data_folder.database.write_bytes(content)
    _refused_and_unchanged(data_folder, clock, StoreDamaged)
    data_folder.next_key_file.write_bytes(b"damaged")
    _refused_and_unchanged(data_folder, clock, StoreDamaged)
    data_folder.database.write_bytes(b"SQLite format 3\0" + bytes(5000))
    _refused_and_unchanged(data_folder, clock, StorePlain)


def test_a_store_that_is_damaged_before_it_was_put_in_force_keeps_its_key_file(
    program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    bootstrap.begin_key_rotation(program, PASSPHRASE)
    program.close()
    content = bytearray(data_folder.database.read_bytes())
    content[2000] ^= 1
    data_folder.database.write_bytes(content)
    _refused_and_unchanged(data_folder, clock, StoreDamaged)


def _refused_and_unchanged(folder: DataFolder, clock: FrozenClock, error: type[MdtError]) -> None:
    before = fingerprints(folder, "attempts.json")
    assert {"mdt.db", "mdt.key", "mdt.key.next"} <= set(before)
    with pytest.raises(error):
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    assert fingerprints(folder, "attempts.json") == before


@pytest.mark.parametrize("left", ["a copy alone", "a key file alone", "a damaged key file", "another store's key file"])
def test_leftovers_that_are_of_no_use_are_removed_by_the_right_passphrase_only(
    left: str, program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    bootstrap.begin_key_rotation(program, PASSPHRASE)
    program.close()
    match left:
        case "a copy alone":
            data_folder.next_key_file.unlink()
        case "a key file alone":
            data_folder.next_database.unlink()
        case "a damaged key file":
            data_folder.next_key_file.write_bytes(b"damaged")
        case "another store's key file":
            data_folder.next_key_file.unlink()
            key_envelope.create_envelope(data_folder.next_key_file, PASSPHRASE, parameters=FLOOR)
    before = fingerprints(data_folder)
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(data_folder, "not the passphrase", clock=clock)
    assert fingerprints(data_folder, "attempts.json") == before
    clock.advance(timedelta(seconds=1))
    with bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock) as again:
        assert people(again) == 1
        assert again.key_change is RotationEnd.UNDONE
    assert {path.name for path in data_folder.root.iterdir()} == KEPT_FILES


# The system keyring.


@pytest.fixture
def safe_keyring(memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """The keyring in memory counts as one that keeps secrets."""
    make = KeyringStore.__init__
    safe = frozenset({"tests.helpers.keyrings.MemoryKeyring"})
    monkeypatch.setattr(KeyringStore, "__init__", lambda self, back_end=None: make(self, back_end, safe))
    return memory_keyring


def test_a_laptop_that_remembers_the_store_does_so_after_it_too(
    safe_keyring: MemoryKeyring, program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    program.keys.remember()
    (before,) = safe_keyring.items
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    assert len(safe_keyring.items) == 2, "until it is in force the old item opens the store"
    bootstrap.finish_key_rotation(program, rotation).close()
    assert not rotation.forgotten
    (after,) = safe_keyring.items
    assert after != before
    bootstrap.open_remembered(data_folder, clock=clock).close()


def test_a_change_that_is_dropped_leaves_the_keyring_as_it_was(
    safe_keyring: MemoryKeyring, program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    program.keys.remember()
    before = dict(safe_keyring.items)
    bootstrap.begin_key_rotation(program, PASSPHRASE).abandon()
    assert safe_keyring.items == before
    program.close()
    bootstrap.open_remembered(data_folder, clock=clock).close()


def test_half_way_the_keyring_opens_the_store_and_finishes_it(
    safe_keyring: MemoryKeyring, program: Program, data_folder: DataFolder, clock: FrozenClock
) -> None:
    program.keys.remember()
    bootstrap.begin_key_rotation(program, PASSPHRASE)
    rekey.close_without_log(program.access.database)
    rekey.put_in_place(data_folder.database, data_folder.next_database)
    program.close()
    with bootstrap.open_remembered(data_folder, clock=clock) as again:
        assert again.key_change is RotationEnd.DONE
    assert len(safe_keyring.items) == 1


def test_a_keyring_that_refuses_now_is_told_and_the_passphrase_works(
    safe_keyring: MemoryKeyring,
    program: Program,
    data_folder: DataFolder,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program.keys.remember()

    def refuses(*_: object) -> None:
        raise PermissionError("prompt dismissed")

    monkeypatch.setattr(MemoryKeyring, "set_password", refuses)
    rotation = bootstrap.begin_key_rotation(program, PASSPHRASE)
    bootstrap.finish_key_rotation(program, rotation).close()
    assert rotation.forgotten
    with pytest.raises(NotRemembered):
        bootstrap.open_remembered(data_folder, clock=clock)
    bootstrap.open_with_passphrase(data_folder, PASSPHRASE, clock=clock).close()
