"""Choosing risk files: a place to drop them, a button, and the list of what was chosen with what is wrong with it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mdt_desktop.services.risk_wizard import ChosenFile, FileState
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.file_list import FileList
from mdt_desktop.ui.imports.parts import clear, notice, trouble
from mdt_desktop.ui.messages import Tone
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

_MOST_NOTICES = 3


class FilesView(QWidget):
    """`browse_requested`: open the file dialog; `remove_requested` carries a path."""

    browse_requested = Signal()
    remove_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self._drop = QFrame()
        theme.set_kind(self._drop, "card")
        inside = QVBoxLayout(self._drop)
        inside.setContentsMargins(*([theme.size("page")] * 4))
        inside.setSpacing(theme.size("unit") * 2)
        self._about: list[QLabel] = []
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._picture)
        for text, kind in ((words("imports.drop"), "section"), (words("imports.drop_detail"), "muted")):
            shown = words_label(text, kind, wraps=True)
            shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(shown)
            self._about.append(shown)
        self.browse = Button(words("imports.browse"), self.browse_requested.emit, icon="open")
        inside.addWidget(self.browse, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._drop)
        self._notices = QVBoxLayout()
        self._notices.setSpacing(theme.size("unit"))
        column.addLayout(self._notices)
        self.list = FileList()
        self.list.remove_requested.connect(self.remove_requested)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        self.remove = Button(words("imports.remove"), self._on_remove, "quiet", "remove")
        row.addWidget(self.remove)
        row.addStretch(1)
        column.addLayout(row)
        self._spare = QWidget()
        column.addWidget(self._spare, 1)
        self._said: tuple[str, ...] = ()
        self._draw_icon()
        theme.news().changed.connect(self._draw_icon)

    def show_files(self, files: Sequence[ChosenFile]) -> None:
        """Show what was chosen; each file that cannot be read has its sentence."""
        self.list.show_files(files)
        for widget in (self.list, self.remove):
            widget.setVisible(bool(files))
        self._spare.setVisible(not files)
        # Once there are files the list needs the room.
        for label in (self._picture, self._about[-1]):
            label.setVisible(not files)
        said = [trouble(file.error) for file in files if file.state is FileState.REFUSED]
        if len(said) > _MOST_NOTICES:
            said = [*said[: _MOST_NOTICES - 1], words("imports.more_refused", count=len(said) - _MOST_NOTICES + 1)]
        if tuple(said) != self._said:
            self._said = tuple(said)
            clear(self._notices)
            for text in said:
                self._notices.addWidget(notice(text, Tone.ERROR))

    def _on_remove(self) -> None:
        current = self.list.current()
        if current is not None:
            self.remove_requested.emit(current)

    def _draw_icon(self) -> None:
        edge = theme.size("icon_large") * 2
        self._picture.setPixmap(theme.icon("imports", "accent").pixmap(QSize(edge, edge)))
