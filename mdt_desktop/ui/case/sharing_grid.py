"""The sharing matrix as a grid: recipients down, parts across; walked with the arrows, changed with single keys."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from mdt_desktop.domain.dates import cui_date
from mdt_desktop.domain.sharing import SharedPart, SharingCell, SharingChoice, Source
from mdt_desktop.services.sharing import Key, SharingRow
from mdt_desktop.ui import theme
from mdt_desktop.words import label, words

Index = QModelIndex | QPersistentModelIndex
Cells = dict[tuple[Key, SharedPart], SharingChoice]

PARTS = tuple(SharedPart)
_CYCLE = (SharingChoice.SHARE, SharingChoice.DO_NOT_SHARE, SharingChoice.ASK_FIRST)
_KEYS = {
    Qt.Key.Key_S: SharingChoice.SHARE,
    Qt.Key.Key_N: SharingChoice.DO_NOT_SHARE,
    Qt.Key.Key_A: SharingChoice.ASK_FIRST,
}
_LOOKS = {
    SharingChoice.SHARE: ("✓", "good", "good_soft"),
    SharingChoice.DO_NOT_SHARE: ("✕", "very_high", "very_high_soft"),
    SharingChoice.ASK_FIRST: ("?", "moderate", "surface"),
}
_COLUMN, _HEAD = 92, 218  # pixels at 100 % text
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SELECTED = 0x8000  # QStyle::State_Selected
_INDENT = "\N{EM SPACE}"


class SharingModel(QAbstractTableModel):
    """Rows of the matrix with what was changed in this sheet and is not recorded yet."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[SharingRow] = []
        self.changes: Cells = {}

    def show(self, rows: Sequence[SharingRow]) -> None:
        """Show other rows; changes that are not recorded stay."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def add(self, row: SharingRow) -> int:
        """Put one more recipient behind their group; the number of the row, where it is there already as well."""
        for number, it in enumerate(self._rows):
            if it.recipient.key == row.recipient.key:
                return number
        same = [number for number, it in enumerate(self._rows) if it.recipient.group is row.recipient.group]
        place = (same[-1] if same else len(self._rows) - 1) + 1
        self.beginInsertRows(QModelIndex(), place, place)
        self._rows.insert(place, row)
        self.endInsertRows()
        return place

    def row(self, number: int) -> SharingRow:
        """One recipient."""
        return self._rows[number]

    def keys(self) -> frozenset[Key]:
        """Everybody who has a row."""
        return frozenset(row.recipient.key for row in self._rows)

    def cell(self, number: int, part: SharedPart) -> SharingCell:
        """What is recorded."""
        return self._rows[number].cells[part]

    def choice(self, number: int, part: SharedPart) -> SharingChoice:
        """What the grid shows: the change, else what is recorded."""
        return self.changes.get((self._rows[number].recipient.key, part), self.cell(number, part).choice)

    def is_changed(self, number: int, part: SharedPart) -> bool:
        """Whether it was changed here."""
        return (self._rows[number].recipient.key, part) in self.changes

    def choose(self, places: Sequence[tuple[int, SharedPart]], choice: SharingChoice | None) -> None:
        """Change some cells; None takes a change back. A choice that was decided like this before is no change."""
        for number, part in places:
            key = (self._rows[number].recipient.key, part)
            cell = self.cell(number, part)
            self.changes.pop(key, None)
            if choice is not None and not (choice is cell.choice and cell.source is Source.DECIDED):
                self.changes[key] = choice
            index = self.index(number, PARTS.index(part))
            self.dataChanged.emit(index, index)
        self.changed.emit()

    def forget(self) -> None:
        """Take all changes back."""
        self.changes = {}
        self.changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's signature
        return 0 if parent.isValid() else len(PARTS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            return label(PARTS[section]) if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self._rows):
            return None
        row = self._rows[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if row.is_group else f"{_INDENT}{row.name}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return ", ".join(part for part in (row.name, row.detail) if part)
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(strong=row.is_group)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        number, part = index.row(), PARTS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return words(f"sharing.cell.{self.choice(number, part).value}")
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.sentence(number, part)
        return None

    def sentence(self, number: int, part: SharedPart) -> str:
        """One cell in words: for whom, what, which choice, and where that comes from."""
        row, choice = self._rows[number], self.choice(number, part)
        about = words("sharing.sentence", who=row.name, part=label(part), choice=label(choice))
        if self.is_changed(number, part):
            return f"{about} {words('sharing.sentence.changed')}"
        return f"{about} {source_words(self.cell(number, part))}"


def source_words(cell: SharingCell) -> str:
    """Where a choice comes from, with its ground, its day and who recorded it."""
    known: Mapping[str, object] = {
        "basis": cell.basis or "",
        "day": cui_date(cell.decided_on) if cell.decided_on else "",
        "name": cell.recorded_by,
    }
    key = f"sharing.source.{cell.source.value}"
    if cell.source is Source.CONSENT and cell.choice is SharingChoice.ASK_FIRST:
        key += ".ask"
    return words(key, **known)


class SharingDelegate(QStyledItemDelegate):
    """Paints a choice as sign and word on its ground; what was changed here has a frame."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(round(_COLUMN * theme.current().scale), theme.size("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        drawn: Any = option  # the stubs do not know the fields of style options
        rect: QRect = drawn.rect
        model: Any = index.model()
        number, part = index.row(), PARTS[index.column()]
        choice = model.choice(number, part)
        sign, ink, ground = _LOOKS[choice]
        decided = model.cell(number, part).source is Source.DECIDED or model.is_changed(number, part)
        painter.save()
        painter.fillRect(rect, theme.colour(ground))
        painter.setFont(theme.font(strong=decided))
        painter.setPen(theme.colour(ink))
        text = f"{sign} {index.data(Qt.ItemDataRole.DisplayRole)}"
        painter.drawText(rect.adjusted(8, 0, -4, 0), int(_LEFT), text)
        view = drawn.widget
        is_current = view is not None and view.hasFocus() and view.currentIndex() == index
        self._frame(painter, rect, drawn, is_current=is_current, changed=model.is_changed(number, part))
        painter.restore()

    def _frame(self, painter: QPainter, rect: QRect, drawn: Any, *, is_current: bool, changed: bool) -> None:
        colour: QColor | None = None
        if is_current:
            colour = theme.colour("focus")
        elif changed or drawn.state.value & _SELECTED:
            colour = theme.colour("accent")
        if colour is not None:
            painter.setPen(QPen(colour, theme.size("focus_ring")))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))


