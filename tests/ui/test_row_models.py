"""Tables: rows come in pages when they are painted, and old answers never overwrite a newer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.row_models import (
    PAGE_ROWS,
    PAGES_KEPT,
    Column,
    Deliver,
    ListTableModel,
    PagedTableModel,
    RowRole,
)
from mdt_desktop.ui.widgets.row_table import RowTable
from tests.ui.conftest import Show


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


@pytest.fixture
def model(qapp: object) -> PagedTableModel[Line]:
    return PagedTableModel(COLUMNS)


def text(model: PagedTableModel[Line] | ListTableModel[Line], row: int, column: int = 0) -> str:
    return str(model.data(model.index(row, column)))


def test_the_paged_model_keeps_qts_rules(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    store = Store()
    model.show(store.fetch, 200, lines(0, 40))
    text(model, 150)
    qtbot.waitUntil(lambda: model.row(150) is not None)
    model.set_count(220)
    model.set_count(30)
    model.refresh()
    model.show(store.fetch, 0)
    del tester


def test_the_list_model_keeps_qts_rules(qapp: object) -> None:
    model = ListTableModel(COLUMNS, lines(0, 3))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(lines(5, 10))
    model.show(())
    del tester


def test_first_rows_that_came_with_the_count_are_there_at_once(model: PagedTableModel[Line]) -> None:
    store = Store()
    model.show(store.fetch, 1000, lines(0, PAGE_ROWS))
    assert text(model, 0) == "SAMPLE 0"
    assert store.asked == []


def test_a_row_is_fetched_when_it_is_looked_at(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    store = Store()
    model.show(store.fetch, 261_536)
    assert text(model, 130_000) == ""
    with qtbot.waitSignal(model.rows_arrived):
        pass
    assert text(model, 130_000) == "SAMPLE 130000"
    assert store.asked == [130_000 // PAGE_ROWS * PAGE_ROWS]


def test_a_page_is_asked_for_once_while_it_is_on_its_way(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    store = Store(waits=True)
    model.show(store.fetch, 1000)
    for _ in range(3):
        for row in range(30):
            text(model, row)
        qtbot.wait(1)
    assert store.asked == [0]


def test_a_flung_scroll_bar_asks_only_for_the_last_pages(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    store = Store()
    model.show(store.fetch, 100_000)
    for row in range(0, 100_000, PAGE_ROWS):
        text(model, row)
    qtbot.waitUntil(lambda: bool(store.asked))
    assert len(store.asked) == 3
    assert store.asked[0] == 99_960


def test_an_answer_to_an_older_list_is_dropped(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    old, new = Store(waits=True), Store()
    model.show(old.fetch, 100)
    text(model, 0)
    qtbot.waitUntil(lambda: bool(old.held))
    model.show(new.fetch, 50, [Line("NEW", 1)] * 50)
    old.answer()
    assert text(model, 0) == "NEW"


def test_a_count_that_comes_later_makes_the_list_longer(model: PagedTableModel[Line]) -> None:
    model.show(Store().fetch, None, lines(0, 60))
    assert model.rowCount() == 60
    model.set_count(5000)
    assert model.rowCount() == 5000


def test_a_list_that_is_not_counted_yet_keeps_its_length_and_fetches_nothing(
    qtbot: QtBot, model: PagedTableModel[Line]
) -> None:
    store = Store()
    model.show(Store().fetch, 500, lines(0, 60))
    model.show(store.fetch, None, lines(1, 30))
    assert model.rowCount() == 500
    assert (text(model, 0), text(model, 40)) == ("SAMPLE 1", "")
    qtbot.wait(1)
    assert store.asked == []
    with qtbot.waitSignal(model.rows_arrived):
        model.set_count(200)
    assert model.rowCount() == 200
    assert store.asked == [0]
    assert text(model, 40) == "SAMPLE 40"


def test_rows_that_say_what_they_said_before_are_not_painted_again(
    qtbot: QtBot, model: PagedTableModel[Line]
) -> None:
    model.show(Store().fetch, 500, lines(0, 30))
    with qtbot.assertNotEmitted(model.dataChanged):
        model.show(Store().fetch, None, lines(0, 30))
    changed = [*lines(0, 10), Line("SAMPLE 10", 11), *lines(11, 19)]
    with qtbot.waitSignal(model.dataChanged) as told:
        model.show(Store().fetch, None, changed)
    assert told.args is not None
    assert (told.args[0].row(), told.args[1].row()) == (10, 10)


def test_refreshing_keeps_the_rows_on_the_screen_until_the_new_ones_are_here(
    qtbot: QtBot, model: PagedTableModel[Line]
) -> None:
    store = Store(waits=True)
    model.show(store.fetch, 60, [Line("OLD", 1)] * 60)
    model.refresh()
    assert text(model, 0) == "OLD"
    qtbot.waitUntil(lambda: bool(store.held))
    store.answer()
    assert text(model, 0) == "SAMPLE 0"


def test_memory_does_not_grow_with_scrolling(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
    store = Store()
    model.show(store.fetch, 261_536)
    for page in range(PAGES_KEPT * 2):
        text(model, page * PAGE_ROWS)
        qtbot.waitUntil(lambda page=page: model.row(page * PAGE_ROWS) is not None)  # type: ignore[misc]
    held = sum(1 for row in range(PAGES_KEPT * 2 * PAGE_ROWS) if model.row(row) is not None)
    assert held == PAGES_KEPT * PAGE_ROWS
    assert model.row(0) is None


def test_sorting_is_a_wish_and_touches_no_row(model: PagedTableModel[Line], qtbot: QtBot) -> None:
    model.show(Store().fetch, 60, lines(0, 60))
    with qtbot.waitSignal(model.sort_requested) as asked:
        model.sort(LineColumn.NAME, Qt.SortOrder.DescendingOrder)
    assert asked.args == ["name", False]
    assert text(model, 0) == "SAMPLE 0"


def test_a_column_without_a_sort_key_does_not_sort(model: PagedTableModel[Line], qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.sort_requested):
        model.sort(LineColumn.SCORE)


def test_roles_carry_the_summary_the_spoken_words_and_the_tip(qapp: object) -> None:
    model = ListTableModel(COLUMNS, lines(7, 1))
    name, score = model.index(0, LineColumn.NAME), model.index(0, LineColumn.SCORE)
    assert model.data(name, RowRole.SUMMARY) == Line("SAMPLE 7", 7)
    assert model.data(name, Qt.ItemDataRole.AccessibleTextRole) == "name SAMPLE 7"
    assert model.data(score, Qt.ItemDataRole.AccessibleTextRole) == "7"
    assert model.data(score, Qt.ItemDataRole.ToolTipRole) == "7 of 100"
    assert model.data(name, Qt.ItemDataRole.ToolTipRole) is None


def test_columns_must_be_numbered_without_gaps() -> None:
    with pytest.raises(ValueError, match="numbered"):
        ListTableModel({LineColumn.SCORE: COLUMNS[LineColumn.SCORE]})


def table_of(rows: Sequence[Line], show: Show) -> RowTable:
    table = RowTable("Lines")
    table.show_model(ListTableModel(COLUMNS, rows))
    table.resize(500, 300)
    show(table)
    return table


def test_a_name_column_is_widened_until_the_longest_name_fits(show: Show) -> None:
    long = Line("A-VERY-LONG-INVENTED-FAMILY-NAME, Josephine Alexandra (Professor)", 1)
    table = table_of([*lines(0, 5), long], show)
    assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance(long.name) + 16


def test_enter_opens_space_previews_and_letters_go_to_the_search(qtbot: QtBot, show: Show) -> None:
    table = table_of(lines(0, 5), show)
    table.selectRow(2)
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    with qtbot.waitSignal(table.previewed) as previewed:
        QTest.keyClick(table, Qt.Key.Key_Space)
    with qtbot.waitSignal(table.typed) as typed:
        QTest.keyClick(table, Qt.Key.Key_S)
    assert (opened.args, previewed.args, typed.args) == ([2], [2], ["s"])


def test_a_click_on_a_heading_asks_for_that_order(qtbot: QtBot, show: Show) -> None:
    table = table_of(lines(0, 5), show)
    table.show_order(LineColumn.SCORE, ascending=True)
    model = table.model()
    assert isinstance(model, ListTableModel)
    with qtbot.waitSignal(model.sort_requested) as asked:
        QTest.mouseClick(table.horizontalHeader().viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert asked.args[0] == "name"
