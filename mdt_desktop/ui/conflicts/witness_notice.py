"""The central store's audit log is not what this laptop remembers of it: over the page Sync, until that was mended."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from mdt_desktop.services.sync_views import SyncStatus
from mdt_desktop.ui import theme
from mdt_desktop.ui.conflicts.runs_view import when_words
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class WitnessNotice(QFrame):
    """Hidden while all fits."""

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "notice", tone="error")
        row = QHBoxLayout(self)
        pad = theme.size("gap")
        row.setContentsMargins(pad, pad - 2, pad, pad - 2)
        row.setSpacing(pad - 2)
        self._icon = QLabel()
        column = QVBoxLayout()
        column.setSpacing(theme.size("unit"))
        self.text = words_label("", wraps=True, selectable=True)
        self.since = words_label("", "muted", wraps=True)
        for label in (words_label(words("sync.missed_title"), "strong", wraps=True), self.text, self.since):
            column.addWidget(label)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        theme.news().changed.connect(self._draw)
        self._draw()
        self.hide()

    def show_status(self, status: SyncStatus) -> None:
        """Say what is missed and since when; hidden where nothing is."""
        if status.missed_entry:
            self.text.setText(words("sync.missed", entry=status.missed_entry))
            self.since.setText(words("sync.missed_since", when=when_words(status.missed_at)))
            self.setAccessibleName(f"{words('sync.missed_title')} {self.text.text()} {self.since.text()}")
        self.setVisible(bool(status.missed_entry))

    def _draw(self) -> None:
        edge = theme.size("icon_large")
        self._icon.setPixmap(theme.icon("error", "very_high").pixmap(QSize(edge, edge)))
