"""A wrong passphrase opens nothing and changes nothing, a thousand times over, and is told from damage (R4)."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mdt_desktop import bootstrap
from mdt_desktop.domain.errors import MdtError
from mdt_desktop.paths import DataFolder
from mdt_desktop.security import key_derivation
from mdt_desktop.security.errors import KeyFileDamaged, TooManyAttempts, WrongPassphrase
from mdt_desktop.settings import LaptopSettings, save_settings
from mdt_desktop.store.database import StoreDamaged
from mdt_desktop.words import sentence
from tests.helpers.cheap_keys import cheap_hash
from tests.helpers.clocks import FrozenClock
from tests.helpers.stores import PASSPHRASE, add_person, add_practice, fingerprints, make_store

TRIES = 1000
REAL_TRIES = 12


def guesses(count: int) -> Iterator[str]:
    """Slips of a hand first, then anything."""
    chance = random.Random(4)
    for place in range(len(PASSPHRASE)):
        yield PASSPHRASE[:place] + PASSPHRASE[place + 1 :]
        yield PASSPHRASE[:place] + PASSPHRASE[place].upper() + PASSPHRASE[place:]
    yield from ("", " ", PASSPHRASE + " ", PASSPHRASE.title(), PASSPHRASE[::-1], "\0" * 12, "\ud800" * 12, "é" * 2000)
    while True:
        yield "".join(chance.choices("abcdefghijklmnopqrstuvwxyz 0123456789ąé漢", k=chance.randrange(0, 60)))


@pytest.fixture
def folder(data_folder: DataFolder, clock: FrozenClock) -> DataFolder:
    """A closed store with somebody in it, settings, a log, and a full write-ahead log beside it."""
    program, _ = make_store(data_folder, clock)
    add_person(program, add_practice(program))
    crashed = DataFolder(data_folder.root.with_name("crashed")).create()
    for path in data_folder.root.iterdir():
        if not path.name.endswith("-shm"):
            (crashed.root / path.name).write_bytes(path.read_bytes())
    program.close()
    save_settings(crashed, LaptopSettings())
    crashed.log.write_text("{}\n")
    assert crashed.side_files()[0].stat().st_size > 0
    return crashed


def try_wrong_ones(folder: DataFolder, clock: FrozenClock, count: int) -> int:
    """Wrong passphrases as fast as the delay allows; how many were judged."""
    judged = 0
    for guess in guesses(count):
        if judged == count:
            break
        with pytest.raises(WrongPassphrase):
            bootstrap.open_with_passphrase(folder, guess, clock=clock)
        judged += 1
        with pytest.raises(TooManyAttempts) as refused:
            bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
        clock.advance(timedelta(seconds=refused.value.seconds))
    return judged


def test_a_thousand_wrong_passphrases_open_nothing_and_change_no_file(
    folder: DataFolder, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key file is made anew under a derivation that costs nothing (see `helpers.cheap_keys`).

    What is tried a thousand times is the judging of the key-check value, the counting and the leaving alone of
    every file; that Argon2id itself tells passphrases apart is tried by the next test, and in full by `soak`.
    """
    with bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock) as program:
        monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
        monkeypatch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)
        program.keys.set_passphrase(PASSPHRASE)
    before = fingerprints(folder, "attempts.json")
    assert try_wrong_ones(folder, clock, TRIES) == TRIES
    assert fingerprints(folder, "attempts.json") == before
    bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock).close()


def test_wrong_passphrases_leave_a_store_alone_that_was_not_closed(folder: DataFolder, clock: FrozenClock) -> None:
    before = fingerprints(folder, "attempts.json")
    assert {"mdt.db", "mdt.db-wal", "mdt.fresh", "mdt.key", "settings.json", "mdt.log"} == set(before)
    assert try_wrong_ones(folder, clock, REAL_TRIES) == REAL_TRIES
    assert fingerprints(folder, "attempts.json") == before
    bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock).close()


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_thousand_wrong_passphrases_by_the_real_derivation(folder: DataFolder, clock: FrozenClock) -> None:
    before = fingerprints(folder, "attempts.json")
    assert try_wrong_ones(folder, clock, TRIES) == TRIES
    assert fingerprints(folder, "attempts.json") == before


def test_the_right_passphrase_on_a_damaged_file_is_never_called_wrong(folder: DataFolder, clock: FrozenClock) -> None:
    whole = folder.database.read_bytes()
    damaged = bytearray(whole)
    damaged[100] ^= 1
    folder.database.write_bytes(damaged)
    for path in folder.side_files():
        path.unlink(missing_ok=True)
    told: list[MdtError] = []
    with pytest.raises(StoreDamaged) as store:
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    told.append(store.value)
    with pytest.raises(WrongPassphrase) as wrong:
        bootstrap.open_with_passphrase(folder, "not the passphrase", clock=clock)
    told.append(wrong.value)
    clock.advance(timedelta(seconds=1))
    folder.database.write_bytes(whole)
    folder.key_file.write_bytes(folder.key_file.read_bytes()[:-30])
    with pytest.raises(KeyFileDamaged) as key_file:
        bootstrap.open_with_passphrase(folder, PASSPHRASE, clock=clock)
    told.append(key_file.value)
    assert len({sentence(error) for error in told}) == 3
