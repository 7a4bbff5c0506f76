"""One person beside the list: who, in their own words, who leads, and what comes next. Never the patient banner."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mdt_desktop.domain.people import spaced_nhs_number
from mdt_desktop.domain.risk import Tier
from mdt_desktop.services.caseload import CaseloadPreview
from mdt_desktop.ui import theme
from mdt_desktop.ui.caseload.columns import born_of, name_of, review_of, step_words
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.labels import line, words_label
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.words import label, words

LEAST_WIDTH = 280


class PreviewPanel(QFrame):
    """Filled by `show_person`; its buttons only tell what is wished."""

    open_requested = Signal(str)
    close_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        theme.set_kind(self, "preview")
        self.setAccessibleName(words("caseload.preview"))
        self.setMinimumWidth(LEAST_WIDTH)
        self.person_id = ""
        pad = theme.size("card")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        self._body = QVBoxLayout(inner)
        self._body.setContentsMargins(pad, pad - 4, pad - 4, pad)
        self._body.setSpacing(theme.size("unit"))
        top = QHBoxLayout()
        self.name = words_label("", "section", wraps=True, selectable=True)
        top.addWidget(self.name, 1)
        close = IconButton("close", words("caseload.preview.close"), self.close_requested.emit)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(top)
        self.who = words_label("", "muted", wraps=True, selectable=True)
        self._body.addWidget(self.who)
        tier_row = QHBoxLayout()
        tier_row.setSpacing(theme.size("unit") * 2)
        self.tier = TierBadge(Tier.BELOW)
        self.score = words_label("", "muted")
        tier_row.addWidget(self.tier)
        tier_row.addWidget(self.score, 1)
        self._body.addLayout(tier_row)
        self._body.addSpacing(theme.size("gap"))
        self.heading = self._add_heading("caseload.preview.words")
        self.words = words_label("", "quote", wraps=True, selectable=True)
        self.no_words = words_label(words("caseload.preview.no_words"), "muted", wraps=True)
        self._body.addWidget(self.words)
        self._body.addWidget(self.no_words)
        self.step = self._fact("caseload.preview.next", "strong")
        self.lead = self._fact("caseload.preview.lead")
        self.stage = self._fact("caseload.preview.stage")
        self.review = self._fact("caseload.preview.review")
        self.practice = self._fact("caseload.preview.practice")
        self._body.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        column.addWidget(scroll, 1)
        column.addWidget(line())
        foot = QHBoxLayout()
        foot.setContentsMargins(pad, pad - 4, pad, pad - 4)
        self.open = Button(words("caseload.preview.open"), self._on_open, "primary", "case")
        foot.addWidget(self.open)
        foot.addStretch(1)
        column.addLayout(foot)

    def show_person(self, preview: CaseloadPreview, today: date) -> None:
        """Show one person."""
        row = preview.row
        self.person_id = row.person_id
        self.name.setText(name_of(row))
        number = spaced_nhs_number(row.nhs_number) or words("caseload.no_number")
        self.who.setText(
            words("caseload.preview.who", born=born_of(row, today), gender=label(row.gender), number=number)
        )
        self.tier.setVisible(row.tier is not None)
        if row.tier is not None:
            self.tier.show_tier(row.tier)
        no_tier = words("caseload.no_tier") if row.tier is None else ""
        self.score.setText(no_tier if row.score is None else words("caseload.preview.score", score=row.score))
        self.words.setText(f"“{preview.words}”" if preview.words else "")
        self.words.setVisible(bool(preview.words))
        self.no_words.setVisible(not preview.words)
        self.heading.setVisible(not row.closed)
        self._show(self.step, step_words(preview.step))
        self._show(self.lead, row.lead_name or words("caseload.preview.no_lead"))
        self._show(self.stage, words("caseload.preview.no_case") if row.stage is None else label(row.stage))
        self._show(self.review, review_of(row, today))
        self._show(self.practice, f"{row.practice_name}, {row.locality_name}")
        if row.closed:
            self._show_closed()

    def _show_closed(self) -> None:
        """Of somebody whose restricted record is shut: the name and the fact, and nothing that looks like a fact."""
        self.who.setText(words("caseload.preview.restricted"))
        self.score.setText("")
        self.no_words.setVisible(False)
        for fact in (self.step, self.lead, self.stage, self.review, self.practice):
            self._show(fact, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)

    def _on_open(self) -> None:
        self.open_requested.emit(self.person_id)

    def _add_heading(self, key: str) -> QLabel:
        heading = words_label(words(key), "help")
        self._body.addWidget(heading)
        return heading

    def _fact(self, key: str, kind: str = "body") -> tuple[QWidget, QLabel]:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, theme.size("gap"), 0, 0)
        column.setSpacing(0)
        value = words_label("", kind, wraps=True, selectable=True)
        column.addWidget(words_label(words(key), "help"))
        column.addWidget(value)
        self._body.addWidget(block)
        return block, value

    @staticmethod
    def _show(fact: tuple[QWidget, QLabel], text: str) -> None:
        fact[1].setText(text)
        fact[0].setVisible(bool(text))
