"""The contact that is chosen in the log, whole: what was said, added and corrected, and what can be done with it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.notes import LogEntry
from mdt_desktop.services.rights import Rights
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.contact_lines import heading, more
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.flow_layout import flowing
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, clear, named, show_badge
from mdt_desktop.ui.widgets.scrolling import keep_edge
from mdt_desktop.words import label, words


class ContactPanel(Card):
    """One contact whole: its words, what was added, what it said before, and what can be done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(words("case.log.chosen"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading = words_label("", "muted", wraps=True, selectable=True)
        self.kind = badge("")
        self.in_error = badge("")
        top = QHBoxLayout()
        top.setSpacing(theme.size("gap"))
        top.addWidget(self.kind, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.in_error, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.heading, 1)
        self.body.addLayout(top)
        holder = QWidget()
        self._inner = QVBoxLayout(holder)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self.said = words_label("", wraps=True, selectable=True)
        self._more = QVBoxLayout()
        self._inner.addWidget(self.said)
        self._inner.addLayout(self._more)
        self._inner.addStretch(1)
        theme.set_kind(holder, "scrolled")
        self.scroller = QScrollArea()
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setAccessibleName(words("case.log.chosen"))
        self.scroller.setMinimumHeight(theme.size("row"))  # with large text the list keeps its rows
        self.scroller.setWidget(holder)
        keep_edge(self.scroller, self._inner)
        self.body.addWidget(self.scroller, 1)
        self.buttons = QWidget()
        flow = flowing(self.buttons, theme.size("unit") * 2, theme.size("unit"))
        self.add_to = Button(words("case.log.add_to"), None, "plain", "add")
        self.correct = Button(words("case.log.correct"), None, "plain")
        self.withdraw = Button(words("case.log.withdraw"), None, "quiet")
        for name, button in (("add_to", self.add_to), ("correct", self.correct), ("withdraw", self.withdraw)):
            flow.addWidget(named(button, f"contact_{name}"))
        self.body.addWidget(self.buttons)

    def show_entry(self, entry: LogEntry | None, rights: Rights | None) -> None:
        """Show a contact; none hides the panel."""
        self.setVisible(entry is not None)
        if entry is None:
            return
        show_badge(self.kind, label(entry.note.kind))
        show_badge(self.in_error, words("audit.withdraw") if entry.withdrawn else "", "late")
        self.heading.setText(heading(entry))
        self.said.setText(entry.note.words)
        theme.set_kind(self.said, "muted" if entry.withdrawn else "body")
        clear(self._more)
        for text in more(entry):
            self._more.addWidget(words_label(text, "muted", wraps=True, selectable=True))
        self.buttons.setVisible(entry.withdrawn is None)
        if rights is not None:
            for button in (self.add_to, self.correct, self.withdraw):
                permit(button, rights, Permission.EDIT_CASE)
