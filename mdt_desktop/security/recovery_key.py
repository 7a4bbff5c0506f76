"""The recovery key: 160 random bits that are printed once and typed back by hand."""

import hashlib
import secrets

from mdt_desktop.security.errors import RecoveryKeyMistyped

# Crockford's base 32: no I, L, O or U, so that print and handwriting are read one way only.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {sign: value for value, sign in enumerate(_ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = "-‐‑‒–—−_./,"  # word processors turn a hyphen into any of these
_SECRET_BYTES = 20
_SECRET_SIGNS = 32
_CHECK_SIGNS = 4
_GROUP_SIGNS = 6


class RecoveryKey:
    """32 signs of secret and 4 check signs; `text` shows six groups of six, as on the printed sheet."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _SECRET_BYTES:
            raise ValueError(f"a recovery key has {_SECRET_BYTES} bytes")
        self._secret = secret

    @classmethod
    def random(cls) -> "RecoveryKey":
        """A new key from the operating system's generator."""
        return cls(secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def typed(cls, text: str) -> "RecoveryKey":
        """Read a key back, whatever its case, spaces and hyphens, with O for 0 and I or L for 1.

        Raises RecoveryKeyMistyped. A slip passes the check signs once in a million times, and then
        opens nothing.
        """
        signs = "".join(text.split()).upper()
        signs = "".join(sign for sign in signs if sign not in _SEPARATORS).translate(_READ_AS)
        if len(signs) != _SECRET_SIGNS + _CHECK_SIGNS or not set(signs) <= _VALUES.keys():
            raise RecoveryKeyMistyped
        number = 0
        for sign in signs[:_SECRET_SIGNS]:
            number = number * 32 + _VALUES[sign]
        key = cls(number.to_bytes(_SECRET_BYTES, "big"))
        if key._signs() != signs:
            raise RecoveryKeyMistyped
        return key

    @property
    def secret(self) -> bytes:
        """The 20 bytes that wrap the database key."""
        return self._secret

    def text(self) -> str:
        """The key for print: six groups of six signs with hyphens."""
        signs = self._signs()
        return "-".join(signs[start : start + _GROUP_SIGNS] for start in range(0, len(signs), _GROUP_SIGNS))

    def _signs(self) -> str:
        check = int.from_bytes(hashlib.sha256(b"mdt-desktop recovery key" + self._secret).digest()[:4], "big")
        secret = _in_signs(int.from_bytes(self._secret, "big"), _SECRET_SIGNS)
        return secret + _in_signs(check % 32**_CHECK_SIGNS, _CHECK_SIGNS)

    def __repr__(self) -> str:
        return "RecoveryKey(hidden)"


def _in_signs(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, value = divmod(number, 32)
        signs.append(_ALPHABET[value])
    return "".join(reversed(signs))
