"""Table models that hold what is painted and no more: rows come in pages, each cell is text made once."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex

PAGE_ROWS = 60
PAGES_KEPT = 12  # 720 rows, some 1.5 MB; scrolling through a borough must not keep the borough


class RowRole(IntEnum):
    """Roles beside Qt's own. Compared as plain integers in data(): an enum comparison doubles a frame's time."""

    SUMMARY = Qt.ItemDataRole.UserRole  # the frozen summary itself; None while it is on its way


_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_TIP = int(Qt.ItemDataRole.ToolTipRole)
_ALIGN = int(Qt.ItemDataRole.TextAlignmentRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
_SUMMARY = int(RowRole.SUMMARY)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True)  # no slots: Python 3.11 cannot make Column[Row](...) of a frozen slotted class
class Column(Generic[Row]):
    """One column: its heading, a row's text in it, and what else a person may want of that text.

    `spoken` is for screen readers where the text alone says too little ("14 August 1940, aged 86"); `tip` for
    more than fits; `sort` is the key that a sort request carries, empty for a column that does not sort;
    `figures` stand at the right and are tabular; `tabular` alone is for numbers that are read, not compared.
    `width` is in pixels at 100 % text; a `whole` column (names: CUI forbids cutting them) is widened by the table
    until every text that has arrived fits, a `roomy` one only as far as the table has room to spare.
    """

    heading: str
    cells: Callable[[Row], str]
    width: int = 120
    sort: str = ""
    whole: bool = False
    roomy: bool = False
    figures: bool = False
    tabular: bool = False
    spoken: Callable[[Row], str] | None = None
    tip: Callable[[Row], str] | None = None
    heading_tip: str = ""


# A mapping's key type is invariant, so IntEnum here would refuse a dict of a page's own enum.
Columns = Mapping[Any, Column[Row]] | Sequence[Column[Row]]
Deliver = Callable[[Sequence[Row]], None]
Fetch = Callable[[int, int, Deliver[Row]], None]


def _listed(columns: Columns[Row]) -> tuple[Column[Row], ...]:
    """The columns in the order of their enum, or as given. Raises ValueError when a number is left out."""
    if isinstance(columns, Mapping):
        if [int(number) for number in sorted(columns)] != list(range(len(columns))):
            raise ValueError("columns are not numbered 0, 1, 2, …")
        return tuple(columns[number] for number in sorted(columns))
    return tuple(columns)


class _RowModel(QAbstractTableModel, Generic[Row]):
    """What both models share: headings, roles and sort requests. Rows lie in `_texts` and `_rows`."""

    sort_requested = Signal(str, bool)  # the column's sort key, ascending

    def __init__(self, columns: Columns[Row]) -> None:
        super().__init__()
        self.columns = _listed(columns)
        self._cells = tuple(column.cells for column in self.columns)
        self._aligned = tuple(_RIGHT if column.figures else None for column in self.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation == Qt.Orientation.Vertical or not 0 <= section < len(self.columns):
            return None
        if role == _DISPLAY:
            return self.columns[section].heading
        if role == _ALIGN:
            return self._aligned[section] or int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role == _TIP:
            return self.columns[section].heading_tip or None
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order: sorting is a new query, never work on rows that are here."""
        if 0 <= column < len(self.columns) and self.columns[column].sort:
            self.sort_requested.emit(self.columns[column].sort, order == Qt.SortOrder.AscendingOrder)

    def _texts_of(self, row: Row) -> tuple[str, ...]:
        return tuple([cells(row) for cells in self._cells])

    def _other(self, row: Row, number: int, role: int) -> Any:
        """Everything but the text: asked seldom, so it is worked out when asked."""
        if role == _SUMMARY:
            return row
        column = self.columns[number]
        if role == _SPOKEN:
            return (column.spoken or column.cells)(row)
        if role == _TIP and column.tip is not None:
            return column.tip(row) or None
        return None


