"""Makes record identifiers: UUID version 7, so that ids sort by when they were made."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime

RandomBits = Callable[[int], int]
_VERSION, _VARIANT = 0x7, 0b10


def new_id(now: datetime, sequence: int = 0, random_bits: RandomBits = secrets.randbits) -> str:
    """A canonical 36-character UUIDv7 for the moment `now` (aware); `random_bits(n)` gives n bits (RFC 9562).

    Ids of one millisecond sort by `sequence`, which stands in the twelve bits after the time.
    """
    milliseconds = int(now.timestamp() * 1000) & (1 << 48) - 1
    order = min(sequence, 0xFFF)
    number = milliseconds << 80 | _VERSION << 76 | order << 64 | _VARIANT << 62 | random_bits(62)
    return str(uuid.UUID(int=number))


def many_ids(now: datetime, count: int, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> list[str]:
    """Many UUIDv7 at once, in rising order: each 4,096 of them take the next millisecond (RFC 9562, 6.2)."""
    start = int(now.timestamp() * 1000)
    noise = random_bytes(8 * count).hex()
    made = []
    for place in range(count):
        time = f"{start + (place >> 12):012x}"
        tail = noise[16 * place : 16 * place + 16]
        variant = "89ab"[int(tail[0], 16) & 3]
        made.append(f"{time[:8]}-{time[8:]}-7{place & 0xFFF:03x}-{variant}{tail[1:4]}-{tail[4:]}")
    return made


def id_from(*parts: str) -> str:
    """A stable UUIDv5 made of other identifiers: one score of one person in one run has one id everywhere."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(parts)))
