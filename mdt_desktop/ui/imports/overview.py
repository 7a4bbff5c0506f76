"""How each practice stands with its monthly risk run: the table of all practices, the latest behind first."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from mdt_desktop.domain.dates import cui_date, long_date
from mdt_desktop.domain.permissions import Permission
from mdt_desktop.services.rights import Rights
from mdt_desktop.services.risk_overview import MonthlyRun, PracticeStanding
from mdt_desktop.ui import theme
from mdt_desktop.ui.imports.parts import BETWEEN, CountDelegate, StateDelegate
from mdt_desktop.ui.messages import Notice, Tone
from mdt_desktop.ui.permitted import permit
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.ui.widgets.states import EmptyState
from mdt_desktop.ui.widgets.toast import NoticeBar
from mdt_desktop.ui.widgets.toolbar_row import PageHeader
from mdt_desktop.words import label, words

_TOOL_WIDTH = 240  # pixels at 100 % text
_WAITING = {"imports.held": "imports.held_waiting", "imports.fhir": "imports.fhir.waiting"}
_DECIDE = {"imports.held": "imports.held_decide", "imports.fhir": "imports.fhir.decide"}
_LOOKS = {
    MonthlyRun.HERE: ("good", "good"),
    MonthlyRun.DUE: ("waiting", "moderate"),
    MonthlyRun.LATE: ("warning", "high"),
    MonthlyRun.NEVER: ("warning", "high"),
}


class PracticeColumn(IntEnum):
    """The columns."""

    PRACTICE = 0
    MONTH = 1
    LATEST = 2
    LIST = 3
    VERY_HIGH = 4
    HIGH = 5
    MODERATE = 6
    REJECTED = 7
    HELD = 8
    TOOL = 9


def month_words(standing: PracticeStanding, today: date) -> str:
    """Whether this month's run is here, in words."""
    values: dict[str, object] = {"month": _month(today)}
    if standing.run is not None and standing.monthly is MonthlyRun.LATE:
        behind = (standing.months_behind or 0) - 1
        values = {"months": words("imports.months.one") if behind == 1 else words("imports.months", count=behind)}
    return words(f"imports.month.{standing.monthly.value}", **values)


def _month(day: date) -> str:
    return long_date(day).split()[1]


def _tier(place: int, standing: PracticeStanding) -> str:
    if not standing.tiers:
        return ""
    count = standing.tiers[place]
    return f"{count.actual:,}{BETWEEN}{difference_words(count.difference)}"


def difference_words(difference: int) -> str:
    """How many more or fewer than expected, with a sign: +13, −525, ±0."""
    return words(
        "imports.tier_over" if difference > 0 else "imports.tier_under" if difference < 0 else "imports.tier_exact",
        difference=abs(difference),
    )


def _tier_tip(place: int, standing: PracticeStanding) -> str:
    if not standing.tiers:
        return ""
    count = standing.tiers[place]
    side = "over" if count.difference > 0 else "under" if count.difference < 0 else "exact"
    return words(
        f"imports.tier_tip.{side}",
        tier=count.tier,
        actual=count.actual,
        expected=count.expected,
        share=f"{count.expected_share:g}",
        difference=abs(count.difference),
    )


def _tool(standing: PracticeStanding) -> str:
    return f"{standing.run.tool} {standing.run.tool_version}".strip() if standing.run else ""


def _tool_tip(standing: PracticeStanding) -> str:
    return "\n".join(part for part in (_tool(standing), standing.run.approach_words if standing.run else "") if part)


def _columns(today: date) -> dict[PracticeColumn, Column[PracticeStanding]]:
    def tier(place: int, key: str) -> Column[PracticeStanding]:
        return Column(
            label(key),
            lambda it: _tier(place, it),
            112,
            figures=True,
            spoken=lambda it: _tier_tip(place, it),
            tip=lambda it: _tier_tip(place, it),
            heading_tip=words("imports.column.tier_tip"),
        )

    def of_run(text: str, value: str, width: int, *, figures: bool = True) -> Column[PracticeStanding]:
        return Column(
            words(text),
            lambda it: (
                "" if it.run is None else f"{getattr(it.run, value):,}" if figures else str(getattr(it.run, value))
            ),
            width,
            figures=figures,
        )

    return {
        PracticeColumn.PRACTICE: Column(
            words("imports.column.practice"), lambda it: it.name, 180, whole=True,
            tip=lambda it: words("imports.practice_tip", code=it.code, locality=it.locality),
        ),
        PracticeColumn.MONTH: Column(words("imports.column.month"), lambda it: month_words(it, today), 160),
        PracticeColumn.LATEST: Column(
            words("imports.column.latest"), lambda it: cui_date(it.run.run_date) if it.run else "", 116, tip=_tool_tip
        ),
        PracticeColumn.LIST: of_run("imports.column.list", "list_size", 74),
        PracticeColumn.VERY_HIGH: tier(0, "tier.very_high"),
        PracticeColumn.HIGH: tier(1, "tier.high"),
        PracticeColumn.MODERATE: tier(2, "tier.moderate"),
        PracticeColumn.REJECTED: of_run("imports.column.rejected", "rejected", 76),
        PracticeColumn.HELD: Column(
            words("imports.column.held"), lambda it: f"{it.waiting:,}" if it.run else "", 66, figures=True,
            heading_tip=words("imports.column.held_tip"),
        ),
        PracticeColumn.TOOL: Column(
            words("imports.column.tool"), _tool, _TOOL_WIDTH, tip=lambda it: it.run.approach_words if it.run else "",
        ),
    }  # fmt: skip


