"""A long list of numbered lines, and a store of them that answers when a test lets it."""

from dataclasses import dataclass
from enum import IntEnum

from mdt_desktop.ui.row_models import Column, Deliver, ListTableModel, PagedTableModel


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the tests."""

    name: str
    score: int


class LineColumn(IntEnum):
    NAME = 0
    SCORE = 1


COLUMNS = {
    LineColumn.NAME: Column[Line](
        "Name", lambda line: line.name, sort="name", whole=True, spoken=lambda line: f"name {line.name}"
    ),
    LineColumn.SCORE: Column[Line](
        "Score",
        lambda line: str(line.score),
        figures=True,
        tip=lambda line: f"{line.score} of 100",
        heading_tip="0 to 100",
    ),
}


def lines(first: int, count: int) -> list[Line]:
    return [Line(f"SAMPLE {number}", number) for number in range(first, first + count)]


class Store:
    """Answers at once, or when told to; remembers what was asked."""

    def __init__(self, *, waits: bool = False) -> None:
        self.asked: list[int] = []
        self.held: list[tuple[int, int, Deliver[Line]]] = []
        self._waits = waits

    def fetch(self, first: int, count: int, deliver: Deliver[Line]) -> None:
        self.asked.append(first)
        self.held.append((first, count, deliver))
        if not self._waits:
            self.answer()

    def answer(self) -> None:
        for first, count, deliver in self.held:
            deliver(lines(first, count))
        self.held.clear()


def text(model: PagedTableModel[Line] | ListTableModel[Line], row: int, column: int = 0) -> str:
    return str(model.data(model.index(row, column)))
