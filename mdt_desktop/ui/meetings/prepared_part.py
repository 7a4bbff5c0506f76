"""One thing that should be there before somebody is discussed: a mark, and the words where they are typed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import badge, show_badge
from mdt_desktop.words import words

_MOST_LINES = 6
_LONGEST = 2000


class PreparedPart(QWidget):
    """A name with its mark, there or missing, and what is known, in words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = words_label(name, "strong", wraps=True)
        self.mark = badge("")
        self.known = words_label("", "muted", wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.size("unit"))
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        self._column.addWidget(self.known)

    def show_state(self, there: bool, known: str = "") -> None:
        """Show whether it is there, and what is known."""
        show_badge(
            self.mark, words("meetings.mark.there" if there else "meetings.mark.missing"), "good" if there else "late"
        )
        self.known.setText(known)
        self.known.setVisible(bool(known))


class TypedPart(PreparedPart):
    """A part that is typed here: saved on leaving it.

    `typed` carries the words once they are others than before, and what stood there before.
    """

    typed = Signal(str, str)

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(name)
        self.edit = GrowingTextEdit(lines=2, most_lines=_MOST_LINES)
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(name)
        self._before = ""
        self._column.addWidget(self.edit)
        self.edit.left.connect(self.save)

    def show_words(self, text: str, *, again: bool) -> None:
        """Show what is recorded; `again` for the same person, whose words that are being typed stay."""
        if again and self.edit.toPlainText().strip() != self._before:
            return
        self._before = text
        if self.edit.toPlainText() != text:
            self.edit.setPlainText(text)

    def save(self) -> None:
        """Record what was typed, if anything was."""
        text = self.edit.toPlainText().strip()[:_LONGEST]
        if text != self._before:
            before, self._before = self._before, text
            self.typed.emit(text, before)
