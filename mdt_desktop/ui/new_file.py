"""The system's own dialog for a new file, with a name the program proposes; nothing is ever overwritten."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from mdt_desktop.services.saving import free_place

AskFile = Callable[["NewFile", QWidget, Callable[[str], None]], None]
"""Asks for a place; the answer is empty when it was cancelled."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is asked for: the name proposed, with its kind at the end, the dialog's title, and the kinds in words."""

    name: str
    title: str
    kinds: str

    @property
    def suffix(self) -> str:
        """The kind at the end of the name, without its dot."""
        return self.name.rpartition(".")[2]


def ask_new_file(wanted: NewFile, parent: QWidget, answer: Callable[[str], None]) -> None:
    """Open the dialog in the documents folder, with a name that is free there."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    dialog = QFileDialog(parent, wanted.title, str(free_place(folder, wanted.name)), wanted.kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(wanted.suffix)
    # Nothing is ever overwritten, so a dialog that offers to would promise what is then refused.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.finished.connect(lambda code: answer(dialog.selectedFiles()[0] if code and dialog.selectedFiles() else ""))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
