"""The log of a case: what kinds of contact there are, and what may be said about a note that stands already."""

from enum import StrEnum

from mdt_desktop.domain.errors import BadInput


class NoteKind(StrEnum):
    """How somebody was in touch; a note that tells of no contact is `OTHER`."""

    TELEPHONE = "telephone"
    VISIT = "visit"
    MESSAGE = "message"
    COLLEAGUE = "colleague"
    OTHER = "other"


class NoteNeedsWords(BadInput):
    """A note says something."""

    code = "note_needs_words"


class NoteNeedsReason(BadInput):
    """A note is marked as entered in error with a reason."""

    code = "note_needs_reason"


class NoteOfAnotherCase(BadInput):
    """A note corrects, adds to or withdraws a note of its own case."""

    code = "note_of_another_case"


class NoteNotInForce(BadInput):
    """A note that was corrected or marked as entered in error stays as it is; what replaced it can be changed."""

    code = "note_not_in_force"


def require_words(words: str) -> str:
    """The words without space around them. Raises `NoteNeedsWords`."""
    if not words.strip():
        raise NoteNeedsWords
    return words.strip()


def require_reason(reason: str) -> str:
    """The reason without space around it. Raises `NoteNeedsReason`."""
    if not reason.strip():
        raise NoteNeedsReason
    return reason.strip()
