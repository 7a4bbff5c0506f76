"""What the central store says about content of papers, as read from the wire."""

from dataclasses import dataclass

from mdt_desktop.sync.answers import Reading


@dataclass(frozen=True, slots=True)
class ContentHeld:
    """How much of some content the central store has; not `wanted` where no record in use names it there."""

    wanted: bool
    size: int
    held: int

    @property
    def whole(self) -> bool:
        """Whether it has all of it."""
        return self.wanted and self.held == self.size


def content_held(document: object) -> ContentHeld:
    """The answer about content. Raises AnswerNotUnderstood."""
    given = Reading(document)
    return ContentHeld(given.truth("wanted"), given.number("size"), given.number("held"))
