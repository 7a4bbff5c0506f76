"""What leaves with a paper, and why: the panel beside its preview."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from mdt_desktop.domain.care_plan import PlanStatus
from mdt_desktop.domain.printing import PrintReason, Purpose
from mdt_desktop.ui import theme
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.words import label, words

if TYPE_CHECKING:
    from mdt_desktop.services.printing import PaperContents

_MARKS = {PlanStatus.DRAFT: "printing.draft", PlanStatus.SUPERSEDED: "printing.superseded"}


class WhyPanel(QWidget):
    """What leaves, and the reason; nothing is chosen beforehand, so that it is chosen each time."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        pad = theme.size("card")
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.size("unit") * 2)
        column.addWidget(words_label(words("printing.what_leaves"), "section"))
        self.person = words_label("", "strong", wraps=True)
        self.version = words_label("", "muted", wraps=True)
        column.addWidget(self.person)
        column.addWidget(self.version)
        self.notes = [words_label("", "late", wraps=True) for _ in range(2)]
        for note in self.notes:
            note.hide()
            column.addWidget(note)
        self.sections = words_label("", "body", wraps=True)
        column.addWidget(self.sections)
        column.addWidget(line())
        self.heading = words_label(words("printing.why"), "section", wraps=True)
        column.addWidget(self.heading)
        column.addWidget(words_label(words("printing.why_help"), "help", wraps=True))
        self._group = QButtonGroup(self)
        self.radios: dict[PrintReason, QRadioButton] = {}
        for number, reason in enumerate(PrintReason):
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
        self._group.idClicked.connect(self._on_clicked)
        self.more.textEdited.connect(lambda _: self.chosen.emit())

    @property
    def reason(self) -> PrintReason | None:
        """What is chosen."""
        return next((it for it, radio in self.radios.items() if radio.isChecked()), None)

    def purpose(self) -> Purpose | None:
        """The reason with its words; None while nothing is chosen. Raises `ReasonMissing`."""
        return Purpose(self.reason, self.more.text().strip()) if self.reason else None

    def first(self) -> QWidget:
        """Where the choice begins."""
        return self.radios[self.reason or PrintReason.FOR_THE_PERSON]

    def show_contents(self, contents: "PaperContents") -> None:
        """Say whose plan it is, how long, and what is in it."""
        self.person.setText(words("printing.one_person", name=contents.person))
        pages = _pages(contents.pages)
        if contents.status is None:
            about, mark = words("printing.sheet"), "printing.sheet_mark"
        else:
            about = words("printing.version", version=contents.version, status=contents.status)
            mark = _MARKS.get(contents.status, "")
        self.version.setText(f"{about} · {pages}")
        told = (words(mark) if mark else "", "" if contents.may_be_shared else words("printing.no_basis"))
        for note, text in zip(self.notes, told, strict=True):
            note.setText(text)
            note.setVisible(bool(text))
        # The dot stays with the words before it, so that no line begins with one.
        self.sections.setText("\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}·  ".join(contents.sections))
        for reason, radio in self.radios.items():
            radio.setEnabled(contents.may_be_shared or reason is PrintReason.FOR_THE_PERSON)

    def _on_clicked(self) -> None:
        if self.reason is PrintReason.OTHER:
            self.more.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chosen.emit()

def _pages(count: int) -> str:
    return words("printing.one_page") if count == 1 else words("printing.page_count", pages=count)
