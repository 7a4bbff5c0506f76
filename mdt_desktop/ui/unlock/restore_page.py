"""Restoring a backup where no store can be opened: it is damaged or missing, or this is a new laptop."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.backups.restore_panel import RestorePanel
from mdt_desktop.ui.backups.ways import Ways
from mdt_desktop.ui.keys.parts import Cover
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.backup_shelf import BackupSummary

_WIDTH = 960


class RestorePage(Cover):
    """`restored`: the store of the backup is in its place and can be unlocked; `left`: nothing was done."""

    restored = Signal(object)  # BackupSummary
    left = Signal()

    def __init__(self, operations: Operations, ways: Ways) -> None:
        super().__init__(_WIDTH)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.heading = words_label(words("backups.restore_title"), "title", wraps=True)
        self.about = words_label(words("backups.restore_closed_about"), "muted", wraps=True)
        for label in (self.heading, self.about):
            label.setAlignment(middle)
            self.body.addWidget(label)
        self.card = Card()
        self.panel = RestorePanel(operations, ways)
        self.card.body.addWidget(self.panel)
        self.body.addWidget(self.card)
        row = QHBoxLayout()
        row.setSpacing(theme.size("unit") * 2)
        self.back = Button(words("backups.back"), self._on_back, "plain", "back")
        self.restore = Button(words("backups.restore"), self.panel.restore, "primary", "history")
        row.addWidget(self.back)
        row.addStretch(1)
        row.addWidget(self.restore)
        self.body.addLayout(row)
        self.panel.changed.connect(self._fit_buttons)
        self.panel.restored.connect(self._on_restored)
        self._fit_buttons()

    def first_field(self) -> QWidget:
        """Where the keyboard begins."""
        return self.panel.first_field()

    def _fit_buttons(self) -> None:
        self.restore.setEnabled(self.panel.can_restore)
        self.restore.setText(words("backups.restoring" if self.panel.working else "backups.restore"))
        self.back.setText(words("ui.cancel" if self.panel.working else "backups.back"))

    def _on_back(self) -> None:
        if self.panel.working:
            self.panel.stop()
        else:
            self.panel.secret.clear()
            self.left.emit()

    def _on_restored(self, backup: "BackupSummary") -> None:
        self.restored.emit(backup)