class ListTableModel(_RowModel[Row]):
    """A short table, whole in memory (up to some hundreds of rows)."""

    def __init__(self, columns: Columns[Row], rows: Sequence[Row] = ()) -> None:
        super().__init__(columns)
        self._rows: tuple[Row, ...] = tuple(rows)
        self._texts = [self._texts_of(row) for row in self._rows]

    def show(self, rows: Sequence[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self._texts = [self._texts_of(row) for row in self._rows]
        self.endResetModel()

    def texts(self, number: int) -> tuple[str, ...] | None:
        """All cells of a row for a delegate that paints them."""
        return self._texts[number] if 0 <= number < len(self._texts) else None

    def row(self, number: int) -> Row | None:
        """The summary of a row, or None outside the table."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == 0:
            return self._texts[index.row()][index.column()]
        if role == _ALIGN:
            return self._aligned[index.column()]
        if role in (_SUMMARY, _SPOKEN, _TIP) and index.isValid():
            return self._other(self._rows[index.row()], index.column(), role)
        return None


class PagedTableModel(_RowModel[Row]):
    """A table of any length. `show(fetch, count)` starts a new list; rows are fetched when they are painted.

    `fetch(first, count, deliver)` must return at once and call `deliver(rows)` later in the GUI thread; answers to
    an older list are dropped. `count` may arrive later by `set_count`. Until a row is here its cells are empty.
    """

    rows_arrived = Signal(int, int)  # first row, how many
    list_started = Signal()  # nothing that was chosen in the list before is chosen any more

    def __init__(self, columns: Columns[Row]) -> None:
        super().__init__(columns)
        self._texts: dict[int, tuple[str, ...]] = {}
        self._rows: dict[int, Row] = {}
        self._pages: OrderedDict[int, None] = OrderedDict()
        self._asked: set[int] = set()
        self._wanted: dict[int, None] = {}
        self._count = 0
        self._is_counted = True
        self._list = 0
        self._fetch: Fetch[Row] | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    def show(self, fetch: Fetch[Row], count: int | None, first_rows: Sequence[Row] = ()) -> None:
        """Start a new list. `first_rows` are painted at once, without a second trip, when the query brought them; they
        must be as many as the table has room for, or the whole list.

        With a `count` of None the list is longer than these, and `set_count` tells how long: until then it keeps the
        length it has and no more rows are fetched. Rows are added, taken away and changed, never reset: a reset, and
        any other length, has the table lay out and paint everything anew. Rows that stay as they are, as half of them
        do while somebody types a name to its end, are not painted again.
        """
        self._list += 1
        self._fetch = fetch
        shown = first_rows[:count]
        before = self._contents(0, len(shown))
        self._forget()
        self._is_counted = True
        if count is not None or self._count < len(shown):
            self.set_count(len(shown) if count is None else count)
        self._is_counted = count is not None
        self._keep(0, shown)
        self._tell_changed(0, before)
        if self._count and not shown:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(self.columns) - 1))
        self.list_started.emit()

    def _contents(self, first: int, count: int) -> list[tuple[Row | None, tuple[str, ...] | None]]:
        """What some rows say now, as far as they are here."""
        return [(self._rows.get(number), self._texts.get(number)) for number in range(first, first + count)]

    def _tell_changed(self, first: int, before: Sequence[tuple[Row | None, tuple[str, ...] | None]]) -> None:
        """Have those rows painted that do not say what they said before."""
        pairs = zip(before, self._contents(first, len(before)), strict=True)
        changed = [number for number, (old, new) in enumerate(pairs, start=first) if old != new]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))

    def set_count(self, count: int) -> None:
        """How long the list is, when that took longer to find out than its first rows."""
        if not self._is_counted:
            self._is_counted = True
            self._soon.start()
        if count > self._count:
            # The page that was the last one was whole until now; the rest of it is still to be fetched.
            self._asked.discard(self._count // PAGE_ROWS)
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            for number in [number for number in self._rows if number >= count]:
                del self._rows[number], self._texts[number]
            self.endRemoveRows()

    def replace(self, fetch: Fetch[Row], count: int, first: int, rows: Sequence[Row]) -> None:
        """Show a newer state of the list without leaving the place: `rows` from number `first` on are in sight."""
        self._list += 1
        self._fetch = fetch
        self.set_count(count)
        self._is_counted = True
        self._forget()
        self._keep(first, rows[: max(0, count - first)])
        if count:
            self.dataChanged.emit(self.index(0, 0), self.index(count - 1, len(self.columns) - 1))

    def refresh(self) -> None:
        """Fetch again what is shown, after a change that altered rows but not the list."""
        self._list += 1
        # The old rows stay until their page is here again, so that nothing flickers.
        self._asked.clear()
        self._wanted.clear()
        if self._count:
            self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, len(self.columns) - 1))

    def texts(self, number: int) -> tuple[str, ...] | None:
        """All cells of a row for a delegate that paints them; asks for the row when it is not here."""
        texts = self._texts.get(number)
        if texts is None or number // PAGE_ROWS not in self._asked:
            self._want(number)
        return texts

    def row(self, number: int) -> Row | None:
        """The summary of a row; None outside the table and for a row that is not here yet."""
        return self._rows.get(number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role == 0:
            texts = self.texts(index.row())
            return "" if texts is None else texts[index.column()]
        if role == _ALIGN:
            return self._aligned[index.column()]
        if role in (_SUMMARY, _SPOKEN, _TIP):
            row = self._rows.get(index.row())
            return None if row is None else self._other(row, index.column(), role)
        return None

    def _want(self, number: int) -> None:
        if 0 <= number < self._count and self._fetch is not None:
            self._wanted[number // PAGE_ROWS] = None
            if self._is_counted and not self._soon.isActive():
                self._soon.start()

    def _ask(self) -> None:
        """Ask for the pages that the last frames missed, the newest first; a flung scroll bar asks for few."""
        wanted, self._wanted = list(self._wanted), {}
        for page in [page for page in reversed(wanted) if page not in self._asked][:3]:
            self._asked.add(page)
            self._ask_for(page)

    def _ask_for(self, page: int) -> None:
        asked_for = self._list

        def deliver(rows: Sequence[Row]) -> None:
            if asked_for == self._list:
                self._on_page(page, rows)

        if self._fetch is not None:
            self._fetch(page * PAGE_ROWS, PAGE_ROWS, deliver)

    def _on_page(self, page: int, rows: Sequence[Row]) -> None:
        first = page * PAGE_ROWS
        kept = rows[: max(0, self._count - first)]
        before = self._contents(first, len(kept))
        self._keep(first, kept)
        if kept:
            self._tell_changed(first, before)
            self.rows_arrived.emit(first, len(kept))

    def _keep(self, first: int, rows: Sequence[Row]) -> None:
        for number, row in enumerate(rows, start=first):
            self._rows[number] = row
            self._texts[number] = self._texts_of(row)
        for page in range(first // PAGE_ROWS, (first + len(rows) + PAGE_ROWS - 1) // PAGE_ROWS):
            whole = (page + 1) * PAGE_ROWS <= first + len(rows) or first + len(rows) >= self._count
            if whole:
                self._asked.add(page)
                self._pages[page] = None
                self._pages.move_to_end(page)
        while len(self._pages) > PAGES_KEPT:
            oldest, _ = self._pages.popitem(last=False)
            self._asked.discard(oldest)
            for number in range(oldest * PAGE_ROWS, (oldest + 1) * PAGE_ROWS):
                self._rows.pop(number, None)
                self._texts.pop(number, None)

    def _forget(self) -> None:
        for held in (self._asked, self._wanted, self._pages, self._rows, self._texts):
            held.clear()
