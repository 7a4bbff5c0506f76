"""The chosen files with how far each of them is, in the words of its step."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from mdt_desktop.services.risk_wizard import ChosenFile, FileState
from mdt_desktop.ui.imports.parts import StateDelegate
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import words

_LOOKS = {
    FileState.LOOKING: ("waiting", "muted"),
    FileState.UNMAPPED: ("question", "high"),
    FileState.MAPPED: ("done", "good"),
    FileState.READING: ("waiting", "muted"),
    FileState.READY: ("done", "good"),
    FileState.KNOWN: ("info", "muted"),
    FileState.REFUSED: ("error", "very_high"),
    FileState.IMPORTED: ("good", "good"),
    FileState.NOT_IMPORTED: ("error", "very_high"),
}


class FileColumn(IntEnum):
    """The columns."""

    STATE = 0
    NAME = 1


class FileList(RowTable):
    """`chosen` carries the path of the file that is looked at now; Delete asks to take it out."""

    chosen = Signal(object)  # Path
    remove_requested = Signal(object)  # Path

    def __init__(self) -> None:
        super().__init__(words("imports.files"))
        self.files: ListTableModel[ChosenFile] = ListTableModel(
            {
                FileColumn.STATE: Column(
                    words("imports.column.state"), lambda it: words(f"file_state.{it.state.value}"), 142
                ),
                FileColumn.NAME: Column(
                    words("imports.column.file"), lambda it: it.path.name, 150, tip=lambda it: it.path.name
                ),
            }
        )
        self.show_model(self.files)
        self.paint_column(FileColumn.STATE, StateDelegate(lambda it: _LOOKS[it.state]))
        self._shown: tuple[ChosenFile, ...] = ()
        self.selectionModel().currentRowChanged.connect(lambda *_: self._tell())

    def show_files(self, found: Sequence[ChosenFile]) -> None:
        """Show these; the file that was looked at stays so while it is among them."""
        if len(found) == len(self._shown) and all(new is old for new, old in zip(found, self._shown, strict=True)):
            return
        current = self.current()
        self._shown = tuple(found)
        paths = [file.path for file in found]
        place = paths.index(current) if current in paths else min(max(0, self.currentIndex().row()), len(paths) - 1)
        # What is looked at is told once, and not on the way through an empty table.
        self.selectionModel().blockSignals(True)
        self.files.show(found)
        if paths:
            self.selectRow(place)
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        self._tell()

    def current(self) -> Path | None:
        """The file that is looked at."""
        file = self.files.row(self.currentIndex().row())
        return file.path if file else None

    def look_at(self, path: Path) -> None:
        """Go to a file."""
        for place, file in enumerate(self._shown):
            if file.path == path:
                self.selectRow(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.current()
        if event.key() == Qt.Key.Key_Delete and current is not None:
            self.remove_requested.emit(current)
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        current = self.current()
        if current is not None:
            self.chosen.emit(current)
