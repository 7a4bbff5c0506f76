"""The panel beside the preview of a paper: what leaves, and for what reason."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import label, words

_NOTES = 6


R = TypeVar("R", bound=StrEnum)
P = TypeVar("P")


class ReasonPanel(QWidget, Generic[R, P]):
    """What leaves, and the reason; nothing is chosen beforehand, so that it is chosen each time."""

    chosen = Signal()

    def __init__(self, reasons: Iterable[R], other: R, purpose: Callable[[R, str], P], why_help: str) -> None:
        """`other` is the reason that needs words; `purpose` makes what the service is told of reason and words."""
        super().__init__()
        self._other, self._purpose = other, purpose
        self._column = column = QVBoxLayout(self)
        pad = theme.size("card")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(words_label(words("printing.what_leaves"), "section"))
        self.person = words_label("", "strong", wraps=True)
        self.version = words_label("", "muted", wraps=True)
        column.addWidget(self.person)
        column.addWidget(self.version)
        self.notes = [words_label("", "late", wraps=True) for _ in range(_NOTES)]
        for note in self.notes:
            note.hide()
            column.addWidget(note)
        self.sections = words_label("", "body", wraps=True)
        column.addWidget(self.sections)
        self.hints = words_label("", "muted", wraps=True)
        self.hints.hide()
        column.addWidget(self.hints)
        column.addWidget(line())
        self.heading = words_label(words("printing.why"), "section", wraps=True)
        column.addWidget(self.heading)
        column.addWidget(words_label(why_help, "help", wraps=True))
        self._group = QButtonGroup(self)
        self.radios: dict[R, QRadioButton] = {}
        for number, reason in enumerate(reasons):
            radio = QRadioButton(label(reason))
            radio.setAccessibleDescription(words("printing.why"))
            self._group.addButton(radio, number)
            self.radios[reason] = radio
            column.addWidget(radio)
        self.more = QLineEdit()
        self.more.setMaxLength(200)
        self.more.setPlaceholderText(words("printing.why_more"))
        self.more.setAccessibleName(words("printing.why_more"))
        column.addWidget(self.more)
        column.addWidget(words_label(words("printing.waste"), "help", wraps=True))
        column.addStretch(1)
        self._group.idClicked.connect(lambda _: self.on_reason())
        self.more.textEdited.connect(lambda _: self.chosen.emit())

    @property
    def reason(self) -> R | None:
        """What is chosen."""
        return next((it for it, radio in self.radios.items() if radio.isChecked()), None)

    def purpose(self) -> P | None:
        """The reason with its words; None while nothing is chosen. Raises where another reason has no words."""
        return self._purpose(self.reason, self.more.text().strip()) if self.reason else None

    def first(self) -> QWidget:
        """Where the choice begins."""
        return self.radios[self.reason] if self.reason else next(iter(self.radios.values()))

    def put_first(self, widget: QWidget) -> None:
        """Put something above what leaves, such as for whom it is."""
        self._column.insertWidget(0, widget)
        self._column.insertSpacing(1, theme.size("gap"))

    def put_before_words(self, widget: QWidget) -> None:
        """Put something between the reasons and the words that are added to one."""
        self._column.insertWidget(self._column.indexOf(self.more), widget)

    def choose_none(self) -> None:
        """Take the choice back, where what was chosen is not on offer any more."""
        self._group.setExclusive(False)
        for radio in self.radios.values():
            radio.setChecked(False)
        self._group.setExclusive(True)

    def tell(
        self, person: str, about: str, notes: Sequence[str], sections: Sequence[str], hints: Sequence[str] = ()
    ) -> None:
        """Say who is on the paper, what it is and how long, what to look at, what is in it, what is good to know."""
        self.hints.setText("\n".join(hints))
        self.hints.setVisible(bool(hints))
        self.person.setText(person)
        self.version.setText(about)
        for place, note in enumerate(self.notes):
            text = notes[place] if place < len(notes) else ""
            note.setText(text)
            note.setVisible(bool(text))
        # The dot stays with the words before it, so that no line begins with one.
        self.sections.setText("\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}·  ".join(sections))
        self.sections.setVisible(bool(sections))

    def on_reason(self) -> None:
        """Another reason was chosen; one that needs words waits for them."""
        if self.reason is self._other:
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit()


def pages_words(count: int) -> str:
    """How many pages, in words."""
    return words("printing.one_page") if count == 1 else words("printing.page_count", pages=count)
