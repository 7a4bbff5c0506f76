"""The panel beside a form that says what its answers mean."""

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.ui import theme
from mdt_desktop.ui.assessment.results import LineKind, ResultBlock, ResultContent, ResultLine
from mdt_desktop.ui.messages import Notice, Tone
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.toast import NoticeBar
from mdt_desktop.words import words

_WIDTH = 23  # times the body size
_WEIGHTS = {LineKind.FIELD: "field", LineKind.POINT: "body"}


class ResultPanel(QScrollArea):
    """Shows one result; drawn anew only when it says something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.stand_beside()
        self.setAccessibleName(words("assessment.results"))
        self.content: ResultContent | None = None
        self.safety: NoticeBar | None = None

    def stand_beside(self) -> None:
        """At the right of the form, at its own width."""
        self._right = theme.size("page")
        self.setFixedWidth(theme.size("body") * _WIDTH)

    def stand_under(self, width: int) -> None:
        """Under the list of parts, at its width."""
        self._right = theme.size("gap")
        self.setFixedWidth(width)

    def show_content(self, content: ResultContent) -> bool:
        """Show it; says whether a safety prompt has come that was not there before."""
        if content == self.content:
            return False
        prompts = bool(content.safety) and (self.content is None or not self.content.safety)
        self.content = content
        at = self.verticalScrollBar().value()
        holder = QWidget()
        theme.set_kind(holder, "scrolled")
        column = QVBoxLayout(holder)
        gap = theme.size("gap")
        column.setContentsMargins(gap, gap, self._right, gap)
        column.setSpacing(gap)
        self.safety = None
        if content.safety:
            self.safety = NoticeBar(Notice(content.safety, Tone.ERROR), closable=False)
            column.addWidget(self.safety)
        for place, block in enumerate(content.blocks):
            if place:
                column.addWidget(line())
            column.addLayout(_drawn(block))
        column.addWidget(line())
        column.addWidget(words_label(content.note, "body", wraps=True))
        column.addWidget(words_label(content.licence, "help", wraps=True))
        column.addStretch(1)
        self.setWidget(holder)
        self.verticalScrollBar().setValue(at)
        return prompts

    def text(self) -> str:
        """Everything it says, for tests and for reading aloud."""
        content = self.content
        if content is None:
            return ""
        said = [content.safety, *(it for block in content.blocks for it in _words_of(block)), content.note]
        return "\n".join(it for it in said if it)


def _words_of(block: ResultBlock) -> list[str]:
    return [block.title, block.headline, *(it.words for it in block.lines)]


def _told(said: ResultLine) -> QLabel:
    return words_label(_together(said.words), _WEIGHTS.get(said.kind, said.kind.value), wraps=True, selectable=True)


def _drawn(block: ResultBlock) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(theme.size("unit") + 2)
    column.addWidget(words_label(block.title, "muted"))
    if block.headline:
        column.addWidget(words_label(_together(block.headline), "section", wraps=True, selectable=True))
    for it in block.lines:
        if it.kind is LineKind.FIELD:
            column.addSpacing(theme.size("unit"))
        if it.kind is LineKind.POINT:
            column.addLayout(_point(it))
        else:
            column.addWidget(_told(it))
    return column


def _together(text: str) -> str:
    """A number in brackets stays in one line: "(10 of 27)"."""
    return re.sub(r"\([^)]*\)", lambda found: found.group().replace(" ", "\u00a0"), text)


def _point(said: ResultLine) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.size("unit") * 2)
    row.addWidget(words_label("•", "muted"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words_label(said.words, "body", wraps=True, selectable=True), 1)
    return row
