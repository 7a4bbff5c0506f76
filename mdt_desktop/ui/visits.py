"""Where the person can go in the window, and where they have been."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mdt_desktop.ui.pages import Page

Arguments = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page that can be opened: its key, its word in the rail, its icon, and how to make it on the first visit.

    `under` is the key of the place that the rail marks for a page that is not in it; empty for one about a person.
    """

    key: str
    words: str
    icon: str
    factory: "Callable[[], Page]"
    in_rail: bool = True
    under: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One step of where the person has been."""

    key: str
    arguments: Arguments


class History:
    """Back and forward, as in a browser: going somewhere new forgets what lay ahead."""

    def __init__(self, longest: int = 50) -> None:
        self._visits: list[Visit] = []
        self._at = -1
        self._longest = longest

    def went(self, visit: Visit) -> None:
        """A new visit; the same as the present one is not counted twice."""
        if self._at >= 0 and self._visits[self._at] == visit:
            return
        self._visits = [*self._visits[: self._at + 1], visit][-self._longest :]
        self._at = len(self._visits) - 1

    def peek(self, step: int) -> Visit | None:
        """The visit one step back (-1) or forward (+1), if there is one."""
        wanted = self._at + step
        return self._visits[wanted] if 0 <= wanted < len(self._visits) else None

    def move(self, step: int) -> None:
        """Stand at that visit."""
        if self.peek(step) is not None:
            self._at += step

    def clear(self) -> None:
        """For locking: who was looked at is nobody else's business."""
        self._visits, self._at = [], -1