class SharingGrid(QTableView):
    """Arrows walk; S shares, N does not, A asks first, Space takes the next of the three, Delete takes a change back.

    Whole rows and columns are selected by their heads, and a key then counts for all that is selected.
    """

    walked = Signal()  # another cell is current, or it says something else

    def __init__(self) -> None:
        super().__init__()
        self.grid = SharingModel()
        self.setModel(self.grid)
        self.setItemDelegate(SharingDelegate(self))
        self.setAccessibleName(words("sharing.grid"))
        self.setAccessibleDescription(words("sharing.keys"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(True)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setDefaultAlignment(_LEFT | Qt.TextFlag.TextWordWrap)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionsClickable(True)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setSectionsClickable(True)
        down.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.may_change = True
        self.grid.changed.connect(self.walked)
        self.selectionModel().currentChanged.connect(lambda *_: self.walked.emit())
        self._fit()
        theme.news().changed.connect(self._fit)

    def _fit(self) -> None:
        scale = theme.current().scale
        self.horizontalHeader().setDefaultSectionSize(round(_COLUMN * scale))
        self.horizontalHeader().setFixedHeight(round(theme.size("body") * 4))
        self.verticalHeader().setDefaultSectionSize(theme.size("row"))
        self.verticalHeader().setFixedWidth(round(_HEAD * scale))

    def fit_height(self, room: int) -> None:
        """Be as tall as the rows, and no taller than there is room for; three rows are always in sight."""
        rows = self.grid.rowCount()
        head, row = self.horizontalHeader().height() + 2 * theme.size("focus_ring") + 2, theme.size("row")
        shown = max(3, min(rows, (room - head) // row))
        self.setFixedHeight(head + shown * row)

    def show_rows(self, rows: Sequence[SharingRow]) -> None:
        """Show the matrix; the cell one was at stays current."""
        at = self.currentIndex()
        place = (at.row(), at.column()) if at.isValid() else (0, 0)
        self.grid.show(rows)
        if rows:
            self.setCurrentIndex(self.grid.index(min(place[0], len(rows) - 1), place[1]))

    def add_row(self, row: SharingRow) -> None:
        """One more recipient, and go there."""
        self.setCurrentIndex(self.grid.index(self.grid.add(row), 0))

    def choose(self, choice: SharingChoice | None) -> None:
        """Change what is selected."""
        if self.may_change:
            self.grid.choose(self._selected(), choice)

    def sentence(self) -> str:
        """The current cell in words."""
        at = self.currentIndex()
        return self.grid.sentence(at.row(), PARTS[at.column()]) if at.isValid() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier == Qt.KeyboardModifier.NoModifier
        if plain and key in _KEYS:
            self.choose(_KEYS[key])
        elif plain and key == Qt.Key.Key_Space:
            self._next()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._next()

    def _next(self) -> None:
        at = self.currentIndex()
        if at.isValid():
            now = self.grid.choice(at.row(), PARTS[at.column()])
            self.choose(_CYCLE[(_CYCLE.index(now) + 1) % len(_CYCLE)])

    def _selected(self) -> list[tuple[int, SharedPart]]:
        chosen = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        return [(it.row(), PARTS[it.column()]) for it in chosen if it.isValid()]
