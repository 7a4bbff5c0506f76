"""Keys are not printed, pickled or found in a file, and are gone once wiped."""

import base64
import pickle
from pathlib import Path

import pytest

from mdt_desktop.security.database_key import DatabaseKey
from mdt_desktop.security.recovery_key import RecoveryKey
from tests.unit.key_envelope.desk import PASSPHRASE


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
