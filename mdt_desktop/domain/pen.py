"""The pen of a meeting under way: one laptop writes, the others read along (issue 5, DOMAIN 26: the chair's pen)."""

from dataclasses import dataclass
from enum import StrEnum


class PenWish(StrEnum):
    """What is wanted: to look who holds it, to take it where it is free, to ask for it, to hand it over, to end it."""

    LOOK = "look"
    TAKE = "take"
    ASK = "ask"
    GIVE = "give"
    END = "end"


@dataclass(frozen=True, slots=True)
class PenView:
    """How the pen of a meeting stands. `asked_by` has asked for it; `i_asked` where that is who works here.

    Alone, without a central store in reach, everybody may write: what two wrote is merged as always.
    """

    holder: str = ""
    is_mine: bool = False
    asked_by: str = ""
    i_asked: bool = False

    @property
    def is_read_only(self) -> bool:
        """Whether somebody else holds it."""
        return bool(self.holder) and not self.is_mine


ALONE = PenView()
