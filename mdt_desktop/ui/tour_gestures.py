"""What the stops of the tour are made of: a picture's name, and going to a page or a case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton

from mdt_desktop.ui.script import Steps

if TYPE_CHECKING:
    from mdt_desktop.ui.tour import Tour


@dataclass(frozen=True, slots=True)
class Stop:
    """A picture's name and the gestures that lead there; the tour waits until all is loaded, then takes it."""

    name: str
    go: "Callable[[Tour], Steps]"


def page(tour: "Tour", key: str, **arguments: object) -> Steps:
    """A page as it opens."""
    tour.go(key, **arguments)
    yield tour.settle(key)


def case(tour: "Tour", stage: str = "active", tab: str = "overview") -> Steps:
    """The case of the person at highest risk at a stage, on a tab."""
    tour.go("case", person_id=tour.people[stage], tab=tab)
    yield tour.settle(f"case {stage} {tab}")


def press(tour: "Tour", name: str) -> None:
    """Press the visible button of an object name."""
    next(it for it in tour.page.findChildren(QAbstractButton, name) if it.isVisible()).click()
