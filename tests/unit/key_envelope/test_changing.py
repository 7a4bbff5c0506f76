"""Another passphrase or recovery key for the same key, whole or not at all."""

import json
import os
from pathlib import Path

import pytest

from mdt_desktop.security import key_envelope, key_file, safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import (
    FolderUnwritable,
    KeyOfAnotherStore,
    NoRecoveryKey,
    PassphraseTooShort,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.key_derivation import FLOOR, KdfParameters
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.unit.key_envelope.desk import PASSPHRASE, planted


def test_the_recovery_key_of_another_store_is_wrong(path: Path) -> None:
    with pytest.raises(WrongRecoveryKey):
        key_envelope.unlock_with_recovery_key(path, RecoveryKey.random())


def test_a_new_recovery_key_makes_the_printed_one_useless(
    path: Path, key: DatabaseKey, recovery_key: RecoveryKey
) -> None:
    new = key_envelope.replace_recovery_key(path, key)
    assert key_envelope.unlock_with_recovery_key(path, new) == key
    assert key_envelope.unlock_with_passphrase(path, PASSPHRASE) == key
    with pytest.raises(WrongRecoveryKey):
        key_envelope.unlock_with_recovery_key(path, recovery_key)


def test_a_key_file_without_recovery_key_says_so(path: Path, recovery_key: RecoveryKey) -> None:
    planted(path, lambda document: document["slots"].pop("recovery"))
    with pytest.raises(NoRecoveryKey):
        key_envelope.unlock_with_recovery_key(path, recovery_key)


def test_a_changed_passphrase_opens_the_same_key_and_the_old_one_does_not(
    path: Path, key: DatabaseKey, recovery_key: RecoveryKey
) -> None:
    key_envelope.change_passphrase(path, PASSPHRASE, "seven purple lanterns", parameters=FLOOR)
    assert key_envelope.unlock_with_passphrase(path, "seven purple lanterns") == key
    assert key_envelope.unlock_with_recovery_key(path, recovery_key) == key
    with pytest.raises(WrongPassphrase):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)


def test_a_refused_change_leaves_the_file_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(WrongPassphrase):
        key_envelope.change_passphrase(path, "not the passphrase", "seven purple lanterns", parameters=FLOOR)
    with pytest.raises(PassphraseTooShort):
        key_envelope.change_passphrase(path, PASSPHRASE, "short", parameters=FLOOR)
    with pytest.raises(KeyOfAnotherStore):
        key_envelope.set_passphrase(path, DatabaseKey.random(), "seven purple lanterns", parameters=FLOOR)
    with pytest.raises(KeyOfAnotherStore):
        key_envelope.replace_recovery_key(path, DatabaseKey.random())
    weak = KdfParameters(8, 1, 1)
    assert weak.at_least(FLOOR) == FLOOR
    assert path.read_bytes() == before


def test_a_change_never_lowers_the_cost_of_a_guess(path: Path, key: DatabaseKey) -> None:
    key_envelope.set_passphrase(path, key, PASSPHRASE, parameters=KdfParameters(65536, 4, 4))
    key_envelope.set_passphrase(path, key, "seven purple lanterns", parameters=FLOOR)
    assert json.loads(path.read_bytes())["slots"]["passphrase"]["passes"] == 4
    assert key_envelope.unlock_with_passphrase(path, "seven purple lanterns") == key


def test_the_same_passphrase_typed_on_another_keyboard_opens(path: Path, key: DatabaseKey) -> None:
    wide = PASSPHRASE.translate({code: code + 0xFEE0 for code in range(33, 127)}).replace(" ", "\u00a0")
    assert wide != PASSPHRASE
    assert key_envelope.unlock_with_passphrase(path, wide) == key


@pytest.mark.parametrize("call", ["open", "fsync", "link"])
def test_a_failing_disk_leaves_the_old_key_file(
    path: Path, key: DatabaseKey, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        patch.setattr(Path, "replace", fails)
        with pytest.raises(FolderUnwritable):
            key_envelope.replace_recovery_key(path, key)
        with pytest.raises(FolderUnwritable):
            key_file.write_new(path.with_name("other.json"), key_file.read(path))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_without_hard_links_still_never_overwrites(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        safe_file.write_new(path, b"other")
    assert path.read_bytes() == before
    safe_file.write_new(tmp_path / "new.json", b"content")
    assert (tmp_path / "new.json").read_bytes() == b"content"
    assert len(list(tmp_path.iterdir())) == 2
