"""A key derivation that costs nothing, for tests that unlock hundreds of times and are about something else.

Only the one call of Argon2id is replaced. Parameters are still checked, stored and authenticated, and everything
behind the derivation - key-check value, unwrapping, counting of tries - is the real part.
"""

import hashlib

import pytest

from mdt_desktop.security import key_derivation


def cheap_hash(passphrase: bytes, salt: bytes, *, hash_len: int, **parameters: object) -> bytes:
    """Stands for `argon2.low_level.hash_secret_raw`: other parameters, another result, as there."""
    given = repr(sorted((name, str(value)) for name, value in parameters.items())).encode()
    return hashlib.blake2b(passphrase + given, salt=salt[:16], digest_size=hash_len).digest()


def make_derivation_cheap() -> None:
    """For a process of its own; tests use monkeypatch with `cheap_hash` instead."""
    patch = pytest.MonkeyPatch()
    patch.setattr(key_derivation, "hash_secret_raw", cheap_hash)
    patch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)
