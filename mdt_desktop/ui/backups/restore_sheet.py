"""The side sheet of the settings page that restores a backup; at its end the program locks."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mdt_desktop.ui.backups.restore_panel import RestorePanel
from mdt_desktop.ui.backups.ways import Ways
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.backup_shelf import BackupSummary

_WIDTH = 620


class RestoreSheet(SideSheet):
    """`restored`: the backup lies ready, and the program is to lock so that it can be put in place."""

    restored = Signal()

    def __init__(self, host: QWidget, operations: Operations, ways: Ways) -> None:
        super().__init__(words("backups.restore_title"), host, _WIDTH)
        self.body.addWidget(words_label(words("backups.restore_about"), "muted", wraps=True))
        self.panel = RestorePanel(operations, ways)
        self.body.addWidget(self.panel)
        self.body.addStretch(1)
        self.restore = Button(words("backups.restore"), self.panel.restore, "primary", "history")
        self.cancel = Button(words("settings.cancel"), self._on_cancel)
        self.foot.addWidget(self.restore)
        self.foot.addWidget(self.cancel)
        self.foot.addStretch(1)
        self.panel.changed.connect(self._fit_buttons)
        self.panel.restored.connect(self._on_restored)
        self.close_requested.connect(self._on_cancel)
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        self.restore.setEnabled(self.panel.can_restore)
        self.restore.setText(words("backups.restoring" if self.panel.working else "backups.restore"))

    def _on_cancel(self) -> None:
        if self.panel.working:
            self.panel.stop()
            return
        self.panel.secret.clear()
        self.close_sheet()
        self.deleteLater()

    def _on_restored(self, _: "BackupSummary") -> None:
        self.close_sheet()
        self.restored.emit()
        self.deleteLater()
