"""The models of lists: rows are fetched when painted, kept while refreshed, and dropped when scrolled away."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.row_models import PAGE_ROWS, PAGES_KEPT, ListTableModel, PagedTableModel, RowRole
from tests.ui.row_models.desk import COLUMNS, Line, LineColumn, Store, lines, text


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


def test_rows_that_say_what_they_said_before_are_not_painted_again(qtbot: QtBot, model: PagedTableModel[Line]) -> None:
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
