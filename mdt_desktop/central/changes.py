"""A change of one record as the feed takes it, and the record before and after it (SYNC 5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What a change of the feed asks of a laptop."""

    PUT = "put"
    DELETE = "delete"
    EVICT = "evict"
    ERASE = "erase"
    SEAL = "seal"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Held:
    """A record as the store has it, or is about to."""

    bucket: str
    type: str
    id: str
    ver: int
    body: Mapping[str, Any]
    deleted: bool = False
    sealed: bool = False
    by: str = ""
    at: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it counts in the digest."""
        return not self.deleted


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record: `before` is None for a new one, `after` None for one that leaves the bucket."""

    kind: ChangeKind
    before: Held | None
    after: Held | None
    by: str
    op_device: str = ""
    op_no: int = 0

    @property
    def record(self) -> Held:
        """The record that the change is about."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change is about a record")
        return found
