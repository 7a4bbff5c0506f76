"""The key envelope: made at the floor or above, opened by three ways, never lowered, never overwritten."""

import base64
import hashlib
import json
import os
import pickle
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2.exceptions import HashingError

from mdt_desktop.domain.errors import MdtError
from mdt_desktop.security import key_derivation, key_envelope, key_file, safe_file
from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.errors import (
    ExcessiveParameters,
    FolderUnwritable,
    KeyFileDamaged,
    KeyFileExists,
    KeyFileMissing,
    KeyFileNewer,
    KeyOfAnotherStore,
    NoRecoveryKey,
    NotEnoughMemory,
    PassphraseTooLong,
    PassphraseTooShort,
    WeakParameters,
    WrongPassphrase,
    WrongRecoveryKey,
)
from mdt_desktop.security.key_derivation import FLOOR, KdfParameters
from mdt_desktop.security.key_file import SlotName
from mdt_desktop.security.recovery_key import RecoveryKey

PASSPHRASE = "correct kettle battery staple"

Document = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, DatabaseKey, RecoveryKey]:
    path = tmp_path_factory.mktemp("made") / "key.json"
    key, recovery_key = key_envelope.create_envelope(path, PASSPHRASE, parameters=FLOOR)
    return path.read_bytes(), key, recovery_key


@pytest.fixture
def path(made: tuple[bytes, DatabaseKey, RecoveryKey], tmp_path: Path) -> Path:
    path = tmp_path / "key.json"
    path.write_bytes(made[0])
    return path


@pytest.fixture
def key(made: tuple[bytes, DatabaseKey, RecoveryKey]) -> DatabaseKey:
    return made[1]


@pytest.fixture
def recovery_key(made: tuple[bytes, DatabaseKey, RecoveryKey]) -> RecoveryKey:
    return made[2]


def planted(path: Path, change: Callable[[Document], object]) -> None:
    """Change the document and put a fitting checksum on it, as somebody with an editor could."""
    document = json.loads(path.read_bytes())
    change(document)
    document.pop("checksum", None)
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    path.write_text(json.dumps({**document, "checksum": hashlib.sha256(canonical).hexdigest()}))


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


# A wrong secret changes nothing, and is told from damage.


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


# The recovery key.


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


# Changing the passphrase.


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


# A disk that fails: the old file stays whole and no part of a new one is left.


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


# Calibration.


@pytest.mark.parametrize(
    ("seconds", "passes"),
    [(0.16, 18), (1.0, 3), (4.0, 3), (0.0, 60), (0.5, 6)],
    ids=["this laptop", "just one second", "slow tablet stays at the floor", "clock too coarse", "half"],
)
def test_passes_are_raised_to_about_a_second(seconds: float, passes: int) -> None:
    assert key_derivation.calibrate(lambda _: seconds) == KdfParameters(65536, passes, 4)


def test_a_calibrated_guess_costs_this_machine_between_a_tenth_and_five_seconds() -> None:
    parameters = key_derivation.calibrate()
    parameters.check()
    assert 0.1 < key_derivation.measure_seconds(parameters) < 5


def test_a_machine_without_memory_is_told_apart_from_a_wrong_passphrase(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*_: object, **__: object) -> bytes:
        raise HashingError("Memory allocation error")

    monkeypatch.setattr(key_derivation, "hash_secret_raw", no_memory)
    with pytest.raises(NotEnoughMemory):
        key_envelope.unlock_with_passphrase(path, PASSPHRASE)


# The key in memory and on disk.


def spellings(secret: bytes) -> list[bytes]:
    """The forms in which a careless program leaves a key on a disk."""
    texts = [secret.hex(), secret.hex().upper(), base64.b64encode(secret).decode().rstrip("=")]
    texts.append(base64.urlsafe_b64encode(secret).decode().rstrip("="))
    coded = [text.encode(codec) for text in texts for codec in ("ascii", "utf-16-le", "utf-16-be")]
    return [secret, secret[::-1], *coded]


def test_neither_key_nor_recovery_key_nor_passphrase_is_in_the_file(
    path: Path, key: DatabaseKey, recovery_key: RecoveryKey
) -> None:
    content = path.read_bytes()
    assert content.count(b"wrapped") == 2
    for secret in (key.raw_key(), recovery_key.secret, PASSPHRASE.encode(), recovery_key.text().encode()):
        assert not any(spelling in content for spelling in spellings(secret))


def test_a_key_is_not_printed_pickled_or_hashed(key: DatabaseKey, recovery_key: RecoveryKey) -> None:
    for text in (repr(key), str(key), repr(recovery_key), f"{recovery_key}"):
        assert "hidden" in text
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        hash(key)
    assert key != key.raw_key()


def test_a_wiped_key_is_gone() -> None:
    key = DatabaseKey(b"k" * 32)
    buffer = memoryview(key._material)
    with pytest.raises(BufferError):
        key.wipe()
    assert bytes(buffer) == bytes(32)
    buffer.release()
    key.wipe()
    key.wipe()
    assert key.wiped
    assert repr(key) == "DatabaseKey(wiped)"
    with pytest.raises(RuntimeError):
        key.raw_key()


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DatabaseKey(b"short")
