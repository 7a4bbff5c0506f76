"""Every styled widget, the banner and the shell with invented content, drawn to PNG so that they can be looked at.

`python -m tests.ui.gallery DIR` writes one picture a screen size, colour scheme and text scale.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from itertools import product
from pathlib import Path

from PySide6.QtCore import QEventLoop, QStringListModel, Qt, QTimer
from PySide6.QtWidgets import (
    QApplication,
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
    QVBoxLayout,
    QWidget,
)

from mdt_desktop.domain.people import Gender
from mdt_desktop.domain.risk import Tier
from mdt_desktop.ui import theme
from mdt_desktop.ui.app import make_application
from mdt_desktop.ui.banner import AlertTone, BannerAlert, BannerContent, PatientBanner
from mdt_desktop.ui.broadcasts import Broadcasts
from mdt_desktop.ui.hits import DeliverPeople, PersonHit
from mdt_desktop.ui.main_window import MainWindow
from mdt_desktop.ui.messages import Choice, Messages, NoticeAction, Tone
from mdt_desktop.ui.operations import Operations
from mdt_desktop.ui.pages import Page
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.shell_parts import HeadlineMeasure
from mdt_desktop.ui.widgets.buttons import Button, IconButton
from mdt_desktop.ui.widgets.card import Card
from mdt_desktop.ui.widgets.cells import TierDelegate
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.figure import Figure
from mdt_desktop.ui.widgets.growing_text_edit import GrowingTextEdit
from mdt_desktop.ui.widgets.labels import FieldLabel, words_label
from mdt_desktop.ui.widgets.number_box import NumberBox
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.side_sheet import SideSheet
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.tier_badge import TierBadge
from mdt_desktop.ui.widgets.toolbar_row import PageHeader, ToolbarRow

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """An invented person in a list."""

    name: str
    born: str
    nhs_number: str
    tier: Tier
    trend: tuple[float, ...]
    stage: str
    lead: str
    review: str


class SampleColumn(IntEnum):
    """The columns of the sample list."""

    NAME = 0
    BORN = 1
    NHS_NUMBER = 2
    TIER = 3
    STAGE = 4
    LEAD = 5
    REVIEW = 6


COLUMNS = {
    SampleColumn.NAME: Column[SampleRow]("Name", lambda row: row.name, 200, "name", whole=True),
    SampleColumn.BORN: Column[SampleRow]("Born", lambda row: row.born, 150, "born"),
    SampleColumn.NHS_NUMBER: Column[SampleRow]("NHS No.", lambda row: row.nhs_number, 120, tabular=True),
    SampleColumn.TIER: Column[SampleRow]("Risk tier", lambda row: row.tier.value, 170, "tier"),
    SampleColumn.STAGE: Column[SampleRow]("Stage", lambda row: row.stage, 110, "stage"),
    SampleColumn.LEAD: Column[SampleRow]("Lead professional", lambda row: row.lead, 190, "lead"),
    SampleColumn.REVIEW: Column[SampleRow]("Next review", lambda row: row.review, 130, "review"),
}


def sample_rows(count: int = 28) -> list[SampleRow]:
    """Invented people, the same at every call."""
    names = (
        "EXAMPLE, Amina (Mrs)",
        "SAMPLE, Walter (Mr)",
        "FICTIONAL-SURNAME, Josephine (Dr)",
        "INVENTED, Rose",
        "MADEUP, Karl (Mr)",
    )
    stages = ("Identified", "Invited", "Consented", "Assessing", "Planning", "Active", "Review")
    leads = ("Dr Placeholder (GP)", "", "Pat Sample (Nurse)", "Chris Dummy (Therapist)")
    return [
        SampleRow(
            names[number % 5],
            f"{(number * 7) % 28 + 1:02d}-Aug-19{30 + number % 40} ({96 - number % 40})",
            f"9{number % 90 + 10:02d} 476 59{number % 90 + 10}",
            tuple(Tier)[(number * number) % 4],
            tuple(float((number * step * 37) % 23 + step * 2) for step in range(6)),
            stages[number % 7],
            leads[number % 4],
            f"{(number * 5) % 28 + 1:02d}-Jan-2027",
        )
        for number in range(count)
    ]


def a_banner(**changes: object) -> BannerContent:
    """An invented person with everything a banner can show."""
    values: dict[str, object] = {
        "family_name": "Example",
        "given_names": "Amina",
        "title": "Mrs",
        "born": date(1940, 8, 14),
        "gender": Gender.FEMALE,
        "nhs_number": "9434765919",
        "today": TODAY,
        "preferred_name": "Mina",
        "alerts": (
            BannerAlert("Lives alone"),
            BannerAlert("Key safe", detail="Ask the practice for the code"),
            BannerAlert("Hearing aid"),
            BannerAlert("Interpreter Bengali"),
            BannerAlert("Allergy penicillin", AlertTone.WARNING),
        ),
        "what_matters": "I want to get to the mosque on Fridays again, and to sit in my own garden.",
    }
    return BannerContent(**{**values, **changes})  # type: ignore[arg-type]  # values are checked by the tests


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


class Shell:
    """A window with sample pages; close() ends its threads."""

    def __init__(self) -> None:
        self.broadcasts = Broadcasts()
        self.operations = Operations(self.broadcasts)
        self.messages = Messages()
        self.window = MainWindow(
            self.operations, self.broadcasts, self.messages, lambda: datetime(2026, 11, 23, 14, 32, tzinfo=UTC)
        )
        pages = (
            ("today", "Today", Page),
            ("caseload", "Caseload", CaseloadSample),
            ("meetings", "Meetings", WidgetsSample),
            ("worklist", "Worklist", Page),
            ("figures", "Figures", Page),
            ("directory", "Directory", Page),
            ("settings", "Settings", Page),
        )
        for key, text, factory in pages:
            self.window.register_page(key, text, key, factory)
        self.window.register_page("case", "Case", "case", CaseSample, in_rail=False)
        self.window.register_page("died", "Died", "case", lambda: CaseSample(died=date(2026, 3, 2)), in_rail=False)
        self.window.show_demo(True)
        self.window.show_sync("Synced 09:12")
        self.window.show_measure(HeadlineMeasure(412, 301, 288, 260))
        self.window.search_people_by(_sample_people)

    def close(self) -> None:
        """End threads and window."""
        self.window.close()
        self.operations.close()
        self.window.deleteLater()


def _sample_people(text: str, deliver: DeliverPeople) -> None:
    deliver(
        [
            PersonHit("1", "EXAMPLE, Amina (Mrs)", "14-Aug-1940 (86)   943 476 5919"),
            PersonHit("2", "EXAMPLE-SAMPLE, Walter (Mr)", "02-May-1951 (75)   942 117 3300"),
        ]
    )


def settle(milliseconds: int = 30) -> None:
    """Let Qt lay out and paint."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def draw_all(folder: Path, app: QApplication) -> None:
    """Draw every sample page in every look."""
    folder.mkdir(parents=True, exist_ok=True)
    looks = ((1366, 768, 1.0), (1366, 768, 1.5), (1920, 1080, 1.0), (1366, 768, 2.0))
    for (width, height, scale), scheme in product(looks, ("light", "dark")):
        theme.apply(app, "dark" if scheme == "dark" else "light", scale)
        shell = Shell()
        shell.window.resize(width, height)
        shell.window.show()
        shell.window.activateWindow()
        settle()
        name = f"{width}-{round(scale * 100)}-{scheme}"
        for key in ("caseload", "case", "died", "meetings"):
            shell.window.show_page(key)
            page = shell.window.page
            if isinstance(page, CaseloadSample):
                page.table.setFocus()
                shell.messages.done("Moved Amina Example to Planning", lambda: None)
            if isinstance(page, WidgetsSample):
                page.name_box.setFocus()
                shell.messages.notify(
                    "The store could not be reached. What you typed is kept.",
                    Tone.ERROR,
                    NoticeAction("Try again", lambda: None),
                )
            settle()
            shell.window.grab().save(str(folder / f"{key}-{name}.png"))
        _draw_layers(shell, folder, name)
        shell.close()
        settle()


