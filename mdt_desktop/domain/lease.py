"""How long a laptop may use what it holds without its central store, and what a clock that goes back does (R33)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LEASE: Final = timedelta(days=14)
"""A weekly meeting and one that was missed (SYNC 5.11)."""
EVICT_AFTER: Final = timedelta(days=45)
"""So long after the last contact what is held is removed at the next start."""
CLOCK_SLACK: Final = timedelta(minutes=10)
"""A clock that is set right by so much is no clock that was set back; it does not lengthen the lease either."""
SKEW_SHOWN: Final = timedelta(minutes=2)
"""A clock that differs by more from the central store's is told (SYNC 5.12)."""
WARNED_AT: Final = (1, 2, 7)
"""Whole days left at which it is told: after 13, 12 and 7 days of the 14."""


class LeaseState(StrEnum):
    """How what is held may be used now."""

    NONE = "none"
    """Never connected: there is nothing that somebody else could take back."""
    IN_FORCE = "in_force"
    ENDING = "ending"
    ENDED = "ended"
    CLOCK_BACK = "clock_back"
    OVERDUE = "overdue"
    """Not heard of for so long that it is removed."""
    REVOKED = "revoked"
    """The central store has said that this user or laptop may hold nothing any more."""


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of the last contact, all in the central store's time.

    `skew` is what its clock was ahead of this laptop's, `latest` the latest time that was ever seen, `leases` the
    ends of what was granted.
    """

    heard_at: datetime
    skew: timedelta
    latest: datetime
    leases: tuple[datetime, ...] = ()
    revoked: bool = False

    @property
    def ends(self) -> datetime:
        """When the lease ends: the earliest end of what was granted, and never later than the rule allows."""
        return min((self.heard_at + LEASE, *self.leases))


@dataclass(frozen=True, slots=True)
class Standing:
    """How the lease stands: `ends` in the central store's time; `warning` is how many days are left at most, or 0."""

    state: LeaseState
    ends: datetime | None = None
    warning: int = 0

    @property
    def is_locked(self) -> bool:
        """Whether nothing of what is held may be shown."""
        return self.state not in (LeaseState.NONE, LeaseState.IN_FORCE, LeaseState.ENDING)


def observed(contact: Contact, now: datetime) -> Contact:
    """The contact with the present moment counted in; time that was seen once does not come back."""
    return replace(contact, latest=max(contact.latest, now + contact.skew))


def standing(contact: Contact | None, now: datetime) -> Standing:
    """How the lease stands at a moment of this laptop's own clock. What is locked is locked until the next contact."""
    if contact is None:
        return Standing(LeaseState.NONE)
    ends = contact.ends
    if contact.revoked:
        return Standing(LeaseState.REVOKED, ends)
    seen = observed(contact, now).latest
    if seen - contact.heard_at >= EVICT_AFTER:
        return Standing(LeaseState.OVERDUE, ends)
    if seen >= ends:
        return Standing(LeaseState.ENDED, ends)
    if now + contact.skew < contact.latest - CLOCK_SLACK:
        return Standing(LeaseState.CLOCK_BACK, ends)
    left = ends - seen
    for days in WARNED_AT:
        if left <= timedelta(days=days):
            return Standing(LeaseState.ENDING, ends, days)
    return Standing(LeaseState.IN_FORCE, ends)


def clock_differs(contact: Contact | None) -> bool:
    """Whether this laptop's clock differs so much from the central store's that it is told."""
    return contact is not None and abs(contact.skew) > SKEW_SHOWN
