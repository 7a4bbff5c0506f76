"""Two records with one NHS number side by side, and the choice: the same person, or two."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from mdt_desktop.services.sync_views import DuplicateView
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.columns import Scroller
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.icon_words import IconWords
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import clear
from mdt_desktop.words import words


class DuplicatePanel(QWidget):
    """`wanted` carries `join`, `apart` or `open`."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scroller = Scroller(words("sync.duplicate.short"))
        outer.addWidget(scroller)
        column = scroller.column
        column.setContentsMargins(theme.size("gap"), 0, 0, 0)
        self.what = words_label("", "section", wraps=True)
        self.why = words_label(words("sync.duplicate.why"), "body", wraps=True)
        self.missing = IconWords("waiting", "high")
        card = QFrame()
        theme.set_kind(card, "card")
        pad = theme.size("card")
        self.grid = QGridLayout(card)
        self.grid.setContentsMargins(pad, pad - 4, pad, pad - 4)
        self.grid.setHorizontalSpacing(theme.size("gap"))
        self.grid.setVerticalSpacing(theme.size("unit") + 1)
        for place in (1, 2):
            self.grid.setColumnStretch(place, 1)
        self.join = Button(words("sync.duplicate.join"), lambda: self.wanted.emit("join"), "plain", "person")
        self.apart = Button(words("sync.duplicate.apart"), lambda: self.wanted.emit("apart"), "plain", "team")
        self.open = Button(words("sync.inbox.show_record"), lambda: self.wanted.emit("open"), "quiet", "case")
        self.join.setToolTip(words("sync.duplicate.join_why"))
        self.apart.setToolTip(words("sync.duplicate.apart_why"))
        ways = QWidget()
        flow = flowing(ways, theme.size("unit") * 2, theme.size("unit") * 2)
        for button in (self.join, self.apart, self.open):
            flow.addWidget(button)
        self.explained = words_label(words("sync.duplicate.join_why"), "help", wraps=True)
        for widget in (self.what, self.why, self.missing, card, ways, self.explained):
            column.addWidget(widget)
        column.addStretch(1)

    def show_duplicate(self, it: DuplicateView, *, may_decide: bool) -> None:
        """Show the two; without the right to decide they are only read."""
        self.what.setText(words("sync.duplicate.what", number=it.nhs_number))
        self.missing.show_words("" if it.is_here else words("sync.duplicate.not_here"))
        clear(self.grid)
        heads = ("", words("sync.duplicate.mine"), words("sync.duplicate.theirs") if it.is_here else "")
        for place, text in enumerate(heads):
            self.grid.addWidget(words_label(text, "strong", wraps=True), 0, place)
        for number, (field, mine, theirs) in enumerate(it.rows, 1):
            differs = it.is_here and mine != theirs
            self.grid.addWidget(words_label(field, "muted", wraps=True), number, 0, Qt.AlignmentFlag.AlignTop)
            for place, text in ((1, mine), (2, theirs if it.is_here else "")):
                shown = words_label(text, "strong" if differs else "body", wraps=True, selectable=True)
                shown.setAccessibleName(f"{field} {heads[place]}: {text}")
                self.grid.addWidget(shown, number, place, Qt.AlignmentFlag.AlignTop)
            if differs:
                sign = words_label(words("sync.duplicate.differs_sign"), "late")
                sign.setToolTip(words("sync.duplicate.differs"))
                sign.setAccessibleName(words("sync.duplicate.differs"))
                self.grid.addWidget(sign, number, 3, Qt.AlignmentFlag.AlignTop)
        self.join.setEnabled(may_decide and it.is_here)
        self.apart.setEnabled(may_decide)
