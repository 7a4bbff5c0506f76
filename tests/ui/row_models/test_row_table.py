"""The table of a list: names whole, the keyboard, headings."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.row_table import RowTable
from tests.ui.conftest import Show
from tests.ui.row_models.desk import COLUMNS, Line, LineColumn, lines


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


def test_a_first_column_that_is_not_whole_leaves_room_for_the_figures_behind_it(show: Show) -> None:
    columns = {
        LineColumn.NAME: Column[Line]("Group", lambda it: it.name, 120, roomy=True),
        LineColumn.SCORE: Column[Line]("Score", lambda it: str(it.score), 60, figures=True),
    }
    table = RowTable("Lines")
    table.show_model(ListTableModel(columns, [Line("An organisation with a name that is far too long " * 3, 1)]))
    table.resize(300, 200)
    show(table)
    assert table.columnWidth(0) + table.columnWidth(1) <= table.viewport().width()
    assert table.columnWidth(1) >= 60


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
