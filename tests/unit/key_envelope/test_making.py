"""Making a key file: what it holds, that nothing there is overwritten, and what a failing disk leaves."""

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope, key_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import KeyFileExists, PassphraseTooLong, PassphraseTooShort
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.unit.key_envelope.desk import PASSPHRASE


def test_the_passphrase_gives_the_key_back(path: Path, key: DatabaseKey) -> None:
    assert key_envelope.unlock_with_passphrase(path, PASSPHRASE) == key


def test_the_recovery_key_gives_the_key_back(path: Path, key: DatabaseKey, recovery_key: RecoveryKey) -> None:
    assert key_envelope.unlock_with_recovery_key(path, recovery_key) == key


def test_a_new_key_file_holds_at_least_the_floor(path: Path) -> None:
    slot = json.loads(path.read_bytes())["slots"]["passphrase"]
    assert (slot["kdf"], slot["kdf_version"]) == ("argon2id", 19)
    assert (slot["memory_kib"], slot["passes"], slot["lanes"]) == (65536, 3, 4)
    assert len(base64.b64decode(slot["salt"])) == 16


def test_two_stores_share_neither_key_nor_salt(tmp_path: Path, path: Path, key: DatabaseKey) -> None:
    other_key, _ = key_envelope.create_envelope(tmp_path / "other.json", PASSPHRASE, parameters=FLOOR)
    one, two = (json.loads(file.read_bytes()) for file in (path, tmp_path / "other.json"))
    assert other_key != key
    assert one["store"] != two["store"]
    assert one["slots"]["passphrase"]["salt"] != two["slots"]["passphrase"]["salt"]


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX rights")
def test_the_key_file_and_its_new_folder_are_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.json"
    key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    key_envelope.replace_recovery_key(path, key_envelope.unlock_with_passphrase(path, PASSPHRASE))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["key.json"]


@pytest.mark.parametrize("present", ["a key file", "an empty file", "a folder", "a broken link"])
def test_nothing_that_is_there_is_overwritten(path: Path, present: str) -> None:
    if present != "a key file":
        path.unlink()
    match present:
        case "an empty file":
            path.touch()
        case "a folder":
            path.mkdir()
        case "a broken link":
            path.symlink_to(path.parent / "nowhere")
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(KeyFileExists):
        key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not (path.parent / "nowhere").exists()


def test_a_key_file_that_appears_meanwhile_is_not_overwritten(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyFileExists):
        key_file.write_new(path, key_file.read(path))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("passphrase", "error"),
    [
        ("", PassphraseTooShort),
        ("eleven char", PassphraseTooShort),
        ("x" * 1025, PassphraseTooLong),
    ],
    ids=["empty", "11 characters", "1,025 characters"],
)
def test_a_passphrase_of_the_wrong_length_makes_no_file(tmp_path: Path, passphrase: str, error: type[MdtError]) -> None:
    with pytest.raises(error):
        key_envelope.create_envelope(tmp_path / "key.json", passphrase, parameters=FLOOR)
    assert list(tmp_path.iterdir()) == []
