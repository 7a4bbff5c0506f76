"""The list of backups as a table: when, why, what is in them, how large, and whether they are whole."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from mdt_desktop.domain.dates import cui_date, cui_time, long_date_and_time
from mdt_desktop.ui import theme
from mdt_desktop.ui.row_models import Column, Index, ListTableModel, RowRole
from mdt_desktop.ui.widgets.cells import RowDelegate
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import label, size_words, words

if TYPE_CHECKING:
    from mdt_desktop.services.backup_shelf import BackupSummary

MOST_ROWS = 6
_SUMMARY = int(RowRole.SUMMARY)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_PAD = 8


class ShelfColumn(IntEnum):
    """The columns."""

    WHEN = 0
    WHY = 1
    PEOPLE = 2
    CASES = 3
    SIZE = 4
    STATE = 5


def when(moment: datetime | None) -> str:
    """`27-Nov-2026 21:30` where the laptop is."""
    if moment is None:
        return words("backups.unknown")
    local = moment.astimezone()
    return f"{cui_date(local.date())} {cui_time(local)}"


def state_words(backup: "BackupSummary") -> str:
    """Whether it is whole, and of which store."""
    if not backup.whole:
        return words("backups.state.damaged")
    return words("backups.state.verified" if backup.of_this_store else "backups.state.other_store")


def _why(backup: "BackupSummary") -> str:
    return label(backup.occasion) if backup.occasion else ""


def _counted(count: Callable[["BackupSummary"], int]) -> Callable[["BackupSummary"], str]:
    return lambda it: f"{count(it):,}" if it.whole else ""


def _columns() -> dict[ShelfColumn, "Column[BackupSummary]"]:
    return {
        ShelfColumn.WHEN: Column(
            words("backups.column.when"), lambda it: when(it.made_at), 136, whole=True,
            spoken=lambda it: long_date_and_time(it.made_at.astimezone()), tip=lambda it: it.name,
        ),
        ShelfColumn.WHY: Column(
            words("backups.column.why"), _why, 110, roomy=True, tip=_why
        ),
        ShelfColumn.PEOPLE: Column(words("backups.column.people"), _counted(lambda it: it.people), 72, figures=True),
        ShelfColumn.CASES: Column(words("backups.column.cases"), _counted(lambda it: it.cases), 68, figures=True),
        ShelfColumn.SIZE: Column(words("backups.column.size"), lambda it: size_words(it.size), 72, figures=True),
        ShelfColumn.STATE: Column(
            words("backups.column.state"), state_words, 104,
            tip=lambda it: words("backups.state.tip") if it.whole else words("backups.state.damaged_tip"),
        ),
    }  # fmt: skip


class _StateDelegate(RowDelegate):
    """The state as shape, word and colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = self.ground(painter, option, index)
        backup = index.data(_SUMMARY)
        if backup is None:
            return
        icon, ink = ("good", "good") if backup.whole and backup.of_this_store else ("info", "muted")
        if not backup.whole:
            icon, ink = "warning", "high"
        edge = theme.size("icon_small")
        theme.icon(icon, ink).paint(painter, QRect(rect.left() + _PAD, rect.center().y() - edge // 2, edge, edge))
        inner = rect.adjusted(_PAD + edge + 6, 0, -_PAD, 0)
        painter.setPen(theme.colour("text" if ink == "muted" else ink))
        painter.drawText(inner, _LEFT, str(index.data(Qt.ItemDataRole.DisplayRole)))


class ShelfTable(RowTable):
    """As high as its rows, up to six; then it scrolls. Some columns can be left out where there is less room."""

    def __init__(self, *, left_out: Sequence[ShelfColumn] = ()) -> None:
        super().__init__(words("backups.list"))
        self.model_: ListTableModel[BackupSummary] = ListTableModel(_columns())
        self.show_model(self.model_)
        self.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.paint_column(ShelfColumn.STATE, _StateDelegate())
        for column in left_out:
            self.setColumnHidden(column, True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerItem)
        theme.news().changed.connect(self._fit_height)
        self._fit_height()

    def show_backups(self, backups: "Sequence[BackupSummary]") -> None:
        """Show them; the one that was chosen stays chosen."""
        before = self.chosen()
        self.model_.show(tuple(backups))
        self._fit_height()
        if before is not None:
            self.choose(before.path)

    def chosen(self) -> "BackupSummary | None":
        """The one in the chosen row."""
        return self.model_.row(self.currentIndex().row())

    def choose(self, path: Path) -> None:
        """Choose the row of a file, where it is in the list."""
        for row in range(self.model_.rowCount()):
            found = self.model_.row(row)
            if found is not None and found.path == path:
                self.selectRow(row)

    def _fit_height(self) -> None:
        rows = min(MOST_ROWS, max(1, self.model_.rowCount()))
        heading = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(heading + rows * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth())
