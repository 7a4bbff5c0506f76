"""Keeps the caseload's columns and its splitter as the person left them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSplitter

from mdt_desktop.services.caseload import CaseloadRow
from mdt_desktop.settings import Column, LaptopSettings
from mdt_desktop.ui import theme
from mdt_desktop.ui.caseload.columns import HIDDEN_AT_FIRST, CaseloadColumn
from mdt_desktop.ui.row_models import PagedTableModel
from mdt_desktop.ui.widgets.row_table import RowTable

_NAME = "caseload"
_ALWAYS = (CaseloadColumn.NAME, CaseloadColumn.BORN)
"""What stays beside the preview however narrow the list gets; the preview says the rest."""
_PREVIEW_WIDTH = 340
_PAUSE_MS = 600


class KeptLayout(QObject):
    """Reads the settings when it is made and writes them a moment after the last change."""

    def __init__(
        self,
        table: RowTable,
        split: QSplitter,
        model: PagedTableModel[CaseloadRow],
        settings: LaptopSettings,
        save_settings: Callable[[], None],
    ) -> None:
        super().__init__(table)
        self._table, self._split, self._model = table, split, model
        self._settings, self._save_settings = settings, save_settings
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._keep)
        self._aside: set[int] = set()
        self._restore()
        heads = table.horizontalHeader()
        heads.sectionMoved.connect(lambda *_: self._soon.start())
        # Only what a hand does is kept: columns also grow by themselves with the names in them.
        heads.sectionHandleDoubleClicked.connect(lambda *_: self._soon.start())
        heads.sectionResized.connect(self._on_resized)
        split.splitterMoved.connect(lambda *_: self._soon.start())

    def is_shown(self, number: int) -> bool:
        """Whether a column is wanted, also while there is no room for it beside the preview."""
        return number in self._aside or not self._table.isColumnHidden(number)

    def show_column(self, number: int, *, shown: bool) -> None:
        """Show or hide a column."""
        self._aside.discard(number)
        self._table.setColumnHidden(number, not shown)
        self._keep()

    def make_room(self, beside_preview: bool) -> None:
        """Put columns aside that would be cut off beside the preview, from the right; without it all come back."""
        for number in self._aside:
            self._table.setColumnHidden(number, False)
        self._aside = set()
        if not beside_preview:
            return
        heads, scale = self._table.horizontalHeader(), theme.current().scale
        in_order = sorted(CaseloadColumn, key=heads.visualIndex)
        shown = [number for number in in_order if not heads.isSectionHidden(number)]
        needed = {
            number: self._table.columnWidth(number)
            if self._model.columns[number].whole
            else round(self._model.columns[number].width * scale)
            for number in shown
        }
        for number in reversed(shown):
            if sum(needed.values()) <= self._table.viewport().width():
                break
            if number not in _ALWAYS:
                del needed[number]
                self._aside.add(number)
                self._table.setColumnHidden(number, True)

    def fit_split(self) -> None:
        """Give the preview the width it had last."""
        kept = self._settings.splitters.get(_NAME)
        wide = kept[1] if kept and len(kept) == 2 and kept[1] > 0 else round(_PREVIEW_WIDTH * theme.current().scale)
        self._split.setSizes([max(1, self._split.width() - wide), wide])

    def _on_resized(self, *_: int) -> None:
        if self._table.horizontalHeader().underMouse():
            self._soon.start()

    def _restore(self) -> None:
        kept = {column.name: column for column in self._settings.columns.get(_NAME, ())}
        if not kept:
            for number in HIDDEN_AT_FIRST:
                self._table.setColumnHidden(number, True)
            return
        heads = self._table.horizontalHeader()
        order = [CaseloadColumn[name.upper()] for name in kept if name.upper() in CaseloadColumn.__members__]
        for place, number in enumerate(order):
            heads.moveSection(heads.visualIndex(number), place)
            column = kept[number.key]
            if column.width:
                self._table.setColumnWidth(number, round(column.width * theme.current().scale))
            self._table.setColumnHidden(number, not column.shown and number is not CaseloadColumn.NAME)

    def _keep(self) -> None:
        heads, scale = self._table.horizontalHeader(), theme.current().scale
        order = sorted(CaseloadColumn, key=heads.visualIndex)
        listed = tuple(
            Column(
                number.key,
                min(4000, round(self._table.columnWidth(number) / scale)) or self._model.columns[number].width,
                self.is_shown(number),
            )
            for number in order
        )
        self._settings.columns = {**self._settings.columns, _NAME: listed}
        if all(self._split.sizes()):
            self._settings.splitters = {**self._settings.splitters, _NAME: tuple(self._split.sizes())}
        self._save_settings()
