"""The program's table: whole rows, lines between them, keys to open and preview, sorting by asking."""

from math import ceil

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import ListTableModel, PagedTableModel
from mdt_desktop.ui.widgets.cells import RowDelegate
from mdt_desktop.ui.widgets.text_widths import TextWidths

_ROWS_MEASURED = 60
_PADDING = 17  # eight pixels on either side, and one for rounding


class RowTable(QTableView):
    """Enter or a double click opens a row, Space previews it, typing a letter is for the search box.

    `name` is spoken by screen readers. Delegates for single columns are set with `paint_column`.
    """

    opened = Signal(int)
    previewed = Signal(int)
    typed = Signal(str)
    menu_requested = Signal(int, QPoint)  # row, place on the screen

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setHighlightSections(False)
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        heads.setSectionsMovable(True)
        self._painter = RowDelegate(self)
        self._painters: list[RowDelegate] = [self._painter]
        self.setItemDelegate(self._painter)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self._fit_rows()
        theme.news().changed.connect(self._fit_rows)

    def show_model(self, model: PagedTableModel | ListTableModel) -> None:  # type: ignore[type-arg]  # any row type
        """Show a model; columns get their widths at the current text scale and the last one takes the rest."""
        # The model goes with the table. One without a parent stays, with the page in what its signals call, for good.
        model.setParent(self)
        self.setModel(model)
        for number, column in enumerate(model.columns):
            self.setColumnWidth(number, round(column.width * theme.current().scale))
        model.modelReset.connect(self._widen)
        model.dataChanged.connect(self._widen)
        if isinstance(model, PagedTableModel):
            model.list_started.connect(self._on_list_started)
        self._widen()

    def paint_now(self) -> None:
        """Bring what changed in the table to the screen at once; what did not change is not painted again."""
        self.executeDelayedItemsLayout()
        QCoreApplication.sendPostedEvents(self.window(), QEvent.Type.UpdateRequest)

    def show_order(self, column: int, *, ascending: bool) -> None:
        """Mark the column that the list is sorted by; a click on a heading asks the model for another order."""
        heads = self.horizontalHeader()
        heads.blockSignals(True)
        heads.setSortIndicator(column, Qt.SortOrder.AscendingOrder if ascending else Qt.SortOrder.DescendingOrder)
        heads.blockSignals(False)
        if not heads.isSortIndicatorShown():
            heads.setSortIndicatorShown(True)
            heads.setSectionsClickable(True)
            heads.sortIndicatorChanged.connect(self._on_sort_clicked)

    def paint_column(self, column: int, delegate: RowDelegate) -> None:
        """Let a delegate paint one column."""
        delegate.setParent(self)
        self._painters.append(delegate)
        self.setItemDelegateForColumn(column, delegate)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.currentIndex().row()
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        elif key == Qt.Key.Key_Space and row >= 0 and plain == Qt.KeyboardModifier.NoModifier:
            self.previewed.emit(row)
        elif event.text().isalnum() and plain == Qt.KeyboardModifier.NoModifier:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        before = self._painter.hovered_row
        if row == before:
            return
        for delegate in self._painters:
            delegate.hovered_row = row
        for number in (before, row):
            if number >= 0:
                top = self.rowViewportPosition(number)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(number))

    def _widen(self) -> None:
        """Give whole columns the room that the rows in sight need; they are never made narrower."""
        model = self.model()
        if not isinstance(model, (PagedTableModel, ListTableModel)):
            return
        columns, scale = model.columns, theme.current().scale
        needed = self._widths_needed(model, [n for n, column in enumerate(columns) if column.whole or column.roomy])
        for number, width in needed.items():
            if columns[number].whole and width > self.columnWidth(number):
                self.setColumnWidth(number, width)
        last = self._last_shown()
        # Figures at the far right of an empty column would be read with nothing: then the first column takes the rest.
        figures_last = last >= 0 and columns[last].figures
        self.horizontalHeader().setStretchLastSection(not figures_last)
        roomy = [number for number in needed if columns[number].roomy and number != last]
        # Room that is spare once every roomy column and the last one are at their least.
        taken = {number: self.columnWidth(number) for number in range(len(columns)) if not self.isColumnHidden(number)}
        taken |= {number: round(columns[number].width * scale) for number in (*roomy, last) if number in taken}
        first = self.horizontalHeader().logicalIndex(0)
        if figures_last:
            least = round(columns[first].width * scale)
            room = self.viewport().width() - sum(width for number, width in taken.items() if number != first)
            wide = needed.get(first, least)
            taken[first] = wide if columns[first].whole else min(wide, max(least, room))
        spare = max(0, self.viewport().width() - sum(taken.values()))
        for number in roomy:
            more = min(spare, max(0, needed[number] - taken.get(number, 0)))
            spare -= more
            self.setColumnWidth(number, taken.get(number, 0) + more)
        if figures_last:
            self.setColumnWidth(first, taken[first] + spare)

    def _on_list_started(self) -> None:
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())
        self.scrollToTop()

    def _widths_needed(self, model: PagedTableModel | ListTableModel, numbers: list[int]) -> dict[int, int]:  # type: ignore[type-arg]  # any row type
        """Pixels that the rows in sight need in some of the columns."""
        first = max(0, self.rowAt(0))
        rows = [model.texts(row) for row in range(first, min(model.rowCount(), first + _ROWS_MEASURED))]
        needed = {}
        for number in numbers:
            widest = max((self._widths.at_most(texts[number]) for texts in rows if texts is not None), default=0)
            least = round(model.columns[number].width * theme.current().scale)
            needed[number] = max(least, ceil(widest) + _PADDING)
        return needed

    def _last_shown(self) -> int:
        """The column at the right, which takes what is left over; -1 where all are hidden."""
        heads = self.horizontalHeader()
        shown = [heads.logicalIndex(place) for place in range(heads.count())]
        return next((number for number in reversed(shown) if not heads.isSectionHidden(number)), -1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen()

    def _fit_rows(self) -> None:
        # Tabular figures are the wider ones: what fits with them fits.
        self._widths = TextWidths(theme.font(tabular=True))
        self.verticalHeader().setMinimumSectionSize(theme.size("row"))
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))

    def _on_sort_clicked(self, column: int, order: Qt.SortOrder) -> None:
        self.model().sort(column, order)

    def _on_menu(self, place: QPoint) -> None:
        index: QModelIndex = self.indexAt(place)
        if index.isValid():
            self.menu_requested.emit(index.row(), self.viewport().mapToGlobal(place))
