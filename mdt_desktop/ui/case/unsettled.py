"""What is not settled about a person: over every tab of their case, with what counts meanwhile, until it is decided."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.words import words

if TYPE_CHECKING:
    from mdt_desktop.services.unsettled import Unsettled

_MOST = 3


class UnsettledNotice(QFrame):
    """`decide_requested` carries the first conflict's id."""

    decide_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "notice", tone="warning")
        self.conflict_id = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 10, 9)
        row.setSpacing(theme.size("gap"))
        picture = QLabel()
        edge = theme.size("icon_large")
        picture.setPixmap(theme.icon("conflicts", "high").pixmap(QSize(edge, edge)))
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        self.title = words_label("", "strong", wraps=True)
        self.lines = words_label("", wraps=True, selectable=True)
        column.addWidget(self.title)
        column.addWidget(self.lines)
        row.addLayout(column, 1)
        button = Button(words("sync.queue.decide"), lambda: self.decide_requested.emit(self.conflict_id), "plain")
        row.addWidget(named(button, "decide_conflict"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_unsettled(self, open_ones: Sequence["Unsettled"]) -> None:
        """Show them; none hides it."""
        if open_ones:
            self.conflict_id = open_ones[0].conflict_id
            key = "case.unsettled.one" if len(open_ones) == 1 else "case.unsettled.many"
            self.title.setText(words(key, count=len(open_ones)))
            lines = [
                words("case.unsettled.line", field=it.field[:1].upper() + it.field[1:], value=it.in_force)
                for it in open_ones[:_MOST]
            ]
            self.lines.setText("\n".join(lines))
            self.setAccessibleName(f"{self.title.text()} {self.lines.text()}")
        self.setVisible(bool(open_ones))
