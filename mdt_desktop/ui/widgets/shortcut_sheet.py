"""Ctrl+/: all keys of the program on one sheet, made from the registry."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.commands import Commands
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class ShortcutSheet(QDialog):
    """Lists every command that has keys, by group; `first_group` is the one that matters where it was asked for."""

    def __init__(self, commands: Commands, parent: QWidget, first_group: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words("ui.keys"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(theme.size("gap"))
        column.addWidget(words_label(words("ui.keys"), "title"))
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        self._grid = QGridLayout(inner)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(40)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(0, 1)
        self._fill(commands, first_group)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName(words("ui.keys"))
        scroll.setWidget(inner)
        column.addWidget(scroll, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = Button(words("ui.close"), self.accept, "plain")
        foot.addWidget(close)
        column.addLayout(foot)
        close.setFocus()
        self.resize(round(520 * theme.current().scale), min(parent.height() - 80, round(560 * theme.current().scale)))

    def _fill(self, commands: Commands, first_group: str) -> None:
        groups: dict[str, list[tuple[str, str]]] = {first_group: []} if first_group else {}
        for command in commands.all():
            if command.keys():
                groups.setdefault(command.group, []).append((command.words, command.keys()))
        row = 0
        for group, lines in groups.items():
            if row:
                self._grid.setRowMinimumHeight(row, 8)
                row += 1
            self._grid.addWidget(words_label(group, "strong"), row, 0, 1, 2)
            row += 1
            for text, keys in lines:
                self._grid.addWidget(words_label(text), row, 0)
                self._grid.addWidget(words_label(keys, "key"), row, 1, Qt.AlignmentFlag.AlignRight)
                row += 1
        self._grid.setRowStretch(row, 1)
