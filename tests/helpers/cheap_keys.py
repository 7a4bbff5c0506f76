"""A key derivation that costs nothing, for the many tests that unlock and are about something else.

Only the one call of Argon2id is replaced, and how many passes this machine can afford. Parameters are still checked,
stored and authenticated, and everything behind the derivation - key-check value, unwrapping, counting of tries - is
the real part. Tests of the derivation itself, and those whose store another process opens, are marked `real_argon2`.
"""

import hashlib
from collections.abc import Iterator

import pytest

from mdt_desktop.security import key_derivation


def cheap_hash(passphrase: bytes, salt: bytes, *, hash_len: int, **parameters: object) -> bytes:
    """Stands for `argon2.low_level.hash_secret_raw`: other parameters, another result, as there."""
    given = repr(sorted((name, str(value)) for name, value in parameters.items())).encode()
    return hashlib.blake2b(passphrase + given, salt=salt[:16], digest_size=hash_len).digest()


def ask_for_the_floor(patch: pytest.MonkeyPatch) -> None:
    """No passes are measured: the floor, instead of a second of work for each key."""
    patch.setattr(key_derivation, "calibrate", lambda: key_derivation.FLOOR)


def make_derivation_cheap(patch: pytest.MonkeyPatch | None = None) -> None:
    """Until the patch is undone; for the whole process when none is given."""
    patch = patch or pytest.MonkeyPatch()
    ask_for_the_floor(patch)
    patch.setattr(key_derivation, "hash_secret_raw", cheap_hash)


@pytest.fixture(autouse=True, scope="module")
def cheap_keys(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cheap derivation, or the real one at its floor in a module that is marked `real_argon2`."""
    with pytest.MonkeyPatch.context() as patch:
        if request.node.get_closest_marker("real_argon2") is None:
            make_derivation_cheap(patch)
        else:
            ask_for_the_floor(patch)
        yield
