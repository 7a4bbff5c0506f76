"""What a guess at the passphrase costs: never below the floor, never lowered, raised at the next unlock."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mdt_desktop.security import key_derivation, key_envelope
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import ExcessiveParameters, WeakParameters, WrongPassphrase
from mdt_desktop.security.key_derivation import FLOOR, KdfParameters
from mdt_desktop.security.recovery_key import RecoveryKey
from mdt_desktop.security.session import StoreLock
from tests.helpers.cheap_keys import cheap_hash

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSPHRASE = "correct kettle battery staple"
OTHER = "seven purple lanterns"
DEARER = KdfParameters(FLOOR.memory_kib * 2, 4, FLOOR.lanes)


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost is stored, checked and authenticated here; it need not be paid."""
    monkeypatch.setattr(key_derivation, "hash_secret_raw", cheap_hash)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, DatabaseKey, RecoveryKey]:
    path = tmp_path / "key.json"
    return path, *key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)


def stored(path: Path) -> KdfParameters:
    slot = json.loads(path.read_bytes())["slots"]["passphrase"]
    return KdfParameters(slot["memory_kib"], slot["passes"], slot["lanes"])


def door(path: Path) -> StoreLock:
    return StoreLock(path, path.with_name("attempts.json"))


def test_the_floor_is_the_one_that_was_agreed() -> None:
    assert KdfParameters(64 * 1024, 3, 4) == FLOOR
    assert key_derivation.ASKED.at_least(FLOOR) == key_derivation.ASKED


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.2, 1.0, 30.0])
def test_a_first_run_never_chooses_less_than_is_asked_for(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_derivation, "ASKED", DEARER)
    chosen = key_derivation.calibrate(lambda _: seconds)
    assert chosen.at_least(DEARER) == chosen
    chosen.check()


def test_nothing_below_the_floor_or_above_the_ceiling_is_ever_stored(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    for weak in (KdfParameters(FLOOR.memory_kib - 1, 3, 4), KdfParameters(65536, 2, 4), KdfParameters(65536, 3, 3)):
        with pytest.raises(WeakParameters):
            key_envelope.create_envelope(path, PASSPHRASE, parameters=weak)
    for much in (KdfParameters(1 << 21, 3, 4), KdfParameters(65536, 257, 4), KdfParameters(65536, 3, 17)):
        with pytest.raises(ExcessiveParameters):
            key_envelope.create_envelope(path, PASSPHRASE, parameters=much)
    assert list(tmp_path.iterdir()) == []


def test_a_file_below_what_is_asked_for_today_is_raised_at_the_next_unlock_by_passphrase(
    made: tuple[Path, DatabaseKey, RecoveryKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key, recovery_key = made
    salt = json.loads(path.read_bytes())["slots"]["passphrase"]["salt"]
    monkeypatch.setattr(key_derivation, "ASKED", DEARER)
    assert door(path).open_with_passphrase(PASSPHRASE, NOON).key == key
    assert stored(path) == DEARER
    assert json.loads(path.read_bytes())["slots"]["passphrase"]["salt"] != salt
    assert door(path).open_with_passphrase(PASSPHRASE, NOON).key == key
    assert door(path).open_with_recovery_key(recovery_key.text(), NOON).key == key


def test_a_file_that_is_worth_as_much_or_more_is_left_alone(
    made: tuple[Path, DatabaseKey, RecoveryKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key, _ = made
    key_envelope.set_passphrase(path, key, PASSPHRASE, parameters=DEARER)
    for asked in (FLOOR, DEARER):
        monkeypatch.setattr(key_derivation, "ASKED", asked)
        before = path.read_bytes()
        door(path).open_with_passphrase(PASSPHRASE, NOON)
        assert path.read_bytes() == before


def test_each_part_is_raised_by_itself_and_none_is_lowered(
    made: tuple[Path, DatabaseKey, RecoveryKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key, _ = made
    key_envelope.set_passphrase(path, key, PASSPHRASE, parameters=KdfParameters(FLOOR.memory_kib, 9, 4))
    monkeypatch.setattr(key_derivation, "ASKED", DEARER)
    door(path).open_with_passphrase(PASSPHRASE, NOON)
    assert stored(path) == KdfParameters(DEARER.memory_kib, 9, 4)
    monkeypatch.setattr(key_derivation, "ASKED", FLOOR)
    monkeypatch.setattr(key_derivation, "calibrate", lambda: FLOOR)
    key_envelope.set_passphrase(path, key, OTHER)
    assert stored(path) == KdfParameters(DEARER.memory_kib, 9, 4)


def test_a_wrong_passphrase_and_a_recovery_key_raise_nothing(
    made: tuple[Path, DatabaseKey, RecoveryKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _, recovery_key = made
    monkeypatch.setattr(key_derivation, "ASKED", DEARER)
    before = path.read_bytes()
    door(path).open_with_recovery_key(recovery_key.text(), NOON)
    with pytest.raises(WrongPassphrase):
        door(path).open_with_passphrase(OTHER, NOON)
    assert path.read_bytes() == before


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_disk_that_refuses_the_raised_file_opens_all_the_same(
    nth: int, made: tuple[Path, DatabaseKey, RecoveryKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key, _ = made
    before = path.read_bytes()
    calls = {1: "open", 2: "fsync", 3: "replace"}
    real = getattr(os, calls[nth])

    def full(*given: Any, **named: Any) -> Any:
        if nth == 2 or "key.json" in str(given[0]):
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(key_derivation, "ASKED", DEARER)
    with monkeypatch.context() as patch:
        patch.setattr(os, calls[nth], full)
        assert key_envelope.unlock_with_passphrase(path, PASSPHRASE) == key
        with pytest.raises(Exception, match="folder_unwritable"):
            key_envelope.strengthen(path, key, PASSPHRASE)
        if nth != 2:  # a full disk cannot count a try either
            assert door(path).open_with_passphrase(PASSPHRASE, NOON).key == key
    assert path.read_bytes() == before
    assert [it.name for it in path.parent.iterdir()] == ["key.json"]