class OverviewView(QWidget):
    """All practices; the one primary button starts an import."""

    import_requested = Signal()
    held_requested = Signal()
    bundles_requested = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.size("gap"))
        self.header = PageHeader(words("imports.title"))
        self.start = Button(words("imports.start"), self.import_requested.emit, "primary", "imports")
        self.bundles = Button(words("imports.fhir"), self.bundles_requested.emit, "plain", "open")
        self.bundles.setObjectName("open_bundles")
        self.header.add_action(self.bundles)
        self.header.add_action(self.start)
        column.addWidget(self.header)
        self._notices = QVBoxLayout()
        column.addLayout(self._notices)
        self._held_bar: NoticeBar | None = None
        self._people_bar: NoticeBar | None = None
        self._rights: Rights | None = None
        self.table = RowTable(words("imports.practices"))
        self.model: ListTableModel[PracticeStanding] = ListTableModel(_columns(today))
        self.table.show_model(self.model)
        self.table.paint_column(PracticeColumn.MONTH, StateDelegate(lambda it: _LOOKS[it.monthly]))
        for number in (PracticeColumn.VERY_HIGH, PracticeColumn.HIGH, PracticeColumn.MODERATE):
            self.table.paint_column(number, CountDelegate())
        self.empty = EmptyState(words("imports.none"), words("imports.none_detail"), icon="imports")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column.addWidget(self._stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tool is shown where there is room for it; else it is told with the latest run."""
        super().resizeEvent(event)
        self._fit_tool()

    def _fit_tool(self) -> None:
        scale = theme.current().scale
        widths = {number: round(column.width * scale) for number, column in enumerate(self.model.columns)}
        widths[PracticeColumn.PRACTICE] = self.table.columnWidth(PracticeColumn.PRACTICE)
        self.table.setColumnHidden(PracticeColumn.TOOL, sum(widths.values()) > self.table.viewport().width())

    def show_practices(self, practices: Sequence[PracticeStanding]) -> None:
        """Show how they stand."""
        self.model.show(practices)
        self._fit_tool()
        self._stack.setCurrentWidget(self.table if practices else self.empty)
        late = sum(it.monthly in (MonthlyRun.DUE, MonthlyRun.LATE) for it in practices)
        never = sum(it.monthly is MonthlyRun.NEVER for it in practices)
        here = len(practices) - late - never
        said = [words("imports.summary", here=here, of=len(practices), month=_month(self._today))]
        said += [words("imports.summary.late", count=late)] * bool(late)
        said += [words("imports.summary.never", count=never)] * bool(never)
        # The small figures are beside three columns; what they are measured by is said once.
        said += [words("imports.summary.figures")] * any(it.tiers for it in practices)
        self.header.show_summary(" · ".join(said) if practices else "")
        self._show_held(sum(it.waiting for it in practices))

    def permit(self, rights: Rights) -> None:
        """What starts an import and decides held rows is for those who may."""
        self._rights = rights
        for control in (self.start, self.bundles):
            permit(control, rights, Permission.IMPORT)
        for bar in (self._held_bar, self._people_bar):
            for button in bar.findChildren(Button) if bar is not None else ():
                permit(button, rights, Permission.IMPORT)

    def _show_held(self, waiting: int) -> None:
        self._held_bar = self._shown(self._held_bar, waiting, "imports.held", self.held_requested.emit)

    def show_people_held(self, waiting: int) -> None:
        """How many people from files of other services wait for a decision."""
        self._people_bar = self._shown(self._people_bar, waiting, "imports.fhir", self.bundles_requested.emit)

    def _shown(
        self, before: NoticeBar | None, waiting: int, key: str, on_decide: Callable[[], None]
    ) -> NoticeBar | None:
        """A bar for those that wait in the place of the one before; none where nothing does."""
        if before is not None:
            self._notices.removeWidget(before)
            before.hide()
            before.deleteLater()
        if not waiting:
            return None
        text = f"{_WAITING[key]}.one" if waiting == 1 else _WAITING[key]
        bar = NoticeBar(Notice(words(text, count=waiting), Tone.WARNING), closable=False)
        row = bar.layout()
        if row is not None:
            decide = Button(words(_DECIDE[key]), on_decide)
            permit(decide, self._rights, Permission.IMPORT)
            row.addWidget(decide)
        self._notices.addWidget(bar)
        return bar

    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.table if self.model.rowCount() else self.start

    def focus_first(self) -> None:
        """Put the focus there."""
        self.first().setFocus(Qt.FocusReason.OtherFocusReason)
