"""A joint assessment: its parts, who signs them, and when it counts as done (DOMAIN A4)."""

from enum import StrEnum

from mdt_desktop.domain.errors import NotAllowed


class AssessmentStatus(StrEnum):
    """An assessment is written, completed, and may be amended afterwards, which reopens its signatures."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    AMENDED = "amended"


class PartStatus(StrEnum):
    """Where one contributor's part stands."""

    EMPTY = "empty"
    STARTED = "started"
    SIGNED = "signed"
    CHANGED_SINCE_SIGNED = "changed_since_signed"


class PartIsEmpty(NotAllowed):
    """A part without any answer cannot be signed."""

    code = "part_is_empty"


class PartHasProblems(NotAllowed):
    """A part with missing or wrong answers cannot be signed; `problems` counts them."""

    code = "part_has_problems"


def part_status(answered: int, signed: bool, changed_since: bool) -> PartStatus:
    """The state of a part from how many questions are answered, and whether it was signed and then changed."""
    if signed:
        return PartStatus.CHANGED_SINCE_SIGNED if changed_since else PartStatus.SIGNED
    return PartStatus.STARTED if answered else PartStatus.EMPTY
