"""What a worklist shows: whose actions, how far they are, and in which order (UX II.6, 104 to 130)."""

from enum import StrEnum


class WorklistScope(StrEnum):
    """Whose actions. By default those of all disciplines in the locality (UX II.6, 126)."""

    LOCALITY = "locality"
    MINE = "mine"
    ORGANISATION = "organisation"
    EVERYWHERE = "everywhere"


class WorklistView(StrEnum):
    """How far they are. `waiting` is for whoever is to take something on: agreed in their absence and not accepted
    yet, or refused and without another owner (UX II.6, 87)."""

    OPEN = "open"
    OVERDUE = "overdue"
    WAITING = "waiting"
    DONE = "done"
