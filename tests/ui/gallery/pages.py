"""A caseload and a case with invented content, as they look."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QTabBar, QVBoxLayout, QWidget

from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui import theme
from mdt_desktop.ui.banner import PatientBanner
from mdt_desktop.ui.pages import Page
from mdt_desktop.ui.row_models import ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.cells import TierDelegate
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.ui.widgets.toolbar_row import PageHeader, ToolbarRow
from tests.ui.gallery.samples import COLUMNS, SampleColumn, a_banner, sample_rows


class CaseloadSample(Page):
    """A list as the caseload will look."""

    def __init__(self) -> None:
        super().__init__()
        column = self.column()
        header = PageHeader("Caseload", "28 of 37,134, highest risk first, as of 23-Nov-2026")
        header.add_action(Button("Save view", None, "quiet"))
        header.add_action(Button("Import risk file", None, "primary", "imports"))
        column.addWidget(header)
        chips = ChipRow(
            [
                ChipChoice("very_high", "Very high", 412),
                ChipChoice("high", "High", 2871),
                ChipChoice("no_plan", "No plan", 96),
                ChipChoice("no_lead", "No lead", 41),
                ChipChoice("review", "Review due", 12),
                ChipChoice("mine", "I lead", 18),
            ],
            name="Filters",
        )
        chips.choose(frozenset({"very_high", "high"}))
        row = ToolbarRow()
        box = QLineEdit()
        box.setPlaceholderText("Name, NHS number, date of birth or postcode")
        box.setAccessibleName("Search the caseload")
        box.setMinimumWidth(320)
        row.add(box)
        row.add(chips, 1)
        column.addWidget(row)
        self.table = RowTable("Caseload")
        self.model = ListTableModel(COLUMNS, sample_rows())
        self.table.show_model(self.model)
        self.table.paint_column(SampleColumn.TIER, TierDelegate(lambda it: it.tier, lambda it: it.trend))
        self.table.show_order(SampleColumn.TIER, ascending=False)
        self.table.selectRow(3)
        column.addWidget(self.table, 1)


class CaseSample(Page):
    """A case as it will look."""

    def __init__(self, **changes: object) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        banner = PatientBanner()
        banner.show_person(a_banner(**changes))
        outer.addWidget(banner)
        inner = QVBoxLayout()
        inner.setContentsMargins(24, 8, 24, 16)
        inner.setSpacing(12)
        tabs = QTabBar()
        tabs.setAccessibleName("Parts of the case")
        for text in ("Overview", "Assessment", "Plan", "Team and lead", "Contacts", "Documents", "History"):
            tabs.addTab(text)
        inner.addWidget(tabs)
        grid = QGridLayout()
        grid.setSpacing(12)
        goals = Card("Open needs and goals", "3 of 5")
        goals.add_action(Button("Add need", None, "quiet", "add"))
        for text in ("Walk to the mosque and back", "Sleep through the night", "See my sister once a week"):
            goals.body.addWidget(words_label(text, wraps=True))
        due = Card("Actions due")
        line = QHBoxLayout()
        line.addWidget(words_label("Order a second hand rail", wraps=True), 1)
        line.addWidget(words_label("3 days late", "late"))
        due.body.addLayout(line)
        due.body.addWidget(words_label("Ring the pharmacy about the blister pack", wraps=True))
        risk = Card("Risk")
        risk.body.addWidget(TierBadge(Tier.VERY_HIGH), 0, Qt.AlignmentFlag.AlignLeft)
        risk.body.addWidget(words_label("Score 87.4 on 01-Nov-2026, was 79.0 three months before", "muted", wraps=True))
        missing = Card("What is missing")
        missing.body.addWidget(words_label("No lead professional is agreed", wraps=True))
        missing.body.addWidget(Button("Propose lead", None, "plain", "lead"), 0, Qt.AlignmentFlag.AlignLeft)
        for number, card in enumerate((goals, due, risk, missing)):
            card.body.addStretch(1)
            grid.addWidget(card, number // 2, number % 2)
        body = QWidget()
        theme.set_kind(body, "scrolled")
        body.setLayout(grid)
        grid.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        inner.addWidget(scroll, 1)
        outer.addLayout(inner, 1)
