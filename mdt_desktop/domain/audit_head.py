"""Where the audit of a central store stood, as laptops remember it: nobody can make it anew unseen (SECURITY R35)."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Number and hash of the last entry, of one epoch: a restored store begins another one."""

    epoch: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ToldHead:
    """What a central store tells of its audit: the head now, and the hash of the entry that it was asked about.

    `seen` is empty where it has no such entry, and None where nothing was asked or the epoch is another one.
    """

    head: AuditHead
    seen: str | None


class Verdict(StrEnum):
    """What an answer says about the head that was remembered."""

    HOLDS = "holds"
    """The entry is there with its hash; also where nothing was remembered yet."""
    ANEW = "anew"
    """The store was restored from a backup: its log goes on from there, and nothing can be compared."""
    DIFFERS = "differs"
    """The entry is gone or another one, or the store says no more where its log stands."""


def verdict(held: AuditHead | None, told: ToldHead | None) -> Verdict:
    """Judge what is told by what was remembered."""
    if held is None:
        return Verdict.HOLDS
    if told is None:
        return Verdict.DIFFERS
    if told.head.epoch != held.epoch:
        return Verdict.ANEW
    grows = told.head.seq > held.seq or told.head == held
    return Verdict.HOLDS if grows and told.seen == held.hash else Verdict.DIFFERS
