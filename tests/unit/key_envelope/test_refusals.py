"""Wrong passphrases and damaged, planted or missing key files are told apart and change nothing."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_envelope, key_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import (
    ExcessiveParameters,
    KeyFileDamaged,
    KeyFileMissing,
    KeyFileNewer,
    WeakParameters,
    WrongPassphrase,
)
from mdt_desktop.security.key_derivation import FLOOR
from mdt_desktop.security.key_file import SlotName
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.unit.key_envelope.desk import PASSPHRASE, Document, planted


def test_wrong_passphrases_open_nothing_and_change_nothing(path: Path) -> None:
    before = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
    wrong = [PASSPHRASE.upper(), PASSPHRASE + " ", " " + PASSPHRASE, PASSPHRASE[:-1], "", "\ud800" * 12]
    for guess in [*wrong, *(f"correct kettle battery stapl{number}" for number in range(14))]:
        with pytest.raises(WrongPassphrase):
            key_envelope.unlock_with_passphrase(path, guess)
    with pytest.raises(WrongPassphrase):
        key_envelope.unlock_with_passphrase(path, "x" * 100_000)
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_every_flipped_byte_is_called_damage_and_never_a_wrong_passphrase(path: Path) -> None:
    whole = path.read_bytes()
    for position in range(len(whole)):
        for bit in (1, 16):
            changed = bytearray(whole)
            changed[position] ^= bit
            path.write_bytes(changed)
            try:
                read = key_file.read(path)
            except KeyFileDamaged:
                continue
            # Only what has no meaning may pass: white space between the values.
            path.write_bytes(whole)
            assert read == key_file.read(path)
            assert whole[position : position + 1].isspace()


@pytest.mark.parametrize("length", [0, 1, 100, -1, -2, -3])
def test_a_cut_key_file_is_called_damaged(path: Path, length: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:length].rstrip() if length < -1 else whole[: length if length >= 0 else -2])
    with pytest.raises(KeyFileDamaged):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)


def change_slot(name: str, field: str, value: object) -> Callable[[Document], object]:
    return lambda document: document["slots"][name].update({field: value})


def change_top(field: str, value: object) -> Callable[[Document], object]:
    return lambda document: document.update({field: value})


SIXTEEN = base64.b64encode(bytes(16)).decode()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(change_slot("passphrase", "memory_kib", 65535), WeakParameters, id="less memory"),
        pytest.param(change_slot("passphrase", "passes", 2), WeakParameters, id="fewer passes"),
        pytest.param(change_slot("passphrase", "lanes", 1), WeakParameters, id="fewer lanes"),
        pytest.param(change_slot("passphrase", "passes", 0), WeakParameters, id="no pass"),
        pytest.param(change_slot("passphrase", "passes", -3), WeakParameters, id="minus three passes"),
        pytest.param(change_slot("passphrase", "memory_kib", 2**40), ExcessiveParameters, id="a petabyte"),
        pytest.param(change_slot("passphrase", "passes", 2**31), ExcessiveParameters, id="endless passes"),
        pytest.param(change_slot("passphrase", "lanes", 17), ExcessiveParameters, id="17 lanes"),
        pytest.param(
            lambda d: d["slots"]["passphrase"].update(memory_kib=2**20, passes=256),
            ExcessiveParameters,
            id="each within its limit but not both",
        ),
        pytest.param(change_slot("passphrase", "passes", 4), WrongPassphrase, id="more passes than were used"),
        pytest.param(change_slot("passphrase", "passes", True), KeyFileDamaged, id="passes no number"),
        pytest.param(change_slot("passphrase", "passes", 3.0), KeyFileDamaged, id="passes no whole number"),
        pytest.param(change_slot("passphrase", "kdf", "pbkdf2"), KeyFileDamaged, id="other derivation"),
        pytest.param(change_slot("passphrase", "kdf_version", 16), KeyFileDamaged, id="Argon2 version 1.0"),
        pytest.param(change_slot("passphrase", "salt", ""), KeyFileDamaged, id="no salt"),
        pytest.param(change_slot("passphrase", "salt", SIXTEEN[:-4] + "AAAA"), KeyFileDamaged, id="long salt"),
        pytest.param(change_slot("passphrase", "salt", "%%"), KeyFileDamaged, id="salt not base64"),
        pytest.param(change_slot("passphrase", "salt", "é"), KeyFileDamaged, id="salt not ASCII"),
        pytest.param(change_slot("passphrase", "salt", 16), KeyFileDamaged, id="salt a number"),
        pytest.param(change_slot("passphrase", "wrapped", SIXTEEN), KeyFileDamaged, id="short wrapped key"),
        pytest.param(
            change_slot("passphrase", "wrapped", base64.b64encode(bytes(48)).decode()),
            KeyFileDamaged,
            id="another wrapped key",
        ),
        pytest.param(
            change_slot("passphrase", "nonce", base64.b64encode(bytes(12)).decode()),
            KeyFileDamaged,
            id="another nonce",
        ),
        pytest.param(change_slot("passphrase", "check", SIXTEEN), WrongPassphrase, id="another check value"),
        pytest.param(change_top("key_check", SIXTEEN), KeyFileDamaged, id="another check of the key"),
        pytest.param(change_top("store", "0" * 32), KeyFileDamaged, id="header of another store"),
        pytest.param(change_top("store", "0" * 31), KeyFileDamaged, id="short store id"),
        pytest.param(change_top("store", "Z" * 32), KeyFileDamaged, id="store id not hexadecimal"),
        pytest.param(change_top("format", "other"), KeyFileDamaged, id="other format"),
        pytest.param(change_top("version", 2), KeyFileNewer, id="newer version"),
        pytest.param(change_top("version", 0), KeyFileDamaged, id="version nought"),
        pytest.param(change_top("version", "1"), KeyFileDamaged, id="version in quotes"),
        pytest.param(change_top("slots", []), KeyFileDamaged, id="slots a list"),
        pytest.param(change_top("slots", {}), KeyFileDamaged, id="no slots"),
        pytest.param(lambda d: d["slots"].pop("passphrase"), KeyFileDamaged, id="no passphrase slot"),
        pytest.param(lambda d: d["slots"].update(other={}), KeyFileDamaged, id="unknown slot"),
        pytest.param(lambda d: d["slots"].update(recovery=None), KeyFileDamaged, id="slot is nothing"),
    ],
)
def test_a_planted_header_is_refused(path: Path, change: Callable[[Document], object], error: type[MdtError]) -> None:
    planted(path, change)
    before = path.read_bytes()
    with pytest.raises(error) as refused:
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)
    assert type(refused.value) is error
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"null", b"[]", b"3", b"{}", b"\xff\xfe", b"[" * 20_000, b"x" * 20_000, b'{"checksum": 3}'],
    ids=["empty", "null", "list", "number", "no field", "not text", "deep", "large", "checksum a number"],
)
def test_a_file_that_is_no_key_file_is_called_damaged(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KeyFileDamaged):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_key_file_is_called_damaged(path: Path) -> None:
    path.unlink()
    path.mkdir()
    with pytest.raises(KeyFileDamaged):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)


def test_a_missing_key_file_is_told_and_not_made(tmp_path: Path, recovery_key: RecoveryKey) -> None:
    path = tmp_path / "key.json"
    with pytest.raises(KeyFileMissing):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)
    with pytest.raises(KeyFileMissing):
        key_envelope.unlock_with_recovery_key(path, recovery_key)
    with pytest.raises(KeyFileMissing):
        key_envelope.set_passphrase(path, DatabaseKey.random(), PASSPHRASE, parameters=FLOOR)
    assert list(tmp_path.iterdir()) == []


def test_a_slot_moved_from_another_store_does_not_open(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "other.json"
    key_envelope.create_envelope(other, PASSPHRASE, parameters=FLOOR)
    slot = json.loads(other.read_bytes())["slots"]["passphrase"]
    planted(path, lambda document: document["slots"].update(passphrase=slot))
    with pytest.raises(KeyFileDamaged):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)


def test_a_passphrase_slot_without_parameters_is_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = key_file.read(path)
    bare = read.with_slot(SlotName.PASSPHRASE, read.slots[SlotName.RECOVERY])
    monkeypatch.setattr(key_file, "read", lambda _: bare)
    with pytest.raises(KeyFileDamaged):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)
