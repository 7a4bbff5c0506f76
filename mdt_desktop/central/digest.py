"""The digest of a bucket: how many live records, and a sum that changes with each of their versions (SYNC 5.6)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_MODULUS = 1 << 64


@dataclass(frozen=True, slots=True)
class Digest:
    """Count of the live records and the sum of their marks modulo 2^64. Order does not matter."""

    count: int = 0
    total: int = 0

    def with_record(self, type_: str, id_: str, ver: int) -> "Digest":
        """With one more live record."""
        return Digest(self.count + 1, (self.total + mark(type_, id_, ver)) % _MODULUS)

    def without_record(self, type_: str, id_: str, ver: int) -> "Digest":
        """Without a record that was live in this version."""
        return Digest(self.count - 1, (self.total - mark(type_, id_, ver)) % _MODULUS)


def mark(type_: str, id_: str, ver: int) -> int:
    """The number that stands for one version of one record: the first eight bytes of a SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{type_}|{id_}|{ver}".encode()).digest()[:8], "big")


def digest_of(records: Iterable[tuple[str, str, int]]) -> Digest:
    """The digest of live records given as type, id and version."""
    digest = Digest()
    for type_, id_, ver in records:
        digest = digest.with_record(type_, id_, ver)
    return digest
