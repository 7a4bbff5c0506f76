"""Restricted records and breaking the glass: how good a reason must be, and how long it lasts (SECURITY R36)."""

from datetime import datetime, timedelta

from mdt_desktop.domain.errors import BadInput, NotAllowed

GLASS_HOURS = 4
"""How long a broken glass lets somebody see one person, in hours."""
_FEWEST_WORDS, _FEWEST_LETTERS = 3, 15


class ReasonTooShort(BadInput):
    """A restriction, its end, and breaking the glass need a reason of at least a sentence."""

    code = "reason_too_short"


class NotRestricted(NotAllowed):
    """The record is not restricted: there is nothing to lift and no glass to break."""

    code = "not_restricted"


class AlreadyRestricted(NotAllowed):
    """The record is restricted already."""

    code = "already_restricted"


class NothingToBreak(NotAllowed):
    """Whoever wants to break the glass sees the record without it."""

    code = "nothing_to_break"


def require_sentence(reason: str) -> str:
    """The reason without spaces around it; raises `ReasonTooShort` for less than a short sentence.

    Three words and fifteen letters: "asdf" and "emergency" are no reason, "Ambulance crew asks for medicines" is.
    """
    told = " ".join(reason.split())
    letters = sum(character.isalnum() for character in told)
    if len(told.split()) < _FEWEST_WORDS or letters < _FEWEST_LETTERS:
        raise ReasonTooShort()
    return told


def glass_ends(opened_at: datetime) -> datetime:
    """When a glass broken at a moment closes by itself."""
    return opened_at + timedelta(hours=GLASS_HOURS)


def is_glass_open(opened_at: datetime, ends_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether the glass is still broken. A clock that was set back before it was broken does not open it again."""
    return ended_at is None and opened_at <= now < ends_at
