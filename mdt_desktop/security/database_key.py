"""The 256-bit key of the store while it is in memory."""

import hmac
import secrets
from typing import NoReturn

KEY_BYTES = 32


class DatabaseKey:
    """Random key of the database; never printed, pickled or compared in variable time.

    `wipe` overwrites our own buffer when the store is locked. Copies that libraries made (the
    decrypting cipher, SQLCipher) are theirs to free: wiping narrows the window, it does not close it.
    """

    __slots__ = ("_material",)
    __hash__ = None  # type: ignore[assignment]  # the way Python marks a type as unhashable

    def __init__(self, material: bytes) -> None:
        if len(material) != KEY_BYTES:
            raise ValueError(f"a database key has {KEY_BYTES} bytes")
        self._material = bytearray(material)

    @classmethod
    def random(cls) -> "DatabaseKey":
        """A new key from the operating system's generator."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def raw_key(self) -> bytes:
        """The 32 bytes. Raises RuntimeError after `wipe`."""
        if not self._material:
            raise RuntimeError("the key was wiped")
        return bytes(self._material)

    @property
    def wiped(self) -> bool:
        """Whether the key is gone."""
        return not self._material

    def wipe(self) -> None:
        """Overwrite the key; a second call does nothing."""
        for position in range(len(self._material)):
            self._material[position] = 0
        self._material.clear()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DatabaseKey):
            return NotImplemented
        return hmac.compare_digest(bytes(self._material), bytes(other._material))

    def __repr__(self) -> str:
        return "DatabaseKey(wiped)" if self.wiped else "DatabaseKey(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a database key is not to be pickled or copied")
