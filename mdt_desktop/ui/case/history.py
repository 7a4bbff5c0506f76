"""The history tab: every move of the case and everything done about the person, in plain words."""

from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from mdt_desktop.services.case_file import AuditSummary, StageChangeSummary
from mdt_desktop.ui import theme
from mdt_desktop.ui.case.context import CaseContext, Tab
from mdt_desktop.ui.case.history_lines import GROUPS, HistoryLine, history_lines
from mdt_desktop.ui.case.view import CaseView
from mdt_desktop.ui.case.who_looked import WhoLookedSheet
from mdt_desktop.ui.row_models import Column, ListTableModel
from mdt_desktop.ui.widgets.buttons import Button
from mdt_desktop.ui.widgets.chips import ChipChoice, ChipRow
from mdt_desktop.ui.widgets.labels import words_label
from mdt_desktop.ui.widgets.parts import named
from mdt_desktop.ui.widgets.row_table import RowTable
from mdt_desktop.words import words

MOST = 2000


class HistoryColumn(IntEnum):
    """The columns of the history."""

    WHEN = 0
    WHAT = 1
    WHO = 2
    WHY = 3


class HistoryTab(Tab):
    """A filter over one table, the latest first."""

    def __init__(self, case: CaseContext) -> None:
        super().__init__(case)
        page, gap = theme.size("page"), theme.size("gap")
        column = QVBoxLayout(self)
        column.setContentsMargins(page, gap, page, gap)
        column.setSpacing(gap)
        self._lines: tuple[HistoryLine, ...] = ()
        self._whole = True
        self.chips = ChipRow((), name=words("case.history.filter"))
        self.chips.chosen_changed.connect(lambda _: self._show())
        self.said = words_label("", "muted")
        self.model = ListTableModel[HistoryLine](
            {
                HistoryColumn.WHEN: Column(
                    words("case.history.when"), lambda it: it.when_words, 150, whole=True, tabular=False
                ),
                HistoryColumn.WHAT: Column(
                    words("case.history.what"), lambda it: it.what_words, 430, roomy=True, tip=lambda it: it.what_words
                ),
                HistoryColumn.WHO: Column(words("case.history.who"), lambda it: it.who, 150, whole=True),
                HistoryColumn.WHY: Column(words("case.history.why"), lambda it: it.why, 160, tip=lambda it: it.why),
            }
        )
        self.table = RowTable(words("case.tab.history"))
        self.table.show_model(self.model)
        top = QHBoxLayout()
        top.setSpacing(gap)
        self.looked = Button(words("case.looked.open"), self._on_looked, "plain", "view")
        named(self.looked, "who_looked")
        top.addWidget(self.chips, 1)
        top.addWidget(self.looked, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)

    def show_view(self, view: CaseView) -> None:
        person_id, case_id, case_file = view.person_id, view.case_id, self.case.services.case_file

        def read() -> tuple[list[AuditSummary], list[StageChangeSummary]]:
            moves = case_file.stage_changes(case_id) if case_id else []
            return case_file.history(person_id, MOST), moves

        self.case.query(read, self._on_read, self, "history")

    def _on_looked(self) -> None:
        if self.case.view is not None:
            sheet = WhoLookedSheet(self.case, self.case.view)
            self.case.open_sheet(sheet, sheet.save)

    def forget(self) -> None:
        self.chips.choose(frozenset())

    def _on_read(self, answer: tuple[list[AuditSummary], list[StageChangeSummary]]) -> None:
        entries, moves = answer
        self._lines = history_lines(entries, moves)
        self._whole = len(entries) < MOST
        there = {it.group for it in self._lines}
        self.chips.show_choices(
            [
                ChipChoice(group, words(f"case.history.group.{group}"), sum(it.group == group for it in self._lines))
                for group in GROUPS
                if group in there
            ]
        )
        self._show()

    def _show(self) -> None:
        chosen = self.chips.chosen
        found = tuple(it for it in self._lines if not chosen or it.group in chosen)
        self.model.show(found)
        key = "case.history.shown" if self._whole else "case.history.shown_latest"
        self.said.setText(words(key, shown=len(found), of=len(self._lines), most=MOST))
