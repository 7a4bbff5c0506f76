"""A card: a heading with what can be done about it, and a body."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import words_label


class Card(QFrame):
    """Put content into `body`; `add_action` puts buttons at the right of the heading."""

    def __init__(self, heading: str = "", summary: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_kind(self, "card")
        pad = theme.size("card")
        outer = QVBoxLayout(self)
        # Left and right margins are the rows' own: the words of a quiet button stand level with what is around it.
        outer.setContentsMargins(0, pad - 8, 0, pad)
        outer.setSpacing(theme.size("unit"))
        self._top = QHBoxLayout()
        self._top.setContentsMargins(pad, 0, pad, 0)
        self._top.addStrut(theme.size("control_height"))  # headings stand level, with and without a button
        self._top.setSpacing(theme.size("unit") * 2)
        self.heading = words_label(heading, "section")
        self.summary = words_label(summary, "muted", wraps=True)
        self._top.addWidget(self.heading)
        self._top.addWidget(self.summary, 1)
        if heading or summary:
            outer.addLayout(self._top)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(pad, 0, pad, 0)
        self.body.setSpacing(theme.size("unit") * 2)
        outer.addLayout(self.body)
        if heading:
            self.setAccessibleName(heading)

    def add_action(self, widget: QWidget) -> None:
        """A button at the right of the heading."""
        self._top.addWidget(widget)
        hangs = theme.QUIET_PADDING if widget.property("kind") == "quiet" else 0
        pad = theme.size("card")
        self._top.setContentsMargins(pad, 0, pad - hangs, 0)

    def hang(self, inset: int) -> None:
        """Let the body begin so many pixels further left: for rows and buttons whose words are inset as far."""
        pad = theme.size("card")
        self.body.setContentsMargins(pad - inset, 0, pad, 0)
