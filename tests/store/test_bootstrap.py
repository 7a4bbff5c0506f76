"""Making and opening a store: all of it or nothing, and each kind of trouble in its own words."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security.errors import (
    KeyFileDamaged,
    KeyFileExists,
    KeyFileMissing,
    SessionLocked,
    TooManyAttempts,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.services import identity
from mdt_desktop.services.identity import Identity, IdentityIncomplete
from mdt_desktop.store import audit_log
from mdt_desktop.store.database import Database, StoreDamaged, StoreExists, StoreForeign, StoreMissing, StorePlain
from mdt_desktop.words import sentence
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import IDENTITY, PASSPHRASE, add_person, add_practice, fingerprints, make_store


@pytest.fixture
def made(data_folder: DataFolder, clock: FrozenClock) -> DataFolder:
    """A closed store."""
    make_store(data_folder, clock)[0].close()
    return data_folder


def test_the_first_run_leaves_a_store_its_key_file_and_record_and_nothing_else(
    data_folder: DataFolder, clock: FrozenClock
) -> None:
    program, recovery_key = make_store(data_folder, clock)
    actor = program.access.actor
    program.close()
    assert {path.name for path in data_folder.root.iterdir()} == {"mdt.db", "mdt.key", "mdt.fresh", "mdt.lock"}
    assert (actor.name, actor.role, actor.organisation) == (IDENTITY.name, IDENTITY.role, IDENTITY.organisation)
    assert len(recovery_key.text()) == 41
    assert PASSPHRASE.encode() not in data_folder.database.read_bytes() + data_folder.key_file.read_bytes()


def test_the_same_user_is_found_at_the_next_start(made: DataFolder, clock: FrozenClock) -> None:
    with bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock) as program:
        first = program.access.actor
    with bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock) as program:
        assert program.access.actor == first
        assert program.access.actor.name == IDENTITY.name


def test_two_laptops_started_offline_mean_the_same_locality(data_folder: DataFolder, clock: FrozenClock) -> None:
    program, _ = make_store(DataFolder(data_folder.root / "one"), clock)
    with program:
        first = program.access.actor.locality_id
    spelt = Identity("Kim Example", IDENTITY.role, "Invented Trust", "  north EAST ")
    other, _ = bootstrap.create_store(
        DataFolder(data_folder.root / "two"), PASSPHRASE, spelt, parameters=FLOOR, clock=clock
    )
    with other:
        assert other.access.actor.locality_id == first


def test_a_wrong_passphrase_changes_no_file_but_the_count_of_tries(made: DataFolder, clock: FrozenClock) -> None:
    before = fingerprints(made)
    with pytest.raises(WrongPassphrase):
        bootstrap.open_with_passphrase(made, "lantern rowing copper thistles", clock=clock)
    assert fingerprints(made, "attempts.json") == before


def test_wrong_tries_are_slowed_down_and_a_right_one_forgives_them(made: DataFolder, clock: FrozenClock) -> None:
    for delay in (1, 2, 4):
        with pytest.raises(WrongPassphrase):
            bootstrap.open_with_passphrase(made, "not the passphrase", clock=clock)
        with pytest.raises(TooManyAttempts) as refused:
            bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock)
        assert refused.value.seconds == delay
        clock.advance(timedelta(seconds=delay))
    bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock).close()
    assert not made.attempts.exists()


def test_the_recovery_key_opens_the_store_and_another_one_does_not(
    data_folder: DataFolder, clock: FrozenClock
) -> None:
    program, recovery_key = make_store(data_folder, clock)
    program.close()
    with bootstrap.open_with_recovery_key(data_folder, recovery_key.text().lower(), clock=clock) as opened:
        assert opened.access.actor.name == IDENTITY.name
    with pytest.raises(WrongRecoveryKey):
        bootstrap.open_with_recovery_key(data_folder, RecoveryKey.random().text(), clock=clock)


def _damage(folder: DataFolder) -> None:
    content = bytearray(folder.database.read_bytes())
    content[2000] ^= 1
    folder.database.write_bytes(content)


def _damage_key_file(folder: DataFolder) -> None:
    folder.key_file.write_bytes(folder.key_file.read_bytes().replace(b"checksum", b"checksun"))


def _put_plain(folder: DataFolder) -> None:
    folder.database.unlink()
    with sqlite3.connect(folder.database) as plain:
        plain.execute("CREATE TABLE diary (entry TEXT)")
    plain.close()


TROUBLES: dict[str, tuple[Callable[[DataFolder], object], type[MdtError]]] = {
    "a page of the store is damaged": (_damage, StoreDamaged),
    "the key file is damaged": (_damage_key_file, KeyFileDamaged),
    "the key file is missing": (lambda folder: folder.key_file.unlink(), KeyFileMissing),
    "the store is missing": (lambda folder: folder.database.unlink(), StoreMissing),
    "a plain SQLite file lies there": (_put_plain, StorePlain),
    "a text file lies there": (lambda folder: folder.database.write_text("shopping list: bread, tea"), StoreForeign),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_has_its_own_words_and_changes_nothing(
    name: str, made: DataFolder, clock: FrozenClock
) -> None:
    spoil, expected = TROUBLES[name]
    spoil(made)
    before = fingerprints(made)
    with pytest.raises(expected) as raised:
        bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock)
    assert fingerprints(made, "attempts.json") == before
    assert sentence(raised.value) != sentence(WrongPassphrase())


def test_the_troubles_are_told_in_different_words() -> None:
    told = [sentence(error()) for _, error in TROUBLES.values()] + [sentence(WrongPassphrase())]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("what", ["plain SQLite", "text", "a store"])
def test_a_new_store_never_overwrites_what_lies_there(what: str, data_folder: DataFolder, clock: FrozenClock) -> None:
    if what == "plain SQLite":
        data_folder.database.touch()
        _put_plain(data_folder)
    elif what == "text":
        data_folder.database.write_text("shopping list")
    else:
        make_store(data_folder, clock)[0].close()
    before = fingerprints(data_folder)
    with pytest.raises(StoreExists):
        make_store(data_folder, clock)
    assert fingerprints(data_folder) == before


def test_a_lonely_key_file_is_not_overwritten(made: DataFolder, clock: FrozenClock) -> None:
    made.database.unlink()
    before = fingerprints(made)
    with pytest.raises(KeyFileExists):
        make_store(made, clock)
    assert fingerprints(made) == before


def test_a_store_that_cannot_be_founded_leaves_nothing_behind(
    data_folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(database: Database, *_: object) -> None:
        assert database.path.exists()
        raise OSError("the disk is full")

    monkeypatch.setattr(identity, "found_store", refuse)
    with pytest.raises(OSError, match="full"):
        make_store(data_folder, clock)
    assert list(data_folder.root.iterdir()) == [data_folder.lock]


def test_a_store_without_a_name_is_not_made(data_folder: DataFolder, clock: FrozenClock) -> None:
    nobody = Identity("  ", IDENTITY.role, "", "North East")
    with pytest.raises(IdentityIncomplete) as raised:
        bootstrap.create_store(data_folder, PASSPHRASE, nobody, parameters=FLOOR, clock=clock)
    assert raised.value.values["missing"] == "name, organisation"
    assert list(data_folder.root.iterdir()) == []


def test_a_closed_program_has_forgotten_its_key(data_folder: DataFolder, clock: FrozenClock) -> None:
    program, _ = make_store(data_folder, clock)
    program.close()
    assert program.session.locked
    with pytest.raises(SessionLocked):
        _ = program.session.key


def test_every_opening_is_in_the_audit_log(made: DataFolder, clock: FrozenClock) -> None:
    bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock).close()
    with bootstrap.open_with_passphrase(made, PASSPHRASE, clock=clock) as program:
        entries = program.access.database.reader.execute("SELECT action FROM audit_entry ORDER BY seq")
        acts = [row[0] for row in entries]
        assert "found_store" in acts
        assert acts[-2:] == ["unlock", "unlock"]
        assert audit_log.first_broken(program.access.database.reader) is None


def test_services_that_write_are_loaded_when_first_asked_for(data_folder: DataFolder, clock: FrozenClock) -> None:
    program, _ = make_store(data_folder, clock)
    with program:
        person_id = add_person(program, add_practice(program))
        assert "cases" not in vars(program.services)
        case_id = program.services.cases.open(person_id).made
        assert program.services.cases is program.services.cases
        assert program.services.case_file.find(case_id) == person_id