def _draw_layers(shell: Shell, folder: Path, name: str) -> None:
    shell.window.show_page("case")
    shell.window.command_palette.open_palette()
    shell.window.command_palette.box.setText("e")
    settle(100)
    shell.window.grab().save(str(folder / f"palette-{name}.png"))
    shell.window.command_palette.close_palette()
    page = shell.window.page
    if page is not None:
        beneath = page.findChild(QScrollArea)
        sheet = SideSheet("Agree the lead professional", beneath or page)
        sheet.body.addWidget(words_label("Dr Placeholder (GP) is proposed because the person is over 75.", wraps=True))
        reason = GrowingTextEdit()
        sheet.body.addWidget(FieldLabel("Reason, if you choose somebody else", reason))
        sheet.body.addWidget(reason)
        sheet.body.addStretch(1)
        sheet.foot.addStretch(1)
        sheet.foot.addWidget(Button("Agree lead", None, "primary"))
        sheet.open_sheet(reason)
        settle()
        shell.window.grab().save(str(folder / f"sheet-{name}.png"))
    shell.messages.ask(
        "Withdraw this consent?",
        [Choice("keep", "Keep consent"), Choice("withdraw", "Withdraw consent", "danger")],
        lambda _: None,
        way_out="keep",
        detail="Sharing stops at once. The plan stays, and the history says who withdrew it and when.",
    )
    settle()
    for dialog in QApplication.topLevelWidgets():
        if dialog is not shell.window and dialog.isVisible():
            dialog.grab().save(str(folder / f"question-{name}.png"))
            dialog.close()
    shell.window.commands.run("view.keys")
    settle()
    for dialog in QApplication.topLevelWidgets():
        if dialog is not shell.window and dialog.isVisible():
            dialog.grab().save(str(folder / f"keys-{name}.png"))
            dialog.close()


def main(argv: list[str]) -> int:
    """Draw into the folder named on the command line."""
    app = make_application(scheme="light")
    draw_all(Path(argv[1]), app)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
