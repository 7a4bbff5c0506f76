"""How far an exchange is, over the page: words, a bar, Stop. Nothing else waits for it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.words import words


class ProgressStrip(QFrame):
    """`stop_requested` when somebody wants it to end."""

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "notice")
        column = QVBoxLayout(self)
        pad = theme.size("gap")
        column.setContentsMargins(pad, pad - 4, pad, pad - 4)
        column.setSpacing(theme.size("unit") + 2)
        self.what = words_label("", "strong", wraps=True)
        self.why = words_label(words("sync.first_why"), "muted", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.stop = Button(words("sync.cancel"), self.stop_requested.emit, "plain", "close")
        row = QHBoxLayout()
        row.setSpacing(theme.size("gap"))
        row.addWidget(self.what, 1)
        row.addWidget(self.stop)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.why)
        self.hide()

    def show_far(self, text: str, done: int, of: int | None, *, first: bool) -> None:
        """Show how far it is; `of` None or 0 while that is not known."""
        self.what.setText(text)
        self.bar.setAccessibleName(text)
        if of:
            # Qt counts in 32 bits; thousandths are fine enough.
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, done * 1000 // of))
        else:
            self.bar.setRange(0, 0)
        self.why.setVisible(first)
        self.stop.setEnabled(True)
        self.show()
