"""One of each widget, in each state."""

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QProgressBar,
    QRadioButton,
    QScrollArea,
    QTabBar,
    QWidget,
)

from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui import theme
from mdt_desktop.ui.pages import Page
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.figure import Figure
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.ui.widgets.toolbar_row import PageHeader, ToolbarRow


class WidgetsSample(Page):
    """One of each."""

    def __init__(self) -> None:
        super().__init__()
        column = self.column()
        column.addWidget(PageHeader("Widgets", "one of each, in each state"))
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, card in enumerate((self._buttons(), self._fields(), self._words(), self._states())):
            grid.addWidget(card, number // 2, number % 2)
        inner = QWidget()
        theme.set_kind(inner, "scrolled")
        inner.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        column.addWidget(scroll, 1)

    def _buttons(self) -> Card:
        card = Card("Buttons")
        for enabled in (True, False):
            row = ToolbarRow(
                Button("Agree lead", None, "primary", "done"),
                Button("Print plan", None, "plain", "print"),
                Button("More", None, "quiet"),
                Button("Withdraw consent", None, "danger"),
                Button("Show them", None, "link"),
                IconButton("edit", "Edit"),
            )
            row.setEnabled(enabled)
            row.stretch()
            card.body.addWidget(row)
        chips = ChipRow(
            [ChipChoice("on", "Chosen", 4), ChipChoice("off", "Not chosen", 1200), ChipChoice("no", "Cannot")]
        )
        chips.choose(frozenset({"on"}))
        chips.chip("no").setEnabled(False)
        card.body.addWidget(chips)
        badges = ToolbarRow(*(TierBadge(tier) for tier in Tier))
        for text, tone in (("Draft", ""), ("Agreed", "good"), ("3 days late", "late"), ("New", "accent")):
            badge = words_label(text, "badge")
            theme.set_kind(badge, "badge", tone=tone)
            badges.add(badge)
        badges.stretch()
        card.body.addWidget(badges)
        tabs = QTabBar()
        for text in ("Overview", "Assessment", "Plan"):
            tabs.addTab(text)
        card.body.addWidget(tabs)
        bar = QProgressBar()
        bar.setTextVisible(False)
        bar.setValue(40)
        card.body.addWidget(bar)
        figures = ToolbarRow(
            Figure("412", "people at risk", lambda: None), Figure("63 %", "with plan and lead", lambda: None)
        )
        figures.stretch()
        card.body.addWidget(figures)
        card.body.addStretch(1)
        return card

    def _fields(self) -> Card:
        card = Card("Fields")
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self.name_box = QLineEdit("Amina")
        wrong, off = QLineEdit("943 476 5918"), QLineEdit("cannot be changed")
        wrong.setProperty("invalid", True)
        off.setEnabled(False)
        choice, count = QComboBox(), NumberBox()
        choice.addItems(["Dr Placeholder (GP)", "Pat Sample (Nurse)"])
        text = GrowingTextEdit("Grows with what is written. " * 5)
        for row, (label, field) in enumerate(
            (
                ("Given name", self.name_box),
                ("NHS number", wrong),
                ("Lead", choice),
                ("Importance", count),
                ("Closed", off),
                ("Words", text),
            )
        ):
            grid.addWidget(FieldLabel(label, field), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row, 1)
        card.body.addLayout(grid)
        card.body.addWidget(
            words_label("Error: the check digit does not fit. Look at the number again.", "error", wraps=True)
        )
        ticks = QHBoxLayout()
        for box in (QCheckBox("Ticked"), QCheckBox("Open"), QRadioButton("This one"), QRadioButton("That one")):
            box.setChecked(box.text() in ("Ticked", "This one"))
            ticks.addWidget(box)
        partly, closed = QCheckBox("Partly"), QCheckBox("Closed")
        partly.setTristate(True)
        partly.setCheckState(Qt.CheckState.PartiallyChecked)
        closed.setChecked(True)
        closed.setEnabled(False)
        for box in (partly, closed):
            ticks.addWidget(box)
        ticks.addStretch(1)
        card.body.addLayout(ticks)
        card.body.addStretch(1)
        return card

    def _words(self) -> Card:
        card = Card("Words", "the kinds of label")
        for kind in ("title", "section", "strong", "body", "muted", "help", "error", "good", "late"):
            card.body.addWidget(words_label(f"{kind}: the quick brown fox", kind))
        card.body.addWidget(words_label("“I want to sit in my own garden.”", "quote", wraps=True))
        card.body.addStretch(1)
        return card

    def _states(self) -> Card:
        card = Card("Nothing here, and a list")
        card.body.addWidget(
            EmptyState(
                "No needs yet", "Needs come from the joint assessment.", icon="assessment", step="Start assessment"
            )
        )
        items = QListView()
        items.setAccessibleName("A list")
        items.setModel(QStringListModel(["First line", "Second line", "Third line"], items))
        items.setCurrentIndex(items.model().index(1, 0))
        items.setMaximumHeight(110)
        card.body.addWidget(items)
        return card
